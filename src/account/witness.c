#include "account/witness.h"

#include "account/audit.h"
#include "account/consistency.h"
#include "wire/tlog_consistency.h"

#include <inttypes.h>
#include <stdio.h>

#define OLD_LINE SLICE("old ")

enum { PATH_SIZE = 32 };

static void path_of(const struct note_key *witness, char out[PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "witnessed/%08" PRIx32, witness->id);
}

/* Whether a signature is by a key of the ring. */
static bool is_ours(const struct keyring *keys, const struct note_signature *s)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->key[i].key.id == s->key_id && slice_eq(keys->key[i].key.name, s->name))
			return true;
	return false;
}

/* Text, the log's own signatures, one cosignature: what is kept of it. */
static int put_kept(const struct note *note, const struct keyring *keys, struct slice line,
                    struct buf *out, struct err *err)
{
	struct note_signature s;
	size_t at = 0, from = 0;

	buf_put(out, note->text);
	buf_putc(out, '\n');
	for (; note_next_signature(note, &at, &s); from = at)
		if (is_ours(keys, &s))
			buf_put(out, slice_sub(note->signatures, from, at));
	buf_put(out, line);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "witness: out of memory");
}

/* The size of what is kept of a witness; 0 when nothing is. */
static int kept_size(const struct tile_store *files, const struct keyring *keys, const char *path,
                     uint64_t *size, struct err *err)
{
	struct buf bytes = { 0 };
	struct ledger_head head = { 0 };
	struct err why = { 0 };

	int rc = files->read(files->ctx, path, NOTE_BYTES_MAX, &bytes, &why);
	if (rc == 0)
		rc = ledger_check_head(buf_slice(&bytes), keys, &head, &why);
	else if (rc == ERR_NOTFOUND)
		rc = 0;
	buf_release(&bytes);
	*size = head.size;
	if (rc && err) {
		*err = why;
		err_wrap(err, "%s", path);
	}
	return rc;
}

static int keep_one(const struct tile_store *files, const struct keyring *keys,
                    const struct note *note, uint64_t size, const struct note_key *witness,
                    struct slice line, struct err *err)
{
	char path[PATH_SIZE];
	struct buf bytes = { 0 };
	uint64_t kept = 0;

	path_of(witness, path);
	int rc = kept_size(files, keys, path, &kept, err);
	if (rc || kept > size)
		return rc;
	rc = put_kept(note, keys, line, &bytes, err);
	if (rc == 0)
		rc = files->write(files->ctx, path, buf_slice(&bytes), err);
	buf_release(&bytes);
	return rc;
}

static bool is_of(const struct note_key *key, size_t n, const struct note_signature *s)
{
	for (size_t i = 0; i < n; i++)
		if (key[i].id == s->key_id && slice_eq(key[i].name, s->name))
			return true;
	return false;
}

/* The checkpoint in force, if it is the text that was cosigned, with the cosignatures in place of
 * earlier ones by the same witnesses. */
static int publish(const struct tile_store *files, const struct keyring *keys,
                   const struct note *cosigned, const struct note_key *by, size_t n,
                   struct slice lines, bool *published, struct err *err)
{
	struct buf bytes = { 0 }, next = { 0 };
	struct note_signature s;
	struct ledger_head head;
	struct note note;
	size_t at = 0, from = 0;

	*published = false;
	int rc = ledger_read_head_by(files, keys, &bytes, &head, err);
	if (rc == 0)
		rc = note_parse(buf_slice(&bytes), &note, err);
	if (rc || !slice_eq(note.text, cosigned->text)) {
		buf_release(&bytes);
		return rc;
	}
	buf_put(&next, note.text);
	buf_putc(&next, '\n');
	for (; note_next_signature(&note, &at, &s); from = at)
		if (!is_of(by, n, &s))
			buf_put(&next, slice_sub(note.signatures, from, at));
	buf_put(&next, lines);
	rc = buf_ok(&next) ? files->write(files->ctx, "checkpoint", buf_slice(&next), err)
	                   : err_set(err, ERR_NOMEM, 0, "witness: out of memory");
	*published = rc == 0;
	buf_release(&bytes);
	buf_release(&next);
	return rc;
}

