/* A line that says how far a long job is, where a person is looking.
 *
 * Only on a terminal, at most ten times a second, erased at the end; never in a log or a file.
 *
 *     reading  1234567 names  512000/s  43%  12 s left  */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out; /* not owned; NULL: nothing is ever written */
	int64_t (*ticks_ns)(void);
	const char *verb, *unit; /* "reading", "names"; not owned */
	uint64_t total;          /* size of the whole job in any measure; 0: not known */
	uint64_t done;           /* in the same measure */
	uint64_t items;
	int64_t began_ns, drawn_ns;
	bool is_shown;
	char detail[160]; /* what else is to be said, behind the rest; ASCII; empty: nothing */
};

/* To standard error if that is a terminal; else it stays silent. */
struct progress progress_to_stderr(void);

/* Begin a job; the texts must outlive it. */
void progress_begin(struct progress *p, const char *verb, const char *unit, uint64_t total);

/* So much is done by now. Cheap enough to be called per item. NULL is fine, here and below. */
void progress_set(struct progress *p, uint64_t done, uint64_t items);

/* Take the line off the terminal, so that something else can be written: the next progress_set
 * draws it anew. */
void progress_hide(struct progress *p);

/* Take it off for good. */
void progress_end(struct progress *p);

#endif
