#include "engines.h"

static struct store *new_store(const char *name)
{
	struct store *s = NULL;

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	return s;
}

static void a_record_put_is_found_by_id_and_place_after_reopening(void **state)
{
	(void)state;
	struct store *s = new_store("records");
	struct store_record r = make_record("verdict", "x.example", 100, "{\"a\":1}");
	struct store_record got;
	struct arena a = { 0 };
	int64_t seq = 0;
	bool is_new = false;

	r.period = -5;
	ASSERT_OK(store_put_record(s, &r, &seq, &is_new, err));
	assert_true(is_new);
	assert_int_equal(seq, 1);
	store_close(s);
	ASSERT_OK(store_open(at_scratch("records"), STORE_READ, NULL, &s, err));
	ASSERT_OK(store_get_record(s, r.id, &a, &got, err));
	CHECK_SLICE(0, "type", got.type, SLICE("verdict"));
	CHECK_SLICE(0, "kind", got.kind, SLICE("registrable"));
	CHECK_SLICE(0, "key", got.key, SLICE("x.example"));
	CHECK_SLICE(0, "src", got.src, SLICE("test"));
	CHECK_SLICE(0, "body", got.body, SLICE("{\"a\":1}"));
	CHECK_INT(0, "at", got.at, 100);
	CHECK_INT(0, "period", got.period, -5);
	CHECK_INT(0, "id", sha256_eq(got.id, r.id), 1);
	ASSERT_OK(store_get_record_at(s, 1, &a, &got, err));
	CHECK_INT(0, "id at 1", sha256_eq(got.id, r.id), 1);
	ASSERT_FAILS(store_get_record_at(s, 2, &a, &got, err), ERR_NOTFOUND, "no such record");
	r.id.b[0] ^= 1;
	ASSERT_FAILS(store_get_record(s, r.id, &a, &got, err), ERR_NOTFOUND, "no such record");
	ASSERT_FAILS(store_put_record(s, &r, NULL, NULL, err), ERR_USAGE, "opened for reading");
	arena_release(&a);
	store_close(s);
	check_done();
}

static void a_record_put_twice_is_one_row(void **state)
{
	(void)state;
	struct store *s = new_store("twice");
	struct store_record r = make_record("verdict", "x.example", 100, "{\"a\":1}");
	struct store_record other = make_record("pack", NULL, 100, "{\"b\":1}");
	int64_t seq = 0, n = 0;
	bool is_new = true;

	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	ASSERT_OK(store_put_record(s, &other, &seq, &is_new, err));
	assert_true(is_new && seq == 2);
	r.at = 999; /* evaluated again: the same id, and the row that is there stays */
	ASSERT_OK(store_put_record(s, &r, &seq, &is_new, err));
	assert_true(!is_new && seq == 1);
	ASSERT_OK(store_count_records(s, SLICE(""), &n, err));
	assert_int_equal(n, 2);
	ASSERT_OK(store_count_records(s, SLICE("verdict"), &n, err));
	assert_int_equal(n, 1);
	store_close(s);
}

static void what_cannot_be_kept_is_refused_before_anything_is_written(void **state)
{
	(void)state;
	struct store *s = new_store("refused");
	char *big = malloc(STORE_BODY_MAX + 2);
	assert_non_null(big);
	memset(big, 'x', STORE_BODY_MAX + 1);
	big[STORE_BODY_MAX + 1] = '\0';
	struct store_record good = make_record("verdict", "x.example", 1, "{}");
	struct {
		const char *name;
		struct store_record r;
		int want;
	} rows[] = {
		{ "no type", good, ERR_USAGE },
		{ "no body", good, ERR_USAGE },
		{ "kind without key", good, ERR_USAGE },
		{ "no time", good, ERR_USAGE },
		{ "key is not UTF-8", good, ERR_SYNTAX },
		{ "body is not UTF-8", good, ERR_SYNTAX },
		{ "NUL in the source", good, ERR_SYNTAX },
		{ "10 MB and a byte", good, ERR_LIMIT },
	};
	rows[0].r.type = SLICE("");
	rows[1].r.body = SLICE("");
	rows[2].r.key = SLICE("");
	rows[3].r.at = STORE_NONE;
	rows[4].r.key = SLICE("x\xff.example");
	rows[5].r.body = SLICE("{\"a\":\"\xc3\"}");
	rows[6].r.src = SLICE("a\0b");
	rows[7].r.body = slice_str(big);
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, store_put_record(s, &rows[i].r, NULL, NULL, NULL),
			  rows[i].want);
	int64_t n = -1;
	ASSERT_OK(store_count_records(s, SLICE(""), &n, err));
	assert_int_equal(n, 0);
	free(big);
	store_close(s);
	check_done();
}

