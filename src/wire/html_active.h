/* What of a document acts by itself or is fetched for it: refreshes, scripts, icons; and what its
 * links say of themselves. Its text is wire/html.h's matter.
 *
 *   source  HTML standard: 4.2.5.3 (http-equiv=refresh), 4.12.1 (script types), 4.6.6 (rel), 13.2.5
 *   in      UTF-8, as decoded by wire/charset.h; any damage
 *   owns    nothing: everything lies in the arena or is a view into the document
 *   time    linear; lists are cut at HTML_ACTIVE_MAX entries
 *
 * What stands in <noscript>, <template>, <svg>, a comment, a <textarea> or the like does not act.
 * */
#ifndef WIRE_HTML_ACTIVE_H
#define WIRE_HTML_ACTIVE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

enum { HTML_ACTIVE_MAX = 1024, HTML_ACTIVE_VALUE = 8192 /* bytes of an attribute */ };

struct html_active {
	struct slice refresh;  /* content of the first meta refresh */
	bool has_refresh;
	struct slice *script;  /* inline ones that are JavaScript, as written */
	size_t script_n;
	size_t scripts;        /* all that are JavaScript, inline or not */
	struct slice onload;   /* of <body> */
	struct slice icon;     /* href of the first <link rel="icon"> */
	struct slice *nofollow; /* href of links with rel=nofollow, as written, trimmed */
	size_t nofollow_n;
	bool has_frame;        /* <frame> or <iframe> with an address */
	bool root_only;        /* an element that a script is to fill: <div id="root"></div> */
	bool cut;              /* more was there than the lists hold */
};

/* ERR_NOMEM. */
int html_active_read(struct slice html, struct arena *a, struct html_active *out, struct err *err);

#endif
