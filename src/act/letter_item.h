/* One subject of a notice as lines of its letter: the short form of the annex. Private to letter*.c. */
#ifndef ACT_LETTER_ITEM_H
#define ACT_LETTER_ITEM_H

#include "model/notice.h"
#include "model/prose.h"

#include <stddef.h>

/* Of a notice of many names, each rule that is found is told once, before them: write those, or nothing
 * where each name tells its own. */
void letter_rules(struct prose *p, const struct notice *n);

/* Write the subject i, numbered from 1. What goes wrong is kept in p. */
void letter_item(struct prose *p, const struct notice *n, size_t i);

#endif
