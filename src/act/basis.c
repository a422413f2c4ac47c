/* The table is small and asked once a notice: rows are walked in their order. A row holds when all its
 * needs do; what binds comes before what is asked for without being owed. */
#include "act/basis.h"

#include "wire/timestamp.h"

#include <stdlib.h>

enum { NEEDS_MAX = 4, FINDING_LAWS = 3, LAWS_MAX = 16 };

enum need_kind {
	NEED_GENERIC,      /* every name lies under a generic TLD */
	NEED_COUNTRY_CODE, /* none does */
	NEED_MANDATE, /* one that 3.18.3 means, of a country where the recipient has an office */
	NEED_EU,      /* established or with an office in the EU */
	NEED_TERMS,   /* own terms are known */
	NEED_FINDING, /* a finding is about a country of the recipient */
	NEED_IN,      /* "in JP" */
	NEED_FINDS,   /* "finds PMD Act": a finding cites a law that begins so */
	NEED_MATTER,  /* "matter registration" */
};

struct need {
	enum need_kind kind;
	struct slice arg;
};

struct clause {
	unsigned to; /* bit per enum notice_to */
	enum notice_basis basis;
	struct need need[NEEDS_MAX];
	size_t need_n;
	struct slice cite, says;
	int64_t from, until;
};

struct basis_table {
	struct arena arena;
	struct clause *clause;
	size_t clause_n;
	struct slice *closed; /* TLDs that are not generic */
	size_t closed_n;
};

/* ---- reading ---- */

struct reading {
	struct basis_table *t;
	size_t line;
	struct err *err;
};

static int bad(const struct reading *r, const char *what, struct slice value)
{
	return err_set(r->err, ERR_SYNTAX, 0, "basis.tsv:%zu: %s '%.*s'", r->line, what,
	               SLICE_ARG(slice_sub(value, 0, 60)));
}

static int read_recipients(const struct reading *r, struct slice list, unsigned *out)
{
	struct slice word;

	while (slice_cut(&list, ',', &word)) {
		enum notice_to to;
		if (!notice_to_parse(word, &to))
			return bad(r, "no recipient", word);
		*out |= 1u << to;
	}
	return *out ? 0 : bad(r, "no recipient", list);
}

static int read_need(const struct reading *r, struct slice word, struct need *out)
{
	static const struct {
		const char *word;
		enum need_kind kind;
		bool has_arg;
	} words[] = {
		{ "generic", NEED_GENERIC, false },
		{ "country_code", NEED_COUNTRY_CODE, false },
		{ "mandate", NEED_MANDATE, false },
		{ "eu", NEED_EU, false },
		{ "terms", NEED_TERMS, false },
		{ "finding", NEED_FINDING, false },
		{ "in", NEED_IN, true },
		{ "finds", NEED_FINDS, true },
		{ "matter", NEED_MATTER, true },
	};
	size_t space = slice_find(word, ' ');
	struct slice arg = slice_trim(slice_sub(word, space, word.n));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_eq_str(slice_sub(word, 0, space), words[i].word) &&
		    words[i].has_arg == (arg.n > 0)) {
			enum notice_matter matter;
			if (words[i].kind == NEED_MATTER && !notice_matter_parse(arg, &matter))
				return bad(r, "no matter", arg);
			*out = (struct need){ words[i].kind, arg };
			return 0;
		}
	return bad(r, "no need", word);
}

static int read_needs(const struct reading *r, struct slice list, struct clause *c)
{
	struct slice word;
	int rc = 0;

	while (rc == 0 && slice_cut(&list, ';', &word))
		rc = c->need_n < NEEDS_MAX ? read_need(r, slice_trim(word), &c->need[c->need_n++])
		                           : bad(r, "too many needs before", word);
	return rc;
}

static int read_date(const struct reading *r, struct slice text, int64_t otherwise, int64_t *out)
{
	*out = otherwise;
	return text.n && timestamp_parse(text, out, NULL) ? bad(r, "no date", text) : 0;
}

