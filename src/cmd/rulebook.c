#include "cmd/rulebook.h"

#include "store/reference.h"
#include "sys/file.h"

#include <string.h>

enum { FILE_MAX = 64 << 20 };

static int load_suffixes(const struct config *config, struct rulebook *b, struct err *err)
{
	int rc = reference_load_suffixes(config->suffixes, config->platforms, config->n_platforms,
	                                 &b->suffixes, err);

	if (rc == ERR_NOTFOUND && !config->suffixes)
		rc = err_set(err, ERR_NOTFOUND, 0,
		             "%s is not there: install the package publicsuffix, or name a list with "
		             "`suffixes:` in assay.yaml",
		             REFERENCE_SUFFIXES);
	return rc;
}

static int load_pack(const char *dir, const char *name, struct rulebook *b, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int rc = file_read(path, FILE_MAX, &text, err);
	if (rc == 0)
		rc = pack_parse(buf_slice(&text), path, &b->arena, &b->pack[b->pack_n], err);
	if (rc == 0)
		b->pack_n++;
	buf_release(&text);
	return rc;
}

static int load_packs(const struct config *config, struct rulebook *b, struct err *err)
{
	char **names = NULL;
	size_t n = 0;
	int rc = file_list(config->packs, &names, &n, err);

	if (rc)
		return rc;
	b->pack = arena_array(&b->arena, n, sizeof(*b->pack));
	if (!b->pack)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (slice_ends(slice_str(names[i]), SLICE(".yaml")))
			rc = load_pack(config->packs, names[i], b, err);
	file_list_free(names, n);
	if (rc == 0 && b->pack_n == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no policy pack (*.yaml) in it", config->packs);
	return rc ? rc : packs_check(b->pack, b->pack_n, err);
}

int rulebook_load(const struct config *config, bool words, bool packs, struct rulebook *out,
                  struct err *err)
{
	struct rulebook *b = out;

	*b = (struct rulebook){ 0 };
	int rc = load_suffixes(config, b, err);
	if (rc == 0 && words)
		rc = reference_load_lexicon(config->lexicon, &b->lexicon, err);
	if (rc == 0 && packs)
		rc = load_packs(config, b, err);
	if (rc == 0 && packs) {
		rc = matcher_new(b->lexicon, &b->matcher, err);
		if (rc)
			rc = err_wrap(err, "%s", config->lexicon);
	}
	if (rc)
		return rc;
	fold_version(b->fold);
	b->inputs = (struct report_inputs){ suffixes_digest(b->suffixes), b->fold };
	b->assessor = (struct assessor){ b->lexicon, b->matcher, b->pack, b->pack_n };
	return 0;
}

void rulebook_release(struct rulebook *b)
{
	matcher_free(b->matcher);
	lexicon_free(b->lexicon);
	suffixes_free(b->suffixes);
	arena_release(&b->arena);
	*b = (struct rulebook){ 0 };
}
