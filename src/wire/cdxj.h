/* CDXJ: where in a set of WARC files each capture lies, one line each:
 *
 *   com,example)/page?a=1 20260914010203 {"digest":"sha256:…","filename":"warc/000001.warc.gz",…}
 *
 *   source  the format of pywb and warcio (its keys, and values as strings); keys as warcio.js
 *           makes them: sort-friendly URI reordering, in lower case, without "www.", arguments
 *           sorted
 *   sorted  bytewise by whole lines */
#ifndef WIRE_CDXJ_H
#define WIRE_CDXJ_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdint.h>

enum { CDXJ_LINE_MAX = 32 << 10 }; /* an address of 8,000 bytes twice, escaped */

struct cdxj {
	struct slice uri;
	int64_t at_ms;
	struct slice mime;     /* empty: "unk", as warcio writes it */
	int64_t status;        /* of HTTP; 0: none */
	struct slice digest;   /* of the payload: "sha256:…" */
	uint64_t length;       /* of the stored record */
	uint64_t offset;
	struct slice filename;
};

/* Append the key of an address: "com,example)/page?a=1" of http and https, any other as it is. */
void cdxj_key(struct slice uri, struct buf *out);

/* Append a line with its LF. ERR_SYNTAX for texts that are not UTF-8; ERR_USAGE for an address with
 * a space; ERR_NOMEM; out is then as it was. */
int cdxj_put(const struct cdxj *line, struct buf *out, struct err *err);

/* Read a line without its LF: the texts of out point into *object, which is the caller's.
 * ERR_SYNTAX; ERR_LIMIT over CDXJ_LINE_MAX; ERR_NOMEM. */
int cdxj_parse(struct slice line, struct cdxj *out, struct slice *key, json_t **object,
               struct err *err);

#endif
