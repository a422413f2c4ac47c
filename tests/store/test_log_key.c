/* A ledger's key is replaced, on disk: what a crash between any two files leaves can be gone on
 * with, and who knows either key can follow. */
#include "memory_log.h"

#include "account/audit.h"
#include "store/log.h"
#include "sys/file.h"

#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "demo.example/ledger"

static char top[] = "/tmp/assay-test-log-key-XXXXXX";
static int folders;

static int make_top(void **state)
{
	(void)state;
	return mkdtemp(top) ? 0 : -1;
}

static int remove_top(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static struct log_folder *fresh_log(void)
{
	struct log_folder *log = NULL;
	char dir[100];

	snprintf(dir, sizeof(dir), "%s/%d/ledger", top, ++folders);
	assert_int_equal(log_open(dir, true, &log, NULL), 0);
	assert_int_equal(log_key_new(log, SLICE(ORIGIN), NULL), 0);
	return log;
}

static const char *path_of(const char *name)
{
	static char path[2][200];
	static int turn;

	turn = 1 - turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%d/ledger/%s", top, folders, name);
	return path[turn];
}

/* Grow to size with all who sign now, as a writer does. */
static int grow_to(struct log_folder *log, uint64_t size, struct err *err)
{
	struct numbered_source entries = numbered();
	struct ledger_source source = source_of(&entries, size);
	struct tile_store files = log_files(log);
	struct log_signers signers;
	struct buf text = { 0 };
	struct keyring ring;

	int rc = log_signers_read(log, &signers, err);
	if (rc == 0)
		rc = log_key_settle(log, err);
	if (rc == 0)
		rc = log_keyring_read(log, &text, &ring, err);
	if (rc == 0)
		rc = ledger_append_by(&files, signers.signer, signers.n, &ring, &source, NULL, err);
	log_signers_wipe(&signers);
	buf_release(&text);
	return rc;
}

static int audit_with(struct log_folder *log, const char *keys, struct err *err)
{
	struct numbered_source entries = numbered();
	struct tile_store files = log_files(log);
	struct ledger_source source;
	struct audit_result result;
	struct buf text = { 0 };
	struct keyring ring;

	assert_int_equal(file_read(path_of(keys), 100000, &text, NULL), 0);
	assert_int_equal(keyring_parse(buf_slice(&text), &ring, NULL), 0);
	source = source_of(&entries, 1000);
	int rc = audit_ledger(&files, &ring, &source, NULL, &result, err);
	buf_release(&text);
	return rc;
}

static size_t signatures(void)
{
	struct buf text = { 0 };
	struct note note;
	struct note_signature s;
	size_t at = 0, n = 0;

	assert_int_equal(file_read(path_of("checkpoint"), 100000, &text, NULL), 0);
	assert_int_equal(note_parse(buf_slice(&text), &note, NULL), 0);
	while (note_next_signature(&note, &at, &s))
		n++;
	buf_release(&text);
	return n;
}

static void a_key_is_rotated_in_mid_log(void **state)
{
	struct err err = { 0 };
	struct buf name = { 0 };
	struct note_key next;
	struct stat st;

	(void)state;
	struct log_folder *log = fresh_log();
	assert_int_equal(grow_to(log, 300, &err), 0);
	assert_int_equal(rename(path_of("key.pub"), path_of("first.pub")), 0); /* kept by somebody */
	assert_int_equal(grow_to(log, 300, &err), 0); /* settles what is missing */
	assert_int_equal(access(path_of("key.pub"), F_OK), 0);
	CHECK_INT(0, "nothing to retire", log_key_retire(log, 300, &err), ERR_NOTFOUND);

	assert_int_equal(log_key_rotate(log, 300, NULL, &name, &next, &err), 0);
	CHECK_SLICE(0, "origin stays", next.name, SLICE(ORIGIN));
	assert_int_equal(stat(path_of("key.next"), &st), 0);
	CHECK_INT(0, "mode", st.st_mode & 0777, 0600);
	assert_int_equal(log_key_rotate(log, 310, NULL, NULL, NULL, &err), 0); /* no second one */
	assert_int_equal(grow_to(log, 500, &err), 0);
	CHECK_INT(0, "both sign", signatures(), 2);
	CHECK_INT(0, "who knows the first key", audit_with(log, "first.pub", &err), 0);

	assert_int_equal(log_key_retire(log, 500, &err), 0);
	assert_int_equal(access(path_of("key.next"), F_OK), -1);
	assert_int_equal(grow_to(log, 900, &err), 0);
	CHECK_INT(0, "the new one signs alone", signatures(), 1);
	CHECK_INT(0, "by key.pub", audit_with(log, "key.pub", &err), 0);
	CHECK_INT(0, "by the ring", audit_with(log, "keys", &err), 0);
	CHECK_INT(0, "the first key alone", audit_with(log, "first.pub", &err), ERR_CORRUPT);
	buf_release(&name);
	log_close(log);
	check_done();
}

/* Each row puts the folder into the state that a crash leaves, from files of before and after. */
static void a_crash_in_a_rotation_is_gone_on_from(void **state)
{
	static const struct {
		const char *says;
		bool retire;           /* else: while rotating */
		const char *as_before; /* names whose old bytes are put back, space between */
	} rows[] = {
		{ "key.next, and keys does not name it", false, "keys" },
		{ "old key ended, nothing moved", true, "key key.pub key.next" },
		{ "key moved, key.pub not", true, "key.pub" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err err = { 0 };
		char command[1000];
		struct log_folder *log = fresh_log();

		assert_int_equal(grow_to(log, 300, &err), 0);
		if (rows[i].retire) {
			assert_int_equal(log_key_rotate(log, 300, NULL, NULL, NULL, &err), 0);
			assert_int_equal(grow_to(log, 400, &err), 0);
		}
		snprintf(command, sizeof(command), "cp -a '%s' '%s/before'", path_of(""), top);
		assert_int_equal(system(command), 0);
		assert_int_equal(rows[i].retire ? log_key_retire(log, 400, &err)
		                                : log_key_rotate(log, 300, NULL, NULL, NULL, &err), 0);
		snprintf(command, sizeof(command),
		         "cd '%s/before' && for f in %s; do rm -f '%s'$f; [ ! -e $f ] || "
		         "cp -a $f '%s'$f; done && cd / && rm -rf '%s/before'",
		         top, rows[i].as_before, path_of(""), path_of(""), top);
		assert_int_equal(system(command), 0);

		CHECK_INT(i, rows[i].says, grow_to(log, 600, &err), 0);
		CHECK_INT(i, "verifies", audit_with(log, "key.pub", &err), 0);
		if (!rows[i].retire)
			CHECK_INT(i, "goes on", log_key_rotate(log, 600, NULL, NULL, NULL, &err), 0);
		else if (access(path_of("key.next"), F_OK) == 0)
			CHECK_INT(i, "goes on", log_key_retire(log, 600, &err), 0);
		CHECK_INT(i, rows[i].says, grow_to(log, 800, &err), 0);
		CHECK_INT(i, "by key.pub", audit_with(log, "key.pub", &err), 0);
		CHECK_INT(i, "by keys", audit_with(log, "keys", &err), 0);
		CHECK_INT(i, "signatures", signatures(), rows[i].retire ? 1 : 2);
		log_close(log);
	}
	check_done();
}

static void a_public_key_of_others_is_not_put_right(void **state)
{
	struct note_signer other = test_signer("other.example/ledger");
	struct buf text = { 0 };
	struct err err = { 0 };

	(void)state;
	struct log_folder *log = fresh_log();
	note_key_format(&other.key, &text);
	assert_int_equal(file_write_whole(path_of("key.pub"), buf_slice(&text), NULL), 0);
	assert_int_equal(log_key_settle(log, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.what, "key.pub"));
	buf_release(&text);
	log_close(log);
}

static void a_ring_that_is_damaged_is_named(void **state)
{
	struct buf text = { 0 };
	struct keyring ring;
	struct err err = { 0 };

	(void)state;
	struct log_folder *log = fresh_log();
	assert_int_equal(log_keyring_read(log, &text, &ring, &err), 0);
	CHECK_INT(0, "of key.pub", ring.n, 1);
	buf_release(&text);
	assert_int_equal(log_key_rotate(log, 0, NULL, NULL, NULL, &err), 0);
	assert_int_equal(truncate(path_of("keys"), 50), 0);
	assert_int_equal(log_keyring_read(log, &text, &ring, &err), ERR_CORRUPT);
	assert_non_null(strstr(err.what, path_of("keys")));
	struct log_signers signers;
	assert_int_equal(log_signers_read(log, &signers, &err), ERR_CORRUPT);
	log_close(log);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_rotated_in_mid_log),
		cmocka_unit_test(a_crash_in_a_rotation_is_gone_on_from),
		cmocka_unit_test(a_public_key_of_others_is_not_put_right),
		cmocka_unit_test(a_ring_that_is_damaged_is_named),
	};
	return cmocka_run_group_tests(tests, make_top, remove_top);
}
