/* assay collect: suspects or names in, observations out, and the evidence of them in a folder. */
#include "cmd/cmd.h"
#include "cmd/collect_bootstrap.h"
#include "cmd/collect_input.h"
#include "cmd/collect_past.h"
#include "cmd/collect_pump.h"
#include "cmd/collect_reader.h"
#include "cmd/collect_replay.h"
#include "cmd/collect_stamp.h"
#include "cmd/collect_tables.h"
#include "cmd/collect_verify.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "collect/recipe.h"
#include "model/evidence.h"
#include "model/vantages.h"
#include "store/archive.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/secret.h"
#include "wire/x509.h"

#include <signal.h>
#include <string.h>

enum {
	KEY_FILE_MAX = 4096,
	VANTAGES_FILE_MAX = 1 << 20,
	BESIDE = 8,              /* transfers of an order beside those of its vantages */
	DRAW_MS = 200,
};

struct collecting {
	struct cmd *cmd;
	struct log log;
	struct progress progress;
	struct collect_tables loaded;
	struct order_tables tables;
	struct rdap_bootstrap bootstrap;
	struct registration_key key;
	struct buf secret;
	struct collect_reader reader;
	const struct vantage *vantage;
	size_t vantage_n;
	struct collect_input input;
	size_t at;              /* of the input, were taken */
	uint64_t skipped;
	struct past *past;
	struct archive *archive;
	struct loop *loop;
	struct resolver *resolver;
	struct fetcher *fetcher;
	struct workers *workers;
	struct browser *browser;
	struct pump *pump;
	struct loop_timer *timer;
	bool stopped;
	/* options */
	const char *dir, *vantages, *replay, *verify, *tsa;
	bool render, again;
	int64_t pages;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
}

/* ---- what it goes by ---- */

static int load_vantages(struct collecting *c, struct err *err)
{
	const char *path = c->vantages ? c->vantages : c->cmd->config.collect.vantages;
	struct vantages all = vantages_default();
	struct buf text = { 0 };
	int rc = path ? file_read(path, VANTAGES_FILE_MAX, &text, err) : 0;

	if (rc == 0 && path)
		rc = vantages_parse(buf_slice(&text), path, &c->cmd->arena, &all, err);
	buf_release(&text);
	c->vantage = all.vantage;
	c->vantage_n = all.n;
	return rc;
}

/* Processes that read are made first: they inherit the tables and nothing else. */
static int open_workers(struct collecting *c, struct err *err)
{
	struct workers_options w = { .fn = collect_reader_run, .ctx = &c->reader };
	int rc = loop_new(&c->loop, err);

	x509_prepare();
	return rc ? rc : workers_new(c->loop, &w, &c->workers, err);
}

static const char *archive_dir(struct collecting *c, struct err *err)
{
	const struct config *config = &c->cmd->config;
	const char *dir = c->dir ? c->dir : config->collect.archive;

	if (dir)
		return dir;
	dir = arena_printf(&c->cmd->arena, "%s/collect", config->store);
	if (!dir)
		no_memory(err);
	return dir;
}

/* One line: the id of the key, a space, and the key in hexadecimal. */
static int load_key(struct collecting *c, struct err *err)
{
	const char *path = c->cmd->config.collect.registration_key;
	struct slice line, id, hex;
	int rc = path ? secret_read(path, KEY_FILE_MAX, &c->secret, err) : 0;

	if (rc || !path)
		return rc;
	line = slice_trim(buf_slice(&c->secret));
	hex = line;
	if (!slice_cut(&hex, ' ', &id) || hex.n < 32)
		return err_set(err, ERR_SYNTAX, 0,
		               "%s: not an id, a space, and a key of 32 digits or more", path);
	c->key = (struct registration_key){ id, hex };
	c->tables.key = &c->key;
	return json_put_str(c->loaded.inputs, "registration_key", id) ? no_memory(err) : 0;
}

/* ---- collecting ---- */

static int open_edges(struct collecting *c, struct err *err)
{
	const struct config_collect *config = &c->cmd->config.collect;
	struct resolver_options r = { .server = config->resolver, .server_n = config->resolver_n };
	struct fetcher_options f = { .reach = { config->open, config->open_n },
		                     .host_delay_ms = config->host_delay_ms,
		                     .in_flight = (unsigned)config->in_flight,
		                     .bodies = config->bodies };
	struct browser_options b = { .reach = { config->open, config->open_n } };
	int rc;

	if (config->resolver_n == 0)
		return err_set(err, ERR_USAGE, 0,
		               "no resolver is named: set `collect: {resolvers: [ADDRESS]}` in "
		               "assay.yaml");
	rc = resolver_new(c->loop, &r, &c->resolver, err);
	if (rc == 0)
		rc = fetcher_new(c->loop, c->resolver, &f, &c->fetcher, err);
	if (rc == 0 && c->render)
		rc = browser_new(c->loop, c->resolver, &b, &c->browser, err);
	return rc;
}

