/* A letter is
 *
 *     ten lines: whose, how to see it, which clause, what harm, what is asked
 *     to whom; the case; who writes; on what basis; what is asked; what came before; how to verify;
 *     how to answer
 *     (the same in English, where it was another language)
 *     each name (letter_item.c)
 *
 * Sentences are the catalogue's (model/prose.h). */
#include "act/letter.h"

#include "act/letter_item.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

#include <stdio.h>
#include <string.h>

enum {
	FIRST_LINES = 10,
	NAME_SHOWN = 100, /* characters of texts of others */
	FIRST_URL = 56,
	FIRST_HEADER = 32,
	FIRST_TEXT = 20,
	TEXT_SHOWN = 1500,
	VALUES = 24,
};

size_t letter_column(const struct catalogue *c, struct slice language)
{
	size_t column = 0;

	return catalogue_column_of(c, language, &column) ? column : 0;
}

struct letter {
	const struct notice *n;
	struct prose p;
	/* Values that sentences share; their texts lie in the buffers. */
	struct prose_value value[VALUES];
	struct buf text[VALUES];
	size_t values;
};

/* ---- values ---- */

static struct buf *name_value(struct letter *l, const char *name)
{
	struct buf *b = &l->text[l->values];

	l->value[l->values++].name = name;
	return b;
}

static void set_foreign(struct letter *l, const char *name, struct slice text, size_t max)
{
	wrap_put_foreign(text, max, name_value(l, name));
}

static void set_time(struct letter *l, const char *name, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	buf_puts(name_value(l, name), at == NOTICE_NEVER ? "-" : text);
}

/* "a.example and 26 more" */
static void set_names(struct letter *l)
{
	struct buf *out = name_value(l, "names"), first = { 0 }, rest = { 0 };

	if (l->n->annex_n)
		wrap_put_foreign(l->n->annex[0].subject.key, NAME_SHOWN, &first);
	buf_put_i64(&rest, (int64_t)l->n->annex_n - 1);
	const struct prose_value values[] = { { "name", buf_slice(&first) },
		                              { "rest", buf_slice(&rest) },
		                              { NULL, { NULL, 0 } } };
	prose_sentence(&l->p, l->n->annex_n > 1 ? "names.many" : "names.one", values, out);
	buf_release(&first);
	buf_release(&rest);
}

/* Of all subjects, each once, in the order they come. */
static void set_destinations(struct letter *l)
{
	const struct notice *n = l->n;
	struct slice seen[64];
	size_t count = 0;

	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].destination_n; k++) {
			struct slice d = n->annex[i].destination[k];
			size_t at = 0;
			while (at < count && !slice_eq(seen[at], d))
				at++;
			if (at == count && count < sizeof(seen) / sizeof(seen[0]))
				seen[count++] = d;
		}
	struct buf *out = name_value(l, "destinations");
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%.*s", i ? ", " : "", SLICE_ARG(seen[i]));
	if (count == 0)
		buf_puts(out, "-");
}

static const char *source_of(const struct notice *n)
{
	if (slice_eq_str(n->recipient.contact.source, "rdap"))
		return "RDAP";
	return slice_eq_str(n->recipient.contact.source, "whois") ? "WHOIS" : "RDAP or WHOIS";
}

