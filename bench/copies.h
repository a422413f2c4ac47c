/* Subjects made for measuring: copies of one that a store has decided on. */
#ifndef BENCH_COPIES_H
#define BENCH_COPIES_H

#include "base/err.h"

#include <stddef.h>

/* Put n subjects copy-0.example to copy-<n-1>.example into a store: each with the registration, the
 * verdicts and the decisions of the registrable name `of`, in which its own name and ids stand in
 * the place of the old ones. Findings are not copied: the copies cite those of the original, and
 * the ledger does not know them. What the store says. */
int copies_put(const char *dir, const char *of, size_t n, struct err *err);

#endif
