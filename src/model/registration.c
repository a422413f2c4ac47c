#include "model/registration.h"

#include "base/buf.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "wire/timestamp.h"

enum { DAY = 86400 };

/* ---- names ---- */

const char *registration_source_name(enum registration_source s)
{
	static const char *const names[REGISTRATION_SOURCES] = {
		[REGISTRATION_RDAP_REGISTRY] = "rdap-registry",
		[REGISTRATION_WHOIS_REGISTRY] = "whois-registry",
		[REGISTRATION_RDAP_REGISTRAR] = "rdap-registrar",
		[REGISTRATION_WHOIS_REGISTRAR] = "whois-registrar",
	};

	return names[(unsigned)s < REGISTRATION_SOURCES ? s : 0];
}

const char *registration_role_name(enum registration_role r)
{
	static const char *const names[REGISTRATION_ROLES] = {
		[REGISTRATION_REGISTRANT] = "registrant",
		[REGISTRATION_ADMINISTRATIVE] = "administrative",
		[REGISTRATION_TECHNICAL] = "technical",
		[REGISTRATION_BILLING] = "billing",
	};

	return names[(unsigned)r < REGISTRATION_ROLES ? r : 0];
}

const char *registration_field_name(enum registration_field f)
{
	static const char *const names[REGISTRATION_FIELDS] = {
		[REGISTRATION_NAME] = "name",       [REGISTRATION_ORGANISATION] = "organisation",
		[REGISTRATION_MAIL] = "mail",       [REGISTRATION_PHONE] = "phone",
		[REGISTRATION_ADDRESS] = "address",
	};

	return names[(unsigned)f < REGISTRATION_FIELDS ? f : 0];
}

const char *registration_time_name(enum registration_time t)
{
	static const char *const names[REGISTRATION_TIMES] = {
		[REGISTRATION_CREATED] = "created",
		[REGISTRATION_REREGISTERED] = "reregistered",
		[REGISTRATION_UPDATED] = "updated",
		[REGISTRATION_TRANSFERRED] = "transferred",
		[REGISTRATION_EXPIRES] = "expires",
		[REGISTRATION_REGISTRAR_EXPIRES] = "registrar_expires",
		[REGISTRATION_DELETED] = "deleted",
		[REGISTRATION_REINSTANTIATED] = "reinstantiated",
		[REGISTRATION_LOCKED] = "locked",
		[REGISTRATION_UNLOCKED] = "unlocked",
	};

	return names[(unsigned)t < REGISTRATION_TIMES ? t : 0];
}

struct registration registration_empty(void)
{
	struct registration r = { 0 };

	for (int t = 0; t < REGISTRATION_TIMES; t++)
		r.time[t] = REGISTRATION_NONE;
	return r;
}

bool registration_has_status(const struct registration *r, const char *name)
{
	for (size_t i = 0; i < r->status_n; i++)
		if (slice_eq_str(r->status[i], name))
			return true;
	return false;
}

bool registration_is_held(const struct registration *r)
{
	return registration_has_status(r, "clientHold") || registration_has_status(r, "serverHold");
}

/* ---- two servers ---- */

struct completing {
	struct registration *into;
	const struct registration *from;
	struct arena *a;
	bool failed;
};

static void conflict(struct completing *c, const char *field, struct slice kept, struct slice other)
{
	struct registration *r = c->into;
	enum registration_source by = c->from->told_n ? c->from->told[0].source : 0;

	if (r->conflict_n == REGISTRATION_LIST_MAX)
		return;
	r->conflict[r->conflict_n++] = (struct registration_conflict){ field, kept, other, by };
}

static struct slice shown_time(struct completing *c, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	struct slice s = arena_copy(c->a, slice_str(text));
	c->failed |= !s.p;
	return s;
}

