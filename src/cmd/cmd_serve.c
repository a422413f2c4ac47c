/* assay serve: lookups, pages and the ledger over HTTP, from the store, which is only read; with
 * --desk also sessions of those who work with it. */
#include "cmd/cmd.h"
#include "cmd/serve.h"
#include "cmd/serve_desk.h"
#include "model/record.h"
#include "sys/file.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { GRACE_S = 10, FILE_MAX = 4 << 20 };

/* ---- what is loaded before the first request ---- */

static int load_catalogue(struct serve *s, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];
	int n = snprintf(path, sizeof(path), "%s/catalogue.tsv", s->config->web);

	if (n < 0 || (size_t)n >= sizeof(path))
		return err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", s->config->web);
	int rc = file_read(path, FILE_MAX, &text, err);
	if (rc == 0)
		rc = catalogue_parse(buf_slice(&text), path, &s->catalogue, err);
	buf_release(&text);
	return rc;
}

static int load_contacts(struct serve *s, struct err *err)
{
	char **names = NULL, path[4096];
	size_t n = 0;
	int rc = contacts_new(&s->contacts, err);

	if (rc == 0)
		rc = file_list(s->config->contacts, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct buf text = { 0 };
		if (!slice_ends(slice_str(names[i]), SLICE(".yaml")))
			continue;
		int len = snprintf(path, sizeof(path), "%s/%s", s->config->contacts, names[i]);
		if (len < 0 || (size_t)len >= sizeof(path))
			rc = err_set(err, ERR_LIMIT, 0, "%.60s...: path too long", s->config->contacts);
		if (rc == 0)
			rc = file_read(path, FILE_MAX, &text, err);
		if (rc == 0)
			rc = contacts_add(s->contacts, buf_slice(&text), path, err);
		buf_release(&text);
	}
	file_list_free(names, n);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static size_t add_country(struct slice *list, size_t n, struct slice country)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i], country))
			return n;
	list[n] = country;
	return n + 1;
}

/* The countries a reader can choose: those that are judged for, and those we know help in. */
static int list_destinations(struct serve *s, struct err *err)
{
	size_t max, contacts_n = 0, n = 0;
	const struct contacts_country *country = contacts_all(s->contacts, &contacts_n);

	max = contacts_n + s->config->n_destinations;
	for (size_t i = 0; i < s->rules.pack_n; i++)
		max += s->rules.pack[i].destination_n;
	s->destinations = arena_array(&s->arena, max ? max : 1, sizeof(*s->destinations));
	if (!s->destinations)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < s->config->n_destinations; i++)
		n = add_country(s->destinations, n, s->config->destinations[i]);
	for (size_t i = 0; i < s->rules.pack_n; i++)
		for (size_t k = 0; s->rules.pack[i].kind == PACK_JURISDICTION &&
		                   k < s->rules.pack[i].destination_n; k++)
			n = add_country(s->destinations, n, s->rules.pack[i].destinations[k]);
	for (size_t i = 0; i < contacts_n; i++)
		if (record_is_country(country[i].country) && !slice_eq_str(country[i].country, "EU"))
			n = add_country(s->destinations, n, country[i].country);
	qsort(s->destinations, n, sizeof(*s->destinations), by_name);
	s->destinations_n = n;
	return 0;
}

static int open_ledger(struct serve *s, struct err *err)
{
	char dir[4096];
	int n = snprintf(dir, sizeof(dir), "%s/ledger", s->config->store);

	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = log_open(dir, false, &s->folder, err);
	if (rc == 0) {
		s->files = log_files(s->folder);
		rc = log_key_public(s->folder, &s->key_text, &s->key, err);
	}
	return rc;
}

static int load_assets(struct serve *s, struct err *err)
{
	size_t missing = 0;
	int rc = serve_assets_load(s->config->web, &s->assets, &missing, err);

	if (rc == 0 && missing)
		log_printf(&s->log, LEVEL_WARNING,
		           "%zu modules of the pages' script are not installed: pages work, without "
		           "what it adds (npm ci in %s)", missing, s->config->web);
	return rc;
}

static int load(struct serve *s, struct cmd *cmd, struct err *err)
{
	s->config = &cmd->config;
	s->log = log_to_stderr(cmd->config.log_level);
	for (size_t i = 0; i < cmd->config.n_reviewers; i++)
		s->demonstration = s->demonstration || cmd->config.reviewers[i].demonstration;
	int rc = rulebook_load(&cmd->config, true, true, &s->rules, err);
	if (rc == 0)
		rc = serve_pool_new(cmd->config.store, &s->pool, err);
	if (rc == 0)
		rc = open_ledger(s, err);
	if (rc == 0)
		rc = load_catalogue(s, err);
	if (rc == 0)
		rc = load_contacts(s, err);
	if (rc == 0)
		rc = load_assets(s, err);
	return rc ? rc : list_destinations(s, err);
}

