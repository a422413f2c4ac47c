/* The half of the library that looks names up. A call takes the present map, copies what it tells
 * into an object of its own, and gives the map back: no result hangs on a file. */
#include "lib/error.h"
#include "model/country.h"
#include "publish/index.h"
#include "store/index.h"

#include <stdlib.h>

enum { KEY_MAX = 4096 };

struct assay_index {
	char *key_text; /* owned; key.name points into it */
	struct note_key key;
	struct index_file *file;
};

struct assay_about {
	int64_t time;
	uint64_t entries, ledger_size;
	char origin[NOTE_NAME_MAX + 1];
};

struct row {
	struct index_row row;
	const char *subject; /* in the arena */
	char decision[SHA256_HEX];
};

struct assay_answer {
	struct arena arena;
	struct row *row; /* n of them, in the arena */
	size_t n;
	int64_t time;
	uint64_t ledger_size;
};

static int no_memory(struct assay_error *error)
{
	struct err err;

	err_set(&err, ERR_NOMEM, 0, "index: no memory");
	return error_out(&err, error);
}

/* ---- opening ---- */

static int read_key(struct assay_index *ix, const char *text, struct err *err)
{
	struct slice key = slice_from(text, strnlen(text, KEY_MAX + 1));

	if (key.n > KEY_MAX)
		return err_set(err, ERR_LIMIT, 0, "index: the key is over %d bytes", KEY_MAX);
	key = slice_trim(key);
	ix->key_text = strndup(key.n ? key.p : "", key.n);
	if (!ix->key_text)
		return err_set(err, ERR_NOMEM, 0, "index: no memory");
	int rc = note_key_parse(slice_str(ix->key_text), &ix->key, err);
	return rc ? err_wrap(err, "index: the verifier key") : 0;
}

int assay_index_open(const char *path, const char *verifier_key, struct assay_index **out,
                     struct assay_error *error)
{
	struct err err = { 0 };

	if (!path || !out)
		return error_usage(error, "index: path or out is NULL");
	struct assay_index *ix = calloc(1, sizeof(*ix));
	if (!ix)
		return no_memory(error);
	int rc = verifier_key ? read_key(ix, verifier_key, &err) : 0;
	if (rc == 0) {
		struct index_opener opener = { index_open_whole, index_close_any,
			                       verifier_key ? &ix->key : NULL };
		rc = index_file_open(path, &opener, &ix->file, &err);
	}
	if (rc) {
		assay_index_close(ix);
		return error_out(&err, error);
	}
	*out = ix;
	return 0;
}

void assay_index_close(struct assay_index *index)
{
	if (!index)
		return;
	index_file_close(index->file);
	free(index->key_text);
	free(index);
}

int assay_index_refresh(struct assay_index *index, int *swapped, struct assay_error *error)
{
	struct err err = { 0 };
	bool done = false;

	if (!index)
		return error_usage(error, "index: the handle is NULL");
	int rc = index_file_refresh(index->file, &done, &err);
	if (swapped)
		*swapped = done;
	return rc ? error_out(&err, error) : 0;
}

/* ---- what it says of itself ---- */

int assay_index_about(struct assay_index *index, struct assay_about **out,
                      struct assay_error *error)
{
	if (!index || !out)
		return error_usage(error, "index: the handle or out is NULL");
	struct assay_about *a = calloc(1, sizeof(*a));
	if (!a)
		return no_memory(error);
	struct index_map *map = index_file_take(index->file);
	const struct index_about *from = index_about(index_map_reader(map));
	struct slice origin = slice_sub(from->origin, 0, NOTE_NAME_MAX);
	a->time = from->time;
	a->entries = from->entries;
	a->ledger_size = from->ledger_size;
	memcpy(a->origin, origin.p, origin.n);
	index_file_give(map);
	*out = a;
	return 0;
}

void assay_about_free(struct assay_about *about)
{
	free(about);
}

int64_t assay_about_time(const struct assay_about *about)
{
	return about ? about->time : 0;
}

uint64_t assay_about_entries(const struct assay_about *about)
{
	return about ? about->entries : 0;
}

uint64_t assay_about_ledger_size(const struct assay_about *about)
{
	return about ? about->ledger_size : 0;
}

