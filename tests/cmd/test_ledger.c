/* assay ledger, called as the program calls it, on a store made here. */
#include "check.h"

#include "cmd/cmd.h"
#include "cmd/ledgerbook.h"
#include "store/store.h"
#include "sys/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/assay-test-ledger-XXXXXX";
static int stores; /* made so far: each test takes a fresh one */

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

static const char *path_in(const char *name)
{
	static char path[4][300];
	static unsigned turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%d/%s", top, stores, name);
	return p;
}

static int put_act(struct ledgerbook *book, const char *key, const char *reason)
{
	struct record r;
	bool is_new = false;
	json_t *cells = NULL;

	assert_int_equal(json_parse(SLICE("[{\"class\":\"unapproved\",\"destination\":\"JP\"}]"),
	                            100, &cells, NULL),
	                 0);
	record_new(&r, "decision", 1, SLICE("registrable"), slice_str(key), 1795320306,
	           SLICE("reviewer:test"));
	record_set_new(&r, "cells", cells);
	record_set_str(&r, "reason", slice_str(reason));
	int rc = record_finish(&r, NULL);
	if (rc == 0)
		rc = store_begin(book->store, NULL);
	if (rc == 0)
		rc = ledgerbook_put(book, &r, STORE_NONE, &is_new, NULL);
	if (rc == 0)
		rc = store_commit(book->store, NULL);
	record_release(&r);
	return rc;
}

/* A store with the entry of its key and `acts` decisions, `synced` of them with a checkpoint. */
static void make_store(int acts, int synced)
{
	struct ledgerbook book = { 0 };
	struct store *store = NULL;
	struct config config;
	struct err err = { 0 };
	char key[40];

	stores++;
	config_init(&config);
	assert_int_equal(file_make_dir(path_in("."), &err), 0);
	assert_int_equal(
		store_open(path_in("var"), STORE_WRITE | STORE_CREATE, "test", &store, &err), 0);
	assert_int_equal(ledgerbook_open(store, &config, 1795320306, &book, &err), 0);
	for (int i = 0; i < acts; i++) {
		snprintf(key, sizeof(key), "site-%d.example", i);
		assert_int_equal(put_act(&book, key, "seen"), 0);
		if (i + 1 == synced)
			assert_int_equal(ledgerbook_sync(&book, NULL, &err), 0);
	}
	ledgerbook_close(&book);
	store_close(store);
}

/* Run `assay ledger ...` on that store; what it prints is in *out. */
static int run(struct buf *out, struct err *err, const char *const *args)
{
	struct cmd cmd = { .name = "ledger", .at = 1795320400 };
	char *argv[12] = { 0 };
	int argc = 0;

	while (args[argc] && argc < 8) {
		argv[argc] = strdup(args[argc]);
		argc++;
	}
	argv[argc++] = strdup("--store");
	argv[argc++] = strdup(path_in("var"));
	char *owned[12];
	memcpy(owned, argv, sizeof(owned));
	cmd.argc = argc;
	cmd.argv = argv;
	config_init(&cmd.config);

	fflush(stdout);
	int was = dup(STDOUT_FILENO);
	FILE *f = fopen(path_in("stdout"), "wb");
	assert_non_null(f);
	dup2(fileno(f), STDOUT_FILENO);
	fclose(f);
	*err = (struct err){ 0 };
	int rc = cmd_ledger(&cmd, err);
	fflush(stdout);
	dup2(was, STDOUT_FILENO);
	close(was);
	buf_clear(out);
	assert_int_equal(file_read(path_in("stdout"), 1 << 24, out, NULL), 0);
	arena_release(&cmd.arena);
	for (int i = 0; i < argc; i++)
		free(owned[i]);
	return rc;
}

#define RUN(out, err, ...) run((out), (err), (const char *const[]){ __VA_ARGS__, NULL })

static bool says(const struct buf *out, const char *what)
{
	return strstr(buf_str(out), what) != NULL;
}

