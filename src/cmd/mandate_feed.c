#include "cmd/mandate_feed.h"

#include "cmd/notices.h"
#include "wire/json.h"
#include "wire/timestamp.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Citations of the drafted record: what a notice says that it rests on. */
static int law_json(struct store *store, const struct notice_file *f, json_t **out, struct err *err)
{
	struct arena a = { 0 };
	struct store_record r;
	json_t *body = NULL, *list = json_array();
	int rc = store_get_record(store, f->id, &a, &r, err), failed = list ? 0 : -1;

	if (rc == 0)
		rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	const json_t *law = json_arr(body, "law");
	for (size_t i = 0; rc == 0 && i < json_array_size(law); i++)
		failed |= json_add_str(list, json_str(json_array_get(law, i), "cite"));
	json_decref(body);
	arena_release(&a);
	if (rc == 0 && failed)
		rc = no_memory(err);
	if (rc)
		json_decref(list);
	else
		*out = list;
	return rc;
}

static json_t *recipient_json(const struct notice_file *f)
{
	json_t *o = json_object();

	if ((json_put_str(o, "kind", slice_str(notice_to_name(f->to))) |
	     json_put_str(o, "name", f->party_name)) == 0)
		return o;
	json_decref(o);
	return NULL;
}

/* Whose site is misused has done nothing: its name is no matter of a public list. */
static json_t *subjects_json(const struct notice_file *f)
{
	json_t *o = json_object(), *keys = json_array();
	int failed = json_put_i64(o, "count", (int64_t)f->line_n);

	for (size_t i = 0; i < f->line_n; i++)
		failed |= json_add_str(keys, f->line[i].subject.key);
	if (f->matter != MATTER_COMPROMISED)
		failed |= json_put_new(o, "keys", json_incref(keys));
	json_decref(keys);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *outcomes_json(const struct notice_file *f)
{
	int64_t count[NOTICE_OUTCOMES] = { 0 };
	json_t *o = json_object();
	int failed = 0;

	for (size_t i = 0; i < f->line_n; i++)
		count[f->line[i].outcome]++;
	for (size_t i = 0; i < NOTICE_OUTCOMES; i++)
		if (count[i])
			failed |= json_put_i64(o, notice_outcome_name((enum notice_outcome)i),
			                       count[i]);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static int put_line(struct store *store, const struct notice_file *f, struct buf *out,
                    struct err *err)
{
	char sent[TIMESTAMP_SIZE];
	json_t *o = json_object(), *law = NULL;
	int rc = law_json(store, f, &law, err), failed = 0;

	if (rc) {
		json_decref(o);
		return rc;
	}
	timestamp_format(f->sent_at, sent);
	failed |= json_put_str(o, "mandate", f->mandate);
	failed |= json_put_str(o, "reference", f->reference);
	failed |= json_put_str(o, "purpose", slice_str(notice_purpose_name(f->purpose)));
	failed |= json_put_str(o, "matter", slice_str(notice_matter_name(f->matter)));
	failed |= json_put_str(o, "action", slice_str(notice_action_name(f->action)));
	failed |= json_put_str(o, "state", slice_str(notice_state_name(f->state)));
	failed |= json_put_str(o, "sent", slice_str(sent));
	failed |= json_put_new(o, "law", law);
	failed |= json_put_new(o, "recipient", recipient_json(f));
	failed |= json_put_new(o, "subjects", subjects_json(f));
	failed |= json_put_new(o, "outcomes", outcomes_json(f));
	/* The case of one site is named by that site. */
	if (f->matter != MATTER_COMPROMISED)
		failed |= json_put_str(o, "case", f->case_name);
	rc = failed ? no_memory(err) : json_canonical(o, out, err);
	buf_putc(out, '\n');
	json_decref(o);
	return rc ? rc : buf_ok(out) ? 0 : no_memory(err);
}

static int compare(const void *a, const void *b)
{
	const struct notice_file *const *x = a, *const *y = b;

	if ((*x)->sent_at != (*y)->sent_at)
		return (*x)->sent_at < (*y)->sent_at ? -1 : 1;
	return slice_cmp((*x)->reference, (*y)->reference);
}

int mandate_feed(struct store *store, struct slice mandate, struct buf *out, size_t *n,
                 struct err *err)
{
	struct arena a = { 0 };
	struct notice_file *list = NULL;
	const struct notice_file **left = NULL;
	size_t count = 0, found = 0;
	int rc = notices_load(store, &a, &list, &count, err);

	if (rc == 0 && !(left = arena_array(&a, count, sizeof(const struct notice_file *))))
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (slice_eq(list[i].mandate, mandate) && list[i].sent_at != NOTICE_NEVER)
			left[found++] = &list[i];
	if (rc == 0 && found)
		qsort(left, found, sizeof(const struct notice_file *), compare);
	for (size_t i = 0; rc == 0 && i < found; i++)
		rc = put_line(store, left[i], out, err);
	if (rc == 0)
		*n = found;
	arena_release(&a);
	return rc;
}
