#include "cmd/disclosure_draft.h"

#include "cmd/acts.h"
#include "cmd/casefile.h"
#include "model/contacts.h"
#include "model/quotation.h"
#include "sys/file.h"
#include "wire/dname.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

enum { CATALOGUE_MAX = 1 << 20, CONTACTS_MAX = 1 << 20, LAWS_MAX = 8 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy(struct arena *a, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(a, s);
	return out->p ? 0 : no_memory(err);
}

/* ---- the desk ---- */

static int add_never(struct disclosure_desk *d, const struct contacts *c, struct err *err)
{
	const struct contacts_country *all;
	size_t countries = 0, most = 0;

	all = contacts_all(c, &countries);
	for (size_t i = 0; i < countries; i++)
		most += all[i].n;
	d->never = arena_array(&d->arena, most, sizeof(*d->never));
	if (!d->never)
		return no_memory(err);
	for (size_t i = 0; i < countries; i++)
		for (size_t k = 0; k < all[i].n; k++) {
			struct url url;
			if (all[i].contact[k].url.n == 0 ||
			    url_parse(all[i].contact[k].url, &d->arena, &url, NULL) ||
			    url.host_is_ip)
				continue;
			struct domain host = domain_of(d->suffixes, url.host);
			d->never[d->never_n++] = host.registrable.n ? host.registrable : url.host;
		}
	return 0;
}

static int load_contacts(struct disclosure_desk *d, struct err *err)
{
	struct contacts *c = NULL;
	char **names = NULL, path[4096];
	size_t n = 0;
	int rc = contacts_new(&c, err);

	if (rc == 0)
		rc = file_list(d->config->contacts, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf text = { 0 };
		if (!slice_ends(slice_str(names[i]), SLICE(".yaml")))
			continue;
		snprintf(path, sizeof(path), "%s/%s", d->config->contacts, names[i]);
		rc = file_read(path, CONTACTS_MAX, &text, err);
		if (rc == 0)
			rc = contacts_add(c, buf_slice(&text), path, err);
		buf_release(&text);
	}
	if (rc == 0)
		rc = add_never(d, c, err);
	file_list_free(names, n);
	contacts_free(c);
	return rc;
}

int disclosure_desk_load(const struct config *config, const struct suffixes *suffixes,
                         struct disclosure_desk *out, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];

	*out = (struct disclosure_desk){ .config = config, .suffixes = suffixes };
	snprintf(path, sizeof(path), "%s/disclosure.tsv", config->notices);
	int rc = file_read(path, CATALOGUE_MAX, &text, err);
	if (rc == 0)
		rc = catalogue_parse_languages(buf_slice(&text), path, &out->catalogue, err);
	if (rc == 0)
		rc = load_contacts(out, err);
	buf_release(&text);
	return rc;
}

void disclosure_desk_release(struct disclosure_desk *desk)
{
	catalogue_free(desk->catalogue);
	arena_release(&desk->arena);
	*desk = (struct disclosure_desk){ 0 };
}

/* ---- which destinations ---- */

static enum disclosure_kind kind_of(const struct standing *s)
{
	if (!s->is_current || !s->verdict)
		return DISCLOSURE_NONE;
	return disclosure_kind_of(s->verdict->class, s->verdict->ground);
}

static const struct standing *find_current(const struct standing *list, size_t n,
                                           struct slice destination)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].is_current && slice_eq(list[i].destination, destination))
			return &list[i];
	return NULL;
}

static bool is_listed(const struct standing *s)
{
	return s->state == STATE_LISTED;
}

static int add_wish(struct disclosure_wish *wishes, const struct standing *s,
                    struct subject subject, struct err *err)
{
	enum disclosure_kind kind = kind_of(s);
	struct disclosure_wish *w = &wishes[kind == DISCLOSURE_FOREIGN];

