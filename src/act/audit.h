/* What a registrar must do in public, as a checklist: each row met, not met, or not observed, with the
 * clause, the dates and the records that show it.
 *
 *   source     ICANN Registrar Accreditation Agreement 2013 as amended on 5 April 2024; in the spirit of
 *              the audit of 162 registrars that KnujOn published in June 2010
 *   not asked  port 43: optional since 28 January 2025, and its silence is no breach
 *   RDAP       counts where the registry answered and led on: its registrar's server then answered, or
 *              did not. Where nobody answered at all the fault may be the registry's or ours: shown,
 *              and held against nobody
 *
 * Pure. A row that was not observed says nothing against anybody. */
#ifndef ACT_AUDIT_H
#define ACT_AUDIT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum audit_item {
	AUDIT_CONTACT,  /* 3.18.1: an abuse contact is published in registration data */
	AUDIT_RDAP,     /* Registration Data Directory Services Specification: RDAP answers */
	AUDIT_ADDRESS,  /* 3.17: a postal address is posted on its site */
	AUDIT_OWN_DATA, /* 3.7.7: the registration data of its own name */
	AUDIT_MAIL,     /* 3.18.1: mail to the abuse contact arrives */
	AUDIT_ANSWERS,  /* 3.18.1: reports are answered */
};
enum { AUDIT_ITEMS = AUDIT_ANSWERS + 1 };

enum audit_state { AUDIT_NOT_OBSERVED, AUDIT_MET, AUDIT_NOT_MET };

/* "abuse_contact"; "an abuse contact is published with the registration data"; "RAA 2013, 3.18.1". */
const char *audit_item_name(enum audit_item i);
const char *audit_item_says(enum audit_item i);
const char *audit_item_clause(enum audit_item i);
/* "met", "not_met", "not_observed". */
const char *audit_state_name(enum audit_state s);

enum {
	AUDIT_SHOWN = 8,       /* records that a row names */
	AUDIT_RDAP_DAYS = 3,   /* days with an ask, below which RDAP is not judged */
	AUDIT_RDAP_PPM = 980000, /* the specification's availability, 864 minutes a month down */
};

/* One thing that was seen and speaks for a row, or against it. */
struct audit_sign {
	enum audit_item item;
	bool good;
	bool nobody;     /* RDAP: nobody answered at all; good counts nothing then */
	int64_t at;
	struct sha256 record; /* all zero: none */
	struct slice what;    /* "expires 2026-01-01, before it was seen"; may be empty */
};

struct audit_day {
	int64_t day;     /* days since 1970 */
	size_t asked, answered, nobody;
};

struct audit_row {
	enum audit_item item;
	enum audit_state state;
	size_t good, bad;
	int64_t from, until;     /* of what was seen; INT64_MIN: nothing was */
	const struct sha256 *record; /* against it where there are any, else for it; newest first */
	size_t record_n;
	const struct slice *what;    /* of what speaks against it, each once */
	size_t what_n;
	const struct audit_day *day; /* of RDAP, by day */
	size_t day_n;
};

/* One row each, in the order of the items; all in the arena.
 *
 *   contact, own data, address, answers   met where nothing speaks against it
 *   mail    by the newest sign: a desk may be mended
 *   RDAP    by the share, from AUDIT_RDAP_DAYS on
 *   return  0; ERR_NOMEM */
int audit_make(const struct audit_sign *sign, size_t n, struct arena *a,
               struct audit_row out[AUDIT_ITEMS], struct err *err);

#endif
