#include "act/letter_item.h"

#include "model/evidence.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

enum {
	FINDINGS_SHOWN = 6,
	QUOTES_SHOWN = 2, /* of one of them */
	CAPTURES_SHOWN = 2,
	STATUS_SHOWN = 8,
	ADDRESSES_SHOWN = 4,
	NAME_SHOWN = 100, /* characters */
	URL_SHOWN = 300,
	QUOTE_SHOWN = 160,
	TEXT_SHOWN = 600,
	FULL_NAMES = 50, /* of a notice of more names, quotations stand in annex.json alone */
	RULES_SHOWN = 64,
};

#define VALUE(name, buf)                                                                           \
	{                                                                                          \
		name, buf_slice(buf)                                                               \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL,                                                                              \
		{                                                                                  \
			NULL, 0                                                                    \
		}                                                                                  \
	}

static void put_digest(struct prose *p, struct sha256 d)
{
	char address[EVIDENCE_ADDRESS_SIZE];

	evidence_address_format(d, address);
	prose_lines(p, "", slice_str(address));
}

static void put_list(const struct slice *list, size_t n, size_t most, struct buf *out)
{
	for (size_t i = 0; i < n && i < most; i++) {
		if (i)
			buf_puts(out, ", ");
		wrap_put_foreign(list[i], NAME_SHOWN, out);
	}
	if (n > most)
		buf_puts(out, ", ...");
}

static void put_decision(struct prose *p, const struct notice_subject *s)
{
	struct buf class = { 0 }, destinations = { 0 }, entry = { 0 };
	char date[TIMESTAMP_SIZE];

	if (s->decided == NOTICE_NEVER || s->class.n == 0)
		return;
	timestamp_format(s->decided, date);
	if (slice_eq_str(s->class, "rogue") || slice_eq_str(s->class, "unapproved"))
		prose_sentence(p,
		               slice_eq_str(s->class, "rogue") ? "item.class.rogue"
		                                               : "item.class.unapproved",
		               NULL, &class);
	else
		buf_put(&class, s->class);
	put_list(s->destination, s->destination_n, 30, &destinations);
	if (s->entry >= 0)
		buf_put_i64(&entry, s->entry);
	else
		buf_puts(&entry, "-");
	const struct prose_value values[] = { { "date", slice_str(date) },
		                              VALUE("class", &class),
		                              VALUE("destinations", &destinations),
		                              VALUE("entry", &entry),
		                              END };
	prose_say(p, "    ", "item.decided", values);
	buf_release(&class);
	buf_release(&destinations);
	buf_release(&entry);
}

static void put_registration(struct prose *p, const struct notice_registration *r)
{
	struct buf registrar = { 0 }, number = { 0 }, reseller = { 0 }, created = { 0 },
		   status = { 0 };
	struct buf one = { 0 };
	char date[TIMESTAMP_SIZE];

	if (r->at == NOTICE_NEVER)
		return;
	wrap_put_foreign(r->registrar.n ? r->registrar : SLICE("-"), NAME_SHOWN, &registrar);
	if (r->registrar_id)
		buf_printf(&number, " (IANA %lld)", (long long)r->registrar_id);
	if (r->reseller.n) {
		wrap_put_foreign(r->reseller, NAME_SHOWN, &one);
		const struct prose_value values[] = { VALUE("name", &one), END };
		prose_sentence(p, "item.reseller", values, &reseller);
	}
	if (r->created != NOTICE_NEVER) {
		timestamp_format(r->created, date);
		const struct prose_value values[] = { { "date", slice_str(date) }, END };
		prose_sentence(p, "item.created", values, &created);
	}
	if (r->status_n) {
		buf_clear(&one);
		put_list(r->status, r->status_n, STATUS_SHOWN, &one);
		const struct prose_value values[] = { VALUE("list", &one), END };
		prose_sentence(p, "item.status", values, &status);
	}
	timestamp_format(r->at, date);
	const struct prose_value values[] = { VALUE("registrar", &registrar),
		                              VALUE("number", &number),
		                              VALUE("reseller", &reseller),
		                              VALUE("created", &created),
		                              VALUE("status", &status),
		                              { "date", slice_str(date) },
		                              END };
	prose_say(p, "    ", "item.registration", values);
	if (r->verified)
		prose_say(p, "    ", "item.verified", NULL);
	buf_release(&registrar);
	buf_release(&number);
	buf_release(&reseller);
	buf_release(&created);
	buf_release(&status);
	buf_release(&one);
}

