#include "check.h"

#include "link/network.h"

#include <stdlib.h>

/* A population of few values, as if a million domains had been counted and each value found with as
 * many as .sharers says. */
enum { VALUES = 64, DOMAINS = 64, EDGES = 1024 };

struct small {
	struct link_edge edge[EDGES];
	size_t edge_n;
	uint8_t kind[VALUES], weightless[VALUES], apart[DOMAINS];
	uint32_t sharers[VALUES];
	uint32_t domain_n, value_n;
};

static uint32_t add(struct small *s, enum signal_kind kind, uint32_t sharers)
{
	s->kind[s->value_n] = (uint8_t)kind;
	s->sharers[s->value_n] = sharers;
	return s->value_n++;
}

static void has(struct small *s, uint32_t domain, uint32_t value)
{
	s->edge[s->edge_n++] = (struct link_edge){ domain, value };
	if (domain >= s->domain_n)
		s->domain_n = domain + 1;
}

static void build(const struct small *s, struct population *p)
{
	struct population_input in = { .edge = s->edge,
		                       .edge_n = s->edge_n,
		                       .domain_n = s->domain_n,
		                       .value_n = s->value_n,
		                       .kind = s->kind,
		                       .weightless = s->weightless,
		                       .apart = s->apart,
		                       .sharers = s->sharers,
		                       .population = 1000000 };
	struct err err;
	assert_int_equal(population_build(&in, p, &err), 0);
}

static void find(const struct small *s, struct networks *out)
{
	struct population p;
	struct err err;
	build(s, &p);
	assert_int_equal(networks_find(&p, out, &err), 0);
	population_release(&p);
}

static bool together(const struct small *s, uint32_t a, uint32_t b)
{
	struct networks n;
	find(s, &n);
	bool same = n.network[a] == n.network[b];
	networks_release(&n);
	return same;
}

static void two_independent_values_link(void **state)
{
	(void)state;
	static const struct {
		enum signal_kind a, b;
		uint32_t sharers_a, sharers_b;
		bool want;
	} rows[] = {
		{ SIGNAL_PAYMENT, SIGNAL_TELEPHONE, 10, 10, true },
		{ SIGNAL_NAME_SERVER, SIGNAL_ANALYTICS, 30, 30, true },
		{ SIGNAL_REGISTRANT, SIGNAL_CERTIFICATE, 5, 5, true },
		/* both can be copied from a page */
		{ SIGNAL_TEXT, SIGNAL_ANALYTICS, 2, 2, false },
		{ SIGNAL_TELEPHONE, SIGNAL_PRICES, 2, 2, false },
		/* of one group: the address and the name server of one host */
		{ SIGNAL_ADDRESS, SIGNAL_NAME_SERVER, 2, 2, false },
		/* the customers of a small host, or of an agency */
		{ SIGNAL_NAME_SERVER, SIGNAL_TEMPLATE, 20, 20, false },
		{ SIGNAL_ADDRESS, SIGNAL_FAVICON, 20, 20, false },
		/* everybody's: a network of a host, a service for privacy */
		{ SIGNAL_ADDRESS, SIGNAL_TELEPHONE, 90000, 10, false },
		{ SIGNAL_REGISTRANT, SIGNAL_TELEPHONE, 400000, 10, false },
		{ SIGNAL_PREFIX, SIGNAL_ANALYTICS, 2, 2, false },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct small s = { 0 };
		uint32_t a = add(&s, rows[i].a, rows[i].sharers_a);
		uint32_t b = add(&s, rows[i].b, rows[i].sharers_b);
		for (uint32_t d = 0; d < 2; d++) {
			has(&s, d, a);
			has(&s, d, b);
		}
		if (together(&s, 0, 1) != rows[i].want)
			fail_msg("%s and %s", signals[rows[i].a].name, signals[rows[i].b].name);
		/* One of them alone never does. */
		s.weightless[b] = 1;
		assert_false(together(&s, 0, 1));
		s.weightless[b] = 0;
		s.weightless[a] = 1;
		assert_false(together(&s, 0, 1));
	}
}

static void a_verified_operator_links_to_nobody(void **state)
{
	(void)state;
	struct small s = { 0 };
	uint32_t a = add(&s, SIGNAL_PAYMENT, 3), b = add(&s, SIGNAL_TELEPHONE, 3);
	for (uint32_t d = 0; d < 3; d++) {
		has(&s, d, a);
		has(&s, d, b);
	}
	s.apart[0] = 1;
	assert_false(together(&s, 0, 1));
	assert_true(together(&s, 1, 2));
}

static void money_that_goes_elsewhere_asks_for_more(void **state)
{
	(void)state;
	for (int much = 0; much < 2; much++) {
		struct small s = { 0 };
		uint32_t server = add(&s, SIGNAL_NAME_SERVER, 20);
		/* 950 to 1050 and 1000 just reach LINK_LEAST; 1600 reach it with the penalty. */
		uint32_t tag = add(&s, SIGNAL_ANALYTICS, much ? 10 : 900);
		uint32_t here = add(&s, SIGNAL_PAYMENT, 50), there = add(&s, SIGNAL_PAYMENT, 50);
		for (uint32_t d = 0; d < 4; d++) {
			has(&s, d, server);
			has(&s, d, tag);
		}
		has(&s, 0, here);
		has(&s, 1, there);
		has(&s, 2, there);
		/* A value that one domain has is none: the accounts are seen elsewhere too. */
		has(&s, 4, here);
		has(&s, 5, there);
		struct population p;
		struct link link;
		build(&s, &p);
		link_of(&p, 0, 1, &link);
		assert_true(link.money_differs);
		assert_int_equal(link.is_link, much);
		link_of(&p, 1, 2, &link);
		assert_true(link.is_link);
		link_of(&p, 0, 3, &link);
		assert_true(link.is_link);
		population_release(&p);
	}
}

