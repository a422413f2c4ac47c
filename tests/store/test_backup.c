#include "engines.h"

#include "store/backup.h"
#include "store/manifest.h"
#include "sys/file.h"

static const char *const bodies[] = { "cells JP=rogue", "cells GB=legitimate", "plain" };

/* A store with three records, two pieces of evidence and something like a ledger. */
static struct store *filled(const char *name)
{
	struct store *s = NULL;
	struct store_evidence e = { .cls = SLICE("public"), .media_type = SLICE("text/html"), .at = 1 };
	char path[400];

	ASSERT_OK(store_open(at_scratch(name), STORE_WRITE | STORE_CREATE, "assay test", &s, err));
	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct store_record r = make_record("verdict", "a.example", 5, bodies[i]);
		ASSERT_OK(put_whole(s, &r, err));
	}
	ASSERT_OK(store_put_evidence(s, &e, SLICE("page one"), NULL, err));
	ASSERT_OK(store_put_evidence(s, &e, SLICE("page two"), NULL, err));
	snprintf(path, sizeof(path), "%s/ledger/tile/0/x001", at_scratch(name));
	ASSERT_OK(file_make_dir(path, err));
	snprintf(path, sizeof(path), "%s/ledger/tile/0/x001/000", at_scratch(name));
	ASSERT_OK(file_write_whole(path, SLICE("tile"), err));
	snprintf(path, sizeof(path), "%s/ledger/checkpoint", at_scratch(name));
	ASSERT_OK(file_write_whole(path, SLICE("checkpoint"), err));
	snprintf(path, sizeof(path), "%s/ledger/x.tmp-Ab12Cd", at_scratch(name));
	ASSERT_OK(file_write_whole(path, SLICE("half"), err));
	return s;
}

static void check_store(const char *dir, int64_t records)
{
	struct store *s = NULL;
	struct buf findings = { 0 };
	struct store_hooks hooks = test_hooks(&findings);
	struct store_report report;

	ASSERT_OK(store_open(dir, STORE_READ, NULL, &s, err));
	ASSERT_OK(store_check(s, &hooks, &report, err));
	CHECK_SLICE(0, dir, buf_slice(&findings), SLICE(""));
	CHECK_INT(0, dir, report.records, records);
	CHECK_INT(0, dir, report.evidence, 2);
	CHECK_INT(0, dir, report.strays, 0);
	buf_release(&findings);
	store_close(s);
}

static void a_backup_taken_while_writing_restores_whole(void **state)
{
	(void)state;
	struct store *s = filled("src");
	struct backup_report made, back;

	/* A batch is open: what it holds is not part of the backup. */
	ASSERT_OK(store_begin(s, err));
	struct store_record r = make_record("verdict", "b.example", 5, "cells JP=unverified");
	struct store *reader = NULL;
	ASSERT_OK(put_whole(s, &r, err));
	ASSERT_OK(store_open(at_scratch("src"), STORE_READ, NULL, &reader, err));
	ASSERT_OK(store_backup(reader, at_scratch("copy"), &made, err));
	ASSERT_OK(store_commit(s, err));
	store_close(reader);
	store_close(s);
	ASSERT_OK(store_restore(at_scratch("copy"), at_scratch("back"), NULL, &back, err));
	assert_int_equal(made.files, 5); /* database, two blobs, tile, checkpoint */
	assert_int_equal(back.files, made.files);
	assert_int_equal(back.bytes, made.bytes);
	assert_int_equal(back.at, made.at);
	assert_true(sha256_eq(back.manifest, made.manifest));
	check_store(at_scratch("back"), 3);
	check_store(at_scratch("src"), 4);
	assert_int_equal(shell("cmp '%s' '%s'", at_scratch("src/ledger/tile/0/x001/000"),
			       at_scratch("back/ledger/tile/0/x001/000")), 0);
	/* And it goes on where it was. */
	ASSERT_OK(store_open(at_scratch("back"), STORE_WRITE, "assay test", &s, err));
	ASSERT_OK(put_whole(s, &r, err));
	store_close(s);
	check_store(at_scratch("back"), 4);
	check_done();
}

