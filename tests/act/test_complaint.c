#include "check.h"

#include "act/complaint.h"
#include "sys/file.h"
#include "wire/json.h"

#include <stdlib.h>

enum { HOUR = 3600, DAY = 86400, T0 = 1793620800 };

#define NAME(text)                                                                                 \
	{                                                                                          \
		SUBJECT_REGISTRABLE,                                                               \
		{                                                                                  \
			text, sizeof(text) - 1                                                     \
		}                                                                                  \
	}

static struct basis_table *basis;

static int load(void **state)
{
	const char *root = getenv("ASSAY_SOURCE");
	struct buf text = { 0 };
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/policy/notice/basis.tsv", root ? root : ".");
	int rc = file_read(path, 1 << 20, &text, NULL);
	if (rc == 0)
		rc = basis_load(buf_slice(&text), &basis, NULL);
	buf_release(&text);
	return rc;
}

static int unload(void **state)
{
	(void)state;
	basis_free(basis);
	return 0;
}

/* A registrar that was told of two names at T0 and answered nothing; eight days later. */
static struct complaint silence(const struct complaint_line *line, size_t n)
{
	return (struct complaint){ .reference = SLICE("N-00000000000000a3"),
		                   .case_name = SLICE("net-27"),
		                   .to = NOTICE_REGISTRAR,
		                   .party = SLICE("registrar:99003"),
		                   .name = SLICE("Registrar Three (synthetic)"),
		                   .iana_id = 99003,
		                   .address = SLICE("abuse@three.example"),
		                   .sender = SLICE("Demonstration desk"),
		                   .sender_mail = SLICE("desk@desk.example"),
		                   .sponsor = SLICE("nobody"),
		                   .basis = BASIS_CONTRACT,
		                   .sent_at = T0,
		                   .message_id = SLICE("N-a3@desk.example"),
		                   .answer = SLICE("250 2.0.0 Ok: queued as 0001"),
		                   .now = T0 + 8 * DAY,
		                   .acknowledge_s = 48 * HOUR,
		                   .act_s = 7 * DAY,
		                   .line = line,
		                   .line_n = n };
}

static void test_when_a_complaint_may_be_made(void **state)
{
	static const struct complaint_line open[] = {
		{ .subject = NAME("pills.com"),
		  .outcome = OUTCOME_SILENT,
		  .outcome_at = T0,
		  .seen_at = T0 + DAY },
		{ .subject = NAME("pills.jp"),
		  .outcome = OUTCOME_SILENT,
		  .outcome_at = T0,
		  .seen_at = T0 + DAY },
	};
	static const struct complaint_line foreign[] = { { .subject = NAME("pills.jp") },
		                                         { .subject = NAME("pills.xn--p1ai") } };
	static const struct complaint_line acted[] = {
		{ .subject = NAME("pills.com"), .outcome = OUTCOME_ACTED, .outcome_at = T0 + DAY }
	};
	static const struct complaint_line moved[] = {
		{ .subject = NAME("pills.com"), .outcome = OUTCOME_MOVED, .outcome_at = T0 + DAY }
	};
	static const struct complaint_reply bounce = { .class = SLICE("bounce"), .at = T0 + 60 };
	static const struct complaint_reply late = { .class = SLICE("ticket"), .at = T0 + DAY };
	static const struct {
		const char *says, *why; /* why NULL: it may */
		const struct complaint_line *line;
		size_t n;
		enum notice_to to;
		enum notice_purpose purpose;
		int64_t sent_at, now;
		bool uncertain, withdrawn, undelivered;
		const struct complaint_reply *reply;
	} rows[] = {
		{ "silent for eight days", NULL, open, 2, NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY, 0,
		  0, 0, NULL },
		{ "on the second its time is over", NULL, open, 2, NOTICE_REGISTRAR, 0, T0,
		  T0 + 7 * DAY, 0, 0, 0, NULL },
		{ "a second before", "has time until 2026-11-09T12:00:00Z", open, 2,
		  NOTICE_REGISTRAR, 0, T0, T0 + 7 * DAY - 1, 0, 0, 0, NULL },
		{ "country codes alone", "country-code registries", foreign, 2, NOTICE_REGISTRAR, 0,
		  T0, T0 + 8 * DAY, 0, 0, 0, NULL },
		{ "it acted", "the registrar acted", acted, 1, NOTICE_REGISTRAR, 0, T0,
		  T0 + 8 * DAY, 0, 0, 0, NULL },
		{ "it moved away", "nothing is open", moved, 1, NOTICE_REGISTRAR, 0, T0,
		  T0 + 8 * DAY, 0, 0, 0, NULL },
		{ "a reseller", "binds registrars", open, 2, NOTICE_RESELLER, 0, T0, T0 + 8 * DAY,
		  0, 0, 0, NULL },
		{ "a retraction", "asks for nothing", open, 2, NOTICE_REGISTRAR, PURPOSE_RETRACTION,
		  T0, T0 + 8 * DAY, 0, 0, 0, NULL },
		{ "never sent", "was not told: no server took", open, 2, NOTICE_REGISTRAR, 0,
		  NOTICE_NEVER, T0 + 8 * DAY, 0, 0, 0, NULL },
		{ "refused by its server", "was not told: no server took", open, 2,
		  NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY, 0, 0, 1, NULL },
		{ "withdrawn", "was withdrawn", open, 2, NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY, 0,
		  1, 0, NULL },
		{ "uncertain", "nobody knows", open, 2, NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY, 1, 0,
		  0, NULL },
		{ "uncertain, and answered", NULL, open, 2, NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY,
		  1, 0, 0, &late },
		{ "bounced", "the mail bounced", open, 2, NOTICE_REGISTRAR, 0, T0, T0 + 8 * DAY, 0,
		  0, 0, &bounce },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct complaint c = silence(rows[i].line, rows[i].n);
		struct err err = { 0 };
		c.to = rows[i].to;
		c.purpose = rows[i].purpose;
		c.sent_at = rows[i].sent_at;
		c.now = rows[i].now;
		c.uncertain = rows[i].uncertain;
		c.withdrawn = rows[i].withdrawn;
		c.undelivered = rows[i].undelivered;
		c.reply = rows[i].reply;
		c.reply_n = rows[i].reply != NULL;
		CHECK_INT(i, rows[i].says, complaint_check(&c, basis, &err),
		          rows[i].why ? ERR_REFUSED : 0);
		if (rows[i].why && !strstr(err.what, rows[i].why)) {
			check_failed++;
			printf("# row %zu '%s': got '%s'\n", i, rows[i].says, err.what);
		}
	}
	check_done();
}

