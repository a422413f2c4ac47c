/* YAML -> conditions, key by key. */
#include "assess/condition.h"

#include "assess/numbers.h"
#include "assess/trade.h"
#include "model/record.h"

/* Names of phrase classes -> their bits. */
int conditions_read_phrases(const struct yaml_node *node, struct arena *a, uint64_t *out,
                            bool *registered, struct err *err)
{
	struct slice *names = NULL;
	size_t n = 0;
	int rc = yaml_str_list(node, a, &names, &n, err);
	uint64_t bits = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		enum phrase_class class;
		if (registered && slice_eq_str(names[i], "registered"))
			*registered = true;
		else if (phrase_class_parse(names[i], &class))
			bits |= UINT64_C(1) << class;
		else
			rc = yaml_error(node, err, "unknown class of phrases '%.*s'",
			                SLICE_ARG(names[i]));
	}
	if (rc == 0)
		*out = bits;
	return rc;
}

static int get_statuses(const struct yaml_node *node, struct arena *a, uint32_t *out,
                        struct err *err)
{
	struct slice *names = NULL;
	size_t n = 0;
	int rc = yaml_str_list(node, a, &names, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		unsigned k = 0;
		while (k < SUPPLIES && !slice_eq_str(names[i], supply_name((enum supply)k)))
			k++;
		if (k < SUPPLIES && k != SUPPLY_UNKNOWN)
			*out |= UINT32_C(1) << k;
		else
			rc = yaml_error(node, err, "unknown status '%.*s' of a drug", SLICE_ARG(names[i]));
	}
	return rc;
}

static int read_country(const struct yaml_node *node, bool any_is_fine, struct condition *c,
                        struct err *err)
{
	struct slice text;
	int rc = yaml_str(node, &text, err);
	if (rc)
		return rc;
	if (any_is_fine && slice_eq_str(text, "any"))
		return 0;
	c->of_destination = slice_eq_str(text, "destination");
	if (c->of_destination)
		return 0;
	if (!record_is_country(text))
		return yaml_error(node, err, "'%.*s' is not an ISO 3166-1 country code",
		                  SLICE_ARG(text));
	c->country = text;
	return 0;
}

static int read_offers(const struct yaml_node *map, struct arena *a, struct condition *c,
                       struct err *err)
{
	static const char *const known[] = { "status", "everywhere", "class", NULL };
	const struct yaml_node *status = yaml_get(map, "status"), *every = yaml_get(map, "everywhere"),
	                       *class = yaml_get(map, "class");
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0 && status)
		rc = get_statuses(status, a, &c->statuses, err);
	if (rc == 0 && every)
		rc = yaml_flag(every, &c->everywhere, err);
	if (rc == 0 && class)
		rc = yaml_str_list(class, a, (struct slice **)&c->classes, &c->class_n, err);
	if (rc == 0 && !c->statuses && !c->class_n)
		rc = yaml_error(map, err, "offers needs a status or a class");
	return rc;
}

/* A number from 2 to 9, and not more than `most`. */
static int read_number(const struct yaml_node *node, size_t most, size_t *out, struct err *err)
{
	struct slice text;
	int rc = yaml_str(node, &text, err);

	if (rc)
		return rc;
	if (text.n != 1 || text.p[0] < '2' || text.p[0] > '9' || (size_t)(text.p[0] - '0') > most)
		return yaml_error(node, err, "'%.*s' is not a number from 2 to %zu", SLICE_ARG(text),
		                  most < 9 ? most : (size_t)9);
	*out = (size_t)(text.p[0] - '0');
	return 0;
}

static int read_claims(const struct yaml_node *map, struct arena *a, struct condition *c,
                       struct err *err)
{
	static const char *const known[] = { "class", "arg", "kinds", NULL };
	const struct yaml_node *class = NULL, *arg = yaml_get(map, "arg"),
	                       *kinds = yaml_get(map, "kinds");
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = yaml_need(map, "class", &class, err);
	if (rc == 0)
		rc = conditions_read_phrases(class, a, &c->phrases, NULL, err);
	if (rc == 0 && arg)
		rc = yaml_str_list(arg, a, (struct slice **)&c->args, &c->arg_n, err);
	if (rc == 0 && kinds)
		rc = read_number(kinds, trade_count(c->phrases), &c->kinds, err);
	return rc;
}

