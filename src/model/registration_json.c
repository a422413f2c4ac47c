/* A registration as the `registration` object of an observation, and back. */
#include "model/registration.h"

#include "base/utf8.h"
#include "wire/dname.h"
#include "wire/timestamp.h"

/* ---- to JSON ---- */

static void put(json_t *object, const char *key, struct slice s, int *failed)
{
	if (s.n)
		*failed |= json_put_str(object, key, s);
}

static json_t *list_of(const struct slice *list, size_t n)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_add_str(array, list[i]);
	if (failed) {
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *redactions_of(const struct registration *r)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < r->redaction_n; i++) {
		json_t *entry = json_object();
		put(entry, "field", r->redaction[i].field, &failed);
		put(entry, "method", r->redaction[i].method, &failed);
		put(entry, "reason", r->redaction[i].reason, &failed);
		failed |= json_add_new(array, entry);
	}
	if (failed) {
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *conflicts_of(const struct registration *r)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < r->conflict_n; i++) {
		const struct registration_conflict *c = &r->conflict[i];
		json_t *entry = json_object();
		failed |= json_put_str(entry, "field", slice_str(c->field));
		failed |= json_put_str(entry, "kept", c->kept);
		failed |= json_put_str(entry, "other", c->other);
		failed |= json_put_str(entry, "by", slice_str(registration_source_name(c->by)));
		failed |= json_add_new(array, entry);
	}
	if (failed) {
		json_decref(array);
		return NULL;
	}
	return array;
}

