/* What the files of `assay ledger` share; each act is a file of its own. */
#ifndef CMD_LEDGER_CMD_H
#define CMD_LEDGER_CMD_H

#include "account/audit.h"
#include "cmd/cmd.h"
#include "store/log.h"
#include "store/store.h"
#include "wire/json.h"
#include "wire/keyring.h"

#include <stdbool.h>
#include <stdint.h>

enum { LEDGER_FILE_MAX = 40 << 20, LEDGER_KEYS_MAX = KEYRING_MAX * 512 };

struct ledger_cmd {
	struct cmd *cmd;
	/* options */
	const char *key_file, *since, *witness, *key_private, *state, *reason, *reviewer, *evidence,
		*why, *legal_basis;
	struct store *store;
	struct log_folder *folder;
	struct tile_store files;
	struct buf key_text;
	struct keyring keys;
	uint64_t problems;
};

/* Acts: an exit code or a negative enum err_code. */
int ledger_verify(struct ledger_cmd *l, struct err *err);
int ledger_audit(struct ledger_cmd *l, struct err *err);
int ledger_prove_cmd(struct ledger_cmd *l, struct err *err);
int ledger_redact(struct ledger_cmd *l, struct err *err);
int ledger_witness(struct ledger_cmd *l, struct err *err);

/* Print and release an object; failed = what its puts returned. */
int ledger_put_object(json_t *o, int failed, struct err *err);

/* "sha256:HEX" */
void ledger_digest_text(struct sha256 d, char out[SHA256_HEX + 7]);

/* A checkpoint as text, or as JSON with its parts. */
int ledger_put_checkpoint(const struct ledger_cmd *l, struct slice note, struct err *err);

/* Count a problem and print it: a line, or an object with path, index and problem. */
void ledger_tell(void *ledger_cmd, const char *path, uint64_t index, const char *what);

/* The keys that check: --key, else those of the ledger's folder. */
int ledger_read_keys(struct ledger_cmd *l, struct err *err);

/* Store, ledger and keys, to look only. */
int ledger_open_to_read(struct ledger_cmd *l, struct err *err);

/* A checkpoint that a witness cosigned, or somebody kept, must be the beginning of what is here; else it
 * is told under its path. ERR_IO, ERR_NOMEM. */
int ledger_compare_note(void *ledger_cmd, const char *path, struct slice note, struct err *err);

/* A checkpoint that somebody kept (FILE) must be the beginning of what is here; else it is told. */
int ledger_compare_kept(struct ledger_cmd *l, const char *path, struct err *err);

/* The last line of a verification. */
int ledger_sum_up(const struct ledger_cmd *l, const struct audit_result *result, const char *whole,
                  struct err *err);

#endif
