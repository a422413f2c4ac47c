/* What every subcommand is given, and how it is listed.
 *
 * A command is one file, cmd_<name>.c, with one function cmd_<name>, listed by hand in assay.c. It
 * returns an exit code (EXIT_DONE, EXIT_NO) or a negative enum err_code with err set; the caller
 * prints err and exits with 2. Records go to standard output, everything else to standard error. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/options.h"
#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_TROUBLE = 2 };

enum cmd_format { FORMAT_DEFAULT, FORMAT_JSON, FORMAT_TEXT };

struct cmd {
	const char *name;      /* the subcommand */
	int argc;              /* positional arguments, after cmd_options */
	char **argv;
	enum cmd_format format; /* FORMAT_DEFAULT: the command's own default */
	int64_t at;            /* --at, else the clock at start */
	bool at_given;
	struct config config;  /* file and defaults, with --store put over it */
	const char *config_path; /* the file that was read, or NULL */
	struct arena arena;    /* for the length of the command */
};

struct command {
	const char *name;
	int (*run)(struct cmd *cmd, struct err *err);
};

/* Read the options that all commands share (--store, --config, --format, --at, --log, --help) and
 * the command's own, load the configuration, and leave the positional arguments in cmd.
 * Returns 0; 1 when --help was asked for and printed (the command then returns EXIT_DONE); or
 * ERR_USAGE, ERR_SYNTAX, ERR_IO. */
int cmd_options(struct cmd *cmd, const struct option_spec *own, size_t n, struct err *err);

/* Write what is in a buffer to standard output and empty it. ERR_NOMEM where a put into it failed;
 * ERR_IO. */
int cmd_put_out(struct buf *out, struct err *err);

int cmd_run(struct cmd *cmd, struct err *err);
int cmd_screen(struct cmd *cmd, struct err *err);
int cmd_collect(struct cmd *cmd, struct err *err);
int cmd_assess(struct cmd *cmd, struct err *err);
int cmd_eval(struct cmd *cmd, struct err *err);
int cmd_train(struct cmd *cmd, struct err *err);
int cmd_import(struct cmd *cmd, struct err *err);
int cmd_link(struct cmd *cmd, struct err *err);
int cmd_lookup(struct cmd *cmd, struct err *err);
int cmd_serve(struct cmd *cmd, struct err *err);
int cmd_publish(struct cmd *cmd, struct err *err);
int cmd_reassess(struct cmd *cmd, struct err *err);
int cmd_report(struct cmd *cmd, struct err *err);
int cmd_registrar(struct cmd *cmd, struct err *err);
int cmd_review(struct cmd *cmd, struct err *err);
int cmd_appeal(struct cmd *cmd, struct err *err);
int cmd_mandate(struct cmd *cmd, struct err *err);
int cmd_disclose(struct cmd *cmd, struct err *err);
int cmd_notice(struct cmd *cmd, struct err *err);
int cmd_ledger(struct cmd *cmd, struct err *err);
int cmd_pack(struct cmd *cmd, struct err *err);
int cmd_store(struct cmd *cmd, struct err *err);
int cmd_account(struct cmd *cmd, struct err *err);
int cmd_key(struct cmd *cmd, struct err *err);
int cmd_token(struct cmd *cmd, struct err *err);
int cmd_config(struct cmd *cmd, struct err *err);
int cmd_help(struct cmd *cmd, struct err *err);

#endif
