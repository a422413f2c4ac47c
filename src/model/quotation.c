/* A quotation is checked by finding it again: nothing that it says of itself is believed. */
#include "model/quotation.h"

#include "model/evidence.h"

/* Whether a character begins at byte `at`, or the text ends there. Texts are UTF-8, where every
 * byte but the first of a character has the form 10xxxxxx (RFC 3629 section 3). */
static bool is_boundary(struct slice text, uint64_t at)
{
	return at == text.n || ((unsigned char)text.p[at] & 0xc0) != 0x80;
}

static int check_range(struct slice text, uint64_t start, uint64_t end, struct err *err)
{
	if (start >= end)
		return err_set(err, ERR_SYNTAX, (size_t)start, "quotation: it is empty");
	if (end > text.n)
		return err_set(err, ERR_SYNTAX, text.n,
			       "quotation: it ends at byte %llu of a text of %zu",
			       (unsigned long long)end, text.n);
	if (!is_boundary(text, start) || !is_boundary(text, end))
		return err_set(err, ERR_SYNTAX, (size_t)start, "quotation: it cuts a character");
	return 0;
}

int quotation_take(struct slice text, struct sha256 digest, uint64_t start, uint64_t end,
		   struct sha256 evidence, struct slice extractor, struct quotation *out,
		   struct err *err)
{
	int rc = check_range(text, start, end, err);

	if (rc)
		return rc;
	*out = (struct quotation){
		.evidence = evidence,
		.text = digest,
		.extractor = extractor,
		.start = start,
		.end = end,
		.quote = slice_sub(text, (size_t)start, (size_t)end),
	};
	return 0;
}

int quotation_check(const struct quotation *q, struct slice text, struct err *err)
{
	if (!sha256_eq(sha256_of(text), q->text))
		return err_set(err, ERR_SYNTAX, 0, "quotation: this is not the text that it names");
	int rc = check_range(text, q->start, q->end, err);
	if (rc)
		return rc;
	if (!slice_eq(slice_sub(text, (size_t)q->start, (size_t)q->end), q->quote))
		return err_set(err, ERR_SYNTAX, (size_t)q->start,
			       "quotation: other words stand at byte %llu",
			       (unsigned long long)q->start);
	return 0;
}

int quotation_from_json(const json_t *object, struct quotation *out, struct err *err)
{
	struct quotation q = { 0 };
	struct slice evidence, text;
	int64_t start, end;
	int rc;

	if ((rc = json_need_str(object, "evidence", &evidence, err)) ||
	    (rc = evidence_address_parse(evidence, &q.evidence, err)) ||
	    (rc = json_need_str(object, "text", &text, err)) ||
	    (rc = evidence_address_parse(text, &q.text, err)) ||
	    (rc = json_need_str(object, "extractor", &q.extractor, err)) ||
	    (rc = json_need_i64(object, "start", &start, err)) ||
	    (rc = json_need_i64(object, "end", &end, err)) ||
	    (rc = json_need_str(object, "quote", &q.quote, err)))
		return rc;
	if (q.extractor.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "quotation: extractor is empty");
	if (start < 0 || end <= start || (uint64_t)(end - start) != q.quote.n)
		return err_set(err, ERR_SYNTAX, 0,
			       "quotation: start and end do not fit a quote of %zu bytes", q.quote.n);
	q.start = (uint64_t)start;
	q.end = (uint64_t)end;
	*out = q;
	return 0;
}

json_t *quotation_to_json(const struct quotation *q)
{
	char evidence[EVIDENCE_ADDRESS_SIZE], text[EVIDENCE_ADDRESS_SIZE];
	json_t *object = json_object();

	evidence_address_format(q->evidence, evidence);
	evidence_address_format(q->text, text);
	int bad = json_put_str(object, "evidence", slice_str(evidence)) |
		  json_put_str(object, "text", slice_str(text)) |
		  json_put_str(object, "extractor", q->extractor) |
		  json_put_i64(object, "start", (int64_t)q->start) |
		  json_put_i64(object, "end", (int64_t)q->end) |
		  json_put_str(object, "quote", q->quote);
	if (!bad)
		return object;
	json_decref(object);
	return NULL;
}
