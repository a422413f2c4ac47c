/* Orders first, in the sequence in which they were begun (archive_verify_order.c). What remains is
 * then asked of the whole: whether the ranges of the manifests fill the files, whether revisits
 * refer to payloads that were checked, and whether the index is what the manifests give. */
#include "store/archive_verify.h"

#include "store/archive_token.h"
#include "store/archive_verifying.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const trouble_names[ARCHIVE_TROUBLES] = { "altered", "missing", "extra" };

const char *archive_trouble_name(enum archive_trouble t)
{
	return trouble_names[t];
}

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

enum { NAME_ROOM = 600 };

/* A name that is longer than any of ours is cut, and is then none of ours. */
static void join(char out[NAME_ROOM], const char *folder, const char *name)
{
	int n = snprintf(out, NAME_ROOM, "%s/%s", folder, name);

	if (n < 0 || n >= NAME_ROOM)
		out[NAME_ROOM - 1] = '\0';
}

/* ---- the whole ---- */

struct journalled {
	struct sha256 *at;
	size_t n, cap;
};

static int note_order(void *ctx, struct sha256 order, struct err *err)
{
	struct journalled *j = ctx;

	if (j->n == j->cap) {
		size_t cap = j->cap ? j->cap * 2 : 256;
		struct sha256 *more = realloc(j->at, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		j->at = more;
		j->cap = cap;
	}
	j->at[j->n++] = order;
	return 0;
}

/* Those that ended without a line that says so. */
static int note_pending(struct verifying *v, struct journalled *j, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < v->a->begun_n; i++) {
		if (!v->a->begun[i].pending)
			continue;
		v->unsettled = true;
		if (archive_has(v->a, v->a->begun[i].order))
			rc = note_order(j, v->a->begun[i].order, err);
	}
	return rc;
}

