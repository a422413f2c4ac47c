/* What is known is loaded first, by number (cmd/register_known.h). The file then goes by a piece at a
 * time. */
#include "cmd/register_import.h"

#include "cmd/intake_store.h"
#include "cmd/register_known.h"
#include "model/evidence.h"
#include "model/record.h"
#include "model/register_entry.h"
#include "sys/file.h"
#include "wire/timestamp.h"

#include <string.h>

enum { TOLD_MAX = 10, DAY_S = 86400, ENDED_ALWAYS = 10 };

struct importing {
	struct register_import *in;
	const char *path;
	struct slice src;
	struct register_known known;
	struct arena arena;   /* of the text of src and of subjects */
	struct tabular *rows;
	struct sha256_stream *hash;
	struct intake_store keeper;
	register_record_fn fn;
	void *ctx;
	bool began;
	int64_t told[8];
	uint64_t bytes;
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* ---- what is told ---- */

enum told { TOLD_BAD, TOLD_UNKEYED, TOLD_DUPLICATE, TOLD_STATUS, TOLD_DOMAIN, TOLD_DATE, TOLD_OLDER };

static void tell(struct importing *im, enum told kind, int64_t line, const char *what,
                 struct slice value)
{
	if (im->told[kind]++ >= TOLD_MAX || !im->in->log)
		return;
	progress_hide(im->in->progress);
	if (value.n)
		LOG_PUT(im->in->log, LEVEL_WARNING, what, LOG_STR("file", slice_str(im->path)),
		        LOG_INT("line", line), LOG_STR("value", slice_sub(value, 0, 120)));
	else
		LOG_PUT(im->in->log, LEVEL_WARNING, what, LOG_STR("file", slice_str(im->path)),
		        LOG_INT("line", line));
}

/* ---- rows ---- */

/* What a row without a site is about: the register itself, under a name that nobody can register
 * (RFC 2606). */
static struct subject subject_of_register(struct importing *im)
{
	const char *key = arena_printf(&im->arena, "%.*s.register.invalid",
	                               SLICE_ARG(im->in->map->id));

	return (struct subject){ SUBJECT_HOST, slice_str(key) };
}

static int put_row(struct importing *im, json_t *row, int64_t at, struct err *err)
{
	struct slice domain = json_text(json_array_get(json_arr(row, "domains"), 0));
	struct subject subject = domain.n ? subject_of_name(domain, im->in->suffixes)
	                                  : subject_of_register(im);
	struct record r;

	if (!subject.key.p)
		return no_memory(err);
	record_new(&r, "observation", 1, slice_str(subject_kind_name(subject.kind)), subject.key, at,
	           im->src);
	record_set_str(&r, "what", SLICE("register"));
	record_set_new(&r, "register", json_incref(row));
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = im->fn ? im->fn(im->ctx, &r, err)
		            : intake_store_put(&im->keeper, &r, NULL, NULL, err);
	record_release(&r);
	return rc;
}

static int take_row(struct importing *im, struct register_number *k, json_t *row, int64_t line,
                    struct err *err)
{
	struct register_counts *c = &im->in->counts;
	struct sha256 digest;
	int rc = register_row_digest(row, &digest, err);

	if (rc)
		return rc;
	if (k->is_stored && sha256_eq(k->digest, digest)) {
		c->unchanged++;
		return 0;
	}
	int64_t at = im->in->date;
	if (k->is_stored && k->at >= at + DAY_S) {
		c->older++;
		tell(im, TOLD_OLDER, line, "a row of this number and a later date is known", register_row_key(row));
		return 0;
	}
	/* A second edition of one day stands behind the first. */
	if (k->is_stored && k->at >= at)
		at = k->at + 1;
	if (k->is_stored)
		c->changed++;
	else
		c->fresh++;
	return put_row(im, row, at, err);
}

static void tell_entry(struct importing *im, const struct register_entry *e, int64_t line)
{
	struct register_counts *c = &im->in->counts;

	if (e->unknown_status.n) {
		c->unknown_status++;
		tell(im, TOLD_STATUS, line, "a status that the mapping does not know: not active",
		     e->unknown_status);
	}
	if (e->odd_domain.n) {
		c->odd_domain++;
		tell(im, TOLD_DOMAIN, line, "no name of a site", e->odd_domain);
	}
	if (e->odd_date.n) {
		c->odd_date++;
		tell(im, TOLD_DATE, line, "no date of the form that the mapping names", e->odd_date);
	}
	c->active += e->status == REGISTER_ACTIVE;
	c->with_domain += e->domain_n > 0;
}

static int take_entry(struct importing *im, const struct register_entry *e, int64_t line,
                      struct err *err)
{
	struct register_counts *c = &im->in->counts;
	struct register_number *k = NULL;
	int rc = register_known_find(&im->known, register_entry_key(e), &k, err);

