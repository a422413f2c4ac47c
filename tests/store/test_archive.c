/* The archive of evidence: what is put is given back; what fails leaves it whole. */
#include "scratch.h"

#include "exchanges.h"
#include "store/archive.h"

static const char *made; /* the folder of the archive at hand */

static struct archive *open_archive(const char *name, bool write)
{
	struct archive_options o = { .write = write };
	struct archive *a = NULL;

	made = at_scratch(name);
	ASSERT_OK(archive_open(made, &o, &a, err));
	return a;
}

static void close_archive(struct archive *a)
{
	ASSERT_OK(archive_close(a, err));
}

static json_t *about(int number)
{
	json_t *o = json_object();

	json_put_str(o, "subject", SLICE("h.example"));
	json_put_i64(o, "round", number);
	return o;
}

static struct sha256 id_of(int number)
{
	struct buf text = { 0 };
	json_t *o = about(number);

	assert_int_equal(json_canonical(o, &text, NULL), 0);
	struct sha256 id = sha256_of(buf_slice(&text));
	buf_release(&text);
	json_decref(o);
	return id;
}

static struct archive_order *begin(struct archive *a, int number)
{
	struct archive_order *o = NULL;
	json_t *x = about(number);

	ASSERT_OK(archive_begin(a, x, &o, err));
	json_decref(x);
	return o;
}

static void put(struct archive_order *o, const struct test_exchange *t, struct evidence *response,
                struct evidence *picture)
{
	bool has_response = true, has_picture = true;

	ASSERT_OK(archive_put(o, &t->x, t->purpose, t->class, response, &has_response, picture,
	                      &has_picture, err));
	CHECK_INT(t->x.number, "has a response", has_response, t->x.response.n != 0);
	CHECK_INT(t->x.number, "has a picture", has_picture, t->x.picture.n != 0);
}

static struct evidence responses[EXCHANGES], pictures[EXCHANGES];

static void put_all(struct archive_order *o)
{
	for (size_t i = 0; i < EXCHANGES; i++) {
		put(o, &test_exchanges[i], &responses[i], &pictures[i]);
		if (i == 4)
			ASSERT_OK(archive_put_fault(o, 99, FAULT_PARSER, err));
	}
}

static const struct sha256 told = { { 7 } };

static void seal(struct archive_order *o)
{
	ASSERT_OK(archive_seal(o, told, 3, err));
}

static int compare_kept(void *ctx, const struct archive_kept *kept, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	if (*n == 5) {
		CHECK_INT(*n, "reading", kept->x == NULL, 1);
		CHECK_INT(*n, "reading", kept->number, 99);
		CHECK_INT(*n, "reading", kept->fault, FAULT_PARSER);
	} else {
		size_t i = *n - (*n > 5);
		const struct test_exchange *t = &test_exchanges[i];
		check_exchange(kept->x, &t->x);
		CHECK_SLICE(i, "purpose", slice_str(kept->purpose), slice_str(t->purpose));
		CHECK_INT(i, "fault", kept->fault, t->x.fault);
		CHECK_INT(i, "has response", kept->has_response, t->x.response.n != 0);
		CHECK_INT(i, "has picture", kept->has_picture, t->x.picture.n != 0);
		if (kept->has_response && responses[i].file.p) {
			CHECK_INT(i, "address", sha256_eq(kept->response.address, responses[i].address), 1);
			CHECK_SLICE(i, "file", kept->response.file, responses[i].file);
			CHECK_INT(i, "offset", kept->response.offset, responses[i].offset);
			CHECK_INT(i, "length", kept->response.length, responses[i].length);
			CHECK_INT(i, "class", kept->response.class, t->class);
		}
	}
	++*n;
	return 0;
}

static void check_kept(struct archive *a, int number)
{
	size_t n = 0;

	ASSERT_OK(archive_each_kept(a, id_of(number), compare_kept, &n, err));
	assert_int_equal(n, EXCHANGES + 1);
}

static void what_is_put_is_given_back(void **state)
{
	(void)state;
	struct archive *a = open_archive("back", true);
	struct archive_order *o = begin(a, 1);

	assert_false(archive_has(a, id_of(1)));
	put_all(o);
	seal(o);
	assert_true(archive_has(a, id_of(1)));
	memset(responses, 0, sizeof(responses));
	check_kept(a, 1);
	close_archive(a);
	a = open_archive("back", false);
	check_kept(a, 1);
	close_archive(a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_given_back),
	};
	return cmocka_run_group_tests(tests, scratch_make, getenv("KEEP") ? NULL : scratch_remove);
}
