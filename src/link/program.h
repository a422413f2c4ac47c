/* Affiliate programmes: who gives storefronts their goods, pages and cart, and by what one knows them.
 *
 *   file      policy/programs/ID.yaml, one a programme; doc/format/program.md
 *   mark      what its storefronts show: an attribute (signal.h) or a phrase, each with where that is
 *             told. A programme of which only the name is public has none, and says so
 *   affiliate who sends buyers, known by an id in links; supplier: who ships. Neither is the programme
 *   owns      all its texts; immutable after loading
 *   source    K. Levchenko et al., "Click Trajectories", IEEE S&P 2011, section IV.C: storefronts are
 *             told apart by their programme's pages and carts */
#ifndef LINK_PROGRAM_H
#define LINK_PROGRAM_H

#include "base/err.h"
#include "base/slice.h"
#include "link/signal.h"
#include "model/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;

/* Of a mark of kind affiliate the value is a host: whatever affiliate's links lead there. */
struct program_mark {
	const struct program *program;
	bool is_phrase;        /* a brand or a sentence: no attribute */
	enum signal_kind kind; /* of an attribute */
	struct slice value;  /* as attributes have it; of a phrase as it is folded (wire/fold.h) */
	struct slice shown;  /* as the file has it */
	struct slice source; /* where it is told */
	unsigned line;
};

struct program_seen {
	int64_t domains;
	struct slice when, source; /* "2010-08" */
};

struct program_supplier {
	struct slice name, source;
};

struct program {
	struct slice id, title;
	const struct slice *name; /* other names */
	size_t name_n;
	const struct program_seen *seen; /* how large it was */
	size_t seen_n;
	const struct program_supplier *supplier;
	size_t supplier_n;
	const struct program_mark *mark;
	size_t mark_n;
	struct slice no_marks; /* why there are none */
	const char *file;
};

struct programs;

/* Empty; add files with programs_add. */
int programs_new(struct programs **out, struct err *err);
void programs_free(struct programs *p);

/* Read one file's bytes. suffixes: to tell the sites of names.
 *
 *   return  0; ERR_SYNTAX "policy/programs/x.yaml:12: …", also for an id, and for a mark, that another
 *           file has already: what two programmes have tells neither; ERR_NOMEM. On failure the set
 *           is as it was */
int programs_add(struct programs *p, struct slice text, const char *file,
                 const struct suffixes *suffixes, struct err *err);

/* Number i of them in the order of id; NULL behind the last. */
const struct program *programs_at(const struct programs *p, size_t i);

/* The mark that a value of an attribute is, or NULL. */
const struct program_mark *programs_find(const struct programs *p, enum signal_kind kind,
                                         struct slice value);

/* Number i of all phrases; NULL behind the last. */
const struct program_mark *programs_phrase(const struct programs *p, size_t i);

/* "redirect", "phrase". */
const char *program_mark_kind(const struct program_mark *m);

/* An outsider can make a domain show it: copied from a page, or pointed at. */
bool program_mark_is_plantable(const struct program_mark *m);

#endif
