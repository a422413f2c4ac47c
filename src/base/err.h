/* Why a call failed.
 *
 * Lives on the caller's stack, owns nothing, needs no free. Written only on failure, untouched on
 * success. Functions return 0 or a negative enum err_code and take `struct err *` last; NULL is
 * allowed and means that the caller wants the code alone. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

/* Named by what the caller can do. */
enum err_code {
	ERR_SYNTAX = -1,   /* the input is malformed: report it, skip the item, go on */
	ERR_LIMIT = -2,    /* the input is over a published limit: report it, skip the item, go on */
	ERR_NOTFOUND = -3, /* what was named is not there: say so */
	ERR_BUSY = -4,     /* somebody else holds it: try again later */
	ERR_IO = -5,       /* the system refused (disk full, permission): stop, keep what is safe */
	ERR_CORRUPT = -6,  /* our own data is damaged: stop, do not write */
	ERR_REFUSED = -7,  /* a rule forbids the act (newer store, one reviewer alone): tell the person */
	ERR_NOMEM = -8,    /* no memory: stop */
	ERR_USAGE = -9,    /* the caller's request makes no sense: tell the person how to ask */
};

struct err {
	enum err_code code;
	size_t at;      /* byte offset in the input, when there is one */
	char what[240]; /* one line, no newline, context first */
};

/* Record a failure and return its code: `return err_set(err, ERR_SYNTAX, at, "url: no host");`
 * Control characters that come in through arguments are shown as '?', so that a hostile input
 * cannot forge a line of a log. */
int err_set(struct err *err, enum err_code code, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Put context before the message that is there ("context: cause") and return its code.
 * err must hold a failure. */
int err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ERR_IO with the text of errno: "what: No space left on device". */
int err_sys(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The name of a code, for logs and tests: "ERR_SYNTAX". Never NULL. */
const char *err_name(int code);

#endif