static int collect(void *ctx, const struct store_record *r, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%lld:%.*s:%.*s ", (long long)r->seq, SLICE_ARG(r->type), SLICE_ARG(r->key));
	return 0;
}

static int stop_at_once(void *ctx, const struct store_record *r, struct err *err)
{
	(void)ctx;
	return err_set(err, ERR_LIMIT, 0, "stopped at %lld", (long long)r->seq);
}

static void a_walk_gives_what_its_filter_names_in_order(void **state)
{
	(void)state;
	struct store *s = new_store("walk");
	const struct {
		const char *type, *key, *body;
	} put[] = {
		{ "suspect", "a.example", "1" }, { "verdict", "a.example", "2" },
		{ "suspect", "b.example", "3" }, { "pack", NULL, "4" },
		{ "verdict", "b.example", "5" },
	};
	const struct {
		const char *name;
		struct store_filter f;
		const char *want;
	} rows[] = {
		{ "all", { .after_seq = 0 },
		  "1:suspect:a.example 2:verdict:a.example 3:suspect:b.example 4:pack: "
		  "5:verdict:b.example " },
		{ "type", { .type = SLICE("verdict") }, "2:verdict:a.example 5:verdict:b.example " },
		{ "subject", { .kind = SLICE("registrable"), .key = SLICE("b.example") },
		  "3:suspect:b.example 5:verdict:b.example " },
		{ "type and subject",
		  { .type = SLICE("suspect"), .kind = SLICE("registrable"), .key = SLICE("b.example") },
		  "3:suspect:b.example " },
		{ "behind 3", { .after_seq = 3 }, "4:pack: 5:verdict:b.example " },
		{ "two", { .limit = 2 }, "1:suspect:a.example 2:verdict:a.example " },
		{ "unknown subject", { .kind = SLICE("registrable"), .key = SLICE("c.example") }, "" },
		{ "same key of another kind", { .kind = SLICE("host"), .key = SLICE("a.example") }, "" },
	};
	for (size_t i = 0; i < ROWS(put); i++) {
		struct store_record r = make_record(put[i].type, put[i].key, 1, put[i].body);
		ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	}
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got = { 0 };
		ASSERT_OK(store_each_record(s, &rows[i].f, collect, &got, err));
		CHECK_SLICE(i, rows[i].name, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	ASSERT_FAILS(store_each_record(s, &rows[0].f, stop_at_once, NULL, err), ERR_LIMIT,
		     "stopped at 1");
	store_close(s);
	check_done();
}

static void a_batch_appears_together_or_not_at_all(void **state)
{
	(void)state;
	struct store *s = new_store("batch"), *reader = NULL;
	struct store_record r = make_record("verdict", "x.example", 1, "1");
	struct store_record q = make_record("verdict", "y.example", 1, "2");
	int64_t n = -1;

	ASSERT_OK(store_open(at_scratch("batch"), STORE_READ, NULL, &reader, err));
	ASSERT_FAILS(store_commit(s, err), ERR_USAGE, "no batch");
	ASSERT_OK(store_begin(s, err));
	ASSERT_FAILS(store_begin(s, err), ERR_USAGE, "open already");
	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	assert_int_equal(n, 0);
	store_rollback(s);
	ASSERT_OK(store_begin(s, err));
	/* The same subject again: its first row went with the batch that was rolled back. */
	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	ASSERT_OK(store_put_record(s, &q, NULL, NULL, err));
	ASSERT_OK(store_commit(s, err));
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	assert_int_equal(n, 2);
	ASSERT_OK(store_begin(s, err));
	r = make_record("verdict", "x.example", 1, "3");
	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	store_close(s); /* rolls back */
	ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
	assert_int_equal(n, 2);
	store_close(reader);
}

static void a_snapshot_is_of_one_moment_until_its_end(void **state)
{
	(void)state;
	struct store *s = new_store("moment"), *reader = NULL;
	struct store_record r = make_record("verdict", "x.example", 1, "1");
	int64_t n = -1;

	ASSERT_OK(store_open(at_scratch("moment"), STORE_READ, NULL, &reader, err));
	store_snapshot_end(reader); /* without one */
	for (int64_t round = 0; round < 3; round++) {
		char body[2] = { (char)('1' + round), '\0' };
		ASSERT_OK(store_snapshot(reader, err));
		r = make_record("verdict", "x.example", 1, body);
		ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
		ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
		CHECK_INT(round, "seen within", n, round);
		store_snapshot_end(reader);
		ASSERT_OK(store_count_records(reader, SLICE(""), &n, err));
		CHECK_INT(round, "seen behind", n, round + 1);
	}
	store_close(reader);
	store_close(s);
	check_done();
}

struct nest {
	struct store *store;
	size_t depth, seen;
};

static int walk_again(void *ctx, const struct store_record *r, struct err *why)
{
	struct nest *nest = ctx;
	const struct store_filter same = { .kind = r->kind, .key = r->key };
	struct slice body = r->body;
	char first = body.p[0];
	int rc = 0;

	nest->seen++;
	if (nest->depth < 2) {
		nest->depth++;
		rc = store_each_record(nest->store, &same, walk_again, nest, why);
		nest->depth--;
	}
	/* What the outer walk showed is valid until this returns. */
	CHECK_INT(nest->seen, "the body's first byte", body.p[0], first);
	return rc;
}

static void a_walk_may_start_another_of_its_kind(void **state)
{
	(void)state;
	struct store *s = new_store("nest");
	const struct store_filter f = { .kind = SLICE("registrable"), .key = SLICE("x.example") };
	struct nest nest = { .store = s };

	for (int i = 0; i < 3; i++) {
		char body[2] = { (char)('1' + i), '\0' };
		struct store_record r = make_record("verdict", "x.example", 1, body);
		ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	}
	for (int round = 1; round <= 2; round++) { /* the statements are kept */
		nest.seen = 0;
		ASSERT_OK(store_each_record(s, &f, walk_again, &nest, err));
		CHECK_INT(round, "records seen", nest.seen, 3 + 9 + 27);
	}
	store_close(s);
	check_done();
}

static void cells_of_a_subject_come_in_order_with_their_record(void **state)
{
	(void)state;
	struct store *s = new_store("cells");
	const struct {
		const char *type, *key, *body, *src;
		int64_t period, at;
	} put[] = {
		{ "verdict", "a.example", "cells JP=rogue GB=unverified", "pack:jp", STORE_NONE, 10 },
		{ "decision", "a.example", "cells JP=rogue", "reviewer:akari", 77, 20 },
		{ "verdict", "b.example", "cells JP=legitimate", "pack:jp", STORE_NONE, 10 },
		{ "correction", "a.example", "cells JP=unverified", "reviewer:ben", 77, 30 },
	};
	const char *want[] = { "1 GB unverified r1 0 10 pack:jp -", "1 JP rogue r1 0 10 pack:jp -",
			       "2 JP rogue r1 1 20 reviewer:akari 77",
			       "4 JP unverified r1 2 30 reviewer:ben 77" };
	for (size_t i = 0; i < ROWS(put); i++) {
		struct store_record r = make_record(put[i].type, put[i].key, put[i].at, put[i].body);
		r.period = put[i].period;
		r.src = slice_str(put[i].src);
		ASSERT_OK(put_whole(s, &r, err));
		ASSERT_OK(put_whole(s, &r, err)); /* once more changes nothing */
	}
	struct arena a = { 0 };
	struct store_cell *c = NULL;
	size_t n = 0;
	ASSERT_OK(store_cells(s, SLICE("registrable"), SLICE("a.example"), &a, &c, &n, err));
	assert_int_equal(n, ROWS(want));
	for (size_t i = 0; i < n; i++) {
		char got[200], period[24] = "-";
		if (c[i].period != STORE_NONE)
			snprintf(period, sizeof(period), "%lld", (long long)c[i].period);
		snprintf(got, sizeof(got), "%lld %.*s %.*s %.*s %d %lld %.*s %s", (long long)c[i].seq,
			 SLICE_ARG(c[i].destination), SLICE_ARG(c[i].cls), SLICE_ARG(c[i].ground),
			 (int)c[i].from, (long long)c[i].at, SLICE_ARG(c[i].src), period);
		CHECK_SLICE(i, "cell", slice_str(got), slice_str(want[i]));
	}
	ASSERT_OK(store_cells(s, SLICE("registrable"), SLICE("nobody.example"), &a, &c, &n, err));
	assert_int_equal(n, 0);
	struct store_cell bad = { .destination = SLICE("JP"), .cls = SLICE("rogue") };
	ASSERT_FAILS(store_put_cells(s, 99, &bad, 1, err), ERR_NOTFOUND, "no record 99");
	struct store_record none = make_record("pack", NULL, 1, "pack");
	int64_t seq;
	ASSERT_OK(store_put_record(s, &none, &seq, NULL, err));
	ASSERT_FAILS(store_put_cells(s, seq, &bad, 1, err), ERR_USAGE, "has no subject");
	bad.cls = SLICE("");
	ASSERT_FAILS(store_put_cells(s, 1, &bad, 1, err), ERR_USAGE, "without destination, class");
	arena_release(&a);
	store_close(s);
	check_done();
}

static void listings_show_the_last_act_per_list(void **state)
{
	(void)state;
	struct store *s = new_store("listings");
	const char *bodies[] = { "list demo=add other=add", "list demo=change", "list other=remove" };
	struct arena a = { 0 };
	struct store_listing *l = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct store_record r = make_record("listing", "a.example", 5, bodies[i]);
		ASSERT_OK(put_whole(s, &r, err));
	}
	ASSERT_OK(store_listings(s, SLICE("registrable"), SLICE("a.example"), &a, &l, &n, err));
	assert_int_equal(n, 2);
	CHECK_SLICE(0, "list", l[0].list, SLICE("demo"));
	CHECK_SLICE(0, "action", l[0].action, SLICE("change"));
	CHECK_INT(0, "seq", l[0].seq, 2);
	CHECK_SLICE(1, "list", l[1].list, SLICE("other"));
	CHECK_SLICE(1, "action", l[1].action, SLICE("remove"));
	CHECK_SLICE(1, "key", l[1].key, SLICE("a.example"));
	struct store_listing bad = { .list = SLICE("demo"), .action = SLICE("delete") };
	ASSERT_FAILS(store_put_listings(s, 1, &bad, 1, err), ERR_USAGE, "unknown action");
	ASSERT_OK(store_listings(s, SLICE("host"), SLICE("a.example"), &a, &l, &n, err));
	assert_int_equal(n, 0);
	arena_release(&a);
	store_close(s);
	check_done();
}

