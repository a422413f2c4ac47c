/* What everybody shares: values that link nobody, since they belong to a service that serves anybody.
 *
 *   source  policy/link/shared.tsv, doc/format/link.md
 *   owns    its rows and their texts; zero-initialised is a table without rows */
#ifndef CMD_LINK_SHARED_H
#define CMD_LINK_SHARED_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "link/signal.h"

#include <stddef.h>

struct link_shared_row;

struct link_shared {
	struct arena arena;
	struct link_shared_row *row;
	size_t n, cap;
};

/* ERR_NOTFOUND, ERR_IO, ERR_SYNTAX "FILE:LINE: …", ERR_NOMEM. */
int link_shared_load(struct link_shared *s, const char *path, struct err *err);

/* Why a value belongs to everybody, or NULL. */
const char *link_shared_why(const struct link_shared *s, enum signal_kind kind, struct slice value);

void link_shared_release(struct link_shared *s);

#endif
