/* put_acts STORE FROM TO [PER-BATCH [BYTES]]: a load for tests/e2e, which stop it at any moment.
 *
 * Batch b of FROM <= b < TO puts, in one transaction, PER-BATCH decisions with their ledger entries,
 * whose reasons are BYTES long, and in every fourth batch a piece of evidence and the observation of
 * it (its sync takes all of the file system along: without it, others must do); then the ledger is
 * synced behind every second batch. What is the same batch twice is put once. A line on standard
 * output acknowledges, written only when what it says is durable:
 *
 *   batch B ENTRIES          the batch is committed; the ledger has so many entries
 *   checkpoint SIZE NOTE     the tiles are signed up to SIZE; NOTE with '|' for its line ends
 *
 * Exit 0 when all is put, 2 with a message on standard error when something fails. */
#include "cmd/ledgerbook.h"
#include "model/evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct load {
	struct store *store;
	struct ledgerbook book;
	int64_t at;
	int per_batch;
	size_t bytes;
};

/* Without the buffer of stdio: a line that is out is out. */
static int say(struct buf *line, struct err *err)
{
	buf_putc(line, '\n');
	if (!buf_ok(line))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (write(STDOUT_FILENO, line->p, line->n) != (ssize_t)line->n)
		return err_sys(err, "standard output");
	buf_clear(line);
	return 0;
}

static int put_page(struct load *l, int64_t batch, const char *key, struct err *err)
{
	struct record r;
	struct buf page = { 0 };
	struct store_evidence kept = { .cls = SLICE("public"), .media_type = SLICE("text/html"),
				       .origin = SLICE("put_acts"), .at = l->at };

	for (int i = 0; i < 40 + (int)(batch % 7) * 60; i++)
		buf_printf(&page, "<p>page %" PRId64 " line %d</p>\n", batch, i);
	int rc = buf_ok(&page) ? store_put_evidence(l->store, &kept, buf_slice(&page), NULL, err)
			       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&page);
	if (rc)
		return rc;
	struct evidence e = { .address = kept.sha256, .class = EVIDENCE_PUBLIC,
			      .media_type = kept.media_type, .length = kept.length };
	json_t *list = json_array();
	record_new(&r, "observation", 1, SLICE("registrable"), slice_str(key), l->at + batch,
		   SLICE("vantage:here"));
	record_set_str(&r, "what", SLICE("page"));
	record_set_str(&r, "url", SLICE("https://shop.example/"));
	record_set_str(&r, "vantage", SLICE("here"));
	if (list && json_add_new(list, evidence_to_json(&e)) == 0)
		record_set_new(&r, "evidence", list);
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_store(l->store, &r, STORE_NONE, NULL, NULL, err);
	record_release(&r);
	return rc;
}

static int put_act(struct load *l, int64_t batch, int i, const char *key, struct err *err)
{
	struct record r;
	struct buf reason = { 0 };
	json_t *cells = NULL;
	int rc = json_parse(SLICE("[{\"class\":\"unapproved\",\"destination\":\"JP\"}]"), 100, &cells,
			    err);

	if (rc)
		return rc;
	buf_printf(&reason, "act %d of batch %" PRId64, i, batch);
	while (reason.n < l->bytes && buf_ok(&reason))
		buf_printf(&reason, " %zx", reason.n * 2654435761u);
	record_new(&r, "decision", 1, SLICE("registrable"), slice_str(key), l->at + batch,
		   SLICE("reviewer:load"));
	record_set_new(&r, "cells", cells);
	record_set_str(&r, "reason", buf_slice(&reason));
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(&l->book, &r, STORE_NONE, NULL, err);
	record_release(&r);
	buf_release(&reason);
	return rc;
}

static int put_batch(struct load *l, int64_t batch, struct err *err)
{
	char key[60];
	int rc = store_begin(l->store, err);

	snprintf(key, sizeof(key), "shop%" PRId64 ".example", batch);
	if (rc == 0 && batch % 4 == 2)
		rc = put_page(l, batch, key, err);
	for (int i = 0; rc == 0 && i < l->per_batch; i++)
		rc = put_act(l, batch, i, key, err);
	if (rc == 0)
		rc = store_commit(l->store, err);
	if (rc)
		store_rollback(l->store);
	return rc;
}

static int say_batch(struct load *l, int64_t batch, struct err *err)
{
	struct buf line = { 0 };
	int64_t entries = 0;
	int rc = store_ledger_size(l->store, &entries, err);

	buf_printf(&line, "batch %" PRId64 " %" PRId64, batch, entries);
	if (rc == 0)
		rc = say(&line, err);
	buf_release(&line);
	return rc;
}

static int sync_and_say(struct load *l, struct err *err)
{
	struct buf note = { 0 }, line = { 0 };
	struct ledger_head head;
	int rc = ledgerbook_sync(&l->book, NULL, err);

	if (rc == 0)
		rc = ledger_read_head_by(&l->book.files, &l->book.keys, &note, &head, err);
	if (rc == 0) {
		for (size_t i = 0; i < note.n; i++)
			if (note.p[i] == '\n')
				note.p[i] = '|';
		buf_printf(&line, "checkpoint %" PRIu64 " ", head.size);
		buf_put(&line, buf_slice(&note));
		rc = say(&line, err);
	}
	buf_release(&note);
	buf_release(&line);
	return rc;
}

int main(int argc, char **argv)
{
	struct load l = { .at = 1795320306, .per_batch = 3 };
	struct config config;
	struct err err = { 0 };

	if (argc < 4)
		return 2;
	int64_t from = atoll(argv[2]), to = atoll(argv[3]);
	if (argc > 4)
		l.per_batch = atoi(argv[4]);
	if (argc > 5)
		l.bytes = (size_t)atoll(argv[5]);
	config_init(&config);
	int rc = store_open(argv[1], STORE_WRITE | STORE_CREATE, "put_acts", &l.store, &err);
	if (rc == 0)
		rc = ledgerbook_open(l.store, &config, l.at, &l.book, &err);
	for (int64_t batch = from; rc == 0 && batch < to; batch++) {
		rc = put_batch(&l, batch, &err);
		if (rc == 0)
			rc = say_batch(&l, batch, &err);
		if (rc == 0 && batch % 2)
			rc = sync_and_say(&l, &err);
	}
	if (rc)
		fprintf(stderr, "put_acts: %s\n", err.what);
	ledgerbook_close(&l.book);
	store_close(l.store);
	return rc ? 2 : 0;
}
