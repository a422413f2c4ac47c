/* What do networks cost, and are they right?
 *
 *   usage  bench_link [DOMAINS [RUNS]]    default 1,000,000 and 5
 *   data   made here with a fixed seed, 8 edges a domain: a third of the domains in planted networks
 *          of 2 to 5,000, each with its own accounts, name servers, ids, certificates and look, of
 *          which a member has some; all of them on hosts, networks, themes and privacy services that
 *          are shared with a heavy tail; agencies whose customers share host and look; sites that
 *          copied a network's page whole; names that moved from one network to another. Domains
 *          come in no order of their networks
 *
 * Prints in one run: the time of weighing and networks against a bare union-find over the same
 * edges (median of ratios), bytes an edge, and of domain pairs precision and recall against the
 * planted truth for ours and for bare components, with and without values of over 500 sharers. */
#include "link/placement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SEED = 20261128, RUNS_MAX = 31 };

static uint64_t seed = SEED; /* a generator of one program that ends */

static uint32_t draw(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)(((seed * 0x2545f4914f6cdd1dull) >> 32) * below >> 32);
}

/* 0 to below - 1, where the lower half of all draws falls onto few numbers: r^4. */
static uint32_t draw_tail(uint32_t below)
{
	double r = draw(1 << 30) / (double)(1 << 30);

	return (uint32_t)(r * r * r * r * below);
}

static void fail(const char *what)
{
	fprintf(stderr, "bench_link: %s\n", what);
	exit(2);
}

static void *room(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		fail("no memory");
	return p;
}

struct made {
	struct link_edge *edge;
	size_t edge_n, edge_cap;
	uint8_t *kind;
	uint32_t value_n, value_cap;
	uint32_t domain_n;
	uint32_t *truth; /* network of each domain; NETWORK_NONE */
};

static uint32_t value(struct made *m, enum signal_kind kind)
{
	if (m->value_n == m->value_cap)
		fail("too many values");
	m->kind[m->value_n] = (uint8_t)kind;
	return m->value_n++;
}

/* n values of a kind, side by side: the first. */
static uint32_t values(struct made *m, enum signal_kind kind, uint32_t n)
{
	uint32_t first = m->value_n;

	for (uint32_t i = 0; i < n; i++)
		value(m, kind);
	return first;
}

static void edge(struct made *m, uint32_t domain, uint32_t v)
{
	if (m->edge_n == m->edge_cap)
		fail("too many edges");
	m->edge[m->edge_n++] = (struct link_edge){ domain, v };
}

/* What everybody shares. */
struct world {
	uint32_t address, name_server, mx, template, favicon, privacy, shape, payment, image;
	uint32_t hosts, themes, shapes;
};

static void live_somewhere(struct made *m, const struct world *w, uint32_t d)
{
	uint32_t host = draw_tail(w->hosts);

	edge(m, d, w->address + host);
	edge(m, d, w->name_server + host / 4);
	if (draw(3) == 0)
		edge(m, d, w->mx + host / 4);
	edge(m, d, w->shape + draw_tail(w->shapes));
}

struct operator
{
	uint32_t account, payment, payments, name_server, address, tag, telephone, template, text,
		prices;
	uint32_t certificate, redirect, mail;
	uint32_t size;
};

static struct operator operator_make(struct made *m, uint32_t size)
{
	return (struct operator){
		.account = values(m, SIGNAL_REGISTRANT, 1),
		.payments = 1 + size / 800,
		.payment = values(m, SIGNAL_PAYMENT, 1 + size / 800),
		.name_server = values(m, SIGNAL_NAME_SERVER, 1 + size / 300),
		.address = values(m, SIGNAL_ADDRESS, 1 + size / 100),
		.certificate = values(m, SIGNAL_CERTIFICATE, 1 + size / 40),
		.tag = values(m, SIGNAL_ANALYTICS, 1 + size / 500),
		.telephone = values(m, SIGNAL_TELEPHONE, 1 + size / 1000),
		.mail = values(m, SIGNAL_MAIL, 1 + size / 1000),
		.redirect = values(m, SIGNAL_REDIRECT, 1),
		.template = values(m, SIGNAL_TEMPLATE, 1 + size / 400),
		.text = values(m, SIGNAL_TEXT, 1 + size / 200),
		.prices = values(m, SIGNAL_PRICES, 1),
		.size = size,
	};
}

