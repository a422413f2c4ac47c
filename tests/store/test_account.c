/* Accounts, tokens, sessions and the audit trail in a store. */
#include "engines.h"

#include "store/credential.h"

static struct store *open_new(const char *name)
{
	struct store *s = NULL;
	struct err err;

	assert_int_equal(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "test", &s, &err), 0);
	return s;
}

static struct store_account someone(const char *name)
{
	return (struct store_account){ .name = slice_str(name), .roles = SLICE("reviewer"),
				       .password = SLICE("$argon2id$x"), .totp = SLICE(""),
				       .verifier = SLICE("") };
}

static int64_t add(struct store *s, const char *name)
{
	struct store_account c = someone(name);
	struct arena a = { 0 };
	struct err err;

	assert_int_equal(store_account_add(s, &c, 100, &err), 0);
	assert_int_equal(store_account_find(s, slice_str(name), &a, &c, &err), 0);
	arena_release(&a);
	return c.id;
}

static void an_account_is_found_by_name_and_id_and_changed(void **state)
{
	(void)state;
	struct store *s = open_new("a");
	struct arena a = { 0 };
	struct store_account c, *list;
	struct err err;
	size_t n = 0;

	add(s, "bob");
	int64_t id = add(s, "ada");
	assert_int_equal(store_account_get(s, id, &a, &c, &err), 0);
	CHECK_SLICE(0, "name", c.name, SLICE("ada"));
	assert_int_equal(c.created, 100);
	c.is_disabled = true;
	c.totp = slice_from("\0\1\2", 3);
	c.totp_step = 7;
	c.failures = 3;
	c.locked_until = 500;
	c.roles = SLICE("approver reader");
	assert_int_equal(store_account_put(s, &c, 200, &err), 0);
	assert_int_equal(store_account_find(s, SLICE("ada"), &a, &c, &err), 0);
	assert_true(c.is_disabled);
	CHECK_SLICE(1, "totp", c.totp, slice_from("\0\1\2", 3));
	CHECK_SLICE(2, "roles", c.roles, SLICE("approver reader"));
	CHECK_SLICE(3, "password", c.password, SLICE("$argon2id$x"));
	assert_true(c.totp_step == 7 && c.failures == 3 && c.locked_until == 500);
	assert_true(c.created == 100 && c.changed == 200);
	assert_int_equal(store_accounts(s, &a, &list, &n, &err), 0);
	assert_int_equal(n, 2);
	CHECK_SLICE(4, "order", list[1].name, SLICE("bob"));
	c.name = SLICE("ada");
	assert_int_equal(store_account_add(s, &c, 300, &err), ERR_REFUSED);
	c.id = 99;
	assert_int_equal(store_account_put(s, &c, 300, &err), ERR_NOTFOUND);
	assert_int_equal(store_account_find(s, SLICE("eve"), &a, &c, &err), ERR_NOTFOUND);
	assert_int_equal(store_account_find(s, SLICE("e\xff"), &a, &c, &err), ERR_SYNTAX);
	arena_release(&a);
	store_close(s);
	check_done();
}

