/* Scorecards: what registrars, resellers and hosts do when they are told, measured alike for all.
 *
 *   source   doc/format/scorecard.md: the method, published with the numbers
 *   unit     a subject in one registration period, once for each party that was told of it, however
 *            many notices it had. Told to a registrar and a reseller, it counts for both
 *   told     a request (also one behind an escape) that asks for something, and left; one of which
 *            nobody knows whether it arrived counts apart until an answer comes
 *   time     from when the first notice left to when the effect was observed (act/survival.h):
 *              acted      the effect
 *              moved      ends the watch: what came after was another's to do (a competing event)
 *              withdrawn  left out: it is asked no more
 *              all else   open for as long as it was watched: up to the newest observation of it
 *   bounced  stays open: a desk that takes no mail is not thereby quicker
 *   ranked   among those of its kind with enough domains; as a range, of all that the intervals of
 *            the medians allow: 1 + those surely quicker, to all - those surely slower
 *
 * Pure. */
#ifndef ACT_SCORECARD_H
#define ACT_SCORECARD_H

#include "act/commitment.h"
#include "act/survival.h"
#include "base/arena.h"
#include "base/err.h"
#include "model/dum.h"
#include "model/notice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SCORECARD_LEAST = 10, /* domains told, below which nothing is ranked */
	SCORECARD_REPLIES = 8, /* classes of scorecard_reply_class */
};

/* The classes that replies are counted by, in their order; the words of records: "acknowledgement",
 * "ticket", "refusal", "request", "claim", "bounce", "delay", "other". */
const char *scorecard_reply_class(size_t i);

/* ---- what is known; texts are the caller's ---- */

struct scorecard_line {
	struct subject subject;
	int64_t period;
	struct slice network;       /* that it is a member of; may be empty */
	enum notice_outcome outcome; /* newest by the time of the card */
	int64_t outcome_at;         /* NOTICE_NEVER */
	int64_t seen_at;            /* newest observation of it; NOTICE_NEVER: none since */
	struct slice moved_to;      /* key of the party that it moved to; may be empty */
};

struct scorecard_reply {
	struct slice class, words, ticket, diagnostic; /* masked; but for class may be empty */
	int64_t at;
};

struct scorecard_notice {
	struct sha256 id;
	struct slice reference;
	enum notice_to to;
	struct slice party, name;
	enum notice_purpose purpose;
	enum notice_action action;
	enum notice_basis basis;
	bool withdrawn;
	bool uncertain;   /* nobody knows whether it arrived */
	bool undelivered; /* the server refused it */
	int64_t sent_at;  /* NOTICE_NEVER */
	int64_t at;       /* of its newest state */
	const struct scorecard_line *line;
	size_t line_n;
	const struct scorecard_reply *reply;
	size_t reply_n;
};

/* A member of a known network, by its newest registration. */
struct scorecard_member {
	struct subject subject;
	struct slice network;
	int64_t created;            /* NOTICE_NEVER */
	struct slice registrar, reseller, host; /* keys; may be empty */
	bool holding;               /* registered, with nothing to see but a parking page */
};

/* A party's own words on its card. */
struct scorecard_statement {
	struct slice party, words, source;
	int64_t at;
};

struct scorecard_input {
	int64_t at, since; /* notices that left from `since` (NOTICE_NEVER: all) to `at` */
	size_t least;      /* SCORECARD_LEAST */
	const struct scorecard_notice *notice;
	size_t notice_n;
	const struct scorecard_member *member;
	size_t member_n;
	const struct dum *dum;
	size_t dum_n;
	const struct scorecard_statement *statement;
	size_t statement_n;
	const struct commitment *claim; /* what parties say that they do */
	size_t claim_n;
};

/* ---- what comes out ---- */

/* Domains told, by what came of them: told = the sum of all outcomes but withdrawn. */
struct scorecard_counts {
	size_t told, outcome[NOTICE_OUTCOMES];
};

struct scorecard_time {
	const struct survival_case *c;
	size_t n;
	struct survival curve;
	struct survival_quantile median, p90;
};

struct scorecard_refusal {
	struct slice reference, words, ticket;
	int64_t at;
};

struct scorecard {
	enum notice_to to;
	struct slice key, name;
	size_t notices, uncertain, undelivered; /* notices: that left */
	int64_t first_at, last_at;
	struct scorecard_counts all, by_basis[NOTICE_BASES]; /* basis: of the first notice of it */
	struct scorecard_time effect; /* of domains */
	struct scorecard_time answer; /* of notices: to the first mail by a person or a desk */
	size_t reply[SCORECARD_REPLIES];
	const struct scorecard_refusal *refusal;
	size_t refusal_n;
	size_t repeated;   /* members of networks that it was told of, registered there afterwards */
	size_t newcomers;  /* ... registered afterwards anywhere */
	size_t escaped_out, escaped_in;
	size_t holding;
	const struct dum *dum; /* NULL: not known, and then nothing is shown per thousand */
	int64_t told_per_million;        /* of domains under management */
	const struct scorecard_statement *statement; /* newest; NULL */
	const struct commitment *claim;
	size_t claim_n;
	size_t ranked;     /* parties of its kind that are ranked; 0: it is too small */
	size_t best, worst; /* its rank, from 1 */
};

/* One card for each registrar, reseller and host that was told of something, or that something moved
 * to, in this order: kind; the quicker median first, those too few to rank last; the key. All in the
 * arena; texts are those of the input. ERR_NOMEM. */
int scorecard_make(const struct scorecard_input *in, struct arena *a, struct scorecard **out,
                   size_t *n, struct err *err);

#endif
