/* One file of the directory (doc/format/provider.md): between the set of model/provider.c and the reader of
 * its form. */
#ifndef MODEL_PROVIDER_READ_H
#define MODEL_PROVIDER_READ_H

#include "base/arena.h"
#include "model/provider.h"
#include "wire/ip.h"
#include "wire/yaml.h"

/* What stands beside a provider for looking it up. */
struct provider_reading {
	struct arena arena; /* of its file: owns the provider's texts too */
	const char *file;
	struct slice *folded; /* name first, then the aliases */
	size_t folded_n;
	struct ip_prefix *prefix;
};

struct provider_row {
	struct provider p;
	struct provider_reading r;
};

/* Fill a row, zero but for its arena, from the root of a file. ERR_SYNTAX "FILE:LINE: ..."; ERR_NOMEM. */
int provider_read_file(const struct yaml_node *root, struct provider_row *row, struct err *err);

/* A name as it is compared: folded, on one line, in the arena. ERR_SYNTAX: it folds to nothing;
 * ERR_LIMIT; ERR_NOMEM. */
int provider_fold(struct slice name, struct arena *a, struct slice *out, struct err *err);

#endif
