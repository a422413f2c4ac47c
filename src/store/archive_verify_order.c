/* One order: record by record, which must lie one behind the other and fill exactly the range that
 * the manifest names. */
#include "store/archive_listing.h"
#include "store/archive_verifying.h"

#include <stdio.h>
#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

int verifying_add(struct list *l, const void *one, struct err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 1024;
		char *more = realloc(l->at, cap * l->size);
		if (!more)
			return no_memory(err);
		l->at = more;
		l->cap = cap;
	}
	memcpy(l->at + l->n++ * l->size, one, l->size);
	return 0;
}

void verifying_find(struct verifying *v, enum archive_trouble trouble, const char *file,
                 const uint64_t *offset, const char *what)
{
	struct archive_finding f = { .trouble = trouble, .file = file, .what = what, .order = v->order,
		                     .has_order = v->in_order };
	char part[60];

	if (offset) {
		f.offset = *offset;
		f.has_offset = true;
	}
	if (v->in_order && v->part && v->number >= 0) {
		snprintf(part, sizeof(part), "exchange %lld %s", (long long)v->number, v->part);
		f.part = part;
	} else if (v->in_order) {
		f.part = v->part;
	}
	v->out->findings++;
	v->fn(v->ctx, &f);
}

/* ---- one record ---- */

enum { WINDOW = 256 << 10 };

/* The stored bytes of a record, until the next are asked for. An order's records lie one behind the
 * other: some are read at once, as many as stay in the processor's cache. */
static int read_stored(struct verifying *v, const struct archive_place *place, const char *name,
                       struct slice *out, struct err *err)
{
	struct buf *bytes = &v->window.bytes;
	uint64_t to = v->to[place->part], take = place->length;

	if (v->window.lane == place->lane && v->window.part == place->part &&
	    place->at >= v->window.at && place->at - v->window.at <= bytes->n &&
	    bytes->n - (place->at - v->window.at) >= place->length) {
		size_t from = (size_t)(place->at - v->window.at);
		*out = slice_sub(buf_slice(bytes), from, from + (size_t)place->length);
		return 0;
	}
	if (take < WINDOW && to > place->at)
		take = to - place->at < WINDOW ? to - place->at : WINDOW;
	if (take < place->length)
		take = place->length;
	buf_clear(bytes);
	v->window.lane = place->lane;
	v->window.part = place->part;
	v->window.at = place->at;
	int rc = archive_read_at(v->a, name, place->at, take, bytes, NULL);
	if (rc) /* what is behind it may be gone */
		rc = archive_read_at(v->a, name, place->at, place->length, bytes, err);
	if (rc == 0)
		*out = slice_sub(buf_slice(bytes), 0, (size_t)place->length);
	return rc;
}

/* 0 and *checked false where there is no key. Failures of the system are returned; of the data,
 * found. */
static int open_record(struct verifying *v, const struct archive_place *place, const char *name,
                       struct slice member, bool *checked, struct err *err)
{
	struct archive *a = v->a;
	struct buf opened = { 0 };
	struct err why = { 0 };
	int rc = 0;

	*checked = false;
	buf_clear(&v->plain);
	if (place->part == ARCHIVE_SEALED) {
		rc = a->has_key ? sealed_get(&a->key, member, &opened, &why) : ERR_REFUSED;
		member = buf_slice(&opened);
	}
	if (rc == ERR_REFUSED) {
		v->out->unchecked++;
		return 0;
	}
	if (rc == 0)
		rc = gzip_get_unsummed(a->gzip, member, ARCHIVE_RECORD_MAX, &v->plain, &why);
	buf_release(&opened);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc)
		verifying_find(v, TROUBLE_ALTERED, name, &place->at, why.what);
	*checked = rc == 0;
	return 0;
}