static int by_place(const void *a, const void *b)
{
	const struct lying *x = a, *y = b;

	if (x->lane != y->lane)
		return x->lane < y->lane ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int by_range(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->lane != y->lane)
		return x->lane < y->lane ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static void sort_list(struct list *l, int (*by)(const void *, const void *))
{
	if (l->n)
		qsort(l->at, l->n, l->size, by);
}

static bool is_there(const struct verifying *v, const struct lying *want)
{
	const struct lying *found =
		v->have.n ? bsearch(want, v->have.at, v->have.n, v->have.size, by_place) : NULL;

	return found && memcmp(found->digest, want->digest, sizeof(want->digest)) == 0;
}

static void check_revisits(struct verifying *v, const struct journalled *j)
{
	sort_list(&v->have, by_place);
	for (size_t i = 0; i < v->need.n; i++) {
		const struct lying *l = (const struct lying *)(void *)v->need.at + i;
		char name[40];
		if (is_there(v, l))
			continue;
		archive_file_name(l->lane, ARCHIVE_WARC, name);
		v->order = j->at[l->order - 1];
		v->in_order = true;
		verifying_find(v, TROUBLE_MISSING, name, &l->at, "a payload that a revisit refers to is not there");
	}
	v->in_order = false;
}

/* Files hold what the ranges say and, behind it, what an order has under way. */
static int check_file(struct verifying *v, unsigned lane, enum archive_part part, const char *name,
                      size_t *r, struct err *err)
{
	const struct range *ranges = (const struct range *)(void *)v->ranges.at;
	uint64_t length = 0, end = 0;
	int rc = archive_length(v->a, name, &length, err);

	for (; rc == 0 && *r < v->ranges.n && ranges[*r].lane == lane && ranges[*r].part == part; ++*r) {
		if (ranges[*r].from != end)
			verifying_find(v, ranges[*r].from > end ? TROUBLE_EXTRA : TROUBLE_ALTERED, name, &end,
			     ranges[*r].from > end ? "no manifest names what lies here"
			                           : "two manifests name what lies here");
		end = ranges[*r].to > end ? ranges[*r].to : end;
	}
	if (rc || length <= end)
		return rc;
	if (lane <= v->a->begun_n && v->a->begun[lane - 1].pending)
		v->out->unsealed += length - end;
	else
		verifying_find(v, TROUBLE_EXTRA, name, &end, "no manifest names what lies here");
	return 0;
}

static int check_folder(struct verifying *v, const char *folder, enum archive_part part, size_t *r,
                        struct err *err)
{
	struct buf path = { 0 };
	char **names = NULL, name[NAME_ROOM];
	size_t n = 0;
	int rc = archive_path(v->a, folder, &path, err);

	if (rc == 0)
		rc = file_list(buf_str(&path), &names, &n, err);
	if (rc == ERR_NOTFOUND)
		rc = 0; /* its records are missing one by one */
	for (size_t i = 0; rc == 0 && i < n; i++) {
		unsigned lane = 0;
		enum archive_part is = ARCHIVE_PARTS;
		const struct range *ranges = (const struct range *)(void *)v->ranges.at;
		join(name, folder, names[i]);
		if (!archive_file_of(slice_str(name), &lane, &is) || is != part) {
			verifying_find(v, TROUBLE_EXTRA, name, NULL, "no file of the archive");
			continue;
		}
		/* Ranges of files that are gone: each of their records is missing already. */
		while (*r < v->ranges.n && ranges[*r].part == part && ranges[*r].lane < lane)
			++*r;
		rc = check_file(v, lane, part, name, r, err);
	}
	while (*r < v->ranges.n && ((const struct range *)(void *)v->ranges.at)[*r].part == part)
		++*r;
	file_list_free(names, n);
	buf_release(&path);
	return rc;
}

static int sum_index(void *ctx, struct slice piece, struct err *err)
{
	struct verifying *v = ctx;
	size_t end = piece.n;

	while (end && piece.p[end - 1] != '\n')
		end--;
	/* v->plain holds the part of a line that the last piece ended with. */
	if (end) {
		size_t first = slice_find(piece, '\n') + 1;
		buf_put(&v->plain, slice_sub(piece, 0, first));
		verifying_sum(v, buf_slice(&v->plain), -1);
		verifying_sum(v, slice_sub(piece, first, end), -1);
		buf_clear(&v->plain);
	}
	buf_put(&v->plain, slice_sub(piece, end, piece.n));
	return buf_ok(&v->plain) ? 0 : no_memory(err);
}

static int sum_file(struct verifying *v, const char *name, struct err *err)
{
	struct buf path = { 0 };
	int rc = archive_path(v->a, name, &path, err);

	buf_clear(&v->plain);
	if (rc == 0)
		rc = file_read_pieces(buf_str(&path), sum_index, v, err);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	if (rc == 0 && v->plain.n)
		v->index_sum++; /* a line without its end */
	buf_release(&path);
	return rc;
}

/* The tail is in the index already where a writer died between merging it and taking it away. */
static int check_index(struct verifying *v, struct err *err)
{
	int rc = sum_file(v, ARCHIVE_INDEX, err);
	bool whole = v->index_sum == 0 && v->index_lines == 0;

	if (rc == 0 && !whole)
		rc = sum_file(v, ARCHIVE_TAIL, err);
	if (rc == 0 && (v->index_sum || v->index_lines))
		verifying_find(v, v->index_lines && v->index_lines < UINT64_MAX / 2 ? TROUBLE_MISSING
		                                                                   : TROUBLE_ALTERED,
		               ARCHIVE_INDEX, NULL, "the index is not what the manifests give");
	return rc;
}

/* ---- manifests that the journal does not name ---- */

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_LEN);
}

/* A response of RFC 3161 beside its manifest. */
static int check_token(struct verifying *v, const char *name, struct sha256 order, struct err *err)
{
	struct err why = { 0 };
	int64_t at;
	int rc = archive_token_check(v->a, order, &at, &why);

	if (rc == ERR_IO || rc == ERR_NOMEM)
		return err_set(err, (enum err_code)rc, 0, "%s", why.what);
	if (rc)
		verifying_find(v, TROUBLE_ALTERED, name, NULL, why.what);
	else
		v->out->timestamps++;
	return 0;
}

