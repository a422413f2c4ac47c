#include "cmd/reports.h"

#include "model/evidence.h"
#include "model/record.h"

#include <stdio.h>
#include <string.h>

enum { REPORTER_MAX = 120, MADE_UP = 8 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- reading ---- */

struct loading {
	struct store *store;
	struct arena *a;
	struct ground_report *list;
	size_t n, cap;
};

static int grow(struct loading *l, struct err *err)
{
	size_t cap = l->cap ? 2 * l->cap : 8;
	struct ground_report *list = arena_array(l->a, cap, sizeof(*list));

	if (!list)
		return no_memory(err);
	if (l->n)
		memcpy(list, l->list, l->n * sizeof(*list));
	l->list = list;
	l->cap = cap;
	return 0;
}

static int take(struct loading *l, const struct store_record *r, const json_t *body,
                struct err *err)
{
	struct ground_report g = { .at = r->at, .record = r->id };
	struct slice reviewer = json_str(body, "reviewed");
	struct slice document = json_text(json_array_get(json_arr(body, "evidence"), 0));

	if (!ground_about_parse(json_str(body, "about"), &g.about) || reviewer.n == 0 ||
	    evidence_address_parse(document, &g.document, NULL))
		return 0; /* a reason to look, no ground */
	if (!ground_from_parse(json_str(body, "from"), &g.from))
		g.from = GROUND_OTHER;
	g.reviewer = arena_copy(l->a, reviewer);
	g.reporter = arena_copy(l->a, json_str(body, "reporter"));
	if (!g.reviewer.p || !g.reporter.p)
		return no_memory(err);
	int rc = l->n == l->cap ? grow(l, err) : 0;
	if (rc == 0)
		l->list[l->n++] = g;
	return rc;
}

static int load_record(void *ctx, const struct store_record *r, struct err *err)
{
	struct loading *l = ctx;
	struct err why = { .what = "" };
	json_t *body = NULL;
	int64_t entry;
	int rc = store_ledger_find(l->store, r->id, &entry, &why);

	if (rc == ERR_NOTFOUND)
		return 0; /* not read here by anybody */
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && !json_flag(body, "redacted", false))
		rc = take(l, r, body, err);
	json_decref(body);
	return rc;
}

int reports_load(struct store *store, struct subject subject, struct arena *a,
                 struct ground_report **out, size_t *n, struct err *err)
{
	struct loading l = { .store = store, .a = a };
	struct store_filter filter = { .type = SLICE("report"),
		                       .kind = slice_str(subject_kind_name(subject.kind)),
		                       .key = subject.key };
	int rc = store_each_record(store, &filter, load_record, &l, err);

	if (rc)
		return rc;
	*out = l.list;
	*n = l.n;
	return 0;
}

/* ---- putting ---- */

/* One line of text that stands in records and notices. */
static bool is_reporter(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '@')
			return false;
	return s.n > 0 && s.n <= REPORTER_MAX;
}

static int check(const struct report_addition *add, struct err *err)
{
	if (add->about == GROUND_SITE)
		return err_set(
			err, ERR_USAGE, 0,
			"a report about what a site sells is no ground: collect and assess it");
	if ((add->about == GROUND_AUTHORISATION) != (add->from == GROUND_RIGHTS_HOLDER))
		return err_set(
			err, ERR_USAGE, 0,
			"a rights holder reports about authorisation, a victim or another about "
			"a registration");
	if (add->document.n == 0)
		return err_set(err, ERR_USAGE, 0, "a report that counts has a document: give it");
	if (add->reviewer.n == 0)
		return err_set(err, ERR_USAGE, 0, "say who has read the document");
	if (add->from == GROUND_VICTIM && add->reporter.n)
		return err_set(err, ERR_USAGE, 0,
		               "of a victim no name is kept: leave the reporter out");
	if (add->from != GROUND_VICTIM && !is_reporter(add->reporter))
		return err_set(
			err, ERR_USAGE, 0,
			"say who reports: a name of 1 to 120 bytes within this system, or the "
			"rights holder's, and no mail address");
	return 0;
}

static const char *claim_of(const struct report_addition *add)
{
	return add->about == GROUND_AUTHORISATION ? "not authorised by us"
	       : add->from == GROUND_VICTIM       ? "registered with my identity or card, not by me"
	                                          : "registered with a stolen identity or card";
}

static int put_document(struct ledgerbook *book, const struct report_addition *add,
                        struct sha256 *out, struct err *err)
{
	struct store_evidence e = { .cls = SLICE("restricted"),
		                    .media_type = add->media_type.n ?
		                                          add->media_type :
		                                          SLICE("application/octet-stream"),
		                    .origin = SLICE("assay report"),
		                    .at = book->at };
	int rc = store_put_evidence(book->store, &e, add->document, NULL, err);

	if (rc == 0)
		*out = e.sha256;
	return rc;
}

static json_t *address_list(struct sha256 digest)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	json_t *list = json_array();

	evidence_address_format(digest, address);
	if (list && json_add_str(list, slice_str(address))) {
		json_decref(list);
		return NULL;
	}
	return list;
}

int reports_put(struct ledgerbook *book, const struct report_addition *add, struct sha256 *id,
                bool *is_new, struct err *err)
{
	char made_up[sizeof("reporter:") + MADE_UP], hex[SHA256_HEX], src[96];
	struct slice reporter = add->reporter;
	struct sha256 document;
	struct record r;
	int rc = check(add, err);

	if (rc == 0)
		rc = put_document(book, add, &document, err);
	if (rc)
		return rc;
	if (add->from == GROUND_VICTIM) {
		sha256_hex(document, hex);
		snprintf(made_up, sizeof(made_up), "reporter:%.*s", MADE_UP, hex);
		reporter = slice_str(made_up);
	}
	snprintf(src, sizeof(src), "reviewer:%.*s", SLICE_ARG(slice_sub(add->reviewer, 0, 64)));
	record_new(&r, "report", 1, slice_str(subject_kind_name(add->subject.kind)),
	           add->subject.key, book->at, slice_str(src));
	record_set_str(&r, "reporter", reporter);
	record_set_str(&r, "claim", slice_str(claim_of(add)));
	record_set_str(&r, "about", slice_str(ground_about_name(add->about)));
	record_set_str(&r, "from", slice_str(ground_from_name(add->from)));
	record_set_str(&r, "reviewed", add->reviewer);
	record_set_new(&r, "evidence", address_list(document));
	rc = record_finish(&r, err);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, is_new, err);
	if (rc == 0)
		*id = r.id;
	record_release(&r);
	return rc;
}
