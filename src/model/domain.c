/* libpsl answers "is this a public suffix" for one name and one section at a time; the longest
 * suffix is found by asking from the longest candidate on. */
#include "model/domain.h"

#include "base/arena.h"
#include "base/table.h"
#include "wire/dname.h"

#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

/* The longest rules of the list have five labels; a longer candidate need not be asked about. */
enum { SUFFIX_LABELS = 8 };

struct suffixes {
	psl_ctx_t *loaded; /* owned; NULL when the built-in list is in use */
	const psl_ctx_t *list;
	struct table platform;
	struct slice text; /* of the list; empty when the built-in one is in use */
	struct arena arena; /* keys of .platform, text */
	struct sha256 digest;
};

static int by_bytes(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static int add_platforms(struct suffixes *s, const struct slice *platforms, size_t n,
                         struct sha256_stream *h, struct err *err)
{
	struct slice *sorted = arena_array(&s->arena, n, sizeof(*sorted));

	if (!sorted)
		return err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	for (size_t i = 0; i < n; i++) {
		struct dname d;
		int rc = dname_parse(platforms[i], &d, err);
		if (rc < 0) {
			if (err)
				err->at = i;
			return err ? err_wrap(err, "platform %zu", i + 1) : rc;
		}
		sorted[i] = arena_copy(&s->arena, dname_slice(&d));
		if (!sorted[i].p || !table_put(&s->platform, sorted[i]))
			return err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	}
	qsort(sorted, n, sizeof(*sorted), by_bytes);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && slice_eq(sorted[i], sorted[i - 1]))
			continue;
		sha256_add(h, sorted[i]);
		sha256_add(h, SLICE("\n"));
	}
	return 0;
}

static int load(struct suffixes *s, struct slice list, struct err *err)
{
	/* fmemopen takes no const, and only reads in mode "r". */
	FILE *f = fmemopen((void *)(uintptr_t)list.p, list.n, "r");

	if (!f)
		return err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	s->loaded = psl_load_fp(f);
	fclose(f);
	s->list = s->loaded;
	if (!s->loaded || psl_suffix_count(s->loaded) <= 0)
		return err_set(err, ERR_SYNTAX, 0, "suffixes: no rule in the list");
	return 0;
}

int suffixes_new(struct slice list, const struct slice *platforms, size_t n, struct suffixes **out,
                 struct err *err)
{
	struct suffixes *s = calloc(1, sizeof(*s));
	struct sha256_stream *h = sha256_new();
	int rc = s && h ? 0 : err_set(err, ERR_NOMEM, 0, "suffixes: no memory");

	if (!rc && list.n) {
		sha256_add(h, list);
		s->text = arena_copy(&s->arena, list);
		rc = s->text.p ? load(s, list, err)
		               : err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	} else if (!rc) {
		s->list = psl_builtin();
		if (!s->list)
			rc = err_set(err, ERR_SYNTAX, 0, "suffixes: libpsl has no built-in list");
		else
			sha256_add(h, slice_str(psl_builtin_sha1sum()));
	}
	if (!rc)
		rc = add_platforms(s, platforms, n, h, err);
	if (h) {
		struct sha256 digest = sha256_end(h);
		if (s)
			s->digest = digest;
	}
	if (!rc) {
		*out = s;
		return 0;
	}
	suffixes_free(s);
	return rc;
}

void suffixes_free(struct suffixes *s)
{
	if (!s)
		return;
	psl_free(s->loaded);
	table_release(&s->platform);
	arena_release(&s->arena);
	free(s);
}

struct sha256 suffixes_digest(const struct suffixes *s)
{
	return s->digest;
}

/* From one label before the end part (or the whole when there is none) to the end of name. */
static struct slice with_one_label(struct slice name, struct slice part)
{
	if (part.n == 0 || part.n == name.n)
		return (struct slice){ name.p, 0 };
	size_t at = name.n - part.n - 1; /* of the dot */
	while (at > 0 && name.p[at - 1] != '.')
		at--;
	return slice_sub(name, at, name.n);
}

struct domain domain_of(const struct suffixes *s, struct slice name)
{
	struct domain d = { .name = name };
	char text[DNAME_MAX + 1];
	size_t start[SUFFIX_LABELS], n = 0; /* starts of the last labels, last one first */

	if (name.n == 0 || name.n > DNAME_MAX)
		return d;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	for (size_t at = name.n; at > 0 && n < SUFFIX_LABELS; at--)
		if (at == 1 || name.p[at - 2] == '.')
			start[n++] = at - 1;
	for (size_t i = n; i > 0 && !d.suffix.n; i--)
		if (i == 1 || (s && psl_is_public_suffix2(s->list, text + start[i - 1],
		                                          PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE)))
			d.suffix = slice_sub(name, start[i - 1], name.n);
	for (size_t i = n; s && i > 0 && !d.platform.n; i--) {
		struct slice candidate = slice_sub(name, start[i - 1], name.n);
		if (candidate.n <= d.suffix.n)
			break; /* a private rule that is no longer than the registry's */
		if (psl_is_public_suffix2(s->list, candidate.p - name.p + text,
		                          PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE))
			d.platform = candidate;
	}
	/* The configuration's may have any number of labels. */
	for (struct slice at = name; s && s->platform.n && at.n > d.platform.n && at.n > d.suffix.n;
	     at = dname_parent(at))
		if (table_find(&s->platform, at)) {
			d.platform = at;
			break;
		}
	d.registrable = with_one_label(name, d.suffix);
	d.tenant = with_one_label(name, d.platform);
	return d;
}

struct slice domain_site(const struct domain *d)
{
	return d->tenant.n ? d->tenant : d->registrable.n ? d->registrable : d->name;
}

