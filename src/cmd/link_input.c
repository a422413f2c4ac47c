#include "cmd/link_input.h"

#include "link/attribute.h"
#include "link/network.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <stdlib.h>

static const char *const statuses[LINK_STATUSES] = { "unknown", "active", "suspended", "holding" };

const char *link_status_name(enum link_status s)
{
	return statuses[s];
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

/* Room for one more element behind n. */
static int grow(void *array, size_t *cap, size_t n, size_t size, struct err *err)
{
	void **p = array;

	if (n < *cap)
		return 0;
	size_t more = *cap ? *cap * 2 : 64;
	void *grown = realloc(*p, more * size);
	if (!grown)
		return no_memory(err);
	*p = grown;
	*cap = more;
	return 0;
}

/* ---- counts for an epoch ---- */

static uint32_t *counts(const struct link_input *in)
{
	uint32_t *n = calloc(in->value_n + 1, sizeof(*n));

	for (size_t i = 0; n && i < in->edge_n; i++)
		n[in->edge[i].value]++;
	return n;
}

struct counted {
	const struct link_value *value;
	uint32_t n;
};

static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->value->kind != y->value->kind)
		return x->value->kind < y->value->kind ? -1 : 1;
	return slice_cmp(x->value->text, y->value->text);
}

int link_input_freeze(const struct link_input *in, const char *path, struct err *err)
{
	uint32_t *n = counts(in);
	struct counted *row = calloc(in->value_n + 1, sizeof(*row));
	struct buf out = { 0 };
	int rc = n && row ? 0 : no_memory(err);

	for (size_t v = 0; rc == 0 && v < in->value_n; v++)
		row[v] = (struct counted){ &in->value[v], n[v] };
	if (rc == 0)
		qsort(row, in->value_n, sizeof(*row), compare_counted);
	link_epoch_put_head(link_input_counted(in), &out);
	for (size_t v = 0; rc == 0 && v < in->value_n; v++)
		if (row[v].n > 1)
			link_epoch_put_row(row[v].value->kind, row[v].value->text, row[v].n, &out);
	if (rc == 0)
		rc = buf_ok(&out) ? file_write_whole(path, buf_slice(&out), err) : no_memory(err);
	buf_release(&out);
	free(row);
	free(n);
	return rc;
}

/* ---- records ---- */

static int domain_number(struct link_input *in, struct subject s, uint32_t *out, struct err *err)
{
	struct table_entry *e = table_find(&in->domains, s.key);

	if (e) {
		*out = (uint32_t)(uintptr_t)e->value - 1;
		return 0;
	}
	if (in->domain_n >= UINT32_MAX - 2)
		return err_set(err, ERR_LIMIT, 0, "link: more than %zu domains", in->domain_n);
	if (grow(&in->domain, &in->domain_cap, in->domain_n, sizeof(*in->domain), err))
		return ERR_NOMEM;
	s.key = arena_copy(&in->arena, s.key);
	e = s.key.p ? table_put(&in->domains, s.key) : NULL;
	if (!e)
		return no_memory(err);
	in->domain[in->domain_n] = (struct link_domain){ .subject = s, .first_seen = INT64_MAX };
	*out = (uint32_t)in->domain_n++;
	e->value = (void *)(uintptr_t)in->domain_n;
	return 0;
}

struct taking {
	struct link_input *in;
	const struct record *r;
	uint32_t domain;
	struct buf key;
};

