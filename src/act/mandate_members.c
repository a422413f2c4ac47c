/* Each member is read by its shape; what is unknown, empty or twice there is refused, for a mandate is a
 * limit, and a limit that is half understood is none. */
#include "act/mandate_members.h"

#include "model/evidence.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <string.h>

enum { TEXT_MAX = 300, NAME_MAX_BYTES = 64 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "mandate: no memory");
}

/* --- one member ------------------------------------------------------------------------------- */

static int bad(struct err *err, const char *member, const char *why)
{
	return err_set(err, ERR_SYNTAX, 0, "mandate: %s %s", member, why);
}

/* One line that letters can show as it is. */
static bool is_line(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && s.n <= TEXT_MAX;
}

static bool is_country(struct slice s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static bool is_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      (i > 0 && strchr("-_.", c) && c)))
			return false;
	}
	return s.n > 0 && s.n <= NAME_MAX_BYTES;
}

static int read_text(const json_t *o, const char *member, bool must, struct arena *a,
                     struct slice *out, struct err *err)
{
	struct slice s;
	const json_t *value = json_object_get(o, member);

	if (!value)
		return must ? bad(err, member, "is missing") : 0;
	s = json_text(value);
	if (!s.p || !is_line(s))
		return bad(err, member, "is not one line of 1 to 300 bytes");
	*out = arena_copy(a, s);
	return out->p ? 0 : no_memory(err);
}

static int read_flag(const json_t *o, const char *member, bool *out, struct err *err)
{
	const json_t *value = json_object_get(o, member);

	if (value && !json_is_boolean(value))
		return bad(err, member, "is neither true nor false");
	*out = json_is_true(value);
	return 0;
}

static int read_time(const json_t *o, const char *member, int64_t *out, struct err *err)
{
	struct slice s;
	int rc = json_need_str(o, member, &s, NULL);

	if (rc)
		return bad(err, member, "is missing, or no string");
	if (s.n != TIMESTAMP_LEN || timestamp_parse(s, out, NULL))
		return bad(err, member, "is not a time such as 2026-01-01T00:00:00Z");
	return 0;
}

/* A list of texts that `ok` takes; a list that is there has an element, and none twice. */
static int read_list(const json_t *o, const char *member, bool (*ok)(struct slice),
                     const char *what, struct arena *a, const struct slice **out, size_t *n,
                     struct err *err)
{
	const json_t *list = json_object_get(o, member);
	size_t count = json_array_size(list);
	struct slice *texts;

	if (!list)
		return 0;
	if (!json_is_array(list) || count == 0 || count > MANDATE_LIST_MAX)
		return bad(err, member, "is no list of 1 to 512 elements");
	if (!(texts = arena_array(a, count, sizeof(*texts))))
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct slice s = json_text(json_array_get(list, i));
		if (!s.p || !ok(s))
			return bad(err, member, what);
		for (size_t k = 0; k < i; k++)
			if (slice_eq(texts[k], s))
				return bad(err, member, "has an element twice");
		if (!(texts[i] = arena_copy(a, s)).p)
			return no_memory(err);
	}
	*out = texts;
	*n = count;
	return 0;
}

/* A list of words as bits. */
static int read_words(const json_t *o, const char *member, bool (*parse)(struct slice, unsigned *),
                      const char *what, uint32_t *out, struct err *err)
{
	const json_t *list = json_object_get(o, member);
	unsigned bit;

	if (!list)
		return 0;
	if (!json_is_array(list) || json_array_size(list) == 0)
		return bad(err, member, "is no list of at least one word");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct slice s = json_text(json_array_get(list, i));
		if (!s.p || !parse(s, &bit))
			return bad(err, member, what);
		if (*out >> bit & 1)
			return bad(err, member, "has a word twice");
		*out |= UINT32_C(1) << bit;
	}
	return 0;
}

static bool parse_to(struct slice word, unsigned *bit)
{
	enum notice_to to;

	if (!notice_to_parse(word, &to))
		return false;
	*bit = (unsigned)to;
	return true;
}

static bool parse_matter(struct slice word, unsigned *bit)
{
	enum notice_matter matter;

	if (!notice_matter_parse(word, &matter))
		return false;
	*bit = (unsigned)matter;
	return true;
}

static int known_members(const json_t *o, const char *const *known, struct err *err)
{
	const char *member;
	const json_t *value;

	json_object_foreach((json_t *)(uintptr_t)o, member, value) {
		size_t i = 0;
		while (known[i] && strcmp(known[i], member) != 0)
			i++;
		if (!known[i])
			return err_set(
				err, ERR_SYNTAX, 0,
				"mandate: unknown member '%.60s': it may be a limit that this "
				"program does not understand",
				member);
	}
	return 0;
}

