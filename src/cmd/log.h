/* What a program says while it works, to standard error: a JSON object a line, or text where a
 * person is looking.
 *
 *   JSON   {"at":"2026-11-22T04:05:06Z","level":"warning","msg":"bad line","file":"x","line":3}
 *   text   warning: bad line (file x, line 3)
 *
 * Values from outside are escaped in both forms, so that none can forge a line or steer a
 * terminal. A line is one write. There is no global: whoever logs is handed a struct log. */
#ifndef CMD_LOG_H
#define CMD_LOG_H

#include "base/err.h"
#include "base/slice.h"
#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct log {
	FILE *out; /* not owned; NULL: nothing is written */
	enum log_level level; /* what is less grave than this is left out */
	bool text;
	int64_t (*now)(void); /* seconds since 1970 */
};

/* One thing that a line says beside its message. */
struct log_field {
	const char *name;
	enum { LOG_TEXT, LOG_NUMBER } kind;
	struct slice text;
	int64_t number;
};

#define LOG_STR(name, slice) ((struct log_field){ (name), LOG_TEXT, (slice), 0 })
#define LOG_INT(name, number) ((struct log_field){ (name), LOG_NUMBER, { NULL, 0 }, (number) })

/* To standard error, text if that is a terminal, by the system's clock. */
struct log log_to_stderr(enum log_level level);

/* Write a line. A failure to write it is ignored: there is nobody left to tell. */
void log_put(const struct log *log, enum log_level level, const char *msg,
	     const struct log_field *fields, size_t n);
/* One without fields. */
void log_printf(const struct log *log, enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A failure, with its code as a field. */
void log_err(const struct log *log, const struct err *err);

/* The fields given as a list: LOG_PUT(log, LEVEL_INFO, "screened", LOG_INT("names", n)) */
#define LOG_PUT(log, level, msg, ...)                                                              \
	log_put((log), (level), (msg), (const struct log_field[]){ __VA_ARGS__ },                  \
		sizeof((const struct log_field[]){ __VA_ARGS__ }) / sizeof(struct log_field))

#endif