static int load_bootstrap(struct collecting *c, const char *dir, struct err *err)
{
	struct bootstrap_edges e = { .loop = c->loop, .fetcher = c->fetcher, .workers = c->workers,
		                     .config = &c->cmd->config.collect, .log = &c->log,
		                     .now = clock_now() };
	struct sha256 digest;
	char address[EVIDENCE_ADDRESS_SIZE];
	int rc = collect_bootstrap_load(&e, dir, &c->cmd->arena, &c->bootstrap, &digest, err);

	if (rc)
		return rc;
	evidence_address_format(digest, address);
	c->tables.bootstrap = &c->bootstrap;
	return json_put_str(c->loaded.inputs, "bootstrap", slice_str(address)) ? no_memory(err) : 0;
}

static void close_edges(struct collecting *c)
{
	browser_free(c->browser);
	fetcher_free(c->fetcher);
	resolver_free(c->resolver);
	workers_free(c->workers);
	c->browser = NULL;
	c->fetcher = NULL;
	c->resolver = NULL;
	c->workers = NULL;
}

/* Lines go out in one write; then it is noted that they did. */
static int put_lines(struct collecting *c, struct sha256 id, struct slice lines, struct err *err)
{
	progress_hide(&c->progress);
	if (lines.n && (fwrite(lines.p, 1, lines.n, stdout) != lines.n || fflush(stdout)))
		return err_sys(err, "standard output");
	return past_note_told(c->past, id, err);
}

static int take_up(struct collecting *c, struct sha256 id, struct err *err)
{
	struct buf lines = { 0 };
	int rc = 0;

	c->skipped++;
	if (past_was_told(c->past, id))
		return 0;
	rc = past_lines(c->past, id, &lines, err);
	if (rc == 0)
		rc = put_lines(c, id, buf_slice(&lines), err);
	buf_release(&lines);
	return rc;
}

static int next_order(void *ctx, struct pump_order *out, struct err *err)
{
	struct collecting *c = ctx;
	int rc = 0;

	while (rc == 0 && c->at < c->input.n) {
		struct order_description d = {
			.subject = c->input.subject[c->at++],
			.vantage = c->vantage,
			.vantage_n = c->vantage_n,
			.pages = (unsigned)c->pages,
			.render = c->render,
			.round = past_round(c->past),
			.inputs = c->loaded.inputs,
		};
		struct sha256 same, id;
		json_t *about = NULL, *before = NULL;
		rc = order_describe(&d, &about, err);
		if (rc == 0)
			rc = order_description_same(about, &same, err);
		json_decref(about);
		if (rc)
			return rc;
		if (past_has(c->past, same, &id)) {
			rc = take_up(c, id, err);
			continue;
		}
		if (c->again && past_before(c->past, d.subject, &d.before)) {
			d.has_before = true;
			rc = past_observations(c->past, d.before, &before, err);
		}
		*out = (struct pump_order){ d, before };
		return rc ? rc : 1;
	}
	return rc;
}

static int keep(void *ctx, struct sha256 order, struct slice lines, struct err *err)
{
	struct collecting *c = ctx;

	return past_keep(c->past, order, lines, err);
}

static int told(void *ctx, struct sha256 order, const struct order_description *d,
                struct slice lines, struct err *err)
{
	(void)d;
	return put_lines(ctx, order, lines, err);
}

/* "2 timeout, 1 connect". */
static void put_faults(const struct pump_counts *n, struct buf *out)
{
	for (int f = FAULT_NONE + 1; f < EXCHANGE_FAULTS; f++)
		if (n->fault[f])
			buf_printf(out, "%s%llu %s", out->n ? ", " : "",
			           (unsigned long long)n->fault[f],
			           exchange_fault_name((enum exchange_fault)f));
}

