/* A card as text:
 *
 *     registrar:99001  Registrar One                              rank 1-2 of 5
 *       told        21 domains by 1 notice on 2026-11-01
 *       came of it  20 acted, 1 moved
 *       ...
 */
#include "cmd/registrar_card.h"

#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <inttypes.h>

enum { HOUR = 3600, DAY = 86400, BAR = 24, WORDS_MAX = 400, NAME_MAX_SHOWN = 48, RANK_COLUMN = 78 };

static const char LEAD[] = "              "; /* as wide as "  came of it  " */

void card_put_span(int64_t s, struct buf *out)
{
	if (s == SURVIVAL_NEVER)
		buf_puts(out, "not reached");
	else if (s < 60)
		buf_printf(out, "%" PRId64 " s", s);
	else if (s < HOUR)
		buf_printf(out, "%" PRId64 " min", s / 60);
	else if (s < DAY)
		buf_printf(out, "%" PRId64 " h %" PRId64 " min", s / HOUR, s % HOUR / 60);
	else
		buf_printf(out, "%" PRId64 " d %" PRId64 " h", s / DAY, s % DAY / HOUR);
}

static void put_day(int64_t at, struct buf *out)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	buf_printf(out, "%.10s", text);
}

static void put_many(size_t n, const char *one, struct buf *out)
{
	buf_printf(out, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

/* 951552: "95.2". */
static void put_share(int64_t ppm, int width, struct buf *out)
{
	int64_t tenths = (ppm + 500) / 1000;

	buf_printf(out, "%*" PRId64 ".%" PRId64, width, tenths / 10, tenths % 10);
}

static void put_title(const struct scorecard *c, struct buf *out)
{
	size_t from = out->n;

	wrap_put_foreign(c->key, NAME_MAX_SHOWN, out);
	if (!slice_eq(c->key, c->name)) {
		buf_puts(out, "  ");
		wrap_put_foreign(c->name, NAME_MAX_SHOWN, out);
	}
	while (out->n - from < RANK_COLUMN && buf_ok(out))
		buf_putc(out, ' ');
	if (!c->ranked)
		buf_printf(out, "  too few to rank\n");
	else if (c->best == c->worst)
		buf_printf(out, "  rank %zu of %zu\n", c->best, c->ranked);
	else
		buf_printf(out, "  rank %zu-%zu of %zu\n", c->best, c->worst, c->ranked);
}

static void put_told(const struct scorecard *c, struct buf *out)
{
	if (!c->notices && !c->uncertain && !c->undelivered) {
		buf_puts(out, "  told        of nothing\n");
		return;
	}
	buf_puts(out, "  told        ");
	put_many(c->all.told, "domain", out);
	buf_puts(out, " by ");
	put_many(c->notices, "notice", out);
	if (c->notices) {
		buf_puts(out, c->first_at / DAY == c->last_at / DAY ? " on " : ", ");
		put_day(c->first_at, out);
		if (c->first_at / DAY != c->last_at / DAY) {
			buf_puts(out, " to ");
			put_day(c->last_at, out);
		}
	}
	if (c->uncertain)
		buf_printf(out, "; %zu more nobody knows of", c->uncertain);
	if (c->undelivered)
		buf_printf(out, "; %zu refused by its server", c->undelivered);
	buf_putc(out, '\n');
	if (!c->dum)
		return;
	buf_printf(out,
	           "%s%" PRId64 ".%03" PRId64 " per thousand of %" PRId64
	           " under management (%.*s, ",
	           LEAD, c->told_per_million / 1000, c->told_per_million % 1000, c->dum->domains,
	           SLICE_ARG(c->dum->date));
	wrap_put_foreign(c->dum->source, 24, out);
	buf_puts(out, ")\n");
}

static void put_outcomes(const struct scorecard_counts *c, struct buf *out)
{
	static const enum notice_outcome order[] = {
		OUTCOME_ACTED,   OUTCOME_ACKNOWLEDGED, OUTCOME_REFUSED, OUTCOME_SILENT,
		OUTCOME_BOUNCED, OUTCOME_MOVED,        OUTCOME_PENDING, OUTCOME_WITHDRAWN,
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!c->outcome[order[i]])
			continue;
		buf_printf(out, "%s%zu %s", between, c->outcome[order[i]],
		           notice_outcome_name(order[i]));
		between = ", ";
	}
}

static void put_quantile(const char *name, const struct survival_quantile *q, int64_t watched,
                         struct buf *out)
{
	buf_printf(out, "%s ", name);
	if (q->s == SURVIVAL_NEVER) {
		buf_puts(out, "not reached in ");
		card_put_span(watched, out);
	} else {
		card_put_span(q->s, out);
	}
	if (q->low_s == SURVIVAL_NEVER)
		return;
	buf_puts(out, " (");
	card_put_span(q->low_s, out);
	buf_puts(out, " to ");
	if (q->high_s == SURVIVAL_NEVER)
		buf_puts(out, "no bound");
	else
		card_put_span(q->high_s, out);
	buf_putc(out, ')');
}

static void put_bar(int64_t ppm, struct buf *out)
{
	int64_t full = (ppm * BAR + SURVIVAL_PPM / 2) / SURVIVAL_PPM;

	for (int64_t i = 0; i < BAR; i++)
		buf_puts(out, i < full ? "█" : "·");
}

/* Still up after so many days, as far as anybody watched. */
static void put_curve(const struct scorecard_time *t, struct buf *out)
{
	static const int64_t days[] = { 1, 2, 3, 7, 14, 30, 60, 90, 180, 365 };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		struct survival_at at = survival_at(&t->curve, t->c, t->n, days[i] * DAY);
		if (!at.known)
			return;
		buf_printf(out, "%sstill up after %3" PRId64 " d  ", LEAD, days[i]);
		put_bar(at.still_ppm, out);
		buf_putc(out, ' ');
		put_share(at.still_ppm, 3, out);
		buf_puts(out, " %  (");
		put_share(at.low_ppm, 0, out);
		buf_puts(out, " to ");
		put_share(at.high_ppm, 0, out);
		buf_printf(out, ")  %zu watched on\n", at.at_risk);
		if (at.still_ppm == 0)
			return;
	}
}

