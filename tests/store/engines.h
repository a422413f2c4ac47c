/* The same tests on both engines.
 *
 * Include it instead of scratch.h: a store that a test makes by store_open() has its tables in
 * assay.db in the first half of the run, and in a schema of its own of a PostgreSQL server in the
 * second half. ASSAY_TEST_POSTGRES names that server ("host=/run/postgresql user=me dbname=test");
 * without it a private one is started (tests/postgres.sh) and ends with the program. */
#ifndef TEST_STORE_ENGINES_H
#define TEST_STORE_ENGINES_H

#include "scratch.h"

#include "sys/file.h"

static bool on_postgres;
static char test_server[300]; /* conninfo without a schema; empty = none */
static char test_cluster[200]; /* folder of the private one */

/* Run tests/postgres.sh; what it prints, without the line feed, in out. Its exit code. */
static inline int postgres_script(const char *verb, const char *what, char out[200])
{
	char command[700];
	const char *root = getenv("ASSAY_SOURCE");

	out[0] = '\0';
	snprintf(command, sizeof(command), "'%s/tests/postgres.sh' %s %s", root ? root : ".", verb,
		 what);
	FILE *f = popen(command, "r");
	if (!f)
		return -1;
	if (fgets(out, 200, f))
		out[strcspn(out, "\n")] = '\0';
	int status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void postgres_stop(void)
{
	char out[200];

	if (*test_cluster)
		postgres_script("stop", test_cluster, out);
	*test_cluster = '\0';
}

/* False where there is no PostgreSQL, and says so. */
static inline bool postgres_start(void)
{
	char owner[20];
	const char *given = getenv("ASSAY_TEST_POSTGRES");

	if (given && *given) {
		snprintf(test_server, sizeof(test_server), "%s", given);
		return true;
	}
	snprintf(owner, sizeof(owner), "%ld", (long)getpid());
	int code = postgres_script("start", owner, test_cluster);
	if (code == 3) {
		printf("# skipped on PostgreSQL: version 15 is not installed\n");
		return false;
	}
	if (code) {
		fprintf(stderr, "tests/postgres.sh start: exit code %d\n", code);
		exit(1);
	}
	atexit(postgres_stop);
	snprintf(test_server, sizeof(test_server), "host=%s user=assay dbname=postgres", test_cluster);
	return true;
}

/* Where the tables of the store in dir are to be: a schema that nobody has. */
static inline const char *new_conninfo(void)
{
	static char out[400];
	static unsigned n;

	snprintf(out, sizeof(out), "%s options='-c search_path=t%ld_%u'", test_server, (long)getpid(),
		 ++n);
	return out;
}

/* Make the folder, with the file that leads to PostgreSQL. */
static inline void put_database_file(const char *dir)
{
	char line[500];

	snprintf(line, sizeof(line), "%s\n", new_conninfo());
	ASSERT_OK(file_make_dir(dir, err));
	ASSERT_OK(file_write_whole(at_scratch("database.tmp"), slice_str(line), err));
	assert_int_equal(shell("mv '%s' '%s/database'", at_scratch("database.tmp"), dir), 0);
}

static inline bool has_file(const char *dir, const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static inline int open_on_engine(const char *dir, unsigned flags, const char *command,
				 struct store **out, struct err *err)
{
	if (on_postgres && (flags & STORE_CREATE) && !has_file(dir, "assay.db") &&
	    !has_file(dir, "database"))
		put_database_file(dir);
	return store_open(dir, flags, command, out, err);
}
#define store_open open_on_engine

/* Run statements on the tables of a store as a stray tool would; refusals are its own affair. */
static inline void stray_sql(const char *dir, const char *statements)
{
	char command[2000];

	if (has_file(dir, "database"))
		snprintf(command, sizeof(command),
			 "psql -q -d \"$(cat '%s/database')\" -c \"%s\" >'%s/out' 2>&1", dir, statements,
			 scratch);
	else
		snprintf(command, sizeof(command), "sqlite3 '%s/assay.db' \"%s\" >'%s/out' 2>&1", dir,
			 statements, scratch);
	if (system(command) == -1)
		fail_msg("no shell");
}

static inline int to_postgres(void **state)
{
	(void)state;
	if (!on_postgres) {
		on_postgres = true;
		snprintf(scratch + scratch_n, sizeof(scratch) - scratch_n, "/postgres");
		return mkdir(scratch, 0700);
	}
	return 0;
}

/* Run the first `both` tests on both engines, and the others once. */
static inline int run_on_engines(const char *name, const struct CMUnitTest *tests, size_t n,
				 size_t both)
{
	struct CMUnitTest all[100];
	static char names[100][160];
	bool there = postgres_start();
	size_t have = 0;

	for (size_t i = 0; i < n; i++)
		all[have++] = tests[i];
	for (size_t i = 0; there && i < both; i++) {
		all[have] = tests[i];
		snprintf(names[have], sizeof(names[have]), "%s (PostgreSQL)", tests[i].name);
		all[have].name = names[have];
		all[have++].setup_func = to_postgres;
	}
	return _cmocka_run_group_tests(name, all, have, scratch_make, scratch_remove);
}

/* Run tests on PostgreSQL alone. */
static inline int run_on_postgres(const char *name, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest all[100];

	if (!postgres_start()) {
		printf("1..0 # SKIP PostgreSQL 15 is not installed\n");
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		all[i] = tests[i];
		all[i].setup_func = to_postgres;
	}
	return _cmocka_run_group_tests(name, all, n, scratch_make, scratch_remove);
}

#endif
