/* The envelope, the table of types, and ids. What a type requires stands in one table, here; the
 * schemas under doc/format/schema/ say the same and more, and a test compares the two. */
#include "model/record.h"

#include "model/country.h"
#include "model/evidence.h"
#include "model/quotation.h"
#include "wire/timestamp.h"

#include <string.h>

/* clang-format off */
const struct record_type record_types[] = {
	/* name        v  pure   subject required fields */
	{ "sighting",    1, false, true,  { { "name", RECORD_STRING } } },
	{ "suspect",     1, true,  true,  { { "score", RECORD_INTEGER }, { "reasons", RECORD_ARRAY } } },
	{ "observation", 1, false, true,  { { "what", RECORD_STRING } } },
	{ "fact",        1, true,  true,  { { "what", RECORD_STRING }, { "quotations", RECORD_QUOTES } } },
	{ "finding",     1, true,  true,  { { "rule", RECORD_STRING }, { "pack", RECORD_STRING },
	                                  { "pack_version", RECORD_STRING },
	                                  { "destination", RECORD_COUNTRY },
	                                  { "quotations", RECORD_QUOTES } } },
	{ "verdict",     1, true,  true,  { { "cells", RECORD_CELLS }, { "inputs", RECORD_OBJECT } } },
	{ "link",        1, true,  true,  { { "other", RECORD_OBJECT }, { "weight", RECORD_INTEGER },
	                                  { "parts", RECORD_ARRAY } } },
	{ "network",     1, true,  true,  { { "network", RECORD_STRING }, { "members", RECORD_ARRAY } } },
	{ "attribution", 1, true,  true,  { { "programme", RECORD_STRING }, { "marks", RECORD_ARRAY } } },
	{ "hypothesis",  1, true,  true,  { { "claim", RECORD_STRING } } },
	{ "decision",    1, false, true,  { { "cells", RECORD_CELLS }, { "reason", RECORD_STRING } } },
	{ "listing",     1, false, false, { { "list", RECORD_STRING }, { "action", RECORD_STRING },
	                                  { "reason", RECORD_STRING } } },
	{ "notice",      1, false, false, { { "state", RECORD_STRING } } },
	{ "outcome",     1, false, true,  { { "notice", RECORD_STRING }, { "state", RECORD_STRING } } },
	{ "appeal",      1, false, true,  { { "state", RECORD_STRING } } },
	{ "reply",       1, false, true,  { { "words", RECORD_STRING } } },
	{ "disclosure",  1, false, true,  { { "state", RECORD_STRING } } },
	{ "correction",  1, false, true,  { { "cells", RECORD_CELLS }, { "reason", RECORD_STRING } } },
	{ "reassessment", 1, false, true, { { "verdict", RECORD_STRING }, { "cells", RECORD_CELLS },
	                                  { "reason", RECORD_STRING } } },
	{ "report",      1, false, true,  { { "reporter", RECORD_STRING }, { "claim", RECORD_STRING } } },
	{ "mandate",     1, false, false, { { "state", RECORD_STRING },
	                                  { "mandate", RECORD_STRING } } },
	{ "commitment",  1, false, false, { { "practice", RECORD_STRING },
	                                  { "adopter", RECORD_STRING } } },
	{ "pack",        1, false, false, { { "pack", RECORD_STRING }, { "pack_version", RECORD_STRING },
	                                  { "digest", RECORD_ADDRESS } } },
	{ "key",         1, false, false, { { "key", RECORD_STRING }, { "action", RECORD_STRING } } },
	{ "redaction",   1, false, false, { { "evidence", RECORD_ARRAY }, { "reason", RECORD_STRING } } },
	{ NULL,          0, false, false, { { NULL, RECORD_STRING } } },
};

const struct record_observed record_observed[] = {
	{ "page",         { { "url", RECORD_STRING }, { "vantage", RECORD_STRING },
	                    { "evidence", RECORD_EVIDENCE } } },
	{ "registration", { { "registration", RECORD_OBJECT } } },
	{ "register",     { { "register", RECORD_OBJECT } } },
	{ "register_edition", { { "edition", RECORD_OBJECT } } },
	{ "dns",          { { "vantage", RECORD_STRING }, { "dns", RECORD_OBJECT } } },
	{ "tls",          { { "vantage", RECORD_STRING }, { "tls", RECORD_OBJECT } } },
	{ "change",       { { "change", RECORD_OBJECT } } },
	{ "absence",      { { "absence", RECORD_OBJECT } } },
	{ NULL,           { { NULL, RECORD_STRING } } },
};
/* clang-format on */

