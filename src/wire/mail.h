/* A mail to one recipient, as bytes that a server takes.
 *
 *   source  RFC 5322 (form), RFC 2045 and 2047 (UTF-8 in body and header), RFC 3834 section 5
 *           (Auto-Submitted), RFC 6531 not asked for: every address is ASCII
 *   made    by gmime: header lines folded, ASCII alone, each line ended by CRLF; the text as
 *           quoted-printable or base64, whichever is shorter
 *   parts   where there are any, multipart/mixed: the text, then each as an attachment in base64. The
 *           boundary is made of the Message-ID and holds "=_", which neither encoding can
 *   safe    nothing that is given can begin a header: a control character anywhere but in the text is
 *           refused
 *
 * The same message gives the same bytes: time and Message-ID are given, no clock and no random
 * number is asked. Not for two threads at once the first time (gmime sets itself up). */
#ifndef WIRE_MAIL_H
#define WIRE_MAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum {
	MAIL_SUBJECT_MAX = 900, /* bytes */
	MAIL_TEXT_MAX = 16 << 20,
	MAIL_PARTS_MAX = 8,
	MAIL_PART_MAX = 16 << 20,
};

/* An attachment. */
struct mail_part {
	struct slice type;  /* "application/json" */
	struct slice name;  /* of the file: letters, digits, '-', '.', '_' */
	struct slice bytes;
};

struct mail {
	struct slice from, reply_to, to; /* addresses (model/address.h); reply_to may be empty */
	struct slice from_name;          /* shown beside from; UTF-8, may be empty */
	struct slice subject;            /* UTF-8, one line */
	struct slice message_id;         /* without its angle brackets: "x.1@desk.example" */
	int64_t at;                      /* Date, in UTC */
	struct slice text;               /* UTF-8, lines ended by LF */
	struct slice language;           /* BCP 47, of Content-Language; may be empty */
	struct slice in_reply_to;        /* a Message-ID, also told in References; may be empty */
	const struct mail_part *part;
	size_t part_n;
};

/* Append the message. ERR_SYNTAX (a control character in a header, what is no address, a text that is
 * not UTF-8 or holds a NUL); ERR_LIMIT; ERR_NOMEM. */
int mail_compose(const struct mail *m, struct buf *out, struct err *err);

#endif
