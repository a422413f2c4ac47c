/* Old evidence, by class and age, without what is gone. */
#include "engines.h"

#include "store/redact.h"
#include "store/retain.h"

static int write_down(void *ctx, const struct store_evidence *e, struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_printf(out, "%.*s %lld %llu, ", SLICE_ARG(e->cls), (long long)e->at,
		   (unsigned long long)e->length);
	return 0;
}

static int stop(void *ctx, const struct store_evidence *e, struct err *err)
{
	(void)ctx;
	return err_set(err, ERR_REFUSED, 0, "stopped at %lld", (long long)e->at);
}

static void put(struct store *s, const char *cls, const char *bytes, int64_t at,
		struct sha256 *digest)
{
	struct store_evidence e = { .cls = slice_str(cls), .at = at };

	ASSERT_OK(store_put_evidence(s, &e, slice_str(bytes), NULL, err));
	if (digest)
		*digest = e.sha256;
}

static void old_evidence_comes_oldest_first_and_what_is_gone_does_not(void **state)
{
	(void)state;
	struct store *s = NULL;
	struct sha256 gone;
	struct buf out = { 0 };
	struct store_record r = make_record("redaction", NULL, 1, "why");
	int64_t seq = 0;

	ASSERT_OK(store_open(at_scratch("old"), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	put(s, "public", "three", 300, NULL);
	put(s, "public", "a", 100, NULL);
	put(s, "public", "gone", 150, &gone);
	put(s, "restricted", "private", 120, NULL);
	put(s, "public", "bb", 200, NULL);
	put(s, "public", "a", 900, NULL); /* seen again: the row keeps its first time */
	ASSERT_OK(store_put_record(s, &r, &seq, NULL, err));
	ASSERT_OK(store_put_gone(s, gone, STORE_WHY_RETENTION, seq, 400, err));
	ASSERT_OK(store_old_evidence(s, EVIDENCE_PUBLIC, 300, write_down, &out, err));
	CHECK_SLICE(0, "before 300", buf_slice(&out), SLICE("public 100 1, public 200 2, "));
	buf_clear(&out);
	ASSERT_OK(store_old_evidence(s, EVIDENCE_RESTRICTED, INT64_MAX, write_down, &out, err));
	CHECK_SLICE(1, "restricted", buf_slice(&out), SLICE("restricted 120 7, "));
	ASSERT_FAILS(store_old_evidence(s, EVIDENCE_PUBLIC, 301, stop, NULL, err), ERR_REFUSED,
		     "stopped at 100");
	buf_release(&out);
	store_close(s);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_evidence_comes_oldest_first_and_what_is_gone_does_not),
	};
	return run_on_engines("retain", tests, ROWS(tests), ROWS(tests));
}
