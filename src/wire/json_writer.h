/* Canonical JSON (RFC 8785) written straight into a buffer, without a value in between.
 *
 *   order   members come in the order of their names, as the canonical form has them; one out of order,
 *           or nested deeper than JSON_WRITER_DEPTH, is a mistake of the caller's and fails the writer
 *   texts   UTF-8; a malformed byte becomes U+FFFD
 *   errors  kept in the writer; asked once with json_writer_ok
 *
 * A writer is zero-initialised but for .out. Names are literals. */
#ifndef WIRE_JSON_WRITER_H
#define WIRE_JSON_WRITER_H

#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_WRITER_DEPTH = 16 };

struct json_writer {
	struct buf *out;
	struct {
		const char *name; /* of the newest member; NULL: an array, or none yet */
		bool any;
	} level[JSON_WRITER_DEPTH];
	size_t depth;
	bool named;  /* the next value belongs to a name */
	bool failed;
};

/* '{' or '[', and its end. */
void json_writer_open(struct json_writer *w, char bracket);
void json_writer_close(struct json_writer *w, char bracket);
void json_writer_name(struct json_writer *w, const char *name);

void json_writer_text(struct json_writer *w, struct slice s);
void json_writer_number(struct json_writer *w, int64_t n);
void json_writer_flag(struct json_writer *w, bool b);

/* A member; an empty text is left out. */
void json_writer_member(struct json_writer *w, const char *name, struct slice s);

/* Whether all went well and everything is closed. */
bool json_writer_ok(const struct json_writer *w);

#endif
