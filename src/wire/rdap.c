#include "wire/rdap.h"

#include "wire/dname.h"
#include "wire/json.h"
#include "wire/rdap_redacted.h"
#include "wire/rdap_vcard.h"
#include "wire/written_date.h"

enum { ENTITY_DEPTH = 3 };

static const char *const kind_names[RDAP_KINDS] = {
	[RDAP_UNKNOWN] = "unknown", [RDAP_DOMAIN] = "domain",      [RDAP_NAMESERVER] = "nameserver",
	[RDAP_ENTITY] = "entity",   [RDAP_NETWORK] = "ip network", [RDAP_AUTNUM] = "autnum",
	[RDAP_SEARCH] = "search",   [RDAP_ERROR] = "error",        [RDAP_HELP] = "help",
};

const char *rdap_kind_name(enum rdap_kind k)
{
	return (unsigned)k < RDAP_KINDS ? kind_names[k] : kind_names[RDAP_UNKNOWN];
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "rdap: no memory");
}

/* Elements of a list that are looked at. */
static size_t count(const json_t *array, size_t most)
{
	size_t n = json_array_size(array);

	return n < most ? n : most;
}

static int text_of(struct slice s, struct arena *a, struct slice *out, struct err *err)
{
	struct slice text = rdap_text(s, a);

	if (!text.p)
		return no_memory(err);
	*out = text;
	return 0;
}

/* Canonical where it is a name. */
static int name_of(struct slice s, struct arena *a, struct slice *out, bool *is_name,
                   struct err *err)
{
	struct dname d;

	*is_name = dname_parse(slice_trim(s), &d, NULL) == 0;
	return text_of(*is_name ? dname_slice(&d) : s, a, out, err);
}

static enum rdap_action action_of(struct slice word)
{
	static const char *const names[RDAP_ACTIONS] = {
		[RDAP_REGISTRATION] = "registration",
		[RDAP_REREGISTRATION] = "reregistration",
		[RDAP_LAST_CHANGED] = "last changed",
		[RDAP_EXPIRATION] = "expiration",
		[RDAP_DELETION] = "deletion",
		[RDAP_REINSTANTIATION] = "reinstantiation",
		[RDAP_TRANSFER] = "transfer",
		[RDAP_LOCKED] = "locked",
		[RDAP_UNLOCKED] = "unlocked",
		[RDAP_LAST_UPDATE_OF_DATABASE] = "last update of RDAP database",
		[RDAP_REGISTRAR_EXPIRATION] = "registrar expiration",
	};

	for (int i = RDAP_REGISTRATION; i < RDAP_ACTIONS; i++)
		if (slice_eq_nocase(word, slice_str(names[i])))
			return (enum rdap_action)i;
	return RDAP_OTHER_ACTION;
}

static int read_events(const json_t *events, struct arena *a, struct rdap_domain *out,
                       struct err *err)
{
	size_t n = count(events, RDAP_EVENTS_MAX);
	struct rdap_event *list = arena_array(a, n, sizeof(*list));

	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const json_t *event = json_array_get(events, i);
		struct written_date date;
		if (!written_date_read(json_str(event, "eventDate"), false, &date))
			continue;
		list[out->event_n++] =
			(struct rdap_event){ action_of(slice_trim(json_str(event, "eventAction"))),
			                     date.at };
	}
	out->event = list;
	return 0;
}

static int read_statuses(const json_t *statuses, struct arena *a, struct rdap_domain *out,
                         struct err *err)
{
	size_t n = count(statuses, RDAP_STATUSES_MAX);
	struct slice *list = arena_array(a, n, sizeof(*list));

	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		struct slice word = json_text(json_array_get(statuses, i));
		int rc = text_of(word, a, &list[out->status_n], err);
		if (rc)
			return rc;
		/* Control characters alone leave nothing. */
		out->status_n += list[out->status_n].n > 0;
	}
	out->status = list;
	return 0;
}

static int read_nameservers(const json_t *servers, struct arena *a, struct rdap_domain *out,
                            struct err *err)
{
	size_t n = count(servers, RDAP_NAMESERVERS_MAX);
	struct slice *list = arena_array(a, n, sizeof(*list));

	if (!list)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		const json_t *server = json_array_get(servers, i);
		struct slice name = json_str(server, "ldhName");
		bool is_name;
		int rc = name_of(name.n ? name : json_str(server, "unicodeName"), a,
		                 &list[out->nameserver_n], &is_name, err);
		if (rc)
			return rc;
		out->nameserver_n += is_name;
	}
	out->nameserver = list;
	return 0;
}

