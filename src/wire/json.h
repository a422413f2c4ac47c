/* JSON as our records use it: a strict reader, the canonical writer, getters and builders.
 *
 *   source  RFC 8259 (JSON), RFC 8785 (JSON Canonicalization Scheme), RFC 7493 (I-JSON)
 *   values  json_t of jansson: reference counted, json_decref when done with an owned one
 *   numbers integers from -(2^53 - 1) to 2^53 - 1 (RFC 8785 writes numbers as IEEE 754 doubles,
 *           and beyond these two integers share one double); no fraction, no exponent
 *   strings well-formed UTF-8; U+0000 is allowed in a value, not in a key
 *   names   unique within an object
 *
 * Functions here begin with json_ as jansson's do; none has the name of one of jansson's. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1, RFC 7493 section 2.2 */
enum { JSON_DEPTH_MAX = 64 };                  /* arrays and objects inside one another */

/* Read one value: an object, or (json_parse) anything. White space around it is allowed, a second
 * value is not.
 *
 *   text    at most limit bytes
 *   out     a new reference, owned by the caller; untouched on failure
 *   return  0; ERR_LIMIT (longer than limit, nested deeper than JSON_DEPTH_MAX); ERR_SYNTAX with
 *           err->at = offset of the offending byte; ERR_NOMEM */
int json_parse(struct slice text, size_t limit, json_t **out, struct err *err);
int json_parse_object(struct slice text, size_t limit, json_t **out, struct err *err);

/* Append the canonical form (RFC 8785): no white space, members sorted by the UTF-16 code units of
 * their names, shortest escapes. The same value gives the same bytes on any machine.
 *
 *   return  0; ERR_SYNTAX for a value that json_parse would refuse (a real, an integer out of
 *           range); ERR_LIMIT (depth); ERR_NOMEM. On failure out is as it was. */
int json_canonical(const json_t *value, struct buf *out, struct err *err);

/* The same without some members of the outermost object: `skip` is a NULL-ended list of names. */
int json_canonical_except(const json_t *object, const char *const *skip, struct buf *out,
			  struct err *err);

/* Getters that take anything: when object is NULL or no object, when the member is missing or of
 * another type, they give the empty slice with .p NULL, `otherwise`, or NULL. What they give
 * belongs to the object and lives as long as it does. */
struct slice json_str(const json_t *object, const char *key);
int64_t json_i64(const json_t *object, const char *key, int64_t otherwise);
bool json_flag(const json_t *object, const char *key, bool otherwise);
json_t *json_obj(const json_t *object, const char *key);
json_t *json_arr(const json_t *object, const char *key);
/* The bytes of a string value itself (an element of an array); .p NULL for any other value. */
struct slice json_text(const json_t *value);

/* Getters for what must be there: ERR_SYNTAX "KEY is missing" or "KEY is not a string" (…), and
 * then *out is untouched. */
int json_need_str(const json_t *object, const char *key, struct slice *out, struct err *err);
int json_need_i64(const json_t *object, const char *key, int64_t *out, struct err *err);
int json_need_obj(const json_t *object, const char *key, json_t **out, struct err *err);
int json_need_arr(const json_t *object, const char *key, json_t **out, struct err *err);

/* Builders. Each returns 0, or negative when there is no memory, the object is NULL or the bytes
 * are not UTF-8 (ERR_SYNTAX); the results of several may be or-ed together and asked once.
 * A key that is there is replaced. key must be UTF-8. */
int json_put_str(json_t *object, const char *key, struct slice s);
int json_put_i64(json_t *object, const char *key, int64_t n);
int json_put_flag(json_t *object, const char *key, bool b);
/* Takes the reference of value, also on failure; value NULL is the failure of whoever made it. */
int json_put_new(json_t *object, const char *key, json_t *value);
int json_add_str(json_t *array, struct slice s);
int json_add_new(json_t *array, json_t *value);

#endif
