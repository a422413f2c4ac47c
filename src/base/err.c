/* Messages are cut, never overrun; bytes that could forge a log line are replaced. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void clean(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

int err_set(struct err *err, enum err_code code, size_t at, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return (int)code;
	/* The arguments may point into err->what, so write beside it first. */
	char text[sizeof(err->what)];
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);
	memcpy(err->what, text, sizeof(text));
	err->code = code;
	err->at = at;
	return (int)code;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return (int)ERR_USAGE;
	char text[sizeof(err->what)];
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	clean(text);
	size_t n = strlen(text);
	if (n + 2 < sizeof(text)) {
		text[n++] = ':';
		text[n++] = ' ';
		size_t room = sizeof(text) - n - 1, have = strnlen(err->what, sizeof(err->what));
		size_t take = have < room ? have : room;
		memcpy(text + n, err->what, take);
		text[n + take] = '\0';
	}
	memcpy(err->what, text, sizeof(text));
	return (int)err->code;
}

int err_sys(struct err *err, const char *fmt, ...)
{
	int saved = errno;
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	char reason[80];
	const char *why = strerror_r(saved, reason, sizeof(reason)); /* the GNU form */
	return err_set(err, ERR_IO, 0, "%s: %s", text, why);
}

const char *err_name(int code)
{
	switch (code) {
	case 0: return "OK";
	case ERR_SYNTAX: return "ERR_SYNTAX";
	case ERR_LIMIT: return "ERR_LIMIT";
	case ERR_NOTFOUND: return "ERR_NOTFOUND";
	case ERR_BUSY: return "ERR_BUSY";
	case ERR_IO: return "ERR_IO";
	case ERR_CORRUPT: return "ERR_CORRUPT";
	case ERR_REFUSED: return "ERR_REFUSED";
	case ERR_NOMEM: return "ERR_NOMEM";
	case ERR_USAGE: return "ERR_USAGE";
	default: return "unknown error code";
	}
}