static void citations_lead_from_evidence_to_findings(void **state)
{
	(void)state;
	struct store *s = new_store("citations");
	const char *bodies[] = { "quote one two", "quote two # again", "1", "quote two three" };
	const struct {
		const char *evidence;
		size_t n;
		int64_t seq[3];
	} rows[] = {
		{ "one", 1, { 1 } },
		{ "two", 3, { 1, 2, 4 } },
		{ "three", 1, { 4 } },
		{ "nobody's", 0, { 0 } },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct store_record r = make_record("finding", "a.example", 5, bodies[i]);
		ASSERT_OK(put_whole(s, &r, err));
		ASSERT_OK(put_whole(s, &r, err)); /* twice is once */
	}
	struct sha256 twice[] = { sha256_of(SLICE("one")), sha256_of(SLICE("one")) };
	ASSERT_OK(store_put_citations(s, 1, twice, 2, err));
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t *seq = NULL;
		size_t n = 99;
		ASSERT_OK(store_citations(s, sha256_of(slice_str(rows[i].evidence)), &a, &seq, &n, err));
		CHECK_INT(i, rows[i].evidence, n, rows[i].n);
		for (size_t k = 0; k < n && k < rows[i].n; k++)
			CHECK_INT(i, rows[i].evidence, seq[k], rows[i].seq[k]);
	}
	ASSERT_FAILS(store_put_citations(s, 99, twice, 1, err), ERR_NOTFOUND, "no record 99");
	arena_release(&a);
	store_close(s);
	check_done();
}

