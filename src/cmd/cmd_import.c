/* assay import register FILE --as ID, assay import licence FILE ...: what authorities know of who is
 * licensed, into the store. */
#include "cmd/cmd.h"
#include "cmd/licence_import.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "cmd/register_import.h"
#include "cmd/register_mappings.h"
#include "model/evidence.h"
#include "store/quota.h"
#include "store/reference.h"
#include "wire/timestamp.h"

#include <string.h>

struct import {
	struct cmd *cmd;
	struct log log;
	struct progress progress;
	struct store *store;
	struct suffixes *suffixes;
	const char *as, *date;
	bool shrunk;
	struct licence_import licence;
};

static int open_all(struct import *im, struct err *err)
{
	struct config *c = &im->cmd->config;
	int rc = reference_load_suffixes(c->suffixes, c->platforms, c->n_platforms, &im->suffixes, err);

	if (rc == 0)
		rc = store_open(c->store, STORE_WRITE | STORE_CREATE, "assay import", &im->store, err);
	return rc ? rc : store_limit(im->store, c->quota, c->reserve, err);
}

/* ---- register ---- */

static int put_summary(const struct register_import *in, const char *path, struct err *err)
{
	const struct register_counts *c = &in->counts;
	char day[TIMESTAMP_SIZE], file[EVIDENCE_ADDRESS_SIZE];
	struct buf out = { 0 };
	json_t *left = json_object(), *told = json_object(), *o = json_object();

	timestamp_format(in->date, day);
	evidence_address_format(in->digest, file);
	int failed = json_put_i64(left, "not_kept", c->not_kept) |
	             json_put_i64(left, "duplicate", c->duplicate) |
	             json_put_i64(left, "no_number", c->unkeyed) |
	             json_put_i64(left, "unreadable", c->unreadable) |
	             json_put_i64(left, "older", c->older) |
	             json_put_i64(told, "unknown_status", c->unknown_status) |
	             json_put_i64(told, "no_site_name", c->odd_domain) |
	             json_put_i64(told, "no_date", c->odd_date) |
	             json_put_str(o, "register", in->map->id) |
	             json_put_str(o, "file", slice_str(path)) |
	             json_put_str(o, "digest", slice_str(file)) |
	             json_put_str(o, "date", slice_sub(slice_str(day), 0, 10)) |
	             json_put_i64(o, "rows", c->rows) | json_put_i64(o, "new", c->fresh) |
	             json_put_i64(o, "changed", c->changed) | json_put_i64(o, "ended", c->ended) |
	             json_put_i64(o, "unchanged", c->unchanged) | json_put_i64(o, "active", c->active) |
	             json_put_i64(o, "naming_a_site", c->with_domain) |
	             json_put_new(o, "left_out", left) | json_put_new(o, "kept_but_told", told);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
	json_decref(o);
	buf_putc(&out, '\n');
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

static void print_summary(const struct register_import *in, const char *path)
{
	const struct register_counts *c = &in->counts;
	char day[TIMESTAMP_SIZE];

	timestamp_format(in->date, day);
	printf("%s: register %.*s (%.*s), as of %.10s\n", path, SLICE_ARG(in->map->id),
	       SLICE_ARG(in->map->title), day);
	printf("rows      %lld read: %lld new, %lld changed, %lld unchanged; %lld ended\n",
	       (long long)c->rows, (long long)c->fresh, (long long)c->changed, (long long)c->unchanged,
	       (long long)c->ended);
	printf("of them   %lld active, %lld name a site\n", (long long)c->active,
	       (long long)c->with_domain);
	printf("left out  %lld not kept by the mapping, %lld with a number that was there already, "
	       "%lld without a number,\n          %lld unreadable, %lld older than what is known\n",
	       (long long)c->not_kept, (long long)c->duplicate, (long long)c->unkeyed,
	       (long long)c->unreadable, (long long)c->older);
	printf("told      %lld with a status that the mapping does not know (not active), %lld with a "
	       "word that\n          is no site, %lld with a date that is none\n",
	       (long long)c->unknown_status, (long long)c->odd_domain, (long long)c->odd_date);
}

static int do_register(struct import *im, struct err *err)
{
	struct register_map map;
	struct register_import in = { .map = &map, .log = &im->log, .progress = &im->progress,
		                      .now = im->cmd->at, .date = REGISTER_DATE_UNKNOWN,
		                      .shrunk = im->shrunk };
	const char *path = im->cmd->argv[1];
	int rc = register_mapping_load(&im->cmd->config, im->as, &im->cmd->arena, &map, &in.map_digest,
	                               err);

	if (rc == 0 && im->date) {
		rc = timestamp_parse(slice_str(im->date), &in.date, err);
		if (rc)
			rc = err_wrap(err, "--date");
	}
	if (rc == 0)
		rc = open_all(im, err);
	if (rc)
		return rc;
	in.store = im->store;
	in.suffixes = im->suffixes;
	progress_begin(&im->progress, "importing", "rows", 0);
	rc = register_import(&in, path, err);
	progress_end(&im->progress);
	if (rc)
		return rc;
	if (im->cmd->format == FORMAT_TEXT)
		print_summary(&in, path);
	else
		rc = put_summary(&in, path, err);
	return rc ? rc : EXIT_DONE;
}

/* ---- licence ---- */

static int do_licence(struct import *im, struct err *err)
{
	struct licence_import *in = &im->licence;
	char file[EVIDENCE_ADDRESS_SIZE], id[SHA256_HEX];
	struct buf out = { 0 };
	int rc = open_all(im, err);

	in->store = im->store;
	in->config = &im->cmd->config;
	in->suffixes = im->suffixes;
	in->now = im->cmd->at;
	if (rc == 0)
		rc = licence_import(in, im->cmd->argv[1], &im->cmd->arena, err);
	if (rc)
		return rc;
	evidence_address_format(in->evidence, file);
	sha256_hex(in->record, id);
	if (im->cmd->format == FORMAT_TEXT) {
		printf("%.*s: licence %.*s of %.*s, %s; document %s, restricted%s\n",
		       SLICE_ARG(in->site), SLICE_ARG(in->number), SLICE_ARG(in->authority),
		       in->revoked ? "not believed any more" : "reviewed", file,
		       in->is_demonstration ? " (demonstration reviewer)" : "");
		return EXIT_DONE;
	}
	json_t *o = json_object();
	int failed = json_put_str(o, "evidence", slice_str(file)) |
	             json_put_str(o, "record", slice_str(id)) | json_put_flag(o, "new", in->is_new);
	rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, &out, err);
	json_decref(o);
	buf_putc(&out, '\n');
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc ? rc : EXIT_DONE;
}