/* Whether it says that, wherever its lines end. */
static bool says(const struct buf *text, const char *what)
{
	struct buf flat = { 0 };

	for (size_t i = 0; i < text->n; i++)
		if (text->p[i] != '\n' && text->p[i] != ' ')
			buf_putc(&flat, text->p[i]);
		else if (flat.n && flat.p[flat.n - 1] != ' ')
			buf_putc(&flat, ' ');
	bool found = slice_find_slice(buf_slice(&flat), slice_str(what)) < flat.n;
	buf_release(&flat);
	return found;
}

static void test_the_clauses_are_those_that_bind(void **state)
{
	static const struct complaint_line line = { .subject = NAME("pills.com"),
		                                    .class = SLICE("rogue"),
		                                    .outcome = OUTCOME_SILENT,
		                                    .outcome_at = T0 + 7 * DAY,
		                                    .state = SLICE("active"),
		                                    .seen_at = T0 + 8 * DAY };
	static const struct {
		enum notice_basis basis;
		const char *mandate;
		bool third;
	} rows[] = { { BASIS_CONTRACT, "", false },
		     { BASIS_CONTRACT, "mandate-jp", false },
		     { BASIS_MANDATE, "mandate-jp", true },
		     { BASIS_MANDATE, "", false },
		     { BASIS_VOLUNTARY, "", false } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct complaint c = silence(&line, 1);
		struct buf text = { 0 };
		c.basis = rows[i].basis;
		c.mandate = slice_str(rows[i].mandate);
		assert_int_equal(complaint_write(&c, basis, &text, NULL), 0);
		CHECK_INT(i, "3.18.1", says(&text, "3.18.1: a registrar takes reasonable"), 1);
		CHECK_INT(i, "3.18.3", says(&text, "3.18.3: well-founded reports"), rows[i].third);
		CHECK_INT(i, "its clock", says(&text, "24 hours"), rows[i].third);
		CHECK_INT(i, "3.18.2", says(&text, "3.18.2 (DNS abuse) is not relied on"), 1);
		buf_release(&text);
	}
	check_done();
}

