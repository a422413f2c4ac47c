/* JSON-LD as pages carry it -> items.
 *
 *   source  JSON-LD 1.1 (w3.org/TR/json-ld11), sections 3 and 4, as far as schema.org's markup uses
 *           it: objects are things, members are properties, @graph is looked through, @context and
 *           other keywords are passed over. Nothing is fetched, names are not expanded
 *   in      the body of a <script>, in UTF-8; may stand in <!-- --> or CDATA marks
 *
 * A reader of its own beside wire/json.h: an offer's price must keep its digits as written ("19.90")
 * and every value its place in the document, and neither is left once a JSON library has read it.
 * It forgives what pages do wrong (line feeds in strings, commas too many or too few). Linear time,
 * no recursion; what lies deeper than ITEM_DEPTH is passed over. */
#ifndef WIRE_JSON_LD_H
#define WIRE_JSON_LD_H

#include "wire/item.h"

/* Append what the body states to l; `at` is the body's offset in the document. False where the body
 * is no JSON: what came before the fault has been appended. */
bool json_ld_read(struct slice body, size_t at, struct item_list *l);

#endif
