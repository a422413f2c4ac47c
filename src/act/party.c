/* Sharing out is a sort: each subject is written down once for each party that holds it, under that
 * party's key, and a run of equal keys is a share. Within a run the newest observation that says a thing
 * (a name, a desk's address) is believed; which of two equally new ones does not hang on their order. */
#include "act/party.h"

#include "base/distance.h"
#include "wire/timestamp.h"

#include <stdlib.h>

/* That a party holds a subject. */
struct hold {
	struct slice key;
	struct slice tld;          /* registry */
	struct slice name;         /* as observed; empty: the row's */
	const struct provider *row; /* of the directory; NULL */
	size_t seen;
};

struct holds {
	struct hold *list;
	size_t n, cap;
	struct arena *a;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "parties: no memory");
}

int party_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
              struct slice *out, struct err *err)
{
	return provider_key(to, name, iana_id, a, out, err);
}

/* --- who holds what -------------------------------------------------------------------------- */

/* Put a hold; one key holds a subject once. */
static int put(struct holds *h, const struct hold *one, size_t first, struct err *err)
{
	for (size_t i = first; i < h->n; i++)
		if (slice_eq(h->list[i].key, one->key))
			return 0;
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct hold *list = arena_array(h->a, cap, sizeof(*list));
		if (!list)
			return no_memory(err);
		if (h->n)
			memcpy(list, h->list, h->n * sizeof(*list));
		h->list = list;
		h->cap = cap;
	}
	h->list[h->n++] = *one;
	return 0;
}

static int put_row(struct holds *h, const struct provider *row, struct slice tld, size_t seen,
                   size_t first, struct err *err)
{
	struct hold one = { .key = row->key, .tld = tld, .row = row, .seen = seen };

	return put(h, &one, first, err);
}

/* A registrar or a reseller as it was observed. */
static int put_named(struct holds *h, enum notice_to to, const struct party_seen *s, size_t seen,
                     const struct providers *directory, struct err *err)
{
	bool registrar = to == NOTICE_REGISTRAR;
	struct hold one = { .name = registrar ? s->registrar : s->reseller, .seen = seen };
	int64_t id = registrar ? s->registrar_id : 0;
	int rc;

	if (one.name.n == 0 && id <= 0)
		return 0;
	if (directory)
		one.row = registrar ? providers_registrar(directory, id, one.name) :
		                      providers_named(directory, to, one.name);
	/* A row that was found by another name says whom that name means. */
	if (one.row && id <= 0) {
		one.key = one.row->key;
	} else {
		rc = provider_key(to, one.name, id, h->a, &one.key, err);
		if (rc == ERR_SYNTAX)
			return 0; /* a name without a letter, such as "-": nobody */
		if (rc)
			return rc;
	}
	return put(h, &one, h->n, err);
}

/* The last label of the subject's name; empty for an address. */
static int tld_of(struct subject subject, struct arena *a, struct slice *out, struct err *err)
{
	struct slice name = subject.key;
	struct url url;

	*out = (struct slice){ 0 };
	if (subject.kind == SUBJECT_IP || subject.kind == SUBJECT_PREFIX)
		return 0;
	if (subject.kind == SUBJECT_URL) {
		int rc = url_parse(subject.key, a, &url, err);
		if (rc == ERR_NOMEM)
			return rc;
		if (rc || url.host_is_ip)
			return 0;
		name = url.host;
	}
	size_t at = name.n;
	while (at > 0 && name.p[at - 1] != '.')
		at--;
	*out = slice_sub(name, at, name.n);
	return 0;
}

static int put_registry(struct holds *h, const struct party_seen *s, size_t seen,
                        const struct providers *directory, struct err *err)
{
	const struct provider *row;
	struct slice tld;
	int rc = tld_of(s->subject, h->a, &tld, err);

	if (rc || tld.n == 0 || !directory || !(row = providers_of_tld(directory, tld)))
		return rc;
	return put_row(h, row, tld, seen, h->n, err);
}

static int put_hosts(struct holds *h, const struct party_seen *s, size_t seen,
                     const struct providers *directory, struct err *err)
{
	const struct provider *row;
	size_t first = h->n;
	int rc = 0;

	for (size_t i = 0; rc == 0 && directory && i < s->ip_n; i++)
		if ((row = providers_of_address(directory, s->ip[i])))
			rc = put_row(h, row, (struct slice){ 0 }, seen, first, err);
	if (rc || h->n > first)
		return rc;
	for (size_t i = 0; rc == 0 && directory && i < s->nameserver_n; i++)
		if ((row = providers_of_nameserver(directory, s->nameserver[i])))
			rc = put_row(h, row, (struct slice){ 0 }, seen, first, err);
	return rc;
}

/* --- a share --------------------------------------------------------------------------------- */

static void take_row(struct notice_recipient *r, const struct provider *p)
{
	r->name = p->name;
	r->iana_id = p->iana_id;
	r->country = p->country;
	r->country_n = p->country_n;
	r->terms = p->terms;
	r->terms_says = p->terms_says;
	r->demand = p->demand;
	r->demand_n = p->demand_n;
	r->contact.address = p->mail;
	r->contact.form = p->form;
	r->contact.source = SLICE("directory");
	r->contact.at = NOTICE_NEVER;
	if (timestamp_parse(p->checked, &r->contact.at, NULL))
		r->contact.at = NOTICE_NEVER;
}

/* Whether x is to be believed before y: newer, else of the smaller record. */
static bool is_newer(const struct party_seen *x, const struct party_seen *y)
{
	if (!y || x->at != y->at)
		return !y || x->at > y->at;
	return memcmp(&x->record, &y->record, sizeof(x->record)) < 0;
}