	if (rc)
		return rc;
	if (k->line) {
		c->duplicate++;
		tell(im, TOLD_DUPLICATE, line, "this number was on an earlier line, which is kept",
		     register_entry_key(e));
		return 0;
	}
	k->line = line;
	json_t *row = register_entry_json(im->in->map, e);
	if (!row) {
		c->unreadable++;
		tell(im, TOLD_BAD, line, "a row cannot be read: it is not UTF-8", SLICE(""));
		return 0;
	}
	tell_entry(im, e, line);
	rc = take_row(im, k, row, line, err);
	json_decref(row);
	return rc;
}

/* What a row cannot do without: what it is known by, whether it is active, whether it belongs. */
static bool is_needed(const struct register_map *map, enum register_field f)
{
	return f == REGISTER_NUMBER || f == REGISTER_STATUS || f == REGISTER_DATE ||
	       (f == REGISTER_NAME && !map->field[REGISTER_NUMBER].line);
}

static bool has_one(const struct importing *im, const struct register_columns *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (tabular_has(im->rows, c->at[i]))
			return true;
	return c->n == 0;
}

static int lacks(const struct importing *im, const struct register_columns *c, struct err *err)
{
	const struct register_map *map = im->in->map;

	return err_set(err, ERR_SYNTAX, 0, "%s:%u: the file has no column '%.*s'", map->file, c->line,
	               SLICE_ARG(slice_sub(map->spec.column[c->at[0]], 0, 80)));
}

/* Columns that the mapping names and the file has not: of a field with several, one must be there. */
static int check_columns(struct importing *im, struct err *err)
{
	const struct register_map *map = im->in->map;

	for (size_t k = 0; k < map->keep_n; k++)
		if (!has_one(im, &map->keep[k].column))
			return lacks(im, &map->keep[k].column, err);
	for (size_t f = 0; f < REGISTER_FIELDS; f++)
		if (!has_one(im, &map->field[f]) && is_needed(map, (enum register_field)f))
			return lacks(im, &map->field[f], err);
	return 0;
}

/* What is lacking and can be: told once, when the file was read. */
static void tell_columns(const struct importing *im)
{
	const struct register_map *map = im->in->map;

	for (size_t f = 0; f < REGISTER_FIELDS; f++)
		if (!has_one(im, &map->field[f]) && !is_needed(map, (enum register_field)f))
			LOG_PUT(im->in->log, LEVEL_WARNING, "the file lacks a column of the mapping",
			        LOG_STR("file", slice_str(im->path)),
			        LOG_STR("column", map->spec.column[map->field[f].at[0]]),
			        LOG_STR("mapping", slice_str(map->file)),
			        LOG_INT("line", map->field[f].line));
	if (tabular_unread(im->rows))
		LOG_PUT(im->in->log, LEVEL_INFO, "columns that the mapping does not read",
		        LOG_STR("file", slice_str(im->path)),
		        LOG_INT("columns", (int64_t)tabular_unread(im->rows)));
}

static int settle_date(struct importing *im, const struct register_entry *first, struct err *err)
{
	struct register_import *in = im->in;
	const char *base = strrchr(im->path, '/');
	struct slice name = slice_str(base ? base + 1 : im->path);

	if (in->date == REGISTER_DATE_UNKNOWN && in->map->file_date.n)
		register_map_file_date(in->map->file_date, name, &in->date);
	if (in->date == REGISTER_DATE_UNKNOWN && first)
		in->date = first->date; /* REGISTER_NO_DAY is the same value */
	if (in->date == REGISTER_DATE_UNKNOWN && in->otherwise)
		in->date = in->otherwise;
	if (in->date == REGISTER_DATE_UNKNOWN)
		return err_set(err, ERR_USAGE, 0,
		               "of which date is the register? Neither the file nor its name says so: "
		               "--date YYYY-MM-DD");
	if (in->date > in->now + DAY_S)
		return err_set(err, ERR_USAGE, 0, "the register would be of tomorrow: is the date right?");
	return 0;
}

static int on_row(void *ctx, const struct tabular_row *row, struct err *err)
{
	struct importing *im = ctx;
	struct register_counts *c = &im->in->counts;
	struct register_entry e;
	struct arena a = { 0 };
	int rc = 0;

	c->rows++;
	if (row->bad) {
		c->unreadable++;
		tell(im, TOLD_BAD, row->line, "a row cannot be read", slice_str(row->bad));
		return 0;
	}
	if (!im->began && im->in->map->spec.format == TABULAR_CSV)
		rc = check_columns(im, err);
	int got = rc == 0 ? register_entry_read(im->in->map, row->cell, &a, &e, err) : rc;
	if (got == REGISTER_READ && !im->began)
		rc = settle_date(im, &e, err);
	im->began = im->began || got == REGISTER_READ;
	if (got == REGISTER_NOT_KEPT) {
		c->not_kept++;
	} else if (got == REGISTER_UNKEYED) {
		c->unkeyed++;
		tell(im, TOLD_UNKEYED, row->line, "a row has no number", SLICE(""));
	} else if (got == REGISTER_READ && rc == 0) {
		rc = take_entry(im, &e, row->line, err);
	}
	arena_release(&a);
	return got < 0 ? got : rc;
}

static int on_piece(void *ctx, struct slice piece, struct err *err)
{
	struct importing *im = ctx;
	struct err why = { 0 };

	sha256_add(im->hash, piece);
	im->bytes += piece.n;
	progress_set(im->in->progress, im->bytes, (uint64_t)im->in->counts.rows);
	int rc = tabular_push(im->rows, piece, &why);
	if (rc && err)
		*err = why;
	return rc;
}

/* ---- what is there no more ---- */

static int end_row(struct importing *im, const struct register_number *k, struct err *err)
{
	struct arena a = { 0 };
	struct store_record stored;
	json_t *body = NULL;
	int rc = store_get_record(im->in->store, k->id, &a, &stored, err);

	if (rc == 0)
		rc = json_parse_object(stored.body, STORE_BODY_MAX, &body, err);
	json_t *row = rc == 0 ? json_deep_copy(json_obj(body, "register")) : NULL;
	if (rc == 0 && (!row || json_put_str(row, "status", SLICE("lapsed"))))
		rc = no_memory(err);
	if (rc == 0) {
		int64_t at = im->in->date > k->at ? im->in->date : k->at + 1;
		im->in->counts.ended++;
		rc = put_row(im, row, at, err);
	}
	json_decref(row);
	json_decref(body);
	arena_release(&a);
	return rc;
}

static int end_rows(struct importing *im, struct err *err)
{
	struct register_import *in = im->in;
	int64_t active = 0, gone = 0;
	int rc = 0;

	if (!in->map->whole || !in->store)
		return 0;
	for (size_t i = 0; i < im->known.table.n; i++) {
		const struct register_number *k = im->known.table.entry[i].value;
		active += k->is_stored && k->active;
		gone += k->is_stored && k->active && !k->line && k->at < in->date + DAY_S;
	}
	if (gone == 0)
		return 0;
	if (in->counts.unreadable || in->counts.unkeyed) {
		LOG_PUT(in->log, LEVEL_WARNING,
		        "rows are in the file no more, but some of it could not be read: none was ended",
		        LOG_INT("rows", gone));
		return 0;
	}
	if (gone > ENDED_ALWAYS && gone * 2 > active && !in->shrunk)
		return err_set(err, ERR_REFUSED, 0,
		               "%lld of %lld active rows are in the file no more: none was ended. Is the "
		               "file whole? If it is: --shrunk", (long long)gone, (long long)active);
	/* The table does not grow: put_row makes no key. */
	for (size_t i = 0; rc == 0 && i < im->known.table.n; i++) {
		const struct register_number *k = im->known.table.entry[i].value;
		if (k->is_stored && k->active && !k->line && k->at < in->date + DAY_S)
			rc = end_row(im, k, err);
	}
	return rc;
}

static int put_edition(struct importing *im, struct err *err)
{
	struct register_import *in = im->in;
	struct subject subject = subject_of_register(im);
	char file[EVIDENCE_ADDRESS_SIZE], mapping[EVIDENCE_ADDRESS_SIZE];
	json_t *o = json_object();
	struct record r;

	evidence_address_format(in->digest, file);
	evidence_address_format(in->map_digest, mapping);
	int failed = json_put_str(o, "register", in->map->id) |
	             json_put_str(o, "title", in->map->title) |
	             json_put_str(o, "file", slice_str(file)) |
	             json_put_str(o, "mapping", slice_str(mapping)) |
	             json_put_i64(o, "rows", in->counts.rows) |
	             json_put_i64(o, "active", in->counts.active);
	if (failed || !subject.key.p) {
		json_decref(o);
		return no_memory(err);
	}
	record_new(&r, "observation", 1, slice_str(subject_kind_name(subject.kind)), subject.key,
	           in->date, im->src);
	record_set_str(&r, "what", SLICE("register_edition"));
	record_set_new(&r, "edition", o);
	int rc = record_finish(&r, err);
	if (rc == 0)
		rc = intake_store_put(&im->keeper, &r, NULL, NULL, err);
	record_release(&r);
	return rc;
}

/* ---- all ---- */

static int read_file(struct importing *im, struct err *err)
{
	struct err why = { 0 };
	int rc = file_read_pieces(im->path, on_piece, im, &why);

	if (rc == 0)
		rc = tabular_end(im->rows, &why);
	if (rc == 0)
		rc = check_columns(im, &why);
	if (rc == 0 && !im->began)
		rc = settle_date(im, NULL, &why);
	if (rc == 0)
		tell_columns(im);
	if (rc && err) {
		*err = why;
		if ((rc == ERR_SYNTAX || rc == ERR_LIMIT) && !slice_starts(slice_str(why.what),
		                                                            slice_str(im->in->map->file)))
			err_wrap(err, "%s", im->path);
	}
	return rc;
}

static int import(struct register_import *in, const char *path, register_record_fn fn, void *ctx,
                  struct err *err)
{
	struct importing im = { .in = in, .path = path, .fn = fn, .ctx = ctx,
		                .keeper = { .store = in->store, .at = in->now } };
	const char *src = arena_printf(&im.arena, "register:%.*s", SLICE_ARG(in->map->id));
	int rc = src ? 0 : no_memory(err);