static int take_attribute(void *ctx, enum signal_kind kind, struct slice text, struct err *err)
{
	struct taking *t = ctx;
	struct link_input *in = t->in;

	if (link_value_key(kind, text, &t->key))
		return no_memory(err);
	struct table_entry *e = table_find(&in->values, buf_slice(&t->key));
	if (!e) {
		if (in->value_n >= UINT32_MAX - 2)
			return err_set(err, ERR_LIMIT, 0, "link: more than %zu values", in->value_n);
		if (grow(&in->value, &in->value_cap, in->value_n, sizeof(*in->value), err))
			return ERR_NOMEM;
		struct slice key = arena_copy(&in->arena, buf_slice(&t->key));
		e = key.p ? table_put(&in->values, key) : NULL;
		if (!e)
			return no_memory(err);
		struct link_value *v = &in->value[in->value_n++];
		*v = (struct link_value){ .kind = kind,
			                  .text = slice_sub(key, key.n - text.n, key.n),
			                  .shared = link_shared_why(&in->shared, kind, text) };
		e->value = (void *)(uintptr_t)in->value_n;
	}
	uint32_t value = (uint32_t)(uintptr_t)e->value - 1;
	size_t source_cap = in->edge_cap;
	if (grow(&in->source, &source_cap, in->edge_n, sizeof(*in->source), err) ||
	    grow(&in->edge, &in->edge_cap, in->edge_n, sizeof(*in->edge), err))
		return ERR_NOMEM;
	in->source[in->edge_n] = (struct link_source){ t->r->id };
	in->edge[in->edge_n++] = (struct link_edge){ t->domain, value };
	return 0;
}

static int add_choke(struct link_input *in, uint32_t domain, enum choke_sort sort, struct slice name,
                     struct err *err)
{
	if (name.n == 0)
		return 0;
	name = arena_copy(&in->arena, name);
	if (!name.p)
		return no_memory(err);
	if (grow(&in->choke, &in->choke_cap, in->choke_n, sizeof(*in->choke), err))
		return ERR_NOMEM;
	in->choke[in->choke_n++] = (struct choke_edge){ domain, sort, name };
	return 0;
}

static void set_status(struct link_domain *d, int64_t at, enum link_status status)
{
	if (at < d->status_at || (at == d->status_at && status < d->status))
		return;
	d->status = status;
	d->status_at = at;
}

/* What the registration says: who keeps it, since when, and whether it is held. */
static int take_registration(struct link_input *in, const struct record *r, uint32_t number,
                             struct err *err)
{
	const json_t *reg = json_obj(r->body, "registration");
	struct link_domain *d = &in->domain[number];
	json_t *status;
	size_t i;
	int64_t created;

	if (timestamp_parse(json_str(reg, "created"), &created, NULL) == 0)
		d->created = created;
	json_array_foreach(json_arr(reg, "status"), i, status)
		if (slice_eq_str(json_text(status), "clientHold") ||
		    slice_eq_str(json_text(status), "serverHold"))
			set_status(d, r->at, LINK_SUSPENDED);
	int rc = add_choke(in, number, CHOKE_REGISTRAR, json_str(reg, "registrar"), err);
	return rc ? rc : add_choke(in, number, CHOKE_RESELLER, json_str(reg, "reseller"), err);
}

static void take_dns(struct link_domain *d, const struct record *r)
{
	struct slice state = json_str(json_obj(r->body, "dns"), "state");

	if (slice_eq_str(state, "delegated"))
		set_status(d, r->at, LINK_ACTIVE);
	else if (slice_eq_str(state, "parked"))
		set_status(d, r->at, LINK_HOLDING);
	else if (slice_eq_str(state, "nxdomain") || slice_eq_str(state, "no_delegation") ||
	         slice_eq_str(state, "sinkholed"))
		set_status(d, r->at, LINK_SUSPENDED);
}

/* An active row of a licence register: the sites it names are their operator's own. */
static int take_register(struct link_input *in, const struct record *r, struct err *err)
{
	const json_t *row = json_obj(r->body, "register");
	struct slice status = json_str(row, "status");
	json_t *name;
	size_t i;

	if (status.n && !slice_eq_str(status, "active"))
		return 0;
	json_array_foreach(json_arr(row, "domains"), i, name) {
		uint32_t number;
		struct subject s = subject_of_name(json_text(name), in->suffixes);
		if (s.key.n == 0)
			continue;
		int rc = domain_number(in, s, &number, err);
		if (rc)
			return rc;
		in->domain[number].apart = true;
	}
	return 0;
}

