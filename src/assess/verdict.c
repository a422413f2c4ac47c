#include "assess/verdict.h"

#include "assess/planted.h"
#include "assess/profile.h"
#include "assess/rule.h"

static const char *const class_names[] = {
	[CLASS_LEGITIMATE] = "legitimate",         [CLASS_UNVERIFIED] = "unverified",
	[CLASS_UNAPPROVED] = "unapproved",         [CLASS_ROGUE] = "rogue",
	[CLASS_NOT_A_PHARMACY] = "not_a_pharmacy", [CLASS_OUT_OF_SCOPE] = "out_of_scope",
};

const char *verdict_class_name(enum verdict_class c)
{
	return class_names[c];
}

bool verdict_class_parse(struct slice name, enum verdict_class *out)
{
	for (size_t i = 0; i < sizeof(class_names) / sizeof(class_names[0]); i++)
		if (slice_eq_str(name, class_names[i])) {
			*out = (enum verdict_class)i;
			return true;
		}
	return false;
}

static void add_counter(struct cell *c, const char *text)
{
	if (c->counter_n < CELL_NOTES)
		c->counter[c->counter_n++] = text;
}

static void add_missing(struct cell *c, const char *text)
{
	if (c->missing_n < CELL_NOTES)
		c->missing[c->missing_n++] = text;
}

/* What one assessment is made from. */
struct making {
	const struct assessor *as;
	const struct registers *registers;
	const struct profile *profile;
	const struct numbers *numbers;
	int64_t at;
	struct arena *arena;
	struct assessment *out;
};

/* Why a rule does not apply, in words: a register row, or a number that a register knows. NULL and no
 * error where there is nothing to say. */
static int say_defeat(struct making *m, const struct rule *rule, const struct finding *f,
                      const char **out, struct err *err)
{
	const struct number_claim *n = f->number;
	const char *text = NULL;

	*out = NULL;
	if (f->row)
		text = arena_printf(m->arena, "%.*s does not apply: %.*s names this site (%.*s)",
		                    SLICE_ARG(rule->id), SLICE_ARG(f->row->authority),
		                    SLICE_ARG(f->row->number));
	else if (n && n->row)
		text = arena_printf(m->arena, "%.*s does not apply: %.*s has %.*s, under the number %.*s",
		                    SLICE_ARG(rule->id), SLICE_ARG(n->row->authority),
		                    SLICE_ARG(n->row->name), SLICE_ARG(n->row->number));
	else
		return 0;
	*out = text;
	return text ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Ask the rules of a pack that are in force and can fire; findings go to the assessment, defeats to the
 * cell. */
static int ask_rules(struct making *m, const struct pack *pack, const struct rule_present *present,
                     struct question *q, struct cell *c, struct err *err)
{
	struct rule_walk walk = rule_walk_begin(pack, present);
	const struct rule *rule;

	while ((rule = rule_walk_next(&walk))) {
		struct finding *f = &m->out->finding[m->out->finding_n];
		const char *text = NULL;
		int rc = 0;
		if (!rule_covers(rule, c->destination) || !rule_in_force(rule, m->at))
			continue;
		switch (rule_ask(q, pack, rule, f)) {
		case RULE_SILENT: break;
		case RULE_FIRES: m->out->finding_n++; break;
		case RULE_DEFEATED:
			rc = say_defeat(m, rule, f, &text, err);
			if (text)
				add_counter(c, text);
			break;
		}
		if (rc)
			return rc;
	}
	return 0;
}

/* Every pack that speaks for the destination: its jurisdiction's, and those that join. Where no
 * medicine is sold, but other goods are, packs of categories alone. */
static int ask_packs(struct making *m, struct question *q, struct cell *c, struct err *err)
{
	size_t first = m->out->finding_n;
	const struct rule_present present = rule_present_of(q);

	for (size_t i = 0; i < m->as->pack_n; i++) {
		const struct pack *pack = &m->as->pack[i];
		bool asked = (m->profile->sells || pack->kind == PACK_CATEGORY) &&
		             pack_covers(pack, c->destination);
		int rc = asked ? ask_rules(m, pack, &present, q, c, err) : 0;
		if (rc)
			return rc;
	}
	c->finding_n = m->out->finding_n - first;
	c->finding = arena_array(m->arena, c->finding_n, sizeof(*c->finding));
	if (!c->finding)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < c->finding_n; i++)
		c->finding[i] = &m->out->finding[first + i];
	return 0;
}

