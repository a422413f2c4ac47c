/* DIR/journal: one line an event, appended.
 *
 *   begin ORDER LANE                                     before the order's first byte
 *   seal ORDER LANE WARC SEALED TAIL PAYLOADS BEGUN      behind its manifest's rename: lengths of
 *                                                        the lane's files, of the index's tail,
 *                                                        number of payloads, offset of its begin
 *                                                        line
 *   drop ORDER LANE                                      taken back
 *   index TAIL PAYLOADS INDEX                            the tail was merged, or made anew; length
 *                                                        of the index
 *
 * Each ends with a space and the CRC-32 of what stands before it: by its lengths files are cut.
 *
 * The manifest's rename ends an order, not a line here. So a lane whose last line is "begin" is
 * looked at when the archive is opened: with a manifest the order is sealed, and what follows from
 * that is done again; without one the lane's files are cut where the last seal left them. A last
 * line without its LF is as if it were not there. */
#include "store/archive_inside.h"

#include "sys/file.h"
#include "sys/remove.h"

#include <stdio.h>
#include <stdlib.h>

#define JOURNAL "journal"

enum { LINE_MAX_OURS = 300 };

struct event {
	char kind; /* first letter of its word */
	struct sha256 order;
	uint64_t number[6]; /* behind the order */
};

/* Decimal, with the space before it. */
static bool take_number(struct slice *rest, uint64_t *out)
{
	struct slice word;

	if (!slice_cut(rest, ' ', &word) || word.n == 0 || word.n > 18)
		return false;
	*out = 0;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(word.p[i] - '0');
	}
	return true;
}

static bool read_event(struct slice line, struct event *out)
{
	static const struct {
		const char *word;
		bool has_order;
		int numbers;
	} kinds[] = { { "begin", true, 1 }, { "seal", true, 6 }, { "drop", true, 1 },
		      { "index", false, 3 } };
	struct slice rest, word, id;
	size_t sum = line.n;
	char crc[9];

	while (sum && line.p[sum - 1] != ' ')
		sum--;
	rest = slice_sub(line, 0, sum ? sum - 1 : 0);
	snprintf(crc, sizeof(crc), "%08x", (unsigned)gzip_crc32(0, rest));
	if (!slice_eq_str(slice_sub(line, sum, line.n), crc))
		return false;
	if (!slice_cut(&rest, ' ', &word))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!slice_eq_str(word, kinds[i].word))
			continue;
		out->kind = kinds[i].word[0];
		if (kinds[i].has_order &&
		    (!slice_cut(&rest, ' ', &id) || !sha256_parse_hex(id, &out->order)))
			return false;
		for (int n = 0; n < kinds[i].numbers; n++)
			if (!take_number(&rest, &out->number[n]))
				return false;
		return rest.n == 0 && (!kinds[i].has_order ||
		                       (out->number[0] >= 1 && out->number[0] <= ARCHIVE_LANES_MAX));
	}
	return false;
}

typedef int (*event_fn)(void *ctx, const struct event *e, uint64_t at, struct err *err);

/* Every whole line; *length is where the last of them ends. */
static int each_event(const struct archive *a, event_fn fn, void *ctx, uint64_t *length,
                      struct err *err)
{
	struct buf path = { 0 };
	struct file_lines *lines = NULL;
	struct slice line;
	bool too_long;
	uint64_t size = 0, at = 0;
	int got = 0, rc = archive_length(a, JOURNAL, &size, err);

	*length = 0;
	if (rc || size == 0)
		return rc;
	rc = archive_path(a, JOURNAL, &path, err);
	if (rc == 0)
		rc = file_lines_open(buf_str(&path), LINE_MAX_OURS, &lines, err);
	while (rc == 0 && (got = file_lines_next(lines, &line, &too_long, err)) > 0) {
		struct event e = { .kind = 0 };
		if (at + line.n + 1 > size)
			break; /* cut off, or being written */
		if (too_long || !read_event(line, &e)) {
			rc = err_set(err, ERR_CORRUPT, 0, "%s: the line at %llu was altered",
			             buf_str(&path), (unsigned long long)at);
			break;
		}
		rc = fn(ctx, &e, at, err);
		at += line.n + 1;
	}
	file_lines_close(lines);
	buf_release(&path);
	*length = at;
	return rc ? rc : got < 0 ? got : 0;
}

