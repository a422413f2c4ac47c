#include "store/reference.h"

#include "base/buf.h"
#include "sys/file.h"

#include <stdio.h>

enum { FILE_MAX = 64 << 20, PATH_ROOM = 4096 };

static int read_one(const char *dir, const char *name, struct buf *out, struct err *err)
{
	char path[PATH_ROOM];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	/* Cut, it would name another file. */
	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, ERR_LIMIT, 0, "lexicon: its path is longer than %d bytes",
		               PATH_ROOM);
	return file_read(path, FILE_MAX, out, err);
}

int reference_load_lexicon(const char *dir, struct lexicon **out, struct err *err)
{
	static const char *const names[] = { "drugs.tsv", "phrases.tsv", "substances.tsv",
		                             "words.tsv" };
	struct buf text[4] = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 4; i++)
		rc = read_one(dir, names[i], &text[i], err);
	if (rc == 0) {
		struct lexicon_files files = { buf_slice(&text[0]), buf_slice(&text[1]),
			                       buf_slice(&text[2]), buf_slice(&text[3]) };
		rc = lexicon_load(&files, out, err);
		if (rc && err)
			rc = err_wrap(err, "%s", dir);
	}
	for (size_t i = 0; i < 4; i++)
		buf_release(&text[i]);
	return rc;
}

int reference_load_suffixes(const char *path, const struct slice *platforms, size_t n,
                            struct suffixes **out, struct err *err)
{
	struct buf text = { 0 };
	int rc = file_read(path ? path : REFERENCE_SUFFIXES, FILE_MAX, &text, err);

	if (rc == 0)
		rc = suffixes_new(buf_slice(&text), platforms, n, out, err);
	buf_release(&text);
	return rc;
}
