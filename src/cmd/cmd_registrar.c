/* assay registrar: registrars, resellers and hosts, by what was observed of them. */
#include "cmd/registrar.h"

#include "cmd/provider_directory.h"
#include "sys/file.h"

#include <string.h>

bool registrar_is_named(struct slice word, struct slice key, struct slice name)
{
	bool number = word.n > 0;

	for (size_t i = 0; i < word.n; i++)
		number = number && word.p[i] >= '0' && word.p[i] <= '9';
	if (number && slice_starts(key, SLICE("registrar:")))
		return slice_eq(word, slice_sub(key, sizeof("registrar:") - 1, key.n));
	return slice_eq_nocase(word, key) || slice_eq_nocase(word, name);
}

/* The directory; without its folder no host is known, and nothing else is amiss. */
static int load_providers(struct registrar_cmd *m, struct err *err)
{
	const char *folder = m->cmd->config.notice.providers;
	enum file_kind kind;
	int rc = file_kind_of(folder, &kind, err);

	return rc || kind != FILE_DIRECTORY ? rc
	                                    : provider_directory_load(folder, &m->providers, err);
}

struct part {
	const char *name;
	int (*run)(struct registrar_cmd *m, struct err *err);
	int least, most; /* arguments behind its name; most -1: any number */
	bool writes;     /* ... with that word behind it */
	const char *when;
};

static const struct part parts[] = {
	{ "scorecard", registrar_scorecard, 0, -1, false, NULL },
	{ "audit", registrar_audit, 0, 1, false, NULL },
	{ "portfolio", registrar_portfolio, 1, 1, false, NULL },
	{ "commitment", registrar_commitment, 1, 3, true, "add" },
	{ "reply", registrar_reply, 1, 1, true, NULL },
};

int cmd_registrar(struct cmd *cmd, struct err *err)
{
	struct registrar_cmd m = { .cmd = cmd, .minimum = -1 };
	const struct option_spec own[] = {
		{ "kind", OPTION_TEXT, &m.kind },     { "since", OPTION_TEXT, &m.since },
		{ "dum", OPTION_TEXT, &m.dum },       { "minimum", OPTION_INT, &m.minimum },
		{ "all", OPTION_FLAG, &m.all },       { "by", OPTION_TEXT, &m.by },
		{ "text", OPTION_TEXT, &m.text },     { "version", OPTION_TEXT, &m.version },
		{ "source", OPTION_TEXT, &m.source }, { "adopted", OPTION_TEXT, &m.adopted },
		{ "ended", OPTION_TEXT, &m.ended },   { "site", OPTION_TEXT, &m.subject },
	};
	const struct part *part = NULL;
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	for (size_t i = 0; cmd->argc && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(cmd->argv[0], parts[i].name) == 0)
			part = &parts[i];
	if (!part || cmd->argc - 1 < part->least || (part->most >= 0 && cmd->argc - 1 > part->most))
		return err_set(
			err, ERR_USAGE, 0,
			"try: assay registrar scorecard [PARTY...] | audit PARTY | portfolio FILE "
			"| commitment add PARTY PRACTICE | commitment list | reply PARTY");
	if (m.minimum < 0)
		m.minimum = cmd->config.notice.minimum;
	bool writes = part->writes &&
	              (!part->when || (cmd->argc > 1 && strcmp(cmd->argv[1], part->when) == 0));
	rc = rulebook_load(&cmd->config, false, false, &m.rules, err);
	if (rc == 0)
		rc = load_providers(&m, err);
	if (rc == 0)
		rc = store_open(cmd->config.store, writes ? STORE_WRITE : STORE_READ,
		                writes ? "assay registrar" : NULL, &m.store, err);
	if (rc == 0 && !writes)
		rc = store_snapshot(m.store, err);
	if (rc == 0)
		rc = part->run(&m, err);
	store_close(m.store);
	providers_free(m.providers);
	rulebook_release(&m.rules);
	return rc;
}