/* A shop of the network: most of its marks, each missing now and then. */
static void operator_has(struct made *m, const struct world *w, const struct operator* o,
                         uint32_t d)
{
	if (draw(10) < 5)
		edge(m, d, o->account);
	else if (draw(2))
		edge(m, d, w->privacy + draw(40));
	if (draw(10) < 6)
		edge(m, d, o->payment + draw(o->payments));
	if (draw(10) < 5) {
		edge(m, d, o->name_server + draw(1 + o->size / 300));
		edge(m, d, o->address + draw(1 + o->size / 100));
		edge(m, d, w->shape + draw_tail(w->shapes));
	} else {
		live_somewhere(m, w, d);
	}
	if (draw(10) < 4)
		edge(m, d, o->certificate + draw(1 + o->size / 40));
	if (draw(10) < 6)
		edge(m, d, o->tag + draw(1 + o->size / 500));
	if (draw(10) < 6)
		edge(m, d, o->telephone + draw(1 + o->size / 1000));
	if (draw(10) < 5)
		edge(m, d, o->mail + draw(1 + o->size / 1000));
	if (draw(10) < 2)
		edge(m, d, o->redirect);
	edge(m, d,
	     draw(10) < 7 ? o->template + draw(1 + o->size / 400)
	                  : w->template + draw_tail(w->themes));
	if (draw(10) < 6)
		edge(m, d, o->text + draw(1 + o->size / 200));
	if (draw(10) < 5)
		edge(m, d, o->prices);
}

/* A site of somebody else's. */
static void benign_has(struct made *m, const struct world *w, uint32_t d)
{
	live_somewhere(m, w, d);
	if (draw(2))
		edge(m, d, w->privacy + draw(40));
	edge(m, d, w->template + draw_tail(w->themes));
	edge(m, d, w->favicon + draw_tail(w->themes));
	if (draw(3) == 0)
		edge(m, d, value(m, SIGNAL_ANALYTICS));
	if (draw(3) == 0)
		edge(m, d, value(m, SIGNAL_TELEPHONE));
	if (draw(4) == 0)
		edge(m, d, w->payment + draw_tail(400));
	if (draw(2))
		edge(m, d, value(m, SIGNAL_CERTIFICATE));
	if (draw(3) == 0)
		edge(m, d, w->image + draw_tail(2000));
}

static void copy_has(struct made *m, const struct operator* o, uint32_t d)
{
	edge(m, d, o->tag);
	edge(m, d, o->telephone);
	edge(m, d, o->template);
	edge(m, d, o->text);
	edge(m, d, o->prices);
}

static uint32_t size_of_network(void)
{
	double r = (draw(1 << 30) + 1) / (double)(1 << 30);
	double size = 2 / (r * 1.0);

	return size > 5000 ? 5000 : (uint32_t)size;
}

