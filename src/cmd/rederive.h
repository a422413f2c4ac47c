/* Make verdicts again from stored evidence, and compare (assay assess --rederive).
 *
 *   out     an object a verdict, doc/format/evidence.md, or a few lines of text
 *   pure    the time is the verdict's own; no network; registers, packs and all else are asked for by
 *           the digests that the verdict names, and where one is another it is said which
 *
 * What differs is told, never why: the digests say which inputs are others. */
#ifndef CMD_REDERIVE_H
#define CMD_REDERIVE_H

#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/evidence_dir.h"
#include "cmd/rulebook.h"

enum rederived {
	REDERIVED_SAME,     /* byte for byte */
	REDERIVED_DIFFERS,
	REDERIVED_REDACTED, /* what it rests on was taken out */
	REDERIVED_UNUSABLE, /* evidence is missing or altered, or it is no verdict that we can make */
};

struct rederive {
	const struct rulebook *rules;
	struct evidence_dir *evidence;
	json_t *findings; /* by id, of the file that the verdict is in, to say what differs in one; may
	                     be empty; the caller's */
};

/* One verdict. *out is a new object. ERR_NOMEM, ERR_IO. */
int rederive_verdict(const struct rederive *r, const struct record *verdict, enum rederived *result,
                     json_t **out, struct err *err);

/* Compare two values; for each difference {"path", "was", "now"} is appended to the list, at most
 * max in all. Cells are known by their destination. Returns 0, or negative: no memory. */
int rederive_differences(const char *path, const json_t *was, const json_t *now, size_t max,
                         json_t *list);

/* All verdicts of a file: JSON lines or one object; "-" is standard input. Writes to standard
 * output. Returns an exit code: EXIT_DONE all same, EXIT_NO some differ, EXIT_TROUBLE some are redacted or
 * unusable; or what reading says. ERR_USAGE for an export out of a folder. */
struct rederive_asked {
	const char *path, *evidence;
	const char *export; /* a new folder for what the verdicts need out of a store; NULL: none */
	bool keep_packs;    /* those of the configuration, not those of the folder */
};
int rederive_file(struct cmd *cmd, const struct rederive_asked *asked, struct err *err);

#endif
