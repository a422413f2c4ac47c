/* Messages of the browser: whole, in pieces, too long, and none. */
#include "check.h"

#include "wire/cdp.h"
#include "wire/json.h"

static void messages_are_read_one_by_one(void **state)
{
	(void)state;
	static const char in[] = "{\"id\":7,\"result\":{\"a\":1.5},\"sessionId\":\"S\"}\0"
				 "{\"method\":\"Page.x\",\"params\":{\"b\":\"c\"}}\0"
				 "{\"id\":8,\"error\":{\"message\":\"no\"}}\0"
				 "nonsense\0"
				 "{\"id\":9";
	/* Also octet by octet. */
	for (size_t step = 1; step < sizeof(in); step += sizeof(in) - 2) {
		struct cdp_reader r = { .limit = 1000 };
		struct cdp_message m;
		char seen[200] = "";
		size_t n = 0;
		struct slice all = slice_from(in, sizeof(in) - 1);
		while (all.n) {
			assert_int_equal(cdp_feed(&r, slice_sub(all, 0, step), NULL), 0);
			all = slice_sub(all, step, all.n);
			for (int rc; (rc = cdp_next(&r, &m, NULL)) != 0;) {
				n += (size_t)snprintf(seen + n, sizeof(seen) - n, "%d", rc);
				if (rc != 1)
					continue;
				struct slice b = json_str(m.params, "b");
				n += (size_t)snprintf(seen + n, sizeof(seen) - n,
				                      "(%d %.*s %.*s %.*s %.*s %d)", (int)m.id,
				                      SLICE_ARG(m.session), SLICE_ARG(m.method),
				                      SLICE_ARG(b), SLICE_ARG(m.error),
				                      m.result != NULL);
				cdp_message_release(&m);
			}
		}
		assert_string_equal(seen, "1(7 S    1)1(0  Page.x c  0)1(8    no 0)-1");
		cdp_reader_release(&r);
	}
}

static void a_message_over_the_limit_is_left_out_and_takes_no_memory(void **state)
{
	(void)state;
	struct cdp_reader r = { .limit = 100 };
	struct cdp_message m;
	char much[1000];

	memset(much, ' ', sizeof(much));
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(cdp_feed(&r, slice_from(much, sizeof(much)), NULL), 0);
		assert_int_equal(cdp_next(&r, &m, NULL), 0);
	}
	assert_true(r.buf.cap < 10000);
	assert_int_equal(cdp_feed(&r, slice_from("}\0{\"id\":3}\0", 11), NULL), 0);
	assert_int_equal(cdp_next(&r, &m, NULL), ERR_LIMIT);
	assert_int_equal(cdp_next(&r, &m, NULL), 1);
	assert_int_equal(m.id, 3);
	cdp_message_release(&m);
	cdp_reader_release(&r);
}

static void a_command_ends_with_a_nul(void **state)
{
	(void)state;
	struct buf out = { 0 };
	json_t *params = json_object();

	json_put_str(params, "url", SLICE("http://a.example/"));
	assert_int_equal(cdp_put(1, SLICE("S"), "Page.navigate", params, &out, NULL), 0);
	assert_int_equal(cdp_put(2, SLICE(""), "Browser.close", NULL, &out, NULL), 0);
	static const char want[] = "{\"id\":1,\"method\":\"Page.navigate\",\"params\":{\"url\":"
				   "\"http://a.example/\"},\"sessionId\":\"S\"}\0"
				   "{\"id\":2,\"method\":\"Browser.close\"}";
	assert_true(slice_eq(buf_slice(&out), slice_from(want, sizeof(want))));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_read_one_by_one),
		cmocka_unit_test(a_message_over_the_limit_is_left_out_and_takes_no_memory),
		cmocka_unit_test(a_command_ends_with_a_nul),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
