/* One file, one arena, as in model/contacts.c: a file that is refused gives its arena back, and the set
 * never saw it. Providers lie sorted by key; beside each lie its names folded and its prefixes parsed,
 * so that a look-up compares bytes and folds nothing but what is asked for. */
#include "model/provider_read.h"

#include "wire/dname.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_LIMIT = 256 }; /* bytes of a name that is looked for */

struct providers {
	struct provider *list; /* sorted by key; what readers see */
	struct provider_reading *beside; /* of the same place */
	size_t n;
};

int providers_new(struct providers **out, struct err *err)
{
	struct providers *p = calloc(1, sizeof(*p));

	if (!p)
		return err_set(err, ERR_NOMEM, 0, "providers: no memory");
	*out = p;
	return 0;
}

void providers_free(struct providers *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		arena_release(&p->beside[i].arena);
	free(p->beside);
	free(p->list);
	free(p);
}

int provider_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
                 struct slice *out, struct err *err)
{
	const char *text;
	struct slice folded;

	if (to == NOTICE_REGISTRAR && iana_id > 0) {
		text = arena_printf(a, "%s:%lld", notice_to_name(to), (long long)iana_id);
	} else {
		int rc = provider_fold(name, a, &folded, err);
		if (rc)
			return rc;
		text = arena_printf(a, "%s:%.*s", notice_to_name(to), SLICE_ARG(folded));
	}
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "provider: no memory");
	*out = slice_str(text);
	return 0;
}

/* --- the set --------------------------------------------------------------------------------- */

static bool share_a_prefix(const struct provider_reading *a, size_t an,
                           const struct provider_reading *b, size_t bn)
{
	for (size_t i = 0; i < an; i++)
		for (size_t k = 0; k < bn; k++)
			if (a->prefix[i].bits == b->prefix[k].bits &&
			    ip_eq(&a->prefix[i].ip, &b->prefix[k].ip))
				return true;
	return false;
}

static bool share_a_text(const struct slice *a, size_t an, const struct slice *b, size_t bn)
{
	for (size_t i = 0; i < an; i++)
		for (size_t k = 0; k < bn; k++)
			if (slice_eq(a[i], b[k]))
				return true;
	return false;
}

/* A look-up must not depend on the order in which files were read: what finds a row finds but one. */
static int check_beside(const struct providers *p, const struct yaml_node *root,
                        const struct provider_row *row, struct err *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct provider *o = &p->list[i];
		const struct provider_reading *r = &p->beside[i];
		const char *twice = NULL;

		if (slice_eq(o->key, row->p.key))
			twice = "key";
		else if (o->to == row->p.to &&
		         share_a_text(r->folded, r->folded_n, row->r.folded, row->r.folded_n))
			twice = "name";
		else if (share_a_text(o->nameserver, o->nameserver_n, row->p.nameserver,
		                      row->p.nameserver_n))
			twice = "nameserver";
		else if (share_a_text(o->tld, o->tld_n, row->p.tld, row->p.tld_n))
			twice = "tld";
		else if (share_a_prefix(r, o->prefix_n, &row->r, row->p.prefix_n))
			twice = "prefix";
		if (twice)
			return yaml_error(yaml_get(root, twice), err,
			                  "%s is %.*s's already, in %s: one file a provider", twice,
			                  SLICE_ARG(slice_sub(o->key, 0, 60)), r->file);
	}
	return 0;
}

/* Room for one more; what is there stays where readers found it only until the next add. */
static int grow(struct providers *p, struct err *err)
{
	struct provider *list = realloc(p->list, (p->n + 1) * sizeof(*list));

	if (list)
		p->list = list;
	struct provider_reading *beside = realloc(p->beside, (p->n + 1) * sizeof(*beside));
	if (beside)
		p->beside = beside;
	return list && beside ? 0 : err_set(err, ERR_NOMEM, 0, "providers: no memory");
}

int providers_add(struct providers *p, struct slice text, const char *file, struct err *err)
{
	const struct yaml_node *root = NULL;
	struct provider_row row = { 0 };
	size_t at = 0;
	int rc = yaml_parse(text, file, &row.r.arena, &root, err);

	if (rc == 0)
		rc = yaml_expect(root, YAML_MAPPING, err);
	if (rc == 0)
		rc = provider_read_file(root, &row, err);
	if (rc == 0)
		rc = check_beside(p, root, &row, err);
	if (rc == 0)
		rc = grow(p, err);
	if (rc) {
		arena_release(&row.r.arena);
		return rc;
	}
	row.r.file = root->file;
	while (at < p->n && slice_cmp(p->list[at].key, row.p.key) < 0)
		at++;
	memmove(p->list + at + 1, p->list + at, (p->n - at) * sizeof(*p->list));
	memmove(p->beside + at + 1, p->beside + at, (p->n - at) * sizeof(*p->beside));
	p->list[at] = row.p;
	p->beside[at] = row.r;
	p->n++;
	return 0;
}

const struct provider *providers_find(const struct providers *p, struct slice key)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = slice_cmp(p->list[mid].key, key);
		if (c == 0)
			return &p->list[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct provider *providers_named(const struct providers *p, enum notice_to to,
                                       struct slice name)
{
	const struct provider *found = NULL;
	struct arena a = { 0 };
	struct slice folded;

	if (name.n <= NAME_LIMIT && provider_fold(name, &a, &folded, NULL) == 0)
		for (size_t i = 0; i < p->n && !found; i++)
			for (size_t k = 0; p->list[i].to == to && k < p->beside[i].folded_n; k++)
				if (slice_eq(p->beside[i].folded[k], folded))
					found = &p->list[i];
	arena_release(&a);
	return found;
}

const struct provider *providers_registrar(const struct providers *p, int64_t iana_id,
                                           struct slice name)
{
	for (size_t i = 0; iana_id > 0 && i < p->n; i++)
		if (p->list[i].to == NOTICE_REGISTRAR && p->list[i].iana_id == iana_id)
			return &p->list[i];
	const struct provider *named = providers_named(p, NOTICE_REGISTRAR, name);
	return named && iana_id > 0 && named->iana_id > 0 ? NULL : named;
}

const struct provider *providers_of_address(const struct providers *p, struct slice ip)
{
	const struct provider *found = NULL;
	unsigned bits = 0;
	struct ip address;

	if (ip_parse(ip, &address, NULL))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].prefix_n; k++) {
			const struct ip_prefix *prefix = &p->beside[i].prefix[k];
			if (ip_prefix_holds(prefix, &address) && (!found || prefix->bits > bits)) {
				found = &p->list[i];
				bits = prefix->bits;
			}
		}
	return found;
}

const struct provider *providers_of_nameserver(const struct providers *p, struct slice name)
{
	const struct provider *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].nameserver_n; k++) {
			struct slice zone = p->list[i].nameserver[k];
			if (zone.n > longest && dname_is_under(name, zone)) {
				found = &p->list[i];
				longest = zone.n;
			}
		}
	return found;
}

const struct provider *providers_of_tld(const struct providers *p, struct slice tld)
{
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->list[i].tld_n; k++)
			if (slice_eq(p->list[i].tld[k], tld))
				return &p->list[i];
	return NULL;
}

const struct provider *providers_all(const struct providers *p, size_t *n)
{
	*n = p->n;
	return p->list;
}
