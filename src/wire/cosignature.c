#include "wire/cosignature.h"

#include "base/base64.h"

#include <inttypes.h>

enum { STAMP = 8, RAW = 4 + STAMP + ED25519_SIGNATURE };

/* tlog-cosignature, "Ed25519 signed message": two lines, then the whole text. */
static int message(struct slice text, uint64_t at, struct buf *out, struct err *err)
{
	buf_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", at);
	buf_put(out, text);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "cosignature: out of memory");
}

static int verify(struct slice text, struct slice base64, const struct note_key *witness,
                  int64_t *at, struct err *err)
{
	struct buf raw = { 0 }, signs = { 0 };
	uint64_t stamp = 0;
	int rc = base64_decode(base64, &raw, err);

	if (rc == 0 && raw.n != RAW)
		rc = err_set(err, ERR_CORRUPT, 0, "the cosignature of %.*s has %zu bytes, not %d",
		             SLICE_ARG(witness->name), raw.n, RAW);
	for (int i = 0; rc == 0 && i < STAMP; i++)
		stamp = stamp << 8 | (uint8_t)raw.p[4 + i];
	/* "It MUST NOT exceed 2^63 - 1" */
	if (rc == 0 && stamp > INT64_MAX)
		rc = err_set(err, ERR_CORRUPT, 0, "the cosignature of %.*s is of no time",
		             SLICE_ARG(witness->name));
	if (rc == 0)
		rc = message(text, stamp, &signs, err);
	if (rc == 0 && !ed25519_verify(&witness->public, buf_slice(&signs),
	                               (const uint8_t *)raw.p + 4 + STAMP))
		rc = err_set(err, ERR_CORRUPT, 0, "the cosignature of %.*s does not verify",
		             SLICE_ARG(witness->name));
	if (rc == 0)
		*at = (int64_t)stamp;
	buf_release(&raw);
	buf_release(&signs);
	return rc;
}

int cosignature_check(const struct note *note, const struct note_key *witness, int64_t *at,
                      struct slice *line, struct err *err)
{
	struct note_signature s;
	size_t next = 0, from = 0;
	bool found = false;
	int64_t latest = 0;
	struct slice its_line = { 0 };

	for (; note_next_signature(note, &next, &s); from = next) {
		int64_t stamp = 0;
		if (!slice_eq(s.name, witness->name) || s.key_id != witness->id)
			continue;
		int rc = verify(note->text, s.base64, witness, &stamp, err);
		if (rc)
			return rc;
		if (found && stamp <= latest)
			continue;
		found = true;
		latest = stamp;
		its_line = slice_sub(note->signatures, from, next);
	}
	if (!found)
		return err_set(err, ERR_NOTFOUND, 0, "not cosigned by %.*s+%08" PRIx32,
		               SLICE_ARG(witness->name), witness->id);
	*at = latest;
	if (line)
		*line = its_line;
	return 0;
}

int cosignature_sign(struct slice text, const struct note_signer *witness, int64_t at,
                     struct buf *out, struct err *err)
{
	uint8_t raw[STAMP + ED25519_SIGNATURE];
	struct buf signs = { 0 };

	if (at < 0)
		return err_set(err, ERR_SYNTAX, 0, "cosignature: of a time before 1970");
	for (int i = 0; i < STAMP; i++)
		raw[i] = (uint8_t)((uint64_t)at >> (8 * (STAMP - 1 - i)));
	int rc = message(text, (uint64_t)at, &signs, err);
	if (rc == 0)
		rc = ed25519_sign(&witness->seed, buf_slice(&signs), raw + STAMP, err);
	if (rc == 0)
		rc = note_put_signature(&witness->key, slice_from((const char *)raw, sizeof(raw)),
		                        out, err);
	buf_release(&signs);
	return rc;
}

int cosigners_parse(struct slice text, struct cosigners *out, struct err *err)
{
	struct cosigners list = { .n = 0 };
	struct slice rest = text, line;

	while (slice_cut(&rest, '\n', &line)) {
		struct note_key key;
		int rc = list.n < COSIGNERS_MAX
		                 ? note_key_parse_as(NOTE_COSIGNATURE, line, &key, err)
		                 : err_set(err, ERR_LIMIT, 0, "witnesses: over %d", COSIGNERS_MAX);
		for (size_t i = 0; rc == 0 && i < list.n; i++)
			if (list.key[i].id == key.id ||
			    memcmp(&list.key[i].public, &key.public, sizeof(key.public)) == 0)
				rc = err_set(err, ERR_SYNTAX, 0, "witnesses: a key that is there twice");
		if (rc) {
			if (err)
				err->at = (size_t)(line.p - text.p);
			return rc;
		}
		list.key[list.n++] = key;
	}
	*out = list;
	return 0;
}
