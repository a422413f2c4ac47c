/* GET /v1/evidence/HEX: what is public of a piece of evidence; never the capture itself. */
#include "cmd/evidence_view.h"
#include "cmd/serve.h"

void serve_evidence(struct serve_call *c)
{
	struct slice hex = c->rest;
	struct store *store = NULL;
	struct sha256 digest;
	json_t *told = NULL;
	struct err err = { 0 };

	/* As quotations write it, too. */
	if (slice_starts(hex, SLICE("sha256:")))
		hex = slice_sub(hex, 7, hex.n);
	if (!sha256_parse_hex(hex, &digest)) {
		serve_problem(c, 400, "evidence is named by its SHA-256, 64 lower-case hexadecimal "
		                      "digits");
		return;
	}
	serve_field(c, "Cache-Control", SLICE("no-store")); /* a correction takes it away */
	int rc = serve_pool_take(c->serve->pool, &store, &err);
	if (rc == 0) {
		rc = evidence_view_load(store, digest, c->serve->rules.suffixes, c->arena, &told, &err);
		serve_pool_give(c->serve->pool, store, rc == ERR_IO || rc == ERR_CORRUPT);
	}
	if (rc)
		serve_failure(c, rc, &err);
	else
		serve_json(c, told);
}
