#include "check.h"

#include "small_world.h"

#include "collect/difference.h"
#include "wire/json.h"

#define PAGE(body) "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" body

static struct tables tables;
static const struct vantage vantage[] = {
	{ .name = { "jp", 2 }, .country = { "JP", 2 } },
	{ .name = { "us", 2 }, .country = { "US", 2 } },
	{ .name = { "gb", 2 }, .country = { "GB", 2 } },
};
static const struct subject shop = { SUBJECT_REGISTRABLE, { "shop.example", 12 } };

static int set_up(void **state)
{
	(void)state;
	tables = tables_load();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tables_release(&tables);
	return 0;
}

/* Three vantages look; what differs comes back. */
static json_t *differences(const struct small_page *page, size_t n)
{
	struct small_world w = { .page = page, .n = n, .tables = &tables };
	struct small_world out = { .seen = json_array() };
	struct err err = { 0 };

	for (size_t i = 0; i < ROWS(vantage); i++)
		if (small_visit(&w, shop, &vantage[i], 0, 0, false, &err))
			fail_msg("%s", err.what);
	if (difference_observe(w.seen, vantage, ROWS(vantage), small_observe, &out, &err))
		fail_msg("%s", err.what);
	small_release(&w);
	buf_release(&out.log);
	return out.seen;
}

static void check_difference(int row, const json_t *list, const char *key, const char *want)
{
	const json_t *d = json_object_get(json_array_get(list, (size_t)row), "difference");
	char *got = json_dumps(json_object_get(d, key), JSON_COMPACT | JSON_ENCODE_ANY);

	CHECK_SLICE(row, key, slice_str(got), slice_str(want));
	free(got);
}

static void a_cloak_shows_as_facts(void **state)
{
	(void)state;
	static const struct small_page pages[] = {
		{ .url = "https://shop.example/",
		  .vantage = "jp",
		  .response = PAGE(
			  "<title>Kusuri</title><p>Viagra, Cialis. Cheap tablets, to your door") },
		{ .url = "https://shop.example/",
		  .vantage = "us",
		  .response = "HTTP/1.1 503 Busy\r\n\r\n<title>Soon</title><p>Under construction" },
		{ .url = "https://shop.example/", .vantage = "gb", .fault = FAULT_TIMEOUT },
		{ .url = "http://shop.example/", .vantage = "gb", .fault = FAULT_CONNECT },
	};
	json_t *list = differences(pages, ROWS(pages));
	CHECK_INT(0, "records", json_array_size(list), 3);
	CHECK_SLICE(0, "vantage", json_str(json_array_get(list, 0), "vantage"), SLICE("us"));
	CHECK_INT(0, "evidence", json_array_size(json_arr(json_array_get(list, 0), "evidence")), 2);
	check_difference(0, list, "against", "\"jp\"");
	check_difference(0, list, "status", "[200,503]");
	check_difference(0, list, "title", "[\"Kusuri\",\"Soon\"]");
	check_difference(0, list, "drugs_there", "[\"sildenafil\",\"tadalafil\"]");
	check_difference(0, list, "drugs_here", "");
	check_difference(0, list, "under_construction", "\"us\"");
	check_difference(0, list, "absence", "[\"\",\"http-503\"]");
	check_difference(1, list, "absence", "[\"\",\"connect\"]");
	check_difference(2, list, "differ", "[\"us\",\"gb\"]");
	check_difference(2, list, "same", "[]");
	check_done();
	json_decref(list);
}

static void a_redirect_of_one_vantage_is_told(void **state)
{
	(void)state;
	static const struct small_page pages[] = {
		{ .url = "https://shop.example/",
		  .vantage = "us",
		  .response = "HTTP/1.1 302 F\r\nLocation: https://flag.example/\r\n\r\n" },
		{ .url = "https://flag.example/", .response = PAGE("<p>Same words as ever here") },
		{ .url = "https://shop.example/", .response = PAGE("<p>Same words as ever here") },
	};
	json_t *list = differences(pages, ROWS(pages));
	check_difference(0, list, "target",
	                 "[\"https://shop.example/\",\"https://flag.example/\"]");
	check_difference(0, list, "likeness", "1000000");
	check_difference(1, list, "differ", "[\"us\"]");
	check_difference(1, list, "same", "[\"gb\"]");
	check_done();
	json_decref(list);
}

static void the_same_everywhere_is_one_record(void **state)
{
	(void)state;
	static const struct small_page page = { .url = "https://shop.example/",
		                                .response = PAGE("<p>Hello, all of you") };
	json_t *list = differences(&page, 1);
	CHECK_INT(0, "records", json_array_size(list), 1);
	check_difference(0, list, "same", "[\"us\",\"gb\"]");
	check_done();
	json_decref(list);
}

/* A vantage whose proxy failed saw nothing: that says nothing of the site. */
static void a_vantage_that_saw_nothing_is_left_out(void **state)
{
	(void)state;
	static const struct small_page pages[] = {
		{ .url = "https://shop.example/", .vantage = "jp", .fault = FAULT_PROXY },
		{ .url = "https://shop.example/", .response = PAGE("<p>Hello, all of you") },
	};
	json_t *list = differences(pages, ROWS(pages));
	CHECK_INT(0, "records", json_array_size(list), 1);
	check_difference(0, list, "against", "\"us\"");
	check_difference(0, list, "same", "[\"gb\"]");
	json_decref(list);

	struct err err;
	struct small_world out = { .seen = json_array() };
	CHECK_INT(0, "nothing", difference_observe(out.seen, vantage, 3, small_observe, &out, &err),
	          0);
	CHECK_INT(0, "nothing", json_array_size(out.seen), 0);
	small_release(&out);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cloak_shows_as_facts),
		cmocka_unit_test(a_redirect_of_one_vantage_is_told),
		cmocka_unit_test(the_same_everywhere_is_one_record),
		cmocka_unit_test(a_vantage_that_saw_nothing_is_left_out),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
