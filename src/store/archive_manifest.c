/* Manifests: one canonical JSON object an order, in a file of its own that appears whole. */
#include "store/archive_inside.h"

#include "sys/file.h"
#include "sys/remove.h"

#include <stdio.h>
#include <stdlib.h>

enum { MANIFEST_MAX = 64 << 20 };

static const char *const but_digest[] = { "digest", NULL };

void archive_manifest_name(struct sha256 order, char out[90])
{
	char hex[SHA256_HEX];

	sha256_hex(order, hex);
	snprintf(out, 90, "orders/%.2s/%s.json", hex, hex);
}

int archive_manifest_digest(const json_t *manifest, struct sha256 *out, struct err *err)
{
	struct buf text = { 0 };
	int rc = json_canonical_except(manifest, but_digest, &text, err);

	if (rc == 0)
		*out = sha256_of(buf_slice(&text));
	buf_release(&text);
	return rc;
}

/* The digest of the text without its member "digest", where the text is as we write it: then
 * nothing has to be written again to compute it. `about` stands before that member and cannot hold
 * its like: it would have to hold its own digest. */
static bool digest_of_text(struct slice text, struct slice address, struct sha256 *out)
{
	char member[EVIDENCE_ADDRESS_SIZE + 20];
	int n = snprintf(member, sizeof(member), ",\"digest\":\"%.*s\"", SLICE_ARG(address));
	size_t at = n > 0 && (size_t)n < sizeof(member)
	                    ? slice_find_slice(text, slice_from(member, (size_t)n))
	                    : text.n;
	struct sha256_stream *h = at < text.n ? sha256_new() : NULL;

	if (!h)
		return false;
	sha256_add(h, slice_sub(text, 0, at));
	sha256_add(h, slice_sub(text, at + (size_t)n, text.n));
	*out = sha256_end(h);
	return true;
}

static int check(const json_t *m, struct slice text, struct sha256 order, struct err *err)
{
	struct slice digest, id;
	struct sha256 named = { { 0 } }, is;
	char hex[SHA256_HEX];

	sha256_hex(order, hex);
	int rc = json_need_str(m, "digest", &digest, err);
	if (rc == 0)
		rc = evidence_address_parse(digest, &named, err);
	if (rc == 0)
		rc = json_need_str(m, "order", &id, err);
	if (rc == 0 && !slice_eq_str(id, hex))
		rc = err_set(err, ERR_CORRUPT, 0, "it is the manifest of another order");
	if (rc == 0 && digest_of_text(text, digest, &is) && sha256_eq(named, is))
		return 0;
	if (rc == 0)
		rc = archive_manifest_digest(m, &is, err);
	if (rc == 0 && !sha256_eq(named, is))
		rc = err_set(err, ERR_CORRUPT, 0, "it was altered (its SHA-256 is another)");
	return rc;
}

int archive_manifest_read(const struct archive *a, struct sha256 order, json_t **out, struct err *err)
{
	struct buf path = { 0 }, text = { 0 };
	json_t *m = NULL;
	char name[90];

	archive_manifest_name(order, name);
	int rc = archive_path(a, name, &path, err);
	if (rc == 0)
		rc = file_read(buf_str(&path), MANIFEST_MAX, &text, err);
	if (rc == 0) {
		rc = json_parse_object(buf_slice(&text), MANIFEST_MAX, &m, err);
		if (rc == 0)
			rc = check(m, slice_trim(buf_slice(&text)), order, err);
		if (rc && rc != ERR_NOMEM) {
			if (err) {
				err_wrap(err, "%s", buf_str(&path));
				err->code = ERR_CORRUPT;
			}
			rc = ERR_CORRUPT;
		}
	}
	buf_release(&path);
	buf_release(&text);
	if (rc)
		json_decref(m);
	else
		*out = m;
	return rc;
}

/* DIR/tmp/ID.json */
static void staged_name(struct sha256 order, char out[90])
{
	char hex[SHA256_HEX];

	sha256_hex(order, hex);
	snprintf(out, 90, "tmp/%s.json", hex);
}

static int make_fan(struct archive *a, struct sha256 order, struct err *err)
{
	struct buf path = { 0 };
	char name[90];

	if (a->fan[order.b[0]])
		return 0;
	snprintf(name, sizeof(name), "orders/%02x", order.b[0]);
	int rc = archive_path(a, name, &path, err);
	if (rc == 0)
		rc = file_make_dir(buf_str(&path), err);
	a->fan[order.b[0]] = rc == 0;
	buf_release(&path);
	return rc;
}

int archive_manifest_stage(struct archive *a, struct sha256 order, struct slice manifest,
                           struct err *err)
{
	char name[90];
	int rc = make_fan(a, order, err);

	staged_name(order, name);
	if (rc == 0)
		rc = archive_cut(a, name, 0, err); /* what failed before may have left one */
	return rc ? rc : archive_write_at(a, name, 0, manifest, err);
}

int archive_manifest_name_it(struct archive *a, struct sha256 order, struct err *err)
{
	struct buf tmp = { 0 }, path = { 0 };
	char name[90];

	staged_name(order, name);
	int rc = archive_path(a, name, &tmp, err);
	archive_manifest_name(order, name);
	if (rc == 0)
		rc = archive_path(a, name, &path, err);
	if (rc == 0)
		rc = file_move(buf_str(&tmp), buf_str(&path), err);
	buf_release(&tmp);
	buf_release(&path);
	return rc;
}

int archive_manifest_settle(struct archive *a, struct sha256 order, struct err *err)
{
	struct buf path = { 0 };
	char name[90];

	archive_manifest_name(order, name);
	int rc = archive_path(a, name, &path, err);
	if (rc == 0) {
		char *slash = strrchr(path.p, '/');
		*slash = '\0';
		rc = file_sync_dir(path.p, err);
		*slash = '/';
		if (rc)
			remove_file(path.p, NULL); /* not acknowledged, so not there; best effort */
	}
	buf_release(&path);
	return rc;
}

int archive_place_of(const json_t *record, struct archive_place *out, struct err *err)
{
	struct archive_place p = { .lane = 0 };
	struct slice file;
	int64_t at = 0, length = 0;
	int rc = json_need_str(record, "file", &file, err);

	if (rc == 0)
		rc = json_need_i64(record, "at", &at, err);
	if (rc == 0)
		rc = json_need_i64(record, "length", &length, err);
	if (rc == 0 && (!archive_file_of(file, &p.lane, &p.part) || at < 0 || length <= 0 ||
	                length > ARCHIVE_RECORD_MAX * 2LL))
		rc = err_set(err, ERR_SYNTAX, 0, "no record lies there");
	p.at = (uint64_t)at;
	p.length = (uint64_t)length;
	if (rc == 0)
		*out = p;
	return rc;
}
