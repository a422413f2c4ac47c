/* assay registrar audit: what registrars must do in public. One pass over the observations of
 * registrations tells who keeps what, and how RDAP answered; their own sites and our notices tell the
 * rest. */
#include "cmd/registrar_audit.h"

#include "act/party.h"
#include "wire/timestamp.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

enum { DAY = 86400 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static int copy(struct arena *a, struct slice s, struct slice *out, struct err *err)
{
	*out = arena_copy(a, s);
	return out->p ? 0 : no_memory(err);
}

/* ---- parties ---- */

static int audited_of(struct auditing *w, struct slice key, struct audited **out, struct err *err)
{
	struct table_entry *e = table_put(&w->parties, key);

	if (!e)
		return no_memory(err);
	if (!e->value) {
		struct audited *p = ARENA_NEW(w->a, struct audited);
		if (!p)
			return no_memory(err);
		p->key = p->name = key;
		p->named_at = p->site_at = STORE_NONE;
		e->value = p;
	}
	*out = e->value;
	return 0;
}

static int add(struct auditing *w, struct audited *p, struct audit_sign sign, struct err *err)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 16;
		struct audit_sign *more = arena_array(w->a, cap, sizeof(*more));
		if (!more)
			return no_memory(err);
		if (p->n)
			memcpy(more, p->sign, p->n * sizeof(*more));
		p->sign = more;
		p->cap = cap;
	}
	p->sign[p->n++] = sign;
	return 0;
}

/* ---- registrations ---- */

static struct slice server_of(const json_t *o, const char *source)
{
	const json_t *told;
	size_t i;

	json_array_foreach(json_arr(o, "sources"), i,
	                   told) if (slice_eq_str(json_str(told, "source"),
	                                          source)) return json_str(told, "server");
	return (struct slice){ 0 };
}

/* The newest registration of a subject, and what is amiss with it as one of a registrar's own. */
static int set_newest(struct auditing *w, const struct store_record *r, const json_t *o,
                      struct audited *p, struct err *err)
{
	struct slice key;
	int rc = copy(w->a, r->key, &key, err);
	struct table_entry *e = rc ? NULL : table_put(&w->newest, key);
	struct audit_name *n = e ? e->value : NULL;

	if (!e)
		return rc ? rc : no_memory(err);
	if (!n)
		e->value = n = ARENA_NEW(w->a, struct audit_name);
	if (!n)
		return no_memory(err);
	if (n->at && r->at < n->at)
		return 0;
	*n = (struct audit_name){
		.at = r->at,
		.record = r->id,
		.party = p,
		.by_rdap = server_of(o, "rdap-registry").n || server_of(o, "rdap-registrar").n,
		.has_mail = json_str(json_obj(o, "abuse"), "mail").n > 0,
	};
	int64_t expires;
	if (timestamp_parse(json_str(o, "expires"), &expires, NULL) == 0 && expires < r->at)
		n->fault = SLICE("it had expired when it was seen");
	const json_t *status;
	size_t i;
	json_array_foreach(json_arr(o, "status"), i,
	                   status) if (slice_eq_str(json_text(status), "clientHold") ||
	                               slice_eq_str(json_text(status), "serverHold")) n->fault =
		SLICE("it is on hold");
	if (json_str(json_obj(o, "registrant"), "privacy").n)
		n->fault = SLICE("a privacy service stands in the registrar's own place");
	return 0;
}

static int take_site(struct auditing *w, struct audited *p, const struct store_record *r,
                     const json_t *o, struct err *err)
{
	struct slice text = json_str(o, "registrar_url"), name = json_str(o, "registrar");
	struct subject subject;
	int rc = 0;

	if (name.n && r->at >= p->named_at) {
		rc = copy(w->a, name, &p->name, err);
		p->named_at = r->at;
	}
	if (rc || !text.n || r->at < p->site_at)
		return rc;
	/* What it wrote as its address may be none. */
	if (subject_parse(text, w->m->rules.suffixes, w->a, &subject, NULL) == 0 &&
	    subject_site(subject, w->m->rules.suffixes, w->a, &p->site, NULL) == 0) {
		p->has_site = true;
		p->site_at = r->at;
	}
	return 0;
}

