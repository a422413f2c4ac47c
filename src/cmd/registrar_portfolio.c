/* assay registrar portfolio FILE: a registrar's own names, screened and joined with the store.
 *
 * Names stream by: each is screened, and looked up in a table of what the store knows (members of
 * networks, subjects with a verdict or a decision, those of notices). Only what is suspect or known is
 * kept, and looked at in the store one by one. */
#include "act/portfolio.h"
#include "cmd/intake.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/registrar_gather.h"
#include "cmd/registrar_site.h"
#include "cmd/view.h"
#include "screen/screen.h"
#include "sys/random.h"
#include "wire/dname.h"
#include "wire/timestamp.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MILLION = 1000000, WRITE_AT = 1 << 16, NAME_COLUMN = 40 };

enum { KNOWN_CELLS = 1, KNOWN_TOLD = 2 };

struct known {
	unsigned how;
	struct slice network;
};

struct holdings {
	struct registrar_cmd *m;
	struct arena arena;
	struct rulebook words; /* the lexicon */
	struct screen *screen;
	struct table known; /* key of a site -> struct known */
	struct registrar_networks networks;
	struct portfolio_name *list;
	size_t n, cap;
	uint64_t names;
	struct buf text;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what the store knows ---- */

static int know(struct holdings *h, struct slice key, unsigned how, struct slice network,
                struct err *err)
{
	struct table_entry *e = table_find(&h->known, key);

