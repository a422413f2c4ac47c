/* What tests of commands share: a scratch folder, files in it, the suffix list and the examples. */
#ifndef TEST_CMD_SCRATCH_H
#define TEST_CMD_SCRATCH_H

#include "check.h"

#include "base/buf.h"
#include "model/domain.h"
#include "sys/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#define ASSERT_OK(call)                                                                            \
	do {                                                                                       \
		struct err err_ = { 0 };                                                           \
		struct err *err = &err_;                                                           \
		int rc_ = (call);                                                                  \
		if (rc_ < 0)                                                                       \
			fail_msg("%s: %s: %s", #call, err_name(rc_), err_.what);                   \
	} while (0)

static char scratch[64];
static struct suffixes *suffixes;

/* Group setup: a folder, and the list that Debian has with the platform of the examples. */
static inline int scratch_make(void **state)
{
	static const struct slice platforms[] = { { "shops.example", 13 } };
	struct buf list = { 0 };
	struct err err = { 0 };

	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/assay-test-cmd-XXXXXX");
	if (!mkdtemp(scratch))
		return -1;
	int rc = file_read("/usr/share/publicsuffix/public_suffix_list.dat", 1 << 24, &list, &err);
	if (rc == 0)
		rc = suffixes_new(buf_slice(&list), platforms, 1, &suffixes, &err);
	buf_release(&list);
	if (rc < 0)
		printf("# %s\n", err.what);
	return rc;
}

static inline void scratch_empty(void)
{
	char command[256];

	snprintf(command, sizeof(command), "chmod -R u+w '%s' && rm -rf '%s'", scratch, scratch);
	if (system(command) != 0 || mkdir(scratch, 0700) < 0)
		fail_msg("%s cannot be emptied", scratch);
}

static inline int scratch_remove(void **state)
{
	(void)state;
	scratch_empty();
	suffixes_free(suffixes);
	return rmdir(scratch);
}

/* A path below the scratch folder; good for the next seven calls. */
static inline const char *at_scratch(const char *name)
{
	static char path[8][600];
	static unsigned next;
	char *out = path[next++ % 8];

	snprintf(out, 600, "%s/%s", scratch, name);
	return out;
}

/* The file holds these bytes; its folders are made, and it is of 2026-09-09T09:09:09Z. */
static inline void put_file(const char *name, struct slice bytes)
{
	const char *path = at_scratch(name);
	struct utimbuf time = { 1788944949, 1788944949 };
	char dir[600];

	snprintf(dir, sizeof(dir), "%s", path);
	*strrchr(dir, '/') = '\0';
	ASSERT_OK(file_make_dir(dir, err));
	ASSERT_OK(file_write_whole(path, bytes, err));
	assert_int_equal(utime(path, &time), 0);
}

/* A path in the source tree; good for the next three calls. NULL outside of the build. */
static inline const char *in_source(const char *name)
{
	static char path[4][1024];
	static unsigned next;
	char *out = path[next++ % 4];
	const char *root = getenv("ASSAY_SOURCE");

	if (!root)
		fail_msg("ASSAY_SOURCE is not set");
	snprintf(out, 1024, "%s/%s", root, name);
	return out;
}

/* The number that a shell command prints. */
static inline long long number_from(const char *command)
{
	char line[64] = "";
	FILE *f = popen(command, "r");

	if (!f || !fgets(line, sizeof(line), f))
		fail_msg("%s printed nothing", command);
	pclose(f);
	return atoll(line);
}

#endif