/* ---- the rules, one by one ---- */

struct suffix_rules {
	struct suffix_rule *rule; /* by_labels */
	size_t n;
	struct table seen;
	struct arena arena;
};

/* By labels from the right, so that what lies below a name stands behind it: a dot sorts before
 * every letter. */
static int by_labels(const void *a, const void *b)
{
	struct slice x = ((const struct suffix_rule *)a)->name;
	struct slice y = ((const struct suffix_rule *)b)->name;
	size_t i = 1;

	while (i <= x.n && i <= y.n && x.p[x.n - i] == y.p[y.n - i])
		i++;
	if (i > x.n || i > y.n)
		return (int)(i <= x.n) - (int)(i <= y.n);
	char p = x.p[x.n - i], q = y.p[y.n - i];
	return p == '.' ? -1 : q == '.' ? 1 : p < q ? -1 : 1;
}

static size_t labels_of(struct slice name)
{
	size_t n = 1;

	for (size_t i = 0; i < name.n; i++)
		n += name.p[i] == '.';
	return n;
}

/* What libpsl says of a name, in the flags of the name itself. */
static unsigned ask(const struct suffixes *s, const char *name, size_t labels)
{
	unsigned flags = 0;

	if (labels > SUFFIX_LABELS)
		return 0; /* domain_of asks about no longer ones */
	if (labels == 1 || psl_is_public_suffix2(s->list, name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
		flags |= SUFFIX_ICANN;
	if (labels > 1 && psl_is_public_suffix2(s->list, name, PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE))
		flags |= SUFFIX_PLATFORM;
	return flags;
}

static int add_rule(struct suffix_rules *r, struct slice spelled, struct err *err)
{
	struct dname d;

	/* A rule that is no name cannot be a name's suffix. */
	if (dname_parse(spelled, &d, NULL) < 0)
		return 0;
	if (table_find(&r->seen, dname_slice(&d)))
		return 0;
	struct slice name = arena_copy(&r->arena, dname_slice(&d));
	if (!name.p || !table_put(&r->seen, name))
		return err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	return 0;
}

/* The names that the lines of a list speak of, without "!" and "*.": what holds of them is asked. */
static int add_lines(struct suffix_rules *r, struct slice text, struct err *err)
{
	struct slice line;
	int rc = 0;

	while (rc == 0 && slice_cut(&text, '\n', &line)) {
		line = slice_trim(line);
		size_t end = 0;
		while (end < line.n && !ascii_space(line.p[end]))
			end++;
		line = slice_sub(line, 0, end);
		if (line.n == 0 || (line.n >= 2 && line.p[0] == '/' && line.p[1] == '/'))
			continue;
		if (line.p[0] == '!')
			line = slice_sub(line, 1, line.n);
		else if (line.n >= 2 && line.p[0] == '*' && line.p[1] == '.')
			line = slice_sub(line, 2, line.n);
		rc = add_rule(r, line, err);
	}
	return rc;
}

/* A name one label longer that has no rule of its own shows whether a wildcard holds. */
static unsigned ask_below(const struct suffixes *s, const struct suffix_rules *r, struct slice name)
{
	char probe[DNAME_MAX + 16];
	unsigned turn = 0;
	int n;

	do {
		n = snprintf(probe, sizeof(probe), "n%u.%.*s", turn++, SLICE_ARG(name));
	} while (table_find(&r->seen, slice_from(probe, (size_t)n)));
	return ask(s, probe, labels_of(name) + 1);
}

int suffix_rules_new(const struct suffixes *s, struct suffix_rules **out, struct err *err)
{
	struct suffix_rules *r = calloc(1, sizeof(*r));
	int rc = r ? 0 : err_set(err, ERR_NOMEM, 0, "suffixes: no memory");

	if (rc == 0 && s->text.n == 0)
		rc = err_set(err, ERR_REFUSED, 0, "suffixes: the built-in list cannot be walked");
	if (rc == 0)
		rc = add_lines(r, s->text, err);
	for (size_t i = 0; rc == 0 && i < s->platform.n; i++)
		rc = add_rule(r, s->platform.entry[i].key, err);
	if (rc == 0) {
		r->rule = arena_array(&r->arena, r->seen.n, sizeof(*r->rule));
		if (!r->rule)
			rc = err_set(err, ERR_NOMEM, 0, "suffixes: no memory");
	}
	for (size_t i = 0; rc == 0 && i < r->seen.n; i++) {
		struct slice name = r->seen.entry[i].key;
		unsigned below = ask_below(s, r, name);
		r->rule[i] = (struct suffix_rule){ name, ask(s, name.p, labels_of(name)) };
		if (table_find(&s->platform, name))
			r->rule[i].flags |= SUFFIX_PLATFORM;
		r->rule[i].flags |= below & SUFFIX_ICANN ? SUFFIX_BELOW_ICANN : 0;
		r->rule[i].flags |= below & SUFFIX_PLATFORM ? SUFFIX_BELOW_PLATFORM : 0;
		r->n++;
	}
	if (rc) {
		suffix_rules_free(r);
		return rc;
	}
	qsort(r->rule, r->n, sizeof(*r->rule), by_labels);
	*out = r;
	return 0;
}

void suffix_rules_free(struct suffix_rules *r)
{
	if (!r)
		return;
	table_release(&r->seen);
	arena_release(&r->arena);
	free(r);
}

size_t suffix_rules_under(const struct suffix_rules *r, struct slice name,
                          const struct suffix_rule **first)
{
	struct suffix_rule sought = { name, 0 };
	size_t low = 0, high = r->n, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (by_labels(&r->rule[mid], &sought) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + n < r->n && dname_is_under(r->rule[low + n].name, name))
		n++;
	*first = r->rule + low;
	return n;
}