static int read_clause(const struct reading *r, struct slice rest)
{
	struct slice part[9] = { { NULL, 0 } };
	struct clause *c = &r->t->clause[r->t->clause_n];
	size_t n = 0;

	/* A last part may be empty, and slice_cut does not give it. */
	while (n < 9 && slice_cut(&rest, '\t', &part[n]))
		n++;
	if (rest.n || n < 9)
		return bad(r, "not nine fields behind clause", part[0]);
	if (!notice_basis_parse(part[2], &c->basis))
		return bad(r, "no basis", part[2]);
	if (part[4].n == 0 || part[5].n == 0)
		return bad(r, "no text to cite in", part[0]);
	c->cite = part[4];
	c->says = part[5];
	int rc = read_recipients(r, part[1], &c->to);
	if (rc == 0)
		rc = read_needs(r, part[3], c);
	if (rc == 0)
		rc = read_date(r, part[6], INT64_MIN, &c->from);
	if (rc == 0)
		rc = read_date(r, part[7], INT64_MAX, &c->until);
	if (rc == 0)
		r->t->clause_n++;
	return rc;
}

static int read_line(const struct reading *r, struct slice line)
{
	struct slice kind, label;

	slice_cut(&line, '\t', &kind);
	if (slice_eq_str(kind, "clause"))
		return read_clause(r, line);
	if (!slice_eq_str(kind, "tld"))
		return bad(r, "no kind of row", kind);
	if (!slice_cut(&line, '\t', &label) || label.n < 2 || line.n == 0)
		return bad(r, "no label and reason behind tld", label);
	r->t->closed[r->t->closed_n++] = label;
	return 0;
}

int basis_load(struct slice text, struct basis_table **out, struct err *err)
{
	struct basis_table *t = calloc(1, sizeof(*t));
	struct reading r = { .t = t, .err = err };
	struct slice own, line;
	size_t lines = 1;
	int rc = 0;

	if (!t)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	own = arena_copy(&t->arena, text);
	t->clause = arena_array(&t->arena, lines, sizeof(*t->clause));
	t->closed = arena_array(&t->arena, lines, sizeof(*t->closed));
	if (!own.p || !t->clause || !t->closed)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	while (rc == 0 && slice_cut(&own, '\n', &line)) {
		r.line++;
		if (line.n && line.p[0] != '#')
			rc = read_line(&r, line);
	}
	if (rc == 0 && t->clause_n == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "basis.tsv: no clause");
	if (rc) {
		basis_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void basis_free(struct basis_table *t)
{
	if (!t)
		return;
	arena_release(&t->arena);
	free(t);
}

/* ---- asking ---- */

bool basis_is_eu(struct slice country)
{
	/* Treaty on European Union, Art. 52, and the treaties of accession; without GB since 2020-02-01. */
	static const char members[][3] = {
		"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
		"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (slice_eq_str(country, members[i]))
			return true;
	return false;
}

bool basis_is_generic(const struct basis_table *t, struct slice tld)
{
	if (tld.n <= 2)
		return false;
	for (size_t i = 0; i < t->closed_n; i++)
		if (slice_eq_nocase(t->closed[i], tld))
			return false;
	return true;
}

/* Of an address or a prefix: empty. */
static struct slice tld_of(const struct subject *s)
{
	size_t at = s->key.n;

	if (s->kind != SUBJECT_REGISTRABLE && s->kind != SUBJECT_HOST)
		return slice_sub(s->key, 0, 0);
	while (at && s->key.p[at - 1] != '.')
		at--;
	return slice_sub(s->key, at, s->key.n);
}

static size_t generic_names(const struct basis_table *t, const struct notice *n)
{
	size_t count = 0;

	for (size_t i = 0; i < n->annex_n; i++)
		count += basis_is_generic(t, tld_of(&n->annex[i].subject));
	return count;
}

static bool has_country(const struct notice_recipient *r, struct slice country)
{
	for (size_t i = 0; i < r->country_n; i++)
		if (slice_eq(r->country[i], country))
			return true;
	return false;
}

static bool is_for_3_18_3(const struct notice *n)
{
	const struct notice_mandate *m = n->mandate;

	if (!m || !m->designated || !has_country(&n->recipient, m->country) || n->at < m->from ||
	    n->at >= m->until)
		return false;
	for (size_t i = 0; i < m->clause_n; i++)
		if (slice_find_slice(m->clause[i], SLICE("3.18.3")) < m->clause[i].n)
			return true;
	return false;
}

static bool cites(const struct notice *n, struct slice prefix)
{
	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].finding_n; k++) {
			const struct notice_finding *f = &n->annex[i].finding[k];
			for (size_t l = 0; l < f->law_n; l++)
				if (slice_starts(f->law[l].cite, prefix))
					return true;
		}
	return false;
}

static bool finds_at_home(const struct notice *n)
{
	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].finding_n; k++)
			if (n->annex[i].finding[k].law_n &&
			    has_country(&n->recipient, n->annex[i].finding[k].destination))
				return true;
	return false;
}

