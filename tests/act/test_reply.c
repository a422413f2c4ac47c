/* The labelled set of tests/golden/replies, written by hand for this project: how many are told
 * right, by class; and what tells a mail's notice. */
#include "check.h"

#include "act/reply.h"

#include "base/buf.h"
#include "sys/file.h"
#include "wire/json.h"

#include <stdlib.h>

static int load(const char *name, struct buf *out)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("ASSAY_SOURCE"), name);
	return file_read(path, 1 << 20, out, NULL);
}

static struct reply_table *table(void)
{
	struct buf text = { 0 };
	struct reply_table *t = NULL;
	struct err err = { .what = "" };

	assert_int_equal(load("policy/notice/replies.tsv", &text), 0);
	int rc = reply_load(buf_slice(&text), &t, &err);
	if (rc)
		printf("# %s\n", err.what);
	assert_int_equal(rc, 0);
	buf_release(&text);
	return t;
}

/* What a number of replies were taken for, by what they are. */
struct counts {
	size_t right, all, of[REPLY_CLASSES][REPLY_CLASSES], tickets, tickets_right;
};

static void count_one(const struct reply_table *t, const json_t *o, struct counts *c, size_t row)
{
	struct arena a = { 0 };
	struct reply_reading r;
	struct slice ticket = json_str(o, "ticket"), text = json_str(o, "text");
	enum reply_class want;

	assert_true(reply_class_parse(json_str(o, "class"), &want));
	assert_int_equal(reply_classify(t, json_str(o, "subject"), text, &a, &r, NULL), 0);
	c->all++;
	c->of[want][r.class]++;
	c->right += r.class == want;
	c->tickets++;
	c->tickets_right += slice_eq(r.ticket, ticket);
	if (r.class != want || !slice_eq(r.ticket, ticket))
		printf("# row %zu %.2s %s, taken for %s, '%.*s' for '%.*s': %.60s\n", row,
		       json_str(o, "language").p, reply_class_name(want),
		       reply_class_name(r.class), SLICE_ARG(r.ticket), SLICE_ARG(ticket),
		       text.p);
	arena_release(&a);
}

static void replies_are_told_apart(void **state)
{
	(void)state;
	struct reply_table *t = table();
	struct counts c = { 0 };
	struct buf text = { 0 };
	size_t row = 0;

	assert_int_equal(load("tests/golden/replies/replies.jsonl", &text), 0);
	struct slice rest = buf_slice(&text), line;
	while (slice_cut(&rest, '\n', &line)) {
		json_t *o = NULL;
		assert_int_equal(json_parse_object(line, 1 << 16, &o, NULL), 0);
		count_one(t, o, &c, ++row);
		json_decref(o);
	}
	printf("# replies: %zu of %zu classes right, %zu of %zu numbers\n", c.right, c.all,
	       c.tickets_right, c.tickets);
	/* Nobody who refuses or asks is taken for one who acted, nor the other way. */
	assert_int_equal(c.of[REPLY_REFUSAL][REPLY_CLAIM], 0);
	assert_int_equal(c.of[REPLY_REQUEST][REPLY_CLAIM], 0);
	assert_int_equal(c.of[REPLY_ACKNOWLEDGEMENT][REPLY_CLAIM], 0);
	assert_int_equal(c.of[REPLY_ACKNOWLEDGEMENT][REPLY_REFUSAL], 0);
	assert_int_equal(c.of[REPLY_CLAIM][REPLY_REFUSAL], 0);
	assert_true(c.right * 100 >= c.all * 90);
	assert_true(c.tickets_right * 100 >= c.tickets * 95);
	buf_release(&text);
	reply_free(t);
}

static void what_is_quoted_is_not_theirs(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "ours\n> theirs\nmore\n", "ours\nmore\n" },
		{ "a\nOn Sat, 28 Nov 2026, x <x@y.example> wrote:\n> b\nc\n", "a\nc\n" },
		{ "a\nOn Sat, 28 Nov 2026, x\n<x@y.example> wrote:\n\n> b\nc\n", "a\n\nc\n" },
		{ "a\nOn Sat, 28 Nov 2026, x wrote:\nb\nc\n", "a\n" },
		{ "a\n-----Original Message-----\nb\n", "a\n" },
		{ "a\nFrom: x\nSent: y\nb\n", "a\n" },
		{ "From: now on, we do that\nb\n", "From: now on, we do that\nb\n" },
		{ "a\n-- \nsignature\n", "a\n" },
		{ "了解しました\n2026年11月28日(土) 10:00 x <x@y.example>のメール:\nb\n",
		  "了解しました\n" },
		{ "Danke\nAm 28.11.26 um 10:00 schrieb x:\n> b\n", "Danke\n" },
		{ "On the whole, the one who wrote: no end\n",
		  "On the whole, the one who wrote: no end\n" },
	};
	struct reply_table *t = table();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct slice got = { 0 };
		CHECK_INT(i, rows[i].in, reply_own_text(t, slice_str(rows[i].in), &a, &got, NULL),
		          0);
		CHECK_SLICE(i, rows[i].in, got, slice_str(rows[i].want));
		arena_release(&a);
	}
	reply_free(t);
	check_done();
}

