/* Is everything in an archive as it was sealed?
 *
 * Every byte of every record is hashed once: its payload against the evidence address, all the rest
 * of it (WARC header, HTTP header, framing) against the manifest's "lead"; the stored form too, by
 * a CRC-32 that the manifest has, so that no bit of a file is left out. WARC-Block-Digest is among
 * what "lead" covers and is not computed again: it would be a second pass over each body. */
#ifndef STORE_ARCHIVE_VERIFY_H
#define STORE_ARCHIVE_VERIFY_H

#include "base/err.h"
#include "base/sha256.h"

#include <stdbool.h>
#include <stdint.h>

enum archive_trouble {
	TROUBLE_ALTERED, /* bytes are others than those that were sealed */
	TROUBLE_MISSING, /* what a manifest or the journal names is not there */
	TROUBLE_EXTRA,   /* something lies there that no manifest names */
	ARCHIVE_TROUBLES
};

/* "altered". */
const char *archive_trouble_name(enum archive_trouble t);

/* One thing that is wrong. Texts are valid during the call. */
struct archive_finding {
	enum archive_trouble trouble;
	const char *file;    /* below the archive's folder: "warc/000001.warc.gz" */
	uint64_t offset;     /* where has_offset */
	bool has_offset;
	struct sha256 order; /* where has_order */
	bool has_order;
	const char *part;    /* "exchange 12 response"; NULL */
	const char *what;    /* a sentence without its end */
};

struct archive_verified {
	uint64_t orders, exchanges;
	uint64_t records;    /* looked at, the unchecked among them */
	uint64_t unchecked;  /* restricted records whose key is not here: only their CRC-32 was */
	uint64_t bytes;      /* of records, uncompressed, that were hashed */
	uint64_t stored;     /* of files */
	uint64_t unsealed;   /* bytes of orders that are under way, or that the next writer takes back */
	uint64_t timestamps; /* that are of their manifests (archive_token.h); whose they are is not asked */
	uint64_t findings;
};

typedef void (*archive_finding_fn)(void *ctx, const struct archive_finding *f);

/* Look at everything; memory is 32 bytes a stored payload and 40 an order. key_file: NULL for
 * DIR.key where it is there. 0 when all could be looked at: out->findings says the result;
 * ERR_NOTFOUND (no archive), ERR_IO, ERR_NOMEM, ERR_CORRUPT (the journal cannot be read). */
int archive_verify(const char *dir, const char *key_file, archive_finding_fn fn, void *ctx,
                   struct archive_verified *out, struct err *err);

#endif