/* Two operators of five shops each, and one name that both have had. */
static void one_name_does_not_make_two_operators_one(void **state)
{
	(void)state;
	struct small s = { 0 };
	uint32_t first[2], second[2];
	for (int k = 0; k < 2; k++) {
		first[k] = add(&s, SIGNAL_PAYMENT, k ? 60 : 6);
		second[k] = add(&s, SIGNAL_TELEPHONE, 6);
	}
	for (uint32_t d = 0; d < 10; d++) {
		has(&s, d, first[d / 5]);
		has(&s, d, second[d / 5]);
	}
	has(&s, 10, first[0]);
	has(&s, 10, second[0]);
	has(&s, 10, first[1]);
	has(&s, 10, second[1]);
	struct networks n;
	find(&s, &n);
	assert_int_equal(n.component[9], 0);
	assert_int_equal(n.bridges, 1);
	for (uint32_t d = 0; d < 10; d++)
		assert_int_equal(n.network[d], d < 5 ? 0 : 5);
	assert_int_equal(n.network[10], 0); /* what it shares with the first is rarer */
	networks_release(&n);
	/* Two names that both have had are no accident. */
	has(&s, 11, first[0]);
	has(&s, 11, second[0]);
	has(&s, 11, first[1]);
	has(&s, 11, second[1]);
	find(&s, &n);
	for (uint32_t d = 0; d < 12; d++)
		assert_int_equal(n.network[d], 0);
	networks_release(&n);
}

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((*seed >> 33) % below);
}

/* Components against every pair of domains looked at; and the order of the edges is nothing. */
static void components_are_those_of_all_pairs(void **state)
{
	(void)state;
	uint64_t seed = 20261128;
	size_t links = 0;
	for (int round = 0; round < 400; round++) {
		struct small s = { .domain_n = DOMAINS };
		for (int v = 0; v < VALUES; v++)
			add(&s, (enum signal_kind)draw(&seed, SIGNAL_KINDS),
			    2 + (draw(&seed, 3) ? draw(&seed, 40) : draw(&seed, 20000)));
		while (s.edge_n < 260)
			has(&s, draw(&seed, DOMAINS),
			    draw(&seed, 8) ? draw(&seed, 20) : draw(&seed, VALUES));
		struct population p;
		struct networks n, again;
		struct err err;
		build(&s, &p);
		assert_int_equal(networks_find(&p, &n, &err), 0);
		uint32_t label[DOMAINS];
		for (uint32_t d = 0; d < DOMAINS; d++)
			label[d] = d;
		for (uint32_t a = 0; a < DOMAINS; a++) {
			for (uint32_t b = a + 1; b < DOMAINS; b++) {
				struct link link;
				link_of(&p, a, b, &link);
				if (!link.is_link)
					continue;
				links++;
				uint32_t from = label[a] < label[b] ? label[b] : label[a];
				uint32_t to = label[a] < label[b] ? label[a] : label[b];
				for (uint32_t d = 0; d < DOMAINS; d++)
					label[d] = label[d] == from ? to : label[d];
			}
		}
		for (uint32_t d = 0; d < DOMAINS; d++) {
			assert_int_equal(n.component[d], label[d]);
			assert_int_equal(n.component[n.network[d]], label[d]);
		}
		population_release(&p);
		for (size_t i = s.edge_n; i > 1; i--) {
			size_t k = draw(&seed, (uint32_t)i);
			struct link_edge e = s.edge[k];
			s.edge[k] = s.edge[i - 1];
			s.edge[i - 1] = e;
		}
		find(&s, &again);
		assert_memory_equal(n.network, again.network, sizeof(*n.network) * DOMAINS);
		networks_release(&again);
		networks_release(&n);
	}
	assert_true(links > 4000);
}

static void an_edge_out_of_range_is_refused(void **state)
{
	(void)state;
	struct link_edge edge[] = { { 0, 0 }, { 1, 7 } };
	uint8_t kind[] = { SIGNAL_PAYMENT };
	struct population_input in = {
		.edge = edge, .edge_n = 2, .domain_n = 2, .value_n = 1, .kind = kind
	};
	struct population p;
	struct err err;
	assert_int_equal(population_build(&in, &p, &err), ERR_USAGE);
	assert_int_equal(err.at, 1);
	in.edge_n = 1;
	kind[0] = SIGNAL_KINDS;
	assert_int_equal(population_build(&in, &p, &err), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_independent_values_link),
		cmocka_unit_test(a_verified_operator_links_to_nobody),
		cmocka_unit_test(money_that_goes_elsewhere_asks_for_more),
		cmocka_unit_test(one_name_does_not_make_two_operators_one),
		cmocka_unit_test(components_are_those_of_all_pairs),
		cmocka_unit_test(an_edge_out_of_range_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