static void a_mail_is_matched_to_its_notice(void **state)
{
	(void)state;
	static const struct reply_known known[] = {
		{ .reference = { "N-0123456789abcdef", 18 },
		  .message_id = { "N-0123456789abcdef@assay.example", 32 } },
		{ .reference = { "N-fedcba9876543210", 18 },
		  .message_id = { "N-fedcba9876543210@assay.example", 32 } },
	};
	static const struct {
		const char *mail;
		enum reply_link how;
		size_t which;
	} rows[] = {
		{ "In-Reply-To: <N-fedcba9876543210@assay.example>\n\nok [N-0123456789abcdef]",
		  REPLY_BY_ANSWER, 1 },
		{ "References: <x@y> <N-0123456789abcdef@assay.example>\n\nok", REPLY_BY_ANSWER,
		  0 },
		{ "Subject: RE: [n-FEDCBA9876543210] x\n\nok", REPLY_BY_REFERENCE, 1 },
		{ "Subject: hello\n\nabout N-0123456789abcdef.\n", REPLY_BY_REFERENCE, 0 },
		{ "Subject: hello\n\nabout N-0123456789abcdef0.\n", REPLY_UNLINKED, 0 },
		{ "Subject: N-1111111111111111\n\nof somebody else", REPLY_UNLINKED, 0 },
		{ "From: MAILER-DAEMON@x.example\n"
		  "Content-Type: multipart/report; report-type=delivery-status; boundary=d\n\n"
		  "--d\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; "
		  "a@b.example\n"
		  "Action: failed\n--d\nContent-Type: text/rfc822-headers\n\n"
		  "Message-ID: <N-fedcba9876543210@assay.example>\n--d--\n",
		  REPLY_BY_BOUNCE, 1 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct mail_read m;
		struct dsn d;
		size_t which = 9;
		assert_int_equal(mail_read(slice_str(rows[i].mail), &a, &m, NULL), 0);
		bool is_dsn = dsn_read(&m, &a, &d, NULL) == 0;
		CHECK_INT(i, rows[i].mail,
		          reply_match(&m, is_dsn ? &d : NULL, known, ROWS(known), &which),
		          rows[i].how);
		if (rows[i].how != REPLY_UNLINKED)
			CHECK_INT(i, rows[i].mail, which, rows[i].which);
		arena_release(&a);
	}
	check_done();
}

static void who_writes_from_elsewhere_is_a_stranger(void **state)
{
	(void)state;
	static const struct {
		const char *from, *address;
		bool stranger;
	} rows[] = {
		{ "abuse@registrar.example", "abuse@registrar.example", false },
		{ "support@mail.registrar.example", "abuse@registrar.example", false },
		{ "a@x.registrar.example", "a@y.registrar.example", false },
		{ "abuse@registrar.example", "abuse@other.example", true },
		{ "abuse@notregistrar.example", "abuse@registrar.example", true },
		{ "", "abuse@registrar.example", true },
		{ "abuse@registrar.example", "", true },
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].from,
		          reply_is_stranger(slice_str(rows[i].from), slice_str(rows[i].address),
		                            NULL),
		          rows[i].stranger);
	check_done();
}

static void a_bounce_is_about_the_address_that_was_written_to(void **state)
{
	(void)state;
	struct dsn_recipient list[] = {
		{ DSN_FAILED, { "other@x.example", 15 }, { "5.1.1", 5 }, { "", 0 } },
		{ DSN_DELIVERED, { "abuse@x.example", 15 }, { "2.0.0", 5 }, { "", 0 } },
	};
	struct dsn d = { .recipient = list, .recipient_n = 2 };

	CHECK_INT(0, "delivered", reply_bounced(&d, SLICE("abuse@x.example")) == NULL, true);
	CHECK_INT(1, "other", reply_bounced(&d, SLICE("other@X.example")) == &list[0], true);
	CHECK_INT(2, "nobody", reply_bounced(&d, SLICE("third@x.example")) == NULL, true);
	list[0].address = SLICE("");
	CHECK_INT(3, "no name", reply_bounced(&d, SLICE("third@x.example")) == &list[0], true);
	check_done();
}

static void a_bad_table_says_where(void **state)
{
	(void)state;
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "# x\nclaim\ten\n", "replies.tsv:2: a row is: kind, language, phrase" },
		{ "claims\ten\tx\n", "replies.tsv:1: 'claims' is no kind of phrase" },
		{ "cover!\ten\tx\n", "replies.tsv:1: 'cover!' is no kind of phrase" },
		{ "claim\ten\ta * * b\n",
		  "replies.tsv:1: a phrase of no words, or of too many parts" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct reply_table *t = NULL;
		struct err err = { .what = "" };
		CHECK_INT(i, rows[i].text, reply_load(slice_str(rows[i].text), &t, &err),
		          ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].text, slice_str(err.what), slice_str(rows[i].what));
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_told_apart),
		cmocka_unit_test(what_is_quoted_is_not_theirs),
		cmocka_unit_test(a_mail_is_matched_to_its_notice),
		cmocka_unit_test(who_writes_from_elsewhere_is_a_stranger),
		cmocka_unit_test(a_bounce_is_about_the_address_that_was_written_to),
		cmocka_unit_test(a_bad_table_says_where),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
