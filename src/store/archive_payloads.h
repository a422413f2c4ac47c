/* Which public payloads an archive holds, and where: so that what is known is not stored again.
 *
 *   DIR/payloads   entries of 48 bytes in the order they were sealed, little endian:
 *                  0 SHA-256 (32)   32 lane (4)   36 length of the record (4)   40 its offset (8)
 *
 * The file is mapped; memory holds a table of 8 bytes a slot (half of a slot is a fingerprint, so
 * that what is not known is told without touching the file), three eighths to three quarters full:
 * 11 to 22 bytes a payload. Made anew from the manifests where it is missing or cut. */
#ifndef STORE_ARCHIVE_PAYLOADS_H
#define STORE_ARCHIVE_PAYLOADS_H

#include "base/err.h"
#include "base/sha256.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive_payload {
	struct sha256 digest;
	uint32_t lane;
	uint32_t length;
	uint64_t at;
};

enum { PAYLOAD_ENTRY = 48 };

struct archive_payloads {
	bool open;       /* zero-initialised is closed */
	int fd;
	uint64_t n;      /* entries of the file */
	const char *map; /* of the first mapped entries */
	uint64_t mapped;
	uint64_t *slot;  /* 0: free; else entry + 1 in the low half, fingerprint in the high */
	size_t slots;    /* a power of two */
	char *late;      /* entries behind the map, as they lie in the file */
	size_t late_n, late_cap;
};

/* Read the table of a file; with write it is made where there is none, and cut to `known` entries
 * (UINT64_MAX: as it is). ERR_NOTFOUND; ERR_CORRUPT where it has fewer; ERR_LIMIT over 2^32 - 2
 * entries; ERR_IO, ERR_NOMEM. */
int archive_payloads_open(const char *path, bool write, uint64_t known, struct archive_payloads *out,
                          struct err *err);
void archive_payloads_close(struct archive_payloads *p);

/* False where the digest is not known. */
bool archive_payloads_find(const struct archive_payloads *p, struct sha256 digest,
                           struct archive_payload *out);

/* Append those that are not there yet. ERR_IO, ERR_LIMIT, ERR_NOMEM: nothing is then added. */
int archive_payloads_add(struct archive_payloads *p, const struct archive_payload *add, size_t n,
                         struct err *err);

/* Bytes of memory that the table takes (the mapped file is the page cache's). */
size_t archive_payloads_memory(const struct archive_payloads *p);

#endif
