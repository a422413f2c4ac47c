/* A note is cut at its last blank line; what stands behind it must be signature lines and nothing
 * else. A name is checked where it enters, so that a formatted note always parses. */
#include "wire/note.h"

#include "base/base64.h"
#include "base/sha256.h"
#include "base/utf8.h"

#include <inttypes.h>

#define EM_DASH_SPACE SLICE("\xe2\x80\x94 ") /* U+2014, space: signed-note, "Format" */

/* White_Space of the Unicode Character Database (PropList.txt, version 15.0). */
static bool is_unicode_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

static bool is_key_name(struct slice name)
{
	if (name.n == 0 || name.n > NOTE_NAME_MAX || !utf8_valid(name, NULL))
		return false;
	for (size_t at = 0; at < name.n;) {
		uint32_t c = utf8_next(name, &at);
		if (c < 0x20 || c == 0x7f || c == '+' || is_unicode_space(c))
			return false;
	}
	return true;
}

/* First bytes of SHA-256(name LF type key): signed-note, "Ed25519 signatures"; tlog-cosignature,
 * "Format". */
static uint32_t key_id(uint8_t type, struct slice name, const struct ed25519_public *public)
{
	char bytes[NOTE_NAME_MAX + 2 + ED25519_PUBLIC];

	memcpy(bytes, name.p, name.n);
	bytes[name.n] = '\n';
	bytes[name.n + 1] = (char)type;
	memcpy(bytes + name.n + 2, public->b, ED25519_PUBLIC);
	struct sha256 d = sha256_of(slice_from(bytes, name.n + 2 + ED25519_PUBLIC));
	return (uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 | (uint32_t)d.b[2] << 8 | d.b[3];
}

int note_key_init_as(uint8_t type, struct slice name, const struct ed25519_public *public,
                     struct note_key *out, struct err *err)
{
	if (!is_key_name(name))
		return err_set(err, ERR_SYNTAX, 0,
		               "key name '%.*s' is empty, too long, or has a space or '+' in it",
		               SLICE_ARG(slice_sub(name, 0, 80)));
	*out = (struct note_key){ name, key_id(type, name, public), *public, type };
	return 0;
}

int note_key_init(struct slice name, const struct ed25519_public *public, struct note_key *out,
                  struct err *err)
{
	return note_key_init_as(NOTE_ED25519, name, public, out, err);
}

int note_signer_init_as(uint8_t type, struct slice name, const struct ed25519_seed *seed,
                        struct note_signer *out, struct err *err)
{
	struct ed25519_public public;
	struct note_key key;

	int rc = ed25519_public_of(seed, &public, err);
	if (rc == 0)
		rc = note_key_init_as(type, name, &public, &key, err);
	if (rc)
		return rc;
	*out = (struct note_signer){ .key = key, .seed = *seed };
	return 0;
}

int note_signer_init(struct slice name, const struct ed25519_seed *seed, struct note_signer *out,
                     struct err *err)
{
	return note_signer_init_as(NOTE_ED25519, name, seed, out, err);
}

/* Exactly eight lower-case digits. */
static bool parse_id(struct slice s, uint32_t *out)
{
	uint8_t b[4];

	if (!hex_decode(s, b, 4))
		return false;
	*out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	return true;
}

/* name+HASH+base64(type, 32 bytes): the part that both text forms share. */
static int parse_key_parts(uint8_t type, struct slice text, struct slice *name, uint32_t *id,
                           uint8_t bytes[32], struct err *err)
{
	struct slice rest = text, hash;
	struct buf raw = { 0 };
	int rc = 0;

	if (!slice_cut(&rest, '+', name) || !slice_cut(&rest, '+', &hash) || !parse_id(hash, id))
		return err_set(err, ERR_SYNTAX, 0, "key: not name+hash+base64");
	rc = base64_decode(rest, &raw, err);
	if (rc == 0 && (raw.n != 33 || (uint8_t)raw.p[0] != type))
		rc = err_set(err, ERR_SYNTAX, 0,
		             type == NOTE_COSIGNATURE
		                     ? "key: not that of a witness (type 4, cosignature/v1)"
		                     : "key: not an Ed25519 key");
	if (rc == 0)
		memcpy(bytes, raw.p + 1, 32);
	if (raw.p)
		explicit_bzero(raw.p, raw.cap);
	buf_release(&raw);
	return rc;
}

static int wrong_hash(struct err *err)
{
	return err_set(err, ERR_SYNTAX, 0, "key: the hash is not that of its name and key");
}

int note_key_parse_as(uint8_t type, struct slice text, struct note_key *out, struct err *err)
{
	struct ed25519_public public;
	struct note_key key;
	struct slice name = { 0 };
	uint32_t id = 0;

	int rc = parse_key_parts(type, text, &name, &id, public.b, err);
	if (rc == 0)
		rc = note_key_init_as(type, name, &public, &key, err);
	if (rc == 0 && key.id != id)
		rc = wrong_hash(err);
	if (rc)
		return rc;
	*out = key;
	return 0;
}

int note_key_parse(struct slice text, struct note_key *out, struct err *err)
{
	return note_key_parse_as(NOTE_ED25519, text, out, err);
}

int note_signer_parse_as(uint8_t type, struct slice text, struct note_signer *out, struct err *err)
{
	const struct slice prefix = SLICE("PRIVATE+KEY+");
	struct note_signer signer;
	struct ed25519_seed seed;
	struct slice name = { 0 };
	uint32_t id = 0;

	if (!slice_starts(text, prefix))
		return err_set(err, ERR_SYNTAX, 0, "key: does not begin with PRIVATE+KEY+");
	int rc = parse_key_parts(type, slice_sub(text, prefix.n, text.n), &name, &id, seed.b, err);
	if (rc == 0)
		rc = note_signer_init_as(type, name, &seed, &signer, err);
	ed25519_wipe(&seed);
	if (rc)
		return rc;
	if (signer.key.id != id) {
		ed25519_wipe(&signer.seed);
		return wrong_hash(err);
	}
	*out = signer;
	ed25519_wipe(&signer.seed);
	return 0;
}

int note_signer_parse(struct slice text, struct note_signer *out, struct err *err)
{
	return note_signer_parse_as(NOTE_ED25519, text, out, err);
}

static void format_key_parts(const struct note_key *key, const uint8_t bytes[32], struct buf *out)
{
	char raw[33] = { (char)key->type };

	memcpy(raw + 1, bytes, 32);
	buf_put(out, key->name);
	buf_printf(out, "+%08" PRIx32 "+", key->id);
	base64_encode(slice_from(raw, sizeof(raw)), out);
	explicit_bzero(raw, sizeof(raw));
}

void note_key_format(const struct note_key *key, struct buf *out)
{
	format_key_parts(key, key->public.b, out);
}

void note_signer_format(const struct note_signer *signer, struct buf *out)
{
	buf_puts(out, "PRIVATE+KEY+");
	format_key_parts(&signer->key, signer->seed.b, out);
}

/* UTF-8 without control characters other than LF; *at tells where it is not. */
static bool is_note_text(struct slice s, size_t *at)
{
	if (!utf8_valid(s, at))
		return false;
	for (*at = 0; *at < s.n; ++*at)
		if ((unsigned char)s.p[*at] < 0x20 && s.p[*at] != '\n')
			return false;
	return true;
}

/* One line without its LF. */
static int parse_signature(struct slice line, struct note_signature *out, struct err *err)
{
	struct buf raw = { 0 };
	struct slice rest, name;

	if (!slice_starts(line, EM_DASH_SPACE))
		return err_set(err, ERR_SYNTAX, 0, "note: a signature line without its dash");
	rest = slice_sub(line, EM_DASH_SPACE.n, line.n);
	if (!slice_cut(&rest, ' ', &name) || !is_key_name(name))
		return err_set(err, ERR_SYNTAX, 0, "note: a signature without a key name");
	int rc = base64_decode(rest, &raw, err);
	if (rc == 0 && raw.n < 5)
		rc = err_set(err, ERR_SYNTAX, 0, "note: a signature of %zu bytes", raw.n);
	if (rc == 0) {
		const unsigned char *b = (const unsigned char *)raw.p;
		uint32_t id =
			(uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
		*out = (struct note_signature){ name, id, rest };
	}
	buf_release(&raw);
	return rc;
}

/* Where the last blank line begins: its LF follows the LF of the text. */
static size_t last_blank_line(struct slice s)
{
	for (size_t i = s.n; i >= 2; i--)
		if (s.p[i - 1] == '\n' && s.p[i - 2] == '\n')
			return i - 1;
	return s.n;
}

int note_parse(struct slice bytes, struct note *out, struct err *err)
{
	size_t at = 0, n = 0;
	struct slice line;
	struct note_signature signature;

	if (bytes.n > NOTE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, NOTE_BYTES_MAX, "note: over %d bytes",
		               NOTE_BYTES_MAX);
	if (!is_note_text(bytes, &at))
		return err_set(err, ERR_SYNTAX, at, "note: not text");
	size_t cut = last_blank_line(bytes);
	if (cut == bytes.n)
		return err_set(err, ERR_SYNTAX, bytes.n, "note: no blank line before signatures");
	struct note note = { slice_sub(bytes, 0, cut), slice_sub(bytes, cut + 1, bytes.n) };
	if (note.signatures.n == 0 || bytes.p[bytes.n - 1] != '\n')
		return err_set(err, ERR_SYNTAX, bytes.n, "note: no signatures, or a cut one");
	for (struct slice rest = note.signatures; slice_cut(&rest, '\n', &line); n++) {
		if (n == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT, 0, "note: over %d signatures",
			               NOTE_SIGNATURES_MAX);
		int rc = parse_signature(line, &signature, err);
		if (rc) {
			if (err)
				err->at = (size_t)(line.p - bytes.p);
			return rc;
		}
	}
	*out = note;
	return 0;
}

bool note_next_signature(const struct note *note, size_t *at, struct note_signature *out)
{
	struct slice rest = slice_sub(note->signatures, *at, note->signatures.n), line;

	if (!slice_cut(&rest, '\n', &line) || parse_signature(line, out, NULL))
		return false;
	*at += line.n + 1;
	return true;
}

/* One signature by a key of that name and id. */
static int verify(const struct note *note, struct slice base64, const struct note_key *key,
                  struct err *err)
{
	struct buf raw = { 0 };
	int rc = base64_decode(base64, &raw, err);

	if (rc == 0 && (raw.n != 4 + ED25519_SIGNATURE ||
	                !ed25519_verify(&key->public, note->text, (const uint8_t *)raw.p + 4)))
		rc = err_set(err, ERR_CORRUPT, 0, "the signature of %.*s does not verify",
		             SLICE_ARG(key->name));
	buf_release(&raw);
	return rc;
}

int note_check(const struct note *note, const struct note_key *key, struct err *err)
{
	struct note_signature s;
	size_t at = 0, found = 0;

	while (note_next_signature(note, &at, &s)) {
		if (!slice_eq(s.name, key->name) || s.key_id != key->id)
			continue;
		int rc = verify(note, s.base64, key, err);
		if (rc)
			return rc;
		found++;
	}
	if (found == 0)
		return err_set(err, ERR_NOTFOUND, 0, "not signed by %.*s+%08" PRIx32,
		               SLICE_ARG(key->name), key->id);
	return 0;
}

int note_put_signature(const struct note_key *key, struct slice signature, struct buf *out,
                       struct err *err)
{
	size_t keep = out->n;
	struct buf raw = { 0 };

	for (int i = 0; i < 4; i++)
		buf_putc(&raw, (char)(key->id >> (24 - 8 * i)));
	buf_put(&raw, signature);
	buf_put(out, EM_DASH_SPACE);
	buf_put(out, key->name);
	buf_putc(out, ' ');
	base64_encode(buf_slice(&raw), out);
	buf_putc(out, '\n');
	bool ok = buf_ok(out) && buf_ok(&raw);
	buf_release(&raw);
	if (!ok) {
		out->n = keep;
		return err_set(err, ERR_NOMEM, 0, "note: out of memory");
	}
	return 0;
}

int note_sign_all(struct slice text, const struct note_signer *signer, size_t n, struct buf *out,
                  struct err *err)
{
	uint8_t signature[ED25519_SIGNATURE];
	size_t at = 0, keep = out->n;
	int rc = 0;

	if (text.n > NOTE_BYTES_MAX / 2 || n > NOTE_SIGNATURES_MAX)
		return err_set(err, ERR_LIMIT, 0, "note: a text of %zu bytes, %zu signers", text.n,
		               n);
	if (!is_note_text(text, &at) || text.n == 0 || text.p[text.n - 1] != '\n')
		return err_set(err, ERR_SYNTAX, at, "note: not text that ends in a line end");
	buf_put(out, text);
	buf_putc(out, '\n');
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct note_signer *by = &signer[i];
		rc = by->sign ? by->sign(by->ctx, &by->key, text, signature, err)
		              : ed25519_sign(&by->seed, text, signature, err);
		if (rc == 0)
			rc = note_put_signature(&signer[i].key,
			                        slice_from((const char *)signature,
			                                   sizeof(signature)),
			                        out, err);
	}
	if (rc == 0 && !buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "note: out of memory");
	if (rc)
		out->n = keep;
	return rc;
}

int note_sign(struct slice text, const struct note_signer *signer, struct buf *out, struct err *err)
{
	return note_sign_all(text, signer, 1, out, err);
}
