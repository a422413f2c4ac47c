/* What other programs read in these bytes is asked in tests/e2e/test_disclose.py; here: that nothing
 * but ASCII and whole lines comes out, and that nothing given can begin a header. */
#include "check.h"

#include "wire/mail.h"

#define T(s)                                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static struct mail good(void)
{
	return (struct mail){
		.from = T("desk@assay.example"),
		.reply_to = T("appeal@assay.example"),
		.to = T("info@pills.example"),
		.from_name = T("assay"),
		.subject = T(
			"assay：pills.example で確認された事実について（参照番号 A-0123456789abcdef）"),
		.message_id = T("A-0123456789abcdef.1@assay.example"),
		.at = 1795132800,
		.text = T("お知らせ\n\n.\nFrom here\n"),
		.language = T("ja"),
	};
}

static bool has(const struct buf *b, const char *words)
{
	return strstr(buf_str(b), words) != NULL;
}

static void a_message_is_ascii_in_short_lines_with_crlf(void **state)
{
	(void)state;
	struct mail rows[] = { good(), good(), good() };

	rows[1].text = (struct slice)T("Plain ASCII text.\nFrom here\n.\n");
	rows[1].subject = (struct slice)T("plain");
	rows[2].subject = (struct slice)T(
		"a rather long subject of ASCII alone, which has to be folded into lines "
		"that are short enough, reference A-0123456789abcdef");
	rows[2].text = (struct slice)T("Grüße, ein wenig Text mit einem Umlaut darin.\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		struct err err = { .what = "" };
		CHECK_INT(i, err.what, mail_compose(&rows[i], &out, &err), 0);
		size_t line = 0;
		for (size_t at = 0; at < out.n; at++) {
			unsigned char c = (unsigned char)out.p[at];
			CHECK_INT(at, buf_str(&out),
			          c == '\t' || c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f),
			          true);
			CHECK_INT(at, buf_str(&out), c == '\n', at && out.p[at - 1] == '\r');
			line = c == '\n' ? 0 : line + 1;
			CHECK_INT(at, buf_str(&out), line <= 79, true); /* with its CR */
		}
		CHECK_INT(i, buf_str(&out), has(&out, "Date: Fri, 20 Nov 2026 00:00:00 +0000\r\n"),
		          true);
		CHECK_INT(i, buf_str(&out), has(&out, "From: assay <desk@assay.example>\r\n"),
		          true);
		CHECK_INT(i, buf_str(&out), has(&out, "To: info@pills.example\r\n"), true);
		CHECK_INT(i, buf_str(&out), has(&out, "Reply-To: appeal@assay.example\r\n"), true);
		CHECK_INT(i, buf_str(&out),
		          has(&out, "Message-Id: <A-0123456789abcdef.1@assay.example>\r\n"), true);
		CHECK_INT(i, buf_str(&out), has(&out, "Auto-Submitted: auto-generated\r\n"), true);
		CHECK_INT(i, buf_str(&out),
		          has(&out, "MIME-Version: 1.0\r\n") || has(&out, "Mime-Version: 1.0\r\n"),
		          true);
		CHECK_INT(i, buf_str(&out), has(&out, "Content-Language: ja\r\n"), true);
		CHECK_INT(i, buf_str(&out), has(&out, "charset=utf-8\r\n"), true);
		buf_release(&out);
	}
	check_done();
}

static void the_same_message_has_the_same_bytes(void **state)
{
	(void)state;
	struct mail m = good();
	struct buf a = { 0 }, b = { 0 };

	assert_int_equal(mail_compose(&m, &a, NULL), 0);
	assert_int_equal(mail_compose(&m, &b, NULL), 0);
	assert_true(slice_eq(buf_slice(&a), buf_slice(&b)));
	buf_release(&a);
	buf_release(&b);
}