static int take_choke_of_value(struct link_input *in, size_t first_edge, struct err *err)
{
	int rc = 0;

	for (size_t i = first_edge; i < in->edge_n && rc == 0; i++) {
		const struct link_value *v = &in->value[in->edge[i].value];
		uint32_t d = in->edge[i].domain;
		struct domain name;
		switch (v->kind) {
		case SIGNAL_PREFIX: rc = add_choke(in, d, CHOKE_HOST, v->text, err); break;
		case SIGNAL_NAME_SERVER:
			name = domain_of(in->suffixes, v->text);
			rc = add_choke(in, d, CHOKE_NAME_SERVER, domain_site(&name), err);
			break;
		case SIGNAL_PAYMENT:
		case SIGNAL_CART: rc = add_choke(in, d, CHOKE_PAYMENT, v->text, err); break;
		default: break;
		}
	}
	return rc;
}

/* Whether a record grants, on appeal, that its subject is of no network. */
static bool is_opt_out(const struct record *r)
{
	struct slice outcome = json_str(r->body, "outcome");

	if (json_str(r->body, "not_of").n == 0)
		return false;
	if (slice_eq_str(r->type_name, "correction"))
		return true;
	return slice_eq_str(r->type_name, "appeal") &&
	       slice_eq_str(json_str(r->body, "state"), "answered") &&
	       (slice_eq_str(outcome, "reversed") || slice_eq_str(outcome, "partly"));
}

static int take_opt_out(struct link_input *in, const struct record *r, struct err *err)
{
	struct arena arena = { 0 };
	struct subject site;
	uint32_t number;
	int rc = subject_site(r->subject, in->suffixes, &arena, &site, err);

	if (rc == 0)
		rc = domain_number(in, site, &number, err);
	if (rc == 0) {
		in->domain[number].apart = true;
		in->domain[number].opted_out = true;
	}
	arena_release(&arena);
	return rc;
}

int link_input_record(struct link_input *in, const struct record *r, struct err *err)
{
	struct slice what = json_str(r->body, "what");
	bool observed = slice_eq_str(r->type_name, "observation");
	struct taking t = { .in = in, .r = r };
	struct subject site;
	struct arena arena = { 0 };
	size_t first_edge = in->edge_n;

	if (r->has_subject && is_opt_out(r))
		return take_opt_out(in, r, err);
	/* What lies below an address that is judged apart from its site is not the site's. */
	if (r->has_subject && r->subject.kind == SUBJECT_URL)
		return 0;
	if (!r->has_subject || (!observed && !slice_eq_str(r->type_name, "fact")))
		return 0;
	if (observed && slice_eq_str(what, "register"))
		return take_register(in, r, err);
	if (observed && slice_eq_str(what, "register_edition"))
		return 0;
	int rc = subject_site(r->subject, in->suffixes, &arena, &site, err);
	if (rc == 0 && (site.kind == SUBJECT_IP || site.kind == SUBJECT_PREFIX)) {
		arena_release(&arena);
		return 0;
	}
	if (rc == 0)
		rc = domain_number(in, site, &t.domain, err);
	if (rc == 0) {
		struct link_domain *d = &in->domain[t.domain];
		if (observed && r->at < d->first_seen)
			d->first_seen = r->at;
		in->newest = r->at > in->newest ? r->at : in->newest;
		rc = attributes_of(r, in->suffixes, &arena, take_attribute, &t, err);
	}
	if (rc == 0)
		rc = link_programs_take(&in->programs, r, t.domain, in->suffixes, err);
	if (rc == 0)
		rc = take_choke_of_value(in, first_edge, err);
	if (rc == 0 && observed && slice_eq_str(what, "registration"))
		rc = take_registration(in, r, t.domain, err);
	if (rc == 0 && observed && slice_eq_str(what, "dns"))
		take_dns(&in->domain[t.domain], r);
	buf_release(&t.key);
	arena_release(&arena);
	return rc;
}

