#include "cmd/registrar_gather.h"

#include "cmd/commitments.h"
#include "cmd/registrar_site.h"
#include "model/record.h"
#include "wire/timestamp.h"

#include <string.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy(struct arena *a, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(a, s);
	return out->p ? 0 : no_memory(err);
}

/* ---- networks ---- */

struct newest {
	int64_t at, seq;
	json_t *body; /* owned */
};

struct reading_networks {
	struct arena *a;
	int64_t until;
	struct table by_id;
};

static int take_network(void *ctx, const struct store_record *r, struct err *err)
{
	struct reading_networks *n = ctx;
	json_t *body = NULL;
	struct slice id;

	if (r->at > n->until)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0)
		rc = copy(n->a, json_str(body, "network"), &id, err);
	struct table_entry *e = rc ? NULL : table_put(&n->by_id, id);
	if (!e) {
		json_decref(body);
		return rc ? rc : no_memory(err);
	}
	struct newest *w = e->value;
	if (!w)
		e->value = w = ARENA_NEW(n->a, struct newest);
	if (!w) {
		json_decref(body);
		return no_memory(err);
	}
	if (w->body && r->at < w->at) {
		json_decref(body);
		return 0;
	}
	json_decref(w->body);
	*w = (struct newest){ r->at, r->seq, body };
	return 0;
}

static int take_members(struct registrar_networks *out, struct slice *id, const json_t *body,
                        struct arena *a, struct err *err)
{
	const json_t *list = json_arr(body, "members"), *m;
	size_t i;

	json_array_foreach(list, i, m)
	{
		struct slice key;
		struct subject subject;
		int rc = copy(a, json_str(m, "key"), &key, err);
		if (rc)
			return rc;
		if (subject_from_key(json_str(m, "kind"), key, &subject, NULL))
			continue; /* of a kind that this program does not know */
		struct table_entry *e = table_put(&out->member, key);
		if (!e)
			return no_memory(err);
		if (!e->value) { /* in two networks: the first that is told */
			e->value = id;
			out->network[out->n] = *id;
			out->subject[out->n++] = subject;
		}
	}
	return 0;
}

int registrar_networks_load(struct store *store, int64_t at, struct arena *a,
                            struct registrar_networks *out, struct err *err)
{
	struct reading_networks n = { .a = a, .until = at };
	struct store_filter f = { .type = SLICE("network") };
	size_t members = 0;
	int rc = store_each_record(store, &f, take_network, &n, err);

	*out = (struct registrar_networks){ 0 };
	for (size_t i = 0; i < n.by_id.n; i++)
		members += json_array_size(
			json_arr(((struct newest *)n.by_id.entry[i].value)->body, "members"));
	out->subject = arena_array(a, members, sizeof(*out->subject));
	out->network = arena_array(a, members, sizeof(*out->network));
	if (rc == 0 && (!out->subject || !out->network))
		rc = no_memory(err);
	for (size_t i = 0; i < n.by_id.n; i++) {
		struct newest *w = n.by_id.entry[i].value;
		struct slice *id = rc ? NULL : ARENA_NEW(a, struct slice);
		if (rc == 0 && !id)
			rc = no_memory(err);
		if (rc == 0) {
			*id = n.by_id.entry[i].key;
			rc = take_members(out, id, w->body, a, err);
		}
		json_decref(w->body);
	}
	table_release(&n.by_id);
	return rc;
}

void registrar_networks_release(struct registrar_networks *n)
{
	table_release(&n->member);
}

/* ---- notices ---- */

struct gathering {
	struct registrar_cmd *m;
	struct arena *a;
	struct registrar_networks networks;
	int64_t at;
};

static int take_line(struct gathering *g, const struct notice_file *f, const struct notice_line *l,
                     struct scorecard_line *out, struct err *err)
{
	struct registrar_site site;
	struct table_entry *e = table_find(&g->networks.member, l->subject.key);
	int rc = registrar_site_load(g->m->store, l->subject, g->m->rules.suffixes, NULL, g->at,
	                             g->a, &site, err);

	if (rc)
		return rc;
	*out = (struct scorecard_line){
		.subject = l->subject,
		.period = l->period,
		.network = e ? *(struct slice *)e->value : (struct slice){ 0 },
		.outcome = l->outcome,
		.outcome_at = l->outcome_at,
		.seen_at = site.seen_at == STORE_NONE || site.seen_at < f->sent_at ? NOTICE_NEVER
		                                                                   : site.seen_at,
		.moved_to = l->moved_to,
	};
	return 0;
}

static int take_notice(struct gathering *g, const struct notice_file *f,
                       struct scorecard_notice *out, struct err *err)
{
	struct scorecard_line *line = arena_array(g->a, f->line_n, sizeof(*line));
	struct scorecard_reply *reply = arena_array(g->a, f->reply_n, sizeof(*reply));
	bool looked_at =
		f->to == NOTICE_REGISTRAR || f->to == NOTICE_RESELLER || f->to == NOTICE_HOST;
	int rc = 0;

