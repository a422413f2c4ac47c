/* A quotation: where in a page's extracted text something stands, so that it can be found again.
 *
 *   {"end":164,"evidence":"sha256:…","extractor":"html-text/1","quote":"…","start":120,
 *    "text":"sha256:…"}
 *   offsets bytes of the extracted UTF-8 text, from start up to and without end
 *   source  doc/format/record.md, "Quotation" */
#ifndef MODEL_QUOTATION_H
#define MODEL_QUOTATION_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdint.h>

struct quotation {
	struct sha256 evidence; /* the page as received */
	struct sha256 text;     /* the text extracted from it */
	struct slice extractor; /* name and version of what extracted it: "html-text/1" */
	uint64_t start, end;
	struct slice quote; /* the bytes between, not owned */
};

/* Take the bytes start to end of a text, whose digest is `digest`. ERR_SYNTAX when they are not
 * within it, are none, or cut a character. out->quote points into text. */
int quotation_take(struct slice text, struct sha256 digest, uint64_t start, uint64_t end,
		   struct sha256 evidence, struct slice extractor, struct quotation *out,
		   struct err *err);

/* Whether q can be found again: the text has the digest that it names, the offsets are within it
 * and cut no character, and the bytes there are the quote. Hashes the text.
 * Returns 0 or ERR_SYNTAX with what differs. */
int quotation_check(const struct quotation *q, struct slice text, struct err *err);

/* The slices of out belong to object. ERR_SYNTAX; also when end - start is not the length of the
 * quote. */
int quotation_from_json(const json_t *object, struct quotation *out, struct err *err);
/* A new reference, or NULL: no memory, or a text that is not UTF-8. */
json_t *quotation_to_json(const struct quotation *q);

#endif