static void a_token_is_kept_by_its_digest_and_revoked_once(void **state)
{
	(void)state;
	struct store *s = open_new("t");
	struct arena a = { 0 };
	struct store_token t = { .digest = sha256_of(SLICE("secret")), .label = SLICE("l"),
				 .scope = SLICE("reader"), .created = 1, .expires = 9 }, *list;
	struct err err;
	size_t n = 0;

	t.account = 5;
	assert_int_equal(store_token_put(s, &t, &err), ERR_NOTFOUND);
	t.account = add(s, "ada");
	assert_int_equal(store_token_put(s, &t, &err), 0);
	assert_int_equal(store_token_put(s, &t, &err), ERR_REFUSED);
	assert_int_equal(store_token_used(s, t.digest, 4, &err), 0);
	assert_int_equal(store_token_revoke(s, t.digest, 5, &err), 0);
	assert_int_equal(store_token_revoke(s, t.digest, 6, &err), 0);
	assert_int_equal(store_token_find(s, t.digest, &a, &t, &err), 0);
	assert_true(t.used == 4 && t.revoked == 5 && t.expires == 9 && t.created == 1);
	assert_int_equal(store_token_find(s, sha256_of(SLICE("other")), &a, &t, &err), ERR_NOTFOUND);
	assert_int_equal(store_tokens(s, t.account, &a, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_tokens(s, t.account + 1, &a, &list, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_tokens(s, 0, &a, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	arena_release(&a);
	store_close(s);
}

static void sessions_end_alone_of_an_account_and_by_time(void **state)
{
	(void)state;
	struct store *s = open_new("s");
	struct store_session one = { .digest = sha256_of(SLICE("1")), .created = 10, .used = 10,
				     .expires = 100 }, two = one, got;
	struct err err;

	one.account = add(s, "ada");
	two.account = add(s, "bob");
	two.digest = sha256_of(SLICE("2"));
	memset(one.csrf, 7, sizeof(one.csrf));
	assert_int_equal(store_session_put(s, &one, &err), 0);
	assert_int_equal(store_session_put(s, &two, &err), 0);
	assert_int_equal(store_session_used(s, one.digest, 50, &err), 0);
	assert_int_equal(store_session_find(s, one.digest, &got, &err), 0);
	assert_true(got.used == 50 && got.expires == 100 && got.account == one.account);
	assert_memory_equal(got.csrf, one.csrf, sizeof(got.csrf));
	assert_int_equal(store_sessions_clean(s, 60, 40, &err), 0); /* bob was idle since 10 */
	assert_int_equal(store_session_find(s, two.digest, &got, &err), ERR_NOTFOUND);
	assert_int_equal(store_session_find(s, one.digest, &got, &err), 0);
	assert_int_equal(store_sessions_clean(s, 101, 0, &err), 0); /* ada's has expired */
	assert_int_equal(store_session_find(s, one.digest, &got, &err), ERR_NOTFOUND);
	assert_int_equal(store_session_put(s, &one, &err), 0);
	assert_int_equal(store_session_put(s, &two, &err), 0);
	assert_int_equal(store_sessions_end(s, two.account, &err), 0);
	assert_int_equal(store_session_find(s, two.digest, &got, &err), ERR_NOTFOUND);
	assert_int_equal(store_session_end(s, one.digest, &err), 0);
	assert_int_equal(store_session_find(s, one.digest, &got, &err), ERR_NOTFOUND);
	assert_int_equal(store_session_end(s, one.digest, &err), 0);
	store_close(s);
}

static int join(void *ctx, const struct store_audit *row, struct err *err)
{
	struct buf *out = ctx;

	(void)err;
	buf_printf(out, "%d %.*s %.*s %.*s %s;", (int)row->seq, SLICE_ARG(row->actor),
		   SLICE_ARG(row->action), SLICE_ARG(row->object), row->is_refused ? "no" : "yes");
	return 0;
}

static void the_trail_is_numbered_and_kept(void **state)
{
	(void)state;
	struct store *s = open_new("trail");
	struct store_audit row = { .at = 5, .actor = SLICE("console"), .action = SLICE("account.add"),
				   .object = SLICE("ada") };
	struct buf out = { 0 };
	struct err err;

	assert_int_equal(store_audit_put(s, &row, &err), 0);
	row = (struct store_audit){ .at = 6, .actor = SLICE("nobody"), .action = SLICE("login"),
				    .object = SLICE("ada"), .is_refused = true };
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_audit_put(s, &row, &err), 0);
	assert_int_equal(store_audit_put(s, &row, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_audit_each(s, 0, join, &out, &err), 0);
	assert_string_equal(buf_str(&out), "1 console account.add ada yes;2 nobody login ada no;"
					   "3 nobody login ada no;");
	buf_clear(&out);
	assert_int_equal(store_audit_each(s, 6, join, &out, &err), 0);
	assert_string_equal(buf_str(&out), "2 nobody login ada no;3 nobody login ada no;");
	store_close(s);
	buf_release(&out);
	assert_int_not_equal(shell("sqlite3 '%s' 'DELETE FROM audit' 2>/dev/null%s",
				   at_scratch("trail/assay.db"), ""), 0);
	assert_int_not_equal(shell("sqlite3 '%s' 'UPDATE audit SET actor = 1' 2>/dev/null%s",
				   at_scratch("trail/assay.db"), ""), 0);
}

static void accounts_are_written_beside_a_writer_and_nothing_else_is(void **state)
{
	(void)state;
	struct store *writer = open_new("beside"), *desk = NULL, *reader = NULL;
	struct store_record r = make_record("note", NULL, 1, "{\"a\":1}");
	struct store_account c = someone("ada");
	struct arena a = { 0 };
	struct err err;

	assert_int_equal(store_open(at_scratch("beside"), STORE_ACCOUNTS, NULL, &desk, &err), 0);
	assert_int_equal(store_account_add(desk, &c, 1, &err), 0);
	assert_int_equal(store_put_record(desk, &r, NULL, NULL, &err), ERR_USAGE);
	assert_int_equal(store_begin(desk, &err), 0);
	assert_int_equal(store_put_record(desk, &r, NULL, NULL, &err), ERR_USAGE);
	store_rollback(desk);
	assert_int_equal(store_put_record(writer, &r, NULL, NULL, &err), 0);
	assert_int_equal(store_account_find(writer, SLICE("ada"), &a, &c, &err), 0);
	assert_int_equal(store_open(at_scratch("beside"), STORE_READ, NULL, &reader, &err), 0);
	assert_int_equal(store_account_find(reader, SLICE("ada"), &a, &c, &err), 0);
	assert_int_equal(store_account_put(reader, &c, 2, &err), ERR_USAGE);
	arena_release(&a);
	store_close(reader);
	store_close(desk);
	store_close(writer);
	assert_int_equal(store_open(at_scratch("none"), STORE_ACCOUNTS, NULL, &desk, &err),
			 ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_is_found_by_name_and_id_and_changed),
		cmocka_unit_test(a_token_is_kept_by_its_digest_and_revoked_once),
		cmocka_unit_test(sessions_end_alone_of_an_account_and_by_time),
		cmocka_unit_test(the_trail_is_numbered_and_kept),
		cmocka_unit_test(accounts_are_written_beside_a_writer_and_nothing_else_is),
	};
	return run_on_engines("account", tests, ROWS(tests), ROWS(tests));
}
