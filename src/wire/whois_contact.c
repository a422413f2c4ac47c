/* People, by labels of their own ("Admin Name"), by the block that they stand in, or by a handle
 * that the domain refers to. */
#include "wire/whois_parser.h"
#include "wire/written_date.h"

static bool is_mail(struct slice s)
{
	size_t at = slice_find(s, '@');

	return at > 0 && at + 1 < s.n && slice_find(s, ' ') == s.n;
}

static void list(struct whois_parser *p, struct slice *to, size_t *n, struct slice value)
{
	if (*n < CARD_LIST_MAX)
		to[(*n)++] = whois_kept(p, value);
}

/* Lines of an address in the order they come, joined. */
static void joined(struct whois_parser *p, struct slice *field, struct slice value)
{
	if (!field->n) {
		*field = whois_kept(p, value);
		return;
	}
	if (field->n + value.n + 2 > WHOIS_TEXT_MAX)
		return;
	char *both = arena_printf(p->a, "%.*s, %.*s", SLICE_ARG(*field), SLICE_ARG(value));
	if (both)
		*field = whois_kept(p, slice_str(both));
	p->failed |= !both;
}

static void take_part(struct whois_parser *p, struct contact_card *c, enum whois_part part,
                      struct slice value)
{
	switch (part) {
	case WHOIS_NO_PART: break;
	case WHOIS_NAME: whois_first(p, &c->name, value); break;
	case WHOIS_ORGANISATION: whois_first(p, &c->organisation, value); break;
	case WHOIS_STREET: joined(p, &c->street, value); break;
	case WHOIS_CITY: whois_first(p, &c->city, value); break;
	case WHOIS_REGION: whois_first(p, &c->region, value); break;
	case WHOIS_POSTCODE: whois_first(p, &c->postcode, value); break;
	case WHOIS_COUNTRY: whois_first(p, &c->country, value); break;
	case WHOIS_PHONE: list(p, c->phone, &c->phone_n, value); break;
	case WHOIS_MAIL:
		/* An address of a form, or words, are no mail address. */
		if (is_mail(value))
			list(p, c->mail, &c->mail_n, value);
		else if (!c->mail_n)
			whois_first(p, &c->url, value);
		break;
	case WHOIS_WHOLE:
		if (is_mail(value))
			list(p, c->mail, &c->mail_n, value);
		else if (!c->name.n)
			c->name = whois_kept(p, value);
		else
			joined(p, &c->street, value);
		break;
	}
}

void whois_take_contact(struct whois_parser *p, enum whois_role role, enum whois_part part,
                        struct slice value)
{
	if (role == WHOIS_NO_ROLE)
		return;
	take_part(p, &p->out->contact[role], part, value);
	if (role == WHOIS_REGISTRANT && part != WHOIS_NO_PART)
		p->told++;
}

/* A reference to a paragraph below: one word with a digit in it, of letters, digits and marks. */
static bool is_handle(struct slice s)
{
	bool digit = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		digit |= c >= '0' && c <= '9';
		if (ascii_space(c) || c == '@' || (unsigned char)c >= 0x80)
			return false;
	}
	return digit && s.n <= 40;
}

/* Roles, as bits by enum whois_role: one person may be all of them. */
unsigned whois_roles_of_handle(const struct whois_parser *p, struct slice s)
{
	unsigned roles = 0;

	for (size_t i = 0; i < p->handle_n; i++)
		if (slice_eq_nocase(p->handle[i].text, s))
			roles |= 1u << p->handle[i].role;
	return roles;
}

/* First pass: the references, and how this hand writes dates. */
void whois_take_references(struct whois_parser *p)
{
	for (size_t i = 0; i < p->lines->n; i++) {
		const struct whois_pair *pair = &p->lines->pair[i];
		struct whois_meaning m = whois_meaning_of(pair->label);
		p->month_first |= written_date_is_month_first(pair->value) &&
		                  m.field >= WHOIS_CREATED && m.field <= WHOIS_DELETED;
		if (m.role == WHOIS_NO_ROLE || pair->section.n || pair->continues ||
		    !is_handle(pair->value) || p->handle_n == WHOIS_HANDLES_MAX)
			continue;
		p->handle[p->handle_n++] = (struct whois_handle){ pair->value, m.role };
	}
}

unsigned whois_paragraph_roles(const struct whois_parser *p, size_t i, bool *skip)
{
	const struct whois_pair *all = p->lines->pair;
	uint32_t paragraph = all[i].paragraph;
	bool object = false;

	*skip = false;
	for (size_t k = i; k < p->lines->n && all[k].paragraph == paragraph; k++) {
		struct whois_meaning m = whois_meaning_of(all[k].label);
		if (m.field == WHOIS_DOMAIN && !all[k].section.n)
			return 0;
		if (m.field != WHOIS_OBJECT || all[k].section.n)
			continue;
		unsigned roles = whois_roles_of_handle(p, all[k].value);
		char label[WHOIS_LABEL_MAX];
		size_t n = whois_label(all[k].value, label);
		if (!roles && n && whois_role_of(slice_from(label, n)) != WHOIS_NO_ROLE)
			roles = 1u << whois_role_of(slice_from(label, n));
		if (roles)
			return roles;
		object |= k == i || !slice_eq_str(all[k].label, "contact");
	}
	*skip = object;
	return 0;
}