static int collect_subject(void *ctx, struct slice kind, struct slice key, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%.*s:%.*s ", SLICE_ARG(kind), SLICE_ARG(key));
	return 0;
}

static void subjects_come_in_bytewise_order(void **state)
{
	(void)state;
	struct store *s = new_store("subjects");
	const struct {
		const char *kind, *key, *body;
	} put[] = {
		{ "registrable", "b.example", "cells JP=rogue" },
		{ "registrable", "a.example", "1" },
		{ "host", "z.blog.example", "cells JP=rogue GB=rogue" },
	};
	const struct {
		const char *kind;
		bool with_cells;
		const char *want;
	} rows[] = {
		{ "", false, "host:z.blog.example registrable:a.example registrable:b.example " },
		{ "registrable", false, "registrable:a.example registrable:b.example " },
		{ "", true, "host:z.blog.example registrable:b.example " },
		{ "registrable", true, "registrable:b.example " },
		{ "url", false, "" },
	};
	for (size_t i = 0; i < ROWS(put); i++) {
		struct store_record r = make_record("verdict", put[i].key, 1, put[i].body);
		r.kind = slice_str(put[i].kind);
		ASSERT_OK(put_whole(s, &r, err));
	}
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf got = { 0 };
		ASSERT_OK(store_subjects(s, slice_str(rows[i].kind), rows[i].with_cells,
					 collect_subject, &got, err));
		CHECK_SLICE(i, rows[i].kind, buf_slice(&got), slice_str(rows[i].want));
		buf_release(&got);
	}
	store_close(s);
	check_done();
}

