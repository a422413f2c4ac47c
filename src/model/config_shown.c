/* The configuration as people are shown it: each value as YAML writes it, and where it comes from. */
#include "model/config.h"

#include <string.h>

/* Whether a text can stand in YAML, in a list too, without quotes and mean itself. */
static bool is_plain(struct slice s)
{
	if (s.n == 0 || slice_eq_str(s, "true") || slice_eq_str(s, "false") ||
	    slice_eq_str(s, "null") || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("./_-@", c) && !(i == 0 && c == '@'))))
			return false;
	}
	return true;
}

static void put_text(struct slice s, struct buf *out)
{
	if (is_plain(s)) {
		buf_put(out, s);
		return;
	}
	buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_putc(out, '\'');
		buf_putc(out, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
	buf_putc(out, '\'');
}

static void put_list(const struct slice *list, size_t n, struct buf *out)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(out, ", ");
		put_text(list[i], out);
	}
	buf_putc(out, ']');
}

static void put_reviewers(const struct config *c, struct buf *out)
{
	if (c->n_reviewers == 0)
		buf_puts(out, "(none: nobody can decide)");
	for (size_t i = 0; i < c->n_reviewers; i++) {
		if (i)
			buf_puts(out, ", ");
		buf_put(out, c->reviewers[i].name);
		if (c->reviewers[i].demonstration)
			buf_puts(out, " (demonstration)");
	}
}

static void put_bytes(uint64_t n, struct buf *out)
{
	static const char units[] = "KMGT";
	size_t unit = 0;

	for (; unit < 4 && n && n % 1024 == 0; unit++)
		n /= 1024;
	buf_printf(out, "%llu", (unsigned long long)n);
	if (unit)
		buf_putc(out, units[unit - 1]);
}

static void put_retention(const struct config *c, struct buf *out)
{
	bool any = false;

	for (enum evidence_class k = 0; k < EVIDENCE_CLASSES; k++) {
		if (c->retention[k] == 0)
			continue;
		buf_printf(out, "%s%s: %lld", any ? ", " : "{", evidence_class_name(k),
			   (long long)c->retention[k]);
		any = true;
	}
	buf_puts(out, any ? "}" : "(evidence is kept)");
}

static void put_text_or(const char *s, const char *otherwise, struct buf *out)
{
	if (s)
		put_text(slice_str(s), out);
	else
		buf_printf(out, "(%s)", otherwise);
}

static void put_mail(const struct config_mail *m, struct buf *out)
{
	static const char *const tls[] = { NULL, "starttls", "none" };
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "from", m->from }, { "tls", tls[m->tls] }, { "ca_file", m->ca_file }, { "user", m->user },
		{ "password_file", m->password_file },
	};

	if (!m->relay) {
		buf_puts(out, "(no relay: letters are written to files)");
		return;
	}
	buf_puts(out, "{relay: ");
	put_text(slice_str(m->relay), out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value) {
			buf_printf(out, ", %s: ", rows[i].name);
			put_text(slice_str(rows[i].value), out);
		}
	buf_printf(out, ", timeout_s: %lld}", (long long)m->timeout_s);
}

static void put_collect(const struct config_collect *c, struct buf *out)
{
	buf_puts(out, "{resolvers: ");
	put_list(c->resolver, c->resolver_n, out);
	buf_puts(out, ", bootstrap: ");
	put_text(slice_str(c->bootstrap), out);
	buf_puts(out, ", iana_whois: ");
	put_text(slice_str(c->iana_whois), out);
	if (c->open_n)
		buf_printf(out, ", open: %zu prefixes", c->open_n);
	if (c->vantages) {
		buf_puts(out, ", vantages: ");
		put_text(slice_str(c->vantages), out);
	}
	if (c->registration_key) {
		buf_puts(out, ", registration_key: ");
		put_text(slice_str(c->registration_key), out);
	}
	buf_printf(out, ", host_delay_ms: %lld, in_flight: %lld, body: ",
	           (long long)c->host_delay_ms, (long long)c->in_flight);
	put_bytes(c->body, out);
	buf_puts(out, ", bodies: ");
	put_bytes(c->bodies, out);
	buf_printf(out, ", seconds: %lld}", (long long)c->seconds);
}