static int read_sells(const struct yaml_node *map, struct arena *a, struct condition *c,
                      struct err *err)
{
	static const char *const known[] = { "goods", "class", "arg", "contains", NULL };
	const struct yaml_node *goods = NULL, *class = yaml_get(map, "class"),
	                       *arg = yaml_get(map, "arg"), *held = yaml_get(map, "contains");
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = yaml_need(map, "goods", &goods, err);
	if (rc == 0)
		rc = conditions_read_phrases(goods, a, &c->goods, NULL, err);
	if (rc == 0 && (!c->goods || c->goods & ~GOODS_PHRASES))
		rc = yaml_error(goods, err, "goods are supplement or research_use");
	if (rc == 0 && class)
		rc = conditions_read_phrases(class, a, &c->phrases, NULL, err);
	if (rc == 0 && held)
		rc = get_statuses(held, a, &c->held, err);
	if (rc == 0 && arg && !class)
		rc = yaml_error(arg, err, "arg is of a class of phrases, and none is given");
	if (rc == 0 && arg)
		rc = yaml_str_list(arg, a, (struct slice **)&c->args, &c->arg_n, err);
	return rc;
}

static int read_registered(const struct yaml_node *map, struct condition *c, struct err *err)
{
	static const char *const known[] = { "serves", "any", "elsewhere", NULL };
	const struct yaml_node *serves = yaml_get(map, "serves");
	bool yes = false;
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0 && map->n != 1)
		return yaml_error(map, err, "registered takes one of serves, any, elsewhere");
	if (rc)
		return rc;
	if (serves) {
		c->test = REGISTER_SERVES;
		return read_country(serves, false, c, err);
	}
	c->test = yaml_get(map, "any") ? REGISTER_ANY : REGISTER_ELSEWHERE;
	rc = yaml_flag(&map->item[0], &yes, err);
	if (rc == 0 && !yes)
		rc = yaml_error(map, err, "use 'unless' to ask for the absence of a register row");
	return rc;
}

static int read_loaded(const struct yaml_node *map, struct condition *c, struct err *err)
{
	static const char *const known[] = { "country", "register", "sites", NULL };
	const struct yaml_node *country = NULL, *id = yaml_get(map, "register"),
	                       *sites = yaml_get(map, "sites");
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = yaml_need(map, "country", &country, err);
	if (rc == 0)
		rc = read_country(country, true, c, err);
	if (rc == 0 && id)
		rc = yaml_str(id, &c->source, err);
	if (rc == 0 && sites)
		rc = yaml_flag(sites, &c->sites, err);
	return rc;
}

static int need_list(const struct yaml_node *map, const char *key, struct arena *a,
                     const struct slice **out, size_t *n, struct err *err)
{
	const struct yaml_node *node = NULL;
	int rc = yaml_need(map, key, &node, err);

	if (rc == 0)
		rc = yaml_str_list(node, a, (struct slice **)out, n, err);
	if (rc == 0 && *n == 0)
		rc = yaml_error(node, err, "an empty list");
	return rc;
}

static int read_licence(const struct yaml_node *map, struct arena *a, struct condition *c,
                        struct err *err)
{
	static const char *const known[] = { "scheme", "register", NULL };
	const struct slice *word = NULL;
	size_t n = 0;
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = need_list(map, "scheme", a, &c->args, &c->arg_n, err);
	if (rc == 0)
		rc = need_list(map, "register", a, &word, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		unsigned bit = number_found_parse(word[i]);
		if (!bit)
			rc = yaml_error(yaml_get(map, "register"), err,
			                "a register says of a number unknown, renumbered, inactive, "
			                "this_site, other_site, no_site, same_name or other_name, not "
			                "'%.*s'", SLICE_ARG(word[i]));
		c->found |= bit;
	}
	return rc;
}

static int read_seal(const struct yaml_node *map, struct arena *a, struct condition *c,
                     struct err *err)
{
	static const char *const known[] = { "name", "leads", "to", NULL };
	const struct yaml_node *leads = NULL, *to = yaml_get(map, "to");
	struct slice word;
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = need_list(map, "name", a, &c->args, &c->arg_n, err);
	if (rc == 0)
		rc = yaml_need(map, "leads", &leads, err);
	if (rc == 0)
		rc = yaml_str(leads, &word, err);
	if (rc)
		return rc;
	c->leads_elsewhere = slice_eq_str(word, "elsewhere");
	c->leads_anywhere = slice_eq_str(word, "anywhere");
	if (!c->leads_elsewhere && !c->leads_anywhere && !slice_eq_str(word, "nowhere"))
		return yaml_error(leads, err, "a seal leads nowhere, elsewhere or anywhere, not '%.*s'",
		                  SLICE_ARG(word));
	if (c->leads_elsewhere && !to)
		return yaml_error(map, err, "elsewhere than where? 'to' lists the hosts of the register");
	return to ? need_list(map, "to", a, &c->hosts, &c->host_n, err) : 0;
}