/* What a rule rests on that no page says is told with the pages that were searched. */
static int tell_pages(struct making *m, struct cell *c, struct err *err)
{
	const struct assessment *x = m->out;
	bool asked = false;

	for (size_t i = 0; i < c->finding_n; i++)
		for (size_t k = 0; k < c->finding[i]->rule->when_n; k++)
			asked = asked || c->finding[i]->rule->when[k].kind == CONDITION_PAGES;
	if (!asked)
		return 0;
	const char *list = "";
	for (size_t i = 0; list && i < x->site->page_n; i++)
		if (x->mine[i] && (i == 0 || !slice_eq(x->site->page[i].url, x->site->page[i - 1].url)))
			list = arena_printf(m->arena, "%s%s%.*s", list, *list ? ", " : "",
			                    SLICE_ARG(x->site->page[i].url));
	const char *text = list ? arena_printf(m->arena,
	        "a page that asks for a prescription, or names a pharmacist or a licence: none of "
	        "those searched does (%s)", list) : NULL;
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	add_missing(c, text);
	return 0;
}

/* A site that says once that no prescription is needed, and elsewhere that one is, and under which licence
 * or pharmacist it works, contradicts itself: a sentence may have been read wrongly, and a person must
 * look. One that says it on two pages means it. */
static bool is_contradicted(const struct assessment *x, const struct finding *f)
{
	const struct fact *facts = x->extract->facts.fact;
	const struct slice *url = NULL; /* where it says that none is needed */
	bool twice = false, asks = false, vouches = false;

	for (size_t i = 0; i < f->quote_n; i++) {
		const struct fact *q = &facts[f->quote[i]];
		const struct slice *at = &x->site->page[q->page].url;
		if (q->kind != FACT_CLAIM || (q->phrase != PHRASE_NORX && q->phrase != PHRASE_NORX_BARE &&
		                              q->phrase != PHRASE_RX_BY_FORM))
			continue;
		twice = twice || (url && !slice_eq(*url, *at)); /* the same page captured again is one */
		url = at;
	}
	for (size_t i = 0; i < f->weighed_n; i++) {
		enum phrase_class said = facts[f->weighed[i]].phrase;
		asks = asks || said == PHRASE_RX_REQUIRED;
		vouches = vouches || said == PHRASE_LICENCE_CLAIM || said == PHRASE_SEAL ||
		          said == PHRASE_PHARMACIST;
	}
	return f->rule->severity == SEVERITY_ROGUE && url && !twice && asks && vouches;
}

static const struct finding *worst_of(const struct cell *c)
{
	const struct finding *worst = NULL;

	for (size_t i = 0; i < c->finding_n; i++)
		if (!worst || c->finding[i]->rule->severity > worst->rule->severity)
			worst = c->finding[i];
	return worst;
}

/* The worst that the site does not itself contradict. */
static const struct finding *worst_uncontradicted(const struct assessment *x, struct cell *c)
{
	const struct finding *worst = NULL;
	bool contradicted = false;

	for (size_t i = 0; i < c->finding_n; i++) {
		const struct finding *f = c->finding[i];
		if (is_contradicted(x, f))
			contradicted = true;
		else if (!worst || f->rule->severity > worst->rule->severity)
			worst = f;
	}
	if (contradicted)
		add_missing(c, "a person: the site says once that no prescription is needed, and elsewhere "
		               "that one is");
	return worst;
}

static const struct finding *foreign_of(const struct cell *c)
{
	for (size_t i = 0; i < c->finding_n; i++)
		if (slice_eq_str(c->finding[i]->rule->ground, "foreign_legal"))
			return c->finding[i];
	return NULL;
}