static void a_backup_never_overwrites(void **state)
{
	(void)state;
	struct store *s = filled("keep");
	struct backup_report report;

	ASSERT_OK(file_make_dir(at_scratch("taken/x"), err));
	ASSERT_OK(file_make_dir(at_scratch("free"), err));
	ASSERT_FAILS(store_backup(s, at_scratch("taken"), &report, err), ERR_REFUSED, "not empty");
	ASSERT_OK(store_backup(s, at_scratch("free"), &report, err));
	ASSERT_FAILS(store_restore(at_scratch("free"), at_scratch("keep"), NULL, &report, err), ERR_REFUSED,
		     "not empty");
	ASSERT_FAILS(store_restore(at_scratch("nowhere"), at_scratch("new"), NULL, &report, err),
		     ERR_NOTFOUND, "is no backup");
	store_close(s);
}

static void no_backup_is_made_of_damaged_evidence(void **state)
{
	(void)state;
	struct store *s = filled("sick");
	struct backup_report report;
	enum file_kind kind;

	assert_int_equal(shell("cd '%s'; f=$(grep -lr 'page one' .); echo \"$f\" > '%s'; printf X >> $f",
			       at_scratch("sick/blob"), at_scratch("name")), 0);
	ASSERT_FAILS(store_backup(s, at_scratch("sick-copy"), &report, err), ERR_CORRUPT,
		     "the evidence is altered");
	assert_int_equal(shell("cd '%s'; rm $(cat '%s')", at_scratch("sick/blob"), at_scratch("name")), 0);
	ASSERT_FAILS(store_backup(s, at_scratch("sick-copy"), &report, err), ERR_CORRUPT,
		     "the evidence is missing");
	ASSERT_OK(file_kind_of(at_scratch("sick-copy"), &kind, err));
	assert_int_equal(kind, FILE_ABSENT);
	assert_int_not_equal(shell("ls -d '%s'.partial-* 2>/dev/null", at_scratch("sick-copy"), NULL), 0);
	store_close(s);
}