static void a_whole_ledger_verifies_and_counts_what_waits(void **state)
{
	struct buf out = { 0 };
	struct err err;

	(void)state;
	make_store(5, 3);
	assert_int_equal(RUN(&out, &err, "verify"), EXIT_DONE);
	assert_true(says(&out, "\"behind\":2"));
	assert_true(says(&out, "\"problems\":0"));
	assert_true(says(&out, "\"size\":4"));
	assert_int_equal(RUN(&out, &err, "checkpoint"), EXIT_DONE);
	assert_true(says(&out, "\n6\n"));
	assert_int_equal(RUN(&out, &err, "verify", "--format", "text"), EXIT_DONE);
	assert_true(says(&out, "6 entries"));
	assert_true(says(&out, "whole: "));
	assert_false(says(&out, "wait"));
	assert_int_equal(RUN(&out, &err, "checkpoint", "--format", "json"), EXIT_DONE);
	assert_true(says(&out, "\"size\":6"));
	buf_release(&out);
}

static void flip(const char *path, size_t at)
{
	struct buf b = { 0 };

	assert_int_equal(file_read(path, 1 << 24, &b, NULL), 0);
	b.p[at] ^= 1;
	assert_int_equal(file_write_whole(path, buf_slice(&b), NULL), 0);
	buf_release(&b);
}

static void what_is_altered_is_named_and_the_answer_is_no(void **state)
{
	static const struct {
		const char *file;
		size_t at;
		const char *says, *text;
	} rows[] = {
		{ "var/ledger/tile/entries/000.p/4", 30, "\"path\":\"tile/entries/000.p/4\"",
		  "tile/entries/000.p/4: entry 0 is not the one that was signed" },
		{ "var/ledger/tile/0/000.p/4", 70, "\"path\":\"tile/0/000.p/4\"",
		  "tile/0/000.p/4: hash 2 is not" },
		{ "var/ledger/checkpoint", 2, "\"path\":\"checkpoint\"", "checkpoint: " },
	};
	struct buf out = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		make_store(3, 3);
		flip(path_in(rows[i].file), rows[i].at);
		CHECK_INT(i, rows[i].file, RUN(&out, &err, "verify"), EXIT_NO);
		CHECK_INT(i, buf_str(&out), says(&out, rows[i].says), 1);
		CHECK_INT(i, rows[i].file, RUN(&out, &err, "verify", "--format", "text"), EXIT_NO);
		CHECK_INT(i, buf_str(&out), says(&out, rows[i].text), 1);
		CHECK_INT(i, buf_str(&out), says(&out, "NOT whole: 1 problem\n"), 1);
	}
	buf_release(&out);
	check_done();
}

/* Whoever can write the database can take its triggers away. */
static void alter_store(const char *sql)
{
	static const char program[] =
		"import sqlite3,sys\n"
		"d=sqlite3.connect(sys.argv[1])\n"
		"q='select name from sqlite_master where type=\\x27trigger\\x27'\n"
		"[d.execute('drop trigger '+r[0]) for r in d.execute(q).fetchall()]\n"
		"d.execute(sys.argv[2]); d.commit()\n";
	char command[400];

	assert_int_equal(file_write_whole(path_in("alter.py"), slice_str(program), NULL), 0);
	snprintf(command, sizeof(command), "python3 '%s' '%s' \"%s\"", path_in("alter.py"),
	         path_in("var/assay.db"), sql);
	assert_int_equal(system(command), 0);
}

static void a_record_salt_or_entry_altered_in_the_store_is_named(void **state)
{
	static const struct {
		const char *says, *sql, *text;
	} rows[] = {
		{ "the body of a record",
		  "update record set body=replace(body,'seen','soon') where seq=3",
		  "store: ledger entry 2: ledger entry: salt and record are not those" },
		{ "a salt", "update ledger_entry set salt=zeroblob(32) where seq=1",
		  "store: ledger entry 1: ledger entry: salt and record are not those" },
		{ "an entry",
		  "update ledger_entry set entry=replace(entry,'decision','precision') where seq=3",
		  "store: ledger entry 3 is not the one in the ledger" },
	};
	struct buf out = { 0 };
	struct err err;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		make_store(4, 4);
		alter_store(rows[i].sql);
		CHECK_INT(i, rows[i].says, RUN(&out, &err, "verify", "--format", "text"), EXIT_NO);
		CHECK_INT(i, buf_str(&out), says(&out, rows[i].text), 1);
	}
	buf_release(&out);
	check_done();
}

