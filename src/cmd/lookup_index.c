#include "cmd/lookup_index.h"

#include "assess/explain.h"
#include "publish/index.h"
#include "store/index.h"
#include "store/log.h"
#include "sys/file.h"
#include "wire/json.h"
#include "wire/timestamp.h"

enum { KEY_MAX = 4096, NAME_SHOWN = 200 };

struct asked {
	struct cmd *cmd;
	const char *destination;
	struct buf key_text;
	struct note_key key;
	struct index *ix;
};

/* ---- the key ---- */

static int read_key_file(struct asked *q, const char *path, struct err *err)
{
	int rc = file_read(path, KEY_MAX, &q->key_text, err);

	if (rc)
		return rc;
	rc = note_key_parse(slice_trim(buf_slice(&q->key_text)), &q->key, err);
	return rc ? err_wrap(err, "%s", path) : 0;
}

static int read_key(struct asked *q, const char *key_file, struct err *err)
{
	struct log_folder *folder = NULL;
	char dir[4096];

	if (key_file)
		return read_key_file(q, key_file, err);
	int n = snprintf(dir, sizeof(dir), "%s/ledger", q->cmd->config.store);
	if (n < 0 || (size_t)n >= sizeof(dir))
		return err_set(err, ERR_LIMIT, 0, "the store's path is too long");
	int rc = log_open(dir, false, &folder, err);
	if (rc == 0)
		rc = log_key_public(folder, &q->key_text, &q->key, err);
	log_close(folder);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_USAGE, 0,
		               "who signed the index? there is no %.1000s/key.pub: give the publisher's "
		               "verifier key with --key FILE",
		               dir);
	return rc;
}

/* ---- what is said ---- */

/* The rows of one subject, from *at on, for the destination: moves *at behind them. */
static size_t next_subject(const struct asked *q, const struct index_answer *answer, size_t *at,
                           const struct index_row **row)
{
	const struct index_row *first = &answer->row[*at];
	size_t n = 0;

	for (; *at < answer->n && subject_eq(answer->row[*at].subject, first->subject); ++*at)
		if (!q->destination || strcmp(answer->row[*at].destination, q->destination) == 0)
			row[n++] = &answer->row[*at];
	return n;
}

static json_t *cell_json(const struct index_row *row)
{
	json_t *o = json_object(), *decision = json_object();
	char hex[SHA256_HEX], at[TIMESTAMP_SIZE];

	sha256_hex(row->decision, hex);
	timestamp_format(row->at, at);
	int failed = json_put_str(decision, "record", slice_str(hex));
	failed |= json_put_str(decision, "at", slice_str(at));
	failed |= json_put_flag(decision, "automatic", row->automatic);
	failed |= json_put_str(o, "destination", slice_str(row->destination));
	failed |= json_put_str(o, "class", slice_str(index_class_name(row->class)));
	failed |= json_put_str(o, "state", SLICE("listed"));
	failed |= json_put_new(o, "decision", decision);
	if (row->has_period) {
		timestamp_format(row->period, at);
		failed |= json_put_str(o, "period", slice_str(at));
	}
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

/* One subject as a line of JSON; n 0: nothing is listed. */
static int put_json(const struct asked *q, const char *name, const struct index_row **row, size_t n,
                    struct buf *out, struct err *err)
{
	const struct index_about *about = index_about(q->ix);
	json_t *o = json_object(), *cells = json_array(), *index = json_object();
	char time[TIMESTAMP_SIZE];

	timestamp_format(about->time, time);
	int failed = json_put_str(index, "time", slice_str(time));
	failed |= json_put_i64(index, "ledger", (int64_t)about->ledger_size);
	failed |= json_put_str(o, "name", slice_str(name));
	failed |= json_put_flag(o, "listed", n > 0);
	for (size_t i = 0; i < n; i++)
		failed |= json_add_new(cells, cell_json(row[i]));
	if (n) {
		json_t *subject = json_object();
		failed |= json_put_str(subject, "kind",
		                       slice_str(subject_kind_name(row[0]->subject.kind)));
		failed |= json_put_str(subject, "key", row[0]->subject.key);
		failed |= json_put_new(o, "subject", subject);
	}
	failed |= json_put_new(o, "cells", cells);
	failed |= json_put_new(o, "index", index);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static void put_text(const struct asked *q, const char *name, const struct index_row **row, size_t n,
                     struct buf *out)
{
	char time[TIMESTAMP_SIZE], hex[SHA256_HEX];

	timestamp_format(index_about(q->ix)->time, time);
	if (n == 0) {
		explain_put_foreign(out, slice_str(name), NAME_SHOWN);
		buf_printf(out, ": not listed%s%s in the index of %s\n", q->destination ? " for " : "",
		           q->destination ? q->destination : "", time);
	}
	for (size_t i = 0; i < n; i++) {
		explain_put_foreign(out, row[i]->subject.key, NAME_SHOWN);
		timestamp_format(row[i]->at, time);
		sha256_hex(row[i]->decision, hex);
		buf_printf(out, " for %s: %s, listed\n  decided %s%s\n    record %s\n",
		           row[i]->destination, index_class_name(row[i]->class), time,
		           row[i]->automatic ? " by machine" : "", hex);
	}
}

static int look_up(const struct asked *q, const char *name, bool *listed, struct err *err)
{
	struct arena a = { 0 };
	struct subject of;
	struct index_answer answer = { 0 };
	struct buf out = { 0 };
	size_t told = 0;
	/* Without a suffix list: the index holds the borders. */
	int rc = subject_parse(slice_str(name), NULL, &a, &of, err);

	if (rc == 0)
		rc = index_find(q->ix, of, &a, &answer, err);
	const struct index_row **row = rc ? NULL : arena_array(&a, answer.n, sizeof(*row));
	if (rc == 0 && !row)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t at = 0; rc == 0 && (at < answer.n || told == 0);) {
		size_t n = at < answer.n ? next_subject(q, &answer, &at, row) : 0;
		if (n == 0 && at < answer.n)
			continue; /* listed, but not for this destination; something may follow */
		if (n == 0 && told)
			break;
		if (q->cmd->format == FORMAT_TEXT)
			put_text(q, name, row, n, &out);
		else
			rc = put_json(q, name, row, n, &out, err);
		told++;
		*listed = *listed || n > 0;
	}
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	if (rc)
		rc = err_wrap(err, "'%s'", name);
	buf_release(&out);
	arena_release(&a);
	return rc;
}

static int open_reader(void *ctx, struct slice bytes, void **out, struct err *err)
{
	struct index *ix = NULL;
	int rc = index_open(bytes, ctx, &ix, err);

	if (rc == 0)
		*out = ix;
	return rc;
}

int lookup_index(struct cmd *cmd, const char *file, const char *key_file, const char *destination,
                 bool *listed, struct err *err)
{
	struct asked q = { .cmd = cmd, .destination = destination };
	struct index_opener opener = { open_reader, index_close_any, &q.key };
	struct index_file *f = NULL;
	struct index_map *map = NULL;
	int rc = read_key(&q, key_file, err);

	if (rc == 0)
		rc = index_file_open(file, &opener, &f, err);
	if (rc == 0) {
		map = index_file_take(f);
		q.ix = index_map_reader(map);
	}
	for (int i = 0; rc == 0 && i < cmd->argc; i++)
		rc = look_up(&q, cmd->argv[i], listed, err);
	index_file_give(map);
	index_file_close(f);
	buf_release(&q.key_text);
	return rc;
}
