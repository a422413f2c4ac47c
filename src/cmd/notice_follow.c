#include "cmd/notice_follow.h"

#include "act/escape.h"
#include "act/party.h"
#include "base/table.h"
#include "cmd/notice_gather.h"
#include "wire/ip.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what was observed of one subject ---- */

/* Which registrar had which number, when: changes say names alone. */
struct sponsor {
	struct slice name;
	int64_t id;
};

struct watching {
	struct notice_watch *w;
	struct arena a;
	struct outcome_change *change;
	size_t n, cap;
	struct sponsor *sponsor;
	size_t sponsor_n, sponsor_cap;
	struct slice *vantage; /* from which the site itself was seen */
	size_t vantage_n, vantage_cap;
};

static void *grown(struct arena *a, void *list, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	size_t more = *cap ? 2 * *cap : 16;
	void *out = arena_array(a, more, size);
	if (out && n)
		memcpy(out, list, n * size);
	*cap = more;
	return out;
}

static int take_sponsor(struct watching *s, const json_t *registration, struct err *err)
{
	struct sponsor one = { .id = json_i64(registration, "registrar_id", 0) };

	if (one.id == 0)
		return 0;
	s->sponsor = grown(&s->a, s->sponsor, s->sponsor_n, &s->sponsor_cap, sizeof(one));
	one.name = arena_copy(&s->a, json_str(registration, "registrar"));
	if (!s->sponsor || !one.name.p)
		return no_memory(err);
	s->sponsor[s->sponsor_n++] = one;
	return 0;
}

static bool sees_site(const struct watching *s, struct slice vantage)
{
	for (size_t i = 0; i < s->vantage_n; i++)
		if (slice_eq(s->vantage[i], vantage))
			return true;
	return false;
}

static int take_page(struct watching *s, const json_t *body, struct err *err)
{
	struct slice vantage = json_str(body, "vantage");

	if (!notice_page_is_shown(body) || sees_site(s, vantage))
		return 0;
	s->vantage = grown(&s->a, s->vantage, s->vantage_n, &s->vantage_cap, sizeof(vantage));
	vantage = arena_copy(&s->a, vantage);
	if (!s->vantage || !vantage.p)
		return no_memory(err);
	s->vantage[s->vantage_n++] = vantage;
	return 0;
}

/* What a cloaked site shows to those who are not to see it is not its content: that it shows them
 * something else now takes nothing away. */
static bool is_of_cloak(const struct watching *s, const json_t *body)
{
	struct slice of = json_str(json_obj(body, "change"), "of"), at = json_str(body, "vantage");

	return slice_eq_str(of, "content_changed") && at.n && !sees_site(s, at);
}

static int take_change(struct watching *s, const struct store_record *r, const json_t *body,
                       struct err *err)
{
	const json_t *change = json_obj(body, "change");
	struct outcome_change c = { .at = r->at, .record = r->id };
	const struct {
		const char *field;
		struct slice *to;
	} texts[] = { { "of", &c.of },
		      { "by", &c.by },
		      { "before", &c.before },
		      { "after", &c.after } };

	if (is_of_cloak(s, body))
		return 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i].to = arena_copy(&s->a, json_str(change, texts[i].field));
		if (!texts[i].to->p)
			return no_memory(err);
	}
	s->change = grown(&s->a, s->change, s->n, &s->cap, sizeof(c));
	if (!s->change)
		return no_memory(err);
	s->change[s->n++] = c;
	return 0;
}

static int on_observation(void *ctx, const struct store_record *r, struct err *err)
{
	struct watching *s = ctx;
	json_t *body = NULL;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);

	if (rc)
		return rc;
	struct slice what = json_str(body, "what");
	if (slice_eq_str(what, "change"))
		rc = take_change(s, r, body, err);
	else if (slice_eq_str(what, "page"))
		rc = take_page(s, body, err);
	else if (slice_eq_str(what, "registration"))
		rc = take_sponsor(s, json_obj(body, "registration"), err);
	json_decref(body);
	return rc;
}

static int by_time(const void *a, const void *b)
{
	const struct outcome_change *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	/* What ends a notice's reach comes before what is seen behind it. */
	bool moved[] = { slice_eq_str(x->of, "transferred"), slice_eq_str(y->of, "transferred") };
	return moved[0] != moved[1] ? moved[1] - moved[0] : memcmp(&x->record, &y->record,
	                                                            sizeof(x->record));
}

/* ---- who gained a name ---- */

static int64_t number_of(const struct watching *s, struct slice registrar)
{
	for (size_t i = s->sponsor_n; i-- > 0;)
		if (slice_eq_nocase(s->sponsor[i].name, registrar))
			return s->sponsor[i].id;
	return 0;
}

static int list_words(struct watching *s, struct slice list, const struct slice **out, size_t *n,
                      struct err *err)
{
	struct slice *words = arena_array(&s->a, list.n / 2 + 1, sizeof(*words)), one;

	if (!words)
		return no_memory(err);
	*n = 0;
	while (slice_cut(&list, ' ', &one))
		words[(*n)++] = one;
	*out = words;
	return 0;
}

