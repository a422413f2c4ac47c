/* Disclosures in the store: what the operator of a site was told, when, and what came of it.
 *
 *   prepared   letter, addresses, not before when; or no_contact, when the pages publish none
 *   sending    committed before a message is handed over; alone it means that nobody knows
 *   sent, refused, deferred, unknown, written   what was observed behind it, per address
 *   waived     imminent harm is documented: a listing need not wait, the letter follows
 *
 * Each is a record of type disclosure and an entry of the ledger. The addresses lie apart, as evidence
 * of class restricted; records show them masked (wire/mail_address.h). doc/format/record.md. */
#ifndef CMD_DISCLOSURES_H
#define CMD_DISCLOSURES_H

#include "base/arena.h"
#include "cmd/disclosure_draft.h"
#include "cmd/ledgerbook.h"
#include "decide/recipient.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REFERENCE_SIZE = 19 /* "A-" and 16 digits, with its NUL */ };

/* ---- before a listing: was the operator told? ---- */

enum told_state {
	TOLD_NOTHING,     /* no letter was prepared: assay disclose prepare */
	TOLD_PREPARED,    /* one is there, and no address has taken it yet (or nobody knows) */
	TOLD_WAIT,        /* told, and the time to answer runs */
	TOLD_WAITED,      /* told, and it is over */
	TOLD_UNREACHABLE, /* the pages publish no address, or every one refused: it was tried */
	TOLD_WAIVED,      /* imminent harm is documented */
};

/* "nothing", "prepared", "wait", "waited", "unreachable", "waived". */
const char *told_state_name(enum told_state s);

/* Whether a listing may follow: waited, unreachable or waived. */
bool told_may_list(enum told_state s);

struct told {
	enum told_state state;
	int64_t at;           /* when the first address took it (wait, waited); else of the record */
	int64_t until;        /* wait, waited: when the time to answer is over */
	struct sha256 record; /* the prepared or waived one; not of TOLD_NOTHING */
};

/* How a subject stands with it for one destination in one registration period (STORE_NONE: without
 * one). What was told before a correction of that destination took its decision back is used up.
 * A letter whose time still runs holds the listing back, whatever older ones say: it made a promise.
 * As store_each_record. */
int disclosure_state(struct store *store, const struct subject *subject, struct slice destination,
                     int64_t period, int64_t now, struct told *out, struct err *err);

/* Put a record of state waived: to be called within a transaction, by whoever decides to list without
 * a wait. by: "reviewer:NAME"; harm: what is documented, not empty (ERR_USAGE). */
int disclosure_waive(struct ledgerbook *book, const struct subject *subject,
                     const struct slice *destination, size_t n, int64_t period, struct slice by,
                     struct slice harm, struct err *err);

/* ---- one disclosure ---- */

enum { CONTACT_STATES = 7 };
enum contact_state {
	CONTACT_READY,    /* nothing was tried */
	CONTACT_SENDING,  /* handed over, and no record of what came of it: nobody knows */
	CONTACT_SENT,
	CONTACT_REFUSED,
	CONTACT_DEFERRED,
	CONTACT_UNKNOWN,  /* no answer came behind the message */
	CONTACT_WRITTEN,  /* to a file, for a person to hand on */
};

/* The word in records; "ready" for the first, which is in none. */
const char *contact_state_name(enum contact_state s);

struct disclosure_contact {
	struct slice shown;       /* masked */
	struct slice address;     /* whole; empty until disclosure_addresses */
	enum contact_state state;
	int64_t at;               /* of that state */
	int64_t attempts;         /* messages handed over so far */
	struct slice answer;      /* of the server; may be empty */
};

struct disclosure_file {
	struct sha256 id;         /* of the prepared record */
	int64_t seq, at, not_before, wait_s, period;
	struct subject subject;
	bool listed;              /* it was listed already when the letter was written */
	struct slice state;       /* "prepared", "no_contact", "waived" */
	struct slice reference, language, by, reason, mail_subject, harm;
	struct sha256 basis;            /* the verdict; of prepared ones */
	struct sha256 letter, envelope; /* evidence; of prepared ones */
	struct slice *destination;
	size_t destination_n;
	struct disclosure_contact *contact;
	size_t contact_n;
};

/* All of the store in the order of their records, or of one subject (NULL: all); in the arena. */
int disclosures_load(struct store *store, const struct subject *subject, struct arena *a,
                     struct disclosure_file **out, size_t *n, struct err *err);

/* When the first address took it, or STORE_NONE. */
int64_t disclosure_told_at(const struct disclosure_file *d);

/* What one says by itself at a time. */
struct told disclosure_told(const struct disclosure_file *d, int64_t now);

/* Fill the addresses from the restricted evidence. ERR_CORRUPT, as the store. */
int disclosure_addresses(struct store *store, struct disclosure_file *d, struct arena *a,
                         struct err *err);

/* ---- acts; each puts its records within the caller's transaction ---- */

struct disclosure_act {
	struct slice by;       /* "reviewer:NAME", or "assay" */
	struct slice reason;   /* a reviewer's statement; may be empty */
	struct slice harm;     /* listed without a wait: what was documented; else empty */
	int64_t at;
};

/* Write the letter of a wish, keep it and its addresses as evidence, and put the record.
 *
 *   id      of the record
 *   is_new  false where the same letter was prepared already: nothing is put
 *   return  0; ERR_USAGE without appeal_address in the configuration; as the store */
int disclosure_prepare(struct ledgerbook *book, const struct disclosure_desk *desk,
                       const struct disclosure_wish *wish, const struct disclosure_act *act,
                       struct sha256 *id, bool *is_new, struct err *err);

/* Put what became of contact i of a disclosure, and its entry. state is any but CONTACT_READY. */
int disclosure_put_state(struct ledgerbook *book, const struct disclosure_file *d, size_t i,
                         enum contact_state state, int64_t at, int64_t attempt, struct slice answer,
                         struct err *err);

#endif
