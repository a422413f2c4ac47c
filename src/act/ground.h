/* What notices of further kinds of case rest on, beside decisions about what a page sells.
 *
 *   registration  the name was registered with somebody's stolen identity or card. Records of type
 *                 report, `about` registration: the victim's own, or two of different reporters, whose
 *                 documents a reviewer has read. Nothing of the victim, and no page of the site, stands
 *                 in what leaves
 *   compromised   pages were planted on a site that is about something else. A verdict of ground
 *                 abused_legit, which names the planted part (`abused`), and the findings and captures of
 *                 that part. To the site's owner and host alone: exact addresses, what is seen there and
 *                 how; nobody is blamed, no law is held against anybody
 *   statement     a rights holder says that a site is not authorised by it. Records of type report,
 *                 `about` authorisation, of a rights holder, whose document a reviewer has read. It is
 *                 attached to notices in a sentence of ours that says this and nothing about health
 *
 * Pure. The store's side is cmd/notice_ground.h, which the drafting of notices calls. */
#ifndef ACT_GROUND_H
#define ACT_GROUND_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ground_about {
	GROUND_SITE,          /* what a site sells or does: no ground here */
	GROUND_REGISTRATION,  /* identity or card of the registration */
	GROUND_AUTHORISATION, /* whether a rights holder authorises it */
};
enum { GROUND_ABOUTS = GROUND_AUTHORISATION + 1 };

enum ground_from { GROUND_OTHER, GROUND_VICTIM, GROUND_RIGHTS_HOLDER };
enum { GROUND_FROMS = GROUND_RIGHTS_HOLDER + 1 };

/* "site", "registration", ...; "other", "victim", "rights_holder". */
const char *ground_about_name(enum ground_about about);
const char *ground_from_name(enum ground_from from);
bool ground_about_parse(struct slice word, enum ground_about *out);
bool ground_from_parse(struct slice word, enum ground_from *out);

/* A report, as its record says. */
struct ground_report {
	enum ground_about about;
	enum ground_from from;
	struct slice reporter;  /* a name within this system; a rights holder's own */
	struct slice reviewer;  /* who has read the document; empty: nobody */
	struct sha256 document; /* restricted evidence */
	int64_t at;
	struct sha256 record;
};

/* What harm a kind of case does, where no finding says it: one sentence. Empty: findings do. */
struct slice ground_harm(enum notice_matter matter);

/* ---- registration ---- */

struct ground_registration {
	bool holds;
	size_t victims, others; /* reports that count: different reporters */
	const char *missing;    /* what it still takes, in words; NULL where it holds */
};

/* since: begin of the registration period, or NOTICE_NEVER. What was reported before is about another
 * registration. */
struct ground_registration ground_registration(const struct ground_report *list, size_t n,
                                               int64_t since);

/* Make the subject of a notice one of this matter: suspected_victim is set; findings, captures and
 * whatever may show the registrant are left out. */
void ground_hide_victim(struct notice_subject *s);

/* ---- compromised ---- */

/* Make the subject of a notice about a misused site out of it and of what is known of its planted part:
 * findings with their quotations and exact addresses, without law or class; captures that are shown to
 * visitors from a search first. The site's own findings are left out. ERR_REFUSED where the site is not
 * one that is misused; ERR_NOMEM. */
int ground_compromised(struct notice_subject *site, const struct notice_subject *planted,
                       struct arena *a, struct err *err);

/* ---- statement ---- */

/* Append to *list the sentences of rights holders about one subject, newest of each first. Each begins
 * with the evidence address. ERR_NOMEM. */
int ground_statements(const struct ground_report *report, size_t n, struct slice subject, int64_t since,
                      struct arena *a, struct slice **list, size_t *list_n, struct err *err);

#endif