static int read_conditions(const struct yaml_node *list, struct arena *a,
                           const struct condition **out, size_t *n, bool nested, struct err *err);

static int read_condition(const struct yaml_node *item, struct arena *a, struct condition *c,
                          bool nested, struct err *err)
{
	int rc = yaml_expect(item, YAML_MAPPING, err);
	if (rc)
		return rc;
	if (item->n != 1)
		return yaml_error(item, err, "a condition is one word and what belongs to it");
	const struct yaml_node *body = &item->item[0];
	struct slice word = body->key;
	c->line = body->line;
	if (slice_eq_str(word, "any")) {
		if (nested)
			return yaml_error(body, err, "any within any");
		c->kind = CONDITION_ANY;
		return read_conditions(body, a, &c->sub, &c->sub_n, true, err);
	}
	rc = yaml_expect(body, YAML_MAPPING, err);
	if (rc)
		return rc;
	if (slice_eq_str(word, "offers")) {
		c->kind = CONDITION_OFFERS;
		return read_offers(body, a, c, err);
	}
	if (slice_eq_str(word, "claims")) {
		c->kind = CONDITION_CLAIMS;
		return read_claims(body, a, c, err);
	}
	if (slice_eq_str(word, "pages")) {
		static const char *const known[] = { "least", NULL };
		const struct yaml_node *least = NULL;
		c->kind = CONDITION_PAGES;
		rc = yaml_known_keys(body, known, err);
		if (rc == 0)
			rc = yaml_need(body, "least", &least, err);
		return rc ? rc : read_number(least, 9, &c->kinds, err);
	}
	if (slice_eq_str(word, "sells")) {
		c->kind = CONDITION_SELLS;
		return read_sells(body, a, c, err);
	}
	if (slice_eq_str(word, "registered")) {
		c->kind = CONDITION_REGISTERED;
		return read_registered(body, c, err);
	}
	if (slice_eq_str(word, "register_loaded")) {
		c->kind = CONDITION_REGISTER_LOADED;
		return read_loaded(body, c, err);
	}
	if (slice_eq_str(word, "imitates")) {
		static const char *const known[] = { "country", NULL };
		const struct yaml_node *country = NULL;
		c->kind = CONDITION_IMITATES;
		rc = yaml_known_keys(body, known, err);
		if (rc == 0)
			rc = yaml_need(body, "country", &country, err);
		return rc ? rc : read_country(country, true, c, err);
	}
	if (slice_eq_str(word, "licence")) {
		c->kind = CONDITION_LICENCE;
		return read_licence(body, a, c, err);
	}
	if (slice_eq_str(word, "seal")) {
		c->kind = CONDITION_SEAL;
		return read_seal(body, a, c, err);
	}
	if (slice_eq_str(word, "combination")) {
		static const char *const known[] = { "classes", NULL };
		const struct yaml_node *classes = NULL;
		c->kind = CONDITION_COMBINATION;
		rc = yaml_known_keys(body, known, err);
		if (rc == 0)
			rc = yaml_need(body, "classes", &classes, err);
		if (rc == 0)
			rc = yaml_str_list(classes, a, (struct slice **)&c->classes, &c->class_n, err);
		if (rc == 0 && c->class_n != 2)
			rc = yaml_error(classes, err, "a combination is of two classes");
		return rc;
	}
	return yaml_error(body, err,
	                  "unknown condition '%.*s' (known: offers, claims, pages, sells, "
	                  "registered, register_loaded, imitates, licence, seal, combination, any)",
	                  SLICE_ARG(word));
}

static int read_conditions(const struct yaml_node *list, struct arena *a,
                           const struct condition **out, size_t *n, bool nested, struct err *err)
{
	int rc = yaml_expect(list, YAML_SEQUENCE, err);
	if (rc)
		return rc;
	if (list->n == 0)
		return yaml_error(list, err, "an empty list of conditions");
	struct condition *c = arena_array(a, list->n, sizeof(*c));
	if (!c)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < list->n; i++)
		rc = read_condition(&list->item[i], a, &c[i], nested, err);
	if (rc == 0) {
		*out = c;
		*n = list->n;
	}
	return rc;
}


