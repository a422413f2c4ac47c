/* What a reader can do: check the decision in the ledger, object, get help after buying, buy
 * elsewhere. */
#include "publish/page_part.h"

#include <string.h>

enum { RECORDS = 64 };

static bool is_listed_for_reader(const struct part *p)
{
	struct telling t;

	if (p->reader->destination.n == 0)
		return json_flag(p->answer, "listed", false);
	telling_of(p, p->reader->destination, &t);
	return telling_is_harsh(&t);
}

/* A decision says rogue. Only then is a buyer told to leave the medicine: one who got it from a
 * pharmacy licensed abroad may need it, and is sent to a pharmacist instead. */
static bool is_unsafe_for_reader(const struct part *p)
{
	struct slice d[PART_DESTINATIONS], chosen = p->reader->destination;
	size_t n = part_destinations(p, d, PART_DESTINATIONS);
	struct telling t;

	for (size_t i = 0; i < n; i++) {
		telling_of(p, d[i], &t);
		if ((chosen.n == 0 || slice_eq(d[i], chosen)) && telling_is_harsh(&t) &&
		    slice_eq_str(t.class, "rogue"))
			return true;
	}
	return false;
}

static bool is_licensed_for_reader(const struct part *p)
{
	struct telling t;

	telling_of(p, p->reader->destination, &t);
	return slice_eq_str(t.class, "legitimate");
}

static const char *bought_title(const struct part *p)
{
	if (is_licensed_for_reader(p))
		return "bought.title_ill";
	return is_listed_for_reader(p) ? "bought.title" : "bought.title_unsure";
}

/* --- proof ----------------------------------------------------------------------------------- */

static size_t add_record(struct slice *list, size_t n, const json_t *event)
{
	struct slice id = json_str(event, "record");

	if (!part_is_digest(id) || n == RECORDS)
		return n;
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i], id))
			return n;
	list[n] = id;
	return n + 1;
}

static void draw_proof(struct part *p, struct slice id)
{
	struct sheet *s = &p->sheet;
	const struct part_value v = { "record", id, PART_OWN };

	sheet_begin_class(s, "div", "proof");
	sheet_attr(s, "data-record", id);
	part_attr(p, "data-text-proof-check", "proof.check");
	part_attr(p, "data-text-proof-checking", "proof.checking");
	part_attr(p, "data-text-proof-good", "proof.good");
	part_attr(p, "data-text-proof-bad", "proof.bad");
	part_line_with(p, "p", "record", "proof.record", &v, 1);
	sheet_begin(s, "p");
	buf_clear(&p->fill);
	buf_puts(&p->fill, "/v1/ledger/proof/");
	buf_put(&p->fill, id);
	part_link(p, buf_slice(&p->fill), "proof.link");
	sheet_end(s);
	sheet_end(s);
}

void part_proofs(struct part *p)
{
	struct slice record[RECORDS];
	const json_t *subject, *cell;
	size_t n = 0, i, k;

	json_array_foreach(json_arr(p->answer, "subjects"), i, subject)
		json_array_foreach(json_arr(subject, "cells"), k, cell)
		{
			n = add_record(record, n, json_obj(cell, "decision"));
			n = add_record(record, n, json_obj(cell, "correction"));
		}
	if (n == 0)
		return;
	sheet_begin(&p->sheet, "section");
	sheet_attr(&p->sheet, "id", SLICE("proof"));
	part_line(p, "h2", NULL, "proof.title");
	part_line(p, "p", NULL, "proof.says");
	for (i = 0; i < n; i++)
		draw_proof(p, record[i]);
	sheet_begin(&p->sheet, "p");
	part_say(p, "proof.command");
	sheet_text(&p->sheet, SLICE(" "));
	sheet_begin(&p->sheet, "code");
	sheet_text(&p->sheet, SLICE("assay ledger verify"));
	sheet_end(&p->sheet);
	sheet_end(&p->sheet);
	sheet_end(&p->sheet);
}

/* --- what follows ---------------------------------------------------------------------------- */

static void draw_content(struct part *p, const char *anchor, const char *key)
{
	sheet_begin(&p->sheet, "li");
	part_link(p, slice_str(anchor), key);
	sheet_end(&p->sheet);
}

