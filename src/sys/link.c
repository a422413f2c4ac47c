#include "sys/link.h"

#include <errno.h>
#include <sys/stat.h>

int link_is(const char *path, bool *out, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_sys(err, "%s", path);
		*out = false;
		return 0;
	}
	*out = S_ISLNK(st.st_mode);
	return 0;
}