static void draw(void *ctx)
{
	struct collecting *c = ctx;
	const struct pump_counts *n = pump_counts(c->pump);
	struct buf faults = { 0 };
	uint64_t done = n->done + n->failed + c->skipped;

	c->timer = NULL;
	put_faults(n, &faults);
	snprintf(c->progress.detail, sizeof(c->progress.detail),
	         "%llu of %zu done, %zu in flight%s%s", (unsigned long long)done, c->input.n,
	         n->in_flight, faults.n ? "; failed: " : "", buf_str(&faults));
	progress_set(&c->progress, done, n->pages);
	buf_release(&faults);
	/* Without the line nothing is lost. */
	loop_after(c->loop, DRAW_MS, draw, c, &c->timer, NULL);
}

static void signalled(void *ctx, int signal_number)
{
	struct collecting *c = ctx;

	(void)signal_number;
	progress_hide(&c->progress);
	if (c->stopped) {
		log_printf(&c->log, LEVEL_WARNING, "stopped: what was in flight is given up");
		pump_abort(c->pump);
		return;
	}
	c->stopped = true;
	log_printf(
		&c->log, LEVEL_WARNING,
		"stopping: %zu orders in flight are ended first; once more, and they are given up",
		pump_counts(c->pump)->in_flight);
	pump_stop(c->pump);
}

static void say_end(struct collecting *c)
{
	const struct pump_counts *n = pump_counts(c->pump);
	struct buf faults = { 0 };
	uint64_t done = n->done + c->skipped;

	put_faults(n, &faults);
	LOG_PUT(&c->log, LEVEL_INFO, "collected", LOG_INT("subjects", (int64_t)c->input.n),
	        LOG_INT("done", (int64_t)n->done), LOG_INT("had", (int64_t)c->skipped),
	        LOG_INT("given_up", (int64_t)n->failed), LOG_INT("pages", (int64_t)n->pages),
	        LOG_STR("failed", buf_slice(&faults)));
	if (done < c->input.n)
		log_printf(&c->log, LEVEL_WARNING,
		           "%llu of %zu done; run the same command again to go on",
		           (unsigned long long)done, c->input.n);
	buf_release(&faults);
}

static int run(struct collecting *c, struct err *err)
{
	struct pump_edges edges = {
		.loop = c->loop,       .resolver = c->resolver, .fetcher = c->fetcher,
		.workers = c->workers, .browser = c->browser,   .archive = c->archive,
		.config = &c->cmd->config.collect, .tables = &c->tables, .log = &c->log,
	};
	struct pump_source source = { c, next_order, keep, told };
	size_t room = (size_t)c->cmd->config.collect.in_flight / (c->vantage_n + BESIDE);
	int rc = pump_new(&edges, &source, room ? room : 1, &c->pump, err);

	if (rc == 0)
		rc = loop_on_signals(c->loop, signalled, c, err);
	progress_begin(&c->progress, "collecting", "pages", c->input.n);
	if (rc == 0 && c->progress.out)
		rc = loop_after(c->loop, DRAW_MS, draw, c, &c->timer, err);
	if (rc == 0)
		rc = pump_run(c->pump, err);
	if (c->timer)
		loop_cancel(c->timer);
	progress_end(&c->progress);
	if (c->pump)
		say_end(c);
	return rc;
}

static bool is_whole(const struct collecting *c)
{
	return pump_counts(c->pump)->done + c->skipped == c->input.n;
}

static int collect(struct collecting *c, struct err *err)
{
	const char *dir = archive_dir(c, err);
	struct archive_options how = { .write = true, .sync = true };
	int rc = dir ? collect_input_read(&c->input, &c->log, c->cmd->argc, c->cmd->argv,
	                                  c->cmd->at, err)
	             : (int)ERR_NOMEM;

	if (rc == 0 && c->input.nameless)
		LOG_PUT(&c->log, LEVEL_WARNING, "addresses are not collected",
		        LOG_INT("n", (int64_t)c->input.nameless));
	if (rc == 0)
		rc = open_workers(c, err);
	if (rc == 0)
		rc = load_key(c, err);
	if (rc == 0)
		rc = archive_open(dir, &how, &c->archive, err);
	if (rc == 0)
		rc = past_open(dir, c->archive, c->again, &c->past, err);
	if (rc == 0 && past_is_resumed(c->past))
		LOG_PUT(&c->log, LEVEL_INFO, "a round that was interrupted goes on",
		        LOG_INT("round", past_round(c->past)));
	if (rc == 0)
		rc = open_edges(c, err);
	if (rc == 0)
		rc = load_bootstrap(c, dir, err);
	if (rc == 0)
		rc = past_begin(c->past, err);
	if (rc == 0)
		rc = run(c, err);
	close_edges(c);
	if (rc == 0 && is_whole(c))
		rc = past_end(c->past, err);
	size_t unstamped = 0;
	if (rc == 0 && c->tsa)
		rc = collect_stamp(c->archive, c->tsa, &c->log, &unstamped, err);
	if (rc == 0)
		rc = is_whole(c) && unstamped == 0 ? EXIT_DONE : EXIT_NO;
	pump_free(c->pump);
	past_free(c->past);
	if (c->archive) {
		int closed = archive_close(c->archive, rc < 0 ? NULL : err);
		rc = rc < 0 || closed == 0 ? rc : closed;
	}
	loop_free(c->loop);
	collect_input_release(&c->input);
	return rc;
}

