/* Bytes that are cut out of a document before its parsing, and the way back to where they stood.
 * Shared by html_*.c alone.
 *
 *   for     style sheets, scripts and drawings, which are most of many pages and none of their text:
 *           a parser that reads character by character need not see them
 *   owns    its list; zero-initialised is valid and empty */
#ifndef WIRE_HTML_CUT_H
#define WIRE_HTML_CUT_H

#include <stddef.h>
#include <stdint.h>

struct html_cuts {
	struct html_cut {
		uint32_t at;      /* what was cut stood before this byte of the rest */
		uint32_t removed; /* bytes cut up to here, in all */
	} *cut;
	size_t n, cap;
	size_t removed;
};

/* Cut bytes [from, to) of the document. Calls come in its order and do not overlap. Where there is
 * no memory the bytes stay, which costs time alone. */
void html_cut(struct html_cuts *c, size_t from, size_t to);

/* Take what was cut out of p[0..n) and give the length of the rest. */
size_t html_cut_apply(const struct html_cuts *c, char *p, size_t n);

/* The offset in the document of a byte of the rest, or of its end. */
uint32_t html_cut_origin(const struct html_cuts *c, size_t at);

void html_cut_release(struct html_cuts *c);

#endif
