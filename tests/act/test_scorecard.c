#include "check.h"

#include "act/scorecard.h"

#include <stdlib.h>

enum { HOUR = 3600, DAY = 86400, T0 = 1790000000 };

static const int64_t NEVER = SURVIVAL_NEVER;

#define DOMAIN(name)                                                                               \
	{                                                                                          \
		SUBJECT_REGISTRABLE,                                                               \
		{                                                                                  \
			name, sizeof(name) - 1                                                     \
		}                                                                                  \
	}
#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static const struct scorecard *card_of(const struct scorecard *card, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_str(card[i].key, key))
			return &card[i];
	return NULL;
}

static void make(const struct scorecard_input *in, struct arena *a, struct scorecard **card,
                 size_t *n)
{
	struct err err = { 0 };
	int rc = scorecard_make(in, a, card, n, &err);

	if (rc)
		fail_msg("scorecard_make: %s", err.what);
}

/* One domain, told at T0, of which one thing is known: what it counts as, and for how long. The card is
 * made ten days later. */
static void test_each_outcome_counts_as_the_method_says(void **state)
{
	static const struct {
		const char *says;
		enum notice_outcome outcome;
		int64_t outcome_at, seen_at;
		enum notice_outcome want;
		size_t told;
		int64_t watched;
		bool effect;
	} rows[] = {
		{ "acted after three days", OUTCOME_ACTED, T0 + 3 * DAY, T0 + 9 * DAY,
		  OUTCOME_ACTED, 1, 3 * DAY, true },
		{ "pending, seen after nine", OUTCOME_PENDING, NOTICE_NEVER, T0 + 9 * DAY,
		  OUTCOME_PENDING, 1, 9 * DAY, false },
		{ "pending, never looked at again", OUTCOME_PENDING, NOTICE_NEVER, NOTICE_NEVER,
		  OUTCOME_PENDING, 1, 0, false },
		{ "last seen before the notice", OUTCOME_PENDING, NOTICE_NEVER, T0 - DAY,
		  OUTCOME_PENDING, 1, 0, false },
		{ "silent, seen after eight", OUTCOME_SILENT, T0 + 7 * DAY, T0 + 8 * DAY,
		  OUTCOME_SILENT, 1, 8 * DAY, false },
		{ "refused, and up after six", OUTCOME_REFUSED, T0 + DAY, T0 + 6 * DAY,
		  OUTCOME_REFUSED, 1, 6 * DAY, false },
		{ "bounced, and up after six", OUTCOME_BOUNCED, T0 + 60, T0 + 6 * DAY,
		  OUTCOME_BOUNCED, 1, 6 * DAY, false },
		{ "moved after two: the watch ends", OUTCOME_MOVED, T0 + 2 * DAY, T0 + 9 * DAY,
		  OUTCOME_MOVED, 1, 2 * DAY, false },
		{ "withdrawn: left out", OUTCOME_WITHDRAWN, T0 + DAY, T0 + 9 * DAY,
		  OUTCOME_WITHDRAWN, 0, -1, false },
		{ "acted, but behind the card's time", OUTCOME_ACTED, T0 + 11 * DAY, T0 + 9 * DAY,
		  OUTCOME_PENDING, 1, 9 * DAY, false },
		{ "seen behind the card's time", OUTCOME_PENDING, NOTICE_NEVER, T0 + 11 * DAY,
		  OUTCOME_PENDING, 1, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct scorecard_line line = { .subject = DOMAIN("pills.example"),
			                       .period = 7,
			                       .outcome = rows[i].outcome,
			                       .outcome_at = rows[i].outcome_at,
			                       .seen_at = rows[i].seen_at };
		struct scorecard_notice notice = { .to = NOTICE_REGISTRAR,
			                           .party = SLICE("registrar:99001"),
			                           .sent_at = T0,
			                           .basis = BASIS_CONTRACT,
			                           .line = &line,
			                           .line_n = 1 };
		struct scorecard_input in = { .at = T0 + 10 * DAY,
			                      .since = NOTICE_NEVER,
			                      .least = SCORECARD_LEAST,
			                      .notice = &notice,
			                      .notice_n = 1 };
		struct scorecard *card;
		size_t n;
		make(&in, &a, &card, &n);
		CHECK_INT(i, rows[i].says, card->all.outcome[rows[i].want], 1);
		CHECK_INT(i, rows[i].says, card->all.told, rows[i].told);
		CHECK_INT(i, rows[i].says, card->by_basis[BASIS_CONTRACT].told, rows[i].told);
		CHECK_INT(i, rows[i].says, card->effect.n, rows[i].told);
		if (card->effect.n) {
			CHECK_INT(i, rows[i].says, card->effect.c[0].s, rows[i].watched);
			CHECK_INT(i, rows[i].says, card->effect.c[0].effect, rows[i].effect);
		}
		arena_release(&a);
	}
	check_done();
}

/* Which notices count at all. */
static void test_what_was_not_asked_or_did_not_arrive_counts_nothing(void **state)
{
	static const struct {
		const char *says;
		struct scorecard_notice n;
		bool card;
		size_t notices, uncertain, undelivered;
	} rows[] = {
		{ "a request", { .to = NOTICE_HOST, .sent_at = T0 }, true, 1, 0, 0 },
		{ "behind an escape",
		  { .to = NOTICE_HOST, .purpose = PURPOSE_ARRIVED, .sent_at = T0 },
		  true,
		  1,
		  0,
		  0 },
		{ "a retraction",
		  { .to = NOTICE_HOST, .purpose = PURPOSE_RETRACTION, .sent_at = T0 },
		  false,
		  0,
		  0,
		  0 },
		{ "no more asked",
		  { .to = NOTICE_HOST, .purpose = PURPOSE_DEPARTED, .sent_at = T0 },
		  false,
		  0,
		  0,
		  0 },
		{ "asks nothing",
		  { .to = NOTICE_HOST, .action = NOTICE_NONE, .sent_at = T0 },
		  false,
		  0,
		  0,
		  0 },
		{ "to a search engine", { .to = NOTICE_SEARCH, .sent_at = T0 }, false, 0, 0, 0 },
		{ "not sent", { .to = NOTICE_HOST, .sent_at = NOTICE_NEVER }, false, 0, 0, 0 },
		{ "before the time asked for",
		  { .to = NOTICE_HOST, .sent_at = T0 - 2 * DAY },
		  false,
		  0,
		  0,
		  0 },
		{ "after the card",
		  { .to = NOTICE_HOST, .sent_at = T0 + 2 * DAY },
		  false,
		  0,
		  0,
		  0 },
		{ "nobody knows",
		  { .to = NOTICE_HOST, .sent_at = T0, .uncertain = true },
		  true,
		  0,
		  1,
		  0 },
		{ "refused by its server",
		  { .to = NOTICE_HOST, .sent_at = NOTICE_NEVER, .at = T0, .undelivered = true },
		  true,
		  0,
		  0,
		  1 },
	};
	static const struct scorecard_line line = { .subject = DOMAIN("pills.example"),
		                                    .outcome_at = NOTICE_NEVER,
		                                    .seen_at = T0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct scorecard_notice notice = rows[i].n;
		notice.party = SLICE("host:kumo");
		notice.line = &line;
		notice.line_n = 1;
		struct scorecard_input in = { .at = T0 + DAY,
			                      .since = T0 - DAY,
			                      .least = 1,
			                      .notice = &notice,
			                      .notice_n = 1 };
		struct scorecard *card;
		size_t n;
		make(&in, &a, &card, &n);
		CHECK_INT(i, rows[i].says, n, rows[i].card);
		if (n) {
			CHECK_INT(i, rows[i].says, card->notices, rows[i].notices);
			CHECK_INT(i, rows[i].says, card->uncertain, rows[i].uncertain);
			CHECK_INT(i, rows[i].says, card->undelivered, rows[i].undelivered);
			CHECK_INT(i, rows[i].says, card->all.told, rows[i].notices);
		}
		arena_release(&a);
	}
	check_done();
}

/* An uncertain notice that somebody answers did arrive. */
static void test_an_answer_shows_that_an_uncertain_notice_arrived(void **state)
{
	static const struct scorecard_line line = { .subject = DOMAIN("pills.example"),
		                                    .outcome_at = NOTICE_NEVER,
		                                    .seen_at = T0 + DAY };
	static const struct {
		const char *class;
		size_t notices;
	} rows[] = { { "ticket", 1 }, { "other", 1 }, { "bounce", 0 }, { "delay", 0 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct scorecard_reply reply = { .class = slice_str(rows[i].class),
			                         .at = T0 + HOUR };
		struct scorecard_notice notice = { .to = NOTICE_REGISTRAR,
			                           .party = SLICE("registrar:99001"),
			                           .sent_at = T0,
			                           .uncertain = true,
			                           .line = &line,
			                           .line_n = 1,
			                           .reply = &reply,
			                           .reply_n = 1 };
		struct scorecard_input in = { .at = T0 + DAY,
			                      .since = NOTICE_NEVER,
			                      .least = 1,
			                      .notice = &notice,
			                      .notice_n = 1 };
		struct scorecard *card;
		size_t n;
		make(&in, &a, &card, &n);
		CHECK_INT(i, rows[i].class, card->notices, rows[i].notices);
		CHECK_INT(i, rows[i].class, card->uncertain, 1 - rows[i].notices);
		arena_release(&a);
	}
	check_done();
}

/* The network of the miniature Internet: 27 domains at three registrars, 21 of them sold by a reseller.
 *
 *   one    21 domains: 20 suspended two days after the notice, one moved to four after one day
 *   two    3: its desk bounces            three  3: its desk is silent
 *   hanabi the 21 of one, told at the same time
 *
 * One day: the one that moves ends its watch. Two days: of 20 at risk all 20 are suspended. */
static void test_the_story_of_27_domains(void **state)
{
	static char name[27][32];
	static struct scorecard_line line[27], sold[21], arrived;
	struct scorecard_notice notice[5];
	struct arena a = { 0 };
	struct scorecard *card;
	size_t n;

	(void)state;
	for (int i = 0; i < 27; i++) {
		snprintf(name[i], sizeof(name[i]), "pills-%02d.example", i);
		line[i] = (struct scorecard_line){
			.subject = { SUBJECT_REGISTRABLE, slice_str(name[i]) },
			.period = 1000 + i,
			.network = SLICE("net-27"),
			.outcome = i < 20   ? OUTCOME_ACTED
			           : i < 21 ? OUTCOME_MOVED
			           : i < 24 ? OUTCOME_BOUNCED
			                    : OUTCOME_SILENT,
			.outcome_at = i < 20   ? T0 + 2 * DAY
			              : i < 21 ? T0 + DAY
			              : i < 24 ? T0 + 60
			                       : T0 + 7 * DAY,
			.seen_at = T0 + 10 * DAY,
		};
		if (i == 20)
			line[i].moved_to = SLICE("registrar:99004");
		if (i < 21)
			sold[i] = line[i];
	}
	sold[20].moved_to = SLICE("reseller:kaze domains");
	arrived = line[20];
	arrived.moved_to = (struct slice){ 0 };
	arrived.outcome = OUTCOME_PENDING;
	arrived.outcome_at = NOTICE_NEVER;
	struct scorecard_reply ticket = { .class = SLICE("ticket"),
		                          .ticket = SLICE("AB-1"),
		                          .at = T0 + HOUR };
	struct scorecard_reply bounce = { .class = SLICE("bounce"), .at = T0 + 60 };
	struct scorecard_reply refusal = { .class = SLICE("refusal"),
		                           .words = SLICE("Ask a court."),
		                           .at = T0 + DAY };
	notice[0] = (struct scorecard_notice){ .to = NOTICE_REGISTRAR,
		                               .party = SLICE("registrar:99001"),
		                               .name = SLICE("One"),
		                               .basis = BASIS_MANDATE,
		                               .sent_at = T0,
		                               .line = line,
		                               .line_n = 21,
		                               .reply = &ticket,
		                               .reply_n = 1 };
	notice[1] = (struct scorecard_notice){ .to = NOTICE_REGISTRAR,
		                               .party = SLICE("registrar:99002"),
		                               .name = SLICE("Two"),
		                               .basis = BASIS_CONTRACT,
		                               .sent_at = T0,
		                               .line = line + 21,
		                               .line_n = 3,
		                               .reply = &bounce,
		                               .reply_n = 1 };
	notice[2] = (struct scorecard_notice){ .to = NOTICE_REGISTRAR,
		                               .party = SLICE("registrar:99003"),
		                               .name = SLICE("Three"),
		                               .basis = BASIS_CONTRACT,
		                               .sent_at = T0,
		                               .line = line + 24,
		                               .line_n = 3 };
	notice[3] = (struct scorecard_notice){ .to = NOTICE_RESELLER,
		                               .party = SLICE("reseller:hanabi"),
		                               .name = SLICE("Hanabi"),
		                               .basis = BASIS_VOLUNTARY,
		                               .sent_at = T0,
		                               .line = sold,
		                               .line_n = 21,
		                               .reply = &refusal,
		                               .reply_n = 1 };
	notice[4] = (struct scorecard_notice){ .to = NOTICE_REGISTRAR,
		                               .party = SLICE("registrar:99004"),
		                               .name = SLICE("Four"),
		                               .purpose = PURPOSE_ARRIVED,
		                               .basis = BASIS_MANDATE,
		                               .sent_at = T0 + DAY + HOUR,
		                               .line = &arrived,
		                               .line_n = 1 };
	/* Since then: two at one (one of them sold by hanabi), one at three, one before the notice. */
	struct scorecard_member member[] = {
		{ .network = SLICE("net-27"),
		  .created = T0 + DAY,
		  .registrar = SLICE("registrar:99001"),
		  .reseller = SLICE("reseller:hanabi"),
		  .holding = true },
		{ .network = SLICE("net-27"),
		  .created = T0 + DAY,
		  .registrar = SLICE("registrar:99001") },
		{ .network = SLICE("net-27"),
		  .created = T0 + DAY,
		  .registrar = SLICE("registrar:99003") },
		{ .network = SLICE("net-27"),
		  .created = T0 - DAY,
		  .registrar = SLICE("registrar:99003"),
		  .holding = true },
		{ .network = SLICE("net-5"),
		  .created = T0 + DAY,
		  .registrar = SLICE("registrar:99001") },
	};
	struct dum dum = { .party = SLICE("registrar:99001"), .domains = 6000000 };
	struct scorecard_input in = { .at = T0 + 10 * DAY,
		                      .since = NOTICE_NEVER,
		                      .least = SCORECARD_LEAST,
		                      .notice = notice,
		                      .notice_n = 5,
		                      .member = member,
		                      .member_n = ROWS(member),
		                      .dum = &dum,
		                      .dum_n = 1 };
	make(&in, &a, &card, &n);
	CHECK_INT(0, "the four, hanabi, and where its customer went", n, 6);

	const struct scorecard *one = card_of(card, n, "registrar:99001");
	CHECK_INT(0, "one: told", one->all.told, 21);
	CHECK_INT(0, "one: acted", one->all.outcome[OUTCOME_ACTED], 20);
	CHECK_INT(0, "one: moved", one->all.outcome[OUTCOME_MOVED], 1);
	CHECK_INT(0, "one: under the mandate", one->by_basis[BASIS_MANDATE].outcome[OUTCOME_ACTED],
	          20);
	CHECK_INT(0, "one: median", one->effect.median.s, 2 * DAY);
	CHECK_INT(0, "one: p90", one->effect.p90.s, 2 * DAY);
	CHECK_INT(0, "one: steps", one->effect.curve.step_n, 1);
	CHECK_INT(0, "one: at risk", one->effect.curve.step[0].at_risk, 20);
	CHECK_INT(0, "one: answered", one->answer.median.s, HOUR);
	CHECK_INT(0, "one: tickets", one->reply[1], 1);
	CHECK_INT(0, "one: out", one->escaped_out, 1);
	CHECK_INT(0, "one: came back", one->repeated, 2);
	CHECK_INT(0, "one: of", one->newcomers, 3);
	CHECK_INT(0, "one: holding", one->holding, 1);
	CHECK_INT(0, "one: 21 of six million", one->told_per_million, 4); /* 3.5, rounded up */
	CHECK_INT(0, "one: the only one with ten", one->ranked, 1);

	const struct scorecard *two = card_of(card, n, "registrar:99002");
	CHECK_INT(0, "two: bounced", two->all.outcome[OUTCOME_BOUNCED], 3);
	CHECK_INT(0, "two: bounces", two->reply[5], 1);
	CHECK_INT(0, "two: open for ten days", two->effect.curve.watched_s, 10 * DAY);
	CHECK_INT(0, "two: not reached", two->effect.median.s, NEVER);
	CHECK_INT(0, "two: a bounce answers nothing", two->answer.curve.effects, 0);
	CHECK_INT(0, "two: too few", two->ranked, 0);

	const struct scorecard *three = card_of(card, n, "registrar:99003");
	CHECK_INT(0, "three: silent", three->all.outcome[OUTCOME_SILENT], 3);
	CHECK_INT(0, "three: came back", three->repeated, 1);
	CHECK_INT(0, "three: holding", three->holding, 1);

	const struct scorecard *four = card_of(card, n, "registrar:99004");
	CHECK_INT(0, "four: in", four->escaped_in, 1);
	CHECK_INT(0, "four: told", four->all.told, 1);
	CHECK_INT(0, "four: open from its own notice on", four->effect.c[0].s, 9 * DAY - HOUR);

	const struct scorecard *hanabi = card_of(card, n, "reseller:hanabi");
	CHECK_INT(0, "hanabi: the same domains count again", hanabi->all.told, 21);
	CHECK_INT(0, "hanabi: freely", hanabi->by_basis[BASIS_VOLUNTARY].told, 21);
	CHECK_INT(0, "hanabi: refusals", hanabi->refusal_n, 1);
	CHECK_SLICE(0, "hanabi: its reason", hanabi->refusal[0].words, SLICE("Ask a court."));
	/* Of what hanabi's sort is told, the reseller of one newcomer alone is known. */
	CHECK_INT(0, "hanabi: came back", hanabi->repeated, 1);
	CHECK_INT(0, "hanabi: of", hanabi->newcomers, 1);
	CHECK_INT(0, "kaze: was told nothing", card_of(card, n, "reseller:kaze domains")->notices,
	          0);
	CHECK_INT(0, "kaze: in", card_of(card, n, "reseller:kaze domains")->escaped_in, 1);
	arena_release(&a);
	check_done();
}

/* One domain in three notices to one party: once, from the first of them, by its basis. */
static void test_a_domain_counts_once_for_a_party(void **state)
{
	struct scorecard_line early = { .subject = DOMAIN("a.example"),
		                        .period = 1,
		                        .outcome = OUTCOME_SILENT,
		                        .outcome_at = T0 + 7 * DAY,
		                        .seen_at = T0 + 8 * DAY };
	struct scorecard_line late = { .subject = DOMAIN("a.example"),
		                       .period = 1,
		                       .outcome = OUTCOME_ACTED,
		                       .outcome_at = T0 + 12 * DAY,
		                       .seen_at = T0 + 13 * DAY };
	/* Another registration of the same name is another domain. */
	struct scorecard_line other = { .subject = DOMAIN("a.example"),
		                        .period = 2,
		                        .outcome = OUTCOME_PENDING,
		                        .outcome_at = NOTICE_NEVER,
		                        .seen_at = T0 + 13 * DAY };
	struct scorecard_notice notice[] = {
		{ .party = SLICE("registrar:9"),
		  .basis = BASIS_LAW,
		  .sent_at = T0 + 10 * DAY,
		  .line = &late,
		  .line_n = 1 },
		{ .party = SLICE("registrar:9"),
		  .basis = BASIS_CONTRACT,
		  .sent_at = T0,
		  .line = &early,
		  .line_n = 1 },
		{ .party = SLICE("registrar:9"),
		  .basis = BASIS_CONTRACT,
		  .sent_at = T0 + 10 * DAY,
		  .line = &other,
		  .line_n = 1 },
	};
	struct scorecard_input in = { .at = T0 + 20 * DAY,
		                      .since = NOTICE_NEVER,
		                      .least = 1,
		                      .notice = notice,
		                      .notice_n = ROWS(notice) };
	struct arena a = { 0 };
	struct scorecard *card;
	size_t n;

	(void)state;
	make(&in, &a, &card, &n);
	CHECK_INT(0, "notices", card->notices, 3);
	CHECK_INT(0, "domains", card->all.told, 2);
	CHECK_INT(0, "acted", card->all.outcome[OUTCOME_ACTED], 1);
	CHECK_INT(0, "by law", card->by_basis[BASIS_LAW].told, 0);
	CHECK_INT(0, "from the first", card->effect.c[0].s, 12 * DAY);
	CHECK_INT(0, "the other", card->effect.c[1].s, 3 * DAY);
	arena_release(&a);
	check_done();
}

/* Ranks are ranges: twenty domains in a day, twenty in two days of which the interval cannot be told
 * from the first, twenty in thirty, nine in an hour, which are too few, and thirty of which nothing is
 * known yet: they may be quicker than any. */
static void test_ranks_are_as_wide_as_the_intervals(void **state)
{
	static const struct {
		const char *key;
		size_t domains;
		int64_t first, apart;
		size_t best, worst;
	} rows[] = {
		{ "registrar:1", 20, DAY, HOUR, 1, 3 },
		{ "registrar:2", 20, DAY, HOUR + 60, 1, 3 },
		{ "registrar:3", 20, 30 * DAY, HOUR, 3, 4 },
		{ "registrar:4", 9, HOUR, 1, 0, 0 },
		{ "registrar:5", 30, 0, 0, 1, 4 }, /* told an hour ago: nothing is known of it */
	};
	static char name[30][40];
	static struct scorecard_line line[ROWS(rows)][30];
	struct scorecard_notice notice[ROWS(rows)];
	struct arena a = { 0 };
	struct scorecard *card;
	size_t n;

	(void)state;
	for (size_t r = 0; r < ROWS(rows); r++) {
		for (size_t i = 0; i < rows[r].domains; i++) {
			snprintf(name[i], sizeof(name[i]), "d%zu.example", i);
			int64_t s = rows[r].first + rows[r].apart * (int64_t)i;
			line[r][i] = (struct scorecard_line){
				.subject = { SUBJECT_REGISTRABLE, slice_str(name[i]) },
				.outcome = s ? OUTCOME_ACTED : OUTCOME_PENDING,
				.outcome_at = s ? T0 + s : NOTICE_NEVER,
				.seen_at = s ? T0 + s : T0 + 60 * DAY,
			};
		}
		notice[r] =
			(struct scorecard_notice){ .party = slice_str(rows[r].key),
			                           .sent_at = rows[r].first ? T0
			                                                    : T0 + 60 * DAY - HOUR,
			                           .line = line[r],
			                           .line_n = rows[r].domains };
	}
	struct scorecard_input in = { .at = T0 + 60 * DAY,
		                      .since = NOTICE_NEVER,
		                      .least = SCORECARD_LEAST,
		                      .notice = notice,
		                      .notice_n = ROWS(rows) };
	make(&in, &a, &card, &n);
	for (size_t r = 0; r < ROWS(rows); r++) {
		const struct scorecard *c = card_of(card, n, rows[r].key);
		CHECK_INT(r, rows[r].key, c->best, rows[r].best);
		CHECK_INT(r, rows[r].key, c->worst, rows[r].worst);
		CHECK_INT(r, rows[r].key, c->ranked, rows[r].best ? 4 : 0);
	}
	CHECK_SLICE(0, "too few stand last", card[n - 1].key, SLICE("registrar:4"));
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_outcome_counts_as_the_method_says),
		cmocka_unit_test(test_what_was_not_asked_or_did_not_arrive_counts_nothing),
		cmocka_unit_test(test_an_answer_shows_that_an_uncertain_notice_arrived),
		cmocka_unit_test(test_the_story_of_27_domains),
		cmocka_unit_test(test_a_domain_counts_once_for_a_party),
		cmocka_unit_test(test_ranks_are_as_wide_as_the_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