static void complete_time(struct completing *c, enum registration_time t)
{
	int64_t *mine = &c->into->time[t], other = c->from->time[t];

	if (other == REGISTRATION_NONE)
		return;
	if (*mine == REGISTRATION_NONE) {
		*mine = other;
		return;
	}
	/* Each keeps its own copy, with its own date of change. */
	if (t == REGISTRATION_UPDATED || (other - *mine <= DAY && *mine - other <= DAY))
		return;
	conflict(c, registration_time_name(t), shown_time(c, *mine), shown_time(c, other));
}

/* Letters and digits alone, of any case: "MarkMonitor, Inc." is "MARKMONITOR INC". */
static bool is_same_name(struct slice a, struct slice b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && (unsigned char)a.p[i] < 0x80 &&
		       !((ascii_lower(a.p[i]) >= 'a' && ascii_lower(a.p[i]) <= 'z') ||
		         (a.p[i] >= '0' && a.p[i] <= '9')))
			i++;
		while (k < b.n && (unsigned char)b.p[k] < 0x80 &&
		       !((ascii_lower(b.p[k]) >= 'a' && ascii_lower(b.p[k]) <= 'z') ||
		         (b.p[k] >= '0' && b.p[k] <= '9')))
			k++;
		if (i == a.n || k == b.n)
			return i == a.n && k == b.n;
		if (ascii_lower(a.p[i++]) != ascii_lower(b.p[k++]))
			return false;
	}
}

static void complete_text(struct completing *c, const char *field, struct slice *mine,
                          struct slice other)
{
	if (!mine->n)
		*mine = other;
	else if (field && other.n && !is_same_name(*mine, other))
		conflict(c, field, *mine, other);
}

static bool holds(const struct slice *list, size_t n, struct slice s)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i], s))
			return true;
	return false;
}

/* As a text: in the order told. */
static struct slice shown_list(struct completing *c, const struct slice *list, size_t n)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < n && text.n < REGISTRATION_TEXT_MAX - 80; i++) {
		if (i)
			buf_putc(&text, ' ');
		buf_put(&text, slice_sub(list[i], 0, 64));
	}
	struct slice s = arena_copy(c->a, buf_slice(&text));
	c->failed |= !s.p || !buf_ok(&text);
	buf_release(&text);
	return s;
}

static void complete_list(struct completing *c, const char *field, struct slice **mine, size_t *n,
                          struct slice *other, size_t other_n)
{
	if (!*n) {
		*mine = other;
		*n = other_n;
		return;
	}
	bool same = true;
	for (size_t i = 0; i < other_n; i++)
		same &= holds(*mine, *n, other[i]);
	for (size_t i = 0; i < *n && other_n; i++)
		same &= holds(other, other_n, (*mine)[i]);
	if (!same)
		conflict(c, field, shown_list(c, *mine, *n), shown_list(c, other, other_n));
}

static void complete_number(struct completing *c, const char *field, int64_t *mine, int64_t other)
{
	if (!*mine) {
		*mine = other;
	} else if (other && other != *mine) {
		char *a = arena_printf(c->a, "%lld", (long long)*mine);
		char *b = arena_printf(c->a, "%lld", (long long)other);
		c->failed |= !a || !b;
		if (a && b)
			conflict(c, field, slice_str(a), slice_str(b));
	}
}

static void complete_values(struct completing *c)
{
	struct registration *r = c->into;
	const struct registration *f = c->from;
	size_t room = r->hash_n + f->hash_n;
	struct registration_value *all = arena_array(c->a, room, sizeof(*all));

	if (!all) {
		c->failed = true;
		return;
	}
	size_t n = 0;
	for (size_t i = 0; i < r->hash_n; i++)
		all[n++] = r->hash[i];
	for (size_t i = 0; i < f->hash_n && n < REGISTRATION_LIST_MAX; i++) {
		bool seen = false;
		for (size_t k = 0; k < n; k++)
			seen |= all[k].role == f->hash[i].role &&
			        all[k].field == f->hash[i].field &&
			        slice_eq(all[k].text, f->hash[i].text);
		if (!seen)
			all[n++] = f->hash[i];
	}
	r->hash = all;
	r->hash_n = n;
}