static bool is_in(struct slice s, const char *const *list)
{
	for (; *list; list++)
		if (slice_eq_str(s, *list))
			return true;
	return false;
}

bool record_is_verdict_class(struct slice s)
{
	static const char *const classes[] = { "legitimate",     "unverified",   "unapproved", "rogue",
					       "not_a_pharmacy", "out_of_scope", NULL };

	return is_in(s, classes);
}

bool record_is_country(struct slice s)
{
	return country_is_code(s);
}

const struct record_type *record_type_find(struct slice name)
{
	for (const struct record_type *t = record_types; t->name; t++)
		if (slice_eq_str(name, t->name))
			return t;
	return NULL;
}

json_t *record_subject_json(struct slice kind, struct slice key)
{
	json_t *subject = json_object();

	if (json_put_str(subject, "kind", kind) | json_put_str(subject, "key", key)) {
		json_decref(subject);
		return NULL;
	}
	return subject;
}

/* --- checks ---------------------------------------------------------------------------------- */

/* Records have one spelling of a time, with the hour; timestamp_parse takes a date too. */
static int read_time(struct slice s, const char *field, int64_t *out, struct err *err)
{
	if (s.n != TIMESTAMP_LEN)
		return err_set(err, ERR_SYNTAX, 0, "%s is not a time such as 2026-11-22T04:05:06Z",
			       field);
	int rc = timestamp_parse(s, out, err);
	if (rc && err)
		err_wrap(err, "%s", field);
	return rc;
}

static int check_cells(const json_t *cells, struct err *err)
{
	if (json_array_size(cells) == 0)
		return err_set(err, ERR_SYNTAX, 0, "cells is empty");
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const json_t *cell = json_array_get(cells, i);
		struct slice destination = json_str(cell, "destination");
		struct slice class = json_str(cell, "class");
		if (!record_is_country(destination))
			return err_set(err, ERR_SYNTAX, 0,
				       "cells[%zu]: destination is not a country such as JP", i);
		if (!record_is_verdict_class(class))
			return err_set(err, ERR_SYNTAX, 0, "cells[%zu]: '%.*s' is not a verdict class",
				       i, SLICE_ARG(slice_sub(class, 0, 40)));
	}
	return 0;
}

static int check_quotations(const json_t *list, const char *field, struct err *err)
{
	struct quotation q;

	for (size_t i = 0; i < json_array_size(list); i++) {
		int rc = quotation_from_json(json_array_get(list, i), &q, err);
		if (rc && err)
			err_wrap(err, "%s[%zu]", field, i);
		if (rc)
			return rc;
	}
	return 0;
}

static int check_evidence(const json_t *list, const char *field, struct err *err)
{
	struct evidence e;

	if (json_array_size(list) == 0)
		return err_set(err, ERR_SYNTAX, 0, "%s is empty", field);
	for (size_t i = 0; i < json_array_size(list); i++) {
		int rc = evidence_from_json(json_array_get(list, i), &e, err);
		if (rc && err)
			err_wrap(err, "%s[%zu]", field, i);
		if (rc)
			return rc;
	}
	return 0;
}

static int check_field(const json_t *body, const struct record_field *field, struct err *err)
{
	struct slice s;
	int64_t n;
	json_t *value;
	struct sha256 digest;
	int rc;

	switch (field->shape) {
	case RECORD_INTEGER:
		return json_need_i64(body, field->name, &n, err);
	case RECORD_OBJECT:
		return json_need_obj(body, field->name, &value, err);
	case RECORD_ARRAY:
		return json_need_arr(body, field->name, &value, err);
	case RECORD_CELLS:
		rc = json_need_arr(body, field->name, &value, err);
		return rc ? rc : check_cells(value, err);
	case RECORD_QUOTES:
		rc = json_need_arr(body, field->name, &value, err);
		return rc ? rc : check_quotations(value, field->name, err);
	case RECORD_EVIDENCE:
		rc = json_need_arr(body, field->name, &value, err);
		return rc ? rc : check_evidence(value, field->name, err);
	case RECORD_STRING:
	case RECORD_ADDRESS:
	case RECORD_TIME:
	case RECORD_COUNTRY:
		break;
	}
	rc = json_need_str(body, field->name, &s, err);
	if (rc)
		return rc;
	if (s.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "%s is empty", field->name);
	if (field->shape == RECORD_TIME)
		return read_time(s, field->name, &n, err);
	if (field->shape == RECORD_COUNTRY && !record_is_country(s))
		return err_set(err, ERR_SYNTAX, 0, "%s is not a country such as JP", field->name);
	if (field->shape == RECORD_ADDRESS && evidence_address_parse(s, &digest, NULL))
		return err_set(err, ERR_SYNTAX, 0, "%s is not an address (sha256:HEX)",
			       field->name);
	return 0;
}

