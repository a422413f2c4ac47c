/* Who may decide: accounts of the store, names of the configuration, and signed acts. */
#include "scratch.h"

#include "cmd/authority.h"
#include "decide/sign.h"
#include "store/account.h"

static struct store *open_new(void)
{
	static int made;
	struct store *s = NULL;
	struct err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/%d", scratch, made++);
	assert_int_equal(store_open(path, STORE_WRITE | STORE_CREATE, "test", &s, &err), 0);
	return s;
}

static void add(struct store *s, const char *name, const char *roles, bool disabled,
                const char *key)
{
	const struct store_account c = { .name = slice_str(name), .roles = slice_str(roles),
		                         .is_disabled = disabled, .password = SLICE(""),
		                         .totp = SLICE(""), .verifier = slice_str(key) };

	ASSERT_OK(store_account_add(s, &c, 1, err));
}

static struct config config_with(struct config_reviewer *two)
{
	struct config c;

	config_init(&c);
	two[0] = (struct config_reviewer){ SLICE("demo-1"), true };
	two[1] = (struct config_reviewer){ SLICE("dan"), false };
	c.reviewers = two;
	c.n_reviewers = 2;
	return c;
}

static void an_account_comes_before_the_configuration(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int want;
		bool account, demonstration;
		const char *why;
	} rows[] = {
		{ "vera", 0, true, false, NULL },
		{ "eve", ERR_REFUSED, false, false, "is disabled" },
		{ "dan", ERR_REFUSED, false, false, "is disabled" }, /* though assay.yaml names him */
		{ "ada", ERR_REFUSED, false, false, "its roles are administrator" },
		{ "new", ERR_REFUSED, false, false, "is no reviewer" },
		{ "demo-1", 0, false, true, NULL },
		{ "nadia", ERR_REFUSED, false, false, "make an account" },
		{ "n\xff", ERR_REFUSED, false, false, "make an account" },
		{ "", ERR_REFUSED, false, false, "make an account" },
	};
	struct config_reviewer two[2];
	struct config config = config_with(two);
	struct store *s = open_new();

	add(s, "vera", "reader reviewer", false, "");
	add(s, "eve", "reviewer", true, "");
	add(s, "dan", "reviewer", true, "");
	add(s, "ada", "administrator", false, "");
	add(s, "new", "oracle", false, ""); /* a role of a newer program */
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct authority got = { 0 };
		struct arena a = { 0 };
		struct err err = { 0 };
		int rc = authority_reviewer(s, &config, slice_str(rows[i].name), &a, &got, &err);
		CHECK_INT(i, rows[i].name, rc, rows[i].want);
		CHECK_INT(i, rows[i].name, got.is_account, rows[i].account);
		CHECK_INT(i, rows[i].name, got.is_demonstration, rows[i].demonstration);
		CHECK_INT(i, rows[i].name, got.has_key, false);
		CHECK_INT(i, err.what, !rows[i].why || strstr(err.what, rows[i].why), true);
		arena_release(&a);
	}
	store_close(s);
	check_done();
}

static void a_signed_act_needs_the_key_that_was_enrolled(void **state)
{
	(void)state;
	static const struct {
		const char *what, *reviewer;
		unsigned char seed; /* that signs; the enrolled keys have seed 1 */
		int want;
	} rows[] = {
		{ "the enrolled key", "vera", 1, 0 },
		{ "another key of the name", "vera", 2, ERR_REFUSED },
		{ "no key was enrolled", "kim", 1, ERR_REFUSED },
		{ "named in assay.yaml alone", "demo-1", 1, ERR_REFUSED },
		{ "nobody", "nadia", 1, ERR_REFUSED },
		{ "disabled", "eve", 1, ERR_REFUSED },
	};
	struct config_reviewer two[2];
	struct config config = config_with(two);
	struct store *s = open_new();
	struct buf key = { 0 };

	for (size_t i = 0; i < 2; i++) {
		static const char *const names[] = { "vera", "eve" };
		struct ed25519_seed seed;
		struct note_signer signer;
		memset(seed.b, 1, sizeof(seed.b));
		ASSERT_OK(note_signer_init(slice_str(names[i]), &seed, &signer, err));
		buf_clear(&key);
		note_key_format(&signer.key, &key);
		add(s, names[i], "reviewer", i == 1, buf_str(&key));
	}
	add(s, "kim", "reviewer", false, "");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct record act, back = { 0 };
		struct note_signer signer;
		struct ed25519_seed seed;
		struct authority got = { 0 };
		struct arena a = { 0 };
		struct buf src = { 0 }, note = { 0 };
		json_t *cells = json_array(), *cell = json_object();
		buf_printf(&src, "reviewer:%s", rows[i].reviewer);
		json_put_str(cell, "destination", SLICE("JP"));
		json_put_str(cell, "class", SLICE("rogue"));
		json_add_new(cells, cell);
		record_new(&act, "decision", 1, SLICE("registrable"), SLICE("pills.example"), 1000000000,
		           buf_slice(&src));
		record_set_new(&act, "cells", cells);
		record_set_str(&act, "reason", SLICE("no prescription"));
		ASSERT_OK(record_finish(&act, err));
		memset(seed.b, rows[i].seed, sizeof(seed.b));
		ASSERT_OK(note_signer_init(slice_str(rows[i].reviewer), &seed, &signer, err));
		ASSERT_OK(signed_act_format(&act, &signer, &note, err));
		int rc = authority_signed_act(s, &config, buf_slice(&note), &a, &back, &got, NULL);
		CHECK_INT(i, rows[i].what, rc, rows[i].want);
		CHECK_INT(i, rows[i].what, got.has_key, rows[i].want == 0);
		CHECK_INT(i, rows[i].what, rc || sha256_eq(back.id, act.id), true);
		if (rc == 0)
			record_release(&back);
		record_release(&act);
		buf_release(&src);
		buf_release(&note);
		arena_release(&a);
	}
	buf_release(&key);
	store_close(s);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_comes_before_the_configuration),
		cmocka_unit_test(a_signed_act_needs_the_key_that_was_enrolled),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
