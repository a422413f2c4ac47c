#include "sys/mmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int mmap_file_open(const char *path, struct mmap_file *out, struct err *err)
{
	struct stat st;
	/* A pipe that nobody writes to would be waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
	if (fd < 0)
		return err_sys(err, "%s", path);
	int rc = fstat(fd, &st) < 0 ? err_sys(err, "%s", path) : 0;
	if (rc == 0 && !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_REFUSED, 0, "%s: no regular file", path);
	else if (rc == 0 && (st.st_size <= 0 || (uintmax_t)st.st_size > SIZE_MAX))
		rc = err_set(err, ERR_CORRUPT, 0, "%s: it is empty", path);
	if (rc == 0) {
		size_t n = (size_t)st.st_size;
		void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (p == MAP_FAILED)
			rc = err_sys(err, "%s: mmap", path);
		else
			out->bytes = slice_from(p, n);
	}
	close(fd); /* it was only read from */
	return rc;
}

void mmap_file_release(struct mmap_file *f)
{
	if (f->bytes.p)
		munmap((void *)(uintptr_t)f->bytes.p, f->bytes.n);
	*f = (struct mmap_file){ { 0 } };
}
