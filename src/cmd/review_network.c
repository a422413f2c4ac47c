/* A whole network at once, and yet no member unseen: show prints each member's evidence and, beneath,
 * the digest of what it showed (which members, which verdicts). decide takes that digest, so that
 * what a reviewer decides on is what that reviewer was shown: where a member came, went or was
 * assessed anew since, it must be shown again. Each member is judged by itself, and one that is
 * refused is told and does not stop the others. */
#include "cmd/review.h"

#include "cmd/networks.h"

#include <string.h>

struct member {
	struct subject subject;
	struct view view;
	bool waits; /* for the destination */
};

struct network_view {
	struct arena arena;
	struct network network;
	struct member *member;
	size_t n;
	struct sha256 digest;
};

static int load(struct review *r, struct network_view *v, struct err *err)
{
	struct buf shown = { 0 };
	int rc = network_find(r->store, slice_str(r->network), &v->arena, &v->network, err);

	if (rc == 0 && v->network.members_n == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "there is no network '%s' in this store", r->network);
	if (rc == 0 && !r->destination)
		rc = err_set(err, ERR_USAGE, 0, "a network is shown and decided for a --destination");
	if (rc)
		return rc;
	v->member = arena_array(&v->arena, v->network.members_n, sizeof(*v->member));
	if (!v->member)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_printf(&shown, "%s\n%s\n", r->network, r->destination);
	for (; rc == 0 && v->n < v->network.members_n; v->n++) {
		struct member *m = &v->member[v->n];
		rc = subject_from_key(v->network.kind[v->n], v->network.key[v->n], &m->subject, err);
		if (rc)
			break;
		rc = view_load(r->store, m->subject, r->rules.suffixes, VIEW_WHOLE, &v->arena, &m->view,
		               err);
		size_t kept = 0;
		for (size_t i = 0; rc == 0 && i < m->view.n; i++) {
			const struct standing *s = m->view.row[i].standing;
			if (!s->is_current || !slice_eq_str(s->destination, r->destination))
				continue;
			struct view_row row = m->view.row[kept];
			m->view.row[kept++] = m->view.row[i];
			m->view.row[i] = row;
			m->waits = s->state == STATE_PENDING;
			char hex[SHA256_HEX] = "";
			if (s->verdict)
				sha256_hex(s->verdict->record, hex);
			buf_printf(&shown, "%.*s %s %s\n", SLICE_ARG(m->subject.key), hex,
			           standing_state_name(s->state));
		}
	}
	if (rc == 0 && !buf_ok(&shown))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	v->digest = sha256_of(buf_slice(&shown));
	buf_release(&shown);
	return rc;
}

static void release(struct network_view *v)
{
	for (size_t i = 0; i < v->n; i++)
		view_release(&v->member[i].view);
	arena_release(&v->arena);
}

