/* The text is searched once; a quotation then shows what of it touches the quotation. */
#include "publish/derivative.h"

#include "model/evidence.h"
#include "wire/redaction.h"
#include "wire/timestamp.h"

#include <stdlib.h>

struct making {
	const struct derivative *d;
	bool has_text;
	struct sha256 digest;  /* of the text */
	struct redaction *found; /* in the text */
	size_t found_n;
	size_t marks;          /* made, in the text or else in the quotations */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "derivative: out of memory");
}

static int cmp_quotation(const void *a, const void *b)
{
	const struct derivative_quotation *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	int c = slice_cmp(x->destination, y->destination);
	if (c == 0)
		c = slice_cmp(x->rule, y->rule);
	if (c == 0)
		c = memcmp(x->text.b, y->text.b, SHA256_LEN);
	if (c == 0)
		c = slice_cmp(x->extractor, y->extractor);
	if (c == 0)
		c = slice_cmp(x->quote, y->quote);
	return c ? c : x->weighed - y->weighed;
}

/* Whether the quotation stands in the text where it says. */
static bool is_there(const struct making *m, const struct derivative_quotation *q)
{
	return m->has_text && sha256_eq(m->digest, q->text) && q->start < q->end &&
	       q->end <= m->d->text.n &&
	       slice_eq(slice_sub(m->d->text, (size_t)q->start, (size_t)q->end), q->quote);
}

/* The quotation with its marks. */
static int mask(const struct making *m, const struct derivative_quotation *q, struct buf *out,
                size_t *marks, struct err *err)
{
	struct arena a = { 0 };
	struct redaction *found = NULL;
	size_t n = 0;
	int rc = 0;

	if (is_there(m, q)) {
		*marks = redaction_put(m->d->text, (size_t)q->start, (size_t)q->end, m->found,
		                       m->found_n, out);
	} else {
		rc = redaction_find(q->quote, &a, &found, &n, err);
		if (rc == 0)
			*marks = redaction_put(q->quote, 0, q->quote.n, found, n, out);
	}
	arena_release(&a);
	return rc ? rc : buf_ok(out) ? 0 : no_memory(err);
}

static int put_quotation(struct making *m, const struct derivative_quotation *q, json_t *list,
                         struct err *err)
{
	char text[EVIDENCE_ADDRESS_SIZE];
	struct buf quote = { 0 };
	size_t marks = 0;
	json_t *o = json_object();
	int rc = mask(m, q, &quote, &marks, err), failed = 0;

	evidence_address_format(q->text, text);
	if (rc == 0) {
		failed |= json_put_str(o, "quote", buf_slice(&quote));
		failed |= json_put_i64(o, "start", (int64_t)q->start);
		failed |= json_put_i64(o, "end", (int64_t)q->end);
		failed |= json_put_str(o, "text", slice_str(text));
		failed |= json_put_str(o, "extractor", q->extractor);
		failed |= json_put_str(o, "rule", q->rule);
		failed |= json_put_str(o, "destination", q->destination);
		failed |= json_put_flag(o, "weighed", q->weighed);
		failed |= json_put_flag(o, "redacted", marks > 0);
		failed |= json_add_new(list, o);
		o = NULL;
	}
	json_decref(o);
	buf_release(&quote);
	if (!m->has_text)
		m->marks += marks;
	return failed ? no_memory(err) : rc;
}

static int put_quotations(struct making *m, json_t *list, struct err *err)
{
	struct derivative_quotation *q = m->d->quotation;
	int rc = 0;

	if (m->d->n)
		qsort(q, m->d->n, sizeof(*q), cmp_quotation);
	for (size_t i = 0; rc == 0 && i < m->d->n; i++)
		if (i == 0 || cmp_quotation(&q[i - 1], &q[i]) != 0)
			rc = put_quotation(m, &q[i], list, err);
	return rc;
}

static int put_text(struct making *m, json_t *o, struct err *err)
{
	char digest[EVIDENCE_ADDRESS_SIZE];
	struct buf text = { 0 };
	int rc = 0;

	m->marks = redaction_put(m->d->text, 0, m->d->text.n, m->found, m->found_n, &text);
	evidence_address_format(m->digest, digest);
	if (!buf_ok(&text) || json_put_str(o, "text", buf_slice(&text)) ||
	    json_put_str(o, "text_digest", slice_str(digest)))
		rc = no_memory(err);
	buf_release(&text);
	return rc;
}

int derivative_of(const struct derivative *d, json_t **out, struct err *err)
{
	struct arena a = { 0 };
	struct making m = { .d = d, .has_text = d->has_text && d->text.n <= REDACTION_TEXT_MAX };
	json_t *o = json_object(), *list = json_array();
	char evidence[EVIDENCE_ADDRESS_SIZE], at[TIMESTAMP_SIZE];
	int rc = o && list ? 0 : no_memory(err);

	evidence_address_format(d->evidence, evidence);
	timestamp_format(d->at, at);
	if (rc == 0 && m.has_text) {
		m.digest = sha256_of(d->text);
		rc = redaction_find(d->text, &a, &m.found, &m.found_n, err);
		if (rc == 0)
			rc = put_text(&m, o, err);
	}
	if (rc == 0)
		rc = put_quotations(&m, list, err);
	if (rc == 0) {
		int failed = json_put_str(o, "evidence", slice_str(evidence));
		failed |= json_put_str(o, "media_type", d->media_type);
		failed |= json_put_i64(o, "length", (int64_t)d->length);
		failed |= json_put_str(o, "at", slice_str(at));
		failed |= json_put_str(o, "url", d->url);
		failed |= json_put_str(o, "vantage", d->vantage);
		failed |= json_put_i64(o, "redactions", (int64_t)m.marks);
		failed |= json_put_new(o, "quotations", json_incref(list));
		if (failed)
			rc = no_memory(err);
	}
	json_decref(list);
	arena_release(&a);
	if (rc == 0)
		*out = o;
	else
		json_decref(o);
	return rc;
}
