#include "cmd/link_store.h"

#include "cmd/intake_store.h"
#include "cmd/link_records.h"
#include "store/redact.h"
#include "sys/file.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "link: out of memory");
}

/* policy/packs -> policy/NAME */
static const char *beside(const struct config *config, const char *name, struct arena *a)
{
	struct slice packs = slice_str(config->packs);

	while (packs.n > 1 && packs.p[packs.n - 1] == '/')
		packs.n--;
	while (packs.n && packs.p[packs.n - 1] != '/')
		packs.n--;
	return arena_printf(a, "%.*s%s", SLICE_ARG(packs), name);
}

int link_store_open(struct link_store *l, const struct config *config, const struct suffixes *suffixes,
                    const struct log *log, struct err *err)
{
	struct arena *a = &l->input.arena;
	const char *shared = beside(config, "link/shared.tsv", a);
	const char *programs = beside(config, "programs", a);
	enum file_kind kind = FILE_ABSENT;

	l->input.suffixes = suffixes;
	l->input.log = log;
	if (!shared || !programs)
		return no_memory(err);
	int rc = file_kind_of(shared, &kind, err);
	if (rc || kind == FILE_ABSENT)
		return rc;
	rc = link_shared_load(&l->input.shared, shared, err);
	if (rc == 0)
		rc = file_kind_of(programs, &kind, err);
	if (rc == 0 && kind == FILE_DIRECTORY)
		rc = link_programs_load(&l->input.programs, programs, suffixes, &l->input.shared, err);
	l->on = rc == 0;
	return rc;
}

int link_store_fact(void *link_store, const struct record *r, struct err *err)
{
	struct link_store *l = link_store;

	return l->on ? link_input_record(&l->input, r, err) : 0;
}

/* ---- what the store holds ---- */

struct reading {
	struct link_store *l;
	struct link_networks *networks; /* NULL: no networks are wanted */
};

static int see(void *ctx, const struct store_record *row, struct err *err)
{
	struct reading *t = ctx;
	struct record r;
	json_t *body = NULL;

	if (store_is_redacted(row->body))
		return 0;
	int rc = json_parse_object(row->body, RECORD_LINE_MAX, &body, err);
	if (rc)
		return rc;
	rc = record_from_json(body, &r, err);
	if (rc) {
		json_decref(body);
		return rc;
	}
	rc = t->networks ? link_networks_earlier(t->networks, &r, &t->l->input.arena, err)
	                 : link_input_record(&t->l->input, &r, err);
	record_release(&r);
	return rc;
}

static int read_store(struct link_store *l, struct store *store, struct link_networks *networks,
                      struct err *err)
{
	static const char *const types[] = { "observation", "correction", "appeal" };
	struct store_filter earlier = { .type = SLICE("network") };
	struct reading t = { l, NULL };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(types) / sizeof(*types); i++) {
		struct store_filter f = { .type = slice_str(types[i]) };
		rc = store_each_record(store, &f, see, &t, err);
	}
	t.networks = networks;
	return rc ? rc : store_each_record(store, &earlier, see, &t, err);
}

/* ---- what comes of it ---- */

static int keep_lines(struct link_store *l, struct store *store, struct slice text, struct err *err)
{
	struct slice line;
	int rc = 0;

	while (rc == 0 && slice_cut(&text, '\n', &line)) {
		struct store_record row;
		struct buf body = { 0 };
		struct record r;
		bool is_new = false;
		if (line.n == 0)
			continue;
		rc = record_parse(line, &r, err);
		if (rc)
			break;
		rc = intake_store_record(&r, &body, &row, err);
		if (rc == 0)
			rc = store_put_record(store, &row, NULL, &is_new, err);
		l->fresh += is_new;
		buf_release(&body);
		record_release(&r);
	}
	return rc;
}

static int keep_all(struct link_store *l, struct store *store, const struct link_told *told,
                    int64_t at, struct err *err)
{
	struct buf out = { 0 };
	int rc = store_begin(store, err);

	for (size_t i = 0; rc == 0 && i < told->networks->n; i++) {
		buf_clear(&out);
		rc = link_put_records(told, &told->networks->network[i], at, &out, err);
		if (rc == 0)
			rc = keep_lines(l, store, buf_slice(&out), err);
	}
	buf_clear(&out);
	if (rc == 0)
		rc = link_put_gone(told, at, &out, err);
	if (rc == 0)
		rc = link_put_attributions(told, at, &out, err);
	if (rc == 0)
		rc = buf_ok(&out) ? keep_lines(l, store, buf_slice(&out), err) : no_memory(err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc)
		store_rollback(store);
	buf_release(&out);
	return rc;
}

int link_store_keep(struct link_store *l, struct store *store, int64_t at, struct err *err)
{
	struct link_networks networks = { 0 };
	struct population p = { 0 };
	struct networks found = { 0 };
	struct link_told told = { .in = &l->input, .p = &p, .found = &found, .networks = &networks };
	int rc = 0;

	if (!l->on)
		return 0;
	rc = read_store(l, store, &networks, err);
	if (rc == 0)
		rc = link_input_population(&l->input, &p, err);
	if (rc == 0)
		rc = networks_find(&p, &found, err);
	if (rc == 0)
		rc = link_networks_make(&networks, &l->input, &found, err);
	if (rc == 0)
		rc = link_told_init(&told, err);
	if (rc == 0)
		rc = keep_all(l, store, &told, at, err);
	l->networks = networks.n;
	link_networks_release(&networks);
	networks_release(&found);
	population_release(&p);
	return rc;
}

void link_store_close(struct link_store *l)
{
	link_input_release(&l->input);
}
