/* A ledger entry: what the tree carries for one record. The record itself and its salt are kept
 * beside the tree, so that a redaction can delete both and leave the tree whole.
 *
 *   bytes   {"at":"2026-11-22T04:05:06Z","commit":"sha256:…","key":"x.example",
 *            "record":"sha256:…","type":"decision","v":1}      without white space
 *   source  RFC 8785 (order of members, escapes); doc/format/ledger.md */
#ifndef ACCOUNT_ENTRY_H
#define ACCOUNT_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	ENTRY_VERSION = 1,
	ENTRY_SALT = 32,      /* bytes, random, one salt for each entry */
	ENTRY_KEY_MAX = 8192, /* bytes of UTF-8 before escaping: a subject may be a URL */
	ENTRY_TYPE_MAX = 64,
};

struct entry {
	int64_t at;           /* UTC seconds, years 0001 to 9999 */
	struct slice type;    /* of the record: a-z and '_' */
	struct slice key;     /* of its subject; may be empty */
	struct sha256 record; /* its id */
	struct sha256 commit; /* entry_commit of its canonical bytes */
};

/* SHA-256(salt || record): binds the entry to the record's canonical bytes without letting anybody
 * guess them. ERR_NOMEM. */
int entry_commit(const uint8_t salt[ENTRY_SALT], struct slice record, struct sha256 *out,
                 struct err *err);

/* Whether salt and record are what the entry was made of: the commitment alone. 0; ERR_CORRUPT;
 * ERR_NOMEM. */
int entry_check(const struct entry *e, const uint8_t salt[ENTRY_SALT], struct slice record,
                struct err *err);

/* Append the canonical bytes. ERR_SYNTAX for a type or key that is not as said above; ERR_LIMIT for
 * a length; ERR_NOMEM. */
int entry_format(const struct entry *e, struct buf *out, struct err *err);

/* Read canonical bytes: anything else, and be it one space, is ERR_SYNTAX with err->at = the first
 * byte that is not as it must be. Slices of out are in a. */
int entry_parse(struct slice bytes, struct arena *a, struct entry *out, struct err *err);

#endif
