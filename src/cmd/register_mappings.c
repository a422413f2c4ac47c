#include "cmd/register_mappings.h"

#include "sys/file.h"

#include <string.h>

enum { FILE_MAX = 1 << 20 };

/* policy/packs -> policy/registers */
static const char *folder(const struct config *config, struct arena *a)
{
	struct slice packs = slice_str(config->packs);

	while (packs.n > 1 && packs.p[packs.n - 1] == '/')
		packs.n--;
	while (packs.n && packs.p[packs.n - 1] != '/')
		packs.n--;
	return arena_printf(a, "%.*sregisters", SLICE_ARG(packs));
}

static int not_there(const char *dir, const char *id, struct err *err)
{
	char **names = NULL, list[160] = "";
	size_t n = 0, used = 0;

	if (file_list(dir, &names, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++) {
			struct slice name = slice_str(names[i]);
			if (!slice_ends(name, SLICE(".yaml")) || used + name.n >= sizeof(list))
				continue;
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%.*s",
			                         used ? ", " : "", (int)(name.n - 5), name.p);
		}
	file_list_free(names, n);
	return err_set(err, ERR_NOTFOUND, 0, "%s: no mapping '%.40s' in it (there are: %s)", dir, id,
	               used ? list : "none");
}

int register_mapping_load(const struct config *config, const char *id, struct arena *a,
                          struct register_map *out, struct sha256 *digest, struct err *err)
{
	bool is_file = strchr(id, '/') || slice_ends(slice_str(id), SLICE(".yaml"));
	const char *dir = folder(config, a);
	const char *path = is_file ? id : arena_printf(a, "%s/%s.yaml", dir ? dir : "", id);
	struct buf text = { 0 };

	if (!dir || !path)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	int rc = file_read(path, FILE_MAX, &text, err);
	if (rc == ERR_NOTFOUND && !is_file)
		rc = not_there(dir, id, err);
	if (rc == 0)
		rc = register_map_parse(buf_slice(&text), path, a, out, err);
	if (rc == 0) {
		const char *base = strrchr(path, '/');
		struct slice name = slice_str(base ? base + 1 : path);
		if (name.n != out->id.n + 5 || !slice_starts(name, out->id))
			rc = err_set(err, ERR_SYNTAX, 1, "%s:1: the register is '%.*s', and the file's name "
			                                 "says something else", path, SLICE_ARG(out->id));
		*digest = sha256_of(buf_slice(&text));
	}
	buf_release(&text);
	return rc;
}