/* The host of new addresses or name servers, where the directory knows it. */
static int name_host(struct watching *s, struct outcome_change *c, struct err *err)
{
	struct party_seen seen = { .subject = { .kind = SUBJECT_REGISTRABLE }, .at = c->at };
	struct party_share *share = NULL;
	size_t n = 0, *nobody = NULL, nobody_n = 0;
	bool addresses = slice_eq_str(c->by, "addresses");
	int rc = list_words(s, c->after, addresses ? &seen.ip : &seen.nameserver,
	                    addresses ? &seen.ip_n : &seen.nameserver_n, err);

	if (rc == 0)
		rc = party_share_out(NOTICE_HOST, &seen, 1, s->w->desk->directory, &s->a, &share,
		                     &n, &nobody, &nobody_n, err);
	if (rc == 0 && n)
		c->party = share[0].recipient.key;
	return rc;
}

static int name_party(struct watching *s, struct outcome_change *c, struct err *err)
{
	struct err why = { 0 };
	int rc = 0;

	if (slice_eq_str(c->of, "moved_host"))
		return name_host(s, c, err);
	if (!slice_eq_str(c->of, "transferred"))
		return 0;
	if (slice_eq_str(c->by, "registrar"))
		rc = party_key(NOTICE_REGISTRAR, c->after, number_of(s, c->after), &s->a, &c->party,
		               &why);
	else if (slice_eq_str(c->by, "reseller"))
		rc = party_key(NOTICE_RESELLER, c->after, 0, &s->a, &c->party, &why);
	/* A name of nothing that could be a key: it moved, and nobody can say where to. */
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
		c->party = SLICE("");
	else if (rc)
		return err_set(err, rc, 0, "%s", why.what);
	return 0;
}

static int gather(struct watching *s, struct subject subject, struct err *err)
{
	struct store_filter filter = { .type = SLICE("observation"),
		                       .kind = slice_str(subject_kind_name(subject.kind)),
		                       .key = subject.key };
	int rc = store_each_record(s->w->desk->store, &filter, on_observation, s, err);

	if (rc == 0 && s->n)
		qsort(s->change, s->n, sizeof(*s->change), by_time);
	for (size_t i = 0; rc == 0 && i < s->n; i++)
		rc = name_party(s, &s->change[i], err);
	return rc;
}

/* ---- one line ---- */

static int put_one(struct watching *s, const struct notice_file *f, struct notice_observed *o,
                   bool *is_new, struct err *err)
{
	struct store *store = s->w->book->store;
	int rc = store_begin(store, err);

	s->w->book->at = s->w->desk->now;
	if (rc == 0)
		rc = notices_put_outcome(s->w->book, f, o, is_new, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	if (rc == 0 && *is_new) {
		s->w->put++;
		rc = s->w->told ? s->w->told(s->w->ctx, f, o, err) : 0;
	}
	return rc;
}

static int put_steps(struct watching *s, const struct notice_file *f, size_t line,
                     const struct outcome_step *step, size_t n, struct err *err)
{
	const struct notice_line *l = &f->line[line];
	struct notice_observed o = { .line = line };
	bool is_new = false;
	int rc = 0;

	if (n == 0 || (l->outcome == step[n - 1].outcome && l->outcome_at == step[n - 1].at))
		return 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		o = (struct notice_observed){
			.line = line,
			.outcome = step[i].outcome,
			.at = step[i].at,
			.by = step[i].by,
			.moved_to = step[i].moved_to,
			.observation = &step[i].record,
			.observation_n = !sha256_eq(step[i].record, (struct sha256){ { 0 } }),
		};
		rc = put_one(s, f, &o, &is_new, err);
	}
	/* What was learnt late may lie before what was put early; the newest record is how it
	 * stands. */
	if (rc == 0 && !is_new && l->outcome != o.outcome) {
		o.at = s->w->desk->now;
		rc = put_one(s, f, &o, &is_new, err);
	}
	return rc;
}

static int watch_line(struct notice_watch *w, const struct notice_file *f, size_t line,
                      const struct outcome_mail *mail, size_t mail_n, struct err *err)
{
	const struct notice_line *l = &f->line[line];
	struct watching s = { .w = w };
	struct outcome_clock clock = { .now = w->desk->now,
		                       .silent_s = w->desk->config->notice.silent_days * DAY_S };
	struct outcome_step *step = NULL;
	size_t n = 0;
	int rc = gather(&s, l->subject, err);
	struct outcome_line of = {
		.to = f->to,
		.action = f->action,
		.purpose = f->purpose,
		.party = f->party,
		.sent_at = f->sent_at,
		.withdrawn_at = l->outcome == OUTCOME_WITHDRAWN ? l->outcome_at : NOTICE_NEVER,
		.change = s.change,
		.change_n = s.n,
		.mail = mail,
		.mail_n = mail_n,
	};

	if (rc == 0)
		rc = outcome_steps(&of, &clock, &s.a, &step, &n, err);
	if (rc == 0)
		rc = put_steps(&s, f, line, step, n, err);
	arena_release(&s.a);
	return rc;
}