static void evidence_is_kept_once_under_its_digest(void **state)
{
	(void)state;
	struct store *s = new_store("evidence");
	struct store_evidence e = { .cls = SLICE("public"), .media_type = SLICE("text/html"),
				    .origin = SLICE("https://x.example/"), .at = 7 };
	struct store_evidence got;
	struct arena a = { 0 };
	struct buf b = { 0 };
	bool is_new = false;

	ASSERT_OK(store_put_evidence(s, &e, SLICE("<p>\0page"), &is_new, err));
	assert_true(is_new && e.length == 8);
	struct store_evidence again = e;
	again.origin = SLICE("https://y.example/");
	ASSERT_OK(store_put_evidence(s, &again, SLICE("<p>\0page"), &is_new, err));
	assert_false(is_new);
	ASSERT_OK(store_get_evidence(s, e.sha256, &b, &a, &got, err));
	CHECK_SLICE(0, "bytes", buf_slice(&b), SLICE("<p>\0page"));
	CHECK_SLICE(0, "class", got.cls, SLICE("public"));
	CHECK_SLICE(0, "type", got.media_type, SLICE("text/html"));
	CHECK_SLICE(0, "first origin", got.origin, SLICE("https://x.example/"));
	CHECK_INT(0, "length", got.length, 8);
	CHECK_INT(0, "at", got.at, 7);
	ASSERT_OK(store_put_evidence(s, &e, SLICE(""), &is_new, err));
	ASSERT_FAILS(store_get_evidence(s, sha256_of(SLICE("other")), &b, NULL, NULL, err),
		     ERR_NOTFOUND, "no evidence sha256:");
	e.cls = SLICE("secret");
	ASSERT_FAILS(store_put_evidence(s, &e, SLICE("z"), NULL, err), ERR_USAGE, "public or restricted");
	arena_release(&a);
	buf_release(&b);
	store_close(s);
	check_done();
}

static void sources_count_their_last_whole_pass(void **state)
{
	(void)state;
	struct store *s = new_store("sources");
	struct store_source zone = { SLICE("zone"), 1000000, 12, 3, 50 };
	struct store_source feed = { SLICE("feed"), 5, 1, 0, 50 };
	struct arena a = { 0 };
	struct store_source *list = NULL;
	size_t n = 0;

	ASSERT_OK(store_put_source(s, &zone, err));
	ASSERT_OK(store_put_source(s, &feed, err));
	zone.seen = 1000001;
	zone.at = 60;
	ASSERT_OK(store_put_source(s, &zone, err));
	ASSERT_OK(store_sources(s, &a, &list, &n, err));
	assert_int_equal(n, 2);
	CHECK_SLICE(0, "name", list[0].name, SLICE("feed"));
	CHECK_SLICE(1, "name", list[1].name, SLICE("zone"));
	CHECK_INT(1, "seen", list[1].seen, 1000001);
	CHECK_INT(1, "suspects", list[1].suspects, 12);
	CHECK_INT(1, "bad", list[1].bad, 3);
	CHECK_INT(1, "at", list[1].at, 60);
	arena_release(&a);
	store_close(s);
	check_done();
}

static int collect_entry(void *ctx, const struct store_ledger_entry *e, struct err *err)
{
	(void)err;
	buf_printf(ctx, "%lld:%.*s:%02x:%lld ", (long long)e->seq, SLICE_ARG(e->entry), e->salt[31],
		   (long long)e->at);
	return 0;
}

