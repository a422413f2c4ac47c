#include "cmd/registrar_site.h"

#include "act/party.h"
#include "wire/json.h"
#include "wire/timestamp.h"

static const char *const names[SITE_STATES] = { "unknown", "active", "holding", "past" };

const char *site_state_name(enum site_state s)
{
	return names[s];
}

struct looking {
	struct registrar_site *out;
	struct arena *a;
	int64_t at;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy(struct looking *l, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(l->a, s);
	return out->p ? 0 : no_memory(err);
}

static int set_state(struct looking *l, const struct store_record *r, enum site_state state,
                     struct slice sign, struct err *err)
{
	struct registrar_site *s = l->out;

	if (r->at < s->state_at || (r->at == s->state_at && state < s->state))
		return 0;
	s->state = state;
	s->state_at = r->at;
	s->record = r->id;
	return copy(l, sign, &s->sign, err);
}

static int party(struct looking *l, enum notice_to to, struct slice name, int64_t id,
                 struct slice *out, struct err *err)
{
	struct err why = { 0 };
	int rc = name.n || id ? party_key(to, name, id, l->a, out, &why) : ERR_SYNTAX;

	if (rc == ERR_NOMEM && err)
		*err = why;
	if (rc)
		*out = (struct slice){ 0 };
	return rc == ERR_NOMEM ? rc : 0; /* a name of nothing is nobody's */
}

static int take_registration(struct looking *l, const struct store_record *r, const json_t *o,
                             struct err *err)
{
	static const char *const ends[] = { "clientHold", "serverHold", "redemptionPeriod",
		                            "pendingDelete" };
	struct registrar_site *s = l->out;
	const json_t *status;
	size_t i;
	int rc = 0;

	if (r->at >= s->registered_at) {
		s->registered_at = r->at;
		s->created = STORE_NONE;
		timestamp_parse(json_str(o, "created"), &s->created, NULL);
		rc = copy(l, json_str(o, "registrar"), &s->registrar_name, err);
		if (rc == 0)
			rc = party(l, NOTICE_REGISTRAR, json_str(o, "registrar"),
			           json_i64(o, "registrar_id", 0), &s->registrar, err);
		if (rc == 0)
			rc = party(l, NOTICE_RESELLER, json_str(o, "reseller"), 0, &s->reseller,
			           err);
	}
	json_array_foreach(json_arr(o, "status"), i,
	                   status) for (size_t k = 0; rc == 0 && k < sizeof(ends) / sizeof(ends[0]);
	                                k++) if (slice_eq_str(json_text(status), ends[k])) rc =
		set_state(l, r, SITE_PAST, json_text(status), err);
	return rc;
}

static int take_dns(struct looking *l, const struct store_record *r, const json_t *o,
                    struct err *err)
{
	static const struct {
		const char *state;
		enum site_state means;
	} states[] = {
		{ "delegated", SITE_ACTIVE }, { "parked", SITE_HOLDING },
		{ "suspended", SITE_PAST },   { "sinkholed", SITE_PAST },
		{ "nxdomain", SITE_PAST },    { "no_delegation", SITE_PAST },
	};
	struct slice state = json_str(o, "state");
	const json_t *a = json_arr(o, "a"), *aaaa = json_arr(o, "aaaa");
	struct slice ip = json_text(json_array_get(json_array_size(a) ? a : aaaa, 0));
	int rc = 0;

	if (ip.n && r->at >= l->out->ip_at) {
		rc = copy(l, ip, &l->out->ip, err);
		l->out->ip_at = r->at;
	}
	for (size_t i = 0; rc == 0 && i < sizeof(states) / sizeof(states[0]); i++)
		if (slice_eq_str(state, states[i].state))
			rc = set_state(l, r, states[i].means, state, err);
	return rc;
}

static int take(void *ctx, const struct store_record *r, struct err *err)
{
	struct looking *l = ctx;
	json_t *body = NULL;
	bool shows = true;

	if (r->at > l->at)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc)
		return rc;
	struct slice what = json_str(body, "what");
	if (slice_eq_str(what, "registration")) {
		rc = take_registration(l, r, json_obj(body, "registration"), err);
	} else if (slice_eq_str(what, "dns")) {
		shows = !slice_eq_str(json_str(json_obj(body, "dns"), "state"), "unresolved");
		rc = take_dns(l, r, json_obj(body, "dns"), err);
	} else if (slice_eq_str(what, "absence")) {
		const json_t *o = json_obj(body, "absence");
		shows = slice_eq_str(json_str(o, "of"), "registration") &&
		        slice_eq_str(json_str(o, "how"), "not-registered");
		if (shows)
			rc = set_state(l, r, SITE_PAST, json_str(o, "how"), err);
	} else {
		shows = slice_eq_str(what, "page");
	}
	if (shows && r->at > l->out->seen_at)
		l->out->seen_at = r->at;
	json_decref(body);
	return rc;
}

int registrar_site_load(struct store *store, struct subject subject,
                        const struct suffixes *suffixes, const struct providers *providers,
                        int64_t at, struct arena *a, struct registrar_site *out, struct err *err)
{
	struct registrar_site s = { .seen_at = STORE_NONE,
		                    .created = STORE_NONE,
		                    .registered_at = STORE_NONE,
		                    .state_at = STORE_NONE,
		                    .ip_at = STORE_NONE };
	struct looking l = { &s, a, at };
	struct subject site, of[2] = { subject };
	int rc = subject_site(subject, suffixes, a, &site, err);
	int n = rc == 0 && subject_eq(site, subject) ? 1 : 2;

	of[1] = site;
	for (int i = 0; rc == 0 && i < n; i++) {
		struct store_filter f = { .type = SLICE("observation"),
			                  .kind = slice_str(subject_kind_name(of[i].kind)),
			                  .key = of[i].key };
		rc = store_each_record(store, &f, take, &l, err);
	}
	if (rc)
		return rc;
	const struct provider *host =
		providers && s.ip.n ? providers_of_address(providers, s.ip) : NULL;
	if (host)
		s.host = host->key;
	*out = s;
	return 0;
}