static void put_quote(struct prose *p, const struct notice_quote *q)
{
	struct buf quote = { 0 }, url = { 0 }, vantage = { 0 };
	char date[TIMESTAMP_SIZE];

	wrap_put_foreign(q->quote, QUOTE_SHOWN, &quote);
	wrap_put_foreign(q->url, URL_SHOWN, &url);
	wrap_put_foreign(q->vantage.n ? q->vantage : SLICE("-"), NAME_SHOWN, &vantage);
	timestamp_format(q->at, date);
	const struct prose_value values[] = { VALUE("quote", &quote),
		                              VALUE("url", &url),
		                              VALUE("vantage", &vantage),
		                              { "date", slice_str(date) },
		                              END };
	prose_say(p, "      ", "item.quote", values);
	prose_say(p, "      ", "item.at", values);
	put_digest(p, q->evidence);
	buf_release(&quote);
	buf_release(&url);
	buf_release(&vantage);
}

/* Quotations that stand in the letter already, of one subject. */
struct shown {
	const struct notice_quote *quote[FINDINGS_SHOWN * QUOTES_SHOWN];
	size_t n;
};

static bool is_shown(const struct shown *s, const struct notice_quote *q)
{
	for (size_t i = 0; i < s->n; i++)
		if (slice_eq(s->quote[i]->quote, q->quote))
			return true;
	return false;
}

/* The first that say something new: rules often rest on one offer, which need not stand beneath each.
 * Where all was said, the first again. */
static void put_quotes(struct prose *p, const struct notice_finding *f, struct shown *shown)
{
	size_t said = 0;

	for (size_t i = 0; i < f->quote_n && said < QUOTES_SHOWN; i++) {
		if (is_shown(shown, &f->quote[i]))
			continue;
		put_quote(p, &f->quote[i]);
		shown->quote[shown->n++] = &f->quote[i];
		said++;
	}
	if (said == 0 && f->quote_n)
		put_quote(p, &f->quote[0]);
}

/* shown NULL: without quotations. */
static void put_finding(struct prose *p, const struct notice_finding *f, struct shown *shown)
{
	struct buf text = { 0 }, cite = { 0 };

	wrap_put_foreign(f->text, TEXT_SHOWN, &text);
	const struct prose_value values[] = {
		{ "destination", f->destination }, { "rule", f->rule }, VALUE("text", &text), END
	};
	prose_say(p, "    - ", "item.finding", values);
	for (size_t i = 0; i < f->law_n && i < 2; i++) {
		buf_clear(&cite);
		wrap_put_foreign(f->law[i].cite, TEXT_SHOWN, &cite);
		const struct prose_value law[] = { VALUE("cite", &cite), END };
		prose_say(p, "      ", "item.law", law);
	}
	if (shown)
		put_quotes(p, f, shown);
	buf_release(&text);
	buf_release(&cite);
}

/* The rules by their names. */
static void put_rules(struct prose *p, const struct notice_subject *s)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < s->finding_n; i++) {
		buf_puts(&list, i ? ", " : "");
		wrap_put_foreign(s->finding[i].rule, NAME_SHOWN, &list);
	}
	const struct prose_value values[] = { VALUE("list", &list), END };
	if (s->finding_n)
		prose_say(p, "    ", "item.rules", values);
	buf_release(&list);
}

