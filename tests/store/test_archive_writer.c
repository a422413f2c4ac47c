/* The archive written by a thread: what was asked for is told in its sequence, when it is so. */
#include "scratch.h"

#include "exchanges.h"
#include "store/archive_verify.h"
#include "store/archive_writer.h"

enum { ORDERS = 5 };

struct scene {
	struct loop *loop;
	struct archive *archive;
	struct archive_writer *writer;
	const char *dir;
};

struct asked {
	struct scene *scene;
	int order, number; /* number EXCHANGES: the seal */
	bool told;
	int rc;
	char file[60];
};

static json_t *about(int number)
{
	json_t *o = json_object();

	json_put_i64(o, "number", number);
	return o;
}

static struct sha256 id_of(int number)
{
	struct buf text = { 0 };
	json_t *o = about(number);

	json_canonical(o, &text, NULL);
	struct sha256 id = sha256_of(buf_slice(&text));
	buf_release(&text);
	json_decref(o);
	return id;
}

static void scene_open(struct scene *s, const char *name, bool sync)
{
	struct archive_options options = { .write = true, .sync = sync };

	s->dir = at_scratch(name);
	ASSERT_OK(loop_new(&s->loop, err));
	ASSERT_OK(archive_open(s->dir, &options, &s->archive, err));
	ASSERT_OK(archive_writer_new(s->loop, s->archive, &s->writer, err));
}

static void print_finding(void *ctx, const struct archive_finding *f)
{
	(void)ctx;
	printf("# %s %s: %s\n", archive_trouble_name(f->trouble), f->file, f->what);
}

static void scene_close(struct scene *s, uint64_t orders)
{
	struct archive_verified v;

	archive_writer_free(s->writer);
	ASSERT_OK(archive_close(s->archive, err));
	loop_free(s->loop);
	ASSERT_OK(archive_verify(s->dir, NULL, print_finding, NULL, &v, err));
	CHECK_INT(0, "findings", v.findings, 0);
	CHECK_INT(0, "orders", v.orders, orders);
	check_done();
}

static struct archive_writing *begin(struct scene *s, int number)
{
	struct archive_writing *o = NULL;
	json_t *x = about(number);

	ASSERT_OK(archive_writer_begin(s->writer, x, &o, err));
	json_decref(x);
	return o;
}

static int last_told[ORDERS];

static void told(void *ctx, const struct archive_written *w)
{
	struct asked *a = ctx;
	const struct exchange *x = a->number < EXCHANGES ? &test_exchanges[a->number].x : NULL;

	assert_false(a->told);
	a->told = true;
	a->rc = w->rc;
	if (w->rc)
		return;
	CHECK_INT(a->number, "in its sequence", a->number, last_told[a->order] + 1);
	last_told[a->order] = a->number;
	if (x) {
		CHECK_INT(a->number, "has a response", w->has_response, x->response.n != 0);
		if (w->has_response)
			snprintf(a->file, sizeof(a->file), "%s/%.*s", "", SLICE_ARG(w->response.file));
	} else {
		/* Not earlier than it is so. */
		CHECK_INT(a->order, "sealed", archive_has(a->scene->archive, id_of(a->order)), true);
	}
}

static int count_kept(void *ctx, const struct archive_kept *kept, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	if (kept->x)
		check_exchange(kept->x, &test_exchanges[*n].x);
	++*n;
	return 0;
}

