/* Outcomes of one line: a row is a story, in days since the notice left. */
#include "check.h"

#include "act/escape.h"

enum { DAY = 86400, SENT = 1795132800 };

/* Stories are written as words: "2:suspended:status:active|clientHold", "1:mail:ticket". */
struct story {
	const char *what;
	enum notice_to to;
	enum notice_action action;
	const char *events;
	int64_t now;      /* days */
	const char *want; /* "acknowledged@1 acted@2" */
};

enum { EVENTS = 16 };

struct told {
	struct outcome_change change[EVENTS];
	struct outcome_mail mail[EVENTS];
	size_t change_n, mail_n;
};

static int64_t days(struct slice s)
{
	int64_t n = 0;
	bool minus = s.n && s.p[0] == '-';

	for (size_t i = minus; i < s.n; i++)
		n = 10 * n + (s.p[i] - '0');
	return SENT + (minus ? -n : n) * DAY;
}

static struct slice next(struct slice *rest, char sep)
{
	struct slice part = SLICE("");

	slice_cut(rest, sep, &part);
	return part;
}

static void read_event(struct slice s, struct told *t)
{
	int64_t at = days(next(&s, ':'));
	struct slice of = next(&s, ':'), by = next(&s, ':');

	if (slice_eq_str(of, "mail")) {
		struct outcome_mail *m = &t->mail[t->mail_n++];
		m->stranger = slice_eq_str(s, "stranger");
		m->at = at;
		assert_true(reply_class_parse(by, &m->class));
		return;
	}
	struct outcome_change *c = &t->change[t->change_n++];
	*c = (struct outcome_change){ .at = at, .of = of, .by = by };
	c->record.b[0] = (unsigned char)t->change_n;
	c->before = next(&s, '|');
	c->after = next(&s, '|');
	c->party = s;
}

static void format(const struct outcome_step *step, size_t n, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		int more = snprintf(out + at, size - at, "%s%s@%lld%s%.*s", i ? " " : "",
		                    notice_outcome_name(step[i].outcome),
		                    (long long)((step[i].at - SENT) / DAY),
		                    step[i].moved_to.n ? ">" : "", SLICE_ARG(step[i].moved_to));
		at += (size_t)more;
	}
}

#define HOLD "suspended:status:active|clientHold clientTransferProhibited|"