static int check_manifest_names(struct verifying *v, const struct journalled *j, const char *folder,
                                struct err *err)
{
	struct buf path = { 0 };
	char **names = NULL, name[NAME_ROOM];
	size_t n = 0;
	int rc = archive_path(v->a, folder, &path, err);

	if (rc == 0)
		rc = file_list(buf_str(&path), &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct sha256 order;
		struct slice id = slice_sub(slice_str(names[i]), 0, SHA256_HEX - 1);
		bool named = sha256_parse_hex(id, &order) &&
		             strncmp(strrchr(folder, '/') + 1, names[i], 2) == 0;
		bool token = named && strcmp(names[i] + id.n, ".tsr") == 0;
		bool ours = named && (token || strcmp(names[i] + id.n, ".json") == 0);
		join(name, folder, names[i]);
		if (!ours)
			verifying_find(v, TROUBLE_EXTRA, name, NULL, "no file of the archive");
		else if (!(j->n && bsearch(&order, j->at, j->n, sizeof(*j->at), by_digest)))
			verifying_find(v, TROUBLE_EXTRA, name, NULL, "a manifest of an order that was not begun");
		else if (token)
			rc = check_token(v, name, order, err);
	}
	file_list_free(names, n);
	buf_release(&path);
	return rc;
}

static int check_manifests(struct verifying *v, struct journalled *j, struct err *err)
{
	struct buf path = { 0 };
	char **names = NULL, name[NAME_ROOM];
	enum file_kind kind = FILE_ABSENT;
	size_t n = 0;
	int rc = archive_path(v->a, "orders", &path, err);

	if (j->n)
		qsort(j->at, j->n, sizeof(*j->at), by_digest);
	if (rc == 0)
		rc = file_list(buf_str(&path), &names, &n, err);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		join(name, "orders", names[i]);
		rc = archive_path(v->a, name, &path, err);
		if (rc == 0)
			rc = file_kind_of(buf_str(&path), &kind, err);
		if (rc == 0 && kind != FILE_DIRECTORY)
			verifying_find(v, TROUBLE_EXTRA, name, NULL, "no file of the archive");
		else if (rc == 0)
			rc = check_manifest_names(v, j, name, err);
	}
	file_list_free(names, n);
	buf_release(&path);
	return rc;
}

int archive_verify(const char *dir, const char *key_file, archive_finding_fn fn, void *ctx,
                   struct archive_verified *out, struct err *err)
{
	struct archive_options options = { .key_file = key_file };
	struct archive_verified counts = { .orders = 0 };
	struct verifying v = { .fn = fn, .ctx = ctx, .out = &counts, .have = { .size = sizeof(struct lying) },
		               .need = { .size = sizeof(struct lying) },
		               .ranges = { .size = sizeof(struct range) } };
	struct journalled j = { NULL, 0, 0 };
	size_t range = 0;
	int rc = archive_open(dir, &options, &v.a, err);

	if (rc)
		return rc;
	rc = store_lock_share(dir, &v.a->lock, err);
	if (rc == 0)
		rc = archive_journal_read(v.a, err);
	if (rc == 0)
		rc = archive_journal_each(v.a, note_order, &j, err);
	if (rc == 0)
		rc = note_pending(&v, &j, err);
	for (size_t i = 0; rc == 0 && i < j.n; i++)
		rc = verifying_order(&v, j.at[i], err);
	if (rc == 0) {
		check_revisits(&v, &j);
		sort_list(&v.ranges, by_range);
		rc = check_folder(&v, "warc", ARCHIVE_WARC, &range, err);
	}
	if (rc == 0)
		rc = check_folder(&v, "sealed", ARCHIVE_SEALED, &range, err);
	if (rc == 0)
		rc = check_manifests(&v, &j, err);
	/* The next writer sees to what an order that was under way has left of it. */
	if (rc == 0 && !v.unsettled)
		rc = check_index(&v, err);
	archive_close(v.a, NULL); /* only reading: nothing is lost */
	free(v.have.at);
	free(v.need.at);
	free(v.ranges.at);
	free(j.at);
	buf_release(&v.plain);
	buf_release(&v.window.bytes);
	if (rc == 0)
		*out = counts;
	return rc;
}