static void a_store_rolled_back_under_its_ledger_is_refused(void **state)
{
	struct buf out = { 0 };
	struct err err;

	(void)state;
	make_store(4, 4);
	alter_store("delete from ledger_entry where seq=4");
	assert_int_equal(RUN(&out, &err, "verify", "--format", "text"), EXIT_NO);
	assert_true(says(&out, "rolled back"));
	assert_int_equal(RUN(&out, &err, "checkpoint"), ERR_REFUSED);
	assert_non_null(strstr(err.what, "rolled back"));
	buf_release(&out);
}

static void a_proof_is_checked_by_somebody_who_has_the_key_alone(void **state)
{
	struct buf out = { 0 }, proof = { 0 };
	struct err err;
	char key[300], file[300];

	(void)state;
	make_store(5, 5);
	assert_int_equal(RUN(&proof, &err, "prove", "4"), EXIT_DONE);
	assert_int_equal(strncmp(buf_str(&proof), "c2sp.org/tlog-proof@v1\nextra ", 29), 0);
	snprintf(key, sizeof(key), "%s", path_in("key.pub"));
	snprintf(file, sizeof(file), "%s", path_in("proof"));
	assert_int_equal(file_read(path_in("var/ledger/key.pub"), 4096, &out, NULL), 0);
	assert_int_equal(file_write_whole(key, buf_slice(&out), NULL), 0);
	assert_int_equal(file_write_whole(file, buf_slice(&proof), NULL), 0);
	assert_int_equal(RUN(&out, &err, "verify", file, "--format", "text"), EXIT_DONE);
	assert_true(says(&out, "decision of site-3.example is entry 4 of 6"));

	char elsewhere[300];
	snprintf(elsewhere, sizeof(elsewhere), "%s", path_in("var"));
	assert_int_equal(rename(elsewhere, path_in("gone")), 0);
	assert_int_equal(RUN(&out, &err, "verify", file, "--key", key), EXIT_DONE);
	assert_true(says(&out, "\"index\":4"));
	for (size_t at = 60; at < proof.n; at += 97) {
		proof.p[at] ^= 1;
		assert_int_equal(file_write_whole(file, buf_slice(&proof), NULL), 0);
		CHECK_INT(at, "altered proof", RUN(&out, &err, "verify", file, "--key", key),
		          EXIT_NO);
		CHECK_INT(at, buf_str(&out), says(&out, "\"problem\":"), 1);
		proof.p[at] ^= 1;
	}
	buf_release(&out);
	buf_release(&proof);
	check_done();
}

static void a_proof_is_found_by_number_or_by_record(void **state)
{
	struct buf out = { 0 };
	struct err err;

	(void)state;
	make_store(2, 2);
	assert_int_equal(RUN(&out, &err, "prove", "3"), EXIT_NO);
	assert_int_equal(RUN(&out, &err, "prove",
	                     "0000000000000000000000000000000000000000"
	                     "000000000000000000000000"),
	                 EXIT_NO);
	assert_int_equal(RUN(&out, &err, "prove", "1x"), ERR_USAGE);
	assert_int_equal(RUN(&out, &err, "prove", ""), ERR_USAGE);
	assert_int_equal(RUN(&out, &err, "prove", "2", "--format", "json"), EXIT_DONE);
	assert_true(says(&out, "\"index\":2"));

	struct store *store = NULL;
	struct arena a = { 0 };
	struct store_record r;
	char hex[SHA256_HEX];
	assert_int_equal(store_open(path_in("var"), STORE_READ, NULL, &store, &err), 0);
	assert_int_equal(store_get_record_at(store, 2, &a, &r, &err), 0);
	sha256_hex(r.id, hex);
	store_close(store);
	arena_release(&a);
	assert_int_equal(RUN(&out, &err, "prove", hex), EXIT_DONE);
	assert_true(says(&out, "\nindex 1\n"));
	buf_release(&out);
}

