/* Delivery statuses in the shapes of real servers, and mails that only look like one. */
#include "check.h"

#include "wire/dsn.h"

static size_t load(const char *name, char *bytes, size_t cap)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/fuzz/seeds/dsn/%s", getenv("ASSAY_SOURCE"), name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	size_t n = fread(bytes, 1, cap, f);
	fclose(f);
	return n;
}

static void what_servers_write_is_understood(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool standard;
		enum dsn_action action;
		const char *address, *status, *diagnostic, *original;
	} rows[] = {
		{ "postfix.eml", true, DSN_FAILED, "abuse@registrar-two.example", "5.1.1",
		  "550 5.1.1 no such mailbox here", "N-0123456789abcdef@assay.example" },
		{ "exim.eml", true, DSN_FAILED, "abuse@kumo.example", "5.0.0", "",
		  "N-0123456789abcdef@assay.example" },
		{ "exchange.eml", true, DSN_FAILED, "abuse@registrar.example", "5.1.10",
		  "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address "
		  "lookup",
		  "" },
		{ "exim_delay.eml", true, DSN_DELAYED, "abuse@registrar-four.example", "4.0.0", "",
		  "N-0123456789abcdef@assay.example" },
		{ "delivered.eml", true, DSN_DELIVERED, "abuse@registrar-one.example", "2.0.0", "",
		  "" },
		{ "qmail.eml", false, DSN_FAILED, "abuse@old.example", "5.7.1",
		  "198.51.100.9 does not like recipient. Remote host said: 550 5.7.1 relaying "
		  "denied Giving up on 198.51.100.9.",
		  "N-0123456789abcdef@assay.example" },
		{ "sendmail.eml", false, DSN_FAILED, "abuse@sm.example", "5.1.1",
		  "(reason: 550 5.1.1 <abuse@sm.example>... User unknown)", "" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct mail_read m;
		struct dsn d = { .recipient_n = 0 };
		struct err err = { .what = "" };
		char bytes[1 << 14];
		size_t n = load(rows[i].name, bytes, sizeof(bytes));
		CHECK_INT(i, rows[i].name, mail_read(slice_from(bytes, n), &a, &m, &err), 0);
		CHECK_INT(i, rows[i].name, dsn_read(&m, &a, &d, &err), 0);
		CHECK_INT(i, rows[i].name, d.recipient_n, 1);
		if (d.recipient_n) {
			CHECK_SLICE(i, rows[i].name, d.recipient[0].address,
			            slice_str(rows[i].address));
			CHECK_SLICE(i, rows[i].name, d.recipient[0].status,
			            slice_str(rows[i].status));
			CHECK_SLICE(i, rows[i].name, d.recipient[0].diagnostic,
			            slice_str(rows[i].diagnostic));
		}
		CHECK_INT(i, rows[i].name, d.standard, rows[i].standard);
		CHECK_INT(i, rows[i].name, dsn_outcome(&d), rows[i].action);
		CHECK_SLICE(i, rows[i].name, d.original_id, slice_str(rows[i].original));
		arena_release(&a);
	}
	check_done();
}

static void what_people_write_is_none(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct mail_read m;
	struct dsn d = { .recipient_n = 7 };
	char bytes[1 << 14];
	size_t n = load("person.eml", bytes, sizeof(bytes));

	CHECK_INT(0, "person", mail_read(slice_from(bytes, n), &a, &m, NULL), 0);
	CHECK_INT(0, "person", dsn_read(&m, &a, &d, NULL), ERR_NOTFOUND);
	CHECK_INT(0, "untouched", d.recipient_n, 7);
	arena_release(&a);
	check_done();
}

static void one_of_several_that_failed_is_a_failure(void **state)
{
	(void)state;
	static const char mail[] =
		"From: MAILER-DAEMON@x.example\n"
		"Content-Type: multipart/report; report-type=delivery-status; boundary=d\n\n"
		"--d\nContent-Type: message/delivery-status\n\n"
		"Reporting-MTA: dns; x\n\n"
		"Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
		"Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.2.2\n\n"
		"Final-Recipient: rfc822; <c@x.example>\nStatus: 5.2.2 (full)\n\n--d--\n";
	static const enum dsn_action want[] = { DSN_DELIVERED, DSN_DELAYED, DSN_FAILED };
	struct arena a = { 0 };
	struct mail_read m;
	struct dsn d = { .recipient_n = 0 };

	CHECK_INT(0, "", mail_read(slice_str(mail), &a, &m, NULL), 0);
	CHECK_INT(0, "", dsn_read(&m, &a, &d, NULL), 0);
	CHECK_INT(0, "recipients", d.recipient_n, 3);
	for (size_t i = 0; i < d.recipient_n && i < ROWS(want); i++)
		CHECK_INT(i, "action", d.recipient[i].action, want[i]);
	CHECK_SLICE(2, "address", d.recipient[2].address, SLICE("c@x.example"));
	CHECK_SLICE(2, "status", d.recipient[2].status, SLICE("5.2.2"));
	CHECK_INT(0, "outcome", dsn_outcome(&d), DSN_FAILED);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_servers_write_is_understood),
		cmocka_unit_test(what_people_write_is_none),
		cmocka_unit_test(one_of_several_that_failed_is_a_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
