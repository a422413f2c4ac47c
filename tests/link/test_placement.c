#include "check.h"

#include "link/placement.h"

#include <stdlib.h>

enum { VALUES = 96, DOMAINS = 80, EDGES = 2048 };

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((*seed >> 33) % below);
}

/* Edges of all domains, ascending; the epoch knows those below .base, and the values that they have. */
struct made {
	struct link_edge edge[EDGES];
	size_t edge_n;
	uint8_t kind[VALUES];
	uint32_t sharers[VALUES];
	uint32_t base, value_n; /* values that the epoch knows */
};

static void make(struct made *m, uint64_t *seed)
{
	*m = (struct made){ .base = 20 + draw(seed, 40), .value_n = 60 };
	for (int v = 0; v < VALUES; v++) {
		m->kind[v] = (uint8_t)draw(seed, SIGNAL_KINDS);
		/* What the epoch does not know it has not counted. */
		m->sharers[v] = v < 60 ? draw(seed, 3) ? draw(seed, 40) : draw(seed, 20000) : 0;
	}
	for (uint32_t d = 0; d < DOMAINS; d++) {
		uint32_t n = draw(seed, 7);
		while (n--) {
			uint32_t values = d < m->base ? 60 : VALUES;
			uint32_t v = draw(seed, 4) ? draw(seed, 16) : draw(seed, values);
			if (d >= m->base && draw(seed, 3) == 0)
				v = 60 + draw(seed, 12);
			m->edge[m->edge_n++] = (struct link_edge){ d, v };
		}
	}
}

static void build(const struct made *m, uint32_t domains, uint32_t values, bool open,
                  struct population *p)
{
	struct population_input in = { .edge = m->edge, .domain_n = domains, .value_n = values,
		                       .kind = m->kind, .sharers = m->sharers,
		                       .population = 1000000, .open = open };
	struct err err;
	while (in.edge_n < m->edge_n && m->edge[in.edge_n].domain < domains)
		in.edge_n++;
	assert_int_equal(population_build(&in, p, &err), 0);
}

/* After each domain that comes, the networks are those of a full run with the epoch's counts. */
static void within_an_epoch_placing_equals_the_full_run(void **state)
{
	(void)state;
	uint64_t seed = 20261129;
	size_t joined = 0, apart = 0, cut = 0;
	for (int round = 0; round < 60; round++) {
		struct made m;
		struct population p;
		struct networks n;
		struct placement *pl;
		struct err err;
		make(&m, &seed);
		build(&m, m.base, m.value_n, true, &p);
		assert_int_equal(networks_find(&p, &n, &err), 0);
		assert_int_equal(placement_new(&p, &n, &pl, &err), 0);
		for (uint32_t d = m.base; d < DOMAINS; d++) {
			struct placed_value values[16];
			struct placed placed;
			size_t k = 0;
			for (size_t i = 0; i < m.edge_n; i++)
				if (m.edge[i].domain == d)
					values[k++] = (struct placed_value){
						m.edge[i].value, m.kind[m.edge[i].value] };
			assert_int_equal(placement_add(pl, values, k, &placed, &err), 0);
			assert_int_equal(placed.domain, d);
			joined += placed.joined > 1;
			apart += placed.joined == 0;
			struct population all;
			struct networks want;
			build(&m, d + 1, VALUES, false, &all);
			assert_int_equal(networks_find(&all, &want, &err), 0);
			const struct networks *have = placement_networks(pl);
			assert_int_equal(have->domain_n, d + 1);
			for (uint32_t i = 0; i <= d; i++) {
				assert_int_equal(have->component[i], want.component[i]);
				assert_int_equal(have->network[i], want.network[i]);
			}
			cut += want.bridges;
			networks_release(&want);
			population_release(&all);
		}
		placement_free(pl);
	}
	assert_true(joined > 100 && apart > 100 && cut > 10);
}

static void a_population_that_is_not_open_is_refused(void **state)
{
	(void)state;
	uint64_t seed = 1;
	struct made m;
	struct population p;
	struct networks n;
	struct placement *pl;
	struct err err;
	make(&m, &seed);
	build(&m, m.base, m.value_n, false, &p);
	assert_int_equal(networks_find(&p, &n, &err), 0);
	assert_int_equal(placement_new(&p, &n, &pl, &err), ERR_USAGE);
	assert_null(p.from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(within_an_epoch_placing_equals_the_full_run),
		cmocka_unit_test(a_population_that_is_not_open_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
