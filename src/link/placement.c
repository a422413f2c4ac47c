#include "link/placement.h"

#include "link/community.h"

#include <stdlib.h>
#include <string.h>

/* Later members of a value, one behind the other, newest first. */
struct later {
	uint32_t domain, next; /* number + 1; 0: none */
};

struct placement {
	struct population p;
	struct networks n;
	size_t from_cap, of_cap, value_cap, domain_cap, number_cap;
	uint32_t *ring;   /* of a domain: the next one in its component, round and round */
	uint32_t *later;  /* of a value: number + 1 in .member; 0: none */
	struct later *member;
	size_t member_n, member_cap;
	uint32_t *list, *label; /* of a component while it is cut */
	size_t list_cap;
	struct community_work *work;
};

/* Room for one more than n elements; what is new is not set. */
static int make_room(void *array, size_t *cap, size_t n, size_t size, struct err *err)
{
	void **p = array;

	if (n < *cap)
		return 0;
	size_t more = n + n / 2 + 64;
	void *grown = realloc(*p, more * size);
	if (!grown)
		return err_set(err, ERR_NOMEM, 0, "link: no memory for %zu", more);
	*p = grown;
	*cap = more;
	return 0;
}

int placement_new(struct population *p, struct networks *n, struct placement **out, struct err *err)
{
	struct placement *pl = calloc(1, sizeof(*pl));
	bool open = p->number != NULL;

	if (pl) {
		pl->p = *p;
		pl->n = *n;
	} else {
		population_release(p);
		networks_release(n);
	}
	*p = (struct population){ 0 };
	*n = (struct networks){ 0 };
	if (!pl)
		return err_set(err, ERR_NOMEM, 0, "link: no memory");
	uint32_t domains = pl->p.domain_n;
	pl->ring = malloc(((size_t)domains + 1) * sizeof(*pl->ring));
	pl->later = calloc((size_t)pl->p.value_n + 1, sizeof(*pl->later));
	pl->work = community_work_new();
	if (!open || !pl->ring || !pl->later || !pl->work) {
		placement_free(pl);
		return open ? err_set(err, ERR_NOMEM, 0, "link: no memory for %u domains", domains)
		            : err_set(err, ERR_USAGE, 0, "link: the population is not open");
	}
	for (uint32_t d = 0; d < domains; d++) {
		uint32_t root = pl->n.component[d];
		pl->ring[d] = d;
		if (root != d) {
			pl->ring[d] = pl->ring[root];
			pl->ring[root] = d;
		}
	}
	pl->from_cap = (size_t)domains + 1;
	pl->domain_cap = (size_t)domains + 1;
	pl->of_cap = pl->p.from[domains];
	pl->value_cap = pl->p.value_n;
	pl->number_cap = pl->p.number_n;
	*out = pl;
	return 0;
}

void placement_free(struct placement *pl)
{
	if (!pl)
		return;
	population_release(&pl->p);
	networks_release(&pl->n);
	community_work_free(pl->work);
	free(pl->ring);
	free(pl->later);
	free(pl->member);
	free(pl->list);
	free(pl->label);
	free(pl);
}

/* A value that the epoch does not know, as rare as one can be. */
static int add_value(struct placement *pl, uint32_t value, uint8_t kind, struct err *err)
{
	struct population *p = &pl->p;
	uint16_t weight = signal_weight((enum signal_kind)kind, 2, p->population);
	size_t cap = pl->value_cap, later_cap = pl->value_cap, original_cap = pl->value_cap;
	int rc = 0;

	while (p->number_n <= value && !rc) {
		rc = make_room(&p->number, &pl->number_cap, p->number_n, sizeof(*p->number), err);
		if (!rc)
			p->number[p->number_n++] = VALUE_UNSEEN;
	}
	if (rc)
		return rc;
	if (weight < signals[kind].strong) {
		p->number[value] = VALUE_WEAK;
		return 0;
	}
	if (p->value_n == cap) {
		rc = make_room(&p->value, &cap, p->value_n, sizeof(*p->value), err);
		if (!rc)
			rc = make_room(&p->original, &original_cap, p->value_n,
			               sizeof(*p->original), err);
		if (!rc)
			rc = make_room(&pl->later, &later_cap, p->value_n, sizeof(*pl->later), err);
		if (rc)
			return rc;
		pl->value_cap = cap;
	}
	p->value[p->value_n] = (struct population_value){
		.weight = weight,
		.kind = kind,
		.group = (uint8_t)(signals[kind].group & 0x7f),
		.plantable = signals[kind].plantable,
	};
	p->original[p->value_n] = value;
	pl->later[p->value_n] = 0;
	p->number[value] = p->value_n++;
	return 0;
}

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