/* Whether a finding of a cell rests on a claim that none before it rests on, or on none at all: two
 * rules that one sentence satisfies are no more evidence than one. */
static bool is_independent(const struct facts *facts, const struct cell *c, size_t finding)
{
	const struct finding *f = c->finding[finding];
	bool claims = false;

	for (size_t i = 0; i < f->quote_n; i++) {
		bool before = false;
		if (fact_is_drug(&facts->fact[f->quote[i]]))
			continue;
		claims = true;
		for (size_t k = 0; k < finding && !before; k++)
			for (size_t q = 0; q < c->finding[k]->quote_n; q++)
				before = before || c->finding[k]->quote[q] == f->quote[i];
		if (!before)
			return true;
	}
	return !claims;
}

/* How much evidence there is, from 0.2 to 0.95 in steps that stand in doc/format/record.md. It is
 * no probability, and it is never asked by a rule. */
static int64_t confidence_of(const struct facts *facts, const struct cell *c, size_t captures,
                             size_t pages)
{
	int64_t ppm = 200000;

	if (c->class == CLASS_LEGITIMATE)
		ppm = 700000;
	ppm += captures >= 2 ? 200000 : 0;
	ppm += pages >= 3 ? 100000 : 0;
	size_t independent = 0;
	for (size_t i = 0; i < c->finding_n && independent < 4; i++)
		independent += is_independent(facts, c, i);
	ppm += (int64_t)independent * 100000;
	return ppm > 950000 ? 950000 : ppm;
}

/* The class where medicine is offered to the destination and no register covers it. */
static void classify(const struct assessment *x, struct cell *c, const struct register_row *elsewhere)
{
	const struct finding *worst = worst_of(c), *foreign = foreign_of(c);

	if (foreign) {
		/* Licensed at its origin: unapproved on that ground alone, whatever else was found.
		 * A pharmacy that some register vouches for is never rogue by machine (rule 3). */
		c->class = CLASS_UNAPPROVED;
		c->ground = foreign->rule->ground;
		if (worst->rule->severity == SEVERITY_ROGUE)
			add_missing(c, "a person: a register names this site, and rules speak against it");
		return;
	}
	if (!worst || worst->rule->severity == SEVERITY_NOTE) {
		c->class = CLASS_UNVERIFIED;
		add_missing(c, "a register row that names this site, or a finding against it");
		return;
	}
	if (elsewhere) {
		c->class = CLASS_UNVERIFIED;
		add_missing(c, "a person: a register names this site, and rules speak against it");
		return;
	}
	worst = worst_uncontradicted(x, c);
	if (!worst || worst->rule->severity == SEVERITY_NOTE) {
		c->class = CLASS_UNVERIFIED;
		return;
	}
	c->class = worst->rule->severity == SEVERITY_ROGUE ? CLASS_ROGUE : CLASS_UNAPPROVED;
	c->ground = worst->rule->ground;
}

/* A number of a register of the destination that names no site, or another: what would have to be shown
 * for it to prove anything. */
static int say_numbers(struct making *m, struct cell *c, struct err *err)
{
	for (size_t i = 0; i < m->numbers->n; i++) {
		const struct number_claim *n = &m->numbers->claim[i];
		if (!(n->found & (NUMBER_OTHER_SITE | NUMBER_NO_SITE)) ||
		    !slice_eq(n->row->country, c->destination))
			continue;
		const char *text = arena_printf(m->arena,
		        "proof that this site is %.*s: the number %.*s is in the register of %.*s, which "
		        "names %s",
		        SLICE_ARG(n->row->name.n ? n->row->name : SLICE("whose number it shows")),
		        SLICE_ARG(n->row->number), SLICE_ARG(n->row->authority),
		        n->found & NUMBER_OTHER_SITE ? "another site for it" : "no site");
		if (!text)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		add_missing(c, text);
		return 0;
	}
	return 0;
}

/* Whether a vantage ("jp-desktop", "jp") lies in a country. */
static bool lies_in(struct slice vantage, struct slice country)
{
	return slice_eq_nocase(slice_sub(vantage, 0, country.n), country) &&
	       (vantage.n == country.n || vantage.p[country.n] == '-');
}

