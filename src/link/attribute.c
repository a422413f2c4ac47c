#include "link/attribute.h"

#include "wire/dname.h"
#include "wire/ip.h"
#include "wire/url.h"

/* How what stands in a field becomes the value that others are compared by. */
enum form {
	FORM_PLAIN,   /* as it stands, ASCII letters lower-case */
	FORM_EXACT,   /* as it stands: ids that tell cases apart */
	FORM_NAME,    /* a host: canonical */
	FORM_SITE,    /* the site of a host or web address, when it is another one than the subject */
	FORM_ADDRESS, /* an Internet address: canonical */
	FORM_PREFIX,  /* its /24 or /48 */
	FORM_MX,      /* "10 mail.shop.test": the host */
	FORM_RNAME,   /* "ns.shop.test hostmaster.shop.test 1 …": the second word (RFC 1035 3.3.13) */
	FORM_ELSEWHERE, /* "shop.test?aff=7": as it stands, when the host is of another site */
	FORM_HERE,    /* the same when it is the subject's own: "aff=7", if the id has digits enough */
};

struct row {
	const char *type, *what, *arg; /* arg: of a fact, or the role of an image; NULL: any */
	const char *path;              /* members by '.', "[]" behind one whose elements are meant */
	enum signal_kind kind;
	enum form form;
};

static const struct row rows[] = {
	{ "observation", "dns", NULL, "dns.ns[]", SIGNAL_NAME_SERVER, FORM_NAME },
	{ "observation", "dns", NULL, "dns.a[]", SIGNAL_ADDRESS, FORM_ADDRESS },
	{ "observation", "dns", NULL, "dns.aaaa[]", SIGNAL_ADDRESS, FORM_ADDRESS },
	{ "observation", "dns", NULL, "dns.a[]", SIGNAL_PREFIX, FORM_PREFIX },
	{ "observation", "dns", NULL, "dns.aaaa[]", SIGNAL_PREFIX, FORM_PREFIX },
	{ "observation", "dns", NULL, "dns.mx[]", SIGNAL_MX, FORM_MX },
	{ "observation", "dns", NULL, "dns.soa[]", SIGNAL_SOA_MAIL, FORM_RNAME },
	{ "observation", "tls", NULL, "tls.sha256", SIGNAL_CERTIFICATE, FORM_PLAIN },
	{ "observation", "tls", NULL, "tls.names[]", SIGNAL_CERTIFICATE_NAME, FORM_SITE },
	{ "observation", "registration", NULL, "registration.hashes.registrant.name[]",
	  SIGNAL_REGISTRANT, FORM_EXACT },
	{ "observation", "registration", NULL, "registration.hashes.registrant.organisation[]",
	  SIGNAL_REGISTRANT, FORM_EXACT },
	{ "observation", "registration", NULL, "registration.hashes.registrant.mail[]",
	  SIGNAL_REGISTRANT, FORM_EXACT },
	{ "observation", "registration", NULL, "registration.hashes.registrant.phone[]",
	  SIGNAL_REGISTRANT, FORM_EXACT },
	{ "observation", "registration", NULL, "registration.hashes.registrant.address[]",
	  SIGNAL_REGISTRANT, FORM_EXACT },
	{ "observation", "registration", NULL, "registration.account", SIGNAL_ACCOUNT, FORM_EXACT },
	{ "observation", "page", NULL, "redirects[].url", SIGNAL_REDIRECT, FORM_SITE },
	{ "observation", "page", NULL, "lands_on", SIGNAL_REDIRECT, FORM_SITE },
	{ "observation", "image", "icon", "evidence[].address", SIGNAL_FAVICON, FORM_PLAIN },
	{ "observation", "image", "seal", "evidence[].address", SIGNAL_LOGO, FORM_PLAIN },
	{ "observation", "page", NULL, "marks.analytics[]", SIGNAL_ANALYTICS, FORM_EXACT },
	{ "observation", "page", NULL, "marks.cart[]", SIGNAL_CART, FORM_SITE },
	{ "observation", "page", NULL, "marks.images[]", SIGNAL_IMAGE_HOST, FORM_SITE },
	{ "observation", "page", NULL, "marks.template", SIGNAL_TEMPLATE, FORM_EXACT },
	{ "observation", "page", NULL, "marks.shape", SIGNAL_URL_SHAPE, FORM_EXACT },
	{ "observation", "page", NULL, "marks.text[]", SIGNAL_TEXT, FORM_EXACT },
	{ "observation", "page", NULL, "marks.prices", SIGNAL_PRICES, FORM_EXACT },
	{ "fact", "contact", "phone", "value", SIGNAL_TELEPHONE, FORM_PLAIN },
	{ "fact", "contact", "fax", "value", SIGNAL_TELEPHONE, FORM_PLAIN },
	{ "fact", "contact", "email", "value", SIGNAL_MAIL, FORM_PLAIN },
	{ "fact", "contact", "whatsapp", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "telegram", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "viber", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "skype", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "wickr", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "threema", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "contact", "kik", "value", SIGNAL_MESSENGER, FORM_PLAIN },
	{ "fact", "payment", "descriptor", "value", SIGNAL_PAYMENT, FORM_PLAIN },
	{ "fact", "payment", "processor", "value", SIGNAL_CART, FORM_PLAIN },
	{ "fact", "affiliate", "parameter", "value", SIGNAL_AFFILIATE, FORM_ELSEWHERE },
	{ "fact", "affiliate", "parameter", "value", SIGNAL_AFFILIATE_NUMBER, FORM_HERE },
	{ "fact", "affiliate", "tracker", "value", SIGNAL_AFFILIATE, FORM_EXACT },
	{ "fact", "identity", "company", "value", SIGNAL_COMPANY, FORM_PLAIN },
	{ "fact", "identity", "vat", "value", SIGNAL_COMPANY, FORM_PLAIN },
	{ "fact", "identity", "company-number", "value", SIGNAL_COMPANY, FORM_PLAIN },
	{ "fact", "identity", "gb-company", "value", SIGNAL_COMPANY, FORM_PLAIN },
};

