/* The manual, as `assay help` prints it: made from doc/man by tools/help.py when assay is built. */
#ifndef CMD_HELP_H
#define CMD_HELP_H

#include <stddef.h>

struct help_page {
	const char *name;  /* "assay" for the overview, else the command's name */
	const char *brief; /* one line */
	const char *text;  /* plain text, at most 40 lines of 80 columns */
};

extern const struct help_page help_pages[];
extern const size_t help_pages_n;

/* The page of a command, or NULL. */
const struct help_page *help_find(const char *name);

#endif