static void put_effect(const struct scorecard *c, struct buf *out)
{
	const struct scorecard_time *t = &c->effect;

	if (!t->n)
		return;
	buf_puts(out, "  effect      ");
	put_quantile("median", &t->median, t->curve.watched_s, out);
	buf_puts(out, ", ");
	put_quantile("90 %", &t->p90, t->curve.watched_s, out);
	buf_putc(out, '\n');
	put_curve(t, out);
}

static void put_answers(const struct scorecard *c, struct buf *out)
{
	const struct scorecard_time *t = &c->answer;
	const char *between = "; ";

	if (!c->notices && !c->undelivered)
		return;
	buf_printf(out, "  answers     to %zu of ", t->curve.effects);
	put_many(t->n, "notice", out);
	if (t->n) {
		buf_puts(out, ", ");
		put_quantile("median", &t->median, t->curve.watched_s, out);
	}
	for (size_t i = 0; i < SCORECARD_REPLIES; i++) {
		if (!c->reply[i])
			continue;
		buf_printf(out, "%s%zu %s", between, c->reply[i], scorecard_reply_class(i));
		between = ", ";
	}
	buf_putc(out, '\n');
}

static void put_bases(const struct scorecard *c, struct buf *out)
{
	const char *lead = "  by basis    ";

	for (int i = 0; i < NOTICE_BASES; i++) {
		const struct scorecard_counts *b = &c->by_basis[i];
		if (!b->told)
			continue;
		buf_printf(out, "%s%-9s  %zu of %zu acted", lead,
		           notice_basis_name((enum notice_basis)i), b->outcome[OUTCOME_ACTED],
		           b->told);
		buf_putc(out, '\n');
		lead = LEAD;
	}
}

static void put_movements(const struct scorecard *c, struct buf *out)
{
	if (c->newcomers)
		buf_printf(out,
		           "  came back   %zu of %zu new domains of networks that it was told of\n",
		           c->repeated, c->newcomers);
	if (c->escaped_out || c->escaped_in)
		buf_printf(out, "  escapes     %zu out, %zu in\n", c->escaped_out, c->escaped_in);
	if (c->holding) {
		buf_puts(out, "  holding     ");
		put_many(c->holding, "parked domain", out);
		buf_puts(out, " of known networks\n");
	}
}

static int put_words(const char *lead, struct slice words, struct buf *out, struct err *err)
{
	struct buf line = { 0 };

	buf_putc(&line, '"');
	wrap_put_foreign(words, WORDS_MAX, &line);
	buf_putc(&line, '"');
	int rc = buf_ok(&line) ? wrap_put(buf_slice(&line), lead, out, err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&line);
	return rc;
}

static int put_refusals(const struct scorecard *c, struct buf *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->refusal_n; i++) {
		const struct scorecard_refusal *r = &c->refusal[i];
		buf_printf(out, "%s%.*s on ", i ? LEAD : "  refused     ", SLICE_ARG(r->reference));
		put_day(r->at, out);
		if (r->words.n) {
			buf_puts(out, ":\n");
			rc = put_words("                ", r->words, out, err);
		} else {
			buf_puts(out, ", without a reason\n");
		}
	}
	return rc;
}

