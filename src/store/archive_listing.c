#include "store/archive_listing.h"

#include "sys/file.h"
#include "wire/json_walk.h"

enum { MANIFEST_MAX = 64 << 20 };

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

const char *listed_part_name(enum listed_part part)
{
	static const char *const names[LISTED_PARTS] = { "response", "request", "picture", "chain" };

	return names[part];
}

static const struct listed_record nothing = { .at = -1, .length = -1, .bytes = -1, .status = -1,
	                                      .payload_at = -1, .payload_length = -1 };

/* ---- from the text ---- */

/* Members stand in the order of their names, each once: who reads the text otherwise cannot see
 * another of the same name. */
struct members {
	struct json_walk w;
	struct slice last;
};

static void members_begin(struct members *m, struct slice text)
{
	m->last = (struct slice){ NULL, 0 };
	json_walk_begin(&m->w, text);
	m->w.bad = m->w.bad || text.p[0] != '{';
}

static bool members_next(struct members *m, struct slice *name, struct slice *value)
{
	if (m->w.bad || !json_walk_next(&m->w, name, value))
		return false;
	m->w.bad = m->last.p && slice_cmp(*name, m->last) <= 0;
	m->last = *name;
	return !m->w.bad;
}

/* A member and where its value goes; one of both. */
struct field {
	const char *name;
	struct slice *text;
	int64_t *number;
};

/* False where the value is not of its kind. Others' members are passed over. */
static bool take(const struct field *field, size_t n, struct slice name, struct slice value)
{
	for (size_t i = 0; i < n; i++) {
		if (!slice_eq_str(name, field[i].name))
			continue;
		return field[i].text ? json_walk_str(value, field[i].text)
		                     : json_walk_i64(value, field[i].number);
	}
	return true;
}

#define TAKE(fields, name, value) take(fields, sizeof(fields) / sizeof(*(fields)), name, value)

static bool walk_payload(struct slice text, struct listed_record *r)
{
	const struct field fields[] = { { "file", &r->payload_file, NULL },
		                        { "at", NULL, &r->payload_at },
		                        { "length", NULL, &r->payload_length } };
	struct members m;
	struct slice name, value;

	r->has_payload = true;
	for (members_begin(&m, text); members_next(&m, &name, &value);)
		if (!TAKE(fields, name, value))
			return false;
	return !m.w.bad;
}

static bool walk_record(struct slice text, struct listed_record *r)
{
	const struct field fields[] = {
		{ "file", &r->file, NULL },       { "at", NULL, &r->at },
		{ "length", NULL, &r->length },   { "crc", &r->crc, NULL },
		{ "lead", &r->lead, NULL },       { "address", &r->address, NULL },
		{ "bytes", NULL, &r->bytes },     { "media_type", &r->media_type, NULL },
		{ "status", NULL, &r->status },   { "uri", &r->uri, NULL },
	};
	struct members m;
	struct slice name, value;

	r->is_there = true;
	for (members_begin(&m, text); members_next(&m, &name, &value);) {
		bool ok = slice_eq_str(name, "payload") ? walk_payload(value, r) :
		                                          TAKE(fields, name, value);
		if (!ok)
			return false;
	}
	return !m.w.bad;
}

static bool walk_exchange(struct slice text, struct listed_exchange *x)
{
	const struct field fields[] = { { "kind", &x->kind, NULL },
		                        { "uri", &x->uri, NULL },
		                        { "at", &x->at, NULL },
		                        { "number", NULL, &x->number } };
	struct members m;
	struct slice name, value;

	*x = (struct listed_exchange){ .part = { nothing, nothing, nothing, nothing } };
	for (members_begin(&m, text); members_next(&m, &name, &value);) {
		bool ok = true, is_part = false;
		for (int p = 0; p < LISTED_PARTS && !is_part; p++) {
			is_part = slice_eq_str(name, listed_part_name((enum listed_part)p));
			if (is_part)
				ok = walk_record(value, &x->part[p]);
		}
		if (!ok || (!is_part && !TAKE(fields, name, value)))
			return false;
	}
	return !m.w.bad;
}