/* Whoever has bought already shall not have to scroll past the evidence. */
void part_contents(struct part *p)
{
	char reasons[] = "#for-XX";
	struct slice country = p->reader->destination;
	struct telling t;

	if (p->sheet.plain)
		return;
	telling_of(p, country, &t);
	sheet_begin_class(&p->sheet, "nav", "contents");
	part_attr(p, "aria-label", "frame.contents");
	sheet_begin(&p->sheet, "ul");
	if (country.n && telling_is_harsh(&t)) {
		memcpy(reasons + 5, country.p, 2);
		draw_content(p, reasons, "cell.reasons");
	}
	draw_content(p, "#bought", bought_title(p));
	draw_content(p, "#safer", "safer.title");
	draw_content(p, "#appeal", "appeal.title");
	sheet_end(&p->sheet);
	sheet_end(&p->sheet);
}

/* --- appeal ---------------------------------------------------------------------------------- */

/* A mail address or an https address becomes a link, anything else is shown as it is. */
static void draw_address(struct part *p, struct slice address)
{
	struct sheet *s = &p->sheet;
	bool is_web = slice_starts(address, SLICE("https://"));
	bool is_mail = !is_web && slice_find(address, '@') < address.n;

	for (size_t i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] <= 0x20 || address.p[i] == '\\' ||
		    (is_mail && (address.p[i] == '?' || address.p[i] == '&')))
			is_web = is_mail = false;
	if (!is_web && !is_mail) {
		sheet_foreign(s, address, PART_NAME);
		return;
	}
	buf_clear(&p->fill);
	buf_puts(&p->fill, is_mail && !slice_starts(address, SLICE("mailto:")) ? "mailto:" : "");
	buf_put(&p->fill, address);
	if (s->plain) {
		sheet_foreign(s, address, PART_NAME);
		return;
	}
	sheet_begin(s, "a");
	sheet_link(s, "href", buf_slice(&p->fill));
	sheet_foreign(s, address, PART_NAME);
	sheet_end(s);
}

void part_appeal(struct part *p)
{
	struct sheet *s = &p->sheet;

	sheet_begin(s, "section");
	sheet_attr(s, "id", SLICE("appeal"));
	part_line(p, "h2", NULL, "appeal.title");
	part_line(p, "p", NULL, "appeal.says");
	if (p->reader->appeal_address.n) {
		sheet_begin(s, "p");
		part_say(p, "appeal.write_to");
		sheet_text(s, SLICE(" "));
		draw_address(p, p->reader->appeal_address);
		sheet_end(s);
	} else {
		part_line(p, "p", NULL, "appeal.none");
	}
	part_line(p, "p", NULL, "appeal.reply");
	sheet_end(s);
}

/* --- contacts -------------------------------------------------------------------------------- */

/* tel: takes digits and few marks (RFC 3966); "#9110" has one that an address may not hold. */
static void put_telephone(struct slice number, struct buf *out)
{
	buf_puts(out, "tel:");
	for (size_t i = 0; i < number.n; i++) {
		char c = number.p[i];
		if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '*')
			buf_putc(out, c);
		else if (c == '#')
			buf_puts(out, "%23");
	}
}

static void draw_telephone(struct part *p, struct slice number)
{
	struct sheet *s = &p->sheet;

	sheet_text(s, SLICE(" "));
	if (s->plain) {
		sheet_foreign(s, number, 60);
		return;
	}
	buf_clear(&p->fill);
	put_telephone(number, &p->fill);
	sheet_begin_class(s, "a", "telephone");
	sheet_link(s, "href", buf_slice(&p->fill));
	sheet_foreign(s, number, 60);
	sheet_end(s);
}

static void draw_contact(struct part *p, const struct contact *c)
{
	struct sheet *s = &p->sheet;
	bool ja = p->reader->language == LANGUAGE_JA;
	struct slice says = ja ? c->says_ja : c->says_en;
	/* The name that stands on its door first, the English one where the reader reads English. */
	struct slice first = ja && c->name_local.n ? c->name_local : c->name_en;
	struct slice second = ja ? (struct slice){ "", 0 } : c->name_local;

	sheet_begin(s, "li");
	if (slice_starts(c->url, SLICE("https://"))) {
		sheet_begin(s, "a");
		sheet_attr(s, "rel", SLICE("noreferrer"));
		sheet_link(s, "href", c->url);
		sheet_foreign(s, first, PART_NAME);
		sheet_end(s);
	} else {
		sheet_foreign(s, first, PART_NAME);
	}
	if (second.n && !slice_eq(first, second)) {
		sheet_text(s, SLICE(" ("));
		sheet_foreign(s, second, PART_NAME);
		sheet_text(s, SLICE(")"));
	}
	if (c->telephone.n)
		draw_telephone(p, c->telephone);
	if (says.n) {
		sheet_text(s, SLICE(" "));
		sheet_begin_class(s, "span", "says");
		sheet_foreign(s, says, PART_LINE);
		sheet_end(s);
	}
	if (c->checked.n) {
		const struct part_value v = { "date", c->checked, PART_DATE };
		sheet_text(s, SLICE(" "));
		part_line_with(p, "small", NULL, "contact.checked", &v, 1);
	}
	sheet_end(s);
}