static void set_values(struct letter *l)
{
	const struct notice *n = l->n;
	const struct notice_recipient *r = &n->recipient;
	const struct notice_mandate *m = n->mandate;
	const struct notice_subject *s = n->annex_n ? &n->annex[0] : NULL;
	int64_t seen = NOTICE_NEVER;

	for (size_t i = 0; i < VALUES; i++)
		buf_release(&l->text[i]);
	memset(l->value, 0, sizeof(l->value));
	l->values = 0;
	if (s)
		seen = r->to == NOTICE_HOST ? s->ip_at : s->registration.at;
	set_names(l);
	set_destinations(l);
	set_time(l, "date", seen);
	set_foreign(l, "recipient", r->name, NAME_SHOWN);
	struct buf *number = name_value(l, "number");
	if (r->iana_id)
		buf_printf(number, " (IANA %lld)", (long long)r->iana_id);
	set_foreign(l, "how", slice_str(source_of(n)), NAME_SHOWN);
	set_foreign(l, "tld", r->tld, NAME_SHOWN);
	set_foreign(l, "address", s && s->ip_n ? s->ip[0] : SLICE("-"), NAME_SHOWN);
	set_foreign(l, "harm", n->harm, TEXT_SHOWN);
	set_foreign(l, "reason", n->retracts_reason, TEXT_SHOWN);
	set_foreign(l, "case", n->case_name, NAME_SHOWN);
	set_foreign(l, "reference", n->reference, NAME_SHOWN);
	set_foreign(l, "sender", n->sender, NAME_SHOWN);
	set_foreign(l, "mail", n->sender_mail, NAME_SHOWN);
	set_foreign(l, "issuer", n->on_behalf.n || !m ? n->on_behalf : m->issuer, NAME_SHOWN);
	set_foreign(l, "mandate", m ? m->name : SLICE(""), NAME_SHOWN);
	set_foreign(l, "country", m ? m->country : SLICE(""), NAME_SHOWN);
	/* Addresses of ours, and of a mandate's issuer, may be links. */
	buf_put(name_value(l, "feed"), m ? m->feed : SLICE(""));
	buf_put(name_value(l, "verify"), n->verify);
	set_time(l, "from", m ? m->from : NOTICE_NEVER);
	set_foreign(l, "sponsor", n->sponsor, NAME_SHOWN * 2);
	set_foreign(l, "appeal", n->appeal_address, NAME_SHOWN);
	for (size_t i = 0; i < l->values; i++)
		l->value[i].is = buf_slice(&l->text[i]);
}

static void say(struct letter *l, const char *lead, const char *key)
{
	prose_say(&l->p, lead, key, l->value);
}

/* Say a sentence whose key ends in a word: "to." and "registrar". */
static void say_of(struct letter *l, const char *lead, const char *stem, const char *word)
{
	char key[64];

	snprintf(key, sizeof(key), "%s%s", stem, word);
	say(l, lead, key);
}

/* ---- the ten lines ---- */

