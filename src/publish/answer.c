/* An answer is built up, never cut down: each function below takes over the fields that it names.
 *
 *   view cell            told as
 *   listed               class, decision, the findings it rested on up to its class, ground
 *   corrected            class, decision and correction; no finding: it was taken back
 *   ended                class, decision; no finding: it was about somebody else's registration
 *   pending              unverified, pending; nothing more
 *   legitimate           with the register's row
 *   dismissed            its class alone: that it was ever suspected is nobody's business
 *   any other            its class; for out_of_scope the reason */
#include "publish/answer.h"

/* Take over members as they are; values of other types than wanted were never made by a view. */
static int take(json_t *to, const json_t *from, const char *const *names)
{
	for (; *names; names++) {
		json_t *value = json_object_get(from, *names);
		if (value && json_put_new(to, *names, json_incref(value)))
			return ERR_NOMEM;
	}
	return 0;
}

static json_t *copy(const json_t *from, const char *const *names)
{
	json_t *o = json_object();

	if (o && take(o, from, names)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *list_of(const json_t *array, json_t *(*each)(const json_t *));

static json_t *matched_of(const json_t *m)
{
	static const char *const fields[] = { "start",    "end",       "words",  "phrase",
		                              "language", "substance", "supply", "price", NULL };
	return copy(m, fields);
}

static json_t *quotation_of(const json_t *q)
{
	static const char *const fields[] = { "quote",    "url",  "at",        "vantage", "evidence",
		                              "start",    "end",  "text",      "extractor", NULL };
	json_t *o = copy(q, fields);

	if (o && json_array_size(json_arr(q, "matched")) &&
	    json_put_new(o, "matched", list_of(json_arr(q, "matched"), matched_of))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *register_of(const json_t *row)
{
	static const char *const fields[] = { "authority", "country", "number", NULL };

	/* Not the name on the licence: it may be a natural person's (DESIGN, rule 14). */
	return copy(row, fields);
}

/* Whether a quotation names a natural person, or may: it is never published (DESIGN, rule 14). */
static bool is_restricted(const json_t *item)
{
	return json_is_true(json_object_get(item, "restricted")) ||
	       json_is_true(json_object_get(json_obj(item, "quotation"), "restricted"));
}

static json_t *list_of(const json_t *array, json_t *(*each)(const json_t *))
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;

	json_array_foreach(array, i, item)
	{
		if (list && !is_restricted(item) && json_add_new(list, each(item))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *law_of(const json_t *law)
{
	static const char *const fields[] = { "cite", "says", NULL };

	return copy(law, fields);
}

static json_t *weighed_of(const json_t *w)
{
	static const char *const fields[] = { "kind", "text", NULL };
	json_t *o = copy(w, fields);
	const json_t *q = json_obj(w, "quotation");

	if (o && q && json_put_new(o, "quotation", quotation_of(q))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *finding_of(const json_t *f)
{
	static const char *const fields[] = { "rule",  "pack", "pack_version", "severity",
		                              "reach", "text", NULL };
	json_t *o = copy(f, fields);
	const json_t *row = json_obj(f, "register");
	int failed = !o;

	if (o) {
		failed |= json_put_new(o, "law", list_of(json_arr(f, "law"), law_of));
		failed |= json_put_new(o, "quotations",
		                       list_of(json_arr(f, "quotations"), quotation_of));
		failed |= json_put_new(o, "weighed", list_of(json_arr(f, "weighed"), weighed_of));
		if (row)
			failed |= json_put_new(o, "register", register_of(row));
	}
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *event_of(const json_t *event)
{
	static const char *const fields[] = { "record", "at", "actors", "automatic", "reason", NULL };

	return copy(event, fields);
}

static json_t *note_of(const json_t *text)
{
	return json_incref((json_t *)text);
}

static bool is_harsh(struct slice class)
{
	return slice_eq_str(class, "rogue") || slice_eq_str(class, "unapproved");
}

/* Whether a finding may be told under a decision of that class: nothing harsher than people said. */
static bool may_be_told(const json_t *finding, struct slice class)
{
	return slice_eq_str(class, "rogue") || !slice_eq_str(json_str(finding, "severity"), "rogue");
}

/* The findings of a listed cell, and the rule that decided: the one the ground names, else the
 * first that is told. */
static int put_findings(json_t *o, const json_t *cell)
{
	struct slice class = json_str(cell, "class"), ground = json_str(cell, "ground");
	const json_t *f, *deciding = NULL, *rested = json_arr(cell, "rested_on");
	json_t *list;
	size_t i;

	if (!rested)
		rested = json_arr(cell, "findings");
	if (!rested) /* a brief view */
		return 0;
	list = json_array();
	int failed = !list;

	json_array_foreach(rested, i, f)
	{
		if (!may_be_told(f, class))
			continue;
		failed |= json_add_new(list, finding_of(f));
		if (!deciding || slice_eq(json_str(f, "ground"), ground))
			deciding = f;
	}
	failed |= json_put_new(o, "findings", list);
	if (deciding) {
		failed |= json_put_str(o, "rule", json_str(deciding, "rule"));
		failed |= json_put_str(o, "why", json_str(deciding, "text"));
		failed |= json_put_str(o, "ground", json_str(deciding, "ground"));
	}
	return failed | json_put_new(o, "counter", list_of(json_arr(cell, "counter"), note_of));
}

static int put_event(json_t *o, const json_t *cell, const char *name)
{
	const json_t *event = json_obj(cell, name);

	return event ? json_put_new(o, name, event_of(event)) : 0;
}

static int put_row(json_t *o, const json_t *cell)
{
	const json_t *row = json_obj(cell, "register");
	static const char *const why[] = { "why", NULL };

	return take(o, cell, why) | (row ? json_put_new(o, "register", register_of(row)) : 0);
}

static json_t *cell_of(const json_t *cell)
{
	static const char *const always[] = { "destination", "current",  "assessed",
		                              "captures",    "period", NULL };
	static const char *const verdict[] = { "verdict", NULL };
	static const char *const why[] = { "why", "ground", NULL };
	struct slice class = json_str(cell, "class"), state = json_str(cell, "state");
	json_t *o = copy(cell, always);
	int failed = !o;

	/* Nobody has decided: a harsh word that stands for nothing but a machine's opinion. */
	if (slice_eq_str(state, "pending") || (slice_eq_str(state, "none") && is_harsh(class))) {
		class = SLICE("unverified");
		state = SLICE("pending");
		cell = NULL;
	}
	if (slice_eq_str(state, "dismissed")) {
		state = SLICE("none");
		cell = NULL;
	}
	failed |= json_put_str(o, "class", class);
	failed |= json_put_str(o, "state", state);
	if (slice_eq_str(state, "listed"))
		failed |= take(o, cell, verdict) | put_findings(o, cell) |
		          put_event(o, cell, "decision") | put_event(o, cell, "correction");
	else if (slice_eq_str(state, "corrected"))
		failed |= put_row(o, cell) | put_event(o, cell, "decision") |
		          put_event(o, cell, "correction");
	else if (slice_eq_str(state, "ended"))
		failed |= put_event(o, cell, "decision");
	else if (slice_eq_str(class, "legitimate"))
		failed |= take(o, cell, verdict) | put_row(o, cell);
	else if (slice_eq_str(class, "out_of_scope"))
		failed |= take(o, cell, verdict) | take(o, cell, why);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static bool cell_is_listed(const json_t *cell, struct slice destination)
{
	return slice_eq_str(json_str(cell, "state"), "listed") &&
	       (destination.n == 0 || slice_eq(json_str(cell, "destination"), destination));
}

static bool subject_is_listed(const json_t *subject, struct slice destination)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_arr(subject, "cells"), i, cell)
		if (cell_is_listed(cell, destination))
			return true;
	return false;
}

static json_t *subject_of(const json_t *view)
{
	static const char *const fields[] = { "subject", NULL };
	json_t *o = copy(view, fields);

	if (o && json_put_new(o, "cells", list_of(json_arr(view, "cells"), cell_of))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int answer_of(struct slice name, struct slice destination, const json_t *const *views, size_t n,
              json_t **out, struct err *err)
{
	json_t *o = json_object(), *subjects = json_array();
	bool known = false;
	int failed = json_put_str(o, "name", name);

	if (destination.n)
		failed |= json_put_str(o, "destination", destination);
	for (size_t i = 0; i < n; i++) {
		if (json_array_size(json_arr(views[i], "cells")) == 0)
			continue;
		known = true;
		failed |= json_add_new(subjects, subject_of(views[i]));
	}
	failed |= json_put_flag(o, "known", known);
	failed |= json_put_new(o, "subjects", subjects);
	failed |= json_put_flag(o, "listed", answer_is_listed(o, destination));
	if (failed) {
		json_decref(o);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	*out = o;
	return 0;
}

const json_t *answer_cell(const json_t *answer, struct slice destination)
{
	const json_t *subject, *cell, *found = NULL;
	size_t i, k;

	json_array_foreach(json_arr(answer, "subjects"), i, subject)
	{
		json_array_foreach(json_arr(subject, "cells"), k, cell)
		{
			if (!slice_eq(json_str(cell, "destination"), destination) ||
			    !json_flag(cell, "current", true))
				continue;
			if (cell_is_listed(cell, destination))
				return cell;
			if (!found)
				found = cell;
		}
	}
	return found;
}

bool answer_is_listed(const json_t *answer, struct slice destination)
{
	const json_t *subject;
	size_t i;

	json_array_foreach(json_arr(answer, "subjects"), i, subject)
		if (subject_is_listed(subject, destination))
			return true;
	return false;
}