const char *assay_about_origin(const struct assay_about *about)
{
	return about ? about->origin : NULL;
}

/* ---- asking ---- */

/* The rows for the destination; .subject and .decision are made text, and nothing points into the
 * map any more. */
static int keep(struct assay_answer *a, const struct index_answer *found, struct slice destination,
                struct err *err)
{
	a->row = arena_array(&a->arena, found->n, sizeof(*a->row));
	if (!a->row)
		return err_set(err, ERR_NOMEM, 0, "index: no memory");
	for (size_t i = 0; i < found->n; i++) {
		const struct index_row *from = &found->row[i];
		if (destination.n && !slice_eq_str(destination, from->destination))
			continue;
		struct row *to = &a->row[a->n++];
		to->row = *from;
		to->subject = arena_copy(&a->arena, from->subject.key).p;
		sha256_hex(from->decision, to->decision);
		if (!to->subject)
			return err_set(err, ERR_NOMEM, 0, "index: no memory");
	}
	return 0;
}

static int find(struct assay_index *index, struct slice name, struct slice destination,
                struct assay_answer *a, struct err *err)
{
	struct subject of;
	struct index_answer found = { 0 };
	/* Without a suffix list: the index holds the borders. */
	int rc = subject_parse(name, NULL, &a->arena, &of, err);

	if (rc)
		return rc;
	struct index_map *map = index_file_take(index->file);
	const struct index *ix = index_map_reader(map);
	rc = index_find(ix, of, &a->arena, &found, err);
	if (rc == 0)
		rc = keep(a, &found, destination, err);
	a->time = index_about(ix)->time;
	a->ledger_size = index_about(ix)->ledger_size;
	index_file_give(map);
	return rc;
}

int assay_index_lookup(struct assay_index *index, const char *name, size_t n,
                       const char *destination, struct assay_answer **out,
                       struct assay_error *error)
{
	struct slice country = slice_from(destination, destination ? strnlen(destination, 3) : 0);
	struct slice text;
	struct err err = { 0 };

	if (!index || !out)
		return error_usage(error, "index: the handle or out is NULL");
	if (destination && !country_is_code(country))
		return error_usage(error, "index: a destination is two letters A to Z");
	int rc = error_check_name(name, n, &text, error);
	if (rc)
		return rc;
	struct assay_answer *a = calloc(1, sizeof(*a));
	if (!a)
		return no_memory(error);
	rc = find(index, text, country, a, &err);
	if (rc) {
		assay_answer_free(a);
		return error_out(&err, error);
	}
	*out = a;
	return 0;
}

void assay_answer_free(struct assay_answer *answer)
{
	if (!answer)
		return;
	arena_release(&answer->arena);
	free(answer);
}

/* ---- what is listed ---- */

size_t assay_answer_rows(const struct assay_answer *answer)
{
	return answer ? answer->n : 0;
}

int64_t assay_answer_time(const struct assay_answer *answer)
{
	return answer ? answer->time : 0;
}

uint64_t assay_answer_ledger_size(const struct assay_answer *answer)
{
	return answer ? answer->ledger_size : 0;
}

static const struct row *row_at(const struct assay_answer *answer, size_t i)
{
	return answer && i < answer->n ? &answer->row[i] : NULL;
}

const char *assay_row_kind(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? subject_kind_name(r->row.subject.kind) : NULL;
}

const char *assay_row_subject(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? r->subject : NULL;
}

const char *assay_row_destination(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? r->row.destination : NULL;
}

const char *assay_row_class(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? index_class_name(r->row.class) : NULL;
}

const char *assay_row_decision(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? r->decision : NULL;
}

int64_t assay_row_decided_at(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? r->row.at : 0;
}

int assay_row_automatic(const struct assay_answer *answer, size_t i)
{
	const struct row *r = row_at(answer, i);

	return r ? r->row.automatic : -1;
}

int assay_row_period(const struct assay_answer *answer, size_t i, int64_t *created)
{
	const struct row *r = row_at(answer, i);

	if (!r)
		return -1;
	if (r->row.has_period && created)
		*created = r->row.period;
	return r->row.has_period;
}