/* What the manifest says of the record's content. */
static int check_content(struct verifying *v, const struct listed_record *r, const struct archive_place *place,
                         const char *name, struct err *err)
{
	struct archive_record record;
	struct arena arena = { 0 };
	struct err why = { 0 };
	struct sha256 lead, want, payload;
	bool own = r->address.p && !r->has_payload;
	int rc = archive_record_parse(buf_slice(&v->plain), &arena, &record, &why);

	if (rc == 0)
		rc = archive_lead(buf_slice(&v->plain), record.piece, record.pieces, &lead, &why);
	v->out->bytes += v->plain.n;
	if (rc == 0 && (!sha256_parse_hex(r->lead, &want) || !sha256_eq(lead, want)))
		rc = err_set(&why, ERR_CORRUPT, 0, "the record's header has another digest than was sealed");
	if (rc == 0 && own) {
		payload = sha256_of(record.payload);
		rc = evidence_address_parse(r->address, &want, &why);
		if (rc == 0 && (!sha256_eq(payload, want) ||
		                r->bytes != (int64_t)record.payload.n))
			rc = err_set(&why, ERR_CORRUPT, 0, "the payload has another digest than was sealed");
	}
	if (rc == 0 && own && place->part == ARCHIVE_WARC) {
		struct lying l = { .at = place->at, .lane = place->lane };
		memcpy(l.digest, payload.b, sizeof(l.digest));
		rc = verifying_add(&v->have, &l, &why);
	}
	arena_release(&arena);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc)
		verifying_find(v, TROUBLE_ALTERED, name, &place->at, why.what);
	return 0;
}

static int check_record(struct verifying *v, const struct listed_record *r, uint64_t end[ARCHIVE_PARTS],
                        unsigned lane, struct err *err)
{
	struct archive_place place;
	char name[40];
	struct err why = { 0 };
	struct slice stored;
	uint8_t want[4];
	bool checked = false;

	if (listed_place(r, &place, &why)) {
		verifying_find(v, TROUBLE_ALTERED, "orders", NULL, why.what);
		return 0;
	}
	archive_file_name(place.lane, place.part, name);
	if (place.lane != lane || place.at != end[place.part])
		verifying_find(v, TROUBLE_ALTERED, name, &place.at,
		     "the manifest's records do not lie one behind the other");
	end[place.part] = place.at + place.length;
	v->out->records++;
	v->out->stored += place.length;
	int rc = read_stored(v, &place, name, &stored, &why);
	if (rc == ERR_NOTFOUND || rc == ERR_CORRUPT) {
		verifying_find(v, TROUBLE_MISSING, name, &place.at, "the record is not there");
		return 0;
	}
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	uint32_t crc = gzip_crc32(0, stored);
	if (!hex_decode(r->crc, want, sizeof(want)) ||
	    crc != ((uint32_t)want[0] << 24 | (uint32_t)want[1] << 16 | (uint32_t)want[2] << 8 | want[3])) {
		verifying_find(v, TROUBLE_ALTERED, name, &place.at, "the stored record was altered");
		return 0;
	}
	rc = open_record(v, &place, name, stored, &checked, err);
	return rc || !checked ? rc : check_content(v, r, &place, name, err);
}

/* ---- one order ---- */

static int check_part(struct verifying *v, const struct listed_exchange *x, enum listed_part part,
                      uint64_t end[ARCHIVE_PARTS], unsigned lane, struct err *err)
{
	const struct listed_record *r = &x->part[part];
	struct archive_place place;
	struct sha256 digest;
	int rc = 0;

	if (!r->is_there)
		return 0;
	v->part = listed_part_name(part);
	v->number = x->number;
	if (r->has_payload) {
		if (listed_payload_place(r, &place, NULL) || place.part != ARCHIVE_WARC ||
		    evidence_address_parse(r->address, &digest, NULL)) {
			verifying_find(v, TROUBLE_ALTERED, "orders", NULL, "a revisit of no known place");
		} else {
			struct lying l = { .at = place.at, .lane = place.lane,
				           .order = (uint32_t)v->out->orders };
			memcpy(l.digest, digest.b, sizeof(l.digest));
			rc = verifying_add(&v->need, &l, err);
		}
	}
	if (rc == 0 && r->file.p)
		rc = check_record(v, r, end, lane, err);
	return rc;
}

