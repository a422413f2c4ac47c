/* A complaint to ICANN about a registrar that was told and did not act: from the case alone.
 *
 *   source   ICANN Registrar Accreditation Agreement 2013 as amended on 5 April 2024: 3.18.1 (an abuse
 *            contact; reports are investigated and answered); 3.18.3 (reports of an authority that is
 *            designated where the registrar is established are reviewed within 24 hours), only on a
 *            mandate. Never 3.18.2: that is about DNS abuse, and selling medicine is content
 *   bound    registrars, for generic top-level domains. Country-code registries stand outside of these
 *            contracts: their names are left out, and said to be
 *   refused  where the registrar was not told, its time has not run out, or it acted
 *   says     what was asked when of whom, and what was observed; no natural person is named
 *
 * Pure; the same case gives the same bytes. */
#ifndef ACT_COMPLAINT_H
#define ACT_COMPLAINT_H

#include "act/basis.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct complaint_line {
	struct subject subject;
	struct slice class;
	enum notice_outcome outcome;
	int64_t outcome_at;     /* NOTICE_NEVER */
	struct slice moved_to;
	struct slice state, sign; /* as last observed: "active", "delegated"; may be empty */
	int64_t seen_at;        /* NOTICE_NEVER: not since the notice */
	struct sha256 observation, decision; /* all zero: none */
};

struct complaint_reply {
	struct slice class, words, ticket;
	int64_t at;
	struct sha256 record;
};

/* Of the manifest. */
struct complaint_evidence {
	struct sha256 address;
	struct slice what;       /* "letter", "annex", "xarf", "capture", "reply" */
	struct slice class, media_type;
	uint64_t length;
	struct slice path;       /* in the pack; empty: withheld (restricted), or not kept */
};

struct complaint_entry {
	struct slice state;      /* "drafted", "approved", "sending", "sent" */
	int64_t at, index;       /* place in the ledger; -1: none */
	struct sha256 record;
	struct slice path;       /* of its proof in the pack; may be empty */
};

struct complaint {
	struct slice reference, case_name;
	enum notice_to to;
	enum notice_purpose purpose;
	enum notice_action action;
	enum notice_basis basis;
	struct slice party, name, address;
	int64_t iana_id;
	struct slice sender, sender_mail, on_behalf, sponsor, mandate;
	int64_t sent_at;         /* NOTICE_NEVER */
	bool uncertain, withdrawn, undelivered;
	struct slice message_id, answer;
	int64_t now, acknowledge_s, act_s; /* clocks of policy */
	const struct complaint_line *line;
	size_t line_n;
	const struct complaint_reply *reply;
	size_t reply_n;
	const struct complaint_evidence *evidence;
	size_t evidence_n;
	const struct complaint_entry *entry;
	size_t entry_n;
};

/* Whether a complaint may be made: 0, or ERR_REFUSED with the reason. */
int complaint_check(const struct complaint *c, const struct basis_table *basis, struct err *err);

/* Append complaint.txt: lines of at most 72 columns. complaint_check first. ERR_NOMEM. */
int complaint_write(const struct complaint *c, const struct basis_table *basis, struct buf *out,
                    struct err *err);

/* Append manifest.json, canonical, one LF at its end (doc/format/complaint.md). ERR_NOMEM. */
int complaint_manifest(const struct complaint *c, struct buf *out, struct err *err);

#endif
