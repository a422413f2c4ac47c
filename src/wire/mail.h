/* A mail to one recipient, as bytes that a server takes.
 *
 *   source  RFC 5322 (form; 3.6.4 threads), RFC 2045 to 2047 (UTF-8 in body and header, multipart),
 *           RFC 2183 (attachments), RFC 5965 and 6522 (abuse reports), RFC 3834 section 5
 *           (Auto-Submitted), RFC 6531 not asked for: every address is ASCII
 *   made    by gmime: header lines folded, ASCII alone, each line ended by CRLF; the text as
 *           quoted-printable or base64, whichever is shorter
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
	MAIL_SUBJECT_MAX = 900,        /* bytes */
	MAIL_TEXT_MAX = 1 << 20,
	MAIL_ATTACHMENT_MAX = 8 << 20, /* of all attachments together */
	MAIL_ATTACHMENTS_MAX = 8,
	MAIL_REFERENCES_MAX = 20,
};

/* Kept byte for byte: written as base64. */
struct mail_attachment {
	struct slice name;       /* of the file: "annex.json"; letters, digits, '.', '-', '_' */
	struct slice media_type; /* "application/json" */
	struct slice bytes;
};

/* Of an abuse report (RFC 5965): the message is then multipart/report with three parts, the text, these
 * fields, and these headers. Lines of ASCII, each beginning with a capital letter and ended by LF. */
struct mail_report {
	struct slice fields;  /* message/feedback-report */
	struct slice headers; /* text/rfc822-headers */
};

struct mail {
	struct slice from, reply_to, to; /* addresses (model/address.h); reply_to may be empty */
	struct slice from_name;          /* shown beside from; UTF-8, may be empty */
	struct slice subject;            /* UTF-8, one line */
	struct slice message_id;         /* without its angle brackets: "x.1@desk.example" */
	int64_t at;                      /* Date, in UTC */
	struct slice text;               /* UTF-8, lines ended by LF */
	struct slice language;           /* BCP 47, of Content-Language; may be empty */
	struct slice in_reply_to;        /* Message-ID that it answers, as above; may be empty */
	const struct slice *reference;   /* Message-IDs of the thread, oldest first */
	size_t reference_n;
	const struct mail_attachment *attachment; /* then it is multipart/mixed, the text first */
	size_t attachment_n;
	const struct mail_report *report; /* NULL: none. Not with attachments (RFC 6522 section 3 gives a
	                                     multipart/report three parts, and the outermost place) */
};

/* Append the message. ERR_SYNTAX (a control character in a header, what is no address, a text that is
 * not UTF-8 or holds a NUL, an attachment's name or type that is none, a report beside attachments or
 * not of ASCII lines); ERR_LIMIT; ERR_NOMEM. */
int mail_compose(const struct mail *m, struct buf *out, struct err *err);

#endif