	if (w->n == DRAFT_CELLS)
		return err_set(err, ERR_LIMIT, 0, "over %d destinations in one letter",
		               (int)DRAFT_CELLS);
	for (size_t i = 0; i < w->n; i++)
		if (slice_eq(w->destination[i], s->destination))
			return 0;
	if (w->n && w->listed != is_listed(s))
		return err_set(err, ERR_USAGE, 0,
		               "%.*s is listed for one of %.*s and %.*s and not for the "
		               "other: prepare a letter for each",
		               SLICE_ARG(subject.key), SLICE_ARG(w->destination[0]),
		               SLICE_ARG(s->destination));
	w->subject = subject;
	w->kind = kind;
	w->listed = is_listed(s);
	w->period = s->has_period ? s->period : STORE_NONE;
	w->basis = s->verdict->record;
	w->destination[w->n++] = s->destination;
	return 0;
}

int disclosure_wishes(struct store *store, struct subject subject, const struct suffixes *suffixes,
                      const struct slice *wanted, size_t n, struct arena *a,
                      struct disclosure_wish out[2], size_t *out_n, struct err *err)
{
	struct disclosure_wish wishes[2] = { { .n = 0 }, { .n = 0 } };
	struct standing *list = NULL;
	size_t standings = 0;
	bool waits = false;
	int rc = acts_standing(store, subject, suffixes, a, &list, &standings, err);

	for (size_t i = 0; rc == 0 && i < standings; i++)
		waits = waits ||
		        (kind_of(&list[i]) != DISCLOSURE_NONE && list[i].state == STATE_PENDING);
	for (size_t i = 0; rc == 0 && n == 0 && i < standings; i++)
		if (kind_of(&list[i]) != DISCLOSURE_NONE &&
		    list[i].state == (waits ? STATE_PENDING : STATE_LISTED))
			rc = add_wish(wishes, &list[i], subject, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct standing *s = find_current(list, standings, wanted[i]);
		if (!s || !s->verdict)
			rc = err_set(err, ERR_REFUSED, 0, "%.*s has no verdict for %.*s",
			             SLICE_ARG(subject.key), SLICE_ARG(wanted[i]));
		else if (kind_of(s) == DISCLOSURE_NONE)
			rc = err_set(err, ERR_REFUSED, 0,
			             "%.*s is %.*s for %.*s: there is nothing to tell its operator",
			             SLICE_ARG(subject.key), SLICE_ARG(s->verdict->class),
			             SLICE_ARG(wanted[i]));
		else
			rc = add_wish(wishes, s, subject, err);
	}
	if (rc == 0 && wishes[0].n + wishes[1].n == 0)
		rc = err_set(err, ERR_REFUSED, 0,
		             "%.*s: no verdict of unapproved or rogue, so there is "
		             "nothing to tell its operator",
		             SLICE_ARG(subject.key));
	if (rc)
		return rc;
	*out_n = 0;
	for (size_t i = 0; i < 2; i++)
		if (wishes[i].n)
			out[(*out_n)++] = wishes[i];
	return 0;
}

/* ---- cells and grounds ---- */

struct drafting {
	struct store *store;
	const struct disclosure_desk *desk;
	const struct disclosure_wish *wish;
	struct arena *a;
	struct err *err;
	struct casefile pages;   /* of the site */
	const struct site *site; /* of the period; NULL: no readable pages */
};

static int read_body(struct drafting *d, struct sha256 id, json_t **out)
{
	struct store_record r;
	int rc = store_get_record(d->store, id, d->a, &r, d->err);

	return rc ? rc : json_parse_object(r.body, STORE_BODY_MAX, out, d->err);
}

static int draft_quote(struct drafting *d, const json_t *o, struct disclosure_quote *out,
                       bool *taken)
{
	struct quotation q;
	struct url url;

	*taken = false;
	/* A malformed one is told of by assay store check; nothing can be said with it. */
	if (quotation_from_json(o, &q, NULL) || url_parse(json_str(o, "url"), d->a, &url, NULL) ||
	    timestamp_parse(json_str(o, "at"), &out->at, NULL))
		return 0;
	out->evidence = q.evidence;
	out->host = url.host;
	out->path = slice_sub(url.text, (size_t)(url.path.p - url.text.p), url.text.n);
	int rc = redaction_mask(q.quote, d->a, &out->quote, d->err);
	if (rc == 0)
		rc = copy(d->a, json_str(o, "vantage"), &out->vantage, d->err);
	*taken = rc == 0;
	return rc;
}