static void complete_all(struct completing *c)
{
	struct registration *r = c->into;
	const struct registration *f = c->from;

	for (size_t i = 0; i < f->told_n && r->told_n < REGISTRATION_SOURCES_MAX; i++)
		r->told[r->told_n++] = f->told[i];
	for (int t = 0; t < REGISTRATION_TIMES; t++)
		complete_time(c, (enum registration_time)t);
	complete_text(c, "domain", &r->domain, f->domain);
	complete_text(c, NULL, &r->handle, f->handle);
	complete_text(c, "registrar", &r->registrar, f->registrar);
	complete_number(c, "registrar_id", &r->registrar_id, f->registrar_id);
	complete_text(c, NULL, &r->registrar_url, f->registrar_url);
	complete_text(c, NULL, &r->abuse_mail, f->abuse_mail);
	complete_text(c, NULL, &r->abuse_phone, f->abuse_phone);
	complete_text(c, "reseller", &r->reseller, f->reseller);
	complete_text(c, "country", &r->country, f->country);
	complete_text(c, NULL, &r->region, f->region);
	complete_text(c, NULL, &r->privacy, f->privacy);
	complete_list(c, "status", &r->status, &r->status_n, f->status, f->status_n);
	complete_list(c, "nameservers", &r->nameserver, &r->nameserver_n, f->nameserver,
	              f->nameserver_n);
	if (!r->redaction_n) {
		r->redaction = f->redaction;
		r->redaction_n = f->redaction_n;
	}
	if (r->dnssec == REGISTRATION_DNSSEC_UNSAID)
		r->dnssec = f->dnssec;
	r->withheld |= f->withheld;
	complete_values(c);
}

int registration_complete(struct registration *into, const struct registration *from,
                          struct arena *a, struct err *err)
{
	struct registration whole = *into;
	struct completing c = { .into = &whole, .from = from, .a = a };

	whole.conflict = arena_array(a, REGISTRATION_LIST_MAX, sizeof(*whole.conflict));
	if (!whole.conflict)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	for (size_t i = 0; i < into->conflict_n; i++)
		whole.conflict[i] = into->conflict[i];
	complete_all(&c);
	if (c.failed)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	*into = whole;
	return 0;
}

/* ---- keyed hashes ---- */

static bool is_key_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      c == '.'))
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

static int hash_one(const struct registration_value *v, const struct registration_key *key,
                    struct arena *a, struct registration_value *out, struct err *err)
{
	char hex[SHA256_HEX];
	char *message =
		arena_printf(a, "%s:%.*s", registration_field_name(v->field), SLICE_ARG(v->text));

	if (!message)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	sha256_hex(hmac_sha256(key->key, slice_str(message)), hex);
	explicit_bzero(message, strlen(message));
	char *text = arena_printf(a, "hmac:%.*s:%s", SLICE_ARG(key->id), hex);
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	*out = (struct registration_value){ v->role, v->field, slice_str(text) };
	return 0;
}

int registration_hash(struct registration *r, const struct registration_restricted *values,
                      const struct registration_key *key, struct arena *a, struct err *err)
{
	if (key && key->key.n && !is_key_id(key->id))
		return err_set(err, ERR_USAGE, 0,
		               "registration: a key is named by letters, digits, "
		               "'-', '_' and '.'");
	if (!key || !key->key.n) {
		r->hash = NULL;
		r->hash_n = 0;
		return 0;
	}
	size_t most =
		values->value_n < REGISTRATION_LIST_MAX ? values->value_n : REGISTRATION_LIST_MAX;
	struct registration_value *list = arena_array(a, most + 1, sizeof(*list));
	size_t n = 0;
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "registration: no memory");
	for (size_t i = 0; i < most; i++) {
		/* What a service puts in its customer's place is the same for all of them: as a hash
		 * it would tie strangers to one another. */
		if (r->privacy.n && values->value[i].role == REGISTRATION_REGISTRANT)
			continue;
		int rc = hash_one(&values->value[i], key, a, &list[n++], err);
		if (rc)
			return rc;
	}
	r->hash = list;
	r->hash_n = n;
	return 0;
}
