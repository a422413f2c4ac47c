/* Popular names: a list of those that many people use, so that none is listed by a slip.
 *
 *   source  lists such as Tranco, Umbrella and Majestic publish; an operator names the file
 *   line    a name; or columns with commas or tabs between, of which the first that is a name of
 *           two labels or more counts ("1,google.com", "1,1,google.com,com,...")
 *   passed  empty lines, lines from '#' on, a head, names of one label, what is no name
 *   names   A-labels in any case, a full stop at the end or not; what is not ASCII is passed over
 *
 * Exact: names are compared, not their hashes. Presence says nothing of honesty: it only asks for
 * a second look. */
#ifndef MODEL_POPULAR_H
#define MODEL_POPULAR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

enum { POPULAR_BYTES_MAX = 256 << 20, POPULAR_NAME_MAX = 253 };

struct popular;

/* Read a list.
 *
 *   text    its bytes; on success they are taken over and *text is empty, else left
 *   out     to be freed with popular_free
 *   return  0; ERR_LIMIT over POPULAR_BYTES_MAX; ERR_SYNTAX when there is no name in it, so that a
 *           wrong file is not taken for a list; ERR_NOMEM */
int popular_new(struct buf *text, struct popular **out, struct err *err);
void popular_free(struct popular *p); /* NULL is fine */

/* The place of a canonical name in the list, from 1; 0 where it is not in it. p NULL: 0. */
size_t popular_rank(const struct popular *p, struct slice name);

/* The name at a place, from 1 to popular_count. */
struct slice popular_at(const struct popular *p, size_t rank);

/* Names in it, each once; lines that were passed over, empty ones and remarks not counted. */
size_t popular_count(const struct popular *p);
size_t popular_passed(const struct popular *p);

#endif
