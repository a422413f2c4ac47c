/* The ledger as anybody may read it: C2SP tlog-tiles under /v1/ledger/, its key, and proofs. */
#include "cmd/ledger_proof.h"
#include "cmd/serve.h"
#include "wire/tile.h"

enum { CHECKPOINT_MAX = 1 << 20 };

/* A tile never changes; a checkpoint may at any time (tlog-tiles, "Checkpoints"). */
#define FOREVER SLICE("public, max-age=31536000, immutable")

static void put_tile(struct serve_call *c, struct tile t)
{
	struct serve *s = c->serve;
	struct buf *body = &c->out->body;
	struct err err = { 0 };
	int rc;

	if (t.level == TILE_ENTRIES) {
		rc = ledger_read_bundle(&s->files, t, body, &err);
	} else {
		struct sha256 hash[TILE_WIDTH];
		rc = ledger_read_tile(&s->files, t, hash, &err);
		if (rc == 0)
			buf_put(body, slice_from((const char *)hash, t.width * sizeof(hash[0])));
	}
	if (rc == ERR_NOTFOUND) {
		serve_problem(c, 404, "the ledger has no such tile");
	} else if (rc) {
		serve_failure(c, rc, &err);
	} else {
		c->out->media_type = "application/octet-stream";
		serve_field(c, "Cache-Control", FOREVER);
	}
}

void serve_ledger_file(struct serve_call *c)
{
	struct serve *s = c->serve;
	struct err err = { 0 };
	struct tile t;

	if (!slice_eq_str(c->rest, "checkpoint")) {
		if (tile_parse_path(c->rest, &t, NULL))
			serve_problem(c, 404, "there is checkpoint, tile/L/N, tile/entries/N, key and "
			                      "proof/RECORD");
		else
			put_tile(c, t);
		return;
	}
	int rc = s->files.read(s->files.ctx, "checkpoint", CHECKPOINT_MAX, &c->out->body, &err);
	serve_field(c, "Cache-Control", SLICE("no-cache"));
	c->out->media_type = "text/plain; charset=utf-8";
	if (rc == ERR_NOTFOUND)
		serve_problem(c, 404, "the ledger has no checkpoint yet");
	else if (rc)
		serve_failure(c, rc, &err);
}

/* The key may have been replaced since we began. */
void serve_ledger_key(struct serve_call *c)
{
	struct buf text = { 0 };
	struct note_key key;
	struct err err = { 0 };
	int rc = log_key_public(c->serve->folder, &text, &key, &err);

	serve_field(c, "Cache-Control", SLICE("no-cache"));
	if (rc) {
		serve_failure(c, rc, &err);
		return;
	}
	note_key_format(&key, &c->out->body);
	buf_putc(&c->out->body, '\n');
	c->out->media_type = "text/plain; charset=utf-8";
	buf_release(&text);
}

void serve_ledger_proof(struct serve_call *c)
{
	struct serve *s = c->serve;
	struct store *store = NULL;
	struct err err = { 0 };
	struct buf text = { 0 };
	struct keyring keys;
	struct sha256 id;
	int64_t index = 0;

	serve_field(c, "Cache-Control", SLICE("no-cache"));
	if (!sha256_parse_hex(c->rest, &id)) {
		serve_problem(c, 400, "a record is named by its id, 64 lower-case hexadecimal digits");
		return;
	}
	int rc = log_keyring_read(s->folder, &text, &keys, &err);
	if (rc == 0)
		rc = serve_pool_take(s->pool, &store, &err);
	if (rc == 0) {
		rc = store_ledger_find(store, id, &index, &err);
		if (rc == 0)
			rc = ledger_proof_make(store, &s->files, &keys, index, true, &c->out->body,
			                       &err);
		serve_pool_give(s->pool, store, rc == ERR_IO || rc == ERR_CORRUPT);
	}
	buf_release(&text);
	c->out->media_type = "text/plain; charset=utf-8";
	/* The same words whether there is no record, or one that is not for everybody. */
	if (rc == ERR_NOTFOUND)
		serve_problem(c, 404, "the ledger has no such public record, or no checkpoint that "
		                      "covers it yet");
	else if (rc)
		serve_failure(c, rc, &err);
}