static void ledger_entries_have_no_gap_and_one_per_record(void **state)
{
	(void)state;
	struct store *s = new_store("ledger");
	struct store_record r[3];
	struct store_ledger_entry e = { .entry = SLICE("E"), .at = 9 };
	struct buf got = { 0 };
	int64_t size = -1, seq = -1;

	for (int i = 0; i < 3; i++) {
		const char *bodies[] = { "0", "1", "2" };
		r[i] = make_record("decision", "a.example", 1, bodies[i]);
		ASSERT_OK(store_put_record(s, &r[i], NULL, NULL, err));
	}
	ASSERT_OK(store_ledger_size(s, &size, err));
	assert_int_equal(size, 0);
	e.record = r[0].id;
	e.seq = 1;
	ASSERT_FAILS(store_ledger_append(s, &e, err), ERR_REFUSED, "without a gap");
	e.seq = 0;
	e.salt[31] = 0xa0;
	ASSERT_OK(store_ledger_append(s, &e, err));
	e.seq = 1;
	ASSERT_FAILS(store_ledger_append(s, &e, err), ERR_REFUSED, "its ledger entry already");
	e.record = sha256_of(SLICE("nothing"));
	ASSERT_FAILS(store_ledger_append(s, &e, err), ERR_NOTFOUND, "not kept");
	e.record = r[2].id;
	e.entry = SLICE("F");
	e.salt[31] = 0xa1;
	ASSERT_OK(store_ledger_append(s, &e, err));
	e.entry = SLICE("");
	ASSERT_FAILS(store_ledger_append(s, &e, err), ERR_USAGE, "empty");
	ASSERT_OK(store_ledger_size(s, &size, err));
	assert_int_equal(size, 2);
	ASSERT_OK(store_ledger_each(s, 0, -1, collect_entry, &got, err));
	CHECK_SLICE(0, "all", buf_slice(&got), SLICE("0:E:a0:9 1:F:a1:9 "));
	buf_clear(&got);
	ASSERT_OK(store_ledger_each(s, 1, 2, collect_entry, &got, err));
	CHECK_SLICE(1, "1 to 2", buf_slice(&got), SLICE("1:F:a1:9 "));
	ASSERT_OK(store_ledger_find(s, r[2].id, &seq, err));
	assert_int_equal(seq, 1);
	ASSERT_FAILS(store_ledger_find(s, r[1].id, &seq, err), ERR_NOTFOUND, "no ledger entry");
	buf_release(&got);
	store_close(s);
	check_done();
}

static void notes_are_set_and_read(void **state)
{
	(void)state;
	struct store *s = new_store("meta");
	struct buf b = { 0 };

	ASSERT_FAILS(store_get_meta(s, SLICE("k"), &b, err), ERR_NOTFOUND, "no value 'k'");
	ASSERT_OK(store_put_meta(s, SLICE("k"), SLICE("one"), err));
	ASSERT_OK(store_put_meta(s, SLICE("k"), SLICE("two"), err));
	ASSERT_OK(store_get_meta(s, SLICE("k"), &b, err));
	CHECK_SLICE(0, "k", buf_slice(&b), SLICE("two"));
	assert_string_equal(store_dir(s), at_scratch("meta"));
	buf_release(&b);
	store_close(s);
	check_done();
}