/* {"registrant":{"mail":[...]}}, by role and field. */
static json_t *values_of(const struct registration_value *value, size_t n)
{
	json_t *object = json_object();
	int failed = 0;

	for (size_t i = 0; i < n; i++) {
		const char *role = registration_role_name(value[i].role);
		const char *field = registration_field_name(value[i].field);
		json_t *fields = json_obj(object, role);
		if (!fields) {
			failed |= json_put_new(object, role, json_object());
			fields = json_obj(object, role);
		}
		json_t *list = json_arr(fields, field);
		if (!list) {
			failed |= json_put_new(fields, field, json_array());
			list = json_arr(fields, field);
		}
		failed |= json_add_str(list, value[i].text);
	}
	if (failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *registrant_of(const struct registration *r)
{
	json_t *object = json_object();
	int failed = 0;

	put(object, "country", r->country, &failed);
	put(object, "region", r->region, &failed);
	put(object, "privacy", r->privacy, &failed);
	if (r->withheld) {
		json_t *list = json_array();
		for (int f = 0; f < REGISTRATION_FIELDS; f++)
			if (r->withheld & 1u << f)
				failed |= json_add_str(list, slice_str(registration_field_name(
								     (enum registration_field)f)));
		failed |= json_put_new(object, "withheld", list);
	}
	if (failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *sources_of(const struct registration *r)
{
	json_t *array = json_array();
	int failed = 0;

	for (size_t i = 0; i < r->told_n; i++) {
		json_t *entry = json_object();
		failed |= json_put_str(entry, "source",
		                       slice_str(registration_source_name(r->told[i].source)));
		failed |= json_put_str(entry, "server", r->told[i].server);
		failed |= json_add_new(array, entry);
	}
	if (failed) {
		json_decref(array);
		return NULL;
	}
	return array;
}

json_t *registration_to_json(const struct registration *r)
{
	json_t *object = json_object();
	int failed = object ? 0 : 1;

	for (int t = 0; t < REGISTRATION_TIMES; t++) {
		char text[TIMESTAMP_SIZE];
		if (r->time[t] == REGISTRATION_NONE)
			continue;
		timestamp_format(r->time[t], text);
		put(object, registration_time_name((enum registration_time)t), slice_str(text),
		    &failed);
	}
	put(object, "domain", r->domain, &failed);
	put(object, "handle", r->handle, &failed);
	put(object, "registrar", r->registrar, &failed);
	if (r->registrar_id)
		failed |= json_put_i64(object, "registrar_id", r->registrar_id);
	put(object, "registrar_url", r->registrar_url, &failed);
	put(object, "reseller", r->reseller, &failed);
	if (r->abuse_mail.n || r->abuse_phone.n) {
		json_t *abuse = json_object();
		put(abuse, "mail", r->abuse_mail, &failed);
		put(abuse, "phone", r->abuse_phone, &failed);
		failed |= json_put_new(object, "abuse", abuse);
	}
	if (r->status_n)
		failed |= json_put_new(object, "status", list_of(r->status, r->status_n));
	if (r->nameserver_n)
		failed |= json_put_new(object, "nameservers",
		                       list_of(r->nameserver, r->nameserver_n));
	if (r->dnssec != REGISTRATION_DNSSEC_UNSAID)
		failed |= json_put_str(object, "dnssec",
		                       r->dnssec == REGISTRATION_SIGNED ? SLICE("signed")
		                                                        : SLICE("unsigned"));
	if (r->redaction_n)
		failed |= json_put_new(object, "redacted", redactions_of(r));
	if (r->country.n || r->region.n || r->privacy.n || r->withheld)
		failed |= json_put_new(object, "registrant", registrant_of(r));
	if (r->hash_n)
		failed |= json_put_new(object, "hashes", values_of(r->hash, r->hash_n));
	if (r->conflict_n)
		failed |= json_put_new(object, "conflicts", conflicts_of(r));
	if (r->told_n)
		failed |= json_put_new(object, "sources", sources_of(r));
	if (failed) {
		json_decref(object);
		return NULL;
	}
	return object;
}

json_t *registration_restricted_to_json(const struct registration_restricted *values)
{
	return values_of(values->value, values->value_n);
}

/* ---- from JSON ---- */

struct reader {
	struct arena *a;
	struct err *err;
};

static int bad(const struct reader *r, const char *key)
{
	return err_set(r->err, ERR_SYNTAX, 0, "registration: %s is not as it should be", key);
}

/* Printable text within the limit. */
static bool is_text(struct slice s)
{
	if (!s.p || !s.n || s.n > REGISTRATION_TEXT_MAX || !utf8_valid(s, NULL))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static int copy(const struct reader *r, const json_t *value, const char *key, struct slice *out)
{
	struct slice s = json_text(value);

	if (!is_text(s))
		return bad(r, key);
	s = arena_copy(r->a, s);
	if (!s.p)
		return err_set(r->err, ERR_NOMEM, 0, "registration: no memory");
	*out = s;
	return 0;
}

static int get(const struct reader *r, const json_t *object, const char *key, struct slice *out)
{
	const json_t *value = json_object_get(object, key);

	return value ? copy(r, value, key, out) : 0;
}

static int get_list(const struct reader *r, const json_t *object, const char *key,
                    struct slice **out, size_t *n)
{
	const json_t *array = json_object_get(object, key);
	size_t count = json_array_size(array);

	if (!array)
		return 0;
	if (!json_is_array(array) || count > REGISTRATION_LIST_MAX)
		return bad(r, key);
	struct slice *list = arena_array(r->a, count, sizeof(*list));
	if (!list)
		return err_set(r->err, ERR_NOMEM, 0, "registration: no memory");
	for (size_t i = 0; i < count; i++) {
		int rc = copy(r, json_array_get(array, i), key, &list[i]);
		if (rc)
			return rc;
	}
	*out = list;
	*n = count;
	return 0;
}

static int get_names(const struct reader *r, const json_t *object, struct registration *out)
{
	int rc = get(r, object, "domain", &out->domain);

	if (rc == 0)
		rc = get_list(r, object, "nameservers", &out->nameserver, &out->nameserver_n);
	if (rc)
		return rc;
	if (out->domain.n && !dname_is_canonical(out->domain))
		return bad(r, "domain");
	for (size_t i = 0; i < out->nameserver_n; i++)
		if (!dname_is_canonical(out->nameserver[i]))
			return bad(r, "nameservers");
	return 0;
}

static int get_times(const struct reader *r, const json_t *object, struct registration *out)
{
	for (int t = 0; t < REGISTRATION_TIMES; t++) {
		const char *key = registration_time_name((enum registration_time)t);
		const json_t *value = json_object_get(object, key);
		if (value && timestamp_parse(json_text(value), &out->time[t], NULL) != 0)
			return bad(r, key);
	}
	return 0;
}

static int get_redactions(const struct reader *r, const json_t *object, struct registration *out)
{
	const json_t *array = json_object_get(object, "redacted");
	size_t n = json_array_size(array);

	if (!array)
		return 0;
	if (!json_is_array(array) || n > REGISTRATION_LIST_MAX)
		return bad(r, "redacted");
	out->redaction = arena_array(r->a, n, sizeof(*out->redaction));
	if (!out->redaction)
		return err_set(r->err, ERR_NOMEM, 0, "registration: no memory");
	for (size_t i = 0; i < n; i++) {
		const json_t *entry = json_array_get(array, i);
		int rc = copy(r, json_object_get(entry, "field"), "redacted",
		              &out->redaction[i].field);
		if (rc == 0)
			rc = copy(r, json_object_get(entry, "method"), "redacted",
			          &out->redaction[i].method);
		if (rc == 0)
			rc = get(r, entry, "reason", &out->redaction[i].reason);
		if (rc)
			return rc;
	}
	out->redaction_n = n;
	return 0;
}

static int get_registrant(const struct reader *r, const json_t *object, struct registration *out)
{
	const json_t *registrant = json_obj(object, "registrant");
	const json_t *withheld = json_arr(registrant, "withheld");
	int rc = get(r, registrant, "country", &out->country);

	if (rc == 0)
		rc = get(r, registrant, "region", &out->region);
	if (rc == 0)
		rc = get(r, registrant, "privacy", &out->privacy);
	for (size_t i = 0; rc == 0 && i < json_array_size(withheld); i++)
		for (int f = 0; f < REGISTRATION_FIELDS; f++)
			if (slice_eq_str(json_text(json_array_get(withheld, i)),
			                 registration_field_name((enum registration_field)f)))
				out->withheld |= 1u << f;
	return rc;
}

static int get_values(const struct reader *r, const json_t *object, struct registration_value **out,
                      size_t *n)
{
	struct registration_value *list = arena_array(r->a, REGISTRATION_LIST_MAX, sizeof(*list));
	size_t count = 0;

	if (!list)
		return err_set(r->err, ERR_NOMEM, 0, "registration: no memory");
	for (int role = 0; role < REGISTRATION_ROLES; role++)
		for (int field = 0; field < REGISTRATION_FIELDS; field++) {
			enum registration_role as = (enum registration_role)role;
			enum registration_field what = (enum registration_field)field;
			const json_t *values =
				json_arr(json_obj(object, registration_role_name(as)),
			                 registration_field_name(what));
			for (size_t i = 0; i < json_array_size(values); i++) {
				if (count == REGISTRATION_LIST_MAX)
					return bad(r, "restricted");
				list[count] =
					(struct registration_value){ .role = as, .field = what };
				int rc = copy(r, json_array_get(values, i), "restricted",
				              &list[count].text);
				if (rc)
					return rc;
				count++;
			}
		}
	*out = list;
	*n = count;
	return 0;
}

static bool source_of(struct slice name, enum registration_source *out)
{
	for (int s = 0; s < REGISTRATION_SOURCES; s++)
		if (slice_eq_str(name, registration_source_name((enum registration_source)s))) {
			*out = (enum registration_source)s;
			return true;
		}
	return false;
}

static int get_sources(const struct reader *r, const json_t *object, struct registration *out)
{
	const json_t *array = json_arr(object, "sources");

	if (json_array_size(array) > REGISTRATION_SOURCES_MAX)
		return bad(r, "sources");
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *entry = json_array_get(array, i);
		if (!source_of(json_str(entry, "source"), &out->told[i].source))
			return bad(r, "sources");
		int rc = copy(r, json_object_get(entry, "server"), "sources", &out->told[i].server);
		if (rc)
			return rc;
		out->told_n++;
	}
	return 0;
}

/* Conflicts are ours to find: read back for who shows them, by fields we know. */
static int get_conflicts(const struct reader *r, const json_t *object, struct registration *out)
{
	static const char *const fields[] = { "domain",  "registrar", "registrar_id", "reseller",
		                              "country", "status",    "nameservers" };
	const json_t *array = json_arr(object, "conflicts");
	size_t n = json_array_size(array);

	if (n > REGISTRATION_LIST_MAX)
		return bad(r, "conflicts");
	out->conflict = arena_array(r->a, n, sizeof(*out->conflict));
	if (!out->conflict)
		return err_set(r->err, ERR_NOMEM, 0, "registration: no memory");
	for (size_t i = 0; i < n; i++) {
		const json_t *entry = json_array_get(array, i);
		struct registration_conflict *c = &out->conflict[i];
		struct slice field = json_str(entry, "field");
		for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
			if (slice_eq_str(field, fields[k]))
				c->field = fields[k];
		for (int t = 0; t < REGISTRATION_TIMES; t++)
			if (slice_eq_str(field, registration_time_name((enum registration_time)t)))
				c->field = registration_time_name((enum registration_time)t);
		if (!c->field || !source_of(json_str(entry, "by"), &c->by))
			return bad(r, "conflicts");
		int rc = copy(r, json_object_get(entry, "kept"), "conflicts", &c->kept);
		if (rc == 0)
			rc = copy(r, json_object_get(entry, "other"), "conflicts", &c->other);
		if (rc)
			return rc;
	}
	out->conflict_n = n;
	return 0;
}

static int get_rest(const struct reader *r, const json_t *object, struct registration *out)
{
	const json_t *abuse = json_obj(object, "abuse");
	struct slice dnssec = json_str(object, "dnssec");
	int rc = get(r, object, "handle", &out->handle);

	if (rc == 0)
		rc = get(r, object, "registrar", &out->registrar);
	if (rc == 0)
		rc = get(r, object, "registrar_url", &out->registrar_url);
	if (rc == 0)
		rc = get(r, object, "reseller", &out->reseller);
	if (rc == 0)
		rc = get(r, abuse, "mail", &out->abuse_mail);
	if (rc == 0)
		rc = get(r, abuse, "phone", &out->abuse_phone);
	if (rc)
		return rc;
	out->registrar_id = json_i64(object, "registrar_id", 0);
	if (out->registrar_id < 0)
		return bad(r, "registrar_id");
	if (slice_eq_str(dnssec, "signed"))
		out->dnssec = REGISTRATION_SIGNED;
	else if (slice_eq_str(dnssec, "unsigned"))
		out->dnssec = REGISTRATION_UNSIGNED;
	return get_list(r, object, "status", &out->status, &out->status_n);
}

int registration_from_json(const json_t *object, struct arena *a, struct registration *out,
                           struct err *err)
{
	const struct reader r = { a, err };
	struct registration read = registration_empty();

	if (!json_is_object(object))
		return err_set(err, ERR_SYNTAX, 0, "registration: not an object");
	int rc = get_names(&r, object, &read);
	if (rc == 0)
		rc = get_times(&r, object, &read);
	if (rc == 0)
		rc = get_rest(&r, object, &read);
	if (rc == 0)
		rc = get_redactions(&r, object, &read);
	if (rc == 0)
		rc = get_registrant(&r, object, &read);
	if (rc == 0)
		rc = get_values(&r, json_obj(object, "hashes"), &read.hash, &read.hash_n);
	for (size_t i = 0; rc == 0 && i < read.hash_n; i++)
		if (!slice_starts(read.hash[i].text, SLICE("hmac:")))
			rc = bad(&r, "hashes");
	if (rc == 0)
		rc = get_conflicts(&r, object, &read);
	if (rc == 0)
		rc = get_sources(&r, object, &read);
	if (rc == 0)
		*out = read;
	return rc;
}

int registration_restricted_from_json(const json_t *object, struct arena *a,
                                      struct registration_restricted *out, struct err *err)
{
	const struct reader r = { a, err };

	return get_values(&r, object, &out->value, &out->value_n);
}