/* ---- weighing ---- */

static int compare_edge(const void *a, const void *b)
{
	const struct link_edge *x = a, *y = b;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static int compare_domain(const void *a, const void *b)
{
	const struct link_domain *const *x = a, *const *y = b;

	return slice_cmp((*x)->subject.key, (*y)->subject.key);
}

static int compare_value(const void *a, const void *b)
{
	const struct link_value *const *x = a, *const *y = b;

	if ((*x)->kind != (*y)->kind)
		return (*x)->kind < (*y)->kind ? -1 : 1;
	return slice_cmp((*x)->text, (*y)->text);
}

/* Sort n elements and tell what number each had became: by pointers to them, then one by one. */
static uint32_t *sort_elements(void *array, size_t n, size_t size,
                               int (*compare)(const void *, const void *), struct err *err)
{
	char *from = array, *copy = malloc((n + 1) * size);
	char **place = malloc((n + 1) * sizeof(*place));
	uint32_t *number = malloc((n + 1) * sizeof(*number));

	if (!copy || !place || !number) {
		free(copy);
		free(place);
		free(number);
		no_memory(err);
		return NULL;
	}
	if (n)
		memcpy(copy, from, n * size);
	for (size_t i = 0; i < n; i++)
		place[i] = copy + i * size;
	qsort(place, n, sizeof(*place), compare);
	for (size_t i = 0; i < n; i++) {
		memcpy(from + i * size, place[i], size);
		number[(size_t)(place[i] - copy) / size] = (uint32_t)i;
	}
	free(copy);
	free(place);
	return number;
}

/* number: of each domain, what it is called from now on; the caller's. */
static int number_anew(struct link_input *in, uint32_t **number, struct err *err)
{
	uint32_t *domain = sort_elements(in->domain, in->domain_n, sizeof(*in->domain),
	                                 compare_domain, err);
	uint32_t *value = domain ? sort_elements(in->value, in->value_n, sizeof(*in->value),
	                                         compare_value, err)
	                         : NULL;

	if (!value) {
		free(domain);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < in->edge_n; i++)
		in->edge[i] = (struct link_edge){ domain[in->edge[i].domain],
			                          value[in->edge[i].value] };
	for (size_t i = 0; i < in->choke_n; i++)
		in->choke[i].domain = domain[in->choke[i].domain];
	for (size_t i = 0; i < in->domains.n; i++) {
		void **v = &in->domains.entry[i].value;
		*v = (void *)((uintptr_t)domain[(uintptr_t)*v - 1] + 1);
	}
	for (size_t i = 0; i < in->values.n; i++) {
		void **v = &in->values.entry[i].value;
		*v = (void *)((uintptr_t)value[(uintptr_t)*v - 1] + 1);
	}
	*number = domain;
	free(value);
	return 0;
}

/* A programme whose storefront a domain is can be asked to close it. */
static int take_choke_of_programs(struct link_input *in, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < in->programs.made_n && rc == 0; i++) {
		const struct link_attribution *a = &in->programs.made[i];
		if (a->grade == ATTRIBUTION_MADE)
			rc = add_choke(in, a->domain, CHOKE_PROGRAM, a->program->id, err);
	}
	return rc;
}

struct sourced {
	struct link_edge edge;
	struct link_source source;
};

/* Each edge once, with the source that was read first: the sort keeps equal ones in no order, so the
 * lowest id stands for them. */
static int compare_sourced(const void *a, const void *b)
{
	const struct sourced *x = a, *y = b;
	int c = compare_edge(&x->edge, &y->edge);

	return c ? c : memcmp(&x->source, &y->source, sizeof(x->source));
}

