/* Options of the command line, the same way for every command.
 *
 * `--name VALUE` and `--name=VALUE`; `--` ends options; `-` alone is a positional argument (standard
 * input). Options and positional arguments may come in any order. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/err.h"

#include <stddef.h>

enum option_kind {
	OPTION_FLAG, /* value: bool *, set true */
	OPTION_TEXT, /* value: const char **, points into argv */
	OPTION_INT,  /* value: int64_t *, decimal */
};

struct option_spec {
	const char *name; /* without the dashes */
	enum option_kind kind;
	void *value;
};

/* Read options out of argv[0..*argc), which must not hold the program's or command's name; what is
 * left, the positional arguments, stands in argv[0..*argc) in its order. ERR_USAGE names the
 * option and the nearest known one. */
int options_parse(const struct option_spec *specs, size_t n, int *argc, char **argv,
                  struct err *err);

#endif
