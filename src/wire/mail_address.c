#include "wire/mail_address.h"

#include "wire/dname.h"

#include <string.h>

/* atext of RFC 5322 section 3.2.3. */
static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_string(struct slice s)
{
	bool atom = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && !atom)
			return false;
		if (s.p[i] != '.' && !is_atext(s.p[i]))
			return false;
		atom = s.p[i] != '.';
	}
	return atom;
}

int mail_address_parse(struct slice text, struct mail_address *out, struct err *err)
{
	size_t at = slice_find(text, '@');
	struct slice local = slice_sub(text, 0, at), host = slice_sub(text, at + 1, text.n);
	struct dname name;
	struct mail_address a = { 0 };

	if (at == text.n)
		return err_set(err, ERR_SYNTAX, 0, "mail address: no '@'");
	if (local.n > MAIL_LOCAL_MAX || text.n > 4 * MAIL_ADDRESS_MAX)
		return err_set(err, ERR_LIMIT, 0, "mail address: %zu bytes before '@'", local.n);
	if (!is_dot_string(local))
		return err_set(err, ERR_SYNTAX, 0, "mail address: the part before '@' is no dot-string");
	int rc = dname_parse(host, &name, err);
	if (rc) {
		err_wrap(err, "mail address");
		return rc;
	}
	if (name.labels < 2 || name.has_underscore || host.p[host.n - 1] == '.')
		return err_set(err, ERR_SYNTAX, at + 1, "mail address: '%s' is no host of a mailbox",
		               name.text);
	if (local.n + 1 + name.n > MAIL_ADDRESS_MAX)
		return err_set(err, ERR_LIMIT, 0, "mail address: over %d bytes", (int)MAIL_ADDRESS_MAX);
	memcpy(a.text, local.p, local.n);
	a.text[local.n] = '@';
	memcpy(a.text + local.n + 1, name.text, name.n);
	a.local_n = (uint8_t)local.n;
	a.n = (uint8_t)(local.n + 1 + name.n);
	*out = a;
	return 0;
}

bool mail_address_eq(const struct mail_address *a, const struct mail_address *b)
{
	return slice_eq_nocase(mail_address_slice(a), mail_address_slice(b));
}

bool mail_address_is_role(const struct mail_address *a)
{
	/* RFC 2142, and what shops write in the languages of the letters. Bytewise sorted. */
	static const char *const roles[] = {
		"abuse", "admin", "billing", "care", "complaints", "compliance", "contact", "contacto",
		"contato", "contatti", "customer", "customercare", "customerservice", "desk", "email",
		"enquiries", "feedback", "hello", "help", "helpdesk", "hostmaster", "info", "information",
		"inquiry", "kontakt", "kundenservice", "legal", "mail", "marketing", "noc", "office",
		"order", "orders", "otoiawase", "pharmacist", "pharmacy", "postmaster", "press", "privacy",
		"sales", "security", "service", "shop", "soudan", "store", "support", "team", "toiawase",
		"webmaster", "welcome",
	};
	struct slice local = mail_address_local(a);

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (slice_eq_nocase(local, slice_str(roles[i])))
			return true;
	return false;
}

void mail_address_put_masked(const struct mail_address *a, struct buf *out)
{
	if (mail_address_is_role(a)) {
		buf_put(out, mail_address_slice(a));
		return;
	}
	buf_putc(out, a->text[0]);
	buf_puts(out, "...");
	buf_put(out, slice_sub(mail_address_slice(a), a->local_n, a->n));
}