static void what_is_asked_for_is_told_when_it_is_so(void **state)
{
	(void)state;
	for (int sync = 0; sync < 2; sync++) {
		struct archive_writing *o[ORDERS];
		struct asked asked[ORDERS][EXCHANGES + 1] = { 0 };
		struct archive_options reading = { .write = false };
		struct scene s;

		scene_open(&s, sync ? "synced" : "written", sync);
		for (int i = 0; i < ORDERS; i++) {
			last_told[i] = -1;
			o[i] = begin(&s, i);
		}
		for (int n = 0; n <= EXCHANGES; n++) {
			for (int i = 0; i < ORDERS; i++) {
				struct asked *a = &asked[i][n];
				*a = (struct asked){ .scene = &s, .order = i, .number = n };
				if (n == EXCHANGES)
					archive_writer_seal(o[i], id_of(99), 3, told, a);
				else
					ASSERT_OK(archive_writer_put(o[i], &test_exchanges[n].x,
					                             test_exchanges[n].purpose,
					                             test_exchanges[n].class, told, a, err));
				assert_false(a->told); /* never from within */
			}
		}
		loop_run(s.loop); /* held until all is told */
		for (int i = 0; i < ORDERS; i++)
			for (int n = 0; n <= EXCHANGES; n++)
				CHECK_INT(n, "told", asked[i][n].told && asked[i][n].rc == 0, true);
		scene_close(&s, ORDERS);
		ASSERT_OK(archive_open(s.dir, &reading, &s.archive, err));
		for (int i = 0; i < ORDERS; i++) {
			size_t n = 0;
			ASSERT_OK(archive_each_kept(s.archive, id_of(i), count_kept, &n, err));
			CHECK_INT(i, "exchanges", n, EXCHANGES);
		}
		ASSERT_OK(archive_close(s.archive, err));
	}
	check_done();
}

static void what_cannot_be_begun_is_told_of_all_that_follows(void **state)
{
	(void)state;
	struct asked first = { .order = 0, .number = EXCHANGES }, put = { .number = 0 },
	             seal = { .number = EXCHANGES };
	struct scene s;

	scene_open(&s, "twice", false);
	last_told[0] = EXCHANGES - 1;
	first.scene = put.scene = seal.scene = &s;
	archive_writer_seal(begin(&s, 0), id_of(99), 0, told, &first);
	loop_run(s.loop);
	CHECK_INT(0, "first", first.told && first.rc == 0, true);
	struct archive_writing *again = begin(&s, 0);
	ASSERT_OK(archive_writer_put(again, &test_exchanges[0].x, "page", EVIDENCE_PUBLIC, told, &put,
	                             err));
	ASSERT_OK(archive_writer_put_fault(again, 7, FAULT_PARSER, err));
	archive_writer_seal(again, id_of(99), 0, told, &seal);
	loop_run(s.loop);
	CHECK_INT(0, "put", put.told, true);
	CHECK_INT(0, "put, kept before", put.rc, ERR_REFUSED);
	CHECK_INT(0, "seal", seal.told, true);
	CHECK_INT(0, "seal, kept before", seal.rc, ERR_REFUSED);
	scene_close(&s, 1);
}

static void what_is_dropped_is_taken_back(void **state)
{
	(void)state;
	struct asked put = { .number = 0 }, seal = { .order = 1, .number = EXCHANGES };
	struct scene s;

	scene_open(&s, "dropped", false);
	put.scene = seal.scene = &s;
	last_told[0] = -1;
	last_told[1] = EXCHANGES - 1;
	struct archive_writing *o = begin(&s, 0), *other = begin(&s, 1);
	begin(&s, 2); /* neither dropped nor sealed */
	ASSERT_OK(archive_writer_put(o, &test_exchanges[0].x, "page", EVIDENCE_PUBLIC, told, &put, err));
	archive_writer_drop(o);
	archive_writer_seal(other, id_of(99), 0, told, &seal);
	/* Freed at once: what was asked for is done and told all the same. */
	archive_writer_free(s.writer);
	s.writer = NULL;
	CHECK_INT(0, "put", put.told && put.rc == 0, true);
	CHECK_INT(0, "seal", seal.told && seal.rc == 0, true);
	CHECK_INT(0, "dropped", archive_has(s.archive, id_of(0)), false);
	scene_close(&s, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_is_told_when_it_is_so),
		cmocka_unit_test(what_cannot_be_begun_is_told_of_all_that_follows),
		cmocka_unit_test(what_is_dropped_is_taken_back),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
