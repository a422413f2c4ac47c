/* The ledger: a tiled transparency log of all acts, derived from the store's ledger entries.
 *
 * The store's table of entries is the commit point; the log follows it. ledger_append brings the
 * log up to the entries that there are, from whatever state a crash left it in: it writes bundles
 * and tiles, makes them durable together, and then writes the checkpoint, so the last checkpoint
 * always has its tiles; no file that it signs is written again. Done twice it does nothing. There is one writer at a time (store/lock.h). */
#ifndef ACCOUNT_LEDGER_H
#define ACCOUNT_LEDGER_H

#include "account/tlog.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/keyring.h"
#include "wire/note.h"
#include "wire/tile_store.h"

#include <stdint.h>

/* Take one entry: its canonical bytes (account/entry.h), valid until it returns. */
typedef int (*ledger_entry_fn)(void *arg, struct slice entry, struct err *err);

/* The entries that the store holds. */
struct ledger_source {
	uint64_t size;
	/* Hand entries from <= index < to, in order, to each; return what it returns when that is
	 * not 0. to - from is at most TILE_WIDTH. ctx is not owned. */
	int (*read)(void *ctx, uint64_t from, uint64_t to, ledger_entry_fn each, void *arg,
	            struct err *err);
	void *ctx;
};

enum { LEDGER_SIGNERS_MAX = 2 }; /* the key in use, and the next one */

struct ledger_head {
	uint64_t size;
	struct sha256 root;
};

/* A checkpoint's note: signed by a key of the ring that signs for its size, origin = name of the
 * keys. ERR_SYNTAX when it is none; ERR_NOTFOUND when it is signed by others; ERR_CORRUPT; ERR_LIMIT,
 * ERR_NOMEM. */
int ledger_check_head(struct slice note, const struct keyring *keys, struct ledger_head *out,
                      struct err *err);

/* The last checkpoint: its note is appended to *note (may be NULL), signature and origin are checked.
 * ERR_NOTFOUND when there is none; ERR_CORRUPT when it is damaged, or signed by another key; ERR_IO,
 * ERR_NOMEM. */
int ledger_read_head_by(const struct tile_store *files, const struct keyring *keys,
                        struct buf *note, struct ledger_head *out, struct err *err);
/* The same with one key. */
int ledger_read_head(const struct tile_store *files, const struct note_key *key, struct buf *note,
                     struct ledger_head *out, struct err *err);

/* Bring the log up to the source. out (may be NULL) gets the head that then holds.
 *
 * The checkpoint is signed by all n signers, 1 to LEDGER_SIGNERS_MAX, so that a key can be replaced
 * while the log grows: the last one must be signed by some key of the ring, and is written anew where
 * it is not signed by the signers or is signed by another key of the ring. Signature lines by keys
 * that are not in the ring (witnesses) stay while size and root do.
 *
 *   ERR_REFUSED  the source is shorter than the checkpoint: the store was rolled back
 *   ERR_CORRUPT  the checkpoint or the right edge is damaged, or the source's entries are not those
 *                that the tiles hold: nothing is written
 *   ERR_LIMIT    an entry of over TILE_ENTRY_MAX bytes: the log stays at the last checkpoint
 *   ERR_IO       a write failed: the log stays at the last checkpoint, run it again */
int ledger_append_by(const struct tile_store *files, const struct note_signer *signer, size_t n,
                     const struct keyring *keys, const struct ledger_source *source,
                     struct ledger_head *out, struct err *err);
/* The same with one signer, whose key is the ring. */
int ledger_append(const struct tile_store *files, const struct note_signer *signer,
                  const struct ledger_source *source, struct ledger_head *out, struct err *err);

/* The proof, as text (wire/tlog_proof.h), that entry `index` is in the log, made from tiles and
 * checked against the checkpoint before it is appended to out. extra is carried along, unproved.
 * ERR_NOTFOUND when the log has no such entry or no checkpoint; ERR_CORRUPT; ERR_IO, ERR_NOMEM. */
int ledger_prove(const struct tile_store *files, const struct keyring *keys, uint64_t index,
                 struct slice extra, struct buf *out, struct err *err);

/* Check such a text with nothing but the keys: the entry is in the log that they sign. head (may
 * be NULL) gets the checkpoint's. ERR_SYNTAX when it is no proof; ERR_NOTFOUND when it is signed by
 * others; ERR_CORRUPT when it does not prove. */
int ledger_check_proof(struct slice text, const struct keyring *keys, struct slice entry,
                       struct ledger_head *head, struct err *err);

/* One entry's bytes from its bundle, appended to out and not checked. ERR_NOTFOUND; ERR_CORRUPT. */
int ledger_read_entry(const struct tile_store *files, const struct ledger_head *head,
                      uint64_t index, struct buf *out, struct err *err);

/* A tile or bundle as it is stored: at its width, else (a partial one that has grown full since)
 * the full one, cut. Bundles are appended to out; hashes fill t.width places. Each may be missing
 * (ERR_NOTFOUND) or malformed (ERR_CORRUPT); both name the path. */
int ledger_read_bundle(const struct tile_store *files, struct tile t, struct buf *out,
                       struct err *err);
int ledger_read_tile(const struct tile_store *files, struct tile t, struct sha256 *hash,
                     struct err *err);

#endif
