/* YAML -> packs. The shape of a rule is checked key by key, so that a typing error is an error and
 * never a rule that silently does not fire. */
#include "assess/policy.h"

#include "assess/condition.h"
#include "assess/rule_index.h"
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

/* A rule that can never fire protects nobody, and its author thinks that it does. */
static int check_can_fire(const struct yaml_node *map, const struct pack *pack,
                          const struct rule *rule, struct err *err)
{
	for (size_t i = 0; i < rule->law_n; i++)
		for (size_t k = 0; k < rule->law_n; k++)
			if (rule->law[i].until <= rule->law[k].from)
				return yaml_error(map, err, "the rule is never in force: one law of it has ended "
				                            "before another begins");
	for (size_t u = 0; u < rule->unless_n; u++)
		for (size_t w = 0; w < rule->when_n; w++)
			if (condition_implies(&rule->when[w], &rule->unless[u]))
				return yaml_error(map, err,
				                  "the rule never fires: where the condition of line %u holds, so "
				                  "does the exception of line %u",
				                  rule->when[w].line, rule->unless[u].line);
	bool serves = false, elsewhere = false;
	for (size_t w = 0; w < rule->when_n; w++) {
		const struct condition *c = &rule->when[w];
		if (c->kind != CONDITION_REGISTERED)
			continue;
		elsewhere = elsewhere || c->test == REGISTER_ELSEWHERE;
		serves = serves || (c->test == REGISTER_SERVES &&
		                    (c->of_destination || (pack->destination_n == 1 &&
		                                           slice_eq(c->country, pack->destinations[0]))));
	}
	if (serves && elsewhere)
		return yaml_error(map, err, "the rule never fires: it wants a register row that covers the "
		                            "destination, and that none does");
	return 0;
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
	rule->line = map->line;
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
		rc = conditions_read(node, a, &rule->when, &rule->when_n, err);
	if (rc == 0 && (node = yaml_get(map, "unless")))
		rc = conditions_read(node, a, &rule->unless, &rule->unless_n, err);
	if (rc == 0 && (node = yaml_get(map, "weigh")))
		rc = conditions_read_phrases(node, a, &rule->weigh, &rule->weigh_registered, err);
	if (rc == 0)
		rc = yaml_need(map, "recipients", &node, err);
	if (rc == 0)
		rc = read_recipients(node, a, rule, err);
	if (rc == 0 && (node = yaml_get(map, "destinations")))
		rc = read_rule_destinations(node, pack, a, rule, err);
	if (rc == 0 && (node = yaml_get(map, "automatic")))
		rc = yaml_flag(node, &rule->automatic, err);
	return rc ? rc : check_can_fire(map, pack, rule, err);
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
		rc = rule_index_make(pack, a, &pack->index, err);
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