static int take_registration(struct auditing *w, const struct store_record *r, const json_t *o,
                             struct err *err)
{
	struct slice key, registry = server_of(o, "rdap-registry");
	struct audited *p;
	struct err why = { 0 };
	int64_t id = json_i64(o, "registrar_id", 0);
	struct slice name = json_str(o, "registrar");
	int rc =
		name.n || id ? party_key(NOTICE_REGISTRAR, name, id, w->a, &key, &why) : ERR_SYNTAX;

	if (rc)
		return rc == ERR_NOMEM ? no_memory(err) : 0;
	rc = audited_of(w, key, &p, err);
	if (rc == 0)
		rc = take_site(w, p, r, o, err);
	if (rc == 0)
		rc = set_newest(w, r, o, p, err);
	if (rc || !registry.n)
		return rc;
	bool answered = server_of(o, "rdap-registrar").n > 0;
	struct slice led;
	rc = copy(w->a,
	          slice_str(arena_printf(w->a, "%.*s %.*s", SLICE_ARG(key), SLICE_ARG(registry))),
	          &led, err);
	if (rc == 0 && answered && !table_put(&w->leads, led))
		rc = no_memory(err);
	struct audit_sign sign = {
		.item = AUDIT_RDAP, .good = answered, .at = r->at, .record = r->id, .what = led
	}; /* until it is known whether that registry leads on */
	return rc ? rc : add(w, p, sign, err);
}

static int take_absence(struct auditing *w, const struct store_record *r, const json_t *o,
                        struct err *err)
{
	static const char *const answers[] = { "not-registered", "reserved", "invalid",
		                               "no-server" };
	struct slice how = json_str(o, "how"), key;
	struct audit_silence *s = ARENA_NEW(w->a, struct audit_silence);

	if (!slice_eq_str(json_str(o, "of"), "registration"))
		return 0;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (slice_eq_str(how, answers[i]))
			return 0;
	int rc = copy(w->a, r->key, &key, err);
	if (rc || !s)
		return rc ? rc : no_memory(err);
	*s = (struct audit_silence){ key, r->at, r->id, w->silence };
	w->silence = s;
	return 0;
}

static int take_observation(void *ctx, const struct store_record *r, struct err *err)
{
	struct auditing *w = ctx;
	json_t *body = NULL;

	if (r->at > w->at || r->at < w->since ||
	    slice_find_slice(r->body, SLICE("registration\"")) == r->body.n)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	if (rc == 0 && slice_eq_str(json_str(body, "what"), "registration"))
		rc = take_registration(w, r, json_obj(body, "registration"), err);
	else if (rc == 0 && slice_eq_str(json_str(body, "what"), "absence"))
		rc = take_absence(w, r, json_obj(body, "absence"), err);
	json_decref(body);
	return rc;
}

/* ---- from what was read to signs ---- */

/* Whether its registry led to it is known only now. */
static void settle_rdap(struct auditing *w, struct audited *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct audit_sign s = p->sign[i];
		if (s.item == AUDIT_RDAP && !s.nobody) {
			if (!table_find(&w->leads, s.what))
				continue;
			s.what =
				s.good ? (struct slice){ 0 }
				       : SLICE("the registry led to its server, which did not answer");
		}
		p->sign[kept++] = s;
	}
	p->n = kept;
}

static int settle_names(struct auditing *w, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->newest.n; i++) {
		const struct audit_name *n = w->newest.entry[i].value;
		struct audit_sign s = {
			.item = AUDIT_CONTACT,
			.good = n->has_mail,
			.at = n->at,
			.record = n->record,
			.what = n->has_mail ? (struct slice){ 0 }
			                    : SLICE("no abuse address in its RDAP answer")
		};
		if (n->by_rdap)
			rc = add(w, n->party, s, err);
	}
	for (const struct audit_silence *s = w->silence; rc == 0 && s; s = s->next) {
		struct table_entry *e = table_find(&w->newest, s->key);
		struct audit_sign sign = {
			.item = AUDIT_RDAP, .nobody = true, .at = s->at, .record = s->record
		};
		if (e)
			rc = add(w, ((struct audit_name *)e->value)->party, sign, err);
	}
	for (size_t i = 0; rc == 0 && i < w->parties.n; i++) {
		struct audited *p = w->parties.entry[i].value;
		struct table_entry *e = p->has_site ? table_find(&w->newest, p->site.key) : NULL;
		const struct audit_name *n = e ? e->value : NULL;
		if (n)
			rc = add(w, p,
			         (struct audit_sign){ .item = AUDIT_OWN_DATA,
			                              .good = !n->fault.n,
			                              .at = n->at,
			                              .record = n->record,
			                              .what = n->fault },
			         err);
	}
	return rc;
}

