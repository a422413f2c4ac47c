/* What the public may read of a piece of evidence, made for it: quotations, and the text of the page
 * with personal contact data masked. Never the bytes as received.
 *
 *   made of  the text a reader sees (wire/html.h): no script, no comment, no hidden part
 *   masked   what wire/redaction.h finds, in the text and in quotations alike; its limits hold
 *   offsets  of a quotation count in the text that was extracted and has the digest `text`, as in
 *            the records; a mark makes the masked text another one
 *   source   doc/format/derivative.md draws the object; DESIGN, rules 7 and 14 */
#ifndef PUBLISH_DERIVATIVE_H
#define PUBLISH_DERIVATIVE_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A quotation as a finding holds it. */
struct derivative_quotation {
	struct slice quote;       /* the bytes start to end of the text */
	uint64_t start, end;
	struct sha256 text;       /* digest of the text it was taken from */
	struct slice extractor;   /* "html-text/1" */
	struct slice rule, destination;
	bool weighed;             /* it speaks against the finding */
};

struct derivative {
	struct sha256 evidence;
	struct slice media_type;  /* as received; may be empty */
	uint64_t length;          /* bytes of the evidence */
	int64_t at;               /* when the page was captured */
	struct slice url, vantage; /* may be empty */
	struct derivative_quotation *quotation; /* sorted in place */
	size_t n;
	bool has_text;
	struct slice text;        /* UTF-8, as extracted */
};

/* Make the object. Quotations stand in the order of start, end, destination and rule, each once.
 * Where the text is not the one that a quotation names, or does not hold it, the quotation is masked
 * by itself. A text over REDACTION_TEXT_MAX is left out.
 *
 *   return  0 and a new reference in *out; ERR_LIMIT (a quotation over REDACTION_TEXT_MAX);
 *           ERR_NOMEM, also for a text that is not UTF-8, which no extractor gives */
int derivative_of(const struct derivative *d, json_t **out, struct err *err);

#endif
