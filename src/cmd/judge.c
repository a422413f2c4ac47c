#include "cmd/judge.h"

#include "assess/fact_report.h"
#include "cmd/reassess.h"
#include "cmd/verdicts.h"

enum { BATCH = 64 };

static int keep(struct judge *j, const struct report *r, int64_t period, bool *held,
                struct err *err)
{
	json_t *difference = NULL;
	bool is_new = false;
	int rc = reassess_compare(j->store, j->rules, r, period, &difference, err);

	*held = difference != NULL;
	json_decref(difference);
	if (rc == 0 && !*held)
		rc = verdicts_keep(j->store, r, period, &is_new, err);
	j->verdicts++;
	j->fresh += is_new;
	j->held += *held;
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

/* What a rule may list, the guards may stop: it then waits for people. */
static int guarded(struct judge *j, const struct report *r, const struct slice *cell, size_t n,
                   struct guard_asked *asked, struct err *err)
{
	struct err why = { 0 };
	int rc = subject_from_key(r->verdict.kind, r->verdict.key, &asked->subject, &why);

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = guard_basis(j->store, r->verdict.body, cell[i], &why);
	if (rc == 0)
		rc = guard_listing(j->guard, asked, &why);
	if (rc == ERR_REFUSED) {
		LOG_PUT(j->log, LEVEL_WARNING, "not listed by rule: it waits for people",
		        LOG_STR("subject", r->verdict.key), LOG_STR("why", slice_str(why.what)));
		j->stopped++;
	} else if (rc < 0 && err) {
		*err = why;
	}
	return rc;
}

static int list_by_rule(struct judge *j, const struct assessment *x, const struct report *r,
                        int64_t period, struct arena *a, struct err *err)
{
	struct guard_asked asked = { .automatic = true };
	struct slice cells[64];
	struct standing *standing = NULL;
	size_t n = 0, standings = 0;
	int rc = subject_from_key(r->verdict.kind, r->verdict.key, &asked.subject, err);

	if (rc == 0)
		rc = acts_standing(j->store, asked.subject, j->rules->suffixes, a, &standing, &standings,
		                   err);
	for (size_t k = 0; rc == 0 && k < x->cell_n && n < 64; k++) {
		bool decided = false;
		for (size_t i = 0; i < standings; i++)
			decided = decided ||
			          (standing[i].is_current && standing[i].decision &&
			           slice_eq(standing[i].destination, x->cell[k].destination));
		if (!decided && may_list_itself(j, x, &x->cell[k]))
			cells[n++] = x->cell[k].destination;
	}
	if (rc || n == 0)
		return rc;
	rc = guarded(j, r, cells, n, &asked, err);
	if (rc == ERR_REFUSED)
		return 0;
	/* A decision is a transaction of its own, behind the verdict it rests on. */
	if (rc == 0)
		rc = store_commit(j->store, err);
	if (rc == 0)
		rc = acts_automatic(j->acts, &r->verdict, cells, n, period, err);
	if (rc == 0)
		guard_listed(j->guard, &asked);
	return rc ? rc : store_begin(j->store, err);
}

static int tell_facts(struct judge *j, const struct assessment *x, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && j->fact && i < x->extract->facts.n; i++) {
		struct record r;
		if (!x->mine[x->extract->facts.fact[i].page])
			continue;
		rc = fact_report(j->rules->lexicon, x, (uint32_t)i, j->at, &r, err);
		if (rc)
			break;
		rc = j->fact(j->fact_ctx, &r, err);
		record_release(&r);
	}
	return rc;
}

static int judge_site(struct judge *j, const struct site *site, const struct registers *registers,
                      struct arena *a, struct err *err)
{
	struct assessment made[2];
	int64_t period = site->has_period ? site->period : STORE_NONE;
	int n = assess_site(&j->rules->assessor, site, registers, j->at, a, made, err);

	for (int i = 0; i < n; i++) {
		struct report report = { 0 };
		bool held = false; /* a changed pack says something else: somebody must accept that */
		int rc = report_of(&j->rules->assessor, &made[i], registers, &j->rules->inputs, j->at, a,
		                   &report, err);
		if (rc == 0)
			rc = keep(j, &report, period, &held, err);
		if (rc == 0)
			rc = tell_facts(j, &made[i], err);
		if (rc == 0 && !held && j->acts && j->acts->config->automatic_listing)
			rc = list_by_rule(j, &made[i], &report, period, a, err);
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
