/* An order as it is written down: all that its observations depend on beside the answers.
 *
 *     {"before":"HEX","inputs":{…},"recipe":{"pages":8,"render":false},"round":2,
 *      "subject":{"key":"pills.example","kind":"registrable"},"v":1,"vantages":[{…},…]}
 *
 *   before  id of the order whose observations it is compared with; absent in the first round
 *   inputs  addresses of tables and versions of readers: what another outcome may come from
 *   owns    nothing: texts lie in the arena, `inputs` belongs to the JSON that was read */
#ifndef COLLECT_ORDER_DESCRIPTION_H
#define COLLECT_ORDER_DESCRIPTION_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/subject.h"
#include "model/vantage.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum { ORDER_VANTAGES_MAX = 64, ORDER_PAGES_MAX = 1000 };

struct order_description {
	struct subject subject;
	const struct vantage *vantage;
	size_t vantage_n;
	unsigned pages;
	bool render;
	int64_t round; /* from 1 */
	bool has_before;
	struct sha256 before;
	const json_t *inputs;
};

/* A new reference. ERR_NOMEM; ERR_SYNTAX for a text that is not UTF-8. */
int order_describe(const struct order_description *d, json_t **out, struct err *err);
/* ERR_SYNTAX, ERR_NOMEM. */
int order_description_read(const json_t *about, struct arena *arena, struct order_description *out,
                           struct err *err);

/* What makes an order of another round the same one again: the digest of its description without
 * round, before and inputs. ERR_SYNTAX, ERR_NOMEM. */
int order_description_same(const json_t *about, struct sha256 *out, struct err *err);

#endif
