#include "cmd/judge.h"

#include "cmd/ledgerbook.h"

enum { BATCH = 64 };

static int keep(struct judge *j, const struct report *r, int64_t period, struct err *err)
{
	bool is_new = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = ledgerbook_store(j->store, &r->finding[i], period, NULL, NULL, err);
	if (rc == 0)
		rc = ledgerbook_store(j->store, &r->verdict, period, NULL, &is_new, err);
	j->verdicts++;
	j->fresh += is_new;
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
	for (size_t i = 0; rc == 0 && i < file.n; i++)
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