static void nothing_given_begins_a_header(void **state)
{
	(void)state;
	struct mail rows[16];
	size_t n = 0;

	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i] = good();
	rows[n++].to = (struct slice)T("info@pills.example\r\nBcc: x@y.example");
	rows[n++].to = (struct slice)T("a@b.example, x@y.example");
	rows[n++].to = (struct slice)T("Desk <a@b.example>");
	rows[n++].to = (struct slice)T("");
	rows[n++].from = (struct slice)T("desk@assay.example\nX: y");
	rows[n++].from = (struct slice)T("");
	rows[n++].reply_to = (struct slice)T("x");
	rows[n++].subject = (struct slice)T("a\r\nBcc: x@y.example");
	rows[n++].subject = (struct slice)T("a\nb");
	rows[n++].subject = (struct slice)T("a\xe2\x80\xa8"
	                                    "b");
	rows[n++].subject = (struct slice)T("a\xff");
	rows[n++].from_name = (struct slice)T("a\r\nBcc: x@y.example");
	rows[n++].message_id = (struct slice)T("a@b>\r\nX: y");
	rows[n++].message_id = (struct slice)T("");
	rows[n++].language = (struct slice)T("ja\r\nX: y");
	rows[n++].text = (struct slice)T("a\r\nb");
	assert_int_equal(n, ROWS(rows));
	for (size_t i = 0; i < n; i++) {
		struct buf out = { 0 };
		struct err err = { .what = "" };
		CHECK_INT(i, err.what, mail_compose(&rows[i], &out, &err), ERR_SYNTAX);
		CHECK_INT(i, "nothing is written", out.n, 0);
		buf_release(&out);
	}
	check_done();
}

static void words_that_look_like_headers_stay_in_the_text(void **state)
{
	(void)state;
	struct mail m = good();
	struct buf out = { 0 };

	m.text = (struct slice)T("\nBcc: x@y.example\n\n.\nQUIT\n");
	m.subject = (struct slice)T("=?utf-8?q?=0ABcc:_x@y.example?=");
	assert_int_equal(mail_compose(&m, &out, NULL), 0);
	const char *body = strstr(buf_str(&out), "\r\n\r\n");
	assert_non_null(body);
	assert_true(strstr(buf_str(&out), "\nBcc:") == NULL ||
	            strstr(buf_str(&out), "\nBcc:") > body);
	buf_release(&out);
}

static const struct mail_attachment annexes[] = {
	{ T("annex.json"), T("application/json"), T("{\"quote\":\"バイアグラ\"}\n") },
	{ T("xarf.json"), T("application/json"), T("{}\n") },
};
static const struct slice thread[] = { T("N-0011223344556677.1@assay.example"),
	                               T("ticket-4711@registrar.example") };
static const struct mail_report abuse_report = {
	T("Feedback-Type: other\nUser-Agent: assay/1\nVersion: 1\n"),
	T("Date: Fri, 20 Nov 2026 00:00:00 +0000\nContent-Location: https://pills.example/\n"),
};

static void parts_and_threads(void **state)
{
	(void)state;
	struct mail m = good();
	struct buf a = { 0 }, b = { 0 };

	m.attachment = annexes;
	m.attachment_n = 2;
	m.in_reply_to = thread[1];
	m.reference = thread;
	m.reference_n = 2;
	assert_int_equal(mail_compose(&m, &a, NULL), 0);
	assert_int_equal(mail_compose(&m, &b, NULL), 0);
	assert_true(slice_eq(buf_slice(&a), buf_slice(&b)));
	assert_true(has(&a, "Content-Type: multipart/mixed; boundary=\"=_"));
	assert_true(has(&a, "\r\nIn-Reply-To: <ticket-4711@registrar.example>\r\n"));
	assert_true(has(&a, "\r\nReferences: <N-0011223344556677.1@assay.example>\r\n"
	                    "\t<ticket-4711@registrar.example>\r\n"));
	assert_true(has(&a, "Content-Disposition: attachment; filename=annex.json\r\n"));
	assert_true(has(&a, "eyJxdW90ZSI6IuODkOOCpOOCouOCsOODqSJ9Cg==\r\n"));
	m.attachment_n = 0;
	m.report = &abuse_report;
	buf_clear(&a);
	assert_int_equal(mail_compose(&m, &a, NULL), 0);
	assert_true(has(&a, "Content-Type: multipart/report; boundary=\"=_"));
	assert_true(has(&a, "report-type=feedback-report"));
	assert_true(has(&a, "\r\n\r\nFeedback-Type: other\r\nUser-Agent: assay/1\r\nVersion: 1\r\n"));
	assert_false(has(&a, "List-"));
	buf_release(&a);
	buf_release(&b);
}