/* What it says of itself, and beside it what is measured. */
static int put_claims(const struct scorecard *c, struct buf *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->claim_n; i++) {
		const struct commitment *claim = &c->claim[i];
		buf_puts(out, i ? LEAD : "  commitment  ");
		wrap_put_foreign(claim->practice, NAME_MAX_SHOWN, out);
		if (claim->version.n)
			buf_printf(out, " %.*s", SLICE_ARG(claim->version));
		if (claim->adopted != NOTICE_NEVER) {
			buf_puts(out, ", since ");
			put_day(claim->adopted, out);
		}
		if (claim->ended != NOTICE_NEVER) {
			buf_puts(out, ", until before ");
			put_day(claim->ended, out);
		}
		buf_putc(out, '\n');
		if (claim->text.n)
			rc = put_words("                ", claim->text, out, err);
	}
	if (rc || !c->claim_n)
		return rc;
	buf_printf(out, "%smeasured: an answer to %zu of %zu notices, ", LEAD,
	           c->answer.curve.effects, c->answer.n);
	put_quantile("median", &c->answer.median, c->answer.curve.watched_s, out);
	buf_printf(out, ";\n%s  an effect on %zu of %zu domains, ", LEAD,
	           c->all.outcome[OUTCOME_ACTED], c->all.told);
	put_quantile("median", &c->effect.median, c->effect.curve.watched_s, out);
	buf_putc(out, '\n');
	return 0;
}

static int put_statement(const struct scorecard *c, struct buf *out, struct err *err)
{
	if (!c->statement)
		return 0;
	buf_puts(out, "  it says     on ");
	put_day(c->statement->at, out);
	if (c->statement->source.n) {
		buf_puts(out, ", ");
		wrap_put_foreign(c->statement->source, 60, out);
	}
	buf_puts(out, ":\n");
	return put_words("                ", c->statement->words, out, err);
}

int card_put_text(const struct scorecard *c, struct buf *out, struct err *err)
{
	put_title(c, out);
	put_told(c, out);
	if (c->all.told || c->all.outcome[OUTCOME_WITHDRAWN]) {
		buf_puts(out, "  came of it  ");
		put_outcomes(&c->all, out);
		buf_putc(out, '\n');
	}
	put_effect(c, out);
	put_answers(c, out);
	put_bases(c, out);
	put_movements(c, out);
	int rc = put_refusals(c, out, err);
	if (rc == 0)
		rc = put_claims(c, out, err);
	if (rc == 0)
		rc = put_statement(c, out, err);
	buf_putc(out, '\n');
	return rc || buf_ok(out) ? rc : err_set(err, ERR_NOMEM, 0, "out of memory");
}

void card_put_head(const struct scorecard *card, size_t n, const struct card_terms *t,
                   struct buf *out)
{
	static const enum notice_to kinds[] = { NOTICE_REGISTRAR, NOTICE_RESELLER, NOTICE_HOST };
	char at[TIMESTAMP_SIZE];
	const char *between = "";

	timestamp_format(t->at, at);
	buf_printf(out, "As of %s", at);
	if (t->since != NOTICE_NEVER) {
		buf_puts(out, ", notices since ");
		put_day(t->since, out);
	}
	buf_puts(out, ": ");
	for (int k = 0; k < 3; k++) {
		size_t of = 0;
		for (size_t i = 0; i < n; i++)
			of += card[i].to == kinds[k];
		if (!of)
			continue;
		buf_puts(out, between);
		put_many(of, notice_to_name(kinds[k]), out);
		between = ", ";
	}
	buf_puts(out, n ? "\n\n" : "nobody was told of anything\n\n");
}

void card_put_method(const struct card_terms *t, struct buf *out)
{
	buf_printf(out,
	           "How it is measured (" SCORECARD_METHOD ", doc/format/scorecard.md)\n"
	           "  A domain counts once for each party that was told of it. Time runs from when\n"
	           "  the notice left to when an effect was observed; claims are none. Cases still\n"
	           "  open are censored at their last observation, never dropped (Kaplan-Meier); a\n"
	           "  domain that moved away ends its watch there; what we withdrew is left out.\n"
	           "  Intervals are 95 %% (log-log; medians by Brookmeyer and Crowley). A rank is a\n"
	           "  range: parties whose intervals meet are not told apart, and none with fewer\n"
	           "  than %zu domains is ranked.\n",
	           t->least);
}
