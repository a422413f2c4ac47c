/* A capture recipe: all that a desk needs to make a capture again.
 *
 *     {"depth":1,"images":4,"pages":12,"redirects":10,"render":false,
 *      "start":"https://pills.example/","v":1,"vantage":{…}}
 *
 *   owns  nothing: texts lie in the arena, or are the maker's */
#ifndef COLLECT_RECIPE_H
#define COLLECT_RECIPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/subject.h"
#include "model/vantage.h"
#include "wire/json.h"

#include <stdbool.h>

enum {
	RECIPE_PAGES = 12,         /* default of .pages */
	RECIPE_PAGES_MAX = 1000,
	RECIPE_DEPTH_MAX = 2,
	RECIPE_REDIRECTS = 10,
	RECIPE_REDIRECTS_MAX = 50,
	RECIPE_IMAGES = 4,
	RECIPE_IMAGES_MAX = 32,
};

struct recipe {
	const struct vantage *vantage;
	struct slice start; /* canonical address that is asked for first */
	unsigned pages;     /* inner pages, at most */
	unsigned depth;     /* 1: what the home page links to; 2: what those link to, too */
	unsigned redirects; /* hops of one chain, at most */
	unsigned images;    /* pictures of seals, at most; the icon comes beside them */
	bool render;        /* show pages in a browser, too */
};

/* The defaults, for a subject that has pages: registrable and host start at "https://NAME/", url at
 * itself, ip at "https://ADDRESS/". The start lies in the arena. ERR_USAGE (a prefix), ERR_NOMEM.
 * */
int recipe_for(struct subject subject, const struct vantage *vantage, struct arena *arena,
               struct recipe *out, struct err *err);

/* A new reference, or NULL: no memory, or a text that is not UTF-8. */
json_t *recipe_to_json(const struct recipe *r);
/* The vantage, too, lies in the arena. ERR_SYNTAX (a number over its limit, an address that is not
 * canonical, another version), ERR_NOMEM; out untouched. */
int recipe_from_json(const json_t *object, struct arena *arena, struct recipe *out,
                     struct err *err);
/* SHA-256 of the canonical form. ERR_NOMEM. */
int recipe_digest(const struct recipe *r, struct sha256 *out, struct err *err);

#endif
