/* Mails of the shapes that desks send, and what nobody should send. */
#include "check.h"

#include "base/buf.h"
#include "wire/mail_read.h"

#include "base/err.h"

static char *file(const char *name, size_t *n)
{
	char path[512];
	static char bytes[1 << 16];

	snprintf(path, sizeof(path), "%s/fuzz/seeds/mail_read/%s", getenv("ASSAY_SOURCE"), name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	*n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return bytes;
}

static void a_reply_says_what_it_answers(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct mail_read m = { 0 };
	struct err err = { .what = "" };
	size_t n;
	char *bytes = file("plain.eml", &n);

	CHECK_INT(0, err.what, mail_read(slice_from(bytes, n), &a, &m, &err), 0);
	CHECK_SLICE(0, "from", m.from, SLICE("Abuse@registrar-one.example"));
	CHECK_SLICE(0, "from_line", m.from_line,
	            SLICE("\"Abuse Desk, Registrar One\" <Abuse@Registrar-One.Example>"));
	CHECK_SLICE(0, "subject", m.subject, SLICE("Re: 27 domains [N-0123456789abcdef]"));
	CHECK_SLICE(0, "message_id", m.message_id, SLICE("re.1@registrar-one.example"));
	CHECK_INT(0, "answers", m.answers_n, 2);
	CHECK_SLICE(0, "answers", m.answers[0], SLICE("N-0123456789abcdef.1@assay.example"));
	CHECK_SLICE(1, "answers", m.answers[1], SLICE("a.0@assay.example"));
	CHECK_SLICE(0, "auto", m.auto_submitted, SLICE("auto-replied"));
	CHECK_INT(0, "date", m.date, 1795827600); /* 2026-11-28T01:00:00Z */
	CHECK_SLICE(0, "type", m.type, SLICE("text/plain"));
	CHECK_SLICE(0, "text", m.text,
	            SLICE("We have received your report. Your ticket number is ABC-12345.\n"));
	CHECK_INT(0, "null sender", m.null_sender, false);
	arena_release(&a);
	check_done();
}

static void text_is_utf_8_whatever_it_came_in(void **state)
{
	(void)state;
	static const struct {
		const char *name, *subject, *text;
		bool of_html;
	} rows[] = {
		{ "japanese.eml", "受付いたしました", "受付いたしました。\n番号は A-77 です。\n", false },
		{ "html.eml", "your report", "We removed the content. Grüße", true },
		{ "forwarded.eml", "", "outer text", false },
		{ "mbox.eml", "in a mailbox file", "hello\n", false },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct mail_read m = { 0 };
		size_t n;
		char *bytes = file(rows[i].name, &n);
		CHECK_INT(i, rows[i].name, mail_read(slice_from(bytes, n), &a, &m, NULL), 0);
		CHECK_SLICE(i, rows[i].name, m.subject, slice_str(rows[i].subject));
		CHECK_SLICE(i, rows[i].name, m.text, slice_str(rows[i].text));
		CHECK_INT(i, rows[i].name, m.text_of_html, rows[i].of_html);
		arena_release(&a);
	}
	check_done();
}

static void of_a_message_inside_only_the_header_is_kept(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct mail_read m = { 0 };
	size_t n;
	char *bytes = file("forwarded.eml", &n);

	CHECK_INT(0, "", mail_read(slice_from(bytes, n), &a, &m, NULL), 0);
	CHECK_INT(0, "parts", m.part_n, 3);
	CHECK_SLICE(0, "type", m.part[1].type, SLICE("message/rfc822"));
	CHECK_INT(0, "id is there",
	          slice_find_slice(m.part[1].bytes, SLICE("<inner@d.example>")) <
	                  m.part[1].bytes.n,
	          true);
	CHECK_INT(0, "text is not",
	          slice_find_slice(m.part[1].bytes, SLICE("inner text")) == m.part[1].bytes.n,
	          true);
	CHECK_SLICE(0, "the mail's own id", m.message_id, SLICE(""));
	arena_release(&a);
	check_done();
}

static void nest(struct buf *b, size_t depth)
{
	for (size_t i = 0; i < depth; i++) {
		buf_puts(b, "Content-Type: multipart/mixed; boundary=b");
		buf_put_i64(b, (int64_t)i);
		buf_puts(b, "\n\n--b");
		buf_put_i64(b, (int64_t)i);
		buf_puts(b, "\n");
	}
	buf_puts(b, "Content-Type: text/plain\n\ndeep\n");
}

static void repeat(struct buf *b, const char *head, const char *part, size_t times)
{
	buf_puts(b, head);
	for (size_t i = 0; i < times; i++)
		buf_puts(b, part);
}

static void more_than_the_limits_is_refused(void **state)
{
	(void)state;
	struct buf b[7] = { 0 };
	const struct {
		const char *what;
		int rc;
	} rows[] = { { "within", 0 },
		     { "nesting", ERR_LIMIT },
		     { "boundaries", ERR_LIMIT },
		     { "fields", ERR_LIMIT },
		     { "bytes", ERR_LIMIT },
		     { "groups of addresses in one another", ERR_LIMIT },
		     { "groups within that", 0 } };

	nest(&b[0], 40);
	nest(&b[1], 1000);
	repeat(&b[2], "Content-Type: multipart/mixed; boundary=x\n\n", "--x\n", 3000);
	repeat(&b[3], "", "a:\n", 30000);
	repeat(&b[4], "Subject: x\n\n", "0123456789abcde\n", (MAIL_READ_BYTES >> 4) + 1);
	repeat(&b[5], "Content-Type: message/rfc822\n\nTo: ", "a:", 1 << 16);
	repeat(&b[6], "Content-Type: message/rfc822\n\nTo: ", "a:", MAIL_READ_GROUPS - 1);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct mail_read m = { 0 };

		CHECK_INT(i, rows[i].what, mail_read(buf_slice(&b[i]), &a, &m, NULL), rows[i].rc);
		arena_release(&a);
		buf_release(&b[i]);
	}
	check_done();
}

static void what_is_no_mail_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = { "", "\n\nbody", "no header here\n\nbody", "\xff\xfe" };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct mail_read m = { .date = 7 };
		CHECK_INT(i, rows[i], mail_read(slice_str(rows[i]), &a, &m, NULL), ERR_SYNTAX);
		CHECK_INT(i, "untouched", m.date, 7);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_says_what_it_answers),
		cmocka_unit_test(text_is_utf_8_whatever_it_came_in),
		cmocka_unit_test(of_a_message_inside_only_the_header_is_kept),
		cmocka_unit_test(more_than_the_limits_is_refused),
		cmocka_unit_test(what_is_no_mail_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