static void an_altered_backup_is_named_and_nothing_is_restored(void **state)
{
	(void)state;
	const struct {
		const char *name, *damage; /* in the folder of the backup */
		int code;
		const char *text;
	} rows[] = {
		{ "blob flipped", "f=$(grep -lr 'page one' blob); printf P | dd of=$f conv=notrunc", ERR_CORRUPT,
		  "is not what the manifest says" },
		{ "database cut", "truncate -s 20000 assay.db", ERR_CORRUPT,
		  "assay.db: is not what the manifest says" },
		{ "database flipped", "printf X | dd of=assay.db bs=1 seek=5000 conv=notrunc", ERR_CORRUPT,
		  "assay.db: is not what the manifest says" },
		{ "tile missing", "rm ledger/tile/0/x001/000", ERR_CORRUPT, "x001/000: is in the manifest" },
		{ "manifest cut", "sed -i '$d' MANIFEST", ERR_CORRUPT, "altered or cut" },
		{ "manifest with a line less", "sed -i '/checkpoint/d' MANIFEST", ERR_CORRUPT,
		  "altered or cut" },
		{ "manifest that climbs", "sed -i 's# ledger/checkpoint# ledger/../../checkpoint#' MANIFEST",
		  ERR_CORRUPT, "altered or cut" },
		{ "no manifest", "rm MANIFEST", ERR_NOTFOUND, "is no backup" },
		{ "newer schema", "sed -i 's/^schema .*/schema 7/' MANIFEST", ERR_REFUSED,
		  "store is of schema 7" },
		{ "manifest remade over another database",
		  "sqlite3 assay.db 'CREATE TABLE x (a); PRAGMA application_id=1; VACUUM;'; "
		  "sum=$(sha256sum assay.db | cut -c1-64); n=$(stat -c %s assay.db); "
		  "sed -i \"s/^file .* assay.db/file $n $sum assay.db/\" MANIFEST",
		  ERR_CORRUPT, "not of a store" },
	};
	struct store *s = filled("whole");
	struct backup_report report;
	enum file_kind kind;

	ASSERT_OK(store_backup(s, at_scratch("good"), &report, err));
	store_close(s);
	for (size_t i = 0; i < ROWS(rows); i++) {
		char command[900];
		assert_int_equal(shell("rm -rf '%s'", at_scratch("bad"), NULL), 0);
		assert_int_equal(shell("cp -r '%s' '%s'", at_scratch("good"), at_scratch("bad")), 0);
		snprintf(command, sizeof(command), "cd '%s' && { %s; } > /dev/null 2>&1",
			 at_scratch("bad"), rows[i].damage);
		assert_int_equal(system(command), 0);
		struct err why = { 0 };
		int rc = store_restore(at_scratch("bad"), at_scratch("restored"), NULL, &report, &why);
		CHECK_INT(i, rows[i].name, rc, rows[i].code);
		if (!strstr(why.what, rows[i].text))
			CHECK_SLICE(i, rows[i].name, slice_str(why.what), slice_str(rows[i].text));
		ASSERT_OK(file_kind_of(at_scratch("restored"), &kind, err));
		CHECK_INT(i, rows[i].name, kind, FILE_ABSENT);
	}
	check_done();
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "assay backup 1\nat 2026-11-22T04:05:06Z\nschema 1\n"

static void a_manifest_reads_as_it_was_written(void **state)
{
	(void)state;
	struct manifest m = { .at = 1795320306, .schema = 1 }, got;
	struct manifest_file files[] = {
		{ SLICE("ledger/checkpoint"), 10, sha256_of(SLICE("c")) },
		{ SLICE("assay.db"), 123456789012345, sha256_of(SLICE("d")) },
	};
	struct arena a = { 0 };
	struct buf b = { 0 }, again = { 0 };

	m.files = files;
	m.n = 2;
	manifest_format(&m, &b);
	ASSERT_OK(manifest_parse(buf_slice(&b), &a, &got, err));
	assert_int_equal(got.n, 2);
	CHECK_SLICE(0, "first", got.files[0].path, SLICE("assay.db"));
	assert_true(got.files[0].length == 123456789012345 && got.at == 1795320306 && got.schema == 1);
	manifest_format(&got, &again);
	CHECK_SLICE(0, "again", buf_slice(&again), buf_slice(&b));
	buf_release(&b);
	buf_release(&again);
	arena_release(&a);
	check_done();
}

static void a_manifest_that_is_not_exact_is_refused_where_it_errs(void **state)
{
	(void)state;
	const struct {
		const char *text;
		size_t at;
	} rows[] = {
		{ "", 0 },
		{ "assay backup 2\n", 0 },
		{ "assay backup 1\nat yesterday\n", 15 },
		{ "assay backup 1\nat 2026-11-22T04:05:06Z\nschema -1\n", 39 },
		{ HEAD, 48 },
		{ HEAD "end 1\n", 48 },
		{ HEAD "end 0", 48 },
		{ HEAD "end 0\nx", 48 },
		{ HEAD "end 00\n", 48 },
		{ HEAD "file 1 " HEX64 " a\nend 2\n", 122 },
		{ HEAD "file 01 " HEX64 " a\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 "\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " /a\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " a/\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " a//b\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " ../b\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " a/./b\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " a b\nend 1\n", 48 },
		{ HEAD "file 1 " HEX64 " b\nfile 1 " HEX64 " a\nend 2\n", 122 },
		{ HEAD "file 1 " HEX64 " a\nfile 1 " HEX64 " a\nend 2\n", 122 },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct manifest m;
		struct err err = { 0 };
		CHECK_INT(i, rows[i].text, manifest_parse(slice_str(rows[i].text), &a, &m, &err),
			  ERR_SYNTAX);
		CHECK_INT(i, rows[i].text, err.at, rows[i].at);
		arena_release(&a);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_taken_while_writing_restores_whole),
		cmocka_unit_test(a_backup_never_overwrites),
		cmocka_unit_test(no_backup_is_made_of_damaged_evidence),
		cmocka_unit_test(an_altered_backup_is_named_and_nothing_is_restored),
		cmocka_unit_test(a_manifest_reads_as_it_was_written),
		cmocka_unit_test(a_manifest_that_is_not_exact_is_refused_where_it_errs),
	};
	return run_on_engines("backup", tests, ROWS(tests), 3);
}
