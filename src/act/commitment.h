/* A voluntary practice that a party says it follows, from when to when.
 *
 *   source  doc/format/record.md, commitment; where the party says so (its own page)
 *   claim   what stands here is a claim. What a party does is measured anew each time
 *           (act/scorecard.h) and printed beside it; neither changes the other
 *   version a practice whose text changes is another version: who adopted one has not adopted the next
 *
 * Pure. */
#ifndef ACT_COMMITMENT_H
#define ACT_COMMITMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/notice.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct commitment {
	struct slice practice, version; /* "answer-in-two-days", "1"; version may be empty */
	struct slice text;              /* of the practice, in one or two sentences; may be empty */
	struct slice adopter, name;     /* key of the party ("registrar:99001"), its name */
	int64_t adopted, ended;         /* midnight UTC of the first day and of the day after the last;
	                                   NOTICE_NEVER: not said, not ended */
	struct slice source;            /* where it says so: https address */
	struct sha256 record;           /* in the store; zero before */
};

/* What a claim must have: a practice and an adopter in the form of their words, days in order, an https
 * source. ERR_SYNTAX says what is wrong; ERR_NOMEM. */
int commitment_check(const struct commitment *c, struct err *err);

/* The fields of its record, without the envelope: a new reference, or NULL (no memory). */
json_t *commitment_to_json(const struct commitment *c);
/* From a record's body; texts are copied. As commitment_check. */
int commitment_from_json(const json_t *body, struct arena *a, struct commitment *out,
                         struct err *err);

/* Whether two are of one party, practice and version: the later one is how it stands now. */
bool commitment_same(const struct commitment *a, const struct commitment *b);

/* Whether it was claimed at a time. One without a first day holds from whenever. */
bool commitment_holds(const struct commitment *c, int64_t at);

/* The part of a span [*from, *until) in which it held: false where there is none. For measuring what a
 * party did while it claimed. */
bool commitment_within(const struct commitment *c, int64_t *from, int64_t *until);

/* Leave of a list, in the order it was put, how each stands now: the last of those that are the same,
 * sorted by adopter, practice, version. Returns how many are left. */
size_t commitments_now(struct commitment *list, size_t n);

#endif
