/* YAML -> packs. The shape of a rule is checked key by key, so that a typing error is an error and
 * never a rule that silently does not fire. */
#include "assess/policy.h"

#include "wire/timestamp.h"
#include "wire/yaml.h"

#include <stdint.h>

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_NOTE: return "note";
	case SEVERITY_UNAPPROVED: return "unapproved";
	case SEVERITY_ROGUE: return "rogue";
	}
	return "note";
}

bool rule_in_force(const struct rule *rule, int64_t at)
{
	for (size_t i = 0; i < rule->law_n; i++)
		if (at < rule->law[i].from || at >= rule->law[i].until)
			return false;
	return true;
}

static bool is_country(struct slice s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

/* A word that may stand in ids: lower-case letters, digits, hyphens. */
static bool is_id(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		      s.p[i] == '-'))
			return false;
	return s.n > 0 && s.n <= 80;
}

static int get_text(const struct yaml_node *map, const char *key, struct slice *out,
                    struct err *err)
{
	const struct yaml_node *node = NULL;
	int rc = yaml_need(map, key, &node, err);
	return rc ? rc : yaml_str(node, out, err);
}

static int get_date(const struct yaml_node *node, int64_t *out, struct err *err)
{
	struct slice text;
	int rc = yaml_str(node, &text, err);
	if (rc)
		return rc;
	if (timestamp_parse(text, out, NULL))
		return yaml_error(node, err, "'%.*s' is not a date of the form 2026-11-22",
		                  SLICE_ARG(text));
	return 0;
}