static void make(struct made *m, uint32_t n)
{
	*m = (struct made){ .domain_n = n,
		            .edge_cap = (size_t)n * 12,
		            .value_cap = n * 4 + 100000 };
	m->edge = room(m->edge_cap, sizeof(*m->edge));
	m->kind = room(m->value_cap, 1);
	m->truth = room(n, sizeof(*m->truth));
	struct world w = { .hosts = n / 25, .themes = n / 100 + 100, .shapes = n / 200 + 50 };
	w.address = values(m, SIGNAL_ADDRESS, w.hosts);
	w.name_server = values(m, SIGNAL_NAME_SERVER, w.hosts / 4 + 1);
	w.mx = values(m, SIGNAL_MX, w.hosts / 4 + 1);
	w.template = values(m, SIGNAL_TEMPLATE, w.themes);
	w.favicon = values(m, SIGNAL_FAVICON, w.themes);
	w.shape = values(m, SIGNAL_URL_SHAPE, w.shapes);
	w.privacy = values(m, SIGNAL_REGISTRANT, 40);
	w.payment = values(m, SIGNAL_PAYMENT, 400);
	w.image = values(m, SIGNAL_IMAGE_HOST, 2000);

	struct operator* all = room(n / 2, sizeof(*all));
	uint32_t *first = room(n / 2, sizeof(*first));
	uint32_t d = 0, networks = 0;
	while (d < n / 3) {
		uint32_t size = size_of_network();
		size = size > n / 3 - d ? n / 3 - d : size;
		if (size < 2)
			break;
		all[networks] = operator_make(m, size);
		first[networks] = d;
		for (uint32_t end = d + size; d < end; d++) {
			m->truth[d] = networks;
			operator_has(m, &w, &all[networks], d);
			/* A name that another network had before, and still shows some of it. */
			if (networks && draw(2000) == 0) {
				const struct operator* o = & all[draw(networks)];
				edge(m, d, o->account);
				edge(m, d, o->telephone);
				edge(m, d, o->payment);
			}
		}
		networks++;
	}
	while (d < n) {
		if (draw(400) == 0) { /* an agency and its customers */
			uint32_t host = values(m, SIGNAL_ADDRESS, 1);
			uint32_t server = values(m, SIGNAL_NAME_SERVER, 1);
			uint32_t look = values(m, SIGNAL_TEMPLATE, 3);
			for (uint32_t k = 5 + draw(60); k && d < n; k--, d++) {
				m->truth[d] = NETWORK_NONE;
				benign_has(m, &w, d);
				edge(m, d, host);
				edge(m, d, server);
				edge(m, d, look + draw(3));
			}
			continue;
		}
		m->truth[d] = NETWORK_NONE;
		benign_has(m, &w, d);
		if (draw(200) == 0)
			copy_has(m, &all[draw(networks)], d);
		d++;
	}
	free(first);
	free(all);
}

/* As observations come: domains in no order of their networks, all of a domain together, values
 * numbered when they are first seen. */
