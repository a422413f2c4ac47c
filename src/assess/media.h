/* Books, films and recordings: what is sold as one is not sold as medicine, whatever its name. */
#ifndef ASSESS_MEDIA_H
#define ASSESS_MEDIA_H

#include "assess/reading.h"

/* Whether a page is about one or lists them: two phrases of that class ("paperback", "ISBN"), or
 * its data say so; and no drug on it stands with a dose. */
bool page_is_of_media(const struct reading *r);

/* Whether it has such a phrase at all: where not, no place need be asked. */
bool page_names_media(const struct reading *r);

/* Whether a drug is in the name of one: no dose behind it, and a phrase of that class close by. */
bool place_is_of_media(const struct reading *r, const struct place *p);

#endif