/* ---- entities ---- */

static unsigned role_of(struct slice word)
{
	static const struct {
		const char *name;
		unsigned role;
	} roles[] = {
		{ "registrant", RDAP_REGISTRANT }, { "administrative", RDAP_ADMINISTRATIVE },
		{ "technical", RDAP_TECHNICAL },   { "billing", RDAP_BILLING },
		{ "registrar", RDAP_REGISTRAR },   { "reseller", RDAP_RESELLER },
		{ "abuse", RDAP_ABUSE },           { "proxy", RDAP_PROXY },
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (slice_eq_nocase(word, slice_str(roles[i].name)))
			return roles[i].role;
	return RDAP_OTHER_ROLE;
}

static unsigned roles_of(const json_t *entity)
{
	const json_t *roles = json_arr(entity, "roles");
	unsigned all = 0;

	for (size_t i = 0; i < count(roles, 16); i++)
		all |= role_of(slice_trim(json_text(json_array_get(roles, i))));
	return all;
}

static int64_t iana_id_of(const json_t *entity)
{
	const json_t *ids = json_arr(entity, "publicIds");

	for (size_t i = 0; i < count(ids, 8); i++) {
		const json_t *id = json_array_get(ids, i),
			     *value = json_object_get(id, "identifier");
		struct slice digits = json_text(value);
		int64_t n = 0;
		if (!slice_eq_nocase(json_str(id, "type"), SLICE("IANA Registrar ID")))
			continue;
		if (json_is_integer(value))
			return json_integer_value(value) > 0 ? json_integer_value(value) : 0;
		for (size_t k = 0; k < digits.n; k++) {
			if (digits.p[k] < '0' || digits.p[k] > '9' || digits.n > 9)
				return 0;
			n = n * 10 + (digits.p[k] - '0');
		}
		return n;
	}
	return 0;
}

static struct slice link_about(const json_t *entity)
{
	const json_t *links = json_arr(entity, "links");

	for (size_t i = 0; i < count(links, 16); i++) {
		const json_t *link = json_array_get(links, i);
		if (slice_eq_nocase(json_str(link, "rel"), SLICE("about")))
			return json_str(link, "href");
	}
	return (struct slice){ 0 };
}

/* RFC 9083 10.2.1 (types of remarks) and what servers write as a title. */
static bool says_withheld(const json_t *entity)
{
	const json_t *remarks = json_arr(entity, "remarks");

	for (size_t i = 0; i < count(remarks, 16); i++) {
		const json_t *remark = json_array_get(remarks, i);
		struct slice type = json_str(remark, "type"), title = json_str(remark, "title");
		if (slice_starts(type, SLICE("object redacted")) ||
		    slice_starts(type, SLICE("object truncated due to authorization")) ||
		    slice_eq_nocase(slice_trim(title), SLICE("REDACTED FOR PRIVACY")))
			return true;
	}
	return false;
}

static int read_entity(const json_t *entity, unsigned under, struct arena *a,
                       struct rdap_entity *out, struct err *err)
{
	struct rdap_entity e = { .roles = roles_of(entity),
		                 .under = under,
		                 .iana_id = iana_id_of(entity),
		                 .is_withheld = says_withheld(entity) };
	int rc = rdap_vcard_read(json_arr(entity, "vcardArray"), a, &e.card, err);

	if (rc == 0)
		rc = text_of(json_str(entity, "handle"), a, &e.handle, err);
	if (rc == 0)
		rc = text_of(link_about(entity), a, &e.url, err);
	if (rc)
		return rc;
	if (!e.url.n)
		e.url = e.card.url;
	*out = e;
	return 0;
}

/* Level by level is not needed: the order of the document, those inside directly behind. */
static int read_entities(const json_t *entities, unsigned under, unsigned depth, struct arena *a,
                         struct rdap_domain *out, struct err *err)
{
	for (size_t i = 0; i < json_array_size(entities) && out->entity_n < RDAP_ENTITIES_MAX;
	     i++) {
		const json_t *entity = json_array_get(entities, i);
		struct rdap_entity *e = &out->entity[out->entity_n];
		int rc = json_is_object(entity) ? read_entity(entity, under, a, e, err) : 0;
		if (rc)
			return rc;
		if (!json_is_object(entity))
			continue;
		out->entity_n++;
		if (depth + 1 < ENTITY_DEPTH)
			rc = read_entities(json_arr(entity, "entities"), e->roles, depth + 1, a,
			                   out, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int read_related(const json_t *links, struct arena *a, struct rdap_domain *out,
                        struct err *err)
{
	out->related = arena_array(a, RDAP_LINKS_MAX, sizeof(*out->related));
	if (!out->related)
		return no_memory(err);
	for (size_t i = 0; i < json_array_size(links) && out->related_n < RDAP_LINKS_MAX; i++) {
		const json_t *link = json_array_get(links, i);
		struct slice href = slice_trim(json_str(link, "href"));
		if (!href.n || href.n > RDAP_TEXT_MAX ||
		    !slice_eq_nocase(json_str(link, "rel"), SLICE("related")) ||
		    !slice_eq_nocase(json_str(link, "type"), SLICE("application/rdap+json")))
			continue;
		int rc = text_of(href, a, &out->related[out->related_n++], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int read_domain(const json_t *object, struct arena *a, struct rdap_domain *out,
                       struct err *err)
{
	struct slice name = json_str(object, "ldhName");
	const json_t *secure = json_obj(object, "secureDNS");
	bool is_name;
	int rc = name_of(name.n ? name : json_str(object, "unicodeName"), a, &out->name, &is_name,
	                 err);

	if (json_is_boolean(json_object_get(secure, "delegationSigned")))
		out->dnssec =
			json_flag(secure, "delegationSigned", false) ? RDAP_SIGNED : RDAP_UNSIGNED;
	out->entity = arena_array(a, RDAP_ENTITIES_MAX, sizeof(*out->entity));
	if (!out->entity)
		return no_memory(err);
	if (rc == 0)
		rc = text_of(json_str(object, "handle"), a, &out->handle, err);
	if (rc == 0)
		rc = name_of(json_str(object, "port43"), a, &out->port43, &is_name, err);
	if (rc == 0 && !is_name)
		out->port43 = (struct slice){ 0 };
	if (rc == 0)
		rc = read_events(json_arr(object, "events"), a, out, err);
	if (rc == 0)
		rc = read_statuses(json_arr(object, "status"), a, out, err);
	if (rc == 0)
		rc = read_nameservers(json_arr(object, "nameservers"), a, out, err);
	if (rc == 0)
		rc = read_entities(json_arr(object, "entities"), 0, 0, a, out, err);
	if (rc == 0)
		rc = rdap_redacted_read(json_arr(object, "redacted"), a, &out->redaction,
		                        &out->redaction_n, err);
	return rc ? rc : read_related(json_arr(object, "links"), a, out, err);
}

static enum rdap_kind kind_of(const json_t *object)
{
	static const char *const found[] = { "domainSearchResults", "nameserverSearchResults",
		                             "entitySearchResults" };
	struct slice class = slice_trim(json_str(object, "objectClassName"));

	for (int k = RDAP_DOMAIN; k <= RDAP_AUTNUM; k++)
		if (slice_eq_nocase(class, slice_str(kind_names[k])))
			return (enum rdap_kind)k;
	if (json_object_get(object, "errorCode"))
		return RDAP_ERROR;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++)
		if (json_arr(object, found[i]))
			return RDAP_SEARCH;
	if (!class.n && json_arr(object, "rdapConformance"))
		return RDAP_HELP;
	return RDAP_UNKNOWN;
}

int rdap_parse(struct slice bytes, struct arena *a, struct rdap_answer *out, struct err *err)
{
	struct rdap_answer answer = { 0 };
	json_t *object;
	int rc = json_parse_object(bytes, RDAP_BYTES_MAX, &object, err);

	if (rc)
		return err ? err_wrap(err, "rdap") : rc;
	answer.kind = kind_of(object);
	rc = text_of(json_str(object, "objectClassName"), a, &answer.object_class, err);
	if (rc == 0 && answer.kind == RDAP_DOMAIN)
		rc = read_domain(object, a, &answer.domain, err);
	if (rc == 0 && answer.kind == RDAP_ERROR) {
		answer.error_code = json_i64(object, "errorCode", 0);
		rc = text_of(json_str(object, "title"), a, &answer.title, err);
	}
	json_decref(object);
	if (rc == 0)
		*out = answer;
	return rc;
}