/* ---- argv ---- */

static int check_usage(const struct import *im, bool licence, bool any_of_licence, struct err *err)
{
	if (im->cmd->argc != 2)
		return err_set(err, ERR_USAGE, 0, "import %s takes one file",
		               licence ? "licence" : "register");
	if (licence && (im->as || im->date || im->shrunk))
		return err_set(err, ERR_USAGE, 0, "--as, --date and --shrunk belong to import register");
	if (!licence && any_of_licence)
		return err_set(err, ERR_USAGE, 0, "import register takes --as, --date and --shrunk; the "
		                                  "rest belongs to import licence");
	if (!licence && !im->as)
		return err_set(err, ERR_USAGE, 0, "which register is it? --as ID, a mapping of "
		                                  "policy/registers");
	return 0;
}

int cmd_import(struct cmd *cmd, struct err *err)
{
	struct import im = { .cmd = cmd };
	const char *text[9] = { NULL };
	const struct option_spec own[] = {
		{ "as", OPTION_TEXT, &im.as },           { "date", OPTION_TEXT, &im.date },
		{ "shrunk", OPTION_FLAG, &im.shrunk },   { "subject", OPTION_TEXT, &text[0] },
		{ "number", OPTION_TEXT, &text[1] },     { "name", OPTION_TEXT, &text[2] },
		{ "authority", OPTION_TEXT, &text[3] },  { "country", OPTION_TEXT, &text[4] },
		{ "serves", OPTION_TEXT, &text[5] },     { "reviewer", OPTION_TEXT, &text[6] },
		{ "reason", OPTION_TEXT, &text[7] },     { "until", OPTION_TEXT, &text[8] },
		{ "revoked", OPTION_FLAG, &im.licence.revoked },
	};
	struct licence_import *l = &im.licence;
	struct slice *const into[] = { &l->site, &l->number, &l->name, &l->authority, &l->country,
		                       &l->serves, &l->reviewer, &l->reason, &l->until };
	bool any = false;
	int rc = cmd_options(cmd, own, sizeof(own) / sizeof(own[0]), err);

	if (rc)
		return rc < 0 ? rc : EXIT_DONE;
	for (size_t i = 0; i < sizeof(into) / sizeof(into[0]); i++) {
		*into[i] = slice_str(text[i]);
		any = any || text[i];
	}
	const char *act = cmd->argc ? cmd->argv[0] : "";
	bool licence = strcmp(act, "licence") == 0;
	if (!licence && strcmp(act, "register") != 0)
		return err_set(err, ERR_USAGE, 0,
		               "import takes register FILE or licence FILE; try: assay help import");
	rc = check_usage(&im, licence, any || l->revoked, err);
	if (rc)
		return rc;
	im.log = log_to_stderr(cmd->config.log_level);
	im.progress = progress_to_stderr();
	rc = licence ? do_licence(&im, err) : do_register(&im, err);
	store_close(im.store);
	suffixes_free(im.suffixes);
	return rc;
}
