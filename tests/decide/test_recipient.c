#include "check.h"

#include "decide/recipient.h"
#include "wire/html.h"

static const struct slice regulators[] = { { "regulator.example", 17 } };

/* The addresses that pages (HTML, up to three, NULL ends them) give, best first, a space between. */
static void find(const struct recipient_site *site, const char *const html[3], struct buf *out)
{
	static const struct slice urls[] = { { "https://pills.example/", 22 },
		                             { "https://pills.example/a", 23 },
		                             { "https://pills.example/b", 23 } };
	struct arena a = { 0 };
	struct page_text text[3];
	struct recipient_page pages[3] = { 0 };
	struct recipient found[RECIPIENTS_MAX];
	size_t n = 0, k = 0;

	for (; n < 3 && html[n]; n++) {
		assert_int_equal(html_text(slice_str(html[n]), SLICE("text/html; charset=utf-8"), NULL, &a,
		                           &text[n], NULL),
		                 0);
		pages[2 - n] = (struct recipient_page){ .page = &text[n], .url = urls[n], .at = 100 + (int64_t)n };
	}
	assert_int_equal(recipients_find(site, pages + 3 - n, n, &a, found, &k, NULL), 0);
	assert_true(k <= RECIPIENTS_MAX);
	for (size_t i = 0; i < k; i++) {
		buf_puts(out, i ? " " : "");
		buf_put(out, mail_address_slice(&found[i].address));
	}
	arena_release(&a);
}

#define FOOTER(s) "<p>x<footer>" s "</footer>"

static void what_the_site_publishes_is_found(void **state)
{
	(void)state;
	static const struct {
		const char *html[3], *want;
	} rows[] = {
		{ { "<p>no address here, only @handle and a@ and @b.example" }, "" },
		{ { "<p>Write to info@pills.example." }, "info@pills.example" },
		{ { "<p>お問い合わせはinfo@pills.exampleまで" }, "info@pills.example" },
		{ { "<p>(info@pills.example), 'sales@pills.example'" }, "info@pills.example sales@pills.example" },
		{ { "<a href='mailto:info@pills.example?subject=a&cc=x@y.example'>mail</a>" },
		  "info@pills.example" },
		{ { "<a href='MAILTO:a%6Edo@pills.example,info@pills.example'>mail</a>" },
		  "info@pills.example ando@pills.example" },
		{ { "<a href='mailto:x@pills.example%0D%0ABcc:y@z.example'>mail</a>" }, "" },
		{ { "<a href='mailto:%22x%22@pills.example'>mail</a>" }, "" },
		{ { "<p>Info@Pills.Example info@pills.example" }, "Info@pills.example" },
		{ { "<p>help@mail.pills.example" }, "help@mail.pills.example" },
		/* at most three; functions before people, linked before written, more pages before fewer */
		{ { "<p>zoe@pills.example ann@pills.example support@pills.example "
		    "<a href='mailto:bob@pills.example'>x</a>",
		    "<p>zoe@pills.example" },
		  "support@pills.example bob@pills.example zoe@pills.example" },
		/* not seen, not published */
		{ { "<p style='display:none'>info@pills.example</p><!-- a@pills.example -->"
		    "<script>b@pills.example</script>" },
		  "" },
		{ { "<p>info (at) pills.example" }, "" },
		{ { "<p>https://info@pills.example/" }, "" },
		{ { "<p>x@y@pills.example" }, "" },
	};
	struct recipient_site site = { .name = SLICE("pills.example") };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		find(&site, rows[i].html, &out);
		CHECK_SLICE(i, rows[i].html[0], slice_str(buf_str(&out)), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void somebody_elses_address_is_not_taken_for_the_sites(void **state)
{
	(void)state;
	static const struct {
		const char *html[3], *want;
	} rows[] = {
		/* own ones exclude all others */
		{ { FOOTER("info@pills.example shop@mail.example") }, "info@pills.example" },
		/* without one: linked, in the footer, on two pages; not one that is merely mentioned */
		{ { FOOTER("shop@mail.example") }, "shop@mail.example" },
		{ { "<a href='mailto:shop@mail.example'>x</a>" }, "shop@mail.example" },
		{ { "<p>shop@mail.example", "<p>shop@mail.example" }, "shop@mail.example" },
		{ { "<p>A customer, ann@mail.example, wrote to us" }, "" },
		/* bodies, platforms and who was named as never */
		{ { FOOTER("fraud@police.go.jp a@fda.gov b@x.gov.uk c@who.int d@uni.ac.uk e@army.mil") }, "" },
		{ { FOOTER("report@regulator.example x@sub.regulator.example") }, "" },
		{ { FOOTER("go@go.example") }, "go@go.example" },
		{ { FOOTER("x@notpills.example") }, "x@notpills.example" },
	};
	struct recipient_site site = { .name = SLICE("pills.example"), .never = regulators, .never_n = 1 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = { 0 };
		find(&site, rows[i].html, &out);
		CHECK_SLICE(i, rows[i].html[0], slice_str(buf_str(&out)), slice_str(rows[i].want));
		buf_release(&out);
	}
	check_done();
}

static void a_tenants_landlord_is_not_its_operator(void **state)
{
	(void)state;
	struct recipient_site site = { .name = SLICE("pills.shops.example"), .platform = SLICE("shops.example") };
	const char *const html[3] = { FOOTER("abuse@shops.example <a href='mailto:me@other.example'>x</a>") };
	struct buf out = { 0 };

	find(&site, html, &out);
	assert_string_equal(buf_str(&out), "me@other.example");
	buf_release(&out);
}

static void on_a_misused_site_only_its_own_are_taken(void **state)
{
	(void)state;
	struct recipient_site site = { .name = SLICE("charity.example"), .own_only = true };
	const char *const html[3] = {
		FOOTER("<a href='mailto:pills@mail.example'>x</a> office@charity.example")
	};
	struct buf out = { 0 };

	find(&site, html, &out);
	assert_string_equal(buf_str(&out), "office@charity.example");
	buf_release(&out);
}

static void an_idn_host_is_written_with_a_labels(void **state)
{
	(void)state;
	struct recipient_site site = { .name = SLICE("xn--mnchen-3ya.example") };
	const char *const html[3] = { "<p>Post: info@münchen.example, sonst nichts<p>薬はinfo@münchen.exampleへ" };
	const char *const wide[3] = { "<p>連絡先kontakt@münchen.exampleまで" };
	struct buf out = { 0 };

	find(&site, html, &out);
	assert_string_equal(buf_str(&out), "info@xn--mnchen-3ya.example");
	buf_clear(&out);
	find(&site, wide, &out);
	assert_string_equal(buf_str(&out), "kontakt@xn--mnchen-3ya.example");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_site_publishes_is_found),
		cmocka_unit_test(somebody_elses_address_is_not_taken_for_the_sites),
		cmocka_unit_test(a_tenants_landlord_is_not_its_operator),
		cmocka_unit_test(on_a_misused_site_only_its_own_are_taken),
		cmocka_unit_test(an_idn_host_is_written_with_a_labels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
