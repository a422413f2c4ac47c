#include "cmd/mandates.h"

#include "model/evidence.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <string.h>

enum { FIRST_ROOM = 8 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

/* ---- reading ---- */

struct loading {
	struct store *store;
	const struct config *config;
	struct arena *a;
	struct mandate *list;
	size_t n, cap;
};

static int grow(struct loading *l, struct err *err)
{
	size_t cap = l->cap ? 2 * l->cap : FIRST_ROOM;
	struct mandate *list = arena_array(l->a, cap, sizeof(*list));

	if (!list)
		return no_memory(err);
	if (l->n)
		memcpy(list, l->list, l->n * sizeof(*list));
	l->list = list;
	l->cap = cap;
	return 0;
}

/* Of one that is not believed its name stays, so that a command can say why. */
static int put_refused(struct loading *l, const json_t *body, const struct err *why,
                       struct mandate *out, struct err *err)
{
	*out = (struct mandate){
		.name = arena_copy(l->a, json_str(body, "mandate")),
		.issuer = arena_copy(l->a, json_str(body, "issuer")),
		.issuer_country = arena_copy(l->a, json_str(body, "country")),
		.refused = arena_copy(l->a, slice_str(why->what)),
		.revoked_at = NOTICE_NEVER,
	};
	return out->name.p && out->issuer.p && out->issuer_country.p && out->refused.p ?
	               0 : no_memory(err);
}

static int load_added(struct loading *l, const struct store_record *r, const json_t *body,
                      struct err *err)
{
	struct err why = { .what = "" };
	struct mandate m;
	int rc = l->n == l->cap ? grow(l, err) : 0;

	if (rc)
		return rc;
	rc = mandate_from_json(body, l->config->mandates, l->config->n_mandates, l->a, &m, &why);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc)
		rc = put_refused(l, body, &why, &m, err);
	m.record = r->id;
	if (rc == 0)
		l->list[l->n++] = m;
	return rc;
}

static void load_revoked(struct loading *l, const struct store_record *r, const json_t *body)
{
	for (size_t i = 0; i < l->n; i++)
		if (slice_eq(l->list[i].name, json_str(body, "mandate")) &&
		    l->list[i].revoked_at == NOTICE_NEVER)
			l->list[i].revoked_at = r->at;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	struct err why = { .what = "" };
	json_t *body = NULL;
	int64_t entry;
	int rc = store_ledger_find(l->store, r->id, &entry, &why);

	if (rc == ERR_NOTFOUND)
		return 0; /* not done here */
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && !json_flag(body, "redacted", false)) {
		struct slice state = json_str(body, "state");
		if (slice_eq_str(state, "added"))
			rc = load_added(l, r, body, err);
		else if (slice_eq_str(state, "revoked"))
			load_revoked(l, r, body);
	}
	json_decref(body);
	return rc;
}

int mandates_load(struct store *store, const struct config *config, struct arena *a,
                  struct mandate **out, size_t *n, struct err *err)
{
	struct loading l = { .store = store, .config = config, .a = a };
	struct store_filter filter = { .type = SLICE("mandate") };
	int rc = store_each_record(store, &filter, load_record, &l, err);

	if (rc)
		return rc;
	*out = l.list;
	*n = l.n;
	return 0;
}

const struct mandate *mandates_find(const struct mandate *list, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

/* ---- putting ---- */

static int put_evidence(struct store *store, struct slice bytes, const char *media_type, int64_t at,
                        struct err *err)
{
	struct store_evidence e = { .cls = SLICE("restricted"),
		                    .media_type = slice_str(media_type),
		                    .origin = SLICE("assay mandate"),
		                    .at = at };

	return store_put_evidence(store, &e, bytes, NULL, err);
}

static int check_document(const struct mandate *m, struct slice document, struct err *err)
{
	if (is_zero(m->document) && document.n == 0)
		return 0;
	if (is_zero(m->document))
		return err_set(err, ERR_USAGE, 0, "mandate %.*s names no document",
		               SLICE_ARG(m->name));
	if (document.n == 0)
		return err_set(err, ERR_USAGE, 0, "mandate %.*s names a document: give it too",
		               SLICE_ARG(m->name));
	if (!sha256_eq(sha256_of(document), m->document))
		return err_set(
			err, ERR_REFUSED, 0,
			"the document is not the one that mandate %.*s names: its digest is another",
			SLICE_ARG(m->name));
	return 0;
}

/* Before anything of it is kept. */
static int check_new(struct ledgerbook *book, const struct config *config, const struct mandate *m,
                     struct arena *a, struct err *err)
{
	struct mandate *list = NULL;
	size_t n = 0;
	char at[TIMESTAMP_SIZE];
	int rc = mandates_load(book->store, config, a, &list, &n, err);

	if (rc)
		return rc;
	/* A name stands in notices for good: another mandate cannot take it up. */
	if (mandates_find(list, n, m->name))
		return err_set(err, ERR_REFUSED, 0,
		               "there is a mandate %.*s already: a name is used once, also of one "
		               "that was revoked",
		               SLICE_ARG(m->name));
	if (book->at >= m->until) {
		timestamp_format(m->until, at);
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: ended at %s", SLICE_ARG(m->name),
		               at);
	}
	return 0;
}

static int put_added(struct ledgerbook *book, const struct mandate_addition *add,
                     struct mandate *m, struct err *err)
{
	const char *member;
	json_t *fields = NULL, *value;
	struct record r;
	int rc = mandate_to_json(m, add->text, &fields, err);

	if (rc)
		return rc;
	record_new(&r, "mandate", 1, SLICE(""), SLICE(""), book->at, add->by);
	record_set_str(&r, "state", SLICE("added"));
	json_object_foreach(fields, member, value)
		record_set_new(&r, member, json_incref(value));
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, NULL, err);
	if (rc == 0)
		m->record = r.id;
	record_release(&r);
	json_decref(fields);
	return rc;
}

int mandates_put(struct ledgerbook *book, const struct config *config,
                 const struct mandate_addition *add, struct arena *a, struct mandate *m,
                 struct err *err)
{
	struct mandate read;
	int rc = mandate_read(add->text, config->mandates, config->n_mandates, a, &read, err);

	if (rc == 0)
		rc = check_document(&read, add->document, err);
	if (rc == 0)
		rc = check_new(book, config, &read, a, err);
	if (rc == 0)
		rc = put_evidence(book->store, add->text, "text/plain", book->at, err);
	if (rc == 0 && add->document.n)
		rc = put_evidence(book->store, add->document, "application/octet-stream", book->at,
		                  err);
	if (rc == 0)
		rc = put_added(book, add, &read, err);
	if (rc == 0)
		*m = read;
	return rc;
}

int mandates_revoke(struct ledgerbook *book, const struct mandate *m, struct slice by,
                    struct slice reason, struct err *err)
{
	char at[TIMESTAMP_SIZE];
	struct record r;

	if (slice_trim(reason).n == 0)
		return err_set(err, ERR_USAGE, 0, "revoking takes a reason");
	if (m->revoked_at != NOTICE_NEVER) {
		timestamp_format(m->revoked_at, at);
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: was revoked at %s",
		               SLICE_ARG(m->name), at);
	}
	record_new(&r, "mandate", 1, SLICE(""), SLICE(""), book->at, by);
	record_set_str(&r, "state", SLICE("revoked"));
	record_set_str(&r, "mandate", m->name);
	record_set_str(&r, "reason", slice_trim(reason));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, NULL, err);
	record_release(&r);
	return rc;
}