struct posted {
	struct auditing *w;
	struct audited *party;
	bool any; /* some fact: its pages were read */
	bool address;
	int64_t page_at; /* a page that would post it was captured */
	struct sha256 page;
};

static int take_fact(void *ctx, const struct store_record *r, struct err *err)
{
	struct posted *p = ctx;
	json_t *body = NULL;

	if (r->at > p->w->at)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	p->any = true;
	if (rc == 0 && slice_eq_str(json_str(body, "what"), "contact") &&
	    slice_eq_str(json_str(body, "arg"), "address")) {
		p->address = true;
		rc = add(
			p->w, p->party,
			(struct audit_sign){
				.item = AUDIT_ADDRESS, .good = true, .at = r->at, .record = r->id },
			err);
	}
	json_decref(body);
	return rc;
}

static int take_page(void *ctx, const struct store_record *r, struct err *err)
{
	static const char *const classes[] = { "contact", "imprint", "about" };
	struct posted *p = ctx;
	json_t *body = NULL;

	if (r->at > p->w->at)
		return 0;
	int rc = json_parse_object(r->body, STORE_BODY_MAX, &body, err);
	for (size_t i = 0; rc == 0 && i < sizeof(classes) / sizeof(classes[0]); i++)
		if (slice_eq_str(json_str(body, "what"), "page") && r->at >= p->page_at &&
		    slice_eq_str(json_str(body, "class"), classes[i])) {
			p->page_at = r->at;
			p->page = r->id;
		}
	json_decref(body);
	return rc;
}

static int settle_address(struct auditing *w, struct audited *party, struct err *err)
{
	struct posted p = { .w = w, .party = party, .page_at = STORE_NONE };
	struct store_filter f = { .type = SLICE("fact"),
		                  .kind = slice_str(subject_kind_name(party->site.kind)),
		                  .key = party->site.key };
	int rc = store_each_record(w->m->store, &f, take_fact, &p, err);

	f.type = SLICE("observation");
	if (rc == 0 && p.any && !p.address)
		rc = store_each_record(w->m->store, &f, take_page, &p, err);
	if (rc == 0 && p.page_at != STORE_NONE)
		rc = add(w, party,
		         (struct audit_sign){
				 .item = AUDIT_ADDRESS,
				 .at = p.page_at,
				 .record = p.page,
				 .what = SLICE("none was found on its pages about itself") },
		         err);
	return rc;
}

/* ---- our own mail ---- */

static const struct notice_reply *first_reply(const struct notice_file *f, int64_t at, bool bounce)
{
	for (size_t i = 0; i < f->reply_n; i++)
		if (f->reply[i].at <= at && f->reply[i].class != REPLY_DELAY &&
		    (f->reply[i].class == REPLY_BOUNCE) == bounce)
			return &f->reply[i];
	return NULL;
}

