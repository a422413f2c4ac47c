#include "cmd/inquiry.h"

static bool is_listed(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->row[i].standing->state == STATE_LISTED)
			return true;
	return false;
}

int inquiry_load(struct store *store, const struct suffixes *suffixes, struct slice text,
                 enum view_depth depth, struct inquiry *out, struct err *err)
{
	struct subject *chain = NULL;
	size_t n = 0;

	*out = (struct inquiry){ 0 };
	int rc = subject_parse(text, suffixes, &out->arena, &out->asked, err);
	if (rc == 0)
		rc = subject_chain(out->asked, suffixes, &out->arena, &chain, &n, err);
	if (rc)
		return rc;
	out->view = arena_array(&out->arena, n, sizeof(*out->view));
	if (!out->view)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	/* Never a platform's other tenants: the chain ends at the site. */
	for (size_t i = 0; i < n; i++) {
		struct view *v = &out->view[out->n];
		rc = view_load(store, chain[i], suffixes, depth, &out->arena, v, err);
		if (rc == 0 && v->n && (out->n == 0 || is_listed(v))) {
			out->n++;
			continue;
		}
		view_release(v);
		if (rc)
			return rc;
	}
	return 0;
}

void inquiry_release(struct inquiry *q)
{
	for (size_t i = 0; i < q->n; i++)
		view_release(&q->view[i]);
	arena_release(&q->arena);
	*q = (struct inquiry){ 0 };
}