/* A site may show buyers of a country what it shows nobody else. */
static int miss_vantage(struct making *m, struct slice destination, struct cell *c, struct err *err)
{
	const struct site *site = m->out->site;

	for (size_t i = 0; i < site->page_n; i++)
		if (m->out->mine[i] && lies_in(site->page[i].vantage, destination))
			return 0;
	const char *text = arena_printf(m->arena, "a capture from %.*s: none was made from there",
	                                SLICE_ARG(destination));
	if (!text)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	add_missing(c, text);
	return 0;
}

static int make_cell(struct making *m, struct slice destination, struct cell *c, struct err *err)
{
	const struct assessment *x = m->out;
	const struct subject *subject = &x->site->subject;
	const struct register_row *serving = registers_serving(m->registers, subject, destination,
	                                                       m->at);
	const struct register_row *any = registers_naming(m->registers, subject, m->at);
	uint32_t because = UINT32_MAX;
	bool offered = (m->profile->sells || m->profile->sells_goods) &&
	               offers_to(x->extract, x->site, x->mine, destination, &because);
	struct question q = { m->as, x->site, x->extract, x->mine, m->registers, destination, because,
		              m->at, m->numbers };
	int rc = 0;

	c->destination = destination;
	if (offered)
		rc = ask_packs(m, &q, c, err);
	if (rc == 0)
		rc = tell_pages(m, c, err);
	if (rc)
		return rc;
	const struct finding *worst = worst_of(c);
	if (serving) {
		c->row = serving;
		const char *text = arena_printf(m->arena,
		        register_is_document(serving)
		                ? "no register: a reviewer has read the licence of %.*s for this site (%.*s)"
		                : "%.*s names this site (%.*s)",
		        SLICE_ARG(serving->authority), SLICE_ARG(serving->number));
		if (!text)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		add_counter(c, text);
		if (worst && worst->rule->severity > SEVERITY_NOTE) {
			c->class = CLASS_UNVERIFIED;
			add_missing(c, "a person: a register names this site, and rules speak against it");
		} else {
			c->class = CLASS_LEGITIMATE;
			c->ground = SLICE("licensed");
		}
	} else if (!m->profile->has_text) {
		c->class = CLASS_UNVERIFIED;
		add_missing(c, "text: no capture holds a page with text");
	} else if (!m->profile->sells && worst && worst->rule->severity > SEVERITY_NOTE) {
		classify(x, c, any); /* no medicine, but goods that a pack of a category speaks against */
	} else if (!m->profile->sells && x->abused.n && !any) {
		c->class = CLASS_NOT_A_PHARMACY;
		c->ground = SLICE("abused_legit");
	} else if (!m->profile->sells && !any && m->profile->calls_itself_pharmacy) {
		c->class = CLASS_UNVERIFIED;
		add_missing(c, "an offer: the site speaks as a pharmacy, but no page that was captured "
		               "offers medicine");
	} else if (!m->profile->sells && !any) {
		c->class = CLASS_NOT_A_PHARMACY;
	} else if (!offered) {
		c->class = CLASS_OUT_OF_SCOPE;
		c->ground = SLICE("not_offered");
	} else {
		classify(x, c, any);
		rc = c->class == CLASS_UNVERIFIED ? say_numbers(m, c, err) : 0;
		if (rc)
			return rc;
	}
	if (x->unclear && !any && (c->class == CLASS_ROGUE || c->class == CLASS_UNAPPROVED)) {
		c->class = CLASS_UNVERIFIED;
		c->ground = (struct slice){ 0 };
		add_missing(c, x->unclear);
	}
	if (x->abused.n) {
		const char *text = arena_printf(m->arena,
		        "pages under %.*s are left aside: the site leads nobody there, and is about "
		        "something else",
		        SLICE_ARG(x->abused));
		if (!text)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		add_counter(c, text);
	}
	if (offered && because == UINT32_MAX)
		add_missing(c, "where it ships: no page says so; its name, money or language "
		               "addresses this country");
	/* DESIGN, rule 12: nothing is listed on fewer than two captures. */
	if ((c->class == CLASS_ROGUE || c->class == CLASS_UNAPPROVED) && x->captures < 2)
		add_missing(c, "a second capture, apart in time or vantage");
	if (c->class != CLASS_LEGITIMATE && (rc = miss_vantage(m, destination, c, err)) < 0)
		return rc;
	size_t pages = 0;
	for (size_t i = 0; i < x->site->page_n; i++)
		pages += x->mine[i];
	c->confidence_ppm = confidence_of(&x->extract->facts, c, x->captures, pages);
	return 0;
}

