/* A line is built whole and written at once, so that lines of several processes do not mix. */
#include "cmd/log.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "sys/clock.h"
#include "wire/timestamp.h"

#include <stdarg.h>
#include <unistd.h>

static const char *level_name(enum log_level level)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	return names[level];
}

/* As the inside of a JSON string, in both forms: what is not UTF-8 shows as U+FFFD. */
static void put_escaped(struct slice s, struct buf *out)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		char utf8[4];
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (utf8_is_steering(c))
			buf_printf(out, "\\u%04x", c);
		else
			buf_put(out, slice_from(utf8, utf8_encode(c, utf8)));
	}
}

static void put_json(struct buf *out, int64_t now, enum log_level level, const char *msg,
		     const struct log_field *fields, size_t n)
{
	char at[TIMESTAMP_SIZE];

	timestamp_format(now, at);
	buf_printf(out, "{\"at\":\"%s\",\"level\":\"%s\",\"msg\":\"", at, level_name(level));
	put_escaped(slice_str(msg), out);
	buf_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, ",\"");
		put_escaped(slice_str(fields[i].name), out);
		buf_puts(out, "\":");
		if (fields[i].kind == LOG_NUMBER) {
			buf_put_i64(out, fields[i].number);
			continue;
		}
		buf_putc(out, '"');
		put_escaped(fields[i].text, out);
		buf_putc(out, '"');
	}
	buf_puts(out, "}\n");
}

static void put_text(struct buf *out, enum log_level level, const char *msg,
		     const struct log_field *fields, size_t n)
{
	buf_printf(out, "%s: ", level_name(level));
	put_escaped(slice_str(msg), out);
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s%s ", i ? ", " : " (", fields[i].name);
		if (fields[i].kind == LOG_NUMBER)
			buf_put_i64(out, fields[i].number);
		else
			put_escaped(fields[i].text, out);
	}
	buf_puts(out, n ? ")\n" : "\n");
}

void log_put(const struct log *log, enum log_level level, const char *msg,
	     const struct log_field *fields, size_t n)
{
	struct buf line = { 0 };

	if (!log->out || level > log->level)
		return;
	if (log->text)
		put_text(&line, level, msg, fields, n);
	else
		put_json(&line, log->now(), level, msg, fields, n);
	if (buf_ok(&line)) {
		/* A full disk or a closed pipe: there is nobody left to tell. */
		size_t written = fwrite(line.p, 1, line.n, log->out);
		(void)written;
		fflush(log->out);
	}
	buf_release(&line);
}

void log_printf(const struct log *log, enum log_level level, const char *fmt, ...)
{
	char msg[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	log_put(log, level, msg, NULL, 0);
}

void log_err(const struct log *log, const struct err *err)
{
	LOG_PUT(log, LEVEL_ERROR, err->what, LOG_STR("code", slice_str(err_name((int)err->code))));
}

struct log log_to_stderr(enum log_level level)
{
	return (struct log){
		.out = stderr,
		.level = level,
		.text = isatty(STDERR_FILENO) == 1,
		.now = clock_now,
	};
}