static int read_scope(const json_t *o, struct arena *a, struct mandate_scope *out, struct err *err)
{
	static const char *const known[] = { "destinations", "groups", "recipients", "matters",
		                             NULL };
	struct mandate_scope s = { 0 };

	if (!json_is_object(o))
		return bad(err, "scope", "has an element that is no object");
	int rc = known_members(o, known, err);
	if (rc == 0)
		rc = read_list(o, "destinations", is_country,
		               "has something else than countries such as JP", a, &s.country,
		               &s.country_n, err);
	if (rc == 0)
		rc = read_list(o, "groups", is_name, "has something else than classes of drugs", a,
		               &s.group, &s.group_n, err);
	if (rc == 0)
		rc = read_words(o, "recipients", parse_to,
		                "has something else than kinds of recipient", &s.to, err);
	if (rc == 0)
		rc = read_words(o, "matters", parse_matter, "has something else than matters",
		                &s.matter, err);
	if (rc == 0)
		*out = s;
	return rc;
}

static int read_scopes(const json_t *o, struct arena *a, struct mandate *m, struct err *err)
{
	const json_t *list = json_object_get(o, "scope");
	size_t n = json_array_size(list);
	struct mandate_scope *scope;
	int rc = 0;

	if (!json_is_array(list) || n == 0 || n > MANDATE_LIST_MAX)
		return bad(err, "scope", "is no list of 1 to 512 elements: say what it is for");
	if (!(scope = arena_array(a, n, sizeof(*scope))))
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = read_scope(json_array_get(list, i), a, &scope[i], err);
	m->scope = scope;
	m->scope_n = n;
	return rc;
}

static int check_feed(struct slice feed, struct arena *a, struct err *err)
{
	struct url url;

	if (feed.n == 0)
		return 0;
	int rc = url_parse(feed, a, &url, NULL);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc || !slice_eq_str(url.scheme, "https") || !slice_eq(url.text, feed))
		return bad(err, "feed", "is no https address in normal form");
	return 0;
}

/* --- the whole -------------------------------------------------------------------------------- */

const char *const mandate_members[] = { "mandate", "issuer", "country", "holder", "designated",
	                               "private_delegate", "clauses", "offices", "scope", "from",
	                               "until", "feed", "document", NULL };

bool mandate_names_3_18_3(struct slice clause)
{
	return slice_find_slice(clause, SLICE("3.18.3")) < clause.n;
}

/* What holds between members. */
static int check_whole(struct mandate *m, struct arena *a, struct err *err)
{
	struct slice *office;

	if (!is_name(m->name))
		return bad(err, "mandate", "is no name of 1 to 64 of a-z, 0-9, '-', '_' and '.'");
	if (!is_country(m->issuer_country))
		return bad(err, "country", "is no country such as JP");
	if (m->from >= m->until)
		return bad(err, "until", "is not after from");
	for (size_t i = 0; i < m->clause_n; i++) {
		if (mandate_names_3_18_3(m->clause[i]) && !m->designated)
			return bad(err, "clauses",
			           "name RAA 3.18.3, which is for designated authorities: say "
			           "designated, or leave it out");
		if (slice_find_slice(m->clause[i], SLICE("3.18.2")) < m->clause[i].n)
			return bad(err, "clauses",
			           "name RAA 3.18.2, which is about DNS abuse and not about what a "
			           "page sells");
	}
	if (m->office_n == 0) {
		if (!(office = ARENA_NEW(a, struct slice)))
			return no_memory(err);
		*office = m->issuer_country;
		m->office = office;
		m->office_n = 1;
	}
	return check_feed(m->feed, a, err);
}

int mandate_read_members(const json_t *o, struct arena *a, struct mandate *out, struct err *err)
{
	struct mandate m = { .revoked_at = NOTICE_NEVER };
	struct slice document = { 0 };
	int rc = known_members(o, mandate_members, err);

	if (rc == 0)
		rc = read_text(o, "mandate", true, a, &m.name, err);
	if (rc == 0)
		rc = read_text(o, "issuer", true, a, &m.issuer, err);
	if (rc == 0)
		rc = read_text(o, "country", true, a, &m.issuer_country, err);
	if (rc == 0)
		rc = read_text(o, "holder", true, a, &m.holder, err);
	if (rc == 0)
		rc = read_flag(o, "designated", &m.designated, err);
	if (rc == 0)
		rc = read_flag(o, "private_delegate", &m.private_delegate, err);
	if (rc == 0)
		rc = read_list(o, "clauses", is_line, "has something else than lines of text", a,
		               &m.clause, &m.clause_n, err);
	if (rc == 0)
		rc = read_list(o, "offices", is_country,
		               "has something else than countries such as JP", a, &m.office,
		               &m.office_n, err);
	if (rc == 0)
		rc = read_scopes(o, a, &m, err);
	if (rc == 0)
		rc = read_time(o, "from", &m.from, err);
	if (rc == 0)
		rc = read_time(o, "until", &m.until, err);
	if (rc == 0)
		rc = read_text(o, "feed", false, a, &m.feed, err);
	if (rc == 0)
		rc = read_text(o, "document", false, a, &document, err);
	if (rc == 0 && document.n && evidence_address_parse(document, &m.document, NULL))
		rc = bad(err, "document", "is no address sha256:...");
	if (rc == 0)
		rc = check_whole(&m, a, err);
	if (rc == 0)
		*out = m;
	return rc;
}