static size_t lines_of(const struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

/* Keep so many lines; what is cut is told by dots, in the place of the last character or more. */
static void cut_lines(struct buf *b, size_t most)
{
	size_t at = 0;

	if (lines_of(b) <= most)
		return;
	for (size_t n = 0; n < most; at++)
		n += b->p[at] == '\n';
	b->n = at - 1;
	for (int i = 0; i < 4 && b->n; i++) {
		b->n--;
		while (b->n && ((unsigned char)b->p[b->n] & 0xc0) == 0x80)
			b->n--;
	}
	buf_puts(b, "...\n");
}

/* A sentence as numbered lines of its own buffer. */
static void first_say(struct letter *l, int number, const char *key,
                      const struct prose_value *values, size_t most, struct buf *out)
{
	struct buf *whole = l->p.out;
	char lead[16];

	snprintf(lead, sizeof(lead), "%d. ", number);
	l->p.out = out;
	prose_say(&l->p, lead, key, values);
	l->p.out = whole;
	cut_lines(out, most);
}

static void put_header(struct letter *l, const char *key, struct slice value, struct buf *out)
{
	struct buf text = { 0 };

	if (value.n == 0)
		return;
	wrap_put_foreign(value, FIRST_HEADER, &text);
	const struct prose_value values[] = { { "value", buf_slice(&text) },
		                              { NULL, { NULL, 0 } } };
	prose_sentence(&l->p, key, values, out);
	buf_release(&text);
}

/* The capture that shows most: one whose recipe is known, hidden from others first. */
static const struct notice_capture *best_capture(const struct notice *n)
{
	const struct notice_capture *best = NULL;

	for (size_t i = 0; n->annex_n && i < n->annex[0].capture_n; i++) {
		const struct notice_capture *c = &n->annex[0].capture[i];
		if (!best || (c->profile && !best->profile) ||
		    (c->profile && c->hidden && !best->hidden))
			best = c;
	}
	return best;
}

static void first_see(struct letter *l, size_t most, struct buf *out)
{
	const struct notice_capture *c = best_capture(l->n);
	struct buf url = { 0 }, country = { 0 }, headers = { 0 }, text = { 0 };

	if (l->n->matter == MATTER_REGISTRATION || !c) {
		first_say(l, 2, "first.see_registration", l->value, most, out);
		return;
	}
	wrap_put_foreign(c->url, FIRST_URL, &url);
	wrap_put_foreign(c->profile && !slice_eq_str(c->profile->country, "ZZ")
	                         ? c->profile->country
	                         : c->vantage,
	                 NAME_SHOWN, &country);
	if (c->profile) {
		put_header(l, "first.see_language", c->profile->accept_language, &headers);
		put_header(l, "first.see_referer", c->profile->referer, &headers);
	}
	wrap_put_foreign(c->expect, FIRST_TEXT, &text);
	const struct prose_value values[] = {
		{ "url", buf_slice(&url) },
		{ "country", buf_slice(&country) },
		{ "headers", buf_slice(&headers) },
		{ "text", buf_slice(&text) },
		{ NULL, { NULL, 0 } },
	};
	first_say(l, 2, "first.see", values, most, out);
	buf_release(&url);
	buf_release(&country);
	buf_release(&headers);
	buf_release(&text);
}

/* The key of a clause's words: "says." and its citation, with '-' for what is no letter, digit or dot:
 * "says.raa-2013-as-amended-5-april-2024-3.18.1". */
static void clause_key(const char *stem, struct slice cite, char *key, size_t size)
{
	size_t n = strlen(stem);

	snprintf(key, size, "%s", stem);
	for (size_t i = 0; i < cite.n && n + 1 < size; i++) {
		char c = ascii_lower(cite.p[i]);
		bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
		if (word)
			key[n++] = c;
		else if (key[n - 1] != '-' && key[n - 1] != '.')
			key[n++] = '-';
	}
	key[n] = '\0';
}

/* In the language of the letter, where the catalogue has the clause. */
static void put_clause(struct letter *l, const char *stem, struct slice cite, struct slice own,
                       struct buf *out)
{
	struct slice said;
	char key[128];

	clause_key(stem, cite, key, sizeof(key));
	if (l->p.column && prose_find(&l->p, key, &said))
		buf_put(out, said);
	else
		wrap_put_foreign(own, TEXT_SHOWN, out);
}

static void first_clause(struct letter *l, struct buf *out)
{
	struct buf cite = { 0 }, basis = { 0 };
	char key[32];

	if (l->n->law_n) {
		put_clause(l, "cite.", l->n->law[0].cite, l->n->law[0].cite, &cite);
		snprintf(key, sizeof(key), "basis.%s", notice_basis_name(l->n->law[0].basis));
		prose_sentence(&l->p, key, NULL, &basis);
	} else {
		buf_puts(&cite, "-");
		prose_sentence(&l->p, "basis.voluntary", NULL, &basis);
	}
	const struct prose_value values[] = { { "cite", buf_slice(&cite) },
		                              { "basis", buf_slice(&basis) },
		                              { NULL, { NULL, 0 } } };
	first_say(l, 3, "first.clause", values, 2, out);
	buf_release(&cite);
	buf_release(&basis);
}

/* What is asked, as the end of a key: "suspend", "compromised". */
static const char *asked(const struct notice *n)
{
	if (n->matter == MATTER_STATEMENT)
		return "statement";
	if (n->matter == MATTER_COMPROMISED && n->action == NOTICE_REMOVE_CONTENT)
		return "compromised";
	return notice_action_name(n->action);
}

static void put_first(struct letter *l)
{
	struct buf part[5] = { { 0 } };
	char key[48];
	size_t used = 0;

	snprintf(key, sizeof(key), "first.ours.%s", notice_to_name(l->n->recipient.to));
	first_say(l, 1, key, l->value, 2, &part[0]);
	first_clause(l, &part[2]);
	first_say(l, 4, "first.harm", l->value, 2, &part[3]);
	snprintf(key, sizeof(key), "first.ask.%s", asked(l->n));
	first_say(l, 5, key, l->value, 1, &part[4]);
	for (size_t i = 0; i < 5; i++)
		used += lines_of(&part[i]);
	first_see(l, FIRST_LINES - used, &part[1]);
	for (size_t i = 0; i < 5; i++) {
		buf_put(l->p.out, buf_slice(&part[i]));
		buf_release(&part[i]);
	}
}

static void put_first_past(struct letter *l, int number)
{
	struct buf part = { 0 };
	char date[TIMESTAMP_SIZE];

	if (l->n->past_n == 0)
		return;
	timestamp_format(l->n->past[0].at, date);
	const struct prose_value values[] = { { "reference", l->n->past[0].reference },
		                              { "date", slice_str(date) },
		                              { NULL, { NULL, 0 } } };
	first_say(l, number, "first.past", values, 2, &part);
	buf_put(l->p.out, buf_slice(&part));
	buf_release(&part);
}

/* Of a notice that asks for nothing. */
static void put_first_end(struct letter *l)
{
	bool retraction = l->n->purpose == PURPOSE_RETRACTION;
	struct buf part = { 0 };

	say(l, "1. ", retraction ? "first.retraction" : "first.departed");
	put_first_past(l, 2);
	if (retraction)
		first_say(l, 3, "first.retraction_reason", l->value, 3, &part);
	buf_put(l->p.out, buf_slice(&part));
	say(l, retraction ? "4. " : "3. ",
	    retraction ? "first.retraction_ask" : "first.departed_ask");
	buf_release(&part);
}

/* ---- sections ---- */

static void put_title(struct letter *l, const char *key)
{
	prose_gap(&l->p);
	say(l, "* ", key);
}

static bool asks(const struct notice *n)
{
	return n->purpose == PURPOSE_REQUEST || n->purpose == PURPOSE_ARRIVED;
}

static bool is_by_mandate(const struct notice *n)
{
	for (size_t i = 0; i < n->law_n; i++)
		if (n->law[i].basis == BASIS_MANDATE)
			return true;
	return false;
}

static void put_case(struct letter *l)
{
	const struct notice *n = l->n;
	bool name = notice_reaches_everywhere(n->recipient.to);

	put_title(l, "title.case");
	if (asks(n)) {
		say_of(l, "  ", "about.", notice_matter_name(n->matter));
		say(l, "  ", "case.harm");
		if (name && n->matter == MATTER_ROGUE)
			say(l, "  ", "case.content");
		if (n->matter == MATTER_ROGUE || n->matter == MATTER_UNAPPROVED)
			say(l, "  ", "case.machine");
	}
	say(l, "  ", "case.name");
}

static void put_who(struct letter *l)
{
	const struct notice *n = l->n;

	put_title(l, "title.who");
	say(l, "  ", "who.sender");
	if (n->mandate) {
		say(l, "  ", "who.behalf");
		if (n->mandate->private_delegate)
			say(l, "  ", "who.delegate");
		if (is_by_mandate(n))
			say(l, "  ", "who.designated");
		else if (asks(n) && n->recipient.to == NOTICE_REGISTRAR)
			say(l, "  ", "who.ordinary");
		if (n->mandate->feed.n)
			say(l, "  ", "who.feed");
	} else {
		say(l, "  ", n->on_behalf.n ? "who.client" : "who.alone");
	}
	say(l, "  ", "who.sponsor");
	say_of(l, "  ", "interest.", notice_interest_name(n->interest));
}

static void put_basis(struct letter *l)
{
	put_title(l, "title.basis");
	for (size_t i = 0; i < l->n->law_n; i++) {
		struct buf cite = { 0 }, basis = { 0 }, says = { 0 };
		char key[32];
		snprintf(key, sizeof(key), "basis.%s", notice_basis_name(l->n->law[i].basis));
		prose_sentence(&l->p, key, NULL, &basis);
		put_clause(l, "cite.", l->n->law[i].cite, l->n->law[i].cite, &cite);
		put_clause(l, "says.", l->n->law[i].cite, l->n->law[i].says, &says);
		const struct prose_value values[] = { { "cite", buf_slice(&cite) },
			                              { "basis", buf_slice(&basis) },
			                              { "says", buf_slice(&says) },
			                              { NULL, { NULL, 0 } } };
		prose_say(&l->p, "  - ", "basis.row", values);
		buf_release(&cite);
		buf_release(&basis);
		buf_release(&says);
	}
	say(l, "  ", "basis.good_faith");
}

static void put_foreign_line(struct letter *l, const char *lead, struct slice text)
{
	struct buf b = { 0 };

	wrap_put_foreign(text, TEXT_SHOWN, &b);
	prose_lines(&l->p, lead, buf_slice(&b));
	buf_release(&b);
}

static void put_ask(struct letter *l)
{
	const struct notice *n = l->n;

	put_title(l, "title.ask");
	if (!asks(n)) {
		say(l, "  ", n->purpose == PURPOSE_RETRACTION ? "ask.retraction" : "ask.departed");
		return;
	}
	say_of(l, "  ", "ask.", asked(n));
	if (n->matter == MATTER_UNAPPROVED && n->action != NOTICE_NONE)
		say(l, "  ", "ask.destination");
	if (n->action != NOTICE_NONE)
		say(l, "  ", "ask.decide");
	if (n->recipient.demand_n)
		say(l, "  ", "demand.title");
	for (size_t i = 0; i < n->recipient.demand_n; i++)
		put_foreign_line(l, "  - ", n->recipient.demand[i]);
	if (n->statement_n)
		say(l, "  ", "statement.title");
	for (size_t i = 0; i < n->statement_n; i++)
		put_foreign_line(l, "  | ", n->statement[i]);
}

static void put_history(struct letter *l)
{
	const struct notice *n = l->n;

	if (n->past_n == 0)
		return;
	put_title(l, "title.history");
	if (n->purpose == PURPOSE_ARRIVED)
		say(l, "  ", "history.arrived");
	for (size_t i = 0; i < n->past_n; i++) {
		const struct notice_past *p = &n->past[i];
		struct buf outcome = { 0 }, name = { 0 };
		char date[TIMESTAMP_SIZE], key[48];
		snprintf(key, sizeof(key), "outcome.%.*s", SLICE_ARG(slice_sub(p->outcome, 0, 30)));
		prose_sentence(&l->p, p->outcome.n ? key : "history.sent", NULL, &outcome);
		wrap_put_foreign(p->name, NAME_SHOWN, &name);
		timestamp_format(p->at, date);
		const struct prose_value values[] = { { "date", slice_str(date) },
			                              { "reference", p->reference },
			                              { "name", buf_slice(&name) },
			                              { "outcome", buf_slice(&outcome) },
			                              { NULL, { NULL, 0 } } };
		prose_say(&l->p, "  - ", "history.row", values);
		buf_release(&outcome);
		buf_release(&name);
	}
}

static void put_verify(struct letter *l)
{
	put_title(l, "title.verify");
	say(l, "  ", "verify.ledger");
	say(l, "  ", "verify.digest");
	say(l, "  ", "verify.annex");
}

static void put_answer(struct letter *l)
{
	put_title(l, "title.answer");
	say(l, "  ", "answer.how");
	if (asks(l->n) && l->n->action != NOTICE_NONE)
		say(l, "  ", "answer.say");
	say(l, "  ", "answer.wrong");
	say(l, "  ", "answer.appeal");
}

static void put_body(struct letter *l)
{
	set_values(l);
	if (asks(l->n))
		put_first(l);
	else
		put_first_end(l);
	prose_gap(&l->p);
	say_of(l, "", "to.", notice_to_name(l->n->recipient.to));
	put_case(l);
	put_who(l);
	if (asks(l->n))
		put_basis(l);
	put_ask(l);
	put_history(l);
	put_verify(l);
	put_answer(l);
}

static void put_subject_line(struct letter *l, struct buf *out)
{
	const struct notice *n = l->n;
	const char *word = n->purpose == PURPOSE_REQUEST ? notice_matter_name(n->matter)
	                                                 : notice_purpose_name(n->purpose);
	char key[48];

	snprintf(key, sizeof(key), "subject.%s", word);
	prose_sentence(&l->p, key, l->value, out);
}

int letter_write(const struct notice *n, const struct catalogue *c, size_t column,
                 struct buf *subject, struct buf *text, struct err *err)
{
	struct letter l = {
		.n = n,
		.p = { .c = c, .column = column, .out = text, .err = err },
	};

	put_body(&l);
	put_subject_line(&l, subject);
	if (column) {
		prose_gap(&l.p);
		say(&l, "", "letter.english_follows");
		prose_gap(&l.p);
		buf_puts(
			text,
			"------------------------------------------------------------------------\n");
		prose_gap(&l.p);
		l.p.column = 0;
		put_body(&l);
		l.p.column = column;
	}
	put_title(&l, "title.names");
	letter_rules(&l.p, n);
	for (size_t i = 0; i < n->annex_n && l.p.rc == 0; i++)
		letter_item(&l.p, n, i);
	for (size_t i = 0; i < VALUES; i++)
		buf_release(&l.text[i]);
	if (l.p.rc == 0 && !(buf_ok(subject) && buf_ok(text)))
		l.p.rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	return l.p.rc;
}
