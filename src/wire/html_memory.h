/* The memory that the parser builds its tree in: counted, given up at a limit, freed at once.
 * Shared by html.c and html_memory.c alone.
 *
 *   owns    all it handed out, until html_memory_release
 *   errors  the parser cannot be told of them: it is left by longjmp to .out */
#ifndef WIRE_HTML_MEMORY_H
#define WIRE_HTML_MEMORY_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	HTML_MEMORY_STEP = 16, /* bytes by which small sizes differ */
#ifdef __SANITIZE_ADDRESS__
	HTML_MEMORY_SMALL = 0, /* each piece by itself, so that a step outside of it is seen */
#else
	HTML_MEMORY_SMALL = 1024, /* bytes; larger pieces are malloc's */
#endif
	HTML_MEMORY_SIZES = HTML_MEMORY_SMALL / HTML_MEMORY_STEP + 1,
};

struct html_ring {
	struct html_ring *next, *prev;
};

struct html_memory {
	size_t limit;
	size_t used;
	bool over; /* the limit, and not the machine's memory, ran out */
	jmp_buf out;
	struct html_ring large; /* pieces of malloc's */
	struct html_chunk *chunk; /* where small pieces come from */
	char *at, *end;           /* what is left of the newest */
	struct html_piece *free[HTML_MEMORY_SIZES]; /* pieces given back, by size */
};

/* As gumbo calls them; userdata is the struct html_memory, zero-initialised but for limit. */
void *html_memory_alloc(void *userdata, size_t n);
void html_memory_free(void *userdata, void *data);

void html_memory_release(struct html_memory *m);

#endif
