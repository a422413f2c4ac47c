/* Where a page sends its visitor by other means than a status: the Refresh field, the meta element
 * of that name, and the plainest of scripts.
 *
 *   source  HTML standard, "shared declarative refresh steps" (meta refresh and Refresh are one
 *           algorithm); ECMAScript 2023, 12 (lexical grammar) and 12.10 (semicolons)
 *   owns    nothing: what is decoded lies in the arena
 *   time    linear in the input, which is cut at REDIRECT_SCRIPT_MAX
 *
 * A script is never run. It is a redirect where a statement that surely runs when the page loads
 * leads away by an address that stands there as literals:
 *
 *     location = "…"   location.href = …   location.replace(…)   location.assign(…)
 *         of nothing, window, self, top, parent, document, this or globalThis, also as ["location"]
 *     "a" + 'b' + `c`, (…), decodeURIComponent, decodeURI, unescape, atob and String of such
 *
 * "Surely runs": a statement of the script itself, of a block or try, of a function that is called
 * where it is written, given to setTimeout or setInterval, put into onload, or added for "load" or
 * "DOMContentLoaded" (jQuery's ready too). Inside if, a loop, a switch, catch, or a function that
 * has a name, nothing is known: script_redirect.may then says that it may lead away. */
#ifndef WIRE_REDIRECT_H
#define WIRE_REDIRECT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	REDIRECT_SCRIPT_MAX = 1 << 20, /* bytes of one script that are read */
	REDIRECT_TOKENS_MAX = 1 << 18, /* tokens of it */
	REDIRECT_TARGET_MAX = 8000,    /* octets of a target: URL_MAX */
};

struct refresh {
	uint32_t seconds;    /* capped at 4,294,967,295 */
	struct slice target; /* as written, a view into the value; empty: the page itself */
};

/* Read a value of Refresh, or the content of meta refresh. False: a browser would do nothing. */
bool refresh_parse(struct slice value, struct refresh *out);

struct script_redirect {
	bool found;
	struct slice target; /* UTF-8, trimmed, not resolved: "/x", "javascript:…"; may be empty */
	bool may;            /* not found, and an address is assigned somewhere in it */
};

/* Read a script (UTF-8, any bytes). The first statement that leads away counts. ERR_NOMEM. */
int script_redirect(struct slice script, struct arena *a, struct script_redirect *out,
                    struct err *err);

#endif
