/* One file, one arena: a file that is refused gives its arena back, and the set never saw it. The
 * countries lie sorted in an array of their own, what they point into does not move.
 *
 * The reader is strict because nobody proofreads an address at the moment it is needed: a number
 * with letters, an address that is not https, a fact without a source are refused with their line. */
#include "model/contacts.h"

#include "base/arena.h"
#include "wire/timestamp.h"
#include "wire/url.h"
#include "wire/yaml.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 400,     /* bytes of a name, a sentence or a source: it stands on one page */
	DIGITS_MIN = 2,     /* 15, 17 and 18 are whole numbers in some countries */
	DIGITS_MAX = 15,    /* ITU-T E.164 section 6.1 */
	TELEPHONE_MAX = 32, /* bytes with its spaces */
};

/* The words of a source that nobody has looked up; such a contact carries no date. */
#define UNCHECKED "general knowledge, unchecked"

struct loaded {
	struct arena arena; /* of one file */
	struct slice country;
	const char *file;
};

struct contacts {
	struct contacts_country *country; /* sorted */
	struct loaded *loaded;            /* in the order they came */
	size_t n;
};

static const char *const kinds[] = {
	[CONTACT_REGISTER] = "register",   [CONTACT_REGULATOR] = "regulator",
	[CONTACT_POISON] = "poison",       [CONTACT_POLICE] = "police",
	[CONTACT_EMERGENCY] = "emergency",
};

int contacts_new(struct contacts **out, struct err *err)
{
	struct contacts *c = calloc(1, sizeof(*c));

	if (!c)
		return err_set(err, ERR_NOMEM, 0, "contacts: no memory");
	*out = c;
	return 0;
}

void contacts_free(struct contacts *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		arena_release(&c->loaded[i].arena);
	free(c->loaded);
	free(c->country);
	free(c);
}

/* --- one value -------------------------------------------------------------------------------- */

/* One line that can be shown as it is. */
static int read_text(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n == 0)
		return yaml_error(node, err, "%.*s is empty: write it, or leave the key out",
				  SLICE_ARG(node->key));
	if (s.n > TEXT_MAX)
		return yaml_error(node, err, "%.*s has %zu bytes, more than %d: shorten it",
				  SLICE_ARG(node->key), s.n, TEXT_MAX);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return yaml_error(node, err,
					  "%.*s has a line break or a control character: write it "
					  "on one line",
					  SLICE_ARG(node->key));
	*out = s;
	return 0;
}

static int read_kind(const struct yaml_node *node, enum contact_kind *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (slice_eq_str(s, kinds[i])) {
			*out = (enum contact_kind)i;
			return 0;
		}
	return yaml_error(node, err,
			  "kind is none of register, regulator, poison, police, emergency: '%.*s'",
			  SLICE_ARG(slice_sub(s, 0, 40)));
}

/* A page is linked to as it is written, so it is written the one way that we read it. */
static int read_url(const struct yaml_node *node, struct arena *arena, struct slice *out,
		    struct err *err)
{
	struct slice s;
	struct url url;
	struct err why;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	rc = url_parse(s, arena, &url, &why);
	if (rc == ERR_NOMEM)
		return err_set(err, rc, 0, "contacts: no memory");
	if (rc)
		return yaml_error(node, err, "url: %s", why.what);
	if (!slice_eq_str(url.scheme, "https"))
		return yaml_error(node, err, "url is not https: give an address that is, or none");
	if (url.had_userinfo || url.host_is_ip || url.port != 443)
		return yaml_error(node, err, "url has a user name, a port or a bare address: name "
					     "the public page");
	if (!slice_eq(url.text, s))
		return yaml_error(node, err, "url is not in normal form: write %.*s",
				  SLICE_ARG(slice_sub(url.text, 0, 160)));
	*out = s;
	return 0;
}

/* Digits as dialled, with spaces, hyphens or a pair of brackets between them; '+', '#' or '*' may
 * stand first. Letters are refused: not every keypad has them. */
