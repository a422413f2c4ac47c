/* The language of each block of a page (wire/language.h). */
#ifndef WIRE_PAGE_LANGUAGE_H
#define WIRE_PAGE_LANGUAGE_H

#include "wire/page.h"

/* Set the language of the page and of its blocks, from their lang attributes and their text. */
void page_languages(struct page_text *p);

#endif