static void test_the_pack_says_what_was_observed(void **state)
{
	static const struct complaint_line line[] = {
		{ .subject = NAME("pills.com"),
		  .class = SLICE("rogue"),
		  .outcome = OUTCOME_SILENT,
		  .outcome_at = T0 + 7 * DAY,
		  .state = SLICE("active"),
		  .sign = SLICE("delegated"),
		  .seen_at = T0 + 8 * DAY,
		  .observation = { { 0xab, 0xcd } } },
		{ .subject = NAME("gone.com"),
		  .class = SLICE("rogue"),
		  .outcome = OUTCOME_ACTED,
		  .outcome_at = T0 + 2 * DAY,
		  .state = SLICE("past"),
		  .sign = SLICE("clientHold"),
		  .seen_at = T0 + 8 * DAY },
		{ .subject = NAME("pills.jp"),
		  .outcome = OUTCOME_SILENT,
		  .seen_at = NOTICE_NEVER,
		  .outcome_at = NOTICE_NEVER },
	};
	static const struct complaint_reply reply = { .class = SLICE("refusal"),
		                                      .at = T0 + DAY,
		                                      .ticket = SLICE("AB-1"),
		                                      .words = SLICE(
							      "See https://three.example/terms") };
	static const struct complaint_entry entry[] = {
		{ .state = SLICE("drafted"), .at = T0 - HOUR, .index = 7 },
		{ .state = SLICE("sent"), .at = T0, .index = 9, .path = SLICE("proof/9") },
	};
	static const struct complaint_evidence evidence[] = {
		{ .address = { { 1 } },
		  .what = SLICE("letter"),
		  .class = SLICE("public"),
		  .media_type = SLICE("text/plain"),
		  .length = 12,
		  .path = SLICE("evidence/01") },
		{ .address = { { 2 } },
		  .what = SLICE("reply"),
		  .class = SLICE("restricted"),
		  .media_type = SLICE("message/rfc822"),
		  .length = 1310 },
	};
	static const char *const want[] = {
		"Number at IANA: 99003",
		"Notice: N-00000000000000a3",
		"Sent: 2026-11-02T12:00:00Z",
		"Message-ID: N-a3@desk.example",
		"The mail server that took it said: 250 2.0.0 Ok: queued as 0001",
		"sent on 2026-11-02T12:00:00Z, entry 9 of the ledger, proof: proof/9",
		"First answer: 2026-11-03T12:00:00Z",
		"An effect was expected until: 2026-11-09T12:00:00Z",
		"Since it was told: 8 days, 0 hours",
		"pills.com: rogue; silent since 2026-11-09T12:00:00Z",
		"abcd0000",
		"5. What is not complained of",
		"gone.com: rogue; acted since 2026-11-04T12:00:00Z",
		"these are no part of the complaint: - pills.jp",
		"2026-11-03T12:00:00Z: refusal, ticket AB-1:",
		"names 1 files of this folder",
	};
	struct complaint c = silence(line, ROWS(line));
	struct buf text = { 0 }, manifest = { 0 };
	json_t *o = NULL;

	(void)state;
	c.reply = &reply;
	c.reply_n = 1;
	c.entry = entry;
	c.entry_n = ROWS(entry);
	c.evidence = evidence;
	c.evidence_n = ROWS(evidence);
	assert_int_equal(complaint_check(&c, basis, NULL), 0);
	assert_int_equal(complaint_write(&c, basis, &text, NULL), 0);
	for (size_t i = 0; i < ROWS(want); i++)
		CHECK_INT(i, want[i], says(&text, want[i]), 1);
	CHECK_INT(0, "no link", says(&text, "://"), 0);
	struct slice rest = buf_slice(&text), one;
	while (slice_cut(&rest, '\n', &one))
		CHECK_INT(one.n, "a line of at most 72 columns", one.n <= 72, 1);
	assert_int_equal(complaint_manifest(&c, &manifest, NULL), 0);
	assert_int_equal(json_parse_object(buf_slice(&manifest), 1 << 20, &o, NULL), 0);
	CHECK_INT(0, "files", json_array_size(json_arr(o, "files")), 1);
	const json_t *withheld = json_array_get(json_arr(o, "withheld"), 0);
	CHECK_SLICE(0, "withheld", json_str(withheld, "class"), SLICE("restricted"));
	CHECK_INT(0, "its length", json_i64(withheld, "length", 0), 1310);
	CHECK_INT(0, "no path", json_str(withheld, "path").n, 0);
	json_decref(o);
	buf_release(&text);
	buf_release(&manifest);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_when_a_complaint_may_be_made),
		cmocka_unit_test(test_the_clauses_are_those_that_bind),
		cmocka_unit_test(test_the_pack_says_what_was_observed),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