	if (!line || !reply)
		return no_memory(err);
	for (size_t i = 0; rc == 0 && looked_at && i < f->line_n; i++)
		rc = take_line(g, f, &f->line[i], &line[i], err);
	for (size_t i = 0; i < f->reply_n; i++)
		reply[i] = (struct scorecard_reply){
			slice_str(reply_class_name(f->reply[i].class)),
			f->reply[i].words,
			f->reply[i].ticket,
			f->reply[i].diagnostic,
			f->reply[i].at,
		};
	*out = (struct scorecard_notice){
		.id = f->id,
		.reference = f->reference,
		.to = f->to,
		.party = f->party,
		.name = f->party_name,
		.purpose = f->purpose,
		.action = f->action,
		.basis = f->basis,
		.withdrawn = f->state == NOTICE_WITHDRAWN && f->state_at <= g->at,
		.uncertain = notice_is_uncertain(f->state),
		.undelivered = f->state == NOTICE_REFUSED,
		.sent_at = f->sent_at,
		.at = f->state_at,
		.line = line,
		.line_n = looked_at ? f->line_n : 0,
		.reply = reply,
		.reply_n = f->reply_n,
	};
	return rc;
}

static int take_notices(struct gathering *g, struct scorecard_input *out, struct err *err)
{
	struct notice_file *file = NULL;
	size_t n = 0;
	int rc = notices_load(g->m->store, g->a, &file, &n, err);
	struct scorecard_notice *list = rc ? NULL : arena_array(g->a, n, sizeof(*list));

	if (rc == 0 && !list)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = take_notice(g, &file[i], &list[i], err);
	out->notice = list;
	out->notice_n = n;
	return rc;
}

/* ---- members ---- */

static int take_all_members(struct gathering *g, struct scorecard_input *out, struct err *err)
{
	size_t n = g->networks.n;
	struct scorecard_member *member = arena_array(g->a, n, sizeof(*member));
	int rc = member ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct registrar_site site;
		rc = registrar_site_load(g->m->store, g->networks.subject[i], g->m->rules.suffixes,
		                         g->m->providers, g->at, g->a, &site, err);
		if (rc)
			break;
		member[i] = (struct scorecard_member){
			.subject = g->networks.subject[i],
			.network = g->networks.network[i],
			.created = site.created == STORE_NONE ? NOTICE_NEVER : site.created,
			.registrar = site.registrar,
			.reseller = site.reseller,
			.host = site.host,
			.holding = site.state == SITE_HOLDING,
		};
	}
	out->member = member;
	out->member_n = n;
	return rc;
}

/* ---- what stands beside ---- */

struct beside {
	struct store *store;
	struct arena *a;
	int64_t at;
	struct scorecard_statement *statement;
	size_t statement_n, cap;
};

/* Words that were entered here: what was read in from elsewhere could put any into a party's mouth. */
static int take_statement(void *ctx, const struct store_record *r, struct err *err)
{
	struct beside *b = ctx;
	struct err why = { 0 };
	json_t *body = NULL;
	int64_t entry;
	int rc = r->at > b->at ? 0 : json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	struct slice party = json_str(body, "party");

	if (rc == 0 && party.n && store_ledger_find(b->store, r->id, &entry, &why)) {
		rc = why.code == ERR_NOTFOUND ? 0 : why.code;
		if (rc && err)
			*err = why;
		party.n = 0;
	}
	if (rc == 0 && party.n && b->statement_n < b->cap) {
		struct scorecard_statement *s = &b->statement[b->statement_n++];
		s->at = r->at;
		rc = copy(b->a, party, &s->party, err);
		if (rc == 0)
			rc = copy(b->a, json_str(body, "words"), &s->words, err);
		if (rc == 0)
			rc = copy(b->a, json_str(body, "source"), &s->source, err);
	}
	json_decref(body);
	return rc;
}

static int take_beside(struct gathering *g, struct scorecard_input *out, struct err *err)
{
	struct store_filter replies = { .type = SLICE("reply") };
	struct beside b = { .store = g->m->store, .a = g->a, .at = g->at };
	struct commitment *claim = NULL;
	int64_t n = 0;
	int rc = store_count_records(g->m->store, replies.type, &n, err);

	if (rc)
		return rc;
	b.cap = (size_t)n;
	b.statement = arena_array(g->a, b.cap, sizeof(*b.statement));
	if (!b.statement)
		return no_memory(err);
	rc = store_each_record(g->m->store, &replies, take_statement, &b, err);
	if (rc == 0)
		rc = commitments_load(g->m->store, g->a, &claim, &out->claim_n, err);
	out->statement = b.statement;
	out->statement_n = b.statement_n;
	out->claim = claim;
	return rc;
}

int registrar_gather(struct registrar_cmd *m, struct arena *a, struct scorecard_input *out,
                     struct err *err)
{
	struct gathering g = { .m = m, .a = a, .at = out->at };
	int rc = registrar_networks_load(m->store, out->at, a, &g.networks, err);

	if (rc == 0)
		rc = take_notices(&g, out, err);
	if (rc == 0)
		rc = take_all_members(&g, out, err);
	if (rc == 0)
		rc = take_beside(&g, out, err);
	registrar_networks_release(&g.networks);
	return rc;
}
