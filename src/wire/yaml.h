/* YAML as policy packs and configuration use it: a small read-only tree that knows its lines.
 *
 *   source  YAML 1.2.2, by libfyaml
 *   refused anchors and aliases, tags, merge keys, a second document, a key that is no scalar or
 *           stands twice in its mapping, NUL bytes, what is not UTF-8; nesting deeper than
 *           YAML_DEPTH_MAX, more than YAML_SIZE_MAX bytes
 *   values  a scalar is text; only whoever reads it asks for a number or a flag, so that the
 *           country NO and the version 1.10 stay what was written
 *   owns    nothing: nodes and their texts lie in the arena that was given
 *   errors  "FILE:LINE: what is wrong", err->at = the line */
#ifndef WIRE_YAML_H
#define WIRE_YAML_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { YAML_SIZE_MAX = 1 << 20 /* bytes */, YAML_DEPTH_MAX = 32 };

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	bool quoted;             /* a scalar in quotes or a block: text, whatever it looks like */
	struct slice key;        /* of a member of a mapping; else empty */
	struct slice text;       /* of a scalar; a NUL stands behind it */
	struct yaml_node *item;  /* n elements or members, in the order of the file */
	size_t n;
	unsigned line, column;   /* where it begins (a member: where its key begins), from 1 */
	const char *file;        /* the name that yaml_parse was given */
};

/* Read one document.
 *
 *   text    the file's bytes; not needed afterwards
 *   file    its name for messages; copied
 *   out     the root, in the arena; untouched on failure. An empty file is an empty mapping.
 *   return  0; ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM */
int yaml_parse(struct slice text, const char *file, struct arena *arena,
	       const struct yaml_node **out, struct err *err);

/* A member of a mapping; NULL where there is none or the node is NULL or no mapping. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* The same, and "FILE:LINE: KEY is missing" where there is none. */
int yaml_need(const struct yaml_node *map, const char *key, const struct yaml_node **out,
	      struct err *err);

/* Check the kind of a node: "FILE:LINE: KEY is not a list". */
int yaml_expect(const struct yaml_node *node, enum yaml_kind kind, struct err *err);

/* Read a scalar. "KEY:" with nothing behind it, "~" and "null" without quotes are no value, and
 * refused. A flag is true or false (YAML 1.2; yes and no are texts). An integer is decimal.
 * Outputs are untouched on failure; node must not be NULL. */
int yaml_str(const struct yaml_node *node, struct slice *out, struct err *err);
int yaml_i64(const struct yaml_node *node, int64_t min, int64_t max, int64_t *out,
	     struct err *err);
int yaml_flag(const struct yaml_node *node, bool *out, struct err *err);
/* A list of texts; a single text is a list of one. */
int yaml_str_list(const struct yaml_node *node, struct arena *arena, struct slice **out, size_t *n,
		  struct err *err);

/* Refuse every member whose key is not in the NULL-ended list: "FILE:LINE: unknown key 'stor'
 * (did you mean 'store'?)". */
int yaml_known_keys(const struct yaml_node *map, const char *const *known, struct err *err);

/* ERR_SYNTAX with "FILE:LINE: " before the message. */
int yaml_error(const struct yaml_node *node, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
