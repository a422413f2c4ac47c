/* What all commands share: their options and the configuration. */
#include "cmd/cmd.h"

#include "base/buf.h"
#include "cmd/help.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <string.h>

enum { OWN_MAX = 24, CONFIG_MAX = 1 << 20 };

static const char system_config[] = "/etc/assay/assay.yaml";

static int load_config(struct cmd *cmd, const char *path, struct err *err)
{
	struct buf text = { 0 };
	enum file_kind kind;
	int rc = 0;

	if (!path) {
		rc = file_kind_of(system_config, &kind, err);
		if (rc || kind == FILE_ABSENT)
			return rc;
		path = system_config;
	}
	rc = file_read(path, CONFIG_MAX, &text, err);
	if (rc == 0)
		rc = config_parse(buf_slice(&text), path, &cmd->arena, &cmd->config, err);
	if (rc == 0)
		cmd->config_path = path;
	buf_release(&text);
	return rc;
}

int cmd_options(struct cmd *cmd, const struct option_spec *own, size_t n, struct err *err)
{
	const char *store = NULL, *config = NULL, *format = NULL, *at = NULL, *level = NULL;
	bool help = false;
	const struct option_spec shared[] = {
		{ "store", OPTION_TEXT, &store }, { "config", OPTION_TEXT, &config },
		{ "format", OPTION_TEXT, &format }, { "at", OPTION_TEXT, &at },
		{ "log", OPTION_TEXT, &level }, { "help", OPTION_FLAG, &help },
	};
	enum { SHARED = sizeof(shared) / sizeof(shared[0]) };
	struct option_spec all[SHARED + OWN_MAX];

	if (n > OWN_MAX)
		return err_set(err, ERR_USAGE, 0, "too many options");
	memcpy(all, shared, sizeof(shared));
	if (n)
		memcpy(all + SHARED, own, n * sizeof(*own));
	int rc = options_parse(all, SHARED + n, &cmd->argc, cmd->argv, err);
	if (rc)
		return rc;
	if (help) {
		const struct help_page *page = help_find(cmd->name);
		fputs(page ? page->text : "", stdout);
		return 1;
	}
	rc = load_config(cmd, config, err);
	if (rc)
		return rc;
	if (store)
		config_set_store(&cmd->config, store);
	if (level) {
		enum log_level wanted;
		if (!config_log_level(slice_str(level), &wanted))
			return err_set(err, ERR_USAGE, 0,
			               "--log takes error, warning, info or debug, not '%s'", level);
		config_set_log_level(&cmd->config, wanted);
	}
	if (format && strcmp(format, "json") != 0 && strcmp(format, "text") != 0)
		return err_set(err, ERR_USAGE, 0, "--format takes text or json, not '%s'", format);
	if (format)
		cmd->format = strcmp(format, "json") == 0 ? FORMAT_JSON : FORMAT_TEXT;
	if (at) {
		rc = timestamp_parse(slice_str(at), &cmd->at, err);
		if (rc)
			return err_wrap(err, "--at");
		cmd->at_given = true;
	}
	return 0;
}

int cmd_put_out(struct buf *out, struct err *err)
{
	int rc = 0;

	if (!buf_ok(out))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	else if (out->n && fwrite(out->p, 1, out->n, stdout) != out->n)
		rc = err_sys(err, "standard output");
	buf_clear(out);
	return rc;
}
