#include "sys/remove.h"

#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int remove_flat_folder(const char *path, struct err *err)
{
	char file[4096], **names = NULL;
	size_t n = 0;

	int rc = file_list(path, &names, &n, err);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		int length = snprintf(file, sizeof(file), "%s/%s", path, names[i]);
		if (length < 0 || (size_t)length >= sizeof(file))
			continue; /* rmdir will tell */
		unlink(file);     /* a folder among them: rmdir will tell */
	}
	file_list_free(names, n);
	return rmdir(path) < 0 && errno != ENOENT ? err_sys(err, "%s", path) : 0;
}

int remove_file(const char *path, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s", path);
	char *last = strrchr(dir, '/');

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", path);
	if (unlink(path) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(err, "%s", path);
	if (!last)
		return file_sync_dir(".", err);
	*last = '\0';
	return file_sync_dir(dir[0] ? dir : "/", err);
}
