/* Prose of a letter: sentences of a catalogue, their values filled in, as lines of plain text.
 *
 *   words   model/catalogue.h; a value in braces is filled in, one that is not given is left out
 *   lines   wire/wrap.h: at most 72 columns, ended by LF
 *   errors  the first thing that goes wrong is kept and every later call does nothing, so that
 *           paragraphs are written one after another and asked once */
#ifndef MODEL_PROSE_H
#define MODEL_PROSE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/catalogue.h"

#include <stdbool.h>
#include <stddef.h>

struct prose {
	const struct catalogue *c;
	size_t column;   /* language, of the catalogue */
	struct buf *out;
	struct err *err;
	int rc;          /* 0, or the first failure: ERR_SYNTAX (no such sentence), ERR_LIMIT, ERR_NOMEM */
};

/* A list ends with a name of NULL. */
struct prose_value {
	const char *name;
	struct slice is;
};

/* Whether the catalogue has a sentence in this language. */
bool prose_find(const struct prose *p, const char *key, struct slice *out);

/* Append a sentence to another buffer, as one line without its end. */
void prose_sentence(struct prose *p, const char *key, const struct prose_value *values,
                    struct buf *out);

/* Append a text, or a sentence, as lines; lead stands before the first ("  - "). */
void prose_lines(struct prose *p, const char *lead, struct slice text);
void prose_say(struct prose *p, const char *lead, const char *key, const struct prose_value *values);

/* An empty line. */
void prose_gap(struct prose *p);

#endif