/* Names of phrase classes -> their bits. */
static int get_phrases(const struct yaml_node *node, struct arena *a, uint64_t *out,
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
	if (!is_country(text))
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

static int read_claims(const struct yaml_node *map, struct arena *a, struct condition *c,
                       struct err *err)
{
	static const char *const known[] = { "class", "arg", NULL };
	const struct yaml_node *class = NULL, *arg = yaml_get(map, "arg");
	int rc = yaml_known_keys(map, known, err);

	if (rc == 0)
		rc = yaml_need(map, "class", &class, err);
	if (rc == 0)
		rc = get_phrases(class, a, &c->phrases, NULL, err);
	if (rc == 0 && arg)
		rc = yaml_str_list(arg, a, (struct slice **)&c->args, &c->arg_n, err);
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
		rc = get_phrases(goods, a, &c->goods, NULL, err);
	if (rc == 0 && (!c->goods || c->goods & ~GOODS_PHRASES))
		rc = yaml_error(goods, err, "goods are supplement or research_use");
	if (rc == 0 && class)
		rc = get_phrases(class, a, &c->phrases, NULL, err);
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
	if (slice_eq_str(word, "sells")) {
		c->kind = CONDITION_SELLS;
		return read_sells(body, a, c, err);
	}
	if (slice_eq_str(word, "registered")) {
		c->kind = CONDITION_REGISTERED;
		return read_registered(body, c, err);
	}
	if (slice_eq_str(word, "register_loaded") || slice_eq_str(word, "imitates")) {
		static const char *const known[] = { "country", NULL };
		const struct yaml_node *country = NULL;
		c->kind = slice_eq_str(word, "imitates") ? CONDITION_IMITATES
		                                         : CONDITION_REGISTER_LOADED;
		rc = yaml_known_keys(body, known, err);
		if (rc == 0)
			rc = yaml_need(body, "country", &country, err);
		return rc ? rc : read_country(country, true, c, err);
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
	                  "unknown condition '%.*s' (known: offers, claims, sells, "
	                  "registered, register_loaded, imitates, combination, any)",
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

static int read_law(const struct yaml_node *list, struct arena *a, struct rule *rule,
                    struct err *err)
{
	static const char *const known[] = { "cite", "says", "from", "until", NULL };
	int rc = yaml_expect(list, YAML_SEQUENCE, err);

	if (rc == 0 && list->n == 0)
		rc = yaml_error(list, err, "a rule names its law");
	struct law *law = rc == 0 ? arena_array(a, list->n, sizeof(*law)) : NULL;
	if (rc == 0 && !law)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		const struct yaml_node *item = &list->item[i], *from = NULL, *until;
		rc = yaml_expect(item, YAML_MAPPING, err);
		if (rc == 0)
			rc = yaml_known_keys(item, known, err);
		if (rc == 0)
			rc = get_text(item, "cite", &law[i].cite, err);
		if (rc == 0)
			rc = get_text(item, "says", &law[i].says, err);
		if (rc == 0)
			rc = yaml_need(item, "from", &from, err);
		if (rc == 0)
			rc = get_date(from, &law[i].from, err);
		law[i].until = INT64_MAX;
		if (rc == 0 && (until = yaml_get(item, "until")))
			rc = get_date(until, &law[i].until, err);
		if (rc == 0 && law[i].until <= law[i].from)
			rc = yaml_error(item, err, "law that ends before it begins");
	}
	if (rc == 0) {
		rule->law = law;
		rule->law_n = list->n;
	}
	return rc;
}

static int read_words(const struct yaml_node *map, struct rule *rule, struct err *err)
{
	struct slice word;
	const struct yaml_node *node = NULL;
	int rc = get_text(map, "severity", &word, err);

	if (rc)
		return rc;
	if (slice_eq_str(word, "rogue"))
		rule->severity = SEVERITY_ROGUE;
	else if (slice_eq_str(word, "unapproved"))
		rule->severity = SEVERITY_UNAPPROVED;
	else if (slice_eq_str(word, "note"))
		rule->severity = SEVERITY_NOTE;
	else
		return yaml_error(yaml_get(map, "severity"), err,
		                  "severity is note, unapproved or rogue, not '%.*s'",
		                  SLICE_ARG(word));
	rc = yaml_need(map, "reach", &node, err);
	if (rc == 0)
		rc = yaml_str(node, &word, err);
	if (rc)
		return rc;
	if (!slice_eq_str(word, "global") && !slice_eq_str(word, "destination"))
		return yaml_error(node, err, "reach is global or destination, not '%.*s'",
		                  SLICE_ARG(word));
	rule->reach = slice_eq_str(word, "global") ? REACH_GLOBAL : REACH_DESTINATION;
	rule->ground = rule->id;
	if ((node = yaml_get(map, "ground"))) {
		rc = yaml_str(node, &rule->ground, err);
		if (rc == 0 && !slice_eq_str(rule->ground, "foreign_legal"))
			rc = yaml_error(node, err, "the only ground with a name of its own is "
			                           "foreign_legal");
		if (rc == 0 && rule->severity != SEVERITY_UNAPPROVED)
			rc = yaml_error(node, err, "foreign_legal is a ground of unapproved alone");
	}
	return rc;
}

static int read_recipients(const struct yaml_node *node, struct arena *a, struct rule *rule,
                           struct err *err)
{
	static const char *const known[] = { "registrar", "reseller", "registry", "host",
		                             "search",    "payment",  "platform", NULL };
	int rc = yaml_str_list(node, a, (struct slice **)&rule->recipients, &rule->recipient_n, err);

	for (size_t i = 0; rc == 0 && i < rule->recipient_n; i++) {
		struct slice word = rule->recipients[i];
		size_t k = 0;
		while (known[k] && !slice_eq_str(word, known[k]))
			k++;
		if (!known[k])
			rc = yaml_error(node, err, "unknown recipient '%.*s'", SLICE_ARG(word));
		/* DESIGN, rule 10: what takes a name off the whole Internet hangs on no one law. */
		else if (k <= 2 && rule->reach != REACH_GLOBAL && rule->severity == SEVERITY_ROGUE)
			rc = yaml_error(node, err, "a registrar is asked only on grounds of global reach");
	}
	return rc;
}

/* Destinations of a rule: some of its pack's. */
static int read_rule_destinations(const struct yaml_node *node, const struct pack *pack,
                                  struct arena *a, struct rule *rule, struct err *err)
{
	int rc = yaml_str_list(node, a, (struct slice **)&rule->destinations, &rule->destination_n,
	                       err);

	if (rc == 0 && rule->destination_n == 0)
		rc = yaml_error(node, err, "an empty list of destinations");
	for (size_t i = 0; rc == 0 && i < rule->destination_n; i++)
		if (!pack_covers(pack, rule->destinations[i]))
			rc = yaml_error(node, err, "'%.*s' is no destination of the pack",
			                SLICE_ARG(rule->destinations[i]));
	return rc;
}

static int read_rule(const struct yaml_node *map, const struct pack *pack, struct arena *a,
                     struct rule *rule, struct err *err)
{
	static const char *const known[] = { "id", "text", "law", "severity", "reach", "ground",
		"evidence", "when", "unless", "weigh", "recipients", "destinations", "automatic",
		NULL };
	const struct yaml_node *node = NULL;
	int rc = yaml_expect(map, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(map, known, err);
	if (rc == 0)
		rc = get_text(map, "id", &rule->id, err);
	if (rc)
		return rc;
	if (!is_id(rule->id) || !slice_starts(rule->id, pack->id) || rule->id.n <= pack->id.n + 1 ||
	    rule->id.p[pack->id.n] != '-')
		return yaml_error(map, err, "the id of a rule is '%.*s-' and a name in lower case",
		                  SLICE_ARG(pack->id));
	rc = get_text(map, "text", &rule->text, err);
	if (rc == 0)
		rc = get_text(map, "evidence", &rule->evidence, err);
	if (rc == 0)
		rc = yaml_need(map, "law", &node, err);
	if (rc == 0)
		rc = read_law(node, a, rule, err);
	if (rc == 0)
		rc = read_words(map, rule, err);
	if (rc == 0)
		rc = yaml_need(map, "when", &node, err);
	if (rc == 0)
		rc = read_conditions(node, a, &rule->when, &rule->when_n, false, err);
	if (rc == 0 && (node = yaml_get(map, "unless")))
		rc = read_conditions(node, a, &rule->unless, &rule->unless_n, false, err);
	if (rc == 0 && (node = yaml_get(map, "weigh")))
		rc = get_phrases(node, a, &rule->weigh, &rule->weigh_registered, err);
	if (rc == 0)
		rc = yaml_need(map, "recipients", &node, err);
	if (rc == 0)
		rc = read_recipients(node, a, rule, err);
	if (rc == 0 && (node = yaml_get(map, "destinations")))
		rc = read_rule_destinations(node, pack, a, rule, err);
	if (rc == 0 && (node = yaml_get(map, "automatic")))
		rc = yaml_flag(node, &rule->automatic, err);
	return rc;
}

static const char *const pack_kinds[] = {
	[PACK_JURISDICTION] = "jurisdiction", [PACK_COMMON] = "common", [PACK_CATEGORY] = "category",
};

const char *pack_kind_name(enum pack_kind kind)
{
	return pack_kinds[kind];
}

static int get_kind(const struct yaml_node *node, enum pack_kind *out, struct err *err)
{
	struct slice word;
	int rc = yaml_str(node, &word, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < sizeof(pack_kinds) / sizeof(pack_kinds[0]); i++)
		if (slice_eq_str(word, pack_kinds[i])) {
			*out = (enum pack_kind)i;
			return 0;
		}
	return yaml_error(node, err, "kind is jurisdiction, common or category, not '%.*s'",
	                  SLICE_ARG(word));
}

static int read_pack(const struct yaml_node *root, struct arena *a, struct pack *pack,
                     struct err *err)
{
	static const char *const known[] = { "pack", "version", "title", "jurisdiction",
		"kind", "destinations", "rules", NULL };
	const struct yaml_node *node = NULL;
	int rc = yaml_expect(root, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(root, known, err);
	if (rc == 0)
		rc = get_text(root, "pack", &pack->id, err);
	if (rc == 0 && !is_id(pack->id))
		rc = yaml_error(root, err, "the id of a pack is letters in lower case");
	if (rc == 0)
		rc = get_text(root, "version", &pack->version, err);
	if (rc == 0)
		rc = get_text(root, "title", &pack->title, err);
	if (rc == 0)
		rc = get_text(root, "jurisdiction", &pack->jurisdiction, err);
	if (rc == 0 && (node = yaml_get(root, "kind")))
		rc = get_kind(node, &pack->kind, err);
	if (rc == 0)
		rc = yaml_need(root, "destinations", &node, err);
	if (rc == 0)
		rc = yaml_str_list(node, a, (struct slice **)&pack->destinations, &pack->destination_n,
		                   err);
	for (size_t i = 0; rc == 0 && i < pack->destination_n; i++)
		if (!is_country(pack->destinations[i]))
			rc = yaml_error(node, err, "'%.*s' is not an ISO 3166-1 country code",
			                SLICE_ARG(pack->destinations[i]));
	if (rc == 0)
		rc = yaml_need(root, "rules", &node, err);
	if (rc == 0)
		rc = yaml_expect(node, YAML_SEQUENCE, err);
	if (rc == 0 && node->n == 0)
		rc = yaml_error(node, err, "a pack has at least one rule");
	struct rule *rules = rc == 0 ? arena_array(a, node->n, sizeof(*rules)) : NULL;
	if (rc == 0 && !rules)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < node->n; i++) {
		rc = read_rule(&node->item[i], pack, a, &rules[i], err);
		if (rc && rules[i].id.n)
			return err_wrap(err, "rule %.*s", SLICE_ARG(rules[i].id));
		for (size_t k = 0; rc == 0 && k < i; k++)
			if (slice_eq(rules[i].id, rules[k].id))
				rc = yaml_error(&node->item[i], err, "rule '%.*s' is there twice",
				                SLICE_ARG(rules[i].id));
	}
	if (rc == 0) {
		pack->rule = rules;
		pack->rule_n = node->n;
	}
	return rc;
}

int pack_parse(struct slice bytes, const char *file, struct arena *a, struct pack *out,
               struct err *err)
{
	const struct yaml_node *root = NULL;
	struct pack pack = { .digest = sha256_of(bytes) };
	int rc = yaml_parse(bytes, file, a, &root, err);

	if (rc == 0)
		rc = read_pack(root, a, &pack, err);
	if (rc)
		return rc;
	pack.file = root->file;
	*out = pack;
	return 0;
}

bool pack_covers(const struct pack *pack, struct slice destination)
{
	for (size_t i = 0; i < pack->destination_n; i++)
		if (slice_eq(pack->destinations[i], destination))
			return true;
	return false;
}

bool rule_covers(const struct rule *rule, struct slice destination)
{
	for (size_t i = 0; i < rule->destination_n; i++)
		if (slice_eq(rule->destinations[i], destination))
			return true;
	return rule->destination_n == 0;
}

static int check_pair(const struct pack *a, const struct pack *b, struct err *err)
{
	if (slice_eq(a->id, b->id))
		return err_set(err, ERR_SYNTAX, 0, "%s: pack '%.*s' is in %s already", a->file,
		               SLICE_ARG(a->id), b->file);
	if (a->kind != PACK_JURISDICTION || b->kind != PACK_JURISDICTION)
		return 0;
	for (size_t d = 0; d < a->destination_n; d++)
		if (pack_covers(b, a->destinations[d]))
			return err_set(err, ERR_SYNTAX, 0, "%s: %s speaks for %.*s already", a->file,
			               b->file, SLICE_ARG(a->destinations[d]));
	return 0;
}

int packs_check(const struct pack *packs, size_t n, struct err *err)
{
	size_t jurisdictions = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			int rc = check_pair(&packs[i], &packs[k], err);
			if (rc)
				return rc;
		}
		jurisdictions += packs[i].kind == PACK_JURISDICTION;
	}
	if (n && !jurisdictions)
		return err_set(err, ERR_SYNTAX, 0,
		               "%s: a pack of kind %s joins what packs of jurisdictions say of a country, "
		               "and none of those is here",
		               packs[0].file, pack_kind_name(packs[0].kind));
	return 0;
}
