/* A mail as it came: who says to write, what it answers, and what it says.
 *
 *   source  RFC 5322 (form), RFC 2045-2047 (MIME), RFC 3834 (Auto-Submitted), RFC 6522 (report)
 *   in      bytes of anybody's, as a mail server put them into a file
 *   text    of the first text/plain part that is no attachment; else of text/html, as a reader sees
 *           it (wire/html.h). UTF-8, lines ended by LF
 *   parts   leaves of the tree, in order; the bytes of those alone that reports are made of
 *   by      gmime, behind a look at the whole that bounds what it is given (parts, nesting,
 *           fields). Charsets are decoded by wire/charset.h: nothing depends on the machine
 *   owns    nothing: everything lies in the arena, or is a view into the bytes
 *
 * From, Date and all else are what the sender wrote: a claim. Not for two threads at once the first
 * time (gmime sets itself up). */
#ifndef WIRE_MAIL_READ_H
#define WIRE_MAIL_READ_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MAIL_READ_BYTES = 16 << 20,
	MAIL_READ_PARTS = 200,       /* leaves that are listed; others are not */
	MAIL_READ_NESTING = 64,      /* Content-Type lines of multipart or message */
	MAIL_READ_BOUNDARIES = 2000, /* lines that begin with "--" */
	MAIL_READ_FIELDS = 20000,    /* lines that could be a field */
	MAIL_READ_GROUPS = 2000,     /* colons in fields that hold addresses */
	MAIL_READ_TEXT = 1 << 20,    /* bytes of text, cut there */
	MAIL_READ_IDS = 100,         /* References: the last of them */
};

struct mail_part {
	struct slice type;    /* lower case: "message/delivery-status" */
	struct slice bytes;   /* decoded; of text/plain, text/html and parts of a report; of
	                         message/rfc822 its header alone; else empty */
	struct slice charset; /* as named; may be empty */
	bool attachment;
};

struct mail_read {
	struct slice header;      /* the outermost block, as it came */
	struct slice from;        /* address alone, lower-case domain; empty: none that is one */
	struct slice from_line;   /* all of the field, one line */
	struct slice subject;
	struct slice message_id;  /* without brackets; may be empty */
	struct slice *answers;    /* In-Reply-To, then References from the newest: each once */
	size_t answers_n;
	struct slice auto_submitted; /* lower-case keyword: "auto-replied"; empty: none, or "no" */
	bool null_sender;         /* Return-Path: <> */
	int64_t date;             /* INT64_MIN: none that can be read */
	struct slice type;        /* of the whole: "multipart/report" */
	struct slice report;      /* its report-type, lower case: "delivery-status" */
	struct slice text;
	bool text_of_html;
	struct mail_part *part;
	size_t part_n;
};

/* ERR_SYNTAX (no header at all); ERR_LIMIT (more than above); ERR_NOMEM; out untouched. */
int mail_read(struct slice bytes, struct arena *a, struct mail_read *out, struct err *err);

#endif
