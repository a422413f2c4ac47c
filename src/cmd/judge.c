#include "cmd/judge.h"

#include "cmd/ledgerbook.h"

enum { BATCH = 64 };

/* The newest verdict of a subject in a period; *found false where there is none. */
static int newest_verdict(struct judge *j, const struct record *verdict, int64_t period,
                          struct arena *a, bool *found, struct sha256 *id, struct err *err)
{
	struct store_cell *cell = NULL;
	size_t n = 0;
	int rc = store_cells(j->store, verdict->kind, verdict->key, a, &cell, &n, err);

	*found = false;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (cell[i].from == STORE_VERDICT && cell[i].period == period) {
			*found = true;
			*id = cell[i].record;
		}
	return rc;
}

/* Whether a stored verdict says what this one says, but for what it came after. */
static int says_the_same(struct judge *j, struct sha256 id, const struct record *verdict,
                         struct arena *a, bool *same, struct err *err)
{
	static const char *const skip[] = { "id", "at", "again_after", NULL };
	struct store_record row;
	struct buf text = { 0 };
	json_t *body = NULL;
	int rc = store_get_record(j->store, id, a, &row, err);

	if (rc == 0)
		rc = json_parse_object(row.body, RECORD_LINE_MAX, &body, err);
	if (rc == 0)
		rc = json_canonical_except(body, skip, &text, err);
	if (rc == 0)
		*same = sha256_eq(sha256_of(buf_slice(&text)), verdict->id);
	json_decref(body);
	buf_release(&text);
	return rc;
}

/* A verdict that was there before, then another, then the first again (a pack was changed and
 * changed back): the first's id is known already, so it is kept as one that names the other. */
static int keep_again(struct judge *j, const struct record *verdict, int64_t period,
                      struct sha256 newest, bool *is_new, struct err *err)
{
	char hex[SHA256_HEX];
	struct record again;
	json_t *body = json_copy(verdict->body); /* shallow: one member is added */

	sha256_hex(newest, hex);
	json_object_del(body, "id");
	if (json_put_str(body, "again_after", slice_str(hex))) {
		json_decref(body);
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	int rc = record_from_json(body, &again, err);
	if (rc) {
		json_decref(body);
		return rc;
	}
	rc = ledgerbook_store(j->store, &again, period, NULL, is_new, err);
	record_release(&again);
	return rc;
}

static int keep(struct judge *j, const struct report *r, int64_t period, struct err *err)
{
	struct arena a = { 0 };
	struct sha256 newest;
	bool is_new = false, found = false, same = false;
	int rc = newest_verdict(j, &r->verdict, period, &a, &found, &newest, err);

	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = ledgerbook_store(j->store, &r->finding[i], period, NULL, NULL, err);
	if (rc == 0)
		rc = ledgerbook_store(j->store, &r->verdict, period, NULL, &is_new, err);
	if (rc == 0 && !is_new && found && !sha256_eq(newest, r->verdict.id)) {
		rc = says_the_same(j, newest, &r->verdict, &a, &same, err);
		if (rc == 0 && !same)
			rc = keep_again(j, &r->verdict, period, newest, &is_new, err);
	}
	j->verdicts++;
	j->fresh += is_new;
	arena_release(&a);
	return rc;
}

static bool may_list_itself(const struct judge *j, const struct assessment *x, const struct cell *c)
{
	size_t automatic = 0;

	for (size_t i = 0; i < c->finding_n; i++)
		automatic += c->finding[i]->rule->automatic;
	return docket_automatic(j->acts->config->automatic_listing,
	                        slice_str(verdict_class_name(c->class)), x->captures, c->finding_n,
	                        automatic);
}

static int judge_site(struct judge *j, const struct site *site, const struct registers *registers,
                      struct arena *a, struct err *err)
{
	struct assessment made[2];
	int64_t period = site->has_period ? site->period : STORE_NONE;
	int n = assess_site(&j->rules->assessor, site, registers, j->at, a, made, err);

	for (int i = 0; i < n; i++) {
		struct report report = { 0 };
		int rc = report_of(&j->rules->assessor, &made[i], registers, &j->rules->inputs, j->at, a,
		                   &report, err);
		if (rc == 0)
			rc = keep(j, &report, period, err);
		if (rc == 0 && j->acts && j->acts->config->automatic_listing) {
			struct slice cells[64];
			size_t cell_n = 0;
			for (size_t k = 0; k < made[i].cell_n && cell_n < 64; k++)
				if (may_list_itself(j, &made[i], &made[i].cell[k]))
					cells[cell_n++] = made[i].cell[k].destination;
			/* A decision is a transaction of its own, behind the verdict it rests on. */
			rc = store_commit(j->store, err);
			if (rc == 0)
				rc = acts_automatic(j->acts, &report.verdict, cells, cell_n, period, err);
			if (rc == 0)
				rc = store_begin(j->store, err);
		}
		report_release(&report);
		if (rc)
			return rc;
	}
	return n < 0 ? n : 0;
}

struct walk {
	struct judge *judge;
	struct registers registers;
	size_t in_batch;
};

/* Whether what the file still has is no ground for another verdict than there is. */
static bool is_redacted(const struct casefile *file)
{
	if (file->redacted_at == STORE_NONE)
		return false;
	for (size_t i = 0; i < file->n; i++)
		for (size_t k = 0; k < file->site[i].page_n; k++)
			if (file->site[i].page[k].at > file->redacted_at)
				return false;
	return true;
}

static int judge_subject(void *ctx, struct subject subject, struct err *err)
{
	struct walk *w = ctx;
	struct judge *j = w->judge;
	struct arena a = { 0 };
	struct casefile file = { 0 };
	int rc = casefile_load(j->store, subject, j->rules->suffixes, &a, &file, err);

	for (size_t i = 0; rc == 0 && i < file.unreadable_n; i++) {
		const struct casefile_unreadable *u = &file.unreadable[i];
		LOG_PUT(j->log, LEVEL_DEBUG, "a page cannot be read", LOG_STR("url", u->url),
		        LOG_STR("reason", u->reason));
		j->unreadable++;
	}
	bool redacted = rc == 0 && is_redacted(&file);
	if (redacted) {
		LOG_PUT(j->log, LEVEL_WARNING, "not assessed again: redacted",
		        LOG_STR("subject", subject.key));
		j->redacted++;
	}
	for (size_t i = 0; rc == 0 && !redacted && i < file.n; i++)
		rc = judge_site(j, &file.site[i], &w->registers, &a, err);
	if (rc)
		rc = err_wrap(err, "%.*s", SLICE_ARG(slice_sub(subject.key, 0, 80)));
	arena_release(&a);
	j->subjects++;
	progress_set(j->progress, j->subjects, j->subjects);
	if (rc == 0 && ++w->in_batch == BATCH) {
		w->in_batch = 0;
		rc = store_commit(j->store, err);
		if (rc == 0)
			rc = store_begin(j->store, err);
	}
	return rc;
}

int judge_all(struct judge *j, struct err *err)
{
	struct walk w = { .judge = j };
	struct arena a = { 0 };
	int rc = registers_load(j->store, j->rules->suffixes, &a, &w.registers, err);

	if (rc == 0)
		rc = store_begin(j->store, err);
	progress_begin(j->progress, "assessing", "sites", 0);
	if (rc == 0)
		rc = casefile_subjects(j->store, judge_subject, &w, err);
	if (rc == 0)
		rc = store_commit(j->store, err);
	if (rc)
		store_rollback(j->store);
	progress_end(j->progress);
	arena_release(&a);
	return rc;
}