	im.hash = sha256_new();
	im.src = slice_str(src);
	in->counts = (struct register_counts){ 0 };
	if (rc == 0 && !im.hash)
		rc = no_memory(err);
	if (rc == 0)
		rc = register_known_load(&im.known, in->store, im.src, err);
	if (rc == 0)
		rc = tabular_new(&in->map->spec, on_row, &im, &im.rows, err);
	if (rc == 0)
		rc = read_file(&im, err);
	bool whole = rc == 0;
	if (im.hash)
		in->digest = sha256_end(im.hash);
	if (whole)
		rc = end_rows(&im, err);
	if (rc == 0 && in->store)
		rc = put_edition(&im, err);
	/* What stands before the damage is kept: the same file, whole, adds the rest. */
	if (in->store && rc != ERR_NOMEM && rc != ERR_IO && rc != ERR_CORRUPT) {
		struct err late = { 0 };
		int kept = intake_store_flush(&im.keeper, &late);
		if (kept && rc == 0) {
			rc = kept;
			if (err)
				*err = late;
		}
	}
	intake_store_release(&im.keeper);
	tabular_free(im.rows);
	register_known_release(&im.known);
	arena_release(&im.arena);
	return rc;
}

int register_import(struct register_import *in, const char *path, struct err *err)
{
	return import(in, path, NULL, NULL, err);
}

int register_rows(struct register_import *in, const char *path, register_record_fn fn, void *ctx,
                  struct err *err)
{
	return import(in, path, fn, ctx, err);
}
