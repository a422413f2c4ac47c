#include "link/population.h"

#include <stdlib.h>

/* Number of domains that have each value, where the epoch does not say. An edge that comes twice
 * counts twice: a value is then merely taken for commoner than it is. */
static int count(const struct population_input *in, uint32_t *sharers, struct err *err)
{
	for (size_t i = 0; i < in->edge_n; i++) {
		const struct link_edge *e = &in->edge[i];
		if (e->domain >= in->domain_n || e->value >= in->value_n)
			return err_set(err, ERR_USAGE, i,
			               "link: edge %zu names domain %u, value %u", i, e->domain,
			               e->value);
		sharers[e->value]++;
	}
	return 0;
}

static uint16_t weigh(const struct population_input *in, uint32_t v, uint32_t counted,
                      uint64_t population)
{
	uint64_t sharers = in->sharers ? in->sharers[v] : counted;
	enum signal_kind kind = (enum signal_kind)in->kind[v];

	if ((counted < 2 && !in->open) || (in->weightless && in->weightless[v]))
		return 0;
	uint16_t weight = signal_weight(kind, sharers < 2 ? 2 : sharers, population);
	return weight >= signals[kind].strong ? weight : 0;
}

/* Which of the slots of .begin a value lies in. */
static size_t slot_of(uint8_t kind, uint16_t weight)
{
	size_t class = (size_t)signals[kind].group + (signals[kind].plantable ? SIGNAL_GROUPS : 0);

	return class * POPULATION_WEIGHTS + POPULATION_WEIGHTS - 1 - weight;
}

/* Number the strong values: number[v], the count at first, becomes the new number or VALUE_WEAK. */
static int choose(const struct population_input *in, uint32_t *number, struct population *p,
                  struct err *err)
{
	const size_t slots = (size_t)POPULATION_CLASSES * POPULATION_WEIGHTS;
	uint64_t population = p->population = in->population ? in->population : in->domain_n;
	uint32_t least = log2_hundredths(population) - LINK_CHANCE;
	uint32_t *next = p->begin = calloc(slots + 2, sizeof(*p->begin));
	uint16_t *weight = malloc(((size_t)in->value_n + 1) * sizeof(*weight));

	if (!next || !weight) {
		free(weight);
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %u values", in->value_n);
	}
	p->least = population < 1000000 || least < LINK_LEAST ? LINK_LEAST : least;
	next += 2; /* counts; then begin[slot + 1] is where the next value of a slot goes */
	for (uint32_t v = 0; v < in->value_n; v++) {
		if (in->kind[v] >= SIGNAL_KINDS) {
			free(weight);
			return err_set(err, ERR_USAGE, v, "link: value %u is of kind %u", v,
			               in->kind[v]);
		}
		weight[v] = weigh(in, v, number[v], population);
		if (weight[v]) {
			p->value_n++;
			size_t slot = slot_of(in->kind[v], weight[v]);
			if (slot + 1 < slots)
				next[slot]++;
		}
	}
	for (size_t i = 1; i < slots; i++)
		p->begin[i + 1] += p->begin[i];
	p->value = malloc(((size_t)p->value_n + 1) * sizeof(*p->value));
	p->original = malloc(((size_t)p->value_n + 1) * sizeof(*p->original));
	for (uint32_t v = 0; p->value && p->original && v < in->value_n; v++) {
		uint8_t kind = in->kind[v];
		if (!weight[v]) {
			number[v] = VALUE_WEAK;
			continue;
		}
		uint32_t n = number[v] = p->begin[slot_of(kind, weight[v]) + 1]++;
		p->original[n] = v;
		p->value[n] = (struct population_value){
			.weight = weight[v],
			.kind = kind,
			.group = (uint8_t)(signals[kind].group & 0x7f),
			.plantable = signals[kind].plantable,
		};
	}
	free(weight);
	return p->value && p->original ? 0 : err_set(err, ERR_NOMEM, 0, "link: no memory");
}

static bool is_kept(const struct population_input *in, const uint32_t *number,
                    const struct link_edge *e)
{
	return number[e->value] != VALUE_WEAK && !(in->apart && in->apart[e->domain]);
}