/* The row for the destination, moved to the front by load, or nothing. */
static int put_member(struct review *r, struct member *m, struct buf *out, struct err *err)
{
	struct view shown = m->view;
	bool known = shown.n && slice_eq_str(shown.row[0].standing->destination, r->destination);

	shown.n = known ? 1 : 0;
	if (r->cmd->format == FORMAT_TEXT) {
		if (!known)
			buf_printf(out, "%.*s for %s: never assessed\n", SLICE_ARG(m->subject.key),
			           r->destination);
		return known ? view_put_text(&shown, out, err) : 0;
	}
	json_t *o = view_json(&shown, m->subject.key);
	int rc = o ? json_canonical(o, out, err) : err_set(err, ERR_NOMEM, 0, "out of memory");
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

int review_show_network(struct review *r, struct err *err)
{
	struct network_view v = { 0 };
	struct buf out = { 0 };
	char hex[SHA256_HEX];
	size_t waiting = 0;
	int rc = load(r, &v, err);

	for (size_t i = 0; rc == 0 && i < v.n; i++) {
		waiting += v.member[i].waits;
		rc = put_member(r, &v.member[i], &out, err);
	}
	sha256_hex(v.digest, hex);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		buf_printf(&out, "\n%zu members, %zu of them wait for %s. To decide on what was shown:\n"
		           "  assay review decide --network %s --destination %s --seen sha256:%s ...\n",
		           v.n, waiting, r->destination, r->network, r->destination, hex);
	else if (rc == 0)
		buf_printf(&out, "{\"members\":%zu,\"seen\":\"sha256:%s\",\"waiting\":%zu}\n", v.n, hex,
		           waiting);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	release(&v);
	buf_release(&out);
	return rc ? rc : EXIT_DONE;
}

static int check_seen(const struct review *r, const struct network_view *v, struct err *err)
{
	struct slice said = slice_str(r->seen ? r->seen : "");
	struct sha256 seen;

	if (slice_starts(said, SLICE("sha256:")))
		said = slice_sub(said, 7, said.n);
	if (!sha256_parse_hex(said, &seen))
		return err_set(err, ERR_USAGE, 0,
		               "a network is decided on what was shown of it: --seen takes the digest that "
		               "assay review show --network %s --destination %s prints",
		               r->network, r->destination);
	if (!sha256_eq(seen, v->digest))
		return err_set(err, ERR_REFUSED, 0,
		               "network %s is not what it was when it was shown: show it again, look at "
		               "what has changed, and decide on that",
		               r->network);
	return 0;
}

/* What became of one member: a line. */
static int tell(struct review *r, const struct member *m, const struct act_outcome *o,
                struct err *err)
{
	struct buf out = { 0 };
	bool refused = o->result == ACT_REFUSED;
	int rc = 0;

	if (r->cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "%.*s for %s: %s, %s%s%s\n", SLICE_ARG(m->subject.key), r->destination,
		           r->class, review_outcome(o->result), refused ? ": " : "", refused ? o->why : "");
	} else {
		static const char *const names[ACT_RESULTS] = { "in_force", "proposed", "corrected",
			                                        "refused", "known", "dismissed",
			                                        "recused" };
		json_t *line = json_object();
		int failed = json_put_str(line, "name", m->subject.key);
		failed |= json_put_str(line, "result", slice_str(names[o->result]));
		if (refused)
			failed |= json_put_str(line, "why", slice_str(o->why));
		rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory")
		            : json_canonical(line, &out, err);
		json_decref(line);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int review_decide_network(struct review *r, struct err *err)
{
	struct network_view v = { 0 };
	struct ledgerbook book = { 0 };
	struct acts acts;
	char batch[SHA256_HEX];
	size_t acted = 0, refused = 0;
	int rc = load(r, &v, err);

	if (rc == 0)
		rc = check_seen(r, &v, err);
	if (rc == 0)
		rc = review_open_book(r, &book, &acts, err);
	sha256_hex(v.digest, batch);
	/* All that wait are counted at once, so that the first half of too many is not listed. */
	for (size_t i = 0; rc == 0 && i < v.n; i++)
		r->guard.batch += v.member[i].waits;
	for (size_t i = 0; rc == 0 && i < v.n; i++) {
		struct act_outcome o = { 0 };
		if (!v.member[i].waits)
			continue;
		r->guard.batch--;
		rc = review_act(r, &acts, &v.member[i].subject, slice_str(batch), NULL, &v.arena, &o, err);
		acted++;
		refused += rc == 0 && o.result == ACT_REFUSED;
		if (rc == 0)
			rc = tell(r, &v.member[i], &o, err);
	}
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	if (rc == 0 && r->cmd->format == FORMAT_TEXT)
		printf("%zu members decided on, %zu refused, %zu did not wait\n", acted - refused, refused,
		       v.n - acted);
	ledgerbook_close(&book);
	release(&v);
	return rc ? rc : refused || acted == 0 ? EXIT_NO : EXIT_DONE;
}