static void shuffle(struct made *m)
{
	uint32_t *place = room(m->domain_n, sizeof(*place));
	uint32_t *truth = room(m->domain_n, sizeof(*truth));
	uint32_t *number = room(m->value_n, sizeof(*number));
	size_t *from = room(m->domain_n + 1, sizeof(*from));
	struct link_edge *sorted = room(m->edge_n, sizeof(*sorted));
	uint8_t *kind = room(m->value_n, 1);
	uint32_t seen = 0;

	for (uint32_t d = 0; d < m->domain_n; d++)
		place[d] = d;
	for (uint32_t d = m->domain_n; d > 1; d--) {
		uint32_t k = draw(d), x = place[k];
		place[k] = place[d - 1];
		place[d - 1] = x;
	}
	for (uint32_t d = 0; d < m->domain_n; d++)
		truth[place[d]] = m->truth[d];
	for (size_t i = 0; i < m->edge_n; i++)
		from[place[m->edge[i].domain] + 1]++;
	for (uint32_t d = 0; d < m->domain_n; d++)
		from[d + 1] += from[d];
	for (size_t i = 0; i < m->edge_n; i++) {
		uint32_t d = place[m->edge[i].domain];
		sorted[from[d]++] = (struct link_edge){ d, m->edge[i].value };
	}
	for (size_t i = 0; i < m->edge_n; i++) {
		uint32_t *v = &number[sorted[i].value];
		if (*v == 0) {
			kind[seen] = m->kind[sorted[i].value];
			*v = ++seen;
		}
		sorted[i].value = *v - 1;
	}
	m->value_n = seen;
	free(m->edge);
	free(m->kind);
	free(m->truth);
	free(place);
	free(number);
	free(from);
	m->edge = sorted;
	m->kind = kind;
	m->truth = truth;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static uint32_t root_of(uint32_t *parent, uint32_t x)
{
	while (parent[x] != x) {
		parent[x] = parent[parent[x]];
		x = parent[x];
	}
	return x;
}

/* Domains and values joined by every edge; most: values of more sharers are left out. */
static uint32_t *bare(const struct made *m, uint32_t most, int64_t *took)
{
	uint32_t n = m->domain_n + m->value_n;
	uint32_t *sharers = room(m->value_n, sizeof(*sharers));
	for (size_t i = 0; i < m->edge_n; i++)
		sharers[m->edge[i].value]++;
	int64_t began = now_ns();
	uint32_t *parent = malloc(((size_t)n + 1) * sizeof(*parent));
	if (!parent)
		fail("no memory");
	for (uint32_t i = 0; i < n; i++)
		parent[i] = i;
	for (size_t i = 0; i < m->edge_n; i++) {
		if (most && sharers[m->edge[i].value] > most)
			continue;
		uint32_t a = root_of(parent, m->edge[i].domain);
		uint32_t b = root_of(parent, m->domain_n + m->edge[i].value);
		if (a < b)
			parent[b] = a;
		else
			parent[a] = b;
	}
	for (uint32_t i = 0; i < n; i++)
		parent[i] = parent[parent[i]];
	*took = now_ns() - began;
	free(sharers);
	return parent;
}

struct pair {
	uint32_t truth, found;
};

static int compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->found != y->found)
		return x->found < y->found ? -1 : 1;
	return x->truth < y->truth ? -1 : x->truth > y->truth;
}

