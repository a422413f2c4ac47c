/* Notices out of a store that is written act by act: how each stands, what may count, and that what was
 * read in from elsewhere counts for nothing. */
#include "scratch.h"

#include "cmd/notices.h"
#include "model/record.h"

#define AT     1790000000 /* 2026-09-21T14:13:20Z */
#define DAY    86400
#define PERIOD 1760000000

static struct store *store;
static struct ledgerbook book;
static struct config config;
static struct arena arena;
static const struct notice_act akari = { .by = { "reviewer:akari", 14 } };

static int open_store(void **state)
{
	static int n;
	char name[20];

	(void)state;
	snprintf(name, sizeof(name), "notices%d", n++);
	config_init(&config);
	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "test", &store, err));
	ASSERT_OK(ledgerbook_open(store, &config, AT, &book, err));
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	ledgerbook_close(&book);
	store_close(store);
	arena_release(&arena);
	return 0;
}

/* A notice about two shops to a registrar. */
static struct sha256 draft(const char *reference, int64_t at, bool *is_new)
{
	const struct notice_subject shops[] = {
		{ .subject = { SUBJECT_REGISTRABLE, SLICE("pills.example") },
		  .period = PERIOD,
		  .class = SLICE("rogue"),
		  .registration = { .registrar = SLICE("One (synthetic)"), .registrar_id = 99001 } },
		{ .subject = { SUBJECT_REGISTRABLE, SLICE("tablets.example") },
		  .period = NOTICE_NEVER,
		  .class = SLICE("rogue") },
	};
	const struct notice_basis_row law = { BASIS_CONTRACT, SLICE("RAA 3.18.1"),
		                              SLICE("investigate and respond") };
	struct notice n = { .reference = slice_str(reference),
		            .case_name = SLICE("net-1"),
		            .purpose = PURPOSE_REQUEST,
		            .matter = MATTER_ROGUE,
		            .action = NOTICE_SUSPEND,
		            .recipient = { .to = NOTICE_REGISTRAR,
		                           .key = SLICE("registrar:99001"),
		                           .name = SLICE("One (synthetic)"),
		                           .iana_id = 99001,
		                           .contact = { .address = SLICE("abuse@one.test"),
		                                        .source = SLICE("rdap"),
		                                        .at = at } },
		            .at = at,
		            .language = SLICE("en"),
		            .sponsor = SLICE("nobody"),
		            .harm = SLICE("Medicine without a prescription."),
		            .law = &law,
		            .law_n = 1,
		            .annex = shops,
		            .annex_n = 2 };
	const struct notice_writing w = { SLICE("[N] two shops"), SLICE("Dear desk,\n"),
		                          SLICE("{}\n"), SLICE("") };
	struct sha256 id;

	book.at = at;
	ASSERT_OK(store_begin(store, err));
	ASSERT_OK(notices_put_draft(&book, &n, &w, &akari, (struct sha256){ { 0 } }, &id, is_new,
	                            err));
	ASSERT_OK(store_commit(store, err));
	return id;
}

static struct notice_file *load(size_t *n)
{
	struct notice_file *list = NULL;

	ASSERT_OK(notices_load(store, &arena, &list, n, err));
	return list;
}

static void step(const struct notice_file *f, enum notice_state state, int64_t at, int64_t attempt)
{
	const struct notice_act act = { .by = SLICE("reviewer:benedikt") };

	book.at = at;
	ASSERT_OK(store_begin(store, err));
	ASSERT_OK(notices_put_state(&book, f, state, &act,
	                            attempt ? SLICE("N-1@desk.example") : SLICE(""), attempt,
	                            state == NOTICE_DEFERRED ? SLICE("451 later") : SLICE(""), err));
	ASSERT_OK(store_commit(store, err));
}

static void a_notice_is_its_draft_and_what_followed(void **state)
{
	bool is_new = false;
	size_t n = 0;

	(void)state;
	struct sha256 id = draft("N-0000000000000001", AT, &is_new);
	assert_true(is_new);
	struct notice_file *f = load(&n);
	assert_int_equal(n, 1);
	assert_true(sha256_eq(f->id, id));
	assert_int_equal(f->state, NOTICE_DRAFTED);
	assert_true(f->sent_at == NOTICE_NEVER);
	assert_int_equal(f->line_n, 2);
	assert_int_equal(f->line[0].registrar_id, 99001);
	assert_true(f->line[0].period == PERIOD && f->line[1].period == STORE_NONE);
	assert_int_equal(f->basis, BASIS_CONTRACT);
	assert_true(slice_eq_str(f->harm, "Medicine without a prescription."));

	step(f, NOTICE_APPROVED, AT + 60, 0);
	step(f, NOTICE_SENDING, AT + 120, 1);
	f = load(&n);
	assert_true(notice_is_uncertain(f->state));
	assert_true(f->sent_at == AT + 120);
	assert_int_equal(f->approved_n, 1);
	assert_true(slice_eq_str(f->approved_by[0], "reviewer:benedikt"));

	/* Put off: nothing arrived, so no clock runs. */
	step(f, NOTICE_DEFERRED, AT + 130, 1);
	f = load(&n);
	assert_true(f->sent_at == NOTICE_NEVER);
	assert_true(slice_eq_str(f->answer, "451 later"));
	step(f, NOTICE_SENDING, AT + 1000, 2);
	step(f, NOTICE_SENT, AT + 1001, 2);
	f = load(&n);
	assert_int_equal(f->state, NOTICE_SENT);
	assert_int_equal(f->attempts, 2);
	assert_true(f->sent_at == AT + 1000);
	assert_true(slice_eq_str(f->message_id, "N-1@desk.example"));
}

