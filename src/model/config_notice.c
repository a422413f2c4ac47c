#include "model/config_notice.h"

struct config_notice config_notice_default(void)
{
	return (struct config_notice){
		.interest = INTEREST_HEALTH,
		.providers = "policy/notice/providers",
		.evidence_days = 14,
		.contact_days = 7,
		.acknowledge_hours = 48,
		.act_days = 7,
		.silent_days = 14,
		.repeat_days = 30,
		.per_hour = 60,
		.minimum = 10,
	};
}

static int read_text(const struct yaml_node *node, const char **out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc == 0 && s.n == 0)
		rc = yaml_error(node, err, "%.*s is empty", SLICE_ARG(node->key));
	if (rc == 0)
		*out = s.p;
	return rc;
}

static int read_texts(const struct yaml_node *node, struct config_notice *c, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {
		{ "sender", &c->sender },     { "on_behalf", &c->on_behalf },
		{ "sponsor", &c->sponsor },   { "verify", &c->verify },
		{ "mailbox", &c->mailbox },   { "providers", &c->providers },
		{ "registrars", &c->registrars },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct yaml_node *at = yaml_get(node, texts[i].name);
		if (at)
			rc = read_text(at, texts[i].to, err);
	}
	return rc;
}

static int read_numbers(const struct yaml_node *node, struct config_notice *c, struct err *err)
{
	const struct {
		const char *name;
		int64_t min, max;
		int64_t *to;
	} numbers[] = {
		{ "evidence_days", 1, 3650, &c->evidence_days },
		{ "contact_days", 1, 3650, &c->contact_days },
		{ "acknowledge_hours", 1, 8760, &c->acknowledge_hours },
		{ "act_days", 1, 3650, &c->act_days },
		{ "silent_days", 1, 3650, &c->silent_days },
		{ "repeat_days", 1, 3650, &c->repeat_days },
		{ "per_hour", 1, 1000000, &c->per_hour },
		{ "minimum", 2, 1000000, &c->minimum },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct yaml_node *at = yaml_get(node, numbers[i].name);
		if (at)
			rc = yaml_i64(at, numbers[i].min, numbers[i].max, numbers[i].to, err);
	}
	return rc;
}

/* It becomes a link in every letter. */
static int check_verify(const struct yaml_node *node, const struct config_notice *c,
                        struct err *err)
{
	struct slice s = c->verify ? slice_str(c->verify) : SLICE("");

	if (s.n == 0 || slice_starts(s, SLICE("https://")) || slice_starts(s, SLICE("http://")))
		return 0;
	return yaml_error(yaml_get(node, "verify"), err,
	                  "verify is no address such as https://desk.example/d/");
}

int config_notice_read(const struct yaml_node *node, struct arena *arena,
                       struct config_notice *out, struct err *err)
{
	static const char *const known[] = {
		"sender",       "on_behalf",  "sponsor",       "interest",     "verify",
		"mailbox",      "providers",  "registrars",    "evidence_days", "contact_days",
		"acknowledge_hours", "act_days", "silent_days", "repeat_days",  "per_hour",
		"minimum",      NULL,
	};
	struct config_notice c = *out;
	const struct yaml_node *at;
	struct slice s;
	int rc = yaml_expect(node, YAML_MAPPING, err);

	(void)arena;
	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	if (rc == 0)
		rc = read_texts(node, &c, err);
	if (rc == 0)
		rc = read_numbers(node, &c, err);
	if (rc == 0)
		rc = check_verify(node, &c, err);
	if (rc == 0 && (at = yaml_get(node, "interest"))) {
		rc = yaml_str(at, &s, err);
		if (rc == 0 && !notice_interest_parse(s, &c.interest))
			rc = yaml_error(at, err,
			                "interest is health, consumer, trademark or other, not '%.*s'",
			                SLICE_ARG(slice_sub(s, 0, 40)));
	}
	if (rc == 0)
		*out = c;
	return rc;
}