static int check_fields(const json_t *body, const struct record_field *need, struct err *err)
{
	int rc = 0;

	for (; need->name && rc == 0; need++)
		rc = check_field(body, need, err);
	return rc;
}

static int check_subject(struct record *r, struct err *err)
{
	const json_t *subject = json_object_get(r->body, "subject");

	if (!subject) {
		if (r->type && r->type->subject)
			return err_set(err, ERR_SYNTAX, 0, "subject is missing");
		return 0;
	}
	r->kind = json_str(subject, "kind");
	r->key = json_str(subject, "key");
	int rc = subject_from_key(r->kind, r->key, &r->subject, err);
	r->has_subject = rc == 0;
	return rc;
}

/* What an entry is about: a subject and its cells, or the list itself. */
static int check_listing(const struct record *r, struct err *err)
{
	static const struct record_field cells = { "cells", RECORD_CELLS };
	static const struct record_field definition = { "definition", RECORD_OBJECT };

	if (slice_eq_str(json_str(r->body, "action"), "define"))
		return check_field(r->body, &definition, err);
	if (!r->has_subject)
		return err_set(err, ERR_SYNTAX, 0, "subject is missing");
	return check_field(r->body, &cells, err);
}

/* Fill what r tells of its body, and check it. */
static int check(struct record *r, struct err *err)
{
	static const struct record_field src = { "src", RECORD_STRING };
	struct slice at, period;
	int rc;

	if ((rc = json_need_str(r->body, "type", &r->type_name, err)) ||
	    (rc = json_need_i64(r->body, "v", &r->v, err)) ||
	    (rc = json_need_str(r->body, "at", &at, err)) || (rc = read_time(at, "at", &r->at, err)) ||
	    (rc = check_field(r->body, &src, err)))
		return rc;
	if (r->type_name.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "type is empty");
	if (r->v < 1)
		return err_set(err, ERR_SYNTAX, 0, "v is not a version from 1 on");
	r->src = json_str(r->body, "src");
	r->type = record_type_find(r->type_name);
	if (r->type && r->v > r->type->v)
		r->type = NULL;
	rc = check_subject(r, err);
	if (rc)
		return rc;
	r->has_period = json_object_get(r->body, "period") != NULL;
	if (r->has_period && ((rc = json_need_str(r->body, "period", &period, err)) ||
			      (rc = read_time(period, "period", &r->period, err))))
		return rc;
	if (!r->type)
		return 0;
	rc = check_fields(r->body, r->type->need, err);
	if (rc == 0 && slice_eq_str(r->type_name, "listing"))
		return check_listing(r, err);
	if (rc || !slice_eq_str(r->type_name, "observation"))
		return rc;
	for (const struct record_observed *o = record_observed; o->what; o++)
		if (slice_eq_str(json_str(r->body, "what"), o->what))
			return check_fields(r->body, o->need, err);
	return 0;
}

/* --- ids ------------------------------------------------------------------------------------- */

static const char *const without_id[] = { "id", NULL };
static const char *const without_id_and_at[] = { "id", "at", NULL };

static int compute_id(const struct record *r, const char *const *skip, struct sha256 *out,
		      struct err *err)
{
	struct buf text = { 0 };
	int rc = json_canonical_except(r->body, skip, &text, err);

	if (rc == 0)
		*out = sha256_of(buf_slice(&text));
	buf_release(&text);
	return rc;
}

/* Whether outputs of this type are named without their time. A newer version of a type that we
 * know is of the same stage; of an unknown type nobody can tell. */
static bool is_pure(const struct record *r)
{
	const struct record_type *t = record_type_find(r->type_name);

	return t && t->pure;
}

