#include "sys/location.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *path, struct err *err)
{
	return errno == ENOENT || errno == ENOTDIR
	               ? err_set(err, ERR_NOTFOUND, 0, "%s: no such file or folder", path)
	               : err_sys(err, "%s", path);
}

/* The real path of what is there, else of the folder that it would be made in. */
static int resolve(const char *path, char out[PATH_MAX], struct err *err)
{
	char folder[PATH_MAX];

	if (realpath(path, out))
		return 0;
	if (errno != ENOENT)
		return fail(path, err);
	int n = snprintf(folder, sizeof(folder), "%s", path);
	if (n < 0 || (size_t)n >= sizeof(folder))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", path);
	char *cut = strrchr(folder, '/');
	if (!cut)
		snprintf(folder, sizeof(folder), ".");
	else
		cut[cut == folder] = '\0';
	return realpath(folder, out) ? 0 : fail(folder, err);
}

int location_is_within(const char *path, const char *dir, bool *out, struct err *err)
{
	char where[PATH_MAX], top[PATH_MAX];
	int rc = resolve(path, where, err);

	if (rc)
		return rc;
	if (!realpath(dir, top))
		return fail(dir, err);
	size_t n = strlen(top);
	*out = strncmp(where, top, n) == 0 && (where[n] == '\0' || where[n] == '/' || top[n - 1] == '/');
	return 0;
}

int location_beside_program(const char *name, char *out, size_t size, struct err *err)
{
	char program[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (n < 0)
		return err_sys(err, "/proc/self/exe");
	program[n] = '\0';
	char *cut = strrchr(program, '/');
	if (cut)
		*cut = '\0';
	int used = snprintf(out, size, "%s/%s", program, name);
	if (used < 0 || (size_t)used >= size)
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", program);
	return 0;
}