static int append(struct archive *a, struct buf *line, struct err *err)
{
	buf_printf(line, " %08x\n", (unsigned)gzip_crc32(0, buf_slice(line)));
	int rc = buf_ok(line) ? archive_write_at(a, JOURNAL, a->journal_length, buf_slice(line), err)
	                      : err_set(err, ERR_NOMEM, 0, "archive: out of memory");

	if (rc == 0)
		a->journal_length += line->n;
	else
		archive_cut(a, JOURNAL, a->journal_length, NULL); /* half a line is dropped when it is read */
	buf_release(line);
	return rc;
}

static void put_order(struct buf *b, const char *word, struct sha256 order, unsigned lane)
{
	char hex[SHA256_HEX];

	sha256_hex(order, hex);
	buf_printf(b, "%s %s %u", word, hex, lane);
}

int archive_journal_begin(struct archive *a, struct archive_order *o, struct err *err)
{
	struct buf line = { 0 };

	put_order(&line, "begin", o->id, o->lane->number);
	o->begun = a->journal_length;
	return append(a, &line, err);
}

int archive_journal_drop(struct archive *a, struct sha256 order, const struct archive_lane *lane,
                         struct err *err)
{
	struct buf line = { 0 };

	put_order(&line, "drop", order, lane->number);
	return append(a, &line, err);
}

int archive_journal_seal(struct archive *a, struct sha256 order, const struct archive_lane *lane,
                         uint64_t begun, struct err *err)
{
	struct buf line = { 0 };

	put_order(&line, "seal", order, lane->number);
	buf_printf(&line, " %llu %llu %llu %llu %llu",
	           (unsigned long long)lane->length[ARCHIVE_WARC],
	           (unsigned long long)lane->length[ARCHIVE_SEALED],
	           (unsigned long long)a->tail_length, (unsigned long long)a->payloads.n,
	           (unsigned long long)begun);
	return append(a, &line, err);
}

int archive_journal_index(struct archive *a, struct err *err)
{
	struct buf line = { 0 };
	uint64_t length = 0;
	int rc = archive_length(a, ARCHIVE_INDEX, &length, err);

	if (rc)
		return rc;
	buf_printf(&line, "index %llu %llu %llu", (unsigned long long)a->tail_length,
	           (unsigned long long)a->payloads.n, (unsigned long long)length);
	return append(a, &line, err);
}

/* ---- all sealed orders ---- */

struct sealed {
	uint64_t begun;
	struct sha256 order;
};

struct sealed_list {
	struct sealed *at;
	size_t n, cap;
};

static int collect_sealed(void *ctx, const struct event *e, uint64_t at, struct err *err)
{
	struct sealed_list *list = ctx;

	(void)at;
	if (e->kind != 's')
		return 0;
	if (list->n == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 256;
		struct sealed *more = realloc(list->at, cap * sizeof(*more));
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
		list->at = more;
		list->cap = cap;
	}
	list->at[list->n++] = (struct sealed){ e->number[5], e->order };
	return 0;
}

static int by_begun(const void *a, const void *b)
{
	const struct sealed *x = a, *y = b;

	return x->begun < y->begun ? -1 : x->begun > y->begun;
}

int archive_journal_each(const struct archive *a,
                         int (*fn)(void *ctx, struct sha256 order, struct err *err), void *ctx,
                         struct err *err)
{
	struct sealed_list list = { NULL, 0, 0 };
	uint64_t length;
	int rc = each_event(a, collect_sealed, &list, &length, err);

	if (rc == 0 && list.n)
		qsort(list.at, list.n, sizeof(*list.at), by_begun);
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = fn(ctx, list.at[i].order, err);
	free(list.at);
	return rc;
}

/* ---- opening for writing ---- */

struct settling {
	struct archive *a;
	uint64_t tail, payloads, index;
};

static int replay_event(void *ctx, const struct event *e, uint64_t at, struct err *err)
{
	struct settling *s = ctx;

	if (e->kind == 'i') {
		s->tail = e->number[0];
		s->payloads = e->number[1];
		s->index = e->number[2];
		return 0;
	}
	struct archive *a = s->a;
	size_t i = (size_t)e->number[0] - 1;
	struct archive_lane *lane = archive_lane(a, (unsigned)e->number[0]);
	if (lane && i >= a->begun_n) {
		size_t n = i + i / 2 + 16;
		struct archive_begun *more = realloc(a->begun, n * sizeof(*more));
		if (more) {
			memset(more + a->begun_n, 0, (n - a->begun_n) * sizeof(*more));
			a->begun = more;
			a->begun_n = n;
		}
	}
	if (!lane || i >= a->begun_n)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	a->begun[i] = (struct archive_begun){ e->kind == 'b', e->order, at };
	if (e->kind == 's') {
		lane->length[ARCHIVE_WARC] = e->number[1];
		lane->length[ARCHIVE_SEALED] = e->number[2];
		s->tail = e->number[3];
		s->payloads = e->number[4];
	}
	return 0;
}

