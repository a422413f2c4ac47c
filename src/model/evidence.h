/* Evidence: bytes that can be cited by their digest.
 *
 *   address "sha256:" and 64 lower-case hexadecimal digits: of the payload as it was received
 *           (decoded from transfer coding, not from content coding)
 *   source  doc/format/record.md, "Evidence" */
#ifndef MODEL_EVIDENCE_H
#define MODEL_EVIDENCE_H

#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum { EVIDENCE_ADDRESS_LEN = 71, EVIDENCE_ADDRESS_SIZE = 72 /* with its NUL */ };

enum evidence_class {
	EVIDENCE_PUBLIC,
	EVIDENCE_RESTRICTED, /* never exported or mailed */
};

#define EVIDENCE_CLASSES (EVIDENCE_RESTRICTED + 1)

struct evidence {
	struct sha256 address;
	enum evidence_class class;
	struct slice media_type; /* RFC 6838, as received without parameters: "text/html"; may be empty */
	uint64_t length;         /* bytes of the payload, at most JSON_INT_MAX */
	bool has_where;
	struct slice file; /* where it lies: a WARC file or a saved page */
	uint64_t offset;   /* bytes into that file */
};

/* ERR_SYNTAX for anything but the one spelling; out untouched. */
int evidence_address_parse(struct slice s, struct sha256 *out, struct err *err);
void evidence_address_format(struct sha256 digest, char out[EVIDENCE_ADDRESS_SIZE]);

/* "public", "restricted". */
const char *evidence_class_name(enum evidence_class class);

/* {"address":…,"class":…,"length":…,"media_type":…,"where":{"file":…,"offset":…}}. The slices of
 * out belong to object. ERR_SYNTAX. */
int evidence_from_json(const json_t *object, struct evidence *out, struct err *err);
/* A new reference, or NULL: no memory, or a text that is not UTF-8. */
json_t *evidence_to_json(const struct evidence *e);

#endif