	if (!e) {
		struct slice kept = arena_copy(&h->arena, key);
		struct known *k = ARENA_NEW(&h->arena, struct known);
		e = kept.p && k ? table_put(&h->known, kept) : NULL;
		if (!e)
			return no_memory(err);
		e->value = k;
	}
	struct known *k = e->value;
	k->how |= how;
	if (network.n)
		k->network = network;
	return 0;
}

static int take_subject(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	(void)kind;
	return know(ctx, key, KNOWN_CELLS, (struct slice){ 0 }, err);
}

static int load_known(struct holdings *h, struct err *err)
{
	struct notice_file *file = NULL;
	size_t n = 0;
	int rc = registrar_networks_load(h->m->store, h->m->cmd->at, &h->arena, &h->networks, err);

	for (size_t i = 0; rc == 0 && i < h->networks.n; i++)
		rc = know(h, h->networks.subject[i].key, 0, h->networks.network[i], err);
	if (rc == 0)
		rc = store_subjects(h->m->store, (struct slice){ 0 }, true, take_subject, h, err);
	if (rc == 0)
		rc = notices_load(h->m->store, &h->arena, &file, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		for (size_t k = 0; rc == 0 && k < file[i].line_n; k++)
			rc = know(h, file[i].line[k].subject.key, KNOWN_TOLD, (struct slice){ 0 },
			          err);
	return rc;
}

/* ---- a name ---- */

static int put_reasons(struct holdings *h, const struct suspect *s, struct slice *out,
                       struct err *err)
{
	buf_clear(&h->text);
	for (uint32_t i = 0; i < s->n; i++)
		buf_printf(&h->text, "%s%s %.*s", i ? ", " : "",
		           screen_class_name(s->reason[i].class), SLICE_ARG(s->reason[i].word));
	*out = arena_copy(&h->arena, buf_slice(&h->text));
	return out->p && buf_ok(&h->text) ? 0 : no_memory(err);
}

static int room(struct holdings *h, struct err *err)
{
	if (h->n < h->cap)
		return 0;
	size_t cap = h->cap ? 2 * h->cap : 1024;
	struct portfolio_name *list = realloc(h->list, cap * sizeof(*list));
	if (!list)
		return no_memory(err);
	h->list = list;
	h->cap = cap;
	return 0;
}

/* What the verdicts and decisions on it say. */
static int take_standing(struct holdings *h, struct subject subject, struct portfolio_facts *f,
                         struct slice *class, struct err *err)
{
	struct view v = { 0 };
	int rc = view_load(h->m->store, subject, h->m->rules.suffixes, VIEW_STANDING, &h->arena, &v,
	                   err);

	for (size_t i = 0; rc == 0 && i < v.n; i++) {
		const struct standing *s = v.row[i].standing;
		bool listed = standing_in_force(s).n > 0;
		bool bad = listed || s->state == STATE_PENDING;
		f->listed |= listed;
		f->judged |= s->state == STATE_PENDING;
		f->legitimate |= slice_eq_str(s->class, "legitimate");
		if ((bad && !slice_eq_str(*class, "rogue")) || class->n == 0)
			*class = s->class;
	}
	if (rc == 0 && class->n)
		*class = arena_copy(&h->arena, *class);
	view_release(&v);
	return rc;
}

static enum portfolio_state state_of(enum site_state s)
{
	static const enum portfolio_state states[SITE_STATES] = {
		[SITE_UNKNOWN] = PORTFOLIO_UNKNOWN,
		[SITE_ACTIVE] = PORTFOLIO_ACTIVE,
		[SITE_HOLDING] = PORTFOLIO_HOLDING,
		[SITE_PAST] = PORTFOLIO_PAST,
	};

	return states[s];
}

static int keep(struct holdings *h, struct slice name, const struct suspect *s,
                const struct known *k, struct err *err)
{
	struct portfolio_facts f = { .member = k && k->network.n,
		                     .told = k && k->how & KNOWN_TOLD,
		                     .score = s->score };
	struct portfolio_name p = { .score = s->score, .at = INT64_MIN };
	struct registrar_site site = { .state_at = STORE_NONE };
	struct subject subject;

	p.name = arena_copy(&h->arena, name);
	int rc = p.name.p ? room(h, err) : no_memory(err);
	if (rc)
		return rc;
	subject = subject_of_name(p.name, h->m->rules.suffixes);
	if (s->score)
		rc = put_reasons(h, s, &p.reasons, err);
	if (rc == 0 && k && k->how & KNOWN_CELLS)
		rc = take_standing(h, subject, &f, &p.class, err);
	if (rc == 0)
		rc = registrar_site_load(h->m->store, subject, h->m->rules.suffixes, NULL,
		                         h->m->cmd->at, &h->arena, &site, err);
	if (rc)
		return rc;
	p.standing = portfolio_standing_of(&f);
	p.state = state_of(site.state);
	p.sign = site.sign;
	p.at = site.state_at;
	p.network = k ? k->network : (struct slice){ 0 };
	h->list[h->n++] = p;
	return 0;
}

static int take_name(void *ctx, struct slice name, const struct intake_where *w, struct err *err)
{
	struct holdings *h = ctx;
	struct suspect s;
	struct subject site = subject_of_name(name, h->m->rules.suffixes);
	struct table_entry *e = table_find(&h->known, site.key);

	(void)w;
	h->names++;
	screen_name(h->screen, name, &s);
	if (!e && s.score == 0)
		return 0;
	int rc = keep(h, name, &s, e ? e->value : NULL, err);
	return rc ? rc : s.score > 0;
}

/* ---- what is told ---- */

static int put_time(json_t *o, const char *key, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	if (at == INT64_MIN)
		return 0;
	timestamp_format(at, text);
	return json_put_str(o, key, slice_str(text));
}

static int put_json(const struct portfolio_name *p, size_t rank, struct buf *out, struct err *err)
{
	const struct {
		const char *key;
		struct slice s;
	} texts[] = { { "class", p->class },
		      { "network", p->network },
		      { "reasons", p->reasons },
		      { "sign", p->sign } };
	json_t *o = json_object();
	int failed = json_put_str(o, "type", SLICE("portfolio_name"));

	failed |= json_put_i64(o, "v", 1);
	failed |= json_put_i64(o, "rank", (int64_t)rank);
	failed |= json_put_str(o, "name", p->name);
	failed |= json_put_str(o, "standing", slice_str(portfolio_standing_name(p->standing)));
	failed |= json_put_str(o, "state", slice_str(portfolio_state_name(p->state)));
	failed |= json_put_i64(o, "score", p->score);
	failed |= put_time(o, "seen", p->at);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].s.n)
			failed |= json_put_str(o, texts[i].key, texts[i].s);
	int rc = failed ? no_memory(err) : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static void put_text(const struct portfolio_name *p, size_t rank, struct buf *out)
{
	size_t from;

	buf_printf(out, "%5zu  ", rank);
	from = out->n;
	dname_display(p->name, out);
	while (out->n - from < NAME_COLUMN && buf_ok(out))
		buf_putc(out, ' ');
	buf_printf(out, "  %-8s %-7s", portfolio_standing_name(p->standing),
	           portfolio_state_name(p->state));
	if (p->sign.n)
		buf_printf(out, "  %.*s", SLICE_ARG(slice_sub(p->sign, 0, 16)));
	if (p->class.n)
		buf_printf(out, "  %.*s", SLICE_ARG(p->class));
	if (p->score)
		buf_printf(out, "  %u.%02u", p->score / MILLION,
		           p->score % MILLION / (MILLION / 100));
	buf_putc(out, '\n');
	if (p->reasons.n || p->network.n) {
		buf_puts(out, "         ");
		if (p->network.n)
			buf_printf(out, "network %.*s%s", SLICE_ARG(slice_sub(p->network, 0, 30)),
			           p->reasons.n ? "; " : "");
		buf_printf(out, "%.*s\n", SLICE_ARG(slice_sub(p->reasons, 0, 50)));
	}
}

static int put_totals(const struct holdings *h, const struct intake *in, struct buf *out,
                      struct err *err)
{
	size_t standing[PORTFOLIO_STANDINGS] = { 0 }, state[PORTFOLIO_STATES] = { 0 };
	int rc = 0;