static int compare_ratio(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Of pairs of domains: those found together, those planted together, and both. */
static void judge(const char *name, const struct made *m, const uint32_t *label)
{
	struct pair *p = room(m->domain_n, sizeof(*p));
	uint32_t *size = room(m->domain_n, sizeof(*size));
	double found = 0, right = 0, planted = 0;
	uint32_t largest = 0;

	for (uint32_t d = 0; d < m->domain_n; d++) {
		p[d] = (struct pair){ m->truth[d], label[d] };
		if (m->truth[d] != NETWORK_NONE)
			size[m->truth[d]]++;
	}
	for (uint32_t i = 0; i < m->domain_n; i++)
		planted += size[i] * (size[i] - 1.0) / 2;
	qsort(p, m->domain_n, sizeof(*p), compare);
	for (size_t i = 0, end; i < m->domain_n; i = end) {
		for (end = i; end < m->domain_n && p[end].found == p[i].found;) {
			size_t cell = end;
			while (end < m->domain_n && p[end].found == p[i].found &&
			       p[end].truth == p[cell].truth)
				end++;
			if (p[cell].truth != NETWORK_NONE)
				right += (double)(end - cell) * (double)(end - cell - 1) / 2;
		}
		found += (double)(end - i) * (double)(end - i - 1) / 2;
		largest = end - i > largest ? (uint32_t)(end - i) : largest;
	}
	printf("%-42s precision %.4f  recall %.4f  largest %.2f %% of domains\n", name,
	       found > 0 ? right / found : 1, right / planted, 100.0 * largest / m->domain_n);
	free(size);
	free(p);
}

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The last of the domains come one at a time to a population of all others. */
static void place(const struct made *m)
{
	enum { LATE = 2000 };
	static int64_t took[LATE];
	struct population_input in = { .edge = m->edge,
		                       .domain_n = m->domain_n - LATE,
		                       .value_n = m->value_n,
		                       .kind = m->kind,
		                       .open = true };
	struct population p;
	struct networks n;
	struct placement *pl;
	struct err err;
	size_t alone = 0;
	while (in.edge_n < m->edge_n && m->edge[in.edge_n].domain < in.domain_n)
		in.edge_n++;
	if (population_build(&in, &p, &err) || networks_find(&p, &n, &err) ||
	    placement_new(&p, &n, &pl, &err))
		fail(err.what);
	size_t at = in.edge_n;
	for (uint32_t d = in.domain_n; d < m->domain_n; d++) {
		struct placed_value values[64];
		struct placed placed;
		size_t k = 0;
		for (; at < m->edge_n && m->edge[at].domain == d; at++)
			if (k < 64)
				values[k++] = (struct placed_value){ m->edge[at].value,
					                             m->kind[m->edge[at].value] };
		int64_t began = now_ns();
		if (placement_add(pl, values, k, &placed, &err))
			fail(err.what);
		took[d - in.domain_n] = now_ns() - began;
		alone += placed.members == 1;
	}
	qsort(took, LATE, sizeof(*took), compare_ns);
	printf("placing one domain: median %.1f us, 90 %% %.1f us, 99 %% %.1f us, most %.1f us; "
	       "%zu of %d alone\n",
	       (double)took[LATE / 2] / 1e3, (double)took[LATE * 9 / 10] / 1e3,
	       (double)took[LATE * 99 / 100] / 1e3, (double)took[LATE - 1] / 1e3, alone, LATE);
	placement_free(pl);
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	int runs = argc > 2 ? atoi(argv[2]) : 5;
	struct made m;
	struct err err;

	if (n < 1000 || runs < 1 || runs > RUNS_MAX)
		fail("usage: bench_link [DOMAINS [RUNS]]");
	make(&m, n);
	shuffle(&m);
	printf("%u domains, %zu edges, %u values\n", n, m.edge_n, m.value_n);

	double ratio[RUNS_MAX];
	for (int run = 0; run < runs; run++) {
		int64_t took_bare;
		free(bare(&m, 0, &took_bare));
		struct population_input in = { .edge = m.edge,
			                       .edge_n = m.edge_n,
			                       .domain_n = n,
			                       .value_n = m.value_n,
			                       .kind = m.kind };
		struct population p;
		struct networks found;
		int64_t began = now_ns();
		if (population_build(&in, &p, &err))
			fail(err.what);
		int64_t weighed = now_ns();
		if (networks_find(&p, &found, &err))
			fail(err.what);
		int64_t ended = now_ns();
		ratio[run] = (double)(ended - began) / (double)took_bare;
		printf("bare %.3f s, weighing %.3f s, networks %.3f s: ratio %.2f\n",
		       (double)took_bare / 1e9, (double)(weighed - began) / 1e9,
		       (double)(ended - weighed) / 1e9, ratio[run]);
		if (run == runs - 1) {
			struct rusage usage;
			getrusage(RUSAGE_SELF, &usage);
			printf("kept %.1f bytes an edge, %u strong values, %u bridges\n",
			       (double)population_size(&p) / (double)m.edge_n, p.value_n,
			       found.bridges);
			printf("peak of the process %.1f bytes an edge, the edges' own 8 included\n",
			       (double)usage.ru_maxrss * 1024 / (double)m.edge_n);
			judge("networks", &m, found.network);
			judge("components of links", &m, found.component);
		}
		networks_release(&found);
		population_release(&p);
	}
	qsort(ratio, (size_t)runs, sizeof(*ratio), compare_ratio);
	printf("ratio, median of %d: %.2f\n", runs, ratio[runs / 2]);
	place(&m);
	int64_t took;
	uint32_t *label = bare(&m, 0, &took);
	judge("bare components", &m, label);
	free(label);
	label = bare(&m, 500, &took);
	judge("bare components, at most 500 sharers", &m, label);
	free(label);
	free(m.edge);
	free(m.kind);
	free(m.truth);
	return 0;
}