/* Another message of the same id has another boundary only where its text is another. */
static void a_part_cannot_hold_the_boundary(void **state)
{
	(void)state;
	struct mail m = good();
	struct buf a = { 0 }, b = { 0 };

	m.attachment = annexes;
	m.attachment_n = 1;
	assert_int_equal(mail_compose(&m, &a, NULL), 0);
	const char *mark = strstr(buf_str(&a), "boundary=\"");
	assert_non_null(mark);
	struct mail_attachment copy = annexes[0];
	copy.bytes = buf_slice(&a); /* the boundary itself, as an attachment */
	m.attachment = &copy;
	assert_int_equal(mail_compose(&m, &b, NULL), 0);
	char line[64];
	snprintf(line, sizeof(line), "\r\n--%.34s", mark + 10);
	size_t seen = 0;
	for (const char *p = buf_str(&b); (p = strstr(p, line)); p++)
		seen++;
	assert_int_equal(seen, 3); /* before each part, and the end */
	buf_release(&a);
	buf_release(&b);
}

static void what_is_no_part_or_thread_is_refused(void **state)
{
	static const struct {
		const char *name, *type;
	} names[] = {
		{ "", "application/json" },
		{ "../annex.json", "application/json" },
		{ ".hidden", "application/json" },
		{ "a\r\nX: y", "application/json" },
		{ "a b", "application/json" },
		{ "annex.json", "" },
		{ "annex.json", "json" },
		{ "annex.json", "application/" },
		{ "annex.json", "application/json\r\nX: y" },
		{ "annex.json", "application/json; a=b" },
	};
	static const struct mail_report reports[] = {
		{ T(""), T("Date: x\n") },
		{ T("Version: 1\n\nBody"), T("Date: x\n") },
		{ T("Version: 1"), T("Date: x\n") },
		{ T("Version: 1\n"), T("Date: \xff\n") },
		{ T("Version: 1\n--=_x\n"), T("Date: x\n") },
	};
	(void)state;

	for (size_t i = 0; i < ROWS(names) + ROWS(reports) + 4; i++) {
		struct mail m = good();
		struct mail_attachment a = annexes[0];
		struct slice bad = T("a@b>\r\nX: y"), none = T("");
		struct buf out = { 0 };
		size_t k = i - ROWS(names);
		if (i < ROWS(names)) {
			a.name = slice_str(names[i].name);
			a.media_type = slice_str(names[i].type);
			m.attachment = &a;
			m.attachment_n = 1;
		} else if (k < ROWS(reports)) {
			m.report = &reports[k];
		} else if (k == ROWS(reports)) {
			m.report = &abuse_report;
			m.attachment = &a;
			m.attachment_n = 1;
		} else if (k == ROWS(reports) + 1) {
			m.in_reply_to = bad;
		} else {
			m.reference = k == ROWS(reports) + 2 ? &bad : &none;
			m.reference_n = 1;
		}
		CHECK_INT(i, "refused", mail_compose(&m, &out, NULL), ERR_SYNTAX);
		CHECK_INT(i, "nothing is written", out.n, 0);
		buf_release(&out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_ascii_in_short_lines_with_crlf),
		cmocka_unit_test(the_same_message_has_the_same_bytes),
		cmocka_unit_test(nothing_given_begins_a_header),
		cmocka_unit_test(words_that_look_like_headers_stay_in_the_text),
		cmocka_unit_test(parts_and_threads),
		cmocka_unit_test(a_part_cannot_hold_the_boundary),
		cmocka_unit_test(what_is_no_part_or_thread_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
