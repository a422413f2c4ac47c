/* Through the text of a JSON object or array, member by member, without making values of it: some
 * ten times as fast where a program reads what it wrote itself.
 *
 *   source  RFC 8785: text without white space. A walk is no check of JSON: it tells members apart,
 *           and ends as bad where it cannot. What is within a value is walked in its turn, or not
 *           looked at
 *   owns    nothing: all slices point into the text */
#ifndef WIRE_JSON_WALK_H
#define WIRE_JSON_WALK_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct json_walk {
	struct slice rest;
	char end; /* '}' or ']'; 0: it is over */
	bool begun, bad;
};

/* Bad at once where the text is neither. */
void json_walk_begin(struct json_walk *w, struct slice text);

/* The next member or element: its name (without quotes and as it is escaped; empty in an array) and
 * the text of its value. False at the end of the text, and where it is bad. */
bool json_walk_next(struct json_walk *w, struct slice *name, struct slice *value);

/* The value of a string without escapes, of an integer of up to 16 digits; false for all else. */
bool json_walk_str(struct slice value, struct slice *out);
bool json_walk_i64(struct slice value, int64_t *out);

#endif