static bool is_met(const struct basis_table *t, const struct notice *n, const struct need *need)
{
	switch (need->kind) {
	case NEED_GENERIC: return n->annex_n && generic_names(t, n) == n->annex_n;
	case NEED_COUNTRY_CODE: return n->annex_n && generic_names(t, n) == 0;
	case NEED_MANDATE: return is_for_3_18_3(n);
	case NEED_EU:
		for (size_t i = 0; i < n->recipient.country_n; i++)
			if (basis_is_eu(n->recipient.country[i]))
				return true;
		return false;
	case NEED_TERMS: return n->recipient.terms.n && n->recipient.terms_says.n;
	case NEED_FINDING: return finds_at_home(n);
	case NEED_IN: return has_country(&n->recipient, need->arg);
	case NEED_FINDS: return cites(n, need->arg);
	case NEED_MATTER: return slice_eq_str(need->arg, notice_matter_name(n->matter));
	}
	return false;
}

static bool holds(const struct basis_table *t, const struct notice *n, const struct clause *c)
{
	if (!(c->to & 1u << n->recipient.to) || n->at < c->from || n->at >= c->until)
		return false;
	for (size_t i = 0; i < c->need_n; i++)
		if (!is_met(t, n, &c->need[i]))
			return false;
	return true;
}

/* ---- choosing ---- */

struct choice {
	struct notice_basis_row *row;
	size_t n;
	struct arena *a;
	struct err *err;
	int rc;
};

static void add(struct choice *c, enum notice_basis basis, struct slice cite, struct slice says)
{
	for (size_t i = 0; i < c->n; i++)
		if (slice_eq(c->row[i].cite, cite))
			return;
	if (c->n == LAWS_MAX)
		return;
	c->row[c->n] =
		(struct notice_basis_row){ basis, arena_copy(c->a, cite), arena_copy(c->a, says) };
	if (c->row[c->n].cite.p && c->row[c->n].says.p)
		c->n++;
	else
		c->rc = err_set(c->err, ERR_NOMEM, 0, "out of memory");
}

/* The laws of findings about a country of the recipient. */
static void add_found(struct choice *c, const struct notice *n, enum notice_basis basis)
{
	size_t most = c->n + FINDING_LAWS;

	for (size_t i = 0; i < n->annex_n; i++)
		for (size_t k = 0; k < n->annex[i].finding_n; k++) {
			const struct notice_finding *f = &n->annex[i].finding[k];
			if (!has_country(&n->recipient, f->destination))
				continue;
			for (size_t l = 0; l < f->law_n && c->n < most && c->rc == 0; l++)
				add(c, basis, f->law[l].cite, f->law[l].says);
		}
}

static void add_clause(struct choice *c, const struct notice *n, const struct clause *clause)
{
	if (slice_eq_str(clause->cite, "{cite}")) {
		add_found(c, n, clause->basis);
	} else if (slice_eq_str(clause->says, "{terms_says}")) {
		char *cite = arena_printf(c->a, "own terms: %.*s", SLICE_ARG(n->recipient.terms));
		if (cite)
			add(c, clause->basis, slice_str(cite), n->recipient.terms_says);
		else
			c->rc = err_set(c->err, ERR_NOMEM, 0, "out of memory");
	} else {
		add(c, clause->basis, clause->cite, clause->says);
	}
}

int basis_choose(const struct basis_table *t, struct notice *n, struct arena *a, struct err *err)
{
	static const enum notice_basis order[] = { BASIS_MANDATE, BASIS_LAW, BASIS_CONTRACT,
		                                   BASIS_VOLUNTARY };
	struct choice c = { .row = arena_array(a, LAWS_MAX, sizeof(*c.row)), .a = a, .err = err };

	if (!c.row)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	/* Nothing is asked: nothing has to bind. */
	bool asks = n->purpose == PURPOSE_REQUEST || n->purpose == PURPOSE_ARRIVED;
	for (size_t o = 0; asks && o < sizeof(order) / sizeof(order[0]); o++) {
		if (order[o] == BASIS_VOLUNTARY && c.n)
			break;
		for (size_t i = 0; i < t->clause_n && c.rc == 0; i++)
			if (t->clause[i].basis == order[o] && holds(t, n, &t->clause[i]))
				add_clause(&c, n, &t->clause[i]);
	}
	if (c.rc)
		return c.rc;
	n->law = c.row;
	n->law_n = c.n;
	return 0;
}