static bool walk_exchanges(struct slice text, struct archive_listing *l)
{
	struct json_walk w;
	struct slice name, value;
	size_t n = 0;

	for (json_walk_begin(&w, text); json_walk_next(&w, &name, &value);)
		n++;
	if (w.bad || text.p[0] != '[')
		return false;
	l->exchange = arena_array(&l->arena, n + 1, sizeof(*l->exchange));
	if (!l->exchange)
		return false;
	for (json_walk_begin(&w, text); json_walk_next(&w, &name, &value);)
		if (!walk_exchange(value, &l->exchange[l->n++]))
			return false;
	return true;
}

static bool walk_lane(struct slice text, struct archive_listing *l)
{
	struct members m, within;
	struct slice name, value, part;

	for (members_begin(&m, text); members_next(&m, &part, &value);) {
		struct listed_lane *f = &l->lane[slice_eq_str(part, "sealed") ? ARCHIVE_SEALED
		                                                              : ARCHIVE_WARC];
		const struct field fields[] = { { "file", &f->file, NULL },
			                        { "from", NULL, &f->from },
			                        { "to", NULL, &f->to } };
		if (!slice_eq_str(part, "sealed") && !slice_eq_str(part, "warc"))
			return false;
		*f = (struct listed_lane){ .is_there = true, .from = -1, .to = -1 };
		for (members_begin(&within, value); members_next(&within, &name, &value);)
			if (!TAKE(fields, name, value))
				return false;
		if (within.w.bad)
			return false;
	}
	return !m.w.bad;
}

/* The whole, and whether its digest is the one that it names: that of the text without that
 * member, which stands behind another. */
static bool walk_manifest(struct slice text, struct sha256 order, struct archive_listing *l)
{
	struct slice name, value, digest = { NULL, 0 }, id = { NULL, 0 }, member = { NULL, 0 };
	const char *before = text.p;
	struct sha256 named, of_it, is;
	struct members m;

	for (members_begin(&m, text); members_next(&m, &name, &value);) {
		bool ok = true;
		if (slice_eq_str(name, "about")) {
			l->has_about = true;
			l->about = sha256_of(value);
		} else if (slice_eq_str(name, "digest")) {
			ok = json_walk_str(value, &digest) && before != text.p;
			member = slice_from(before, (size_t)(value.p + value.n - before));
		} else if (slice_eq_str(name, "order")) {
			ok = json_walk_str(value, &id);
		} else if (slice_eq_str(name, "exchanges")) {
			ok = walk_exchanges(value, l);
		} else if (slice_eq_str(name, "lane")) {
			ok = walk_lane(value, l);
		} else if (slice_eq_str(name, "warcinfo")) {
			ok = walk_record(value, &l->warcinfo);
		}
		if (!ok)
			return false;
		before = value.p + value.n;
	}
	if (m.w.bad || !member.p || evidence_address_parse(digest, &named, NULL) ||
	    !sha256_parse_hex(id, &of_it) || !sha256_eq(of_it, order))
		return false;
	struct sha256_stream *h = sha256_new();
	if (!h)
		return false;
	sha256_add(h, slice_sub(text, 0, (size_t)(member.p - text.p)));
	sha256_add(h, slice_sub(text, (size_t)(member.p + member.n - text.p), text.n));
	is = sha256_end(h);
	return sha256_eq(is, named);
}

/* ---- from JSON ---- */

static void record_of(const json_t *r, struct listed_record *out)
{
	const json_t *payload = json_obj(r, "payload");

	*out = nothing;
	if (!r)
		return;
	*out = (struct listed_record){
		.is_there = true,
		.file = json_str(r, "file"),
		.crc = json_str(r, "crc"),
		.lead = json_str(r, "lead"),
		.address = json_str(r, "address"),
		.media_type = json_str(r, "media_type"),
		.uri = json_str(r, "uri"),
		.at = json_i64(r, "at", -1),
		.length = json_i64(r, "length", -1),
		.bytes = json_i64(r, "bytes", -1),
		.status = json_i64(r, "status", -1),
		.has_payload = payload != NULL,
		.payload_file = json_str(payload, "file"),
		.payload_at = json_i64(payload, "at", -1),
		.payload_length = json_i64(payload, "length", -1),
	};
}