static int check_ranges(struct verifying *v, const struct archive_listing *l, unsigned *lane,
                        uint64_t end[ARCHIVE_PARTS], struct err *err)
{
	int rc = 0;

	*lane = 0;
	for (int p = 0; rc == 0 && p < ARCHIVE_PARTS; p++) {
		const struct listed_lane *f = &l->lane[p];
		struct range r = { .part = (uint32_t)p };
		enum archive_part part = ARCHIVE_PARTS;
		unsigned number = 0;
		end[p] = UINT64_MAX;
		v->to[p] = 0;
		if (!f->is_there && p == ARCHIVE_SEALED)
			continue;
		if (!archive_file_of(f->file, &number, &part) || part != (enum archive_part)p ||
		    f->from < 0 || f->to < f->from || (*lane && number != *lane)) {
			verifying_find(v, TROUBLE_ALTERED, "orders", NULL, "the manifest names no files of ours");
			continue;
		}
		*lane = number;
		r.lane = number;
		r.from = end[p] = (uint64_t)f->from;
		r.to = v->to[p] = (uint64_t)f->to;
		if (r.to > r.from)
			rc = verifying_add(&v->ranges, &r, err);
	}
	return rc;
}

static void check_end(struct verifying *v, const struct archive_listing *l,
                      const uint64_t end[ARCHIVE_PARTS])
{
	v->part = NULL;
	for (int p = 0; p < ARCHIVE_PARTS; p++)
		if (l->lane[p].is_there && (uint64_t)l->lane[p].to != end[p])
			verifying_find(v, TROUBLE_ALTERED, "orders", NULL,
			               "the manifest's records do not fill its range");
}

static uint64_t line_hash(struct slice line)
{
	static const struct hash_key fixed = { 0x61727373, 0x6379 };

	return hash_bytes(fixed, line);
}

void verifying_sum(struct verifying *v, struct slice lines, int sign)
{
	struct slice line;

	while (slice_cut(&lines, '\n', &line)) {
		v->index_sum += sign > 0 ? line_hash(line) : -line_hash(line);
		v->index_lines += sign > 0 ? 1 : (uint64_t)-1;
	}
}

/* Its lines of the index. What they cannot be made of was found with the records. */
static int sum_lines(struct verifying *v, const struct archive_listing *l, struct err *err)
{
	struct archive_indexed x = { .n = 0 };
	struct err why = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < l->n; i++)
		rc = archive_index_of(&l->exchange[i], &x, &why);
	if (rc == 0)
		verifying_sum(v, buf_slice(&x.lines), 1);
	archive_indexed_release(&x);
	return rc == ERR_NOMEM ? no_memory(err) : 0;
}

static int check_listed(struct verifying *v, const struct archive_listing *l, struct err *err)
{
	uint64_t end[ARCHIVE_PARTS];
	unsigned lane = 0;

	if (l->has_about && !sha256_eq(l->about, v->order))
		verifying_find(v, TROUBLE_ALTERED, "orders", NULL,
		               "the order is not the digest of what it is about");
	int rc = check_ranges(v, l, &lane, end, err);
	if (rc == 0 && l->warcinfo.is_there) {
		v->part = "warcinfo";
		rc = check_record(v, &l->warcinfo, end, lane, err);
	}
	for (size_t i = 0; i < l->n; i++) {
		v->out->exchanges += !slice_eq_str(l->exchange[i].kind, "reading");
		for (int p = 0; rc == 0 && p < LISTED_PARTS; p++)
			rc = check_part(v, &l->exchange[i], (enum listed_part)p, end, lane, err);
	}
	if (rc == 0)
		check_end(v, l, end);
	return rc ? rc : sum_lines(v, l, err);
}

int verifying_order(struct verifying *v, struct sha256 order, struct err *err)
{
	struct archive_listing listing;
	struct err why = { 0 };
	char name[90];

	v->order = order;
	v->in_order = true;
	v->part = NULL;
	v->number = -1;
	archive_manifest_name(order, name);
	int rc = archive_listing_read(v->a, order, &listing, &why);
	v->out->orders++;
	if (rc == ERR_NOTFOUND || rc == ERR_CORRUPT) {
		verifying_find(v, rc == ERR_CORRUPT ? TROUBLE_ALTERED : TROUBLE_MISSING, name, NULL,
		               why.what);
		rc = 0;
	} else if (rc) {
		if (err)
			*err = why;
	} else {
		rc = check_listed(v, &listing, err);
	}
	archive_listing_release(&listing);
	v->in_order = false;
	return rc;
}