static int settle_edges(struct link_input *in, struct err *err)
{
	struct sourced *all = malloc((in->edge_n + 1) * sizeof(*all));
	size_t kept = 0;

	if (!all)
		return no_memory(err);
	for (size_t i = 0; i < in->edge_n; i++)
		all[i] = (struct sourced){ in->edge[i], in->source[i] };
	qsort(all, in->edge_n, sizeof(*all), compare_sourced);
	for (size_t i = 0; i < in->edge_n; i++) {
		if (kept && compare_edge(&all[i].edge, &in->edge[kept - 1]) == 0)
			continue;
		in->edge[kept] = all[i].edge;
		in->source[kept++] = all[i].source;
	}
	in->edge_n = kept;
	free(all);
	return 0;
}

uint64_t link_input_counted(const struct link_input *in)
{
	if (in->epoch.population)
		return in->epoch.population;
	return in->domain_n < LINK_POPULATION ? LINK_POPULATION : in->domain_n;
}

uint32_t link_input_epoch_count(const struct link_input *in, uint32_t value)
{
	return link_epoch_count(&in->epoch, in->value[value].kind, in->value[value].text);
}

int link_input_population(struct link_input *in, struct population *out, struct err *err)
{
	uint8_t *kind = arena_alloc(&in->arena, in->value_n + 1);
	uint8_t *weightless = arena_alloc(&in->arena, in->value_n + 1);
	uint8_t *apart = arena_alloc(&in->arena, in->domain_n + 1);
	uint32_t *sharers = NULL, *number = NULL;
	int rc = kind && weightless && apart ? number_anew(in, &number, err) : no_memory(err);

	if (rc == 0)
		rc = settle_edges(in, err);

	if (rc == 0 && in->epoch.population) {
		sharers = arena_array(&in->arena, in->value_n + 1, sizeof(*sharers));
		if (!sharers)
			rc = no_memory(err);
	}
	for (uint32_t v = 0; rc == 0 && v < in->value_n; v++) {
		kind[v] = (uint8_t)in->value[v].kind;
		weightless[v] = in->value[v].shared || in->value[v].struck;
		if (sharers)
			sharers[v] = link_input_epoch_count(in, v);
	}
	for (size_t d = 0; rc == 0 && d < in->domain_n; d++)
		apart[d] = in->domain[d].apart;
	if (rc == 0)
		rc = link_programs_settle(&in->programs, number, apart, err);
	free(number);
	if (rc == 0)
		rc = take_choke_of_programs(in, err);
	if (rc == 0) {
		struct population_input p = { .edge = in->edge,
			                      .edge_n = in->edge_n,
			                      .domain_n = (uint32_t)in->domain_n,
			                      .value_n = (uint32_t)in->value_n,
			                      .kind = kind,
			                      .weightless = weightless,
			                      .apart = apart,
			                      .sharers = sharers,
			                      .population = link_input_counted(in) };
		rc = population_build(&p, out, err);
	}
	return rc;
}

const struct link_edge *link_input_edges(const struct link_input *in, uint32_t domain, size_t *n)
{
	size_t from = 0, to = in->edge_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (in->edge[middle].domain < domain)
			from = middle + 1;
		else
			to = middle;
	}
	for (to = from; to < in->edge_n && in->edge[to].domain == domain;)
		to++;
	*n = to - from;
	return in->edge + from;
}

uint32_t link_input_find(const struct link_input *in, struct slice key)
{
	struct table_entry *e = table_find(&in->domains, key);

	return e ? (uint32_t)(uintptr_t)e->value - 1 : NETWORK_NONE;
}

void link_input_release(struct link_input *in)
{
	table_release(&in->domains);
	table_release(&in->values);
	link_epoch_release(&in->epoch);
	link_shared_release(&in->shared);
	link_programs_release(&in->programs);
	free(in->domain);
	free(in->value);
	free(in->edge);
	free(in->source);
	free(in->choke);
	arena_release(&in->arena);
	*in = (struct link_input){ 0 };
}
