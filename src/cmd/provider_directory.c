#include "cmd/provider_directory.h"

#include "sys/file.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 20 };

static int add(struct providers *p, const char *folder, const char *name, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	int rc = n < 0 || (size_t)n >= sizeof(path)
	                 ? err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", folder)
	                 : file_read(path, FILE_MAX, &text, err);

	if (rc == 0)
		rc = providers_add(p, buf_slice(&text), path, err);
	buf_release(&text);
	return rc;
}

int provider_directory_load(const char *folder, struct providers **out, struct err *err)
{
	char **names = NULL;
	size_t n = 0;
	int rc = providers_new(out, err);

	if (rc == 0)
		rc = file_list(folder, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (slice_ends(slice_str(names[i]), SLICE(".yaml")))
			rc = add(*out, folder, names[i], err);
	file_list_free(names, n);
	return rc;
}