/* The domain and its values, behind all others. */
static int append(struct placement *pl, const struct placed_value *values, size_t n, struct err *err)
{
	struct population *p = &pl->p;
	uint32_t d = p->domain_n, begin = p->from[d], end = begin;
	size_t component_cap = pl->domain_cap, network_cap = pl->domain_cap;
	size_t ring_cap = pl->domain_cap;

	if (d >= UINT32_MAX - 2 || n > UINT32_MAX - 1 - begin)
		return err_set(err, ERR_LIMIT, 0, "link: %u domains, %u edges", d, begin);
	if (make_room(&p->from, &pl->from_cap, (size_t)d + 1, sizeof(*p->from), err))
		return ERR_NOMEM;
	if ((size_t)d + 1 >= pl->domain_cap) {
		if (make_room(&pl->n.component, &component_cap, (size_t)d + 1, sizeof(uint32_t), err) ||
		    make_room(&pl->n.network, &network_cap, (size_t)d + 1, sizeof(uint32_t), err) ||
		    make_room(&pl->ring, &ring_cap, (size_t)d + 1, sizeof(uint32_t), err))
			return ERR_NOMEM;
		pl->domain_cap = ring_cap;
	}
	for (size_t i = 0; i < n; i++) {
		if (values[i].kind >= SIGNAL_KINDS)
			return err_set(err, ERR_USAGE, i, "link: value %u is of kind %u",
			               values[i].value, values[i].kind);
		if ((values[i].value >= p->number_n ||
		     p->number[values[i].value] == VALUE_UNSEEN) &&
		    add_value(pl, values[i].value, values[i].kind, err))
			return ERR_NOMEM;
		uint32_t v = p->number[values[i].value];
		if (v == VALUE_WEAK)
			continue;
		if (make_room(&p->of, &pl->of_cap, end, sizeof(*p->of), err))
			return ERR_NOMEM;
		p->of[end++] = v;
	}
	sort(p->of + begin, end - begin);
	uint32_t kept = begin;
	for (uint32_t i = begin; i < end; i++)
		if (i == begin || p->of[i] != p->of[i - 1])
			p->of[kept++] = p->of[i];
	p->from[d + 1] = kept;
	pl->n.component[d] = pl->n.network[d] = pl->ring[d] = d;
	pl->n.domain_n = p->domain_n = d + 1;
	return 0;
}

/* Make the components of a and b one: the rings become one ring, and all take the lower name. */
static void join(struct placement *pl, uint32_t a, uint32_t b)
{
	uint32_t *component = pl->n.component;
	uint32_t low = component[a] < component[b] ? a : b, high = low == a ? b : a;
	uint32_t x = high, next = pl->ring[low];

	do {
		component[x] = component[low];
		x = pl->ring[x];
	} while (x != high);
	pl->ring[low] = pl->ring[high];
	pl->ring[high] = next;
}

static void try_join(struct placement *pl, uint32_t d, uint32_t other, uint32_t *joined)
{
	struct link link;

	if (pl->n.component[d] == pl->n.component[other])
		return;
	link_of(&pl->p, d, other, &link);
	if (!link.is_link)
		return;
	join(pl, d, other);
	++*joined;
}

/* Whether value u of domain d links it to whoever has u and some other value of d's. */
static bool has_partner(const struct population *p, uint32_t d, uint32_t u)
{
	for (uint32_t i = p->from[d]; i < p->from[d + 1]; i++)
		if (link_pair(p, u, p->of[i], false))
			return true;
	return false;
}

/* Link it to all that share a value which cannot be planted and one more; note it down as one who has
 * its values. */
static int connect(struct placement *pl, uint32_t d, uint32_t *joined, struct err *err)
{
	struct population *p = &pl->p;

	for (uint32_t i = p->from[d]; i < p->from[d + 1]; i++) {
		uint32_t u = p->of[i];
		if (p->value[u].plantable)
			continue;
		bool links = has_partner(p, d, u);
		if (links && u < p->class_n)
			for (uint32_t m = p->with[u]; m < p->with[u + 1]; m++)
				try_join(pl, d, p->member[m], joined);
		for (uint32_t m = links ? pl->later[u] : 0; m; m = pl->member[m - 1].next)
			try_join(pl, d, pl->member[m - 1].domain, joined);
		if (make_room(&pl->member, &pl->member_cap, pl->member_n, sizeof(*pl->member), err))
			return ERR_NOMEM;
		pl->member[pl->member_n++] = (struct later){ d, pl->later[u] };
		pl->later[u] = (uint32_t)pl->member_n;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Cut the component of d anew. */
static int cut(struct placement *pl, uint32_t d, uint32_t *members, struct err *err)
{
	uint32_t x = d, n = 0, bridges = 0;

	do {
		size_t label_cap = pl->list_cap;
		if (make_room(&pl->label, &label_cap, n, sizeof(*pl->label), err) ||
		    make_room(&pl->list, &pl->list_cap, n, sizeof(*pl->list), err))
			return ERR_NOMEM;
		pl->list[n++] = x;
		x = pl->ring[x];
	} while (x != d);
	*members = n;
	qsort(pl->list, n, sizeof(*pl->list), compare);
	int rc = community_cut(&pl->p, pl->list, n, pl->label, pl->work, &bridges, err);
	for (uint32_t i = 0; i < n && !rc; i++)
		pl->n.network[pl->list[i]] = pl->label[i];
	return rc;
}

int placement_add(struct placement *pl, const struct placed_value *values, size_t n,
                  struct placed *out, struct err *err)
{
	struct placed placed = { .domain = pl->p.domain_n };
	int rc = append(pl, values, n, err);

	if (!rc)
		rc = connect(pl, placed.domain, &placed.joined, err);
	if (!rc)
		rc = cut(pl, placed.domain, &placed.members, err);
	if (rc)
		return rc;
	placed.network = pl->n.network[placed.domain];
	*out = placed;
	return 0;
}

const struct population *placement_population(const struct placement *pl)
{
	return &pl->p;
}

const struct networks *placement_networks(const struct placement *pl)
{
	return &pl->n;
}