/* Statements that some other tool might run on our file; each must leave it as it was. */
static void rows_that_were_kept_cannot_be_changed_or_deleted(void **state)
{
	(void)state;
	struct store *s = new_store("append");
	struct store_record r = make_record("decision", "a.example", 1, "0");
	struct store_evidence e = { .cls = SLICE("public"), .at = 1 };
	struct store_ledger_entry entry = { .entry = SLICE("E"), .record = r.id };
	const char *rows[] = {
		"UPDATE record SET body = 'x'",
		"DELETE FROM record",
		"PRAGMA recursive_triggers=ON; INSERT OR REPLACE INTO record VALUES (1, x'00', 'x', 1, 1, 1, 1, '', 'x')",
		"UPDATE subject SET key = 'x'",
		"DELETE FROM subject",
		"PRAGMA recursive_triggers=ON; INSERT OR REPLACE INTO subject SELECT 9, kind, key FROM subject",
		"UPDATE evidence SET class = 'restricted'",
		"DELETE FROM evidence",
		"INSERT OR REPLACE INTO evidence SELECT sha256, 'restricted', '', 0, '', 0 FROM evidence",
		"UPDATE ledger_entry SET entry = 'x'",
		"DELETE FROM ledger_entry",
		"INSERT OR REPLACE INTO ledger_entry SELECT seq, record, salt, 'x', at FROM ledger_entry",
		"INSERT OR REPLACE INTO ledger_entry SELECT 1, record, salt, 'x', at FROM ledger_entry",
		"UPDATE migration SET at = 0",
		"DELETE FROM migration",
	};
	ASSERT_OK(store_put_record(s, &r, NULL, NULL, err));
	ASSERT_OK(store_put_evidence(s, &e, SLICE("bytes"), NULL, err));
	ASSERT_OK(store_ledger_append(s, &entry, err));
	store_close(s);
	char db[300];
	snprintf(db, sizeof(db), "%s", at_scratch("append/assay.db"));
	assert_int_equal(shell("sqlite3 '%s' .dump > '%s'", db, at_scratch("before")), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		/* A plain shell on the file: of our pragmas only what the row names is on. */
		shell("sqlite3 '%s' \"%s\" 2>/dev/null", db, rows[i]);
		assert_int_equal(shell("sqlite3 '%s' .dump > '%s'", db, at_scratch("after")), 0);
		CHECK_INT(i, rows[i], shell("cmp -s '%s' '%s'", at_scratch("before"), at_scratch("after")),
			  0);
	}
	check_done();
}

static void every_kept_query_uses_an_index(void **state)
{
	(void)state;
	struct store *s = new_store("plan");
	const char *rows[] = {
		"SELECT seq FROM record WHERE id = x'00'",
		"SELECT * FROM record WHERE seq > 0 AND type = 'x' ORDER BY seq LIMIT 5",
		"SELECT * FROM record WHERE seq > 0 AND subject = 1 ORDER BY seq LIMIT 5",
		"SELECT id FROM subject WHERE kind = 'x' AND key = 'y'",
		"SELECT * FROM cell WHERE subject = 1 ORDER BY record, destination",
		"SELECT * FROM cell WHERE record = 1",
		"SELECT 1 FROM listing WHERE subject = 1 AND list = 'x' AND destination = 'y'",
		"SELECT seq FROM ledger_entry WHERE record = x'00'",
		"SELECT * FROM ledger_entry WHERE seq >= 0 AND seq < 9 ORDER BY seq",
	};
	store_close(s);
	for (size_t i = 0; i < ROWS(rows); i++)
		/* grep finds a full scan or a sort: then it says 0. */
		CHECK_INT(i, rows[i],
			  shell("sqlite3 '%s' \"EXPLAIN QUERY PLAN %s\" | grep -qE 'SCAN|TEMP B-TREE'",
				at_scratch("plan/assay.db"), rows[i]) == 0, 0);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_put_is_found_by_id_and_place_after_reopening),
		cmocka_unit_test(a_record_put_twice_is_one_row),
		cmocka_unit_test(what_cannot_be_kept_is_refused_before_anything_is_written),
		cmocka_unit_test(a_walk_gives_what_its_filter_names_in_order),
		cmocka_unit_test(a_batch_appears_together_or_not_at_all),
		cmocka_unit_test(a_snapshot_is_of_one_moment_until_its_end),
		cmocka_unit_test(a_walk_may_start_another_of_its_kind),
		cmocka_unit_test(cells_of_a_subject_come_in_order_with_their_record),
		cmocka_unit_test(listings_show_the_last_act_per_list),
		cmocka_unit_test(citations_lead_from_evidence_to_findings),
		cmocka_unit_test(subjects_come_in_bytewise_order),
		cmocka_unit_test(evidence_is_kept_once_under_its_digest),
		cmocka_unit_test(sources_count_their_last_whole_pass),
		cmocka_unit_test(ledger_entries_have_no_gap_and_one_per_record),
		cmocka_unit_test(notes_are_set_and_read),
		cmocka_unit_test(rows_that_were_kept_cannot_be_changed_or_deleted),
		cmocka_unit_test(every_kept_query_uses_an_index),
	};
	/* What SQLite's shell looks into comes last: test_postgres.c has the like. */
	return run_on_engines("store", tests, ROWS(tests), ROWS(tests) - 2);
}