int notice_watch_outcomes(struct notice_watch *w, const struct notice_file *list, size_t n,
                          struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct notice_file *f = &list[i];
		struct arena a = { 0 };
		if (f->sent_at == NOTICE_NEVER || f->state == NOTICE_WITHDRAWN)
			continue;
		struct outcome_mail *mail = arena_array(&a, f->reply_n, sizeof(*mail));
		if (!mail)
			rc = no_memory(err);
		for (size_t k = 0; rc == 0 && k < f->reply_n; k++)
			mail[k] = (struct outcome_mail){ .at = f->reply[k].at,
				                         .class = f->reply[k].class,
				                         .stranger = f->reply[k].stranger };
		for (size_t k = 0; rc == 0 && k < f->line_n; k++)
			rc = watch_line(w, f, k, mail, f->reply_n, err);
		arena_release(&a);
	}
	return rc ? rc : ledgerbook_sync(w->book, NULL, err);
}

/* ---- escapes ---- */

static bool has_left(const struct notice_file *f)
{
	return f->sent_at != NOTICE_NEVER && f->state != NOTICE_WITHDRAWN;
}

static bool asks(const struct notice_file *f)
{
	return f->purpose == PURPOSE_REQUEST || f->purpose == PURPOSE_ARRIVED;
}

/* Whether a registrar was told of the same name, whose own notice follows it to the next one. */
static bool registrar_was_told(const struct notice_followup *u, const struct notice_file *f,
                               struct subject s)
{
	for (size_t i = 0; i < u->known_n; i++) {
		const struct notice_file *k = &u->known[i];
		if (k == f || k->to != NOTICE_REGISTRAR || !asks(k) || !has_left(k))
			continue;
		for (size_t l = 0; l < k->line_n; l++)
			if (subject_eq(k->line[l].subject, s) &&
			    k->line[l].outcome == OUTCOME_MOVED)
				return true;
	}
	return false;
}

static int follow_one(struct notice_followup *u, const struct notice_file *f, struct err *err)
{
	size_t *away = calloc(f->line_n + 1, sizeof(*away));
	size_t *followed = calloc(f->line_n + 1, sizeof(*followed));
	size_t away_n = 0, followed_n = 0;
	int rc = away && followed ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < f->line_n; i++) {
		const struct notice_line *l = &f->line[i];
		struct outcome_step last = { .outcome = l->outcome, .at = l->outcome_at,
			                     .by = l->sign, .moved_to = l->moved_to };
		struct escape e;
		if (!escape_of(i, &last, 1, &e))
			continue;
		away[away_n++] = e.line;
		if (f->to == NOTICE_REGISTRAR || !registrar_was_told(u, f, l->subject))
			followed[followed_n++] = e.line;
	}
	if (rc == 0 && followed_n)
		rc = notice_arrived(u, f, followed, followed_n, err);
	if (rc == 0 && away_n)
		rc = notice_departed(u, f, away, away_n, err);
	free(followed);
	free(away);
	return rc;
}

int notice_watch_escapes(struct notice_followup *u, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < u->known_n; i++) {
		const struct notice_file *f = &u->known[i];
		if (has_left(f) && asks(f) &&
		    (f->to == NOTICE_REGISTRAR || f->to == NOTICE_RESELLER))
			rc = follow_one(u, f, err);
	}
	return rc;
}

/* ---- still up ---- */

/* Of one subject: a registrar and its reseller are told of the same name, which is down once. */
static void count_line(const struct notice_file *f, const struct notice_line *l, int64_t now,
                       struct outcome_survivor *s)
{
	if (s->sent_at > f->sent_at)
		s->sent_at = f->sent_at;
	if (l->outcome == OUTCOME_ACTED && (!s->acted || l->outcome_at < s->until)) {
		s->acted = true;
		s->moved = false;
		s->until = l->outcome_at;
	} else if (l->outcome == OUTCOME_MOVED && !s->acted &&
	           (!s->moved || l->outcome_at < s->until)) {
		s->moved = true;
		s->until = l->outcome_at;
	} else if (!s->acted && !s->moved) {
		s->until = now;
	}
}

int notice_survivors(const struct notice_file *list, size_t n, int64_t now, struct arena *a,
                     struct outcome_survivor **out, size_t *out_n, struct err *err)
{
	struct table told = { .n = 0 };
	struct outcome_survivor *survivor;
	size_t most = 0;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		most += list[i].line_n;
	survivor = arena_array(a, most, sizeof(*survivor));
	*out_n = 0;
	if (!survivor)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct notice_file *f = &list[i];
		for (size_t k = 0; rc == 0 && has_left(f) && asks(f) && k < f->line_n; k++) {
			struct table_entry *e = table_put(&told, f->line[k].subject.key);
			if (!e) {
				rc = no_memory(err);
				break;
			}
			if (f->line[k].outcome == OUTCOME_WITHDRAWN)
				continue;
			if (!e->value) {
				e->value = &survivor[(*out_n)++];
				*(struct outcome_survivor *)e->value = (struct outcome_survivor){
					.sent_at = f->sent_at, .until = now
				};
			}
			count_line(f, &f->line[k], now, e->value);
		}
	}
	table_release(&told);
	*out = survivor;
	return rc;
}
