/* assay help [COMMAND] */
#include "cmd/cmd.h"
#include "cmd/help.h"

#include <string.h>

const struct help_page *help_find(const char *name)
{
	for (size_t i = 0; i < help_pages_n; i++)
		if (strcmp(help_pages[i].name, name) == 0)
			return &help_pages[i];
	return NULL;
}

int cmd_help(struct cmd *cmd, struct err *err)
{
	int rc = cmd_options(cmd, NULL, 0, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	const char *name = cmd->argc ? cmd->argv[0] : "assay";
	const struct help_page *page = help_find(name);
	if (!page)
		return err_set(err, ERR_USAGE, 0, "there is no command '%s'; try: assay help", name);
	fputs(page->text, stdout);
	return EXIT_DONE;
}