/* ---- what was kept ---- */

static int put_replayed(void *ctx, struct slice lines, struct err *err)
{
	(void)ctx;
	return fwrite(lines.p, 1, lines.n, stdout) == lines.n ? 0 : err_sys(err, "standard output");
}

static int replay(struct collecting *c, struct err *err)
{
	struct archive_options how = { .write = false };
	struct replay r = { .tables = &c->tables, .inputs = c->loaded.inputs, .log = &c->log,
		            .put = put_replayed };
	int rc = open_workers(c, err);

	if (rc == 0)
		rc = load_key(c, err);
	if (rc == 0)
		rc = archive_open(c->replay, &how, &c->archive, err);
	r.dir = c->replay;
	r.archive = c->archive;
	r.loop = c->loop;
	r.workers = c->workers;
	if (rc == 0)
		rc = replay_all(&r, err);
	if (rc == 0)
		LOG_PUT(&c->log, r.different ? LEVEL_ERROR : LEVEL_INFO, "replayed",
		        LOG_INT("same", (int64_t)r.same),
		        LOG_INT("different", (int64_t)r.different));
	close_edges(c);
	if (c->archive) {
		int closed = archive_close(c->archive, rc < 0 ? NULL : err);
		rc = rc < 0 || closed == 0 ? rc : closed;
	}
	loop_free(c->loop);
	return rc ? rc : r.different ? EXIT_NO : EXIT_DONE;
}

static int check_options(const struct collecting *c, struct err *err)
{
	int other = (c->replay != NULL) + (c->verify != NULL);

	if (other && (c->cmd->argc || c->again || c->render || c->dir || c->tsa || other > 1))
		return err_set(err, ERR_USAGE, 0,
		               "--replay and --verify take a folder, and nothing beside it");
	if (c->pages < 0 || c->pages > ORDER_PAGES_MAX)
		return err_set(err, ERR_USAGE, 0, "--pages takes 0 to %d", ORDER_PAGES_MAX);
	return 0;
}

int cmd_collect(struct cmd *cmd, struct err *err)
{
	struct collecting c = { .cmd = cmd, .pages = RECIPE_PAGES };
	const struct option_spec own[] = {
		{ "archive", OPTION_TEXT, &c.dir },     { "vantages", OPTION_TEXT, &c.vantages },
		{ "render", OPTION_FLAG, &c.render },   { "pages", OPTION_INT, &c.pages },
		{ "again", OPTION_FLAG, &c.again },     { "tsa", OPTION_TEXT, &c.tsa },
		{ "replay", OPTION_TEXT, &c.replay },   { "verify", OPTION_TEXT, &c.verify },
	};
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	c.log = log_to_stderr(cmd->config.log_level);
	c.progress = progress_to_stderr();
	rc = check_options(&c, err);
	if (rc == 0 && c.verify)
		return collect_verify(c.verify, NULL, cmd->format, err);
	if (rc == 0)
		rc = collect_tables_load(&cmd->config, &cmd->arena, &c.loaded, err);
	c.tables = (struct order_tables){
		.suffixes = c.loaded.suffixes,
		.parking = &c.loaded.parking,
		.iana_whois = slice_str(cmd->config.collect.iana_whois),
	};
	c.reader.pages = c.loaded.pages;
	if (rc == 0)
		rc = load_vantages(&c, err);
	c.input.suffixes = c.loaded.suffixes;
	if (rc == 0)
		rc = c.replay ? replay(&c, err) : collect(&c, err);
	collect_tables_release(&c.loaded);
	if (c.secret.p)
		explicit_bzero(c.secret.p, c.secret.n);
	buf_release(&c.secret);
	return rc;
}