static int settle_id(struct record *r, struct err *err)
{
	const json_t *given = json_object_get(r->body, "id");
	struct sha256 id, other, told;
	char hex[SHA256_HEX];
	int rc = compute_id(r, is_pure(r) ? without_id_and_at : without_id, &id, err);

	if (rc)
		return rc;
	r->id = id;
	r->has_id = true;
	sha256_hex(id, hex);
	if (!given)
		return json_put_str(r->body, "id", slice_str(hex))
			       ? err_set(err, ERR_NOMEM, 0, "no memory")
			       : 0;
	if (!sha256_parse_hex(json_text(given), &told))
		return err_set(err, ERR_SYNTAX, 0, "id is not 64 lower-case hexadecimal digits");
	r->id_was_given = true;
	if (sha256_eq(told, id))
		return 0;
	if (!record_type_find(r->type_name)) {
		rc = compute_id(r, without_id_and_at, &other, err);
		if (rc)
			return rc;
		if (sha256_eq(told, other)) {
			r->id = other;
			return 0;
		}
	}
	return err_set(err, ERR_SYNTAX, 0, "id is %.*s, but its content gives %s",
		       SLICE_ARG(json_text(given)), hex);
}

/* --- reading --------------------------------------------------------------------------------- */

static int explain(const struct record *r, int rc, struct err *err)
{
	if (!err)
		return rc;
	if (r->type_name.n)
		err_wrap(err, "record: %.*s", SLICE_ARG(slice_sub(r->type_name, 0, 40)));
	else
		err_wrap(err, "record");
	return rc;
}

int record_from_json(json_t *body, struct record *out, struct err *err)
{
	struct record r = { .body = body };
	int rc = json_is_object(body) ? 0 : err_set(err, ERR_SYNTAX, 0, "not an object");

	if (rc == 0)
		rc = check(&r, err);
	if (rc == 0)
		rc = settle_id(&r, err);
	if (rc)
		return explain(&r, rc, err);
	*out = r;
	return 0;
}

int record_parse(struct slice line, struct record *out, struct err *err)
{
	json_t *body;
	int rc = json_parse_object(line, RECORD_LINE_MAX, &body, err);

	if (rc)
		return rc;
	rc = record_from_json(body, out, err);
	if (rc)
		json_decref(body);
	return rc;
}

/* --- making ---------------------------------------------------------------------------------- */

static void note(struct record *r, const char *field, int rc)
{
	if (rc && !r->failed) {
		r->failed = rc;
		r->failed_field = field;
	}
}

void record_new(struct record *r, const char *type, int64_t v, struct slice kind, struct slice key,
		int64_t at, struct slice src)
{
	*r = (struct record){ .body = json_object() };
	record_set_str(r, "type", slice_str(type));
	record_set_i64(r, "v", v);
	if (kind.n || key.n)
		record_set_new(r, "subject", record_subject_json(kind, key));
	record_set_time(r, "at", at);
	record_set_str(r, "src", src);
}

void record_set_str(struct record *r, const char *field, struct slice s)
{
	note(r, field, json_put_str(r->body, field, s));
}

void record_set_i64(struct record *r, const char *field, int64_t n)
{
	note(r, field, json_put_i64(r->body, field, n));
}

void record_set_flag(struct record *r, const char *field, bool b)
{
	note(r, field, json_put_flag(r->body, field, b));
}

void record_set_time(struct record *r, const char *field, int64_t t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(t, text);
	record_set_str(r, field, slice_str(text));
}

void record_set_new(struct record *r, const char *field, json_t *value)
{
	note(r, field, json_put_new(r->body, field, value));
}

int record_finish(struct record *r, struct err *err)
{
	int rc = r->failed;

	if (rc) {
		err_set(err, (enum err_code)rc, 0, "%s %s", r->failed_field,
			rc == ERR_SYNTAX ? "is not UTF-8" : "could not be made: no memory");
		return explain(r, rc, err);
	}
	rc = check(r, err);
	if (rc == 0 && !r->type)
		rc = err_set(err, ERR_SYNTAX, 0, "a type or version that this program does not know");
	if (rc == 0)
		rc = settle_id(r, err);
	return rc ? explain(r, rc, err) : 0;
}

int record_format(const struct record *r, struct buf *out, struct err *err)
{
	return json_canonical(r->body, out, err);
}

int record_format_body(const struct record *r, struct buf *out, struct err *err)
{
	return json_canonical_except(r->body, without_id, out, err);
}

void record_release(struct record *r)
{
	json_decref(r->body);
	*r = (struct record){ 0 };
}
