/* The codes are those of base/err.h, number for number; ERR_BUSY has no use here. */
#include "lib/error.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static_assert((int)ASSAY_SYNTAX == (int)ERR_SYNTAX && (int)ASSAY_LIMIT == (int)ERR_LIMIT &&
                      (int)ASSAY_NOTFOUND == (int)ERR_NOTFOUND && (int)ASSAY_IO == (int)ERR_IO &&
                      (int)ASSAY_CORRUPT == (int)ERR_CORRUPT &&
                      (int)ASSAY_REFUSED == (int)ERR_REFUSED &&
                      (int)ASSAY_NOMEM == (int)ERR_NOMEM && (int)ASSAY_USAGE == (int)ERR_USAGE,
              "the numbers of the ABI");
static_assert(sizeof(struct assay_error) == 256, "a size of the ABI");

/* One line of UTF-8 into room bytes with a NUL, cut between characters. */
static void put_line(struct slice text, char *out, size_t room)
{
	size_t to = 0;

	for (size_t at = 0; at < text.n;) {
		char bytes[4] = "?";
		uint32_t c = utf8_next(text, &at);
		bool is_bad = c == UTF8_BAD || utf8_is_steering(c);
		size_t n = is_bad ? 1 : utf8_encode(c, bytes);
		if (n >= room - to)
			break;
		memcpy(out + to, bytes, n);
		to += n;
	}
	memset(out + to, 0, room - to);
}

int error_out(const struct err *from, struct assay_error *error)
{
	if (error) {
		error->code = (int32_t)from->code;
		put_line(slice_from(from->what, strnlen(from->what, sizeof(from->what))),
		         error->text, sizeof(error->text));
	}
	return (int)from->code;
}

int error_usage(struct assay_error *error, const char *text)
{
	struct err err;

	err_set(&err, ERR_USAGE, 0, "%s", text);
	return error_out(&err, error);
}

int error_check_name(const char *name, size_t n, struct slice *out, struct assay_error *error)
{
	if (!name && n)
		return error_usage(error, "the name is NULL and has a length");
	*out = name ? slice_from(name, n) : SLICE("");
	return 0;
}

const char *assay_code_name(int code)
{
	switch (code) {
	case ASSAY_OK: return "ASSAY_OK";
	case ASSAY_SYNTAX: return "ASSAY_SYNTAX";
	case ASSAY_LIMIT: return "ASSAY_LIMIT";
	case ASSAY_NOTFOUND: return "ASSAY_NOTFOUND";
	case ASSAY_IO: return "ASSAY_IO";
	case ASSAY_CORRUPT: return "ASSAY_CORRUPT";
	case ASSAY_REFUSED: return "ASSAY_REFUSED";
	case ASSAY_NOMEM: return "ASSAY_NOMEM";
	case ASSAY_USAGE: return "ASSAY_USAGE";
	default: return "unknown code";
	}
}

const char *assay_version(void)
{
	return ASSAY_VERSION;
}
