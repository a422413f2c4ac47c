/* Restricted records, each encrypted by itself: what lies in sealed/NNNNNN.warc.sealed.
 *
 *   offset  bytes
 *   0       4   "ASR1"
 *   4       4   length of the ciphertext with its tag, little endian
 *   8       8   id of the key
 *   16      32  order
 *   48      4   number of the exchange in it, little endian
 *   52      4   which of its records: 'q' request, 'r' response, 'p' picture; three zeros
 *   56      24  nonce, random
 *   80      …   XChaCha20-Poly1305 of the record's gzip member; bytes 0 to 55 are associated data
 *
 *   source  draft-irtf-cfrg-xchacha-03, by libsodium: random nonces of 192 bits do not repeat
 *   key     32 random bytes in a file of mode 0600, one line: "assay-archive-key-1 " and 64 digits.
 *           Its id is the first 8 bytes of HMAC-SHA-256(key, "assay archive key 1") */
#ifndef STORE_ARCHIVE_KEY_H
#define STORE_ARCHIVE_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARCHIVE_KEY_LEN = 32, ARCHIVE_KEY_ID_LEN = 8, SEALED_HEAD = 80, SEALED_TAG = 16 };

struct archive_key {
	uint8_t b[ARCHIVE_KEY_LEN];
	uint8_t id[ARCHIVE_KEY_ID_LEN];
};

/* Read the key of a file; with create it is made where there is none. ERR_NOTFOUND, ERR_REFUSED
 * (others can read it), ERR_CORRUPT, ERR_IO. */
int archive_key_open(const char *path, bool create, struct archive_key *out, struct err *err);
void archive_key_wipe(struct archive_key *key);

/* What the clear part of a sealed record says. */
struct sealed_head {
	uint8_t key_id[ARCHIVE_KEY_ID_LEN];
	struct sha256 order;
	uint32_t number;
	char role;
	uint32_t length; /* of what follows the head */
};

/* The head at the start of bytes. ERR_SYNTAX; out untouched. */
int sealed_head_read(struct slice bytes, struct sealed_head *out, struct err *err);

/* Append one sealed record. ERR_LIMIT over 2^32 - 17 bytes, ERR_IO (no random bytes), ERR_NOMEM. */
int sealed_put(const struct archive_key *key, struct sha256 order, uint32_t number, char role,
               struct slice plain, struct buf *out, struct err *err);

/* Append what one sealed record holds; `bytes` is the whole of it. ERR_SYNTAX (no sealed record, or
 * longer or shorter than it says), ERR_REFUSED (another key), ERR_CORRUPT (altered), ERR_NOMEM; out
 * is then as it was. */
int sealed_get(const struct archive_key *key, struct slice bytes, struct buf *out, struct err *err);

#endif
