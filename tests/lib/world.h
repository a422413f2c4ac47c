/* Index files in a scratch folder, for tests of the library. */
#ifndef TEST_LIB_WORLD_H
#define TEST_LIB_WORLD_H

#include "publish/index_rows.h"

#include "assay/assay.h"
#include "sys/file.h"

#include <stdlib.h>
#include <unistd.h>

static char scratch[200] = "/tmp/assay-test-lib-XXXXXX";
static char index_path[300], key_text[200];

/* The key of a signer, as key.pub has it. */
static inline void key_text_of(const char *origin, char *out, size_t room)
{
	struct note_signer signer = test_signer(origin);
	struct buf text = { 0 };

	note_key_format(&signer.key, &text);
	snprintf(out, room, "%s\n", buf_str(&text));
	buf_release(&text);
}

static inline int world_make(void **state)
{
	(void)state;
	if (!mkdtemp(scratch))
		return -1;
	snprintf(index_path, sizeof(index_path), "%s/index", scratch);
	key_text_of(INDEX_ORIGIN, key_text, sizeof(key_text));
	return 0;
}

static inline int world_remove(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", scratch);
	return system(command);
}

/* An index of these rows; empty it when done. */
static inline void make_bytes(const struct index_row *row, size_t n, struct buf *out)
{
	struct suffixes *s = NULL;

	/* shops.example is a platform: its tenants answer for themselves. */
	static const struct slice platforms[] = { { "shops.example", 13 } };
	assert_int_equal(suffixes_new(SLICE("// ===BEGIN ICANN DOMAINS===\nexample\n"
	                                    "// ===END ICANN DOMAINS===\n"),
	                              platforms, 1, &s, NULL),
	                 0);
	index_make(s, row, n, out);
	suffixes_free(s);
}

/* Put it where readers look, as a publisher does: whole, by rename. */
static inline void put_bytes(struct slice bytes)
{
	struct err err = { 0 };

	if (file_write_unsynced(index_path, bytes, &err))
		fail_msg("%s", err.what);
}

static inline void put_rows(const struct index_row *row, size_t n)
{
	struct buf file = { 0 };

	make_bytes(row, n, &file);
	put_bytes(buf_slice(&file));
	buf_release(&file);
}

/* The lexicon of the source tree. */
static inline const char *lexicon_dir(void)
{
	static char path[1024];
	const char *root = getenv("ASSAY_SOURCE");

	if (!root)
		fail_msg("ASSAY_SOURCE is not set");
	snprintf(path, sizeof(path), "%s/policy/lexicon", root);
	return path;
}

#endif