static void put_notice(const struct config_notice *c, struct buf *out)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "sender", c->sender },     { "on_behalf", c->on_behalf }, { "sponsor", c->sponsor },
		{ "verify", c->verify },     { "mailbox", c->mailbox },     { "providers", c->providers },
		{ "registrars", c->registrars },
	};

	buf_printf(out, "{interest: %s", notice_interest_name(c->interest));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value) {
			buf_printf(out, ", %s: ", rows[i].name);
			put_text(slice_str(rows[i].value), out);
		}
	buf_printf(out, ", evidence_days: %lld, contact_days: %lld, acknowledge_hours: %lld",
	           (long long)c->evidence_days, (long long)c->contact_days,
	           (long long)c->acknowledge_hours);
	buf_printf(out, ", act_days: %lld, silent_days: %lld, repeat_days: %lld",
	           (long long)c->act_days, (long long)c->silent_days, (long long)c->repeat_days);
	buf_printf(out, ", per_hour: %lld, minimum: %lld}", (long long)c->per_hour,
	           (long long)c->minimum);
}

static void put_mandates(const struct config *c, struct buf *out)
{
	if (c->n_mandates == 0)
		buf_puts(out, "(none: no signed mandate is believed)");
	for (size_t i = 0; i < c->n_mandates; i++) {
		const struct config_mandate *m = &c->mandates[i];
		buf_puts(out, i ? ", {key: " : "{key: ");
		put_text(m->key, out);
		if (m->issuer.n) {
			buf_puts(out, ", issuer: ");
			put_text(m->issuer, out);
		}
		if (m->country.n) {
			buf_puts(out, ", country: ");
			put_text(m->country, out);
		}
		buf_putc(out, '}');
	}
}

void config_put_value(const struct config *c, enum config_key key, struct buf *out)
{
	switch (key) {
	case CONFIG_STORE: put_text(slice_str(c->store), out); break;
	case CONFIG_PACKS: put_text(slice_str(c->packs), out); break;
	case CONFIG_PUBLISHERS: put_list(c->publishers, c->n_publishers, out); break;
	case CONFIG_LEXICON: put_text(slice_str(c->lexicon), out); break;
	case CONFIG_LISTEN: put_text(slice_str(c->listen), out); break;
	case CONFIG_WEB: put_text(slice_str(c->web), out); break;
	case CONFIG_CONTACTS: put_text(slice_str(c->contacts), out); break;
	case CONFIG_SUFFIXES: put_text_or(c->suffixes, "the list of libpsl", out); break;
	case CONFIG_PLATFORMS: put_list(c->platforms, c->n_platforms, out); break;
	case CONFIG_DESTINATIONS:
		if (c->n_destinations)
			put_list(c->destinations, c->n_destinations, out);
		else
			buf_puts(out, "(those of the packs)");
		break;
	case CONFIG_REVIEWERS: put_reviewers(c, out); break;
	case CONFIG_AUTOMATIC_LISTING:
		buf_puts(out, c->automatic_listing ? "true" : "false");
		break;
	case CONFIG_MASS_CHANGE: buf_printf(out, "%lld", (long long)c->mass_change_ppm); break;
	case CONFIG_MASS_FLOOR: buf_printf(out, "%lld", (long long)c->mass_floor); break;
	case CONFIG_POPULAR: put_text_or(c->popular, "none", out); break;
	case CONFIG_MODEL: put_text_or(c->model, "none", out); break;
	case CONFIG_LIST_NAME: put_text(slice_str(c->list_name), out); break;
	case CONFIG_APPEAL_ADDRESS: put_text_or(c->appeal_address, "none", out); break;
	case CONFIG_QUOTA:
		if (c->quota)
			put_bytes(c->quota, out);
		else
			buf_puts(out, "(none)");
		break;
	case CONFIG_RESERVE:
		if (c->reserve != CONFIG_RESERVE_DEFAULT)
			put_bytes(c->reserve, out);
		else
			buf_puts(out, "(256M, on a small disk 5 % of it)");
		break;
	case CONFIG_RETENTION: put_retention(c, out); break;
	case CONFIG_COLLECT: put_collect(&c->collect, out); break;
	case CONFIG_DISCLOSURE_DAYS: buf_put_i64(out, c->disclosure_days); break;
	case CONFIG_MAIL: put_mail(&c->mail, out); break;
	case CONFIG_NOTICES: put_text(slice_str(c->notices), out); break;
	case CONFIG_NOTICE: put_notice(&c->notice, out); break;
	case CONFIG_MANDATES: put_mandates(c, out); break;
	case CONFIG_LOG_LEVEL: buf_puts(out, config_log_level_name(c->log_level)); break;
	case CONFIG_KEYS: break;
	}
}

void config_put_origin(const struct config *c, enum config_key key, struct buf *out)
{
	if (c->by_option[key])
		buf_puts(out, "option");
	else if (c->line[key])
		buf_printf(out, "%s:%u", c->file, c->line[key]);
	else
		buf_puts(out, "default");
}