struct walk {
	const struct record *r;
	const struct suffixes *suffixes;
	struct arena *arena;
	attribute_fn fn;
	void *ctx;
	const struct row *row;
	struct slice own; /* the site that the record is about */
};

static struct slice site_of(const struct walk *w, struct slice name)
{
	struct domain d = domain_of(w->suffixes, name);

	return domain_site(&d);
}

/* A host's canonical name, of a web address or a name with a wildcard before it; .p NULL: none. */
static struct slice host_of(const struct walk *w, struct slice text)
{
	struct slice none = { NULL, 0 };
	struct url url;

	if (slice_starts(text, SLICE("http://")) || slice_starts(text, SLICE("https://")))
		return url_parse(text, w->arena, &url, NULL) || url.host_is_ip ? none : url.host;
	if (slice_starts(text, SLICE("*.")))
		text = slice_sub(text, 2, text.n);
	if (slice_ends(text, SLICE(".")))
		text.n--;
	return dname_is_canonical(text) ? text : none;
}

static struct slice lower(struct arena *arena, struct slice text)
{
	char *p = arena_alloc(arena, text.n + 1);

	if (!p)
		return (struct slice){ NULL, 0 };
	for (size_t i = 0; i < text.n; i++)
		p[i] = ascii_lower(text.p[i]);
	return slice_from(p, text.n);
}

static struct slice address_of(const struct walk *w, struct slice text, bool prefix)
{
	char formatted[IP_PREFIX_TEXT];
	struct ip ip;

	if (ip_parse(text, &ip, NULL))
		return (struct slice){ NULL, 0 };
	if (prefix) {
		struct ip_prefix of = ip_prefix_of(&ip, ip.is_v6 ? 48 : 24);
		ip_prefix_format(&of, formatted);
	} else {
		ip_format(&ip, formatted);
	}
	return lower(w->arena, slice_str(formatted));
}

/* Word number n of a text, from 0; empty where it has fewer. */
static struct slice word_of(struct slice text, unsigned n)
{
	struct slice word = { NULL, 0 };

	while (slice_cut(&text, ' ', &word))
		if (n-- == 0)
			return word;
	return (struct slice){ NULL, 0 };
}

static struct slice last_word(struct slice text)
{
	size_t from = text.n;

	while (from && text.p[from - 1] != ' ')
		from--;
	return slice_sub(text, from, text.n);
}

/* An id of one or two digits is anybody's. */
enum { NUMBER_MIN = 4 };

static struct slice parameter_of(const struct walk *w, struct slice text, bool here)
{
	size_t mark = slice_find(text, '?');
	struct slice host = host_of(w, lower(w->arena, slice_sub(text, 0, mark)));
	bool own = host.p && slice_eq(site_of(w, host), w->own);
	struct slice pair = slice_sub(text, mark + 1, text.n);

	if (own != here)
		return (struct slice){ NULL, 0 };
	if (!here)
		return text;
	return pair.n >= slice_find(pair, '=') + 1 + NUMBER_MIN ? pair : (struct slice){ NULL, 0 };
}

static struct slice normal(const struct walk *w, enum form form, struct slice text)
{
	struct slice value = { NULL, 0 };

	switch (form) {
	case FORM_PLAIN: value = lower(w->arena, text); break;
	case FORM_EXACT: value = text; break;
	case FORM_NAME: value = host_of(w, lower(w->arena, text)); break;
	case FORM_SITE:
		value = host_of(w, lower(w->arena, text));
		if (value.p)
			value = site_of(w, value);
		if (slice_eq(value, w->own))
			value.n = 0;
		break;
	case FORM_ADDRESS: value = address_of(w, text, false); break;
	case FORM_PREFIX: value = address_of(w, text, true); break;
	case FORM_MX: value = host_of(w, lower(w->arena, last_word(text))); break;
	case FORM_RNAME: value = host_of(w, lower(w->arena, word_of(text, 1))); break;
	case FORM_ELSEWHERE: value = parameter_of(w, text, false); break;
	case FORM_HERE: value = parameter_of(w, text, true); break;
	}
	return value;
}

