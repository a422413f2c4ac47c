/* assay: argv to subcommand. */
#include "cmd/cmd.h"
#include "cmd/help.h"
#include "cmd/log.h"
#include "sys/clock.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct command commands[] = {
	{ "run", cmd_run },       { "screen", cmd_screen }, { "collect", cmd_collect },
	{ "assess", cmd_assess },
	{ "import", cmd_import }, { "review", cmd_review }, { "disclose", cmd_disclose },
	{ "appeal", cmd_appeal }, { "notice", cmd_notice },
	{ "lookup", cmd_lookup }, { "serve", cmd_serve },
	{ "reassess", cmd_reassess },
	{ "publish", cmd_publish }, { "ledger", cmd_ledger }, { "store", cmd_store },
	{ "pack", cmd_pack },     { "account", cmd_account }, { "token", cmd_token },
	{ "key", cmd_key },       { "mandate", cmd_mandate },
	{ "report", cmd_report },
	{ "config", cmd_config }, { "help", cmd_help },
	{ "eval", cmd_eval },     { "train", cmd_train },
	{ "link", cmd_link },     { "registrar", cmd_registrar },
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct cmd cmd = { 0 };
	const char *name = argc > 1 ? argv[1] : "help";

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	if (strcmp(name, "--version") == 0) {
		puts("assay " ASSAY_VERSION);
		return EXIT_DONE;
	}
	/* A reader that goes away is an error of the write, told like any other. */
	signal(SIGPIPE, SIG_IGN);
	const struct command *command = find(name);
	if (!command) {
		fprintf(stderr, "assay: there is no command '%s'; try: assay help\n", name);
		return EXIT_TROUBLE;
	}
	cmd.name = command->name;
	cmd.argc = argc > 2 ? argc - 2 : 0;
	cmd.argv = argv + 2;
	cmd.at = clock_now();
	config_init(&cmd.config);
	int rc = command->run(&cmd, &err);
	if (rc >= 0 && (fflush(stdout) || ferror(stdout)))
		rc = err_sys(&err, "standard output");
	if (rc < 0) {
		struct log log = log_to_stderr(cmd.config.log_level);
		fflush(stdout); /* what was written before the failure; a second failure says no more */
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "assay %s: %s\n", cmd.name, err.what);
		else
			log_err(&log, &err);
		rc = EXIT_TROUBLE;
	}
	arena_release(&cmd.arena);
	return rc;
}
