/* Domain names in the one form that the project compares and stores.
 *
 *   canonical  lower case, A-labels, no trailing dot: "shop.xn--mnchen-3ya.example"
 *   source     RFC 1035 2.3.4 and 3.1 (lengths, wire form); RFC 5890 (A-label, U-label);
 *              UTS #46, non-transitional processing, by libidn2; RFC 3696 2 (last label)
 *   letters    a-z 0-9 - and _ (RFC 2181 11 allows more in the DNS; no web site has it)
 *
 * A value owns nothing and may be copied. */
#ifndef WIRE_DNAME_H
#define WIRE_DNAME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DNAME_MAX = 253, /* octets of text without the trailing dot: 255 in wire form, RFC 1035 2.3.4 */
	DNAME_LABEL_MAX = 63,
	DNAME_WIRE_MAX = 255,
};

struct dname {
	uint8_t n;           /* octets of text, at least 1 */
	uint8_t labels;
	bool has_underscore; /* no host name (RFC 952), but seen in the DNS */
	bool has_idn;        /* an A-label is in it */
	bool has_odd_idn;    /* one of them holds characters that IDNA2008 forbids (an emoji) */
	char text[DNAME_MAX + 1]; /* NUL-terminated */
};

static inline struct slice dname_slice(const struct dname *d)
{
	return (struct slice){ d->text, d->n };
}

/* Read a name as people and lists write it: any case, U-labels in UTF-8 or A-labels, ideographic
 * full stops (UTS #46 section 4, step 4), with or without the trailing dot. No white space is
 * trimmed, "*." is no name.
 *
 *   out     filled on success, untouched on failure
 *   return  0; ERR_SYNTAX (empty name or label, a letter that is not allowed, not UTF-8, an
 *           A-label that does not decode or not to itself, a last label that is a number);
 *           ERR_LIMIT (a label of 64 or a name of 254 octets or more); ERR_NOMEM.
 *           err->at is the offset of the label in text. */
int dname_parse(struct slice text, struct dname *out, struct err *err);

/* Whether text is a name in canonical form already. */
bool dname_is_canonical(struct slice text);

/* Append the name for people: U-labels where they decode and are IDNA2008-valid, else the A-label.
 * For display only; what is compared is canonical. */
void dname_display(struct slice canonical, struct buf *out);

/* Read one uncompressed name in wire form (length octet, label, ..., 0) from *at, which moves
 * behind it. ERR_SYNTAX for a truncated name, a compression pointer, the root alone, or a label
 * with letters outside the canonical form; ERR_LIMIT over 255 octets. */
int dname_from_wire(struct slice bytes, size_t *at, struct dname *out, struct err *err);

/* Write the wire form: d->n + 2 octets into out. */
size_t dname_to_wire(const struct dname *d, uint8_t out[DNAME_WIRE_MAX]);

/* The name without its first label, or the empty slice when it has but one. Of canonical text. */
static inline struct slice dname_parent(struct slice name)
{
	size_t dot = slice_find(name, '.');
	return dot == name.n ? (struct slice){ name.p, 0 } : slice_sub(name, dot + 1, name.n);
}

/* Whether name is zone or a name below it; both canonical. */
static inline bool dname_is_under(struct slice name, struct slice zone)
{
	return slice_eq(name, zone) || (name.n > zone.n && slice_ends(name, zone) &&
	                                name.p[name.n - zone.n - 1] == '.');
}

#endif
