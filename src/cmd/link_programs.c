#include "cmd/link_programs.h"

#include "sys/file.h"

#include <stdlib.h>

enum { FILE_MAX = 1 << 20 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

static int check_shared(const struct link_programs *p, const struct link_shared *shared,
                        struct err *err)
{
	const struct program *one;

	for (size_t i = 0; (one = programs_at(p->set, i)); i++) {
		for (size_t k = 0; k < one->mark_n; k++) {
			const struct program_mark *m = &one->mark[k];
			const char *why =
				m->is_phrase ? NULL : link_shared_why(shared, m->kind, m->value);
			if (why)
				return err_set(err, ERR_SYNTAX, m->line,
				               "%s:%u: '%.*s' is no mark: %s", one->file, m->line,
				               SLICE_ARG(m->shown), why);
		}
	}
	return 0;
}

int link_programs_load(struct link_programs *p, const char *folder, const struct suffixes *suffixes,
                       const struct link_shared *shared, struct err *err)
{
	struct arena a = { 0 };
	char **name = NULL;
	size_t n = 0;
	int rc = file_list(folder, &name, &n, err);

	if (rc == 0)
		rc = programs_new(&p->set, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct slice base = slice_str(name[i]);
		struct buf text = { 0 };
		if (!slice_ends(base, SLICE(".yaml")))
			continue;
		const char *path = arena_printf(&a, "%s/%s", folder, name[i]);
		rc = path ? file_read(path, FILE_MAX, &text, err) : no_memory(err);
		if (rc == 0)
			rc = programs_add(p->set, buf_slice(&text), path, suffixes, err);
		buf_release(&text);
	}
	file_list_free(name, n);
	arena_release(&a);
	return rc ? rc : check_shared(p, shared, err);
}

struct taking {
	struct link_programs *p;
	const struct record *r;
	uint32_t domain;
};

static int take_sign(void *ctx, const struct program_sign *sign, struct err *err)
{
	struct taking *t = ctx;
	struct link_programs *p = t->p;

	if (p->sign_n == p->sign_cap) {
		size_t cap = p->sign_cap ? p->sign_cap * 2 : 64;
		struct link_sign *more = realloc(p->sign, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		p->sign = more;
		p->sign_cap = cap;
	}
	struct link_sign *s = &p->sign[p->sign_n];
	*s = (struct link_sign){ t->domain, sign->mark, arena_copy(&p->arena, sign->evidence),
		                 arena_copy(&p->arena, sign->quote), t->r->id };
	if (!s->evidence.p || !s->quote.p)
		return no_memory(err);
	p->sign_n++;
	return 0;
}

int link_programs_take(struct link_programs *p, const struct record *r, uint32_t domain,
                       const struct suffixes *suffixes, struct err *err)
{
	struct taking t = { p, r, domain };
	struct arena a = { 0 };
	int rc = p->set ? program_signs_of(r, p->set, suffixes, &a, take_sign, &t, err) : 0;

	arena_release(&a);
	return rc;
}

/* Of a mark that several records show the one that has a page counts first, then the lowest id. */
static int compare_sign(const void *a, const void *b)
{
	const struct link_sign *x = a, *y = b;
	int c;

	if (x->domain != y->domain)
		return x->domain < y->domain ? -1 : 1;
	if (x->mark != y->mark) {
		c = slice_cmp(x->mark->program->id, y->mark->program->id);
		return c ? c : x->mark < y->mark ? -1 : 1;
	}
	if (!x->evidence.n != !y->evidence.n)
		return x->evidence.n ? -1 : 1;
	c = memcmp(&x->record, &y->record, sizeof(x->record));
	return c ? c : slice_cmp(x->quote, y->quote);
}

static void keep_each_once(struct link_programs *p)
{
	size_t kept = 0;

	if (p->sign_n)
		qsort(p->sign, p->sign_n, sizeof(*p->sign), compare_sign);
	for (size_t i = 0; i < p->sign_n; i++) {
		const struct link_sign *s = &p->sign[i];
		if (kept && p->sign[kept - 1].domain == s->domain &&
		    p->sign[kept - 1].mark == s->mark)
			continue;
		p->sign[kept++] = *s;
	}
	p->sign_n = kept;
}

static int make_one(struct link_programs *p, size_t from, size_t to, struct err *err)
{
	const struct program_mark **mark = malloc((to - from) * sizeof(*mark));

	if (!mark)
		return no_memory(err);
	for (size_t i = from; i < to; i++)
		mark[i - from] = p->sign[i].mark;
	p->made[p->made_n++] =
		(struct link_attribution){ p->sign[from].domain, p->sign[from].mark->program,
		                           attribution_grade(mark, to - from), &p->sign[from],
		                           to - from };
	free(mark);
	return 0;
}

static void refuse_contested(struct link_programs *p)
{
	for (size_t i = 0, end; i < p->made_n; i = end) {
		size_t attributed = 0;
		for (end = i; end < p->made_n && p->made[end].domain == p->made[i].domain; end++)
			attributed += p->made[end].grade == ATTRIBUTION_MADE;
		for (size_t k = i; k < end && attributed > 1; k++)
			p->made[k].grade = ATTRIBUTION_GUESS;
	}
}

int link_programs_settle(struct link_programs *p, const uint32_t *number, const uint8_t *apart,
                         struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < p->sign_n; i++)
		p->sign[i].domain = number[p->sign[i].domain];
	keep_each_once(p);
	free(p->made);
	p->made_n = 0;
	p->made = malloc((p->sign_n + 1) * sizeof(*p->made));
	if (!p->made)
		return no_memory(err);
	for (size_t i = 0, end; i < p->sign_n && rc == 0; i = end) {
		const struct link_sign *s = &p->sign[i];
		for (end = i; end < p->sign_n && p->sign[end].domain == s->domain &&
		              p->sign[end].mark->program == s->mark->program;)
			end++;
		if (!apart[s->domain])
			rc = make_one(p, i, end, err);
	}
	refuse_contested(p);
	return rc;
}

const struct link_attribution *link_programs_of(const struct link_programs *p, uint32_t domain,
                                                size_t *n)
{
	size_t from = 0, to = p->made_n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (p->made[middle].domain < domain)
			from = middle + 1;
		else
			to = middle;
	}
	for (to = from; to < p->made_n && p->made[to].domain == domain;)
		to++;
	*n = to - from;
	return p->made + from;
}

void link_programs_release(struct link_programs *p)
{
	programs_free(p->set);
	free(p->sign);
	free(p->made);
	arena_release(&p->arena);
	*p = (struct link_programs){ 0 };
}