static void copy_store(const char *from, const char *to)
{
	char command[1000], source[300];

	snprintf(source, sizeof(source), "%s", path_in(from));
	snprintf(command, sizeof(command), "rm -rf '%s' && cp -a '%s' '%s'", path_in(to), source,
	         path_in(to));
	assert_int_equal(system(command), 0);
}

static void a_kept_checkpoint_must_be_the_past_of_the_ledger(void **state)
{
	struct buf kept = { 0 }, out = { 0 };
	struct err err;
	char file[300];

	(void)state;
	make_store(5, 2);
	snprintf(file, sizeof(file), "%s", path_in("kept"));
	assert_int_equal(file_read(path_in("var/ledger/checkpoint"), 4096, &kept, NULL), 0);
	assert_int_equal(file_write_whole(file, buf_slice(&kept), NULL), 0);
	copy_store("var", "earlier");
	assert_int_equal(RUN(&kept, &err, "checkpoint"), EXIT_DONE);
	assert_int_equal(RUN(&out, &err, "verify", file), EXIT_DONE);

	/* Store and ledger go back together: only who kept the newer checkpoint can tell. */
	assert_int_equal(file_write_whole(file, buf_slice(&kept), NULL), 0);
	copy_store("earlier", "var");
	assert_int_equal(RUN(&out, &err, "verify"), EXIT_DONE);
	assert_int_equal(RUN(&out, &err, "verify", file, "--format", "text"), EXIT_NO);
	assert_true(says(&out, "the ledger was rolled back"));
	assert_int_equal(RUN(&out, &err, "verify", "/no/such/file"), ERR_NOTFOUND);

	/* A ledger of the same length by another key. */
	make_store(5, 5);
	assert_int_equal(RUN(&out, &err, "verify", file), EXIT_NO);
	assert_true(says(&out, "not signed by"));
	buf_release(&kept);
	buf_release(&out);
}

static void wrong_use_is_told_how_to_ask(void **state)
{
	struct buf out = { 0 };
	struct err err;

	(void)state;
	make_store(1, 1);
	assert_int_equal(RUN(&out, &err, "frobnicate"), ERR_USAGE);
	assert_non_null(strstr(err.what, "assay ledger checkpoint | verify [FILE] | audit [DIR] | "
	                                 "prove INDEX"));
	assert_int_equal(RUN(&out, &err, "prove"), ERR_USAGE);
	assert_int_equal(RUN(&out, &err, "checkpoint", "x"), ERR_USAGE);
	assert_int_equal(unlink(path_in("var/ledger/key")), 0);
	assert_int_equal(RUN(&out, &err, "verify"), EXIT_DONE);
	assert_int_equal(RUN(&out, &err, "checkpoint"), ERR_CORRUPT);
	assert_int_equal(unlink(path_in("var/ledger/key.pub")), 0);
	assert_int_equal(RUN(&out, &err, "verify"), ERR_NOTFOUND);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_ledger_verifies_and_counts_what_waits),
		cmocka_unit_test(what_is_altered_is_named_and_the_answer_is_no),
		cmocka_unit_test(a_record_salt_or_entry_altered_in_the_store_is_named),
		cmocka_unit_test(a_store_rolled_back_under_its_ledger_is_refused),
		cmocka_unit_test(a_proof_is_checked_by_somebody_who_has_the_key_alone),
		cmocka_unit_test(a_proof_is_found_by_number_or_by_record),
		cmocka_unit_test(a_kept_checkpoint_must_be_the_past_of_the_ledger),
		cmocka_unit_test(wrong_use_is_told_how_to_ask),
	};
	return cmocka_run_group_tests(tests, make_top, remove_top);
}