static void the_same_draft_is_one(void **state)
{
	bool is_new = false;
	size_t n = 0;

	(void)state;
	draft("N-0000000000000002", AT, &is_new);
	draft("N-0000000000000002", AT, &is_new);
	assert_false(is_new);
	load(&n);
	assert_int_equal(n, 1);
}

static void what_came_in_from_elsewhere_counts_for_nothing(void **state)
{
	struct record r;
	bool is_new = false;
	char hex[SHA256_HEX];
	size_t n = 0;

	(void)state;
	struct sha256 id = draft("N-0000000000000003", AT, &is_new);
	sha256_hex(id, hex);
	record_new(&r, "notice", 1, SLICE(""), SLICE(""), AT + 1, SLICE("reviewer:benedikt"));
	record_set_str(&r, "state", SLICE("approved"));
	record_set_str(&r, "notice", slice_str(hex));
	ASSERT_OK(record_finish(&r, err));
	ASSERT_OK(ledgerbook_store(store, &r, STORE_NONE, NULL, NULL, err));
	record_release(&r);
	assert_int_equal(load(&n)->state, NOTICE_DRAFTED);
}

static void an_answer_is_kept_once_and_an_outcome_is_of_its_subject(void **state)
{
	const struct notice_reply reply = { .class = REPLY_TICKET, .ticket = SLICE("AB-1") };
	const struct notice_observed o = {
		.line = 1, .outcome = OUTCOME_ACTED, .at = AT + 5 * DAY, .by = SLICE("status")
	};
	bool is_new = false;
	size_t n = 0;

	(void)state;
	draft("N-0000000000000004", AT, &is_new);
	struct notice_file *f = load(&n);
	step(f, NOTICE_SENDING, AT + 10, 1);
	step(f, NOTICE_SENT, AT + 11, 1);
	f = load(&n);
	for (int again = 0; again < 2; again++) {
		book.at = AT + 100 + again;
		ASSERT_OK(store_begin(store, err));
		ASSERT_OK(notices_put_reply(&book, f, SLICE("From: a@b\r\n\r\nTicket AB-1\r\n"),
		                            &reply, &is_new, err));
		ASSERT_OK(store_commit(store, err));
		assert_int_equal(is_new, again == 0);
		f = load(&n);
	}
	assert_int_equal(f->reply_n, 1);
	assert_int_equal(f->reply[0].class, REPLY_TICKET);
	ASSERT_OK(store_begin(store, err));
	ASSERT_OK(notices_put_outcome(&book, f, &o, &is_new, err));
	ASSERT_OK(store_commit(store, err));
	f = load(&n);
	assert_int_equal(f->line[0].outcome, OUTCOME_PENDING);
	assert_int_equal(f->line[1].outcome, OUTCOME_ACTED);
	assert_int_equal(f->line[1].after_s, 5 * DAY - 10);
	assert_true(slice_eq_str(f->line[1].sign, "status"));
}

static void a_notice_is_found_by_what_people_write(void **state)
{
	bool is_new = false;
	size_t n = 0;

	(void)state;
	draft("N-aaaaaaaaaaaaaaaa", AT, &is_new);
	draft("N-aaaaaaaabbbbbbbb", AT + 1, &is_new);
	struct notice_file *f = load(&n);
	assert_int_equal(n, 2);
	assert_ptr_equal(notices_find(f, n, SLICE("n-aaaaaaaabbbbbbbb")), &f[1]);
	assert_ptr_equal(notices_find(f, n, SLICE("N-aaaaaaaaaaaa")), &f[0]);
	assert_null(notices_find(f, n, SLICE("N-aaaaaaaa"))); /* both */
	assert_null(notices_find(f, n, SLICE("")));
	assert_null(notices_find(f, n, SLICE("N-cccccccccccccccc")));
}

int main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
	const struct CMUnitTest tests[] = {
		EACH(a_notice_is_its_draft_and_what_followed),
		EACH(the_same_draft_is_one),
		EACH(what_came_in_from_elsewhere_counts_for_nothing),
		EACH(an_answer_is_kept_once_and_an_outcome_is_of_its_subject),
		EACH(a_notice_is_found_by_what_people_write),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
