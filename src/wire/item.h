/* Collects the items of a page (struct page_item) within limits.
 *
 *   source  schema.org's way of writing: types and properties are the last part of an address
 *   owns    its rows until item_list_finish; texts are copied to the arena */
#ifndef WIRE_ITEM_H
#define WIRE_ITEM_H

#include "wire/page.h"

enum {
	ITEMS_MAX = 4096,        /* rows of a page; later ones are left out */
	ITEM_DEPTH = 32,         /* things inside one another; deeper ones are left out */
	ITEM_NAME_MAX = 256,     /* bytes of a type or a property; longer ones are cut */
	ITEM_VALUE_MAX = 4096,   /* bytes of a value; longer ones are cut, between characters */
};
#define ITEM_NONE UINT32_MAX /* no item: as a parent, the page itself */

struct item_list {
	struct arena *a;
	struct page_item *item; /* malloc'd */
	size_t n, cap;
	bool cut, failed;
};

/* Append a row. Its type, property and value are copied, cleaned and cut; parent is an index or
 * ITEM_NONE. Its index, or ITEM_NONE where it was left out. */
uint32_t item_add(struct item_list *l, const struct page_item *row);

/* Name thing `i` by one more type: its own where it had none, else a value "@type" of it. */
void item_add_type(struct item_list *l, uint32_t i, struct slice type, uint32_t source,
                   uint32_t source_end);

/* Set the identifier of thing `i`. */
void item_set_id(struct item_list *l, uint32_t i, struct slice id);

/* Move the rows into the arena and set them in *out. The list is released in any case. ERR_NOMEM. */
int item_list_finish(struct item_list *l, struct page_text *out, struct err *err);

#endif