static int count_captures(const struct site *site, const bool *mine, struct arena *a, size_t *out,
                          struct err *err)
{
	bool *seen = arena_array(a, site->captures, sizeof(*seen));

	if (!seen)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*out = 0;
	for (size_t i = 0; i < site->page_n; i++)
		if (mine[i] && !seen[site->page[i].capture]) {
			seen[site->page[i].capture] = true;
			(*out)++;
		}
	return 0;
}

static int make(const struct assessor *as, const struct registers *registers, int64_t at,
                struct arena *a, struct assessment *out, struct err *err)
{
	size_t cells = 0, rules = 0;

	for (size_t i = 0; i < as->pack_n; i++) {
		cells += as->pack[i].kind == PACK_JURISDICTION ? as->pack[i].destination_n : 0;
		rules += as->pack[i].rule_n * as->pack[i].destination_n;
	}
	int rc = count_captures(out->site, out->mine, a, &out->captures, err);
	if (rc)
		return rc;
	out->cell = arena_array(a, cells, sizeof(*out->cell));
	out->finding = arena_array(a, rules + 1, sizeof(*out->finding));
	if (!out->cell || !out->finding)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	struct profile profile = profile_of(out->extract, out->site, out->mine);
	struct numbers numbers;
	rc = numbers_match(out->extract, out->site, out->mine, registers, at, a, &numbers, err);
	if (rc)
		return rc;
	struct making m = { as, registers, &profile, &numbers, at, a, out };
	for (size_t i = 0; i < as->pack_n; i++)
		for (size_t d = 0; as->pack[i].kind == PACK_JURISDICTION &&
		                   d < as->pack[i].destination_n; d++) {
			rc = make_cell(&m, as->pack[i].destinations[d], &out->cell[out->cell_n++], err);
			if (rc)
				return rc;
		}
	return 0;
}

int assess_site(const struct assessor *as, const struct site *site,
                const struct registers *registers, int64_t at, struct arena *a,
                struct assessment out[2], struct err *err)
{
	struct extract *extract = ARENA_NEW(a, struct extract);
	bool *mine = arena_array(a, site->page_n, sizeof(*mine));
	struct planted planted = { 0 };

	if (!extract || !mine)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	int rc = extract_site(as->matcher, as->lexicon, site, a, extract, err);
	if (rc == 0 && site->subject.kind != SUBJECT_URL)
		rc = planted_find(extract, site, as->lexicon,
		                  registers_naming(registers, &site->subject, at) != NULL, a, &planted,
		                  err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < site->page_n; i++)
		mine[i] = !(planted.aside && planted.aside[i]);
	out[0] = (struct assessment){ .subject = site->subject, .site = site, .extract = extract,
		                      .lexicon = as->lexicon, .mine = mine, .abused = planted.prefix,
		                      .unclear = planted.unclear };
	rc = make(as, registers, at, a, &out[0], err);
	if (rc || !planted.prefix.n)
		return rc ? rc : 1;
	struct site *part = ARENA_NEW(a, struct site);
	if (!part)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*part = *site; /* the same pages, of which only `theirs` count */
	part->subject = (struct subject){ SUBJECT_URL, planted.prefix };
	if (!profile_of(extract, site, planted.theirs).sells)
		return 1; /* left aside, and nothing to judge */
	out[1] = (struct assessment){ .subject = part->subject, .site = part, .extract = extract,
		                      .lexicon = as->lexicon, .mine = planted.theirs };
	rc = make(as, registers, at, a, &out[1], err);
	return rc ? rc : 2;
}
