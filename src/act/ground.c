#include "act/ground.h"

#include "model/evidence.h"
#include "wire/timestamp.h"

#include <stdlib.h>
#include <string.h>

enum { REPORTERS_NEEDED = 2, STATEMENTS_MAX = 8 };

static const char *const abouts[GROUND_ABOUTS] = {
	[GROUND_SITE] = "site",
	[GROUND_REGISTRATION] = "registration",
	[GROUND_AUTHORISATION] = "authorisation",
};

static const char *const froms[GROUND_FROMS] = {
	[GROUND_OTHER] = "other",
	[GROUND_VICTIM] = "victim",
	[GROUND_RIGHTS_HOLDER] = "rights_holder",
};

const char *ground_about_name(enum ground_about about)
{
	return abouts[about];
}

const char *ground_from_name(enum ground_from from)
{
	return froms[from];
}

bool ground_about_parse(struct slice word, enum ground_about *out)
{
	for (size_t i = 0; i < GROUND_ABOUTS; i++)
		if (slice_eq_str(word, abouts[i])) {
			*out = (enum ground_about)i;
			return true;
		}
	return false;
}

bool ground_from_parse(struct slice word, enum ground_from *out)
{
	for (size_t i = 0; i < GROUND_FROMS; i++)
		if (slice_eq_str(word, froms[i])) {
			*out = (enum ground_from)i;
			return true;
		}
	return false;
}

static bool is_zero(struct sha256 d)
{
	return sha256_eq(d, (struct sha256){ { 0 } });
}

/* A document that somebody here has read, about this registration. */
static bool counts(const struct ground_report *r, enum ground_about about, int64_t since)
{
	return r->about == about && r->reviewer.n && !is_zero(r->document) &&
	       (since == NOTICE_NEVER || r->at >= since);
}

struct slice ground_harm(enum notice_matter matter)
{
	if (matter == MATTER_REGISTRATION)
		return SLICE(
			"Somebody is made the holder of a name, or pays for it, without knowing of "
			"it.");
	if (matter == MATTER_COMPROMISED)
		return SLICE(
			"Visitors are led to offers of medicine that the owner of the site knows "
			"nothing of.");
	return (struct slice){ 0 };
}

/* ---- registration ---- */

/* Whether nobody before it in the list is the same reporter, or showed the same document. */
static bool is_another(const struct ground_report *list, size_t i, int64_t since)
{
	for (size_t k = 0; k < i; k++)
		if (counts(&list[k], GROUND_REGISTRATION, since) && list[k].from == list[i].from &&
		    (slice_eq(list[k].reporter, list[i].reporter) ||
		     sha256_eq(list[k].document, list[i].document)))
			return false;
	return true;
}

struct ground_registration ground_registration(const struct ground_report *list, size_t n,
                                               int64_t since)
{
	struct ground_registration g = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!counts(&list[i], GROUND_REGISTRATION, since) || !is_another(list, i, since))
			continue;
		if (list[i].from == GROUND_VICTIM)
			g.victims++;
		else
			g.others++;
	}
	g.holds = g.victims > 0 || g.others >= REPORTERS_NEEDED;
	if (!g.holds)
		g.missing =
			g.others ? "a report of the victim or of another reporter, with a document "
				   "that a reviewer has read"
				 : "a report of the victim, or two of different reporters, with "
				   "documents that a reviewer has read";
	return g;
}

void ground_hide_victim(struct notice_subject *s)
{
	s->registration.suspected_victim = true;
	s->finding_n = 0;
	s->capture_n = 0;
	s->collateral = (struct slice){ 0 };
}

/* ---- compromised ---- */

/* Shown to those who come from elsewhere, then what others did not see, then the newest. */
static int compare_captures(const void *x, const void *y)
{
	const struct notice_capture *a = x, *b = y;
	bool a_led = a->profile && a->profile->referer.n,
	     b_led = b->profile && b->profile->referer.n;

	if (a_led != b_led)
		return a_led ? -1 : 1;
	if (a->hidden != b->hidden)
		return a->hidden ? -1 : 1;
	if (a->at != b->at)
		return a->at > b->at ? -1 : 1;
	int c = slice_cmp(a->url, b->url);
	return c ? c : slice_cmp(a->vantage, b->vantage);
}

int ground_compromised(struct notice_subject *site, const struct notice_subject *planted,
                       struct arena *a, struct err *err)
{
	struct notice_finding *finding;
	struct notice_capture *capture;

	if (!site->abused)
		return err_set(err, ERR_REFUSED, 0,
		               "%.*s: no verdict says that others misuse this site",
		               SLICE_ARG(slice_sub(site->subject.key, 0, 100)));
	finding = arena_array(a, planted->finding_n, sizeof(*finding));
	capture = arena_array(a, planted->capture_n, sizeof(*capture));
	if (!finding || !capture)
		return err_set(err, ERR_NOMEM, 0, "no memory");
	/* What was planted, where; whom a law would be held against is not the reader. */
	for (size_t i = 0; i < planted->finding_n; i++) {
		finding[i] = planted->finding[i];
		finding[i].law = NULL;
		finding[i].law_n = 0;
		finding[i].severity = SLICE("note");
	}
	if (planted->capture_n) {
		memcpy(capture, planted->capture, planted->capture_n * sizeof(*capture));
		qsort(capture, planted->capture_n, sizeof(*capture), compare_captures);
	}
	site->finding = finding;
	site->finding_n = planted->finding_n;
	site->capture = capture;
	site->capture_n = planted->capture_n;
	site->class = (struct slice){ 0 };
	/* It belongs to none: others' names are not its matter. */
	site->network = (struct slice){ 0 };
	return 0;
}

/* ---- statement ---- */

static bool was_before(const struct ground_report *list, size_t n, size_t i, int64_t since)
{
	for (size_t k = i + 1; k < n; k++)
		if (counts(&list[k], GROUND_AUTHORISATION, since) &&
		    list[k].from == GROUND_RIGHTS_HOLDER &&
		    slice_eq(list[k].reporter, list[i].reporter))
			return true;
	return false;
}

int ground_statements(const struct ground_report *report, size_t n, struct slice subject,
                      int64_t since, struct arena *a, struct slice **list, size_t *list_n,
                      struct err *err)
{
	struct slice *all = arena_array(a, *list_n + STATEMENTS_MAX, sizeof(*all));
	size_t count = *list_n;

	if (!all)
		return err_set(err, ERR_NOMEM, 0, "no memory");
	if (count)
		memcpy(all, *list, count * sizeof(*all));
	for (size_t i = n; i-- > 0 && count < *list_n + STATEMENTS_MAX;) {
		char address[EVIDENCE_ADDRESS_SIZE], day[TIMESTAMP_SIZE];
		if (!counts(&report[i], GROUND_AUTHORISATION, since) ||
		    report[i].from != GROUND_RIGHTS_HOLDER || was_before(report, n, i, since))
			continue;
		evidence_address_format(report[i].document, address);
		timestamp_format(report[i].at, day);
		const char *text = arena_printf(a, "%s %.*s: %.*s is not authorised by us (%.10s)",
		                                address, SLICE_ARG(report[i].reporter),
		                                SLICE_ARG(subject), day);
		if (!text)
			return err_set(err, ERR_NOMEM, 0, "no memory");
		all[count++] = slice_str(text);
	}
	*list = all;
	*list_n = count;
	return 0;
}