static int draft_ground(struct drafting *d, const json_t *finding, struct disclosure_ground *out)
{
	const json_t *quotes = json_arr(finding, "quotations"), *law = json_arr(finding, "law"),
		     *item;
	struct disclosure_quote *quote = arena_array(d->a, DISCLOSURE_QUOTES, sizeof(*quote));
	struct slice *cite = arena_array(d->a, LAWS_MAX, sizeof(*cite));
	size_t i;
	int rc = quote && cite ? copy(d->a, json_str(finding, "rule"), &out->rule, d->err)
	                       : no_memory(d->err);

	if (rc == 0)
		rc = copy(d->a, json_str(finding, "text"), &out->text, d->err);
	json_array_foreach(law, i, item)
	{
		if (rc == 0 && out->law_n < LAWS_MAX)
			rc = copy(d->a, json_str(item, "cite"), &cite[out->law_n++], d->err);
	}
	json_array_foreach(quotes, i, item)
	{
		bool taken = false;
		if (rc == 0 && out->quote_n < DISCLOSURE_QUOTES)
			rc = draft_quote(d, item, &quote[out->quote_n], &taken);
		out->quote_n += taken;
	}
	out->law = cite;
	out->quote = quote;
	return rc;
}

/* A note decides nothing and is not held against the site; of a licensed pharmacy only that is told
 * which its letter is about. */
static bool is_told(const struct drafting *d, const json_t *finding)
{
	if (standing_harshness(json_str(finding, "severity")) == 0)
		return false;
	return d->wish->kind != DISCLOSURE_FOREIGN ||
	       slice_eq_str(json_str(finding, "ground"), "foreign_legal");
}

static int draft_cell(struct drafting *d, const json_t *cell, struct disclosure_cell *out)
{
	const json_t *ids = json_arr(cell, "findings"), *id, *row = json_obj(cell, "register");
	struct disclosure_ground *grounds =
		arena_array(d->a, json_array_size(ids), sizeof(*grounds));
	size_t i;
	int rc = grounds ? copy(d->a, json_str(cell, "class"), &out->class, d->err)
	                 : no_memory(d->err);

	json_array_foreach(ids, i, id)
	{
		struct sha256 digest;
		json_t *finding = NULL;
		if (rc || !sha256_parse_hex(json_text(id), &digest))
			continue;
		rc = read_body(d, digest, &finding);
		if (rc == 0 && is_told(d, finding))
			rc = draft_ground(d, finding, &grounds[out->grounds_n++]);
		if (rc == 0 && !row && json_obj(finding, "register") && !out->authority.n) {
			rc = copy(d->a, json_str(json_obj(finding, "register"), "authority"),
			          &out->authority, d->err);
			if (rc == 0)
				rc = copy(d->a, json_str(json_obj(finding, "register"), "number"),
				          &out->number, d->err);
		}
		json_decref(finding);
	}
	if (rc == 0 && row)
		rc = copy(d->a, json_str(row, "authority"), &out->authority, d->err);
	if (rc == 0 && row)
		rc = copy(d->a, json_str(row, "number"), &out->number, d->err);
	/* An imitated pharmacy's row is no licence of this site. */
	if (d->wish->kind != DISCLOSURE_FOREIGN)
		out->authority = out->number = (struct slice){ NULL, 0 };
	out->grounds = grounds;
	return rc;
}

static int draft_cells(struct drafting *d, struct disclosure *letter)
{
	struct disclosure_cell *cells = arena_array(d->a, d->wish->n, sizeof(*cells));
	json_t *verdict = NULL;
	const json_t *cell;
	size_t i;
	int rc = cells ? read_body(d, d->wish->basis, &verdict) : no_memory(d->err);

	for (size_t k = 0; rc == 0 && k < d->wish->n; k++) {
		cells[k].destination = d->wish->destination[k];
		json_array_foreach(json_arr(verdict, "cells"), i, cell)
		{
			if (rc == 0 &&
			    slice_eq(json_str(cell, "destination"), cells[k].destination))
				rc = draft_cell(d, cell, &cells[k]);
		}
	}
	json_decref(verdict);
	letter->cell = cells;
	letter->cell_n = d->wish->n;
	return rc;
}

