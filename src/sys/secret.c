/* The file is written under a temporary name and linked into place: a link, unlike a rename, fails
 * when the name is taken, so a key is never overwritten by a second program. */
#include "sys/secret.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, struct slice bytes)
{
	while (bytes.n) {
		ssize_t did = write(fd, bytes.p, bytes.n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return -1;
		bytes = slice_sub(bytes, (size_t)did, bytes.n);
	}
	return 0;
}

int secret_write(const char *path, struct slice bytes, struct err *err)
{
	char temp[4096];
	int n = snprintf(temp, sizeof(temp), "%s.tmp-XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof(temp))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", path);
	int fd = mkostemp(temp, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return err_sys(err, "%s", path);
	int rc = 0;
	if (write_all(fd, bytes) < 0 || fsync(fd) < 0)
		rc = err_sys(err, "%s", path);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", path);
	if (rc == 0 && link(temp, path) < 0)
		rc = errno == EEXIST ? err_set(err, ERR_REFUSED, 0, "%s: is there already", path)
		                     : err_sys(err, "%s", path);
	unlink(temp); /* best effort: what stays is as private as the file itself */
	if (rc)
		return rc;
	char *cut = strrchr(temp, '/');
	if (!cut)
		return file_sync_dir(".", err);
	cut[cut == temp] = '\0';
	return file_sync_dir(temp, err);
}

int secret_read(const char *path, size_t limit, struct buf *out, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR
		               ? err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path)
		               : err_sys(err, "%s", path);
	if (st.st_mode & 077)
		return err_set(err, ERR_REFUSED, 0,
		               "%s: others can read or write this secret (run: chmod 600 %s)", path,
		               path);
	return file_read(path, limit, out, err);
}
