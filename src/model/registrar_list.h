/* The list of registrars by their number at IANA, as the operator gives it.
 *
 *   source  https://www.iana.org/assignments/registrar-ids: a CSV file (RFC 4180) in UTF-8 with the
 *           columns "ID", "Registrar Name", "Status", "RDAP Base URL"; others are passed over
 *   status  "Accredited", "Terminated", "Reserved" as of 2026; kept as written
 *   owns    nothing: texts lie in the arena that was given */
#ifndef MODEL_REGISTRAR_LIST_H
#define MODEL_REGISTRAR_LIST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REGISTRAR_LIST_BYTES_MAX = 16 << 20, REGISTRAR_ID_MAX = 99999999 };

struct registrar {
	int64_t id;
	struct slice name, status;
	struct slice rdap;   /* base address, https, in normal form; empty: none, or not such a one */
	struct slice folded; /* the name as it is compared */
};

struct registrar_list {
	const struct registrar *registrar; /* sorted by id, each once */
	size_t n;
};

/* Read a file's bytes. file: its name for messages. ERR_SYNTAX "FILE:LINE: ..." (a column is missing,
 * an id is no number or stands twice, a row without a name, damaged CSV); ERR_LIMIT; ERR_NOMEM. out is
 * untouched on failure. */
int registrar_list_read(struct slice text, const char *file, struct arena *a,
                        struct registrar_list *out, struct err *err);

/* By number; NULL: none. */
const struct registrar *registrar_list_find(const struct registrar_list *l, int64_t id);

/* By name, compared folded: of several the accredited one, else the first. NULL: none, or no memory. */
const struct registrar *registrar_list_named(const struct registrar_list *l, struct slice name);

bool registrar_is_accredited(const struct registrar *r);

#endif
