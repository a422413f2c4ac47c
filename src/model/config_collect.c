#include "model/config_collect.h"

#include <string.h>

struct config_collect config_collect_default(void)
{
	return (struct config_collect){
		.bootstrap = "https://data.iana.org/rdap/dns.json", /* RFC 9224 3 */
		.iana_whois = "whois.iana.org",
		.tables = "policy/collect",
		.user_agent = "assay (online pharmacy verification)",
		.host_delay_ms = 1000,
		.in_flight = 1000,
		.body = 8 << 20,
		.bodies = 256 << 20,
		.seconds = 60,
		.registration_ms = 1000,
	};
}

static bool parse_bytes(struct slice s, uint64_t *out)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	uint64_t n = 0;

	if (s.n && s.p[s.n - 1] && strchr(units, s.p[s.n - 1])) {
		shift = 10 * (unsigned)(strchr(units, s.p[s.n - 1]) - units + 1);
		s = slice_sub(s, 0, s.n - 1);
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n >= UINT64_MAX / 16)
			return false;
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	}
	if (s.n == 0 || n > (uint64_t)INT64_MAX >> shift)
		return false;
	*out = n << shift;
	return true;
}

int config_bytes_read(const struct yaml_node *node, uint64_t *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc == 0 && !parse_bytes(s, out))
		rc = yaml_error(node, err, "%.*s is no number of bytes such as 500M or 200G",
				SLICE_ARG(node->key));
	return rc;
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

static int read_open(const struct yaml_node *node, struct arena *arena, struct config_collect *c,
                     struct err *err)
{
	struct slice *list;
	size_t n;
	int rc = yaml_str_list(node, arena, &list, &n, err);

	if (rc)
		return rc;
	struct ip_prefix *open = arena_array(arena, n, sizeof(*open));
	if (!open)
		return err_set(err, ERR_NOMEM, 0, "%s: no memory", node->file);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (ip_prefix_parse(list[i], &open[i], NULL))
			rc = yaml_error(node, err, "open: '%.*s' is no prefix such as 127.0.0.0/8",
			                SLICE_ARG(slice_sub(list[i], 0, 60)));
	c->open = open;
	c->open_n = n;
	return rc;
}

static int read_texts(const struct yaml_node *node, struct config_collect *c, struct err *err)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {
		{ "bootstrap", &c->bootstrap },   { "iana_whois", &c->iana_whois },
		{ "vantages", &c->vantages },     { "archive", &c->archive },
		{ "tables", &c->tables },         { "registration_key", &c->registration_key },
		{ "user_agent", &c->user_agent },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct yaml_node *at = yaml_get(node, texts[i].name);
		if (at)
			rc = read_text(at, texts[i].to, err);
	}
	return rc;
}

static int read_numbers(const struct yaml_node *node, struct config_collect *c, struct err *err)
{
	const struct {
		const char *name;
		int64_t min, max;
		int64_t *to;
	} numbers[] = {
		{ "host_delay_ms", 0, 3600000, &c->host_delay_ms },
		{ "in_flight", 1, 20000, &c->in_flight },
		{ "seconds", 1, 3600, &c->seconds },
		{ "registration_ms", 0, 3600000, &c->registration_ms },
	};
	const struct yaml_node *at = yaml_get(node, "body");
	int rc = at ? config_bytes_read(at, &c->body, err) : 0;

	if (rc == 0 && at && (c->body == 0 || c->body > 256 << 20))
		rc = yaml_error(at, err, "body is not between 1 and 256M");
	at = yaml_get(node, "bodies");
	if (rc == 0 && at)
		rc = config_bytes_read(at, &c->bodies, err);
	if (rc == 0 && at && c->bodies == 0)
		rc = yaml_error(at, err, "bodies is 0");
	for (size_t i = 0; rc == 0 && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		at = yaml_get(node, numbers[i].name);
		if (at)
			rc = yaml_i64(at, numbers[i].min, numbers[i].max, numbers[i].to, err);
	}
	return rc;
}

int config_collect_read(const struct yaml_node *node, struct arena *arena,
                        struct config_collect *out, struct err *err)
{
	static const char *const known[] = {
		"resolvers", "bootstrap",  "iana_whois",       "open",
		"vantages",  "archive",    "tables",           "user_agent", "registration_key",
		"body",      "in_flight",  "host_delay_ms",    "seconds",    "registration_ms",
		"bodies",    NULL,
	};
	struct config_collect c = *out;
	const struct yaml_node *at;
	struct slice *list;
	int rc = yaml_expect(node, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	if (rc == 0 && (at = yaml_get(node, "resolvers"))) {
		rc = yaml_str_list(at, arena, &list, &c.resolver_n, err);
		if (rc == 0)
			c.resolver = list;
	}
	if (rc == 0 && (at = yaml_get(node, "open")))
		rc = read_open(at, arena, &c, err);
	if (rc == 0)
		rc = read_texts(node, &c, err);
	if (rc == 0)
		rc = read_numbers(node, &c, err);
	if (rc == 0)
		*out = c;
	return rc;
}
