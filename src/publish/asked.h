/* What people paste into a search box, on its way to being a name.
 *
 *   "see hxxps://pills[.]example/buy now"   https://pills.example/buy
 *   "orders@pills.example"                  pills.example
 *   "「pills。example」"                     pills。example
 *
 * Only what surely is no part of a name is taken off: white space and quotation marks around it,
 * the marks with which people make an address harmless, the user of a mail address. Whether the
 * rest is a name is model/subject.h's to say. */
#ifndef PUBLISH_ASKED_H
#define PUBLISH_ASKED_H

#include "base/buf.h"
#include "base/slice.h"

/* Append what was meant to out; nothing when nothing is left. */
void asked_name(struct slice pasted, struct buf *out);

#endif
