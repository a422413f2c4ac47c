#include "store/archive_key.h"

#include "base/hmac.h"
#include "sys/random.h"
#include "sys/secret.h"

#include <sodium.h>

enum { KEY_FILE_MAX = 256, WORD_N = 20, KEY_LINE = WORD_N + 2 * ARCHIVE_KEY_LEN + 1 };
enum { AT_LENGTH = 4, AT_KEY = 8, AT_ORDER = 16, AT_NUMBER = 48, AT_ROLE = 52, AT_NONCE = 56 };

_Static_assert(ARCHIVE_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the cipher's key");
_Static_assert(SEALED_HEAD - AT_NONCE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "its nonce");
_Static_assert(SEALED_TAG == crypto_aead_xchacha20poly1305_ietf_ABYTES, "its tag");

static const struct slice MAGIC = { "ASR1", 4 }, WORD = { "assay-archive-key-1 ", WORD_N };

void archive_key_wipe(struct archive_key *key)
{
	explicit_bzero(key, sizeof(*key));
}

static void set_id(struct archive_key *key)
{
	struct sha256 d = hmac_sha256(slice_from((const char *)key->b, sizeof(key->b)),
	                              SLICE("assay archive key 1"));

	memcpy(key->id, d.b, sizeof(key->id));
}

static int make_key(const char *path, struct archive_key *key, struct err *err)
{
	char text[KEY_LINE + 1];
	int rc = random_bytes(key->b, sizeof(key->b), err);

	if (rc == 0) {
		memcpy(text, WORD.p, WORD.n);
		hex_encode(key->b, sizeof(key->b), text + WORD.n);
		text[KEY_LINE - 1] = '\n';
		rc = secret_write(path, slice_from(text, KEY_LINE), err);
	}
	explicit_bzero(text, sizeof(text));
	return rc;
}

int archive_key_open(const char *path, bool create, struct archive_key *out, struct err *err)
{
	struct archive_key key = { 0 };
	struct err why = { 0 };
	struct buf text = { 0 };

	buf_reserve(&text, KEY_FILE_MAX + (1 << 16)); /* so that growing leaves no copy behind */
	int rc = secret_read(path, KEY_FILE_MAX, &text, &why);
	if (rc == 0) {
		struct slice line = slice_trim(buf_slice(&text));
		if (!slice_starts(line, WORD) ||
		    !hex_decode(slice_sub(line, WORD.n, line.n), key.b, sizeof(key.b)))
			rc = err_set(&why, ERR_CORRUPT, 0, "%s: is no key of an archive", path);
	} else if (rc == ERR_NOTFOUND && create) {
		rc = make_key(path, &key, &why);
	}
	if (text.p)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	if (rc == 0) {
		set_id(&key);
		*out = key;
	} else if (err) {
		*err = why;
	}
	archive_key_wipe(&key);
	return rc;
}

static void put_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> 8 * i & 0xff);
}

static uint32_t get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

int sealed_head_read(struct slice bytes, struct sealed_head *out, struct err *err)
{
	struct sealed_head h = { 0 };

	if (bytes.n < SEALED_HEAD || !slice_starts(bytes, MAGIC))
		return err_set(err, ERR_SYNTAX, 0, "sealed: no sealed record starts here");
	h.length = get_u32(bytes.p + AT_LENGTH);
	h.number = get_u32(bytes.p + AT_NUMBER);
	h.role = bytes.p[AT_ROLE];
	memcpy(h.key_id, bytes.p + AT_KEY, sizeof(h.key_id));
	memcpy(h.order.b, bytes.p + AT_ORDER, sizeof(h.order.b));
	if (h.length < SEALED_TAG)
		return err_set(err, ERR_SYNTAX, AT_LENGTH, "sealed: a record of %u bytes is too short",
		               (unsigned)h.length);
	*out = h;
	return 0;
}

int sealed_put(const struct archive_key *key, struct sha256 order, uint32_t number, char role,
               struct slice plain, struct buf *out, struct err *err)
{
	unsigned char *p;
	unsigned long long made = 0;

	if (plain.n > UINT32_MAX - SEALED_TAG)
		return err_set(err, ERR_LIMIT, 0, "sealed: a record of %zu bytes is too long", plain.n);
	char *room = buf_reserve(out, SEALED_HEAD + plain.n + SEALED_TAG);
	if (!room || sodium_init() < 0)
		return err_set(err, ERR_NOMEM, 0, "sealed: no memory");
	memset(room, 0, SEALED_HEAD);
	memcpy(room, MAGIC.p, MAGIC.n);
	put_u32(room + AT_LENGTH, (uint32_t)(plain.n + SEALED_TAG));
	memcpy(room + AT_KEY, key->id, sizeof(key->id));
	memcpy(room + AT_ORDER, order.b, sizeof(order.b));
	put_u32(room + AT_NUMBER, number);
	room[AT_ROLE] = role;
	p = (unsigned char *)room;
	int rc = random_bytes(p + AT_NONCE, SEALED_HEAD - AT_NONCE, err);
	if (rc)
		return rc;
	crypto_aead_xchacha20poly1305_ietf_encrypt(p + SEALED_HEAD, &made,
	                                           (const unsigned char *)plain.p, plain.n, p, AT_NONCE,
	                                           NULL, p + AT_NONCE, key->b);
	out->n += SEALED_HEAD + (size_t)made;
	out->p[out->n] = '\0';
	return 0;
}

int sealed_get(const struct archive_key *key, struct slice bytes, struct buf *out, struct err *err)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned long long made = 0;
	struct sealed_head h;
	int rc = sealed_head_read(bytes, &h, err);

	if (rc)
		return rc;
	if (h.length != bytes.n - SEALED_HEAD)
		return err_set(err, ERR_SYNTAX, AT_LENGTH, "sealed: %zu bytes lie where %u ought to",
		               bytes.n - SEALED_HEAD, (unsigned)h.length);
	if (memcmp(h.key_id, key->id, sizeof(h.key_id)) != 0)
		return err_set(err, ERR_REFUSED, 0, "sealed: the record needs another key than this one");
	char *room = buf_reserve(out, h.length);
	if (!room || sodium_init() < 0)
		return err_set(err, ERR_NOMEM, 0, "sealed: no memory");
	if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)room, &made, NULL, p + SEALED_HEAD,
	                                               h.length, p, AT_NONCE, p + AT_NONCE,
	                                               key->b) != 0) {
		out->p[out->n] = '\0';
		return err_set(err, ERR_CORRUPT, 0, "sealed: the record was altered");
	}
	out->n += (size_t)made;
	out->p[out->n] = '\0';
	return 0;
}