static const struct story stories[] = {
	{ "nothing yet", NOTICE_REGISTRAR, NOTICE_SUSPEND, "", 13, "" },
	{ "nothing for too long", NOTICE_REGISTRAR, NOTICE_SUSPEND, "", 14, "silent@14" },
	{ "the hold", NOTICE_REGISTRAR, NOTICE_SUSPEND, "2:" HOLD, 3, "acted@2" },
	{ "both signs are one effect", NOTICE_REGISTRAR, NOTICE_SUSPEND_AND_LOCK,
	  "2:" HOLD ",2:suspended:dns:delegated|nxdomain|", 3, "acted@2" },
	{ "gone from the DNS", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "2:suspended:dns:delegated|nxdomain|", 3, "acted@2" },
	{ "before it left", NOTICE_REGISTRAR, NOTICE_SUSPEND, "-1:" HOLD ",0:" HOLD, 3, "" },
	{ "acknowledged, then acted", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:ticket,2:" HOLD, 3,
	  "acknowledged@1 acted@2" },
	{ "an answer ends silence for good", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:request", 90,
	  "acknowledged@1" },
	{ "silent, then acted after all", NOTICE_REGISTRAR, NOTICE_SUSPEND, "20:" HOLD, 21,
	  "silent@14 acted@20" },
	{ "silent, then an answer", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "20:mail:acknowledgement", 21, "silent@14 acknowledged@20" },
	{ "a claim is no outcome", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:claim", 3,
	  "acknowledged@1" },
	{ "refused", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:refusal,2:mail:ticket", 30,
	  "refused@1" },
	{ "refused, then claimed", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:refusal,2:mail:claim",
	  30, "refused@1 acknowledged@2" },
	{ "refused, and acted", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:refusal,2:" HOLD, 30,
	  "refused@1 acted@2" },
	{ "a stranger refuses nothing", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:refusal:stranger",
	  3, "acknowledged@1" },
	{ "bounced", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:mail:bounce", 30, "bounced@1" },
	{ "not yet delivered, nor out of office", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "1:mail:delay,2:mail:other", 14, "silent@14" },
	{ "a mail undoes no effect", NOTICE_REGISTRAR, NOTICE_SUSPEND, "1:" HOLD ",2:mail:refusal",
	  3, "acted@1" },
	{ "back online", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "1:" HOLD ",2:suspended:dns:delegated|nxdomain|,5:back_online:status:clientHold|active|,"
	  "5:back_online:dns:nxdomain|delegated|",
	  90, "acted@1 pending@5" },
	{ "... and off again", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "1:" HOLD ",5:back_online:status:clientHold|active|,6:" HOLD, 90,
	  "acted@1 pending@5 acted@6" },
	{ "moved to another registrar", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "3:transferred:registrar:One|Four|registrar:4,4:" HOLD, 90, "moved@3>registrar:4" },
	{ "... which the reseller lost too", NOTICE_RESELLER, NOTICE_SUSPEND,
	  "3:transferred:registrar:One|Four|registrar:4", 90, "moved@3>registrar:4" },
	{ "... and the host did not", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "3:transferred:registrar:One|Four|registrar:4", 4, "" },
	{ "another reseller is no other registrar", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "3:transferred:reseller:a|b|reseller:b", 4, "" },
	{ "and back to the one that was told", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "3:transferred:registrar:One|Four|registrar:4,5:transferred:registrar:Four|One|"
	  "registrar:1,6:" HOLD,
	  90, "moved@3>registrar:4 pending@5 acted@6" },
	{ "ran out", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "3:expired:status:active|redemptionPeriod|,3:suspended:dns:delegated|nxdomain|", 4, "" },
	{ "the registry held it", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "3:suspended:dns:delegated|nxdomain|,3:suspended:status:active|serverHold|", 4, "" },
	{ "... which is what a registry was asked", NOTICE_REGISTRY, NOTICE_SUSPEND,
	  "3:suspended:status:active|serverHold|", 4, "acted@3" },
	{ "a new registration is another matter", NOTICE_REGISTRAR, NOTICE_SUSPEND,
	  "1:mail:ticket,30:reregistered:created:a|b|,31:" HOLD, 90, "acknowledged@1" },
	{ "the page is gone", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "1:content_changed:status:200|404|", 3, "acted@1" },
	{ "another page", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "1:content_changed:title:a|b|,2:content_changed:likeness:1000000|200000|", 3, "acted@2" },
	{ "no answer is no removal", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "1:content_changed:absence:https//x|timeout|", 3, "" },
	{ "the page came back", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "1:content_changed:status:200|410|,2:content_changed:status:410|200|", 3,
	  "acted@1 pending@2" },
	{ "a registrar's hold is not the host's", NOTICE_HOST, NOTICE_REMOVE_CONTENT, "1:" HOLD, 3,
	  "" },
	{ "moved to another host", NOTICE_HOST, NOTICE_REMOVE_CONTENT,
	  "1:moved_host:addresses:a|b|host:b", 3, "moved@1>host:b" },
	{ "nothing that could be seen", NOTICE_PAYMENT, NOTICE_STOP_PAYMENT,
	  "1:content_changed:status:200|404|", 3, "" },
};

static void stories_come_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++) {
		const struct story *s = &stories[i];
		struct told t = { .change_n = 0 };
		struct slice rest = slice_str(s->events), one;
		struct outcome_clock clock = { SENT + s->now * DAY, 14 * DAY };
		struct outcome_step *step;
		struct arena a = { 0 };
		char got[512];
		size_t n;
		while (slice_cut(&rest, ',', &one))
			read_event(one, &t);
		struct outcome_line line = { .to = s->to,
			                     .action = s->action,
			                     .purpose = PURPOSE_REQUEST,
			                     .party = SLICE("registrar:1"),
			                     .sent_at = SENT,
			                     .withdrawn_at = NOTICE_NEVER,
			                     .change = t.change,
			                     .change_n = t.change_n,
			                     .mail = t.mail,
			                     .mail_n = t.mail_n };
		CHECK_INT(i, s->what, outcome_steps(&line, &clock, &a, &step, &n, NULL), 0);
		format(step, n, got, sizeof(got));
		CHECK_SLICE(i, s->what, slice_str(got), slice_str(s->want));
		arena_release(&a);
	}
	check_done();
}

