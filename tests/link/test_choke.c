#include "check.h"

#include "link/choke.h"
#include "link/path.h"

#include <stdlib.h>

static void who_takes_down_most_comes_first(void **state)
{
	(void)state;
	/* Five shops: four at one registrar; all take cards at one place, three of them at a second,
	 * too; a double. */
	struct choke_edge edge[] = {
		{ 0, CHOKE_REGISTRAR, SLICE("Alpha") }, { 1, CHOKE_REGISTRAR, SLICE("Alpha") },
		{ 2, CHOKE_REGISTRAR, SLICE("Alpha") }, { 3, CHOKE_REGISTRAR, SLICE("Alpha") },
		{ 4, CHOKE_REGISTRAR, SLICE("Beta") },  { 4, CHOKE_REGISTRAR, SLICE("Beta") },
		{ 0, CHOKE_PAYMENT, SLICE("cards") },   { 1, CHOKE_PAYMENT, SLICE("cards") },
		{ 2, CHOKE_PAYMENT, SLICE("cards") },   { 3, CHOKE_PAYMENT, SLICE("cards") },
		{ 4, CHOKE_PAYMENT, SLICE("cards") },   { 0, CHOKE_PAYMENT, SLICE("coins") },
		{ 1, CHOKE_PAYMENT, SLICE("coins") },   { 2, CHOKE_PAYMENT, SLICE("coins") },
	};
	const size_t n = sizeof(edge) / sizeof(*edge);
	struct choke out[sizeof(edge) / sizeof(*edge)];
	struct err err;
	static const struct {
		const char *name;
		uint32_t domains, alone, share;
	} want[] = {
		{ "Alpha", 4, 4, 800000 },
		{ "cards", 5, 2, 400000 },
		{ "Beta", 1, 1, 200000 },
		{ "coins", 3, 0, 0 },
	};
	assert_int_equal(choke_rank(edge, n, 5, out, &err), 4);
	for (int i = 0; i < 4; i++) {
		CHECK_SLICE(i, want[i].name, out[i].name, slice_str(want[i].name));
		assert_int_equal(out[i].domains, want[i].domains);
		assert_int_equal(out[i].alone, want[i].alone);
		assert_int_equal(out[i].share, want[i].share);
	}
	check_done();
	assert_int_equal(choke_rank(edge, 0, 0, out, &err), 0);
}

/* 0 and 1 share a payment account and a telephone number, 1 and 2 a registrant and a certificate; 3
 * has a copy of everything that can be copied. */
static void steps_lead_from_the_root(void **state)
{
	(void)state;
	static const struct link_edge edge[] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 }, { 1, 2 },
		                                 { 1, 3 }, { 2, 2 }, { 2, 3 }, { 3, 1 }, { 3, 4 },
		                                 { 0, 4 } };
	static const uint8_t kind[] = { SIGNAL_PAYMENT, SIGNAL_TELEPHONE, SIGNAL_REGISTRANT,
		                        SIGNAL_CERTIFICATE, SIGNAL_TEXT };
	struct population_input in = { .edge = edge, .edge_n = sizeof(edge) / sizeof(*edge),
		                       .domain_n = 4, .value_n = 5, .kind = kind,
		                       .population = 1000000 };
	struct population p;
	struct err err;
	uint32_t via[4], order[4];
	assert_int_equal(population_build(&in, &p, &err), 0);
	for (int d = 0; d < 4; d++)
		via[d] = NETWORK_NONE;
	assert_int_equal(link_reach(&p, 2, NULL, via, order), 3);
	assert_int_equal(via[2], 2);
	assert_int_equal(via[1], 2);
	assert_int_equal(via[0], 1);
	assert_int_equal(via[3], NETWORK_NONE);
	assert_int_equal(order[0], 2);
	assert_int_equal(order[1], 1);
	assert_int_equal(order[2], 0);
	/* Inside one network alone. */
	static const uint32_t within[] = { 9, 1, 1, 9 };
	for (int d = 0; d < 4; d++)
		via[d] = NETWORK_NONE;
	assert_int_equal(link_reach(&p, 2, within, via, order), 2);
	population_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_takes_down_most_comes_first),
		cmocka_unit_test(steps_lead_from_the_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
