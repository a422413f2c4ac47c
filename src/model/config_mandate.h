/* What assay.yaml says under `mandates:`: whose mandates are believed.
 *
 *   source  doc/man/assay.yaml.5.scd, MANDATES
 *   pinned  a key that came to the operator out of band: in person, by post, never with the mandate
 *   owns    nothing: texts lie in the arena that was given */
#ifndef MODEL_CONFIG_MANDATE_H
#define MODEL_CONFIG_MANDATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/yaml.h"

#include <stddef.h>

struct config_mandate {
	struct slice key;     /* verifier key (wire/note.h) */
	struct slice issuer;  /* whose it is, as its mandates name it; empty: whoever they name */
	struct slice country; /* of the issuer; empty: whatever they say */
};

/* A list of keys, or of mappings of `key`, `issuer` and `country`. Where there are several keys each
 * needs its issuer: else one issuer could sign in the name of another.
 * "FILE:LINE: ..."; ERR_NOMEM. */
int config_mandates_read(const struct yaml_node *node, struct arena *arena,
                         const struct config_mandate **out, size_t *n, struct err *err);

#endif
