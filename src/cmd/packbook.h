/* Which of the loaded packs judge here, and the entries of the ledger that say so.
 *
 *   record  type pack: id, version, digest, signer, state on or off, the ids of its rules; by whom
 *           and why where a person switched it (doc/format/record.md)
 *
 * A pack that a publisher signed is on, and gets its entry before its first verdict. Every other
 * pack is off until somebody switches it on, and off again when its bytes change: decide/guard.h
 * knows the rule. */
#ifndef CMD_PACKBOOK_H
#define CMD_PACKBOOK_H

#include "base/arena.h"
#include "base/err.h"
#include "cmd/ledgerbook.h"
#include "cmd/log.h"
#include "cmd/rulebook.h"
#include "decide/guard.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>

/* The entries of a store about packs, in their order. */
struct packbook {
	struct guard_pack_entry *entry; /* n of them, in the arena */
	json_t **body;                  /* of each; owned */
	int64_t *seq;                   /* of each: its place in the ledger */
	size_t n, cap;
	struct arena arena;
};

/* Read them. A record of type pack that has no place in the ledger is passed over. store NULL: none
 * are read. ERR_CORRUPT, ERR_NOMEM, what the store says. Release it in any case. */
int packbook_load(struct store *store, struct packbook *out, struct err *err);
void packbook_release(struct packbook *p);

/* How a pack stands. */
enum guard_pack_state packbook_state(const struct packbook *p, const struct pack *pack,
                                     const struct pack_signer *signer);

/* Whether an entry says that this version of a pack is on, and has that rule, and none behind it
 * that another version took its place. digest is "sha256:HEX". ERR_REFUSED says what is missing. */
int packbook_has_rule(const struct packbook *p, struct slice id, struct slice version,
                      struct slice digest, struct slice rule, struct err *err);

/* Let only the packs judge that are on: they are moved to the front, and assessor.pack_n counts
 * them. Each that is off is told in a warning (log may be NULL), and its signer.why says why it is
 * off. ERR_SYNTAX where two that are on contradict each
 * other. */
int packbook_apply(const struct packbook *p, struct rulebook *rules, const struct log *log,
                   struct err *err);

/* Enter the packs that judge, so that the last entry about each is of the bytes in use. One
 * transaction; nothing is written where that is so already. */
int packbook_enter(struct ledgerbook *book, const struct rulebook *rules, struct err *err);

/* Who switches a pack, and why. */
struct packbook_act {
	const char *by, *reason; /* neither empty */
	bool on;
	int64_t at;
};

/* Enter that a pack is switched on or off. *index is its place in the ledger. One transaction. */
int packbook_switch(struct ledgerbook *book, const struct pack *pack,
                    const struct pack_signer *signer, const struct packbook_act *act,
                    struct record *out, int64_t *index, struct err *err);

#endif
