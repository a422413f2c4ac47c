#include "check.h"

#include "base/buf.h"
#include "wire/namelist.h"

#include <stdlib.h>

/* "form: name name ", or the message of the error. */
static void read_line(struct namelist *list, struct slice line, struct buf *got)
{
	struct arena arena = { 0 };
	struct namelist_line out;
	struct err err = { 0 };

	buf_clear(got);
	if (namelist_read(list, line, &arena, &out, &err) < 0) {
		buf_puts(got, err.what);
	} else {
		buf_printf(got, "%s:", namelist_form_name(out.form));
		for (size_t i = 0; i < out.n; i++)
			buf_printf(got, " %.*s", SLICE_ARG(out.names[i]));
	}
	arena_release(&arena);
}

static void a_line_by_itself_shows_its_form(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		const char *want;
	} rows[] = {
		{ "pills.example", "plain: pills.example" },
		{ "  Pills.Example. \r", "plain: Pills.Example" },
		{ "\xef\xbb\xbfpills.example", "plain: pills.example" },
		{ "pills.example # seen in mail", "plain: pills.example" },
		{ "\xe8\x96\xac.example", "plain: \xe8\x96\xac.example" },
		{ "*.pills.example", "wildcard: pills.example" },
		{ ".pills.example", "wildcard: pills.example" },
		{ "https://u:p@pills.example:8/x?y", "url: pills.example" },
		{ "pills.example/buy.php?x=1", "url: pills.example" },
		{ "pills.example:8080", "url: pills.example" },
		{ "http://[2001:db8::1]/x", "ip: 2001:db8::1" },
		{ "192.0.2.1", "ip: 192.0.2.1" },
		{ "192.0.2.0/24", "ip: 192.0.2.0/24" },
		{ "192.0.2.1/shop", "ip: 192.0.2.1" },
		{ "", "none:" },
		{ "# comment", "none:" },
		{ "; comment", "none:" },
		{ "// comment", "none:" },
		{ "domain", "none:" },
		/* hosts(5) */
		{ "0.0.0.0 pills.example", "hosts: pills.example" },
		{ "127.0.0.1\tpills.example www.pills.example # x y",
		  "hosts: pills.example www.pills.example" },
		{ "::1 localhost ip6-localhost", "none:" },
		{ "0.0.0.0 0.0.0.0", "none:" },
		/* adblock */
		{ "[Adblock Plus 2.0]", "none:" },
		{ "! Title: x", "none:" },
		{ "||pills.example^", "adblock: pills.example" },
		{ "||pills.example^|", "adblock: pills.example" },
		{ "||pills.example^$third-party,script", "adblock: pills.example" },
		{ "||pills.example$all", "adblock: pills.example" },
		{ "||*.pills.example^", "adblock: pills.example" },
		{ "||192.0.2.1^", "ip: 192.0.2.1" },
		{ "||pills.example/ads/", "none:" },
		{ "||pills.example^path", "none:" },
		{ "||pill*.example^", "none:" },
		{ "||pills.example^$badfilter", "none:" },
		{ "@@||pills.example^", "none:" },
		{ "news.example##.banner", "none:" },
		{ "news.example#@#.banner", "none:" },
		{ "##.banner", "none:" },
		{ "/banner[0-9]+/", "none:" },
		{ "|https://pills.example/x", "url: pills.example" },
		{ "||^", "adblock: no host behind '||'" },
		/* response policy zones */
		{ "pills.example CNAME .", "rpz: pills.example" },
		{ "pills.example 300 IN CNAME *.", "rpz: pills.example" },
		{ "*.pills.example IN CNAME rpz-drop.", "rpz: pills.example" },
		{ "good.example CNAME rpz-passthru.", "none:" },
		{ "32.1.2.0.192.rpz-ip CNAME .", "none:" },
		{ "ns.example.rpz-nsdname CNAME .", "none:" },
		/* zone files */
		{ "pills.example. 3600 IN NS ns.host.example.", "zone: pills.example" },
		{ "pills.example. in 1h ns ns.host.example.", "zone: pills.example" },
		{ "pills.example NS ns.host.example.", "zone: pills.example" },
		{ "example. IN SOA ns.example. root.example. 1 2 3 4 5", "none:" },
		{ "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. NSEC3 1 1 12 aabb", "none:" },
		{ "$TTL 3600", "none:" },
		/* columns */
		{ "1,pills.example", "csv: pills.example" },
		{ "pills.example,2026-11-22,1.5", "csv: pills.example" },
		{ "\"a \"\"b\"\", c\",\"pills.example\"", "csv: pills.example" },
		{ "17;*.pills.example;x", "csv: pills.example" },
		{ "17\tpills.example", "csv: pills.example" },
		{ "17 pills.example", "csv: pills.example" },
		{ "2026,https://www.pills.example/x,3", "csv: www.pills.example" },
		{ "rank,domain", "none:" },
		{ "192.0.2.1,4,5", "list: no name in a line of several columns" },
		{ "no name stands here", "list: no name in a line of several words" },
		/* certificate logs */
		{ "{\"message_type\":\"certificate_update\",\"data\":{\"leaf_cert\":{\"all_domains\":"
		  "[\"*.pills.example\",\"pills.example\",\"www.pills.example\"]}}}",
		  "ct_log: pills.example www.pills.example" },
		{ "{\"message_type\":\"heartbeat\"}", "none:" },
		{ "{\"id\":1,\"name_value\":\"pills.example\\n*.shop.example\\na@shop.example\"}",
		  "ct_log: pills.example shop.example" },
		{ "[{\"name_value\":\"a.example\"},{\"name_value\":\"b.example\"}]",
		  "ct_log: a.example b.example" },
		{ "{\"colour\":\"red\"}",
		  "certificate log: neither certstream's nor crt.sh's fields" },
		{ "{\"data\":{\"leaf_cert\":{\"all_domains\":[1]}}}",
		  "certificate log: neither certstream's nor crt.sh's fields" },
		{ "{\"name_value\":",
		  "certificate log: no JSON: unexpected token near end of file" },
		/* what is no text */
		{ "pills\x01.example", "list: binary data (octet 0x01)" },
		{ "pills\xff.example", "list: not UTF-8" },
		{ "http:///x", "list: no host in 'http:///x'" },
	};
	struct buf got = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct namelist list = { 0 };
		read_line(&list, slice_str(rows[i].in), &got);
		CHECK_SLICE(i, rows[i].in, buf_slice(&got), slice_str(rows[i].want));
	}
	buf_release(&got);
	check_done();
}