	for (size_t i = 0; i < h->n; i++) {
		standing[h->list[i].standing]++;
		if (h->list[i].standing >= PORTFOLIO_KNOWN)
			state[h->list[i].state]++;
	}
	if (h->m->cmd->format == FORMAT_TEXT) {
		buf_printf(out, "%" PRIu64 " names read", h->names);
		for (int i = PORTFOLIO_LISTED; i >= PORTFOLIO_CLEARED; i--)
			buf_printf(out, ", %zu %s", standing[i],
			           portfolio_standing_name((enum portfolio_standing)i));
		if (in->total.bad_lines)
			buf_printf(out, "; %" PRId64 " line%s no name", in->total.bad_lines,
			           in->total.bad_lines == 1 ? " is" : "s are");
		buf_puts(out, "\nof those listed, judged or known:");
		for (int i = 0; i < PORTFOLIO_STATES; i++)
			buf_printf(out, "%s %zu %s", i ? "," : "", state[i],
			           portfolio_state_name((enum portfolio_state)i));
		buf_putc(out, '\n');
		return 0;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "type", SLICE("portfolio"));
	failed |= json_put_i64(o, "v", 1);
	failed |= put_time(o, "at", h->m->cmd->at);
	failed |= json_put_i64(o, "names", (int64_t)h->names);
	failed |= json_put_i64(o, "unreadable", in->total.bad_lines);
	for (int i = PORTFOLIO_CLEARED; i < PORTFOLIO_STANDINGS; i++)
		failed |= json_put_i64(o, portfolio_standing_name((enum portfolio_standing)i),
		                       (int64_t)standing[i]);
	for (int i = 0; i < PORTFOLIO_STATES; i++)
		failed |= json_put_i64(o, portfolio_state_name((enum portfolio_state)i),
		                       (int64_t)state[i]);
	rc = failed ? no_memory(err) : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static int put_all(struct holdings *h, const struct intake *in, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	portfolio_rank(h->list, h->n);
	for (size_t i = 0; rc == 0 && i < h->n; i++) {
		if (h->m->cmd->format == FORMAT_TEXT)
			put_text(&h->list[i], i + 1, &out);
		else
			rc = put_json(&h->list[i], i + 1, &out, err);
		if (rc == 0 && out.n > WRITE_AT)
			rc = cmd_put_out(&out, err);
	}
	if (rc == 0 && h->m->cmd->format == FORMAT_TEXT && h->n)
		buf_putc(&out, '\n');
	if (rc == 0)
		rc = put_totals(h, in, &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static int read_names(struct holdings *h, struct err *err)
{
	struct progress progress = progress_to_stderr();
	struct log log = log_to_stderr(h->m->cmd->config.log_level);
	struct intake in = { .suffixes = h->m->rules.suffixes,
		             .log = &log,
		             .progress = &progress,
		             .at = h->m->cmd->at,
		             .sink = { .ctx = h, .name = take_name } };
	uint64_t bytes = 0;
	int rc = intake_size(h->m->cmd->argv[1], &bytes, err);

	progress_begin(&progress, "screening", "names", bytes);
	if (rc == 0)
		rc = intake_path(&in, h->m->cmd->argv[1], err);
	progress_end(&progress);
	return rc ? rc : put_all(h, &in, err);
}

int registrar_portfolio(struct registrar_cmd *m, struct err *err)
{
	struct holdings h = { .m = m };
	int rc = random_bytes((uint8_t *)&h.known.key, sizeof(h.known.key), err);

	if (rc == 0)
		rc = rulebook_load(&m->cmd->config, true, false, &h.words, err);
	if (rc == 0)
		rc = screen_new(h.words.lexicon, h.words.suffixes, &h.screen, err);
	if (rc == 0)
		rc = load_known(&h, err);
	if (rc == 0)
		rc = read_names(&h, err);
	screen_free(h.screen);
	rulebook_release(&h.words);
	registrar_networks_release(&h.networks);
	table_release(&h.known);
	free(h.list);
	buf_release(&h.text);
	arena_release(&h.arena);
	return rc ? rc : EXIT_DONE;
}