static struct slice mail_of(enum notice_to to, const struct party_seen *s)
{
	return to == NOTICE_REGISTRAR ? s->abuse_mail :
	       to == NOTICE_RESELLER  ? s->reseller_mail :
	                                (struct slice){ 0 };
}

/* Of the run of n holds that have one key. */
static int fill_share(enum notice_to to, const struct hold *h, size_t n,
                      const struct party_seen *seen, struct arena *a, struct party_share *out,
                      struct err *err)
{
	const struct party_seen *named = NULL, *mailed = NULL;
	struct notice_recipient *r = &out->recipient;
	bool observed = to == NOTICE_REGISTRAR || to == NOTICE_RESELLER;

	*out = (struct party_share){ .recipient = { .to = to, .key = h->key, .tld = h->tld } };
	r->contact.at = NOTICE_NEVER;
	out->seen = arena_array(a, n, sizeof(*out->seen));
	if (!out->seen)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct party_seen *s = &seen[h[i].seen];
		out->seen[out->seen_n++] = h[i].seen;
		if (h[i].name.n && is_newer(s, named)) {
			named = s;
			r->name = h[i].name;
		}
		if (mail_of(to, s).n && is_newer(s, mailed))
			mailed = s;
		if (to == NOTICE_REGISTRAR && s->registrar_id > 0)
			r->iana_id = s->registrar_id;
	}
	if (h->row) {
		struct notice_recipient was = *r;
		take_row(r, h->row);
		if (observed && was.name.n)
			r->name = was.name;
		if (was.iana_id)
			r->iana_id = was.iana_id;
	}
	if (mailed) {
		r->contact.address = mail_of(to, mailed);
		r->contact.source = mailed->source;
		r->contact.at = mailed->at;
		r->contact.record = mailed->record;
	}
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct hold *a = x, *b = y;
	int c = slice_cmp(a->key, b->key);

	if (c == 0)
		c = slice_cmp(a->tld, b->tld);
	return c ? c : a->seen < b->seen ? -1 : a->seen > b->seen;
}

static bool is_same(const struct hold *a, const struct hold *b)
{
	return slice_eq(a->key, b->key) && slice_eq(a->tld, b->tld);
}

int party_share_out(enum notice_to to, const struct party_seen *seen, size_t n,
                    const struct providers *directory, struct arena *a, struct party_share **out,
                    size_t *out_n, size_t **nobody, size_t *nobody_n, struct err *err)
{
	struct holds h = { .a = a };
	size_t *none = arena_array(a, n, sizeof(*none)), none_n = 0, shares = 0;
	int rc = none ? 0 : no_memory(err);

	if (rc == 0 && to > NOTICE_HOST)
		return err_set(err, ERR_USAGE, 0,
		               "a recipient of kind %s is named: no observation says who it is",
		               notice_to_name(to));
	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t before = h.n;
		if (to == NOTICE_HOST)
			rc = put_hosts(&h, &seen[i], i, directory, err);
		else if (to == NOTICE_REGISTRY)
			rc = put_registry(&h, &seen[i], i, directory, err);
		else
			rc = put_named(&h, to, &seen[i], i, directory, err);
		if (rc == 0 && h.n == before)
			none[none_n++] = i;
	}
	if (rc)
		return rc;
	if (h.n)
		qsort(h.list, h.n, sizeof(*h.list), compare);
	for (size_t i = 0; i < h.n; i++)
		shares += i == 0 || !is_same(&h.list[i - 1], &h.list[i]);
	struct party_share *share = arena_array(a, shares, sizeof(*share));
	if (!share)
		return no_memory(err);
	shares = 0;
	for (size_t i = 0, end; rc == 0 && i < h.n; i = end) {
		for (end = i + 1; end < h.n && is_same(&h.list[i], &h.list[end]);)
			end++;
		rc = fill_share(to, &h.list[i], end - i, seen, a, &share[shares++], err);
	}
	if (rc)
		return rc;
	*out = share;
	*out_n = shares;
	*nobody = none;
	*nobody_n = none_n;
	return 0;
}

/* --- by name --------------------------------------------------------------------------------- */

int party_named(enum notice_to to, struct slice name, const struct providers *directory,
                struct arena *a, struct notice_recipient *out, struct err *err)
{
	const struct provider *found = NULL, *all, *nearest = NULL;
	size_t n = 0, best = SIZE_MAX;

	(void)a; /* all texts are the directory's */
	if (directory) {
		found = providers_find(directory, name);
		if (!found || found->to != to)
			found = providers_named(directory, to, name);
	}
	if (found) {
		*out = (struct notice_recipient){ .to = to, .key = found->key };
		take_row(out, found);
		if (found->tld_n == 1)
			out->tld = found->tld[0];
		return 0;
	}
	all = directory ? providers_all(directory, &n) : NULL;
	for (size_t i = 0; i < n; i++) {
		if (all[i].to != to)
			continue;
		size_t by_key = edit_distance(all[i].key, name),
		       by_name = edit_distance(all[i].name, name);
		size_t d = by_key < by_name ? by_key : by_name;
		if (!nearest || d < best) {
			nearest = &all[i];
			best = d;
		}
	}
	if (!nearest)
		return err_set(err, ERR_NOTFOUND, 0,
		               "no %s '%.*s': the directory of providers has none of that kind",
		               notice_to_name(to), SLICE_ARG(slice_sub(name, 0, 60)));
	return err_set(err, ERR_NOTFOUND, 0,
	               "no %s '%.*s' in the directory: the nearest is %.*s (%.*s)",
	               notice_to_name(to), SLICE_ARG(slice_sub(name, 0, 60)),
	               SLICE_ARG(slice_sub(nearest->key, 0, 60)),
	               SLICE_ARG(slice_sub(nearest->name, 0, 60)));
}
