#include "cmd/collect_input.h"

#include "cmd/hash_key.h"
#include "collect/order.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

static int add(struct collect_input *in, struct subject s, struct err *err)
{
	if (order_host(&s).n == 0) {
		in->nameless++;
		return 0;
	}
	char *key =
		arena_printf(&in->arena, "%s %.*s", subject_kind_name(s.kind), SLICE_ARG(s.key));
	struct table_entry *e = key ? table_put(&in->seen, slice_str(key)) : NULL;
	if (!e)
		return no_memory(err);
	if (e->value)
		return 0;
	e->value = in;
	if (in->n == in->cap) {
		size_t cap = in->cap ? in->cap * 2 : 64;
		struct subject *more = reallocarray(in->subject, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		in->subject = more;
		in->cap = cap;
	}
	/* The key, behind the word of its kind. */
	in->subject[in->n++] = (struct subject){ s.kind, slice_str(key + (e->key.n - s.key.n)) };
	return 0;
}

static int take_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct collect_input *in = ctx;
	int rc = add(in, subject_of_name(name, in->suffixes), err);

	(void)w;
	return rc < 0 ? rc : 1;
}

static int take_record(void *ctx, const struct record *r, const struct intake_where *w,
                       struct err *err)
{
	struct subject s;

	(void)w;
	if (!r->has_subject)
		return 0;
	s = r->subject;
	return add(ctx, s, err);
}

int collect_input_read(struct collect_input *in, const struct log *log, int argc, char **argv,
                       int64_t at, struct err *err)
{
	static char standard_input[] = "-";
	char *one[] = { standard_input };
	char **path = argc ? argv : one;
	int n = argc ? argc : 1;
	struct intake intake = { .suffixes = in->suffixes,
		                 .log = log,
		                 .at = at,
		                 .sink = { .ctx = in, .name = take_name, .record = take_record } };
	int rc = hash_key_random(&in->seen.key, err);

	for (int i = 0; rc == 0 && i < n; i++) {
		uint64_t bytes = 0;
		rc = intake_size(path[i], &bytes, err);
	}
	for (int i = 0; rc == 0 && i < n; i++)
		rc = intake_path(&intake, path[i], err);
	return rc;
}

void collect_input_release(struct collect_input *in)
{
	free(in->subject);
	table_release(&in->seen);
	arena_release(&in->arena);
}
