/* A licence document that a person has read, where a country has no register to look it up in.
 *
 * The document is kept as evidence, class `restricted`. What the reviewer saw in it becomes a row as
 * of a register: an observation, what `register`, kind `reviewed_document`, src `reviewer:NAME`. It
 * counts as a register row does, and outputs say that it is none. */
#ifndef CMD_LICENCE_IMPORT_H
#define CMD_LICENCE_IMPORT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "model/config.h"
#include "model/domain.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LICENCE_FILE_MAX = 32 << 20 /* bytes */ };

struct licence_import {
	struct store *store; /* opened for writing */
	const struct config *config;
	const struct suffixes *suffixes;
	int64_t now;
	struct slice site, number, name, authority, country, serves; /* serves: "IN" or "IN,NP" */
	struct slice reviewer, reason;
	struct slice until;  /* last day that it holds; may be empty */
	bool revoked;        /* the document is not believed any more */
	struct sha256 evidence, record; /* out */
	bool is_new;         /* out: the row was not there already */
	bool is_demonstration; /* out: the reviewer belongs to the shipped example */
};

/* Keep the document in a file ("-": standard input) and what was read in it. ERR_USAGE (a value is
 * missing or none), ERR_REFUSED (the reviewer may not decide), ERR_LIMIT, ERR_NOTFOUND, ERR_IO,
 * ERR_NOMEM. */
int licence_import(struct licence_import *in, const char *path, struct arena *a, struct err *err);

#endif