static int read_telephone(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	size_t digits = 0;
	int open = 0;
	bool good;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	good = s.n > 0 && s.n <= TELEPHONE_MAX;
	for (size_t i = 0; good && i < s.n; i++) {
		char c = s.p[i];
		bool digit_follows = i + 1 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '9';
		bool bracket_follows = i + 1 < s.n && s.p[i + 1] == '(';
		if (c >= '0' && c <= '9')
			digits++;
		else if (c == '+' || c == '#' || c == '*')
			good = i == 0 && digit_follows;
		else if (c == '(')
			good = ++open == 1 && digit_follows;
		else if (c == ')')
			good = open == 1 && ++open == 2 && i + 1 < s.n;
		else
			good = (c == ' ' || c == '-') && i > 0 &&
			       (digit_follows || (c == ' ' && bracket_follows));
	}
	if (!good || open == 1 || digits < DIGITS_MIN || digits > DIGITS_MAX)
		return yaml_error(node, err,
				  "telephone is not %d to %d digits as dialled, such as 112, "
				  "#9110 or 0120-000-000: '%.*s'",
				  DIGITS_MIN, DIGITS_MAX, SLICE_ARG(slice_sub(s, 0, 40)));
	*out = s;
	return 0;
}

static int read_date(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int64_t t;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n != strlen("2026-11-22") || timestamp_parse(s, &t, NULL))
		return yaml_error(node, err, "%.*s is not a date of the form 2026-11-22: '%.*s'",
				  SLICE_ARG(node->key), SLICE_ARG(slice_sub(s, 0, 40)));
	*out = s;
	return 0;
}

static int read_country(const struct yaml_node *node, struct slice *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (s.n != 2 || s.p[0] < 'A' || s.p[0] > 'Z' || s.p[1] < 'A' || s.p[1] > 'Z')
		return yaml_error(node, err,
				  "country is not two capital letters of ISO 3166-1, such as JP: "
				  "'%.*s'",
				  SLICE_ARG(slice_sub(s, 0, 40)));
	if (slice_eq_str(s, "UK"))
		return yaml_error(node, err, "country UK: the code of ISO 3166-1 is GB");
	*out = s;
	return 0;
}

/* --- one contact, one file --------------------------------------------------------------------- */

/* What holds between the keys of one contact. */
static int check_whole(const struct yaml_node *map, const struct contact *c, struct err *err)
{
	bool unchecked = slice_eq_str(c->source, UNCHECKED);

	if (c->url.n == 0 && c->telephone.n == 0)
		return yaml_error(map, err, "neither url nor telephone: give one of them");
	if (c->kind == CONTACT_EMERGENCY && c->telephone.n == 0)
		return yaml_error(map, err, "telephone is missing: an emergency is called in");
	if (c->kind == CONTACT_REGISTER && c->url.n == 0)
		return yaml_error(map, err, "url is missing: a register is looked up in");
	if (c->checked.n == 0 && !unchecked)
		return yaml_error(map, err, "checked is missing: give the day the fact was seen, "
					    "or the source '" UNCHECKED "'");
	if (c->checked.n > 0 && unchecked)
		return yaml_error(map, err, "checked has a date, but source says that nobody "
					    "looked: name where the fact was seen");
	return 0;
}

static int read_contact(const struct yaml_node *map, struct arena *arena, struct contact *c,
			struct err *err)
{
	static const char *const known[] = { "kind",    "name_en", "name_local", "url", "telephone",
					     "says_en", "says_ja", "checked",    "source", NULL };
	const struct {
		const char *key;
		struct slice *to;
		bool may_lack;
	} texts[] = {
		{ "name_en", &c->name_en, false }, { "name_local", &c->name_local, true },
		{ "says_en", &c->says_en, false }, { "says_ja", &c->says_ja, false },
		{ "source", &c->source, false },
	};
	const struct yaml_node *node = NULL;
	int rc = yaml_expect(map, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(map, known, err);
	if (rc == 0)
		rc = yaml_need(map, "kind", &node, err);
	if (rc == 0)
		rc = read_kind(node, &c->kind, err);
	for (size_t i = 0; rc == 0 && i < sizeof(texts) / sizeof(texts[0]); i++) {
		node = yaml_get(map, texts[i].key);
		if (node)
			rc = read_text(node, texts[i].to, err);
		else if (!texts[i].may_lack)
			rc = yaml_need(map, texts[i].key, &node, err);
	}
	if (rc == 0 && (node = yaml_get(map, "url")))
		rc = read_url(node, arena, &c->url, err);
	if (rc == 0 && (node = yaml_get(map, "telephone")))
		rc = read_telephone(node, &c->telephone, err);
	if (rc == 0 && (node = yaml_get(map, "checked")))
		rc = read_date(node, &c->checked, err);
	return rc ? rc : check_whole(map, c, err);
}

static int read_file(const struct yaml_node *root, struct arena *arena,
		     struct contacts_country *out, struct err *err)
{
	static const char *const known[] = { "country", "contacts", NULL };
	const struct yaml_node *country = NULL, *list = NULL;
	struct contact *contact = NULL;
	int rc = yaml_known_keys(root, known, err);

