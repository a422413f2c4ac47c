#include "cmd/link_shared.h"

#include "cmd/link_table.h"
#include "wire/ip.h"

#include <stdlib.h>

/* A prefix of addresses, the end of a name (".example"), or, with '*' behind it, a part of a name
 * (".awsdns-*"). */
struct link_shared_row {
	enum signal_kind kind;
	struct slice pattern;
	bool is_prefix;
	struct ip_prefix prefix;
	const char *why;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

static int add_row(void *ctx, struct slice line, struct err *err)
{
	struct link_shared *s = ctx;
	struct slice kind = link_table_cell(&line), pattern = link_table_cell(&line);
	struct slice why = link_table_cell(&line);
	struct link_shared_row row = { 0 };

	if (!signal_of(kind, &row.kind))
		return err_set(err, ERR_SYNTAX, 0, "'%.*s' is no kind of attribute",
		               SLICE_ARG(kind));
	if (pattern.n == 0 || why.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "a row has a kind, a value and why");
	row.is_prefix = ip_prefix_parse(pattern, &row.prefix, NULL) == 0;
	row.pattern = arena_copy(&s->arena, pattern);
	row.why = arena_copy(&s->arena, why).p;
	if (!row.pattern.p || !row.why)
		return no_memory(err);
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 128;
		struct link_shared_row *more = realloc(s->row, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		s->row = more;
		s->cap = cap;
	}
	s->row[s->n++] = row;
	return 0;
}

int link_shared_load(struct link_shared *s, const char *path, struct err *err)
{
	return link_table_read(path, "kind\tvalue\twhy", NULL, add_row, s, err);
}

static bool is_shared(const struct link_shared_row *s, enum signal_kind kind, struct slice value)
{
	struct ip ip;

	if (s->kind != kind)
		return false;
	if (s->is_prefix)
		return ip_parse(value, &ip, NULL) == 0 && ip_prefix_holds(&s->prefix, &ip);
	if (slice_ends(s->pattern, SLICE("*")))
		return slice_find_slice(value, slice_sub(s->pattern, 0, s->pattern.n - 1)) <
		       value.n;
	return slice_ends(value, s->pattern) ||
	       (s->pattern.p[0] == '.' && slice_eq(value, slice_sub(s->pattern, 1, s->pattern.n)));
}

const char *link_shared_why(const struct link_shared *s, enum signal_kind kind, struct slice value)
{
	for (size_t i = 0; i < s->n; i++)
		if (is_shared(&s->row[i], kind, value))
			return s->row[i].why;
	return NULL;
}

void link_shared_release(struct link_shared *s)
{
	free(s->row);
	arena_release(&s->arena);
	*s = (struct link_shared){ 0 };
}