static size_t count_kind(const struct contacts_country *c, unsigned kinds)
{
	size_t n = 0;

	for (size_t i = 0; c && i < c->n; i++)
		n += kinds >> c->contact[i].kind & 1;
	return n;
}

static void draw_contacts(struct part *p, const struct contacts_country *c, unsigned kinds)
{
	if (count_kind(c, kinds) == 0)
		return;
	sheet_begin_class(&p->sheet, "ul", "contacts");
	for (size_t i = 0; i < c->n; i++)
		if (kinds >> c->contact[i].kind & 1)
			draw_contact(p, &c->contact[i]);
	sheet_end(&p->sheet);
}

static const struct contacts_country *chosen_contacts(const struct part *p)
{
	struct slice chosen = p->reader->destination;

	return p->reader->contacts && chosen.n ? contacts_find(p->reader->contacts, chosen) : NULL;
}

/* --- after buying ---------------------------------------------------------------------------- */

static void draw_step(struct part *p, const char *key, unsigned kinds)
{
	sheet_begin(&p->sheet, "li");
	part_say(p, key);
	if (kinds)
		draw_contacts(p, chosen_contacts(p), kinds);
	sheet_end(&p->sheet);
}

void part_bought(struct part *p)
{
	struct sheet *s = &p->sheet;
	const unsigned urgent = 1u << CONTACT_POISON | 1u << CONTACT_EMERGENCY;
	bool licensed = is_licensed_for_reader(p), unsafe = is_unsafe_for_reader(p);

	sheet_begin(s, "section");
	sheet_attr(s, "id", SLICE("bought"));
	part_line(p, "h2", NULL, bought_title(p));
	sheet_begin(s, "ol");
	draw_step(p, "bought.ill", urgent);
	if (!licensed) {
		draw_step(p, unsafe ? "bought.do_not_take" : "bought.ask_first", 0);
		draw_step(p, "bought.keep", 0);
		draw_step(p, "bought.report", 1u << CONTACT_REGULATOR);
		draw_step(p, "bought.card", 0);
		draw_step(p, "bought.identity", 1u << CONTACT_POLICE);
		draw_step(p, "bought.prescriber", 0);
	}
	sheet_end(s);
	if (p->reader->destination.n == 0)
		part_line(p, "p", NULL, "bought.choose");
	else if (!chosen_contacts(p))
		part_line(p, "p", NULL, "bought.no_contacts");
	sheet_end(s);
}

void part_safer(struct part *p)
{
	struct sheet *s = &p->sheet;
	const unsigned registers = 1u << CONTACT_REGISTER;
	const struct part_value v = { "country", p->reader->destination, PART_COUNTRY };
	const struct contacts_country *list = NULL, *chosen = chosen_contacts(p);
	size_t n = 0;

	sheet_begin(s, "section");
	sheet_attr(s, "id", SLICE("safer"));
	part_line(p, "h2", NULL, "safer.title");
	part_line(p, "p", NULL, "safer.says");
	if (count_kind(chosen, registers)) {
		draw_contacts(p, chosen, registers);
	} else if (p->reader->destination.n) {
		part_line_with(p, "p", NULL, "safer.none", &v, 1);
	} else if (p->reader->contacts) {
		list = contacts_all(p->reader->contacts, &n);
	}
	for (size_t i = 0; i < n; i++) {
		if (count_kind(&list[i], registers) == 0)
			continue;
		sheet_begin(s, "h3");
		sheet_text(s, part_country(p, list[i].country));
		sheet_end(s);
		draw_contacts(p, &list[i], registers);
	}
	sheet_end(s);
}
