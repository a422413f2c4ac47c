/* Which packs judge, how many names a day may add, and who may list a popular name. */
#include "check.h"

#include "decide/guard.h"

static struct sha256 digest(char c)
{
	struct sha256 d = { { (uint8_t)c } };

	return d;
}

/* A history as text: "+a" somebody switched digest a on, "*a" it is on for its signature, "-a" off. */
static enum guard_pack_state after(const char *history, char now, bool published)
{
	struct guard_pack_entry entry[8];
	size_t n = 0;

	for (; history[0]; history += 2, n++)
		entry[n] = (struct guard_pack_entry){ SLICE("jp"), digest(history[1]),
			                              history[0] != '-', history[0] == '*' };
	entry[n++] = (struct guard_pack_entry){ SLICE("us"), digest('u'), false, false };
	return guard_pack(entry, n, SLICE("jp"), digest(now), published);
}

static void a_pack_is_on_by_signature_or_by_entry(void **state)
{
	static const struct {
		const char *history;
		char now;
		bool published;
		enum guard_pack_state want;
	} rows[] = {
		{ "", 'a', true, GUARD_PACK_TRUSTED },
		{ "", 'a', false, GUARD_PACK_NEVER },
		{ "*a", 'a', true, GUARD_PACK_ON },
		{ "*a", 'b', true, GUARD_PACK_TRUSTED },   /* a new release of a publisher */
		{ "*a", 'a', false, GUARD_PACK_NEVER },    /* its publisher is trusted no more */
		{ "*a", 'b', false, GUARD_PACK_NEVER },
		{ "+a", 'a', false, GUARD_PACK_ON },
		{ "+a", 'b', false, GUARD_PACK_ALTERED },
		{ "+a+b", 'a', false, GUARD_PACK_ON },     /* back to bytes that were read */
		{ "+a-a", 'a', false, GUARD_PACK_OFF },
		{ "+a-b", 'a', false, GUARD_PACK_OFF },    /* off is for every version */
		{ "*a-a", 'b', true, GUARD_PACK_OFF },     /* ... of a publisher too */
		{ "+a-a+b", 'a', false, GUARD_PACK_ALTERED },
		{ "*a-a+a", 'a', true, GUARD_PACK_ON },
		{ "*a-a+a", 'b', true, GUARD_PACK_TRUSTED },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum guard_pack_state got = after(rows[i].history, rows[i].now, rows[i].published);
		CHECK_INT(i, rows[i].history, got, rows[i].want);
		CHECK_INT(i, rows[i].history, guard_pack_why(got)[0] == '\0', got <= GUARD_PACK_TRUSTED);
	}
	check_done();
}

static void a_day_may_add_a_share_or_the_floor(void **state)
{
	static const struct {
		int64_t listed, ppm, floor, want;
	} rows[] = {
		{ 0, 50000, 50, 50 },       { 1000, 50000, 50, 50 },     { 1020, 50000, 50, 51 },
		{ 1000000, 50000, 50, 50000 }, { 10, 0, 0, 0 },          { 7, 1000000, 0, 7 },
		{ INT64_MAX, 1000000, 0, INT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, "", guard_mass_limit(rows[i].listed, rows[i].ppm, rows[i].floor),
		          rows[i].want);
	check_done();
}

static void what_waits_for_a_second_person(void **state)
{
	static const struct {
		const char *what;
		struct guard_listing in;
		int want;
		const char *why;
	} rows[] = {
#define LISTED .listed = 1000, .change_ppm = 50000, .floor = 50
		{ "an ordinary name", { .reviewers = 1, .adding = 1, LISTED }, GUARD_PASS, "" },
		{ "by machine", { .automatic = true, .adding = 1, LISTED }, GUARD_PASS, "" },
		{ "a popular name by machine",
		  { .automatic = true, .adding = 1, .is_popular = true, .popular_reason = true, LISTED },
		  ERR_REFUSED, "x.example is a popular name: no machine lists it" },
		{ "a popular name, no reason",
		  { .reviewers = 2, .adding = 1, .is_popular = true, LISTED },
		  ERR_REFUSED,
		  "x.example is a popular name: say with --popular why it is listed all the same; it "
		  "takes two reviewers" },
		{ "a popular name, one reviewer",
		  { .reviewers = 1, .adding = 1, .is_popular = true, .popular_reason = true, LISTED },
		  GUARD_PROPOSE, "" },
		{ "a popular name, two reviewers",
		  { .reviewers = 2, .adding = 1, .is_popular = true, .popular_reason = true, LISTED },
		  GUARD_PASS, "" },
		{ "a popular name that is listed, made harsher, by one",
		  { .reviewers = 1, .is_popular = true, .popular_reason = true, LISTED },
		  GUARD_PROPOSE, "" },
		{ "the last of a day", { .reviewers = 1, .adding = 1, .added = 49, LISTED }, GUARD_PASS,
		  "" },
		{ "one too many", { .reviewers = 2, .adding = 1, .added = 50, LISTED }, ERR_REFUSED,
		  "a day lists at most 50 names, and this would make 51: say with --mass why so many; "
		  "it takes two reviewers" },
		{ "a batch", { .reviewers = 1, .adding = 51, .mass_reason = true, LISTED },
		  GUARD_PROPOSE, "" },
		{ "a batch of two people", { .reviewers = 2, .adding = 51, .mass_reason = true, LISTED },
		  GUARD_PASS, "" },
		{ "one too many by machine",
		  { .automatic = true, .adding = 1, .added = 50, .mass_reason = true, LISTED },
		  ERR_REFUSED, "a day lists at most 50 names without a person, and 50 were listed" },
		{ "no new name on a full day", { .reviewers = 1, .added = 90, LISTED }, GUARD_PASS, "" },
#undef LISTED
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct guard_listing in = rows[i].in;
		struct err err = { .what = "" };
		in.name = SLICE("x.example");
		CHECK_INT(i, rows[i].what, guard_listing_judge(&in, &err), rows[i].want);
		CHECK_SLICE(i, rows[i].what, slice_str(err.what), slice_str(rows[i].why));
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pack_is_on_by_signature_or_by_entry),
		cmocka_unit_test(a_day_may_add_a_share_or_the_floor),
		cmocka_unit_test(what_waits_for_a_second_person),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
