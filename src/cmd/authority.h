/* Who may decide.
 *
 * A reviewer is an active account of the store with a role that may decide, or, where the store has
 * no account of that name, one that assay.yaml names (a desk of one machine, the shipped example).
 * An account comes first: one that was disabled decides no longer, whatever assay.yaml says. */
#ifndef CMD_AUTHORITY_H
#define CMD_AUTHORITY_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"
#include "model/record.h"
#include "model/role.h"
#include "store/store.h"
#include "wire/note.h"

#include <stdbool.h>

struct authority {
	bool is_account;       /* of the store; else of assay.yaml */
	bool is_demonstration; /* belongs to the shipped example, and outputs say so */
	bool has_key;          /* the account was enrolled with a key: acts of it are to be signed */
	struct note_key key;   /* then; its name is in the arena */
};

/* Whether the reviewer of that name may decide: 0; ERR_REFUSED with the reason; what the store
 * says. The store may be open in any way. */
int authority_reviewer(struct store *store, const struct config *config, struct slice name,
                       struct arena *a, struct authority *out, struct err *err);

/* Whether somebody of that name may say which packs judge: an active
 * account that is administrator. A store without any account belongs to whoever holds its folder:
 * there every name will do. ERR_REFUSED with the reason; what the store says. */
int authority_packs(struct store *store, struct slice name, struct arena *a,
                    struct err *err);

/* Whether the account of that name is active and has a role that may do that. A store without any
 * account belongs to whoever holds its folder: there every name will do. ERR_REFUSED with the reason;
 * what the store says. */
int authority_permitted(struct store *store, struct slice name, enum permission what,
                        struct arena *a, struct err *err);

/* Read a signed act (decide/sign.h) and check it all: the form, that its reviewer may decide and
 * was enrolled with a key, and that this key has signed it. act is to be released on success.
 * ERR_SYNTAX, ERR_LIMIT; ERR_REFUSED, ERR_CORRUPT (the signature does not verify). */
int authority_signed_act(struct store *store, const struct config *config, struct slice bytes,
                         struct arena *a, struct record *act, struct authority *out,
                         struct err *err);

#endif