/* What a lane's last order, which has a manifest, made of its files. */
static int lane_of(struct archive_lane *lane, const json_t *manifest, struct err *err)
{
	const json_t *files = json_obj(manifest, "lane");
	static const char *const part[ARCHIVE_PARTS] = { "warc", "sealed" };

	for (int p = 0; p < ARCHIVE_PARTS; p++) {
		const json_t *f = json_obj(files, part[p]);
		int64_t to = json_i64(f, "to", -1);
		if (f && to < 0)
			return err_set(err, ERR_CORRUPT, 0, "archive: a manifest without its lane");
		if (f)
			lane->length[p] = (uint64_t)to;
	}
	return 0;
}

/* Sealed without a line that says so. */
static int finish(struct settling *s, size_t i, const json_t *manifest, struct err *err)
{
	int rc = archive_index_add(s->a, manifest, err);

	return rc ? rc : archive_journal_seal(s->a, s->a->begun[i].order, s->a->lane[i],
	                                      s->a->begun[i].at, err);
}

static int open_payloads(struct archive *a, uint64_t known, struct err *err)
{
	struct buf path = { 0 };
	int rc = archive_path(a, "payloads", &path, err);

	if (rc == 0)
		rc = archive_payloads_open(buf_str(&path), true, known, &a->payloads, err);
	buf_release(&path);
	return rc;
}

/* The index and the payloads follow from the manifests: what a power cut took of them is made
 * again. */
static int settle_index(struct settling *s, struct err *err)
{
	struct archive *a = s->a;
	uint64_t have = 0, index = 0;
	struct err why = { 0 };
	int rc = archive_length(a, ARCHIVE_TAIL, &have, err);

	if (rc == 0)
		rc = archive_length(a, ARCHIVE_INDEX, &index, err);
	if (rc)
		return rc;
	a->tail_length = s->tail;
	rc = open_payloads(a, s->payloads, &why);
	/* It may be longer: merged, and the line that says so is not there. */
	if (rc == 0 && have >= s->tail && index >= s->index)
		return archive_cut(a, ARCHIVE_TAIL, s->tail, err);
	if (rc && rc != ERR_CORRUPT) {
		if (err)
			*err = why;
		return rc;
	}
	archive_payloads_close(&a->payloads);
	rc = open_payloads(a, 0, err);
	return rc ? rc : archive_index_rebuild(a, err);
}

int archive_journal_read(struct archive *a, struct err *err)
{
	struct settling s = { .a = a };
	uint64_t length;

	return each_event(a, replay_event, &s, &length, err);
}

int archive_journal_settle(struct archive *a, struct err *err)
{
	struct settling s = { .a = a };
	json_t **manifest = NULL;
	int rc = each_event(a, replay_event, &s, &a->journal_length, err);

	if (rc == 0)
		rc = archive_cut(a, JOURNAL, a->journal_length, err);
	if (rc == 0 && !(manifest = calloc(a->begun_n + 1, sizeof(json_t *))))
		rc = err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	for (size_t i = 0; rc == 0 && i < a->begun_n; i++) {
		struct err why = { 0 };
		if (!a->begun[i].pending)
			continue;
		rc = archive_manifest_read(a, a->begun[i].order, &manifest[i], &why);
		if (rc == 0)
			rc = lane_of(a->lane[i], manifest[i], err);
		else if (rc == ERR_NOTFOUND)
			rc = 0;
		else if (err)
			*err = why;
	}
	for (size_t i = 0; rc == 0 && i < a->lanes; i++)
		for (int p = 0; rc == 0 && p < ARCHIVE_PARTS; p++)
			rc = archive_cut(a, a->lane[i]->file[p], a->lane[i]->length[p], err);
	if (rc == 0)
		rc = settle_index(&s, err);
	/* Each gets its line: the order may come again in another lane. */
	for (size_t i = 0; rc == 0 && i < a->begun_n; i++)
		if (a->begun[i].pending)
			rc = manifest[i] ? finish(&s, i, manifest[i], err)
			                 : archive_journal_drop(a, a->begun[i].order, a->lane[i], err);
	for (size_t i = 0; manifest && i < a->begun_n; i++)
		json_decref(manifest[i]);
	free(manifest);
	return rc;
}