static void what_did_not_leave_or_is_withdrawn_waits_for_nothing(void **state)
{
	(void)state;
	struct outcome_change hold = { .at = SENT + DAY,
		                       .of = SLICE("suspended"),
		                       .by = SLICE("status"),
		                       .after = SLICE("clientHold") };
	struct outcome_clock clock = { SENT + 90 * DAY, 14 * DAY };
	struct outcome_line line = { .to = NOTICE_REGISTRAR,
		                     .sent_at = NOTICE_NEVER,
		                     .withdrawn_at = NOTICE_NEVER,
		                     .change = &hold,
		                     .change_n = 1 };
	struct outcome_step *step;
	struct arena a = { 0 };
	size_t n;

	CHECK_INT(0, "never left", outcome_steps(&line, &clock, &a, &step, &n, NULL), 0);
	CHECK_INT(0, "never left", n, 0);
	line.sent_at = SENT;
	line.withdrawn_at = SENT + DAY;
	CHECK_INT(1, "withdrawn", outcome_steps(&line, &clock, &a, &step, &n, NULL), 0);
	CHECK_INT(1, "withdrawn", n, 1);
	CHECK_INT(1, "withdrawn", step[0].outcome, OUTCOME_WITHDRAWN);
	line.withdrawn_at = NOTICE_NEVER;
	line.purpose = PURPOSE_DEPARTED;
	line.change_n = 0;
	CHECK_INT(2, "asks nothing", outcome_steps(&line, &clock, &a, &step, &n, NULL), 0);
	CHECK_INT(2, "asks nothing", n, 0);
	arena_release(&a);
	check_done();
}

static void an_escape_is_a_move_that_nobody_came_back_from(void **state)
{
	(void)state;
	struct outcome_step step[] = {
		{ .outcome = OUTCOME_ACKNOWLEDGED, .at = 1 },
		{ .outcome = OUTCOME_MOVED,
		  .at = 2,
		  .by = SLICE("registrar"),
		  .moved_to = SLICE("registrar:4") },
		{ .outcome = OUTCOME_PENDING, .at = 3 },
	};
	struct escape e = { .line = 9 };

	CHECK_INT(0, "none", escape_of(7, step, 0, &e), false);
	CHECK_INT(1, "not yet", escape_of(7, step, 1, &e), false);
	CHECK_INT(1, "untouched", e.line, 9);
	CHECK_INT(2, "away", escape_of(7, step, 2, &e), true);
	CHECK_INT(2, "away", e.line, 7);
	CHECK_INT(2, "away", e.at, 2);
	CHECK_SLICE(2, "away", e.to, SLICE("registrar:4"));
	CHECK_INT(3, "back", escape_of(7, step, 3, &e), false);
	check_done();
}

/* By hand: five were told. One acted upon after 1 day, one after 8, one moved after 2, one still up
 * after 30 days, one told 3 days ago. */
static void those_still_up_are_counted_with_what_nobody_knows(void **state)
{
	(void)state;
	static const struct outcome_survivor list[] = {
		{ SENT, SENT + 1 * DAY, true, false },  { SENT, SENT + 8 * DAY, true, false },
		{ SENT, SENT + 2 * DAY, false, true },  { SENT, SENT + 30 * DAY, false, false },
		{ SENT + 27 * DAY, SENT + 30 * DAY, false, false },
	};
	static const struct outcome_still want[] = {
		/* days, told, acted, moved, up, open */
		{ 1, 5, 1, 0, 4, 0 }, { 7, 5, 1, 1, 2, 1 }, { 30, 5, 2, 1, 1, 1 },
		{ 60, 5, 2, 1, 0, 2 },
	};
	struct outcome_still got[ROWS(want)];

	for (size_t i = 0; i < ROWS(want); i++)
		got[i].days = want[i].days;
	outcome_survival(list, ROWS(list), got, ROWS(got));
	for (size_t i = 0; i < ROWS(want); i++) {
		CHECK_INT(i, "told", got[i].told, want[i].told);
		CHECK_INT(i, "acted", got[i].acted, want[i].acted);
		CHECK_INT(i, "moved", got[i].moved, want[i].moved);
		CHECK_INT(i, "up", got[i].up, want[i].up);
		CHECK_INT(i, "open", got[i].open, want[i].open);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories_come_out),
		cmocka_unit_test(what_did_not_leave_or_is_withdrawn_waits_for_nothing),
		cmocka_unit_test(an_escape_is_a_move_that_nobody_came_back_from),
		cmocka_unit_test(those_still_up_are_counted_with_what_nobody_knows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