void listed_exchange_of(const json_t *x, struct listed_exchange *out)
{
	*out = (struct listed_exchange){
		.kind = json_str(x, "kind"),
		.uri = json_str(x, "uri"),
		.at = json_str(x, "at"),
		.number = json_i64(x, "number", 0),
	};
	for (int p = 0; p < LISTED_PARTS; p++)
		record_of(json_obj(x, listed_part_name((enum listed_part)p)), &out->part[p]);
}

int archive_listing_of(const json_t *manifest, struct archive_listing *l, struct err *err)
{
	static const char *const parts[ARCHIVE_PARTS] = { "warc", "sealed" };
	const json_t *about = json_obj(manifest, "about"), *list = json_arr(manifest, "exchanges");
	struct buf text = { 0 };
	int rc = 0;

	*l = (struct archive_listing){ .has_about = about != NULL, .n = json_array_size(list) };
	if (about)
		rc = json_canonical(about, &text, err);
	l->about = sha256_of(buf_slice(&text));
	buf_release(&text);
	record_of(json_obj(manifest, "warcinfo"), &l->warcinfo);
	for (int p = 0; p < ARCHIVE_PARTS; p++) {
		const json_t *f = json_obj(json_obj(manifest, "lane"), parts[p]);
		l->lane[p] = (struct listed_lane){ .is_there = f != NULL, .file = json_str(f, "file"),
			                           .from = json_i64(f, "from", -1),
			                           .to = json_i64(f, "to", -1) };
	}
	l->exchange = arena_array(&l->arena, l->n + 1, sizeof(*l->exchange));
	if (rc == 0 && !l->exchange)
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < l->n; i++)
		listed_exchange_of(json_array_get(list, i), &l->exchange[i]);
	return rc;
}

int archive_listing_read(const struct archive *a, struct sha256 order, struct archive_listing *out,
                         struct err *err)
{
	struct buf path = { 0 };
	json_t *manifest = NULL;
	char name[90];

	*out = (struct archive_listing){ .warcinfo = nothing };
	archive_manifest_name(order, name);
	int rc = archive_path(a, name, &path, err);
	if (rc == 0)
		rc = file_read(buf_str(&path), MANIFEST_MAX, &out->text, NULL);
	buf_release(&path);
	if (rc == 0 && walk_manifest(slice_trim(buf_slice(&out->text)), order, out))
		return 0;
	/* What is wrong with it is said by who reads it as JSON, or nothing is. */
	archive_listing_release(out);
	rc = archive_manifest_read(a, order, &manifest, err);
	if (rc == 0)
		rc = archive_listing_of(manifest, out, err);
	out->json = manifest;
	return rc;
}

void archive_listing_release(struct archive_listing *l)
{
	buf_release(&l->text);
	json_decref(l->json);
	arena_release(&l->arena);
	*l = (struct archive_listing){ .n = 0 };
}

/* ---- places ---- */

static int place_of(struct slice file, int64_t at, int64_t length, struct archive_place *out,
                    struct err *err)
{
	struct archive_place p = { .lane = 0 };

	if (!archive_file_of(file, &p.lane, &p.part) || at < 0 || length <= 0 ||
	    length > ARCHIVE_RECORD_MAX * 2LL)
		return err_set(err, ERR_SYNTAX, 0, "no record lies there");
	p.at = (uint64_t)at;
	p.length = (uint64_t)length;
	*out = p;
	return 0;
}

int listed_place(const struct listed_record *r, struct archive_place *out, struct err *err)
{
	return place_of(r->file, r->at, r->length, out, err);
}

int listed_payload_place(const struct listed_record *r, struct archive_place *out, struct err *err)
{
	return place_of(r->payload_file, r->payload_at, r->payload_length, out, err);
}