static void put_capture(struct prose *p, const struct notice_capture *c)
{
	struct buf url = { 0 }, vantage = { 0 }, country = { 0 }, status = { 0 }, text = { 0 };
	struct buf number = { 0 }, others = { 0 };
	char date[TIMESTAMP_SIZE];

	wrap_put_foreign(c->url, URL_SHOWN, &url);
	wrap_put_foreign(c->vantage, NAME_SHOWN, &vantage);
	wrap_put_foreign(c->profile ? c->profile->country : SLICE("-"), NAME_SHOWN, &country);
	wrap_put_foreign(c->expect, QUOTE_SHOWN, &text);
	timestamp_format(c->at, date);
	if (c->status) {
		buf_put_i64(&number, c->status);
		const struct prose_value values[] = { VALUE("status", &number), END };
		prose_sentence(p, "item.answers", values, &status);
	}
	const struct prose_value values[] = { VALUE("url", &url),
		                              VALUE("vantage", &vantage),
		                              VALUE("country", &country),
		                              { "date", slice_str(date) },
		                              VALUE("status", &status),
		                              VALUE("text", &text),
		                              END };
	prose_say(p, "    - ", "item.capture", values);
	put_digest(p, c->evidence);
	if (c->hidden) {
		if (c->others.n)
			buf_puts(&others, ": ");
		wrap_put_foreign(c->others, QUOTE_SHOWN, &others);
		const struct prose_value hidden[] = { VALUE("others", &others), END };
		prose_say(p, "      ", "item.hidden", hidden);
	}
	buf_release(&url);
	buf_release(&vantage);
	buf_release(&country);
	buf_release(&status);
	buf_release(&text);
	buf_release(&number);
	buf_release(&others);
}

static void put_addresses(struct prose *p, const struct notice_subject *s)
{
	struct buf list = { 0 };
	char date[TIMESTAMP_SIZE];

	if (s->ip_n == 0 || s->ip_at == NOTICE_NEVER)
		return;
	put_list(s->ip, s->ip_n, ADDRESSES_SHOWN, &list);
	timestamp_format(s->ip_at, date);
	const struct prose_value values[] = { VALUE("list", &list),
		                              { "date", slice_str(date) },
		                              END };
	prose_say(p, "    ", "item.addresses", values);
	buf_release(&list);
}

static bool asks(const struct notice *n)
{
	return n->purpose == PURPOSE_REQUEST || n->purpose == PURPOSE_ARRIVED;
}

void letter_rules(struct prose *p, const struct notice *n)
{
	const struct notice_finding *shown[RULES_SHOWN];
	size_t count = 0;

	if (!asks(n) || n->annex_n <= FULL_NAMES)
		return;
	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].finding_n && count < RULES_SHOWN; k++) {
			const struct notice_finding *f = &n->annex[i].finding[k];
			size_t at = 0;
			while (at < count && !(slice_eq(shown[at]->rule, f->rule) &&
			                       slice_eq(shown[at]->destination, f->destination)))
				at++;
			if (at < count)
				continue;
			shown[count++] = f;
			put_finding(p, f, NULL);
		}
}

void letter_item(struct prose *p, const struct notice *n, size_t i)
{
	const struct notice_subject *s = &n->annex[i];
	bool pages = n->matter != MATTER_REGISTRATION, full = n->annex_n <= FULL_NAMES;
	size_t captures = full ? CAPTURES_SHOWN : 1;
	struct shown shown = { .n = 0 };
	struct buf name = { 0 };

	buf_printf(&name, "[%zu] ", i + 1);
	wrap_put_foreign(s->subject.key, URL_SHOWN, &name);
	prose_gap(p);
	prose_lines(p, "", buf_slice(&name));
	buf_release(&name);
	if (!asks(n))
		return;
	put_decision(p, s);
	put_registration(p, &s->registration);
	if (s->registration.suspected_victim)
		prose_say(p, "    ", "item.victim", NULL);
	if (pages)
		put_addresses(p, s);
	for (size_t k = 0; full && k < s->finding_n && k < FINDINGS_SHOWN; k++)
		put_finding(p, &s->finding[k], &shown);
	if (!full)
		put_rules(p, s);
	for (size_t k = 0; pages && k < s->capture_n && k < captures; k++)
		put_capture(p, &s->capture[k]);
	if (s->collateral.n) {
		struct buf text = { 0 };
		wrap_put_foreign(s->collateral, TEXT_SHOWN, &text);
		const struct prose_value values[] = { VALUE("text", &text), END };
		prose_say(p, "    ", "item.collateral", values);
		buf_release(&text);
	}
}