int conditions_read(const struct yaml_node *list, struct arena *a, const struct condition **out,
                    size_t *n, struct err *err)
{
	return read_conditions(list, a, out, n, false, err);
}

/* ---- what follows from what ---- */

static bool is_among(struct slice s, const struct slice *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq_nocase(list[i], s))
			return true;
	return false;
}

static bool are_among(const struct slice *some, size_t n, const struct slice *list, size_t of)
{
	for (size_t i = 0; i < n; i++)
		if (!is_among(some[i], list, of))
			return false;
	return true;
}

/* A list that is not there asks for nothing. */
static bool list_implies(const struct slice *a, size_t n, const struct slice *b, size_t of)
{
	return of == 0 || (n && are_among(a, n, b, of));
}

static bool same_country(const struct condition *a, const struct condition *b)
{
	return a->of_destination == b->of_destination && slice_eq(a->country, b->country);
}

static bool country_implies(const struct condition *a, const struct condition *b)
{
	return (!b->country.n && !b->of_destination) || same_country(a, b);
}

static bool register_implies(const struct condition *a, const struct condition *b)
{
	if (b->test == REGISTER_ANY)
		return true;
	return a->test == b->test && (b->test != REGISTER_SERVES || same_country(a, b));
}

bool condition_implies(const struct condition *a, const struct condition *b)
{
	if (a->kind == CONDITION_ANY) {
		for (size_t i = 0; i < a->sub_n; i++)
			if (!condition_implies(&a->sub[i], b))
				return false;
		return true;
	}
	if (b->kind == CONDITION_ANY) {
		for (size_t i = 0; i < b->sub_n; i++)
			if (condition_implies(a, &b->sub[i]))
				return true;
		return false;
	}
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case CONDITION_OFFERS:
		return (!b->statuses || (a->statuses && !(a->statuses & ~b->statuses))) &&
		       list_implies(a->classes, a->class_n, b->classes, b->class_n) &&
		       (!b->everywhere || a->everywhere);
	case CONDITION_CLAIMS:
		return !(a->phrases & ~b->phrases) && a->kinds >= b->kinds &&
		       list_implies(a->args, a->arg_n, b->args, b->arg_n);
	case CONDITION_SELLS:
		return !(a->goods & ~b->goods) &&
		       (!b->phrases || (a->phrases && !(a->phrases & ~b->phrases))) &&
		       (!b->held || (a->held && !(a->held & ~b->held))) &&
		       list_implies(a->args, a->arg_n, b->args, b->arg_n);
	case CONDITION_REGISTERED: return register_implies(a, b);
	case CONDITION_REGISTER_LOADED:
		return country_implies(a, b) && (!b->source.n || slice_eq(a->source, b->source)) &&
		       (!b->sites || a->sites);
	case CONDITION_IMITATES: return country_implies(a, b);
	case CONDITION_LICENCE:
		return !(a->found & ~b->found) && are_among(a->args, a->arg_n, b->args, b->arg_n);
	case CONDITION_SEAL:
		if (b->leads_anywhere)
			return are_among(a->args, a->arg_n, b->args, b->arg_n);
		return a->leads_elsewhere == b->leads_elsewhere && !a->leads_anywhere &&
		       are_among(a->args, a->arg_n, b->args, b->arg_n) &&
		       are_among(b->hosts, b->host_n, a->hosts, a->host_n) &&
		       are_among(a->hosts, a->host_n, b->hosts, b->host_n);
	case CONDITION_COMBINATION:
		return are_among(a->classes, a->class_n, b->classes, b->class_n) &&
		       are_among(b->classes, b->class_n, a->classes, a->class_n);
	case CONDITION_PAGES: return a->kinds >= b->kinds;
	case CONDITION_ANY: break;
	}
	return false;
}

static bool each_implied(const struct condition *a, size_t n, const struct condition *b, size_t of)
{
	for (size_t i = 0; i < of; i++) {
		size_t k = 0;
		while (k < n && !condition_implies(&a[k], &b[i]))
			k++;
		if (k == n)
			return false;
	}
	return true;
}

bool conditions_same(const struct condition *a, size_t n, const struct condition *b, size_t of)
{
	return each_implied(a, n, b, of) && each_implied(b, of, a, n);
}