	if (rc == 0)
		rc = yaml_need(root, "country", &country, err);
	if (rc == 0)
		rc = read_country(country, &out->country, err);
	if (rc == 0)
		rc = yaml_need(root, "contacts", &list, err);
	if (rc == 0)
		rc = yaml_expect(list, YAML_SEQUENCE, err);
	if (rc == 0 && list->n == 0)
		rc = yaml_error(list, err, "contacts is empty: name one, or remove the file");
	if (rc == 0 && !(contact = arena_array(arena, list->n, sizeof(*contact))))
		rc = err_set(err, ERR_NOMEM, 0, "contacts: no memory");
	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		rc = read_contact(&list->item[i], arena, &contact[i], err);
		for (size_t k = 0; rc == 0 && k < i; k++)
			if (contact[k].kind == contact[i].kind &&
			    slice_eq(contact[k].url, contact[i].url) &&
			    slice_eq(contact[k].telephone, contact[i].telephone))
				rc = yaml_error(&list->item[i], err,
						"the same kind, url and telephone as in line %u: "
						"remove one",
						list->item[k].line);
	}
	if (rc == 0) {
		out->contact = contact;
		out->n = list->n;
	}
	return rc;
}

/* --- the set ----------------------------------------------------------------------------------- */

/* Room for one more; what is there stays where readers found it only until the next add. */
static int grow(struct contacts *c, struct err *err)
{
	struct contacts_country *country = realloc(c->country, (c->n + 1) * sizeof(*country));

	if (country)
		c->country = country;
	struct loaded *loaded = realloc(c->loaded, (c->n + 1) * sizeof(*loaded));
	if (loaded)
		c->loaded = loaded;
	return country && loaded ? 0 : err_set(err, ERR_NOMEM, 0, "contacts: no memory");
}

static int compare(const void *a, const void *b)
{
	const struct contacts_country *x = a, *y = b;
	return slice_cmp(x->country, y->country);
}

int contacts_add(struct contacts *c, struct slice text, const char *file, struct err *err)
{
	const struct yaml_node *root = NULL;
	struct contacts_country one = { 0 };
	struct arena arena = { 0 };
	int rc = yaml_parse(text, file, &arena, &root, err);

	if (rc == 0)
		rc = yaml_expect(root, YAML_MAPPING, err);
	if (rc == 0)
		rc = read_file(root, &arena, &one, err);
	for (size_t i = 0; rc == 0 && i < c->n; i++)
		if (slice_eq(c->loaded[i].country, one.country))
			rc = yaml_error(yaml_get(root, "country"), err,
					"%.*s is in %s already: one file a country",
					SLICE_ARG(one.country), c->loaded[i].file);
	if (rc == 0)
		rc = grow(c, err);
	if (rc) {
		arena_release(&arena);
		return rc;
	}
	c->loaded[c->n] = (struct loaded){ arena, one.country, root->file };
	c->country[c->n] = one;
	c->n++;
	qsort(c->country, c->n, sizeof(one), compare);
	return 0;
}

const struct contacts_country *contacts_find(const struct contacts *c, struct slice country)
{
	struct contacts_country key = { .country = country };

	return c->n ? bsearch(&key, c->country, c->n, sizeof(key), compare) : NULL;
}

const struct contacts_country *contacts_all(const struct contacts *c, size_t *n)
{
	*n = c->n;
	return c->country;
}
