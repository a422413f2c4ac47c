/* One function a condition, called in the order of the list, so that failures come in that order. */
#include "act/check.h"

#include "act/checking.h"

#include <stdarg.h>
#include <stdio.h>

enum { WHY_MAX = 600 };

static const struct condition {
	const char *name, *says;
	void (*check)(struct checking *);
	bool always; /* also of a retraction and of a farewell, which ask for nothing */
} conditions[CHECK_CONDITIONS] = {
	[CHECK_OURS] = { "ours",
	                 "an observation that is fresh shows that the recipient holds each name",
	                 check_ours, false },
	[CHECK_REPRODUCIBLE] = { "reproducible",
	                         "each subject has a capture with its recipe and what is expected",
	                         check_reproducible, false },
	[CHECK_TWO_CAPTURES] = { "two_captures",
	                         "each subject has two captures, apart in time or vantage",
	                         check_two_captures, false },
	[CHECK_FRESH] = { "fresh", "the newest capture of each subject is fresh", check_fresh,
	                  false },
	[CHECK_CLAUSE] = { "clause", "it names the clause or law by which this recipient is asked",
	                   check_clause, false },
	[CHECK_NO_DNS_ABUSE] = { "no_dns_abuse",
	                         "what a site sells is content: RAA 3.18.2 is not cited for it",
	                         check_no_dns_abuse, true },
	[CHECK_HARM] = { "harm", "it says what harm is done, and to whom", check_harm, false },
	[CHECK_ACTION] = { "action", "it asks for what this recipient can do", check_action, true },
	[CHECK_CONTACT] = { "contact",
	                    "it goes to an address that was lately seen where it is published",
	                    check_contact, true },
	[CHECK_DECIDED] = { "decided",
	                    "people decided on each subject, for this registration period",
	                    check_decided, false },
	[CHECK_REACH] = { "reach",
	                  "what takes a name off the whole Internet rests on ground that holds anywhere",
	                  check_reach, false },
	[CHECK_FOREIGN_LEGAL] = { "foreign_legal",
	                          "a pharmacy licensed where it dispenses is in no notice that takes a "
	                          "name away",
	                          check_foreign_legal, false },
	[CHECK_INNOCENT] = { "innocent",
	                     "a misused site is told to its owner and host alone, a legitimate one to "
	                     "nobody",
	                     check_innocent, false },
	[CHECK_PRIVATE] = { "private", "it holds no personal data", check_private, true },
	[CHECK_VICTIM] = { "victim", "of whoever's identity was stolen, nothing is shown",
	                   check_victim, true },
	[CHECK_COLLATERAL] = { "collateral", "a reviewer looked at what else would go with it",
	                       check_collateral, false },
	[CHECK_VERIFIED] = { "verified",
	                     "of an operator whose identity is proven, more is needed and less is asked",
	                     check_verified, false },
	[CHECK_ACCOUNTABLE] = { "accountable",
	                        "it says who writes, for whom, who pays, and how to appeal and verify",
	                        check_accountable, true },
	[CHECK_MANDATE] = { "mandate", "a mandate that it uses is in force and covers it",
	                    check_mandate, true },
	[CHECK_NO_FRAUD] = { "no_fraud", "what is unapproved, and no more, is not called fraud",
	                     check_no_fraud, true },
	[CHECK_EU_HOST] = { "eu_host",
	                    "to a host in the EU it has what Article 16 of the DSA asks for",
	                    check_eu_host, false },
	[CHECK_FORM] = { "form", "its letter and attachments can be read by people and programs",
	                 check_form, true },
};

const char *notice_condition_name(enum notice_condition c)
{
	return conditions[c].name;
}

const char *notice_condition_says(enum notice_condition c)
{
	return conditions[c].says;
}

void checking_fail(struct checking *c, const struct notice_subject *subject, const char *todo,
                   const char *why, ...)
{
	struct check_failure f = { .condition = c->condition };
	char text[WHY_MAX];
	va_list args;

	if (c->count == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 16;
		struct check_failure *list = arena_array(c->a, cap, sizeof(*list));
		if (!list) {
			c->failed = true;
			return;
		}
		if (c->count)
			memcpy(list, c->list, c->count * sizeof(*list));
		c->list = list;
		c->cap = cap;
	}
	va_start(args, why);
	vsnprintf(text, sizeof(text), why, args);
	va_end(args);
	if (subject)
		f.subject = subject->subject.key;
	f.why = arena_copy(c->a, slice_str(text));
	f.todo = arena_copy(c->a, slice_str(todo));
	c->failed = c->failed || !f.why.p || !f.todo.p;
	c->list[c->count++] = f;
}

bool checking_asks(const struct checking *c)
{
	return c->n->purpose == PURPOSE_REQUEST || c->n->purpose == PURPOSE_ARRIVED;
}

bool checking_has_country(const struct notice_recipient *r, struct slice country)
{
	for (size_t i = 0; i < r->country_n; i++)
		if (slice_eq(r->country[i], country))
			return true;
	return false;
}

bool checking_holds_words(struct slice text, const char *words)
{
	struct slice w = slice_str(words);

	for (size_t at = 0; at + w.n <= text.n; at++)
		if (ascii_lower(text.p[at]) == ascii_lower(w.p[0]) &&
		    slice_eq_nocase(slice_sub(text, at, at + w.n), w))
			return true;
	return false;
}

bool checking_is_3_18_3(const struct notice_basis_row *law)
{
	return checking_holds_words(law->cite, "3.18.3");
}

int notice_check(const struct notice *n, const struct check_terms *terms,
                 const struct check_writing *written, struct arena *a, struct check_failure **out,
                 size_t *out_n, struct err *err)
{
	struct checking c = { .n = n, .terms = *terms, .written = written, .a = a };

	if (c.terms.directory_max_s == 0)
		c.terms.directory_max_s = CHECK_DIRECTORY_MAX_S;
	for (size_t i = 0; i < CHECK_CONDITIONS; i++) {
		c.condition = (enum notice_condition)i;
		if (conditions[i].always || checking_asks(&c))
			conditions[i].check(&c);
	}
	if (c.failed)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*out = c.list;
	*out_n = c.count;
	return 0;
}
