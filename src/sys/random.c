#include "sys/random.h"

#include <errno.h>
#include <sys/random.h>

int random_bytes(uint8_t *out, size_t n, struct err *err)
{
	while (n) {
		ssize_t got = getrandom(out, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "random bytes");
		out += got;
		n -= (size_t)got;
	}
	return 0;
}
