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
	struct arena arena; /* keys of .platform */
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
		rc = load(s, list, err);
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
		if (i == 1 || psl_is_public_suffix2(s->list, text + start[i - 1],
		                                    PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE))
			d.suffix = slice_sub(name, start[i - 1], name.n);
	for (size_t i = n; i > 0 && !d.platform.n; i--) {
		struct slice candidate = slice_sub(name, start[i - 1], name.n);
		if (candidate.n <= d.suffix.n)
			break; /* a private rule that is no longer than the registry's */
		if (psl_is_public_suffix2(s->list, candidate.p - name.p + text,
		                          PSL_TYPE_PRIVATE | PSL_TYPE_NO_STAR_RULE))
			d.platform = candidate;
	}
	/* The configuration's may have any number of labels. */
	for (struct slice at = name; s->platform.n && at.n > d.platform.n && at.n > d.suffix.n;
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
