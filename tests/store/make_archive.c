/* make_archive DIR: two archived orders of every kind of exchange, for tests/e2e/test_warc.py. The
 * second has the pages of the first again, and one in chunks with a body that is not small. */
#include "exchanges.h"

#include "store/archive.h"

#include <stdio.h>

static int put(struct archive_order *o, const struct test_exchange *t, struct err *err)
{
	struct evidence response, picture;
	bool has_response, has_picture;

	return archive_put(o, &t->x, t->purpose, t->class, &response, &has_response, &picture,
	                   &has_picture, err);
}

/* A body of many chunks, gzipped and not, both truncated nowhere. */
static int put_large(struct archive_order *o, struct err *err)
{
	struct test_exchange t = test_exchanges[1];
	struct buf message = { 0 };
	uint64_t state = 1;

	buf_puts(&message, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	                   "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 300; i++) {
		buf_puts(&message, "400\r\n");
		for (int n = 0; n < 1024; n++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			buf_putc(&message, (char)(i % 2 ? 'a' + n % 7 : (int)(state >> 33)));
		}
		buf_puts(&message, "\r\n");
	}
	buf_puts(&message, "0\r\n\r\n");
	t.x.number = 100;
	t.x.response = buf_slice(&message);
	int rc = put(o, &t, err);
	buf_release(&message);
	return rc;
}

static int make(struct archive *a, int round, struct err *err)
{
	struct archive_order *o = NULL;
	json_t *about = json_pack("{s:s,s:i}", "subject", "h.example", "round", round);
	int rc = archive_begin(a, about, &o, err);

	json_decref(about);
	for (size_t i = 0; rc == 0 && i < EXCHANGES; i++)
		rc = put(o, &test_exchanges[i], err);
	if (rc == 0 && round == 2)
		rc = put_large(o, err);
	return rc ? rc : archive_seal(o, sha256_of(SLICE("")), 0, err);
}

int main(int argc, char **argv)
{
	struct archive_options options = { .write = true };
	struct archive *a = NULL;
	struct err err = { .what = "" };
	int rc = argc == 2 ? archive_open(argv[1], &options, &a, &err) : ERR_USAGE;

	for (int round = 1; rc == 0 && round <= 2; round++)
		rc = make(a, round, &err);
	if (rc == 0)
		rc = archive_close(a, &err);
	if (rc)
		fprintf(stderr, "make_archive: %s\n", err.what);
	return rc ? 1 : 0;
}