static void lines_of_a_file_explain_one_another(void **state)
{
	(void)state;
	static const struct {
		const char *file; /* lines */
		const char *want; /* lines */
	} rows[] = {
		{ "name,note,domain\nx.example,y,a.example\nz.example,y,b.example\n",
		  "none:\ncsv: x.example\ncsv: z.example\n" },
		{ "rank,domain,also\n1,a.example,b.example\n2,c.example,d.example\n",
		  "none:\ncsv: a.example\ncsv: c.example\n" },
		/* the column was learnt; a line that has no name there is searched */
		{ "1,a.example\n2,b.example\nc.example,3\n",
		  "csv: a.example\ncsv: b.example\ncsv: c.example\n" },
		/* relative owners, an owner left out, a record over several lines, one owner twice */
		{ "$ORIGIN example.\n@ IN SOA ns root (\n 1 2 3\n 4 5 )\npills NS ns1\n      NS ns2\n"
		  "pills NS ns3\nshop ns ns1\n",
		  "none:\nnone:\nnone:\nnone:\nzone: pills.example\nnone:\nnone:\n"
		  "zone: shop.example\n" },
		{ "$ORIGIN rpz.test.\npills.example CNAME .\n*.pills.example CNAME .\n"
		  "b.example.rpz.test. CNAME .\n@ NS ns.test.\n",
		  "none:\nrpz: pills.example\nnone:\nrpz: b.example\nzone: rpz.test\n" },
		/* a bad line stops nothing */
		{ "a.example\n\xff\nb.example\n{\nc.example\n",
		  "plain: a.example\nlist: not UTF-8\nplain: b.example\n"
		  "certificate log: no JSON: string or '}' expected near end of file\n"
		  "plain: c.example\n" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct namelist list = { 0 };
		struct buf got = { 0 }, all = { 0 };
		struct slice rest = slice_str(rows[i].file), line;
		while (slice_cut(&rest, '\n', &line)) {
			read_line(&list, line, &got);
			buf_put(&all, buf_slice(&got));
			buf_putc(&all, '\n');
		}
		CHECK_SLICE(i, rows[i].file, buf_slice(&all), slice_str(rows[i].want));
		buf_release(&got);
		buf_release(&all);
	}
	check_done();
}

static void a_hostile_line_is_an_error_and_no_more(void **state)
{
	(void)state;
	struct namelist list = { 0 };
	struct buf line = { 0 }, got = { 0 };

	read_line(&list, SLICE("a\0b.example"), &got);
	assert_string_equal(buf_str(&got), "list: binary data (octet 0x00)");
	char *room = buf_reserve(&line, NAMELIST_LINE_MAX + 1);
	assert_non_null(room);
	memset(room, 'a', NAMELIST_LINE_MAX + 1);
	line.n = NAMELIST_LINE_MAX + 1;
	read_line(&list, buf_slice(&line), &got);
	assert_string_equal(buf_str(&got), "list: line of over 1048576 bytes");
	line.n = NAMELIST_LINE_MAX;
	read_line(&list, buf_slice(&line),
	          &got); /* one word of a megabyte: dname_parse refuses it */
	assert_int_equal(got.n, strlen("plain: ") + NAMELIST_LINE_MAX);
	memset(line.p, '[', line.n);
	line.p[1] = '{';
	read_line(&list, buf_slice(&line), &got);
	assert_true(slice_starts(buf_slice(&got), SLICE("certificate log: no JSON")));
	for (size_t i = 0; i < line.n; i++)
		line.p[i] = i % 2 ? 'a' : ' ';
	memcpy(line.p, "0.0.0.0 ", 8);
	read_line(&list, buf_slice(&line), &got);
	assert_true(slice_starts(buf_slice(&got), SLICE("hosts: 5242")));
	buf_release(&line);
	buf_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_by_itself_shows_its_form),
		cmocka_unit_test(lines_of_a_file_explain_one_another),
		cmocka_unit_test(a_hostile_line_is_an_error_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