static int hand_on(const struct walk *w, struct slice text, struct err *err)
{
	struct slice value = normal(w, w->row->form, text);

	return value.n ? w->fn(w->ctx, w->row->kind, value, err) : 0;
}

struct slice attribute_normal(enum signal_kind kind, struct slice text,
                              const struct suffixes *suffixes, struct arena *arena)
{
	struct walk w = { .suffixes = suffixes, .arena = arena };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].kind == kind)
			return normal(&w, rows[i].form, text);
	return w.own;
}

static int follow(const struct walk *w, const json_t *value, const char *path, struct err *err)
{
	if (!value)
		return 0;
	if (*path == '\0') {
		struct slice text = json_text(value);
		return text.n ? hand_on(w, text, err) : 0;
	}
	if (path[0] == '[') {
		size_t i;
		json_t *element;
		int rc = 0;
		if (!json_is_array(value))
			return 0;
		json_array_foreach(value, i, element)
			if ((rc = follow(w, element, path[2] == '.' ? path + 3 : path + 2, err)))
				break;
		return rc;
	}
	size_t n = strcspn(path, ".[");
	char name[32];
	if (n >= sizeof(name) || !json_is_object(value))
		return 0;
	memcpy(name, path, n);
	name[n] = '\0';
	return follow(w, json_object_get(value, name), path[n] == '.' ? path + n + 1 : path + n, err);
}

/* The site of a page's address; empty where it is none. */
static struct slice site_of_url(const struct walk *w, struct slice address)
{
	struct url url;

	if (url_parse(address, w->arena, &url, NULL) || url.host_is_ip)
		return (struct slice){ NULL, 0 };
	return site_of(w, url.host);
}

/* A page that says that there is none, or that there will be one: the server's words, which all who use
 * such a server share. */
static bool is_placeholder(const struct record *r)
{
	const json_t *hint;
	size_t i;

	json_array_foreach(json_arr(r->body, "hints"), i, hint)
		if (slice_eq_str(json_text(hint), "under_construction") ||
		    slice_eq_str(json_text(hint), "parked"))
			return true;
	return json_integer_value(json_object_get(r->body, "status")) >= 400;
}

static bool is_of(const struct walk *w, const json_t *quotation)
{
	struct slice url = json_str(quotation, "url");

	return url.n == 0 || slice_eq(site_of_url(w, url), w->own);
}

bool attribute_is_own(const struct record *r, const struct suffixes *suffixes, struct arena *arena,
                      const json_t **quotation)
{
	struct walk w = { .suffixes = suffixes, .arena = arena };
	const json_t *list = json_arr(r->body, "quotations"), *q;
	struct subject site;
	size_t i;

	*quotation = NULL;
	if (!r->has_subject || subject_site(r->subject, suffixes, arena, &site, NULL))
		return false;
	w.own = site.key;
	if (json_str(r->body, "lands_on").n || is_placeholder(r))
		return false;
	json_array_foreach(list, i, q)
		if (!*quotation && is_of(&w, q))
			*quotation = q;
	return *quotation || json_array_size(list) == 0;
}

int attributes_of(const struct record *r, const struct suffixes *suffixes, struct arena *arena,
                  attribute_fn fn, void *ctx, struct err *err)
{
	struct walk w = { r, suffixes, arena, fn, ctx, NULL, { NULL, 0 } };
	struct slice what = json_str(r->body, "what"), arg = json_str(r->body, "arg");

	if (!arg.p)
		arg = json_str(r->body, "role");

	if (!r->has_subject || json_flag(r->body, "negated", false) ||
	    json_flag(r->body, "reported", false))
		return 0;
	struct subject site;
	if (subject_site(r->subject, suffixes, arena, &site, NULL) == 0)
		w.own = site.key;
	/* What a page shows that visitors were led to is that site's, an error page is the server's. */
	const json_t *quotation;
	bool own = attribute_is_own(r, suffixes, arena, &quotation);
	/* What stands in a registrant's place is a service's, which anybody may buy. */
	bool by_proxy =
		json_str(json_obj(json_obj(r->body, "registration"), "registrant"), "privacy").n > 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		if ((by_proxy && row->kind == SIGNAL_REGISTRANT) ||
		    (!own && row->kind != SIGNAL_REDIRECT))
			continue;
		if (!slice_eq_str(r->type_name, row->type) || !slice_eq_str(what, row->what) ||
		    (row->arg && !slice_eq_str(arg, row->arg)))
			continue;
		w.row = row;
		int rc = follow(&w, r->body, row->path, err);
		if (rc)
			return rc;
	}
	return 0;
}