/* A short list, nearly in order. */
static void sort(uint32_t *a, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t x = a[i];
		size_t k = i;
		for (; k > 0 && a[k - 1] > x; k--)
			a[k] = a[k - 1];
		a[k] = x;
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int lay_domains(const struct population_input *in, const uint32_t *number,
                       struct population *p, struct err *err)
{
	p->from = calloc((size_t)in->domain_n + 2, sizeof(*p->from));
	if (!p->from)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %u domains", in->domain_n);
	uint64_t kept = 0;
	uint32_t *next = p->from + 2; /* counts, then where the next value of a domain goes */
	for (size_t i = 0; i < in->edge_n; i++) {
		if (is_kept(in, number, &in->edge[i])) {
			next[in->edge[i].domain]++;
			kept++;
		}
	}
	if (kept >= UINT32_MAX)
		return err_set(err, ERR_LIMIT, 0, "link: %llu edges", (unsigned long long)kept);
	for (uint32_t d = 1; d < in->domain_n; d++)
		p->from[d + 1] += p->from[d];
	p->of = malloc((size_t)(kept + 1) * sizeof(*p->of));
	if (!p->of)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %llu edges",
		               (unsigned long long)kept);
	/* from[d + 1] is where domain d writes next; when all is written it is where d ends. */
	for (size_t i = 0; i < in->edge_n; i++)
		if (is_kept(in, number, &in->edge[i]))
			p->of[p->from[in->edge[i].domain + 1]++] = number[in->edge[i].value];
	/* Sort each domain's values and close the gaps that doubles leave. */
	uint32_t to = 0, begin = 0;
	for (uint32_t d = 0; d < in->domain_n; d++) {
		uint32_t end = p->from[d + 1], n = end - begin;
		uint32_t *a = p->of + begin;
		if (n > 64)
			qsort(a, n, sizeof(*a), compare);
		else
			sort(a, n);
		p->from[d] = to;
		for (uint32_t i = 0; i < n; i++)
			if (i == 0 || a[i] != a[i - 1])
				p->of[to++] = a[i];
		begin = end;
	}
	p->from[in->domain_n] = to;
	p->domain_n = in->domain_n;
	return 0;
}

static int lay_values(struct population *p, struct err *err)
{
	uint32_t edges = p->from[p->domain_n], total = 0;

	p->with = calloc((size_t)p->value_n + 2, sizeof(*p->with));
	if (!p->with)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %u values", p->value_n);
	for (uint32_t i = 0; i < edges; i++) {
		if (!p->value[p->of[i]].plantable) {
			p->with[p->of[i] + 2]++;
			total++;
		}
	}
	for (uint32_t v = 1; v < p->value_n; v++)
		p->with[v + 1] += p->with[v];
	p->member = malloc(((size_t)total + 1) * sizeof(*p->member));
	if (!p->member)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %u members", total);
	for (uint32_t d = 0; d < p->domain_n; d++)
		for (uint32_t i = p->from[d]; i < p->from[d + 1]; i++)
			if (!p->value[p->of[i]].plantable)
				p->member[p->with[p->of[i] + 1]++] = d;
	p->with[p->value_n] = total;
	return 0;
}

int population_build(const struct population_input *in, struct population *out, struct err *err)
{
	struct population p = { 0 };
	uint32_t *number = calloc((size_t)in->value_n + 1, sizeof(*number));
	int rc = number ? 0 : err_set(err, ERR_NOMEM, 0, "link: no memory");

	if (!rc)
		rc = count(in, number, err);
	if (!rc)
		rc = choose(in, number, &p, err);
	if (!rc)
		rc = lay_domains(in, number, &p, err);
	p.class_n = p.value_n;
	if (!rc && in->open) {
		p.number = number;
		p.number_n = in->value_n;
	} else {
		free(number);
	}
	if (!rc)
		rc = lay_values(&p, err);
	if (rc)
		population_release(&p);
	else
		*out = p;
	return rc;
}

void population_release(struct population *p)
{
	free(p->from);
	free(p->of);
	free(p->with);
	free(p->member);
	free(p->value);
	free(p->original);
	free(p->begin);
	free(p->number);
	*p = (struct population){ 0 };
}

size_t population_size(const struct population *p)
{
	if (!p->from)
		return 0;
	return p->number_n * sizeof(uint32_t) + (size_t)POPULATION_CLASSES * POPULATION_WEIGHTS * sizeof(uint32_t) +
	       ((size_t)p->domain_n + 2 + p->from[p->domain_n] + p->value_n + 2 +
	        p->with[p->value_n] + p->value_n) *
	               sizeof(uint32_t) +
	       p->value_n * sizeof(*p->value);
}