int witness_take(const struct tile_store *files, const struct keyring *keys,
                 const struct cosigners *known, struct slice note_bytes, int64_t latest,
                 struct witness_taken *out, struct err *err)
{
	struct witness_taken taken = { 0 };
	struct note_key by[COSIGNERS_MAX];
	struct buf lines = { 0 };
	struct note note;

	int rc = ledger_check_head(note_bytes, keys, &taken.head, err);
	if (rc == 0)
		rc = audit_since(files, keys, note_bytes, err);
	if (rc == 0)
		rc = note_parse(note_bytes, &note, err);
	for (size_t i = 0; rc == 0 && i < known->n; i++) {
		struct err why = { 0 };
		struct slice line = { 0 };
		int64_t at = 0;
		int no = cosignature_check(&note, &known->key[i], &at, &line, &why);
		if (no == ERR_NOTFOUND)
			continue;
		if (no == 0 && at > latest)
			no = err_set(&why, ERR_REFUSED, 0, "the cosignature of %.*s is of the future",
			             SLICE_ARG(known->key[i].name));
		if (no) {
			if (err)
				*err = why;
			rc = no;
			break;
		}
		rc = keep_one(files, keys, &note, taken.head.size, &known->key[i], line, err);
		buf_put(&lines, line);
		by[taken.cosignatures++] = known->key[i];
	}
	if (rc == 0 && taken.cosignatures == 0)
		rc = err_set(err, ERR_REFUSED, 0,
		             "no witness that is known has cosigned it (assay ledger witness list)");
	if (rc == 0 && !buf_ok(&lines))
		rc = err_set(err, ERR_NOMEM, 0, "witness: out of memory");
	if (rc == 0)
		rc = publish(files, keys, &note, by, taken.cosignatures, buf_slice(&lines),
		             &taken.published, err);
	buf_release(&lines);
	if (rc == 0)
		*out = taken;
	return rc;
}

/* ---- the log of others ---- */

/* A checkpoint without a proof: the first one, or the one that is known. */
static int judge_alone(const struct ledger_head *now, const struct ledger_head *old, bool first,
                       struct err *err)
{
	if (first)
		return 0;
	if (now->size < old->size)
		return err_set(err, ERR_REFUSED, 0,
		               "rollback: the checkpoint is of %" PRIu64 " entries, and one of %" PRIu64
		               " was cosigned",
		               now->size, old->size);
	if (now->size > old->size)
		return err_set(err, ERR_SYNTAX, 0,
		               "a proof from %" PRIu64 " entries is needed: assay ledger prove --since "
		               "%" PRIu64,
		               old->size, old->size);
	if (!sha256_eq(now->root, old->root))
		return err_set(err, ERR_REFUSED, 0,
		               "fork: another checkpoint of %" PRIu64 " entries was cosigned",
		               now->size);
	return 0;
}

int witness_judge(struct slice request, const struct keyring *keys, struct slice known,
                  struct slice *checkpoint, struct err *err)
{
	struct ledger_head old = { 0, sha256_of(SLICE("")) }, now;
	struct tlog_consistency proof;
	struct slice note = request;
	bool asked = slice_starts(request, OLD_LINE);

	int rc = asked ? tlog_consistency_parse(request, &proof, err) : 0;
	if (rc == 0 && asked)
		note = proof.checkpoint;
	/* Of what a witness has signed, nothing may be doubted later: a state that cannot be read
	 * ends it. */
	if (rc == 0 && known.n) {
		rc = ledger_check_head(known, keys, &old, err);
		if (rc)
			err_wrap(err, "what was cosigned before");
	}
	if (rc == 0)
		rc = asked ? consistency_check(request, keys, &old, &now, err)
		           : ledger_check_head(note, keys, &now, err);
	if (rc == 0 && !asked)
		rc = judge_alone(&now, &old, known.n == 0, err);
	if (rc == 0)
		*checkpoint = note;
	return rc;
}

int witness_cosign(struct slice checkpoint, const struct note_signer *witness, int64_t at,
                   struct buf *out, struct err *err)
{
	size_t keep = out->n;
	struct note note;

	int rc = note_parse(checkpoint, &note, err);
	buf_put(out, checkpoint);
	if (rc == 0)
		rc = cosignature_sign(note.text, witness, at, out, err);
	if (rc == 0 && !buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "witness: out of memory");
	if (rc)
		out->n = keep;
	return rc;
}
