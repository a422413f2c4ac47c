/* assay ledger prove INDEX|ID: that an entry is in the ledger.
 * assay ledger prove --since SIZE|CHECKPOINT: that the ledger still begins with an older one. */
#include "account/consistency.h"
#include "cmd/ledger_cmd.h"
#include "cmd/ledger_proof.h"
#include "sys/file.h"

static bool parse_number(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* INDEX, or the id of a record. */
static int parse_index(const struct ledger_cmd *l, const char *text, int64_t *out, struct err *err)
{
	struct slice s = slice_str(text);
	struct sha256 id;
	uint64_t v = 0;

	if (slice_starts(s, SLICE("sha256:")))
		s = slice_sub(s, 7, s.n);
	if (sha256_parse_hex(s, &id))
		return store_ledger_find(l->store, id, out, err);
	if (s.n == 0)
		return err_set(err, ERR_USAGE, 0, "ledger prove takes the number of an entry");
	if (!parse_number(s, &v))
		return err_set(err, ERR_USAGE, 0, "'%.80s' is no number of an entry and no id",
		               text);
	*out = (int64_t)v;
	return 0;
}

/* SIZE, or a file with a checkpoint, which is compared too. */
static int since_size(const struct ledger_cmd *l, uint64_t *size, struct err *err)
{
	struct buf kept = { 0 };
	struct ledger_head old;

	if (parse_number(slice_str(l->since), size))
		return 0;
	int rc = file_read(l->since, LEDGER_FILE_MAX, &kept, err);
	/* Exit code 1 is for a ledger that has not so many entries. */
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_USAGE, 0,
		               "%.100s: no such file, and no number of entries", l->since);
	if (rc == 0) {
		rc = ledger_check_head(buf_slice(&kept), &l->keys, &old, err);
		if (rc == 0)
			rc = audit_since(&l->files, &l->keys, buf_slice(&kept), err);
		if (rc)
			err_wrap(err, "%s", l->since);
	}
	if (rc == 0)
		*size = old.size;
	buf_release(&kept);
	return rc;
}

static int put_proof(const struct ledger_cmd *l, const char *name, int64_t number,
                     struct buf *proof, struct err *err)
{
	if (l->cmd->format != FORMAT_JSON)
		return cmd_put_out(proof, err);
	json_t *o = json_object();
	int failed = json_put_i64(o, name, number) | json_put_str(o, "proof", buf_slice(proof));
	return ledger_put_object(o, failed, err);
}

int ledger_prove_cmd(struct ledger_cmd *l, struct err *err)
{
	struct buf proof = { 0 };
	struct err why = { 0 };
	int64_t index = 0;
	uint64_t size = 0;

	int rc = ledger_open_to_read(l, err);
	if (rc)
		return rc;
	if (l->since) {
		rc = since_size(l, &size, &why);
		if (rc == 0)
			rc = consistency_prove(&l->files, &l->keys, size, &proof, &why);
		if (rc == 0)
			rc = put_proof(l, "since", (int64_t)size, &proof, &why);
	} else {
		rc = parse_index(l, l->cmd->argv[1], &index, &why);
		if (rc == 0)
			rc = ledger_proof_make(l->store, &l->files, &l->keys, index, false, &proof,
			                       &why);
		if (rc == 0)
			rc = put_proof(l, "index", index, &proof, &why);
	}
	buf_release(&proof);
	if (rc == ERR_NOTFOUND) {
		fprintf(stderr, "assay ledger: %s\n", why.what);
		return EXIT_NO;
	}
	if (rc && err)
		*err = why;
	return rc ? rc : EXIT_DONE;
}