static void unload(struct serve *s)
{
	serve_assets_free(s->assets);
	contacts_free(s->contacts);
	catalogue_free(s->catalogue);
	buf_release(&s->key_text);
	log_close(s->folder);
	serve_desk_free(s->desk);
	serve_pool_free(s->pool);
	rulebook_release(&s->rules);
	arena_release(&s->arena);
}

/* ---- listening ---- */

/* "127.0.0.1:8080", "[::1]:8080". */
static int parse_listen(const char *text, char address[64], uint16_t *port, struct err *err)
{
	const char *colon = strrchr(text, ':');
	struct slice host = slice_from(text, colon ? (size_t)(colon - text) : 0);
	char *end = NULL;
	long number = colon && colon[1] >= '0' && colon[1] <= '9' ? strtol(colon + 1, &end, 10) : -1;

	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = slice_sub(host, 1, host.n - 1);
	else if (slice_find(host, ':') < host.n)
		host.n = 0; /* IPv6 without brackets: which colon is it? */
	if (host.n == 0 || host.n >= 64 || number < 0 || number > 65535 || *end)
		return err_set(err, ERR_USAGE, 0,
		               "--listen takes an address and a port, such as 127.0.0.1:8080 or "
		               "[::1]:8080, not '%.60s'", text);
	memcpy(address, host.p, host.n);
	address[host.n] = '\0';
	*port = (uint16_t)number;
	return 0;
}

static int say(const struct cmd *cmd, const char *address, uint16_t port, struct err *err)
{
	bool is_v6 = strchr(address, ':') != NULL;
	struct buf out = { 0 }, url = { 0 };
	int rc = 0;

	buf_printf(&url, "http://%s%s%s:%u/", is_v6 ? "[" : "", address, is_v6 ? "]" : "", port);
	if (cmd->format == FORMAT_TEXT) {
		buf_printf(&out, "serving %s on %s\n", cmd->config.store, buf_str(&url));
	} else {
		json_t *o = json_object();
		rc = json_put_str(o, "listening", buf_slice(&url)) |
		     json_put_str(o, "store", slice_str(cmd->config.store));
		rc = rc ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
		json_decref(o);
		buf_putc(&out, '\n');
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	if (rc == 0 && fflush(stdout))
		rc = err_sys(err, "standard output");
	buf_release(&url);
	buf_release(&out);
	return rc;
}

/* The signals that end it are taken by this thread alone, and by waiting: no handler runs. */
static int serve_until_told(struct serve *s, const struct cmd *cmd, struct err *err)
{
	struct http_config config = { .limits = http_limits_default(), .handle = serve_handle,
		                      .body = serve_body_limit, .refuse = serve_refuse, .ctx = s };
	char address[64];
	sigset_t wanted;
	int signal = 0;

	int rc = parse_listen(cmd->config.listen, address, &config.port, err);
	if (rc)
		return rc;
	config.address = address;
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &wanted, NULL); /* threads made from now on inherit it */
	rc = http_server_start(&config, &s->server, err);
	if (rc)
		return rc;
	rc = say(cmd, address, http_server_port(s->server), err);
	if (rc == 0) {
		sigwait(&wanted, &signal);
		log_printf(&s->log, LEVEL_INFO, "stopping: requests under way are answered first");
	}
	http_server_stop(s->server, GRACE_S);
	return rc;
}

int cmd_serve(struct cmd *cmd, struct err *err)
{
	struct serve s = { 0 };
	const char *listen = NULL;
	bool desk = false;
	const struct option_spec own[] = { { "listen", OPTION_TEXT, &listen },
		                           { "desk", OPTION_FLAG, &desk } };
	int rc = cmd_options(cmd, own, 2, err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	if (cmd->argc)
		return err_set(err, ERR_USAGE, 0, "serve takes no names; try: assay serve --listen "
		                                  "127.0.0.1:8080");
	if (listen)
		config_set_listen(&cmd->config, listen);
	rc = load(&s, cmd, err);
	if (rc == 0 && desk)
		rc = serve_desk_new(cmd->config.store, &s.desk, err);
	if (rc == 0)
		rc = serve_until_told(&s, cmd, err);
	unload(&s);
	return rc ? rc : EXIT_DONE;
}
