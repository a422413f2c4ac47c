/* The file of vantages: where captures are made from.
 *
 *     vantages:
 *       - name: jp-desktop
 *         country: JP
 *         proxy: http://jp.exit.example:3128
 *         accept_language: ja,en;q=0.5
 *         referer: https://www.google.co.jp/
 *
 *   source  doc/man/assay-vantages.5.scd
 *   owns    nothing: everything lies in the arena */
#ifndef MODEL_VANTAGES_H
#define MODEL_VANTAGES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/vantage.h"

#include <stddef.h>

enum { VANTAGES_MAX = 64 };

struct vantages {
	const struct vantage *vantage; /* in the order of the file; at least one */
	size_t n;
};

/* Read the file. A vantage without user_agent has that of vantage_direct.
 * ERR_SYNTAX "FILE:LINE: what is wrong, and what to write"; ERR_LIMIT; ERR_NOMEM. */
int vantages_parse(struct slice text, const char *file, struct arena *arena, struct vantages *out,
                   struct err *err);

/* vantage_direct alone. */
struct vantages vantages_default(void);

#endif