static int take_notice(struct auditing *w, const struct notice_file *f, struct err *err)
{
	const struct notice_reply *answer = first_reply(f, w->at, false),
				  *bounce = first_reply(f, w->at, true);
	struct audit_sign mail = {
		.item = AUDIT_MAIL, .good = true, .at = f->sent_at, .record = f->id
	};
	struct audit_sign replied = { .item = AUDIT_ANSWERS, .at = f->sent_at, .record = f->id };
	struct audited *p;
	bool acted = false;
	int rc;

	if (f->state == NOTICE_REFUSED) {
		mail.at = f->state_at;
		mail.good = false;
		mail.what = f->answer;
	} else if (f->sent_at == NOTICE_NEVER || f->state == NOTICE_WRITTEN ||
	           (notice_is_uncertain(f->state) && !answer)) {
		return 0;
	} else if (bounce) {
		mail = (struct audit_sign){ .item = AUDIT_MAIL,
			                    .at = bounce->at,
			                    .record = bounce->record,
			                    .what = bounce->diagnostic };
	} else if (answer) {
		mail.at = answer->at;
		mail.record = answer->record;
	}
	if (mail.at > w->at || mail.at < w->since)
		return 0;
	rc = audited_of(w, f->party, &p, err);
	if (rc == 0)
		rc = add(w, p, mail, err);
	for (size_t i = 0; i < f->line_n; i++)
		acted |= f->line[i].outcome == OUTCOME_ACTED && f->line[i].outcome_at <= w->at;
	replied.good = answer || acted;
	if (rc || !mail.good || (!replied.good && f->sent_at + w->answer_s > w->at))
		return rc;
	if (answer)
		replied.record = answer->record;
	if (!replied.good)
		replied.what = SLICE("a notice had no answer");
	return add(w, p, replied, err);
}

static int take_notices(struct auditing *w, struct err *err)
{
	struct notice_file *file = NULL;
	size_t n = 0;
	int rc = notices_load(w->m->store, w->a, &file, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (file[i].to == NOTICE_REGISTRAR && file[i].party.n &&
		    (file[i].purpose == PURPOSE_REQUEST || file[i].purpose == PURPOSE_ARRIVED))
			rc = take_notice(w, &file[i], err);
	return rc;
}

static int gather(struct auditing *w, struct err *err)
{
	struct store_filter f = { .type = SLICE("observation") };
	int rc = store_each_record(w->m->store, &f, take_observation, w, err);

	if (rc == 0)
		rc = settle_names(w, err);
	if (rc == 0)
		rc = take_notices(w, err);
	for (size_t i = 0; rc == 0 && i < w->parties.n; i++) {
		struct audited *p = w->parties.entry[i].value;
		settle_rdap(w, p);
		if (p->has_site)
			rc = settle_address(w, p, err);
	}
	return rc;
}

/* ---- the command ---- */

static bool is_wanted(const struct registrar_cmd *m, const struct audited *p)
{
	return m->all || registrar_is_named(slice_str(m->cmd->argv[1]), p->key, p->name);
}

static int put_all(struct auditing *w, bool *found, struct err *err)
{
	struct buf out = { 0 };
	bool text = w->m->cmd->format == FORMAT_TEXT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < w->parties.n; i++) {
		const struct audited *p = w->parties.entry[i].value;
		struct audit_row rows[AUDIT_ITEMS];
		if (!is_wanted(w->m, p))
			continue;
		*found = true;
		rc = audit_make(p->sign, p->n, w->a, rows, err);
		if (rc == 0)
			rc = text ? audit_put_text(p, rows, &out, err)
			          : audit_put_json(p, rows, w->at, &out, err);
		if (rc == 0 && out.n > 1 << 16)
			rc = cmd_put_out(&out, err);
	}
	if (rc == 0 && text && *found)
		audit_put_method(&out);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int registrar_audit(struct registrar_cmd *m, struct err *err)
{
	struct arena a = { 0 };
	struct auditing w = { .m = m,
		              .a = &a,
		              .at = m->cmd->at,
		              .since = INT64_MIN,
		              .answer_s = m->cmd->config.notice.silent_days * DAY };
	bool found = false;
	int rc = 0;

	if (m->all == (m->cmd->argc > 1))
		return err_set(err, ERR_USAGE, 0, "audit takes a registrar, or --all");
	if (m->since && (rc = timestamp_parse(slice_str(m->since), &w.since, err)))
		return err_wrap(err, "--since");
	rc = gather(&w, err);
	if (rc == 0)
		rc = put_all(&w, &found, err);
	if (rc == 0 && !found && !m->all)
		rc = err_set(err, ERR_NOTFOUND, 0,
		             "%s: nothing was observed of a registrar of that name",
		             m->cmd->argv[1]);
	table_release(&w.parties);
	table_release(&w.newest);
	table_release(&w.leads);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}