/* ---- pages ---- */

static int load_pages(struct drafting *d)
{
	struct subject site;
	int rc = subject_site(d->wish->subject, d->desk->suffixes, d->a, &site, d->err);

	if (rc == 0)
		rc = casefile_load(d->store, site, d->desk->suffixes, d->a, &d->pages, d->err);
	for (size_t i = 0; rc == 0 && i < d->pages.n; i++) {
		const struct site *s = &d->pages.site[i];
		if ((s->has_period ? s->period : STORE_NONE) == d->wish->period)
			d->site = s;
	}
	return rc;
}

static bool is_quoted(const struct disclosure *letter, struct sha256 evidence)
{
	for (size_t i = 0; i < letter->cell_n; i++)
		for (size_t k = 0; k < letter->cell[i].grounds_n; k++) {
			const struct disclosure_ground *g = &letter->cell[i].grounds[k];
			for (size_t j = 0; j < g->quote_n; j++)
				if (sha256_eq(g->quote[j].evidence, evidence))
					return true;
		}
	return false;
}

/* The language that most of the quoted pages are in; English only where there are no more of
 * another: a page without a mark is often read as English. */
static size_t language_of(const struct drafting *d, const struct disclosure *letter)
{
	size_t count[CATALOGUE_COLUMNS_MAX] = { 0 }, best = 0;

	for (size_t i = 0; d->site && i < d->site->page_n; i++) {
		const struct site_page *p = &d->site->page[i];
		if (is_quoted(letter, p->evidence))
			count[disclosure_language(d->desk->catalogue, p->page->lang,
			                          p->page->text)]++;
	}
	for (size_t i = 1; i < CATALOGUE_COLUMNS_MAX; i++)
		if (count[i] && count[i] >= count[best])
			best = best && count[i] == count[best] ? best : i;
	return best;
}

/* The host that the site's own addresses lie under. */
static struct slice host_of(const struct drafting *d, struct slice *platform)
{
	struct slice key = d->pages.subject.key;

	*platform = (struct slice){ NULL, 0 };
	if (!dname_is_canonical(key))
		return key;
	struct domain name = domain_of(d->desk->suffixes, key);
	if (name.platform.n && !slice_eq(name.platform, key))
		*platform = name.platform;
	return domain_site(&name);
}

static int find_recipients(struct drafting *d, struct disclosure_draft *out)
{
	size_t n = d->site ? d->site->page_n : 0;
	struct recipient_page *pages = arena_array(d->a, n, sizeof(*pages));
	struct recipient_site site = { .own_only = d->wish->subject.kind == SUBJECT_URL,
		                       .never = d->desk->never,
		                       .never_n = d->desk->never_n };

	if (!pages)
		return no_memory(d->err);
	site.name = host_of(d, &site.platform);
	for (size_t i = 0; i < n; i++)
		pages[i] =
			(struct recipient_page){ d->site->page[i].page, d->site->page[i].url,
			                         d->site->page[i].at, d->site->page[i].evidence };
	return recipients_find(&site, pages, n, d->a, out->recipient, &out->recipient_n, d->err);
}

int disclosure_draft_make(struct store *store, const struct disclosure_desk *desk,
                          const struct disclosure_wish *wish, struct slice reason, struct arena *a,
                          struct disclosure_draft *out, struct err *err)
{
	struct drafting d = { .store = store, .desk = desk, .wish = wish, .a = a, .err = err };
	struct disclosure letter = {
		.kind = wish->kind,
		.site = wish->subject.key,
		.list = slice_str(desk->config->list_name),
		.appeal_address = slice_str(desk->config->appeal_address),
	};
	int rc = draft_cells(&d, &letter);

	*out = (struct disclosure_draft){ 0 };
	if (rc == 0)
		rc = redaction_mask(reason, a, &letter.reason, err);
	if (rc == 0)
		rc = load_pages(&d);
	if (rc == 0)
		rc = find_recipients(&d, out);
	if (rc)
		return rc;
	out->column = language_of(&d, &letter);
	out->letter = letter;
	return 0;
}
