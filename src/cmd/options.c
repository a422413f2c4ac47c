#include "cmd/options.h"

#include "base/distance.h"
#include "base/slice.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int unknown(const struct option_spec *specs, size_t n, struct slice name, struct err *err)
{
	const char *nearest = NULL;
	size_t best = 4;

	for (size_t i = 0; i < n; i++) {
		size_t d = edit_distance(name, slice_str(specs[i].name));
		if (d < best) {
			best = d;
			nearest = specs[i].name;
		}
	}
	if (nearest)
		return err_set(err, ERR_USAGE, 0, "unknown option --%.*s (did you mean --%s?)",
		               SLICE_ARG(name), nearest);
	return err_set(err, ERR_USAGE, 0, "unknown option --%.*s", SLICE_ARG(name));
}

static int set(const struct option_spec *spec, const char *text, struct err *err)
{
	if (spec->kind == OPTION_TEXT) {
		*(const char **)spec->value = text;
		return 0;
	}
	char *end;
	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (errno || end == text || *end)
		return err_set(err, ERR_USAGE, 0, "--%s takes a whole number, not '%s'", spec->name, text);
	*(int64_t *)spec->value = v;
	return 0;
}

int options_parse(const struct option_spec *specs, size_t n, int *argc, char **argv,
                  struct err *err)
{
	int kept = 0;
	bool ended = false;

	for (int i = 0; i < *argc; i++) {
		char *arg = argv[i];
		if (ended || arg[0] != '-' || arg[1] == '\0') {
			argv[kept++] = arg;
			continue;
		}
		if (strcmp(arg, "--") == 0) {
			ended = true;
			continue;
		}
		struct slice name = slice_str(arg);
		name = slice_sub(name, arg[1] == '-' ? 2 : 1, name.n);
		size_t eq = slice_find(name, '=');
		const char *value = eq < name.n ? name.p + eq + 1 : NULL;
		name = slice_sub(name, 0, eq);
		if (slice_eq_str(name, "h"))
			name = SLICE("help");
		const struct option_spec *spec = NULL;
		for (size_t k = 0; k < n && !spec; k++)
			if (slice_eq_str(name, specs[k].name))
				spec = &specs[k];
		if (!spec)
			return unknown(specs, n, name, err);
		if (spec->kind == OPTION_FLAG) {
			if (value)
				return err_set(err, ERR_USAGE, 0, "--%s takes no value", spec->name);
			*(bool *)spec->value = true;
			continue;
		}
		if (!value && ++i < *argc)
			value = argv[i];
		if (!value)
			return err_set(err, ERR_USAGE, 0, "--%s needs a value", spec->name);
		int rc = set(spec, value, err);
		if (rc)
			return rc;
	}
	*argc = kept;
	return 0;
}
