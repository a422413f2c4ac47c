/* What each role may do, and how roles are written. */
#include "check.h"

#include "model/role.h"

static void each_permission_is_of_the_roles_that_the_table_names(void **state)
{
	(void)state;
	static const struct {
		enum permission what;
		const char *who;
	} rows[] = {
		{ PERMIT_READ_QUEUE, "administrator approver mandate_holder reader reviewer" },
		{ PERMIT_READ_RESTRICTED, "approver reader reviewer" },
		{ PERMIT_REPORT, "mandate_holder reporter reviewer" },
		{ PERMIT_DECIDE, "reviewer" },
		{ PERMIT_WRITE_NOTICE, "approver mandate_holder reviewer" },
		{ PERMIT_SEND_NOTICE, "approver" },
		{ PERMIT_MANDATE, "mandate_holder" },
		{ PERMIT_ACCOUNTS, "administrator" },
		{ PERMIT_KEYS, "administrator" },
		{ PERMIT_PACKS, "administrator" },
		{ PERMIT_REDACT, "administrator" },
	};
	assert_int_equal(ROWS(rows), PERMISSIONS);
	for (size_t i = 0; i < ROWS(rows); i++) {
		role_set who = 0;
		assert_int_equal(role_set_parse(slice_str(rows[i].who), " ", &who, NULL), 0);
		for (unsigned r = 0; r < ROLES; r++)
			CHECK_INT(i, role_name((enum role)r), role_may(role_only((enum role)r), rows[i].what),
			          (who & role_only((enum role)r)) != 0);
		CHECK_INT(i, "nobody", role_may(0, rows[i].what), false);
	}
	check_done();
}

static void roles_are_written_in_one_order_and_read_back(void **state)
{
	(void)state;
	role_set set = 0;
	struct buf out = { 0 };

	assert_int_equal(role_set_parse(SLICE("reviewer,administrator,reviewer"), ",", &set, NULL), 0);
	role_set_format(set, " ", &out);
	assert_string_equal(buf_str(&out), "administrator reviewer");
	buf_release(&out);
	static const char *const bad[] = { "", "reviewer,", ",reviewer", "Reviewer", "reviewer reader",
		                           "root" };
	for (size_t i = 0; i < ROWS(bad); i++) {
		role_set kept = 99;
		CHECK_INT(i, bad[i], role_set_parse(slice_str(bad[i]), ",", &kept, NULL), ERR_SYNTAX);
		CHECK_INT(i, bad[i], kept, 99);
	}
	check_done();
}

static void names_of_accounts_are_plain_and_not_of_others(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool want;
	} rows[] = {
		{ "ada", true },      { "a.b-c_9", true }, { "Ada", false }, { "", false },      { "console", false },
		{ "nobody", false },  { "assay", false },  { "a b", false },   { "a:b", false },
		{ "-ada", false },    { ".ada", false },   { "\xc3\xa9", false }, { "a+b", false },
		{ "0123456789012345678901234567890123456789012345678901234567890123", true },
		{ "01234567890123456789012345678901234567890123456789012345678901234", false },
	};
	for (size_t i = 0; i < ROWS(rows); i++)
		CHECK_INT(i, rows[i].name, account_name_ok(slice_str(rows[i].name)), rows[i].want);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_permission_is_of_the_roles_that_the_table_names),
		cmocka_unit_test(roles_are_written_in_one_order_and_read_back),
		cmocka_unit_test(names_of_accounts_are_plain_and_not_of_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
