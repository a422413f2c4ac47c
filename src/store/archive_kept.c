/* What was kept, given back as it was put. */
#include "store/archive_inside.h"

#include "base/base64.h"
#include "wire/warc_writer.h"

#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

static int bad_entry(const char *what, struct err *err)
{
	return err_set(err, ERR_CORRUPT, 0, "archive: a manifest's entry has a bad %s", what);
}

/* Read a record into an arena, and take it apart. */
static int read_parsed(struct archive *a, const struct archive_place *place, struct arena *arena,
                       struct archive_record *out, struct err *err)
{
	struct buf plain = { 0 };
	int rc = archive_read_record(a, place, &plain, err);

	if (rc == 0) {
		struct slice copy = arena_copy(arena, buf_slice(&plain));
		rc = copy.p ? archive_record_parse(copy, arena, out, err) : no_memory(err);
	}
	buf_release(&plain);
	if (rc == ERR_SYNTAX && err)
		err->code = ERR_CORRUPT;
	return rc == ERR_SYNTAX ? ERR_CORRUPT : rc;
}

static int read_of(struct archive *a, const json_t *r, struct arena *arena,
                   struct archive_record *out, struct err *err)
{
	struct archive_place place;

	if (archive_place_of(r, &place, NULL))
		return bad_entry("place", err);
	return read_parsed(a, &place, arena, out, err);
}

/* The payload that a record's payload digest names, wherever it lies. */
static int payload_of(struct archive *a, const json_t *r, struct arena *arena, struct slice *out,
                      struct err *err)
{
	const json_t *elsewhere = json_obj(r, "payload");
	struct archive_record record;
	struct sha256 digest;
	int rc;

	if (evidence_address_parse(json_str(r, "address"), &digest, NULL))
		return bad_entry("address", err);
	rc = read_of(a, elsewhere ? elsewhere : r, arena, &record, err);
	if (rc == 0 && !sha256_eq(sha256_of(record.payload), digest))
		rc = err_set(err, ERR_CORRUPT, 0, "archive: %.*s at %lld: the payload was altered",
		             SLICE_ARG(json_str(elsewhere ? elsewhere : r, "file")),
		             (long long)json_i64(elsewhere ? elsewhere : r, "at", 0));
	if (rc == 0)
		*out = record.payload;
	return rc;
}

/* A message of its header, its payload and the framing of its chunks. */
static int rebuild(struct slice head, struct slice payload, const json_t *r, struct arena *arena,
                   struct slice *out, struct err *err)
{
	const json_t *chunks = json_arr(r, "chunks");
	struct buf framing = { 0 }, message = { 0 };
	struct slice frame;
	int rc = 0;

	buf_put(&message, head);
	if (!chunks) {
		buf_put(&message, payload);
	} else if (base64_decode(json_str(r, "framing"), &framing, NULL)) {
		rc = bad_entry("framing", err);
	}
	frame = buf_slice(&framing);
	for (size_t i = 0; rc == 0 && chunks && i + 1 < json_array_size(chunks); i += 2) {
		json_int_t before = json_integer_value(json_array_get(chunks, i));
		json_int_t n = json_integer_value(json_array_get(chunks, i + 1));
		if (before < 0 || n < 0 || (uint64_t)before > frame.n || (uint64_t)n > payload.n) {
			rc = bad_entry("framing", err);
			break;
		}
		buf_put(&message, slice_sub(frame, 0, (size_t)before));
		buf_put(&message, slice_sub(payload, 0, (size_t)n));
		frame = slice_sub(frame, (size_t)before, frame.n);
		payload = slice_sub(payload, (size_t)n, payload.n);
	}
	*out = arena_copy(arena, buf_slice(&message));
	if (rc == 0 && (!out->p || !buf_ok(&message)))
		rc = no_memory(err);
	buf_release(&framing);
	buf_release(&message);
	return rc;
}

static int evidence_of(struct archive *a, const json_t *entry, const json_t *r, struct evidence *out,
                       struct err *err)
{
	const json_t *elsewhere = json_obj(r, "payload");
	struct evidence e = { .has_where = true, .media_type = json_str(r, "media_type") };
	struct archive_place place;

	if (evidence_address_parse(json_str(r, "address"), &e.address, NULL))
		return bad_entry("address", err);
	if (archive_place_of(elsewhere ? elsewhere : r, &place, NULL))
		return bad_entry("place", err);
	struct archive_lane *lane = archive_lane(a, place.lane);
	if (!lane)
		return no_memory(err);
	e.class = slice_eq_str(json_str(entry, "class"), "restricted") ? EVIDENCE_RESTRICTED
	                                                               : EVIDENCE_PUBLIC;
	e.length = (uint64_t)json_i64(r, "bytes", 0);
	e.file = slice_str(lane->file[place.part]);
	e.offset = place.at;
	*out = e;
	return 0;
}

static int get_response(struct archive *a, const json_t *entry, struct arena *arena,
                        struct exchange *x, struct archive_kept *kept, struct err *err)
{
	const json_t *r = json_obj(entry, "response");
	struct archive_record record;
	struct slice payload;
	int rc;

	if (!r)
		return 0;
	rc = read_of(a, r, arena, &record, err);
	if (rc == 0 && json_obj(r, "payload")) {
		rc = payload_of(a, r, arena, &payload, err);
		if (rc == 0)
			rc = rebuild(record.warc.block, payload, r, arena, &x->response, err);
	} else if (rc == 0) {
		x->response = record.warc.block;
	}
	if (rc == 0)
		rc = evidence_of(a, entry, r, &kept->response, err);
	kept->has_response = rc == 0;
	return rc;
}

static int get_picture(struct archive *a, const json_t *entry, struct arena *arena,
                       struct exchange *x, struct archive_kept *kept, struct err *err)
{
	const json_t *r = json_obj(entry, "picture");
	int rc;

	if (!r)
		return 0;
	rc = payload_of(a, r, arena, &x->picture, err);
	if (rc == 0)
		rc = evidence_of(a, entry, r, &kept->picture, err);
	kept->has_picture = rc == 0;
	return rc;
}

static int get_request(struct archive *a, const json_t *entry, struct arena *arena,
                       struct exchange *x, struct err *err)
{
	const json_t *r = json_obj(entry, "request");
	struct archive_record record;
	int rc = r ? read_of(a, r, arena, &record, err) : 0;

	if (r && rc == 0)
		x->request = record.warc.block;
	return rc;
}

/* As archive_put.c wrote it. */
static int get_chain(struct archive *a, const json_t *entry, struct arena *arena, struct exchange *x,
                     struct err *err)
{
	const json_t *r = json_obj(entry, "chain");
	struct slice pem, line, *chain;
	struct buf text = { 0 }, der = { 0 };
	size_t n = 0, i = 0;
	int rc;

	if (!r)
		return 0;
	if ((rc = payload_of(a, r, arena, &pem, err)))
		return rc;
	for (struct slice rest = pem; slice_cut(&rest, '\n', &line);)
		n += slice_eq(line, SLICE("-----BEGIN CERTIFICATE-----"));
	chain = arena_array(arena, n + 1, sizeof(*chain));
	if (!chain)
		return no_memory(err);
	for (struct slice rest = pem; rc == 0 && slice_cut(&rest, '\n', &line);) {
		if (slice_eq(line, SLICE("-----BEGIN CERTIFICATE-----"))) {
			buf_clear(&text);
		} else if (!slice_eq(line, SLICE("-----END CERTIFICATE-----"))) {
			buf_put(&text, line);
		} else if (i < n) {
			buf_clear(&der);
			if (base64_decode(buf_slice(&text), &der, NULL))
				rc = bad_entry("certificate", err);
			else if (!(chain[i] = arena_copy(arena, buf_slice(&der))).p)
				rc = no_memory(err);
			i++;
		}
	}
	buf_release(&text);
	buf_release(&der);
	x->chain = chain;
	x->chain_n = n;
	return rc;
}

static int describe(const json_t *entry, struct exchange *x, struct err *err)
{
	struct slice fault = json_str(entry, "fault"), cut = json_str(entry, "cut");

	x->vantage = json_str(entry, "vantage");
	x->uri = json_str(entry, "uri");
	x->remote = json_str(entry, "remote");
	x->tls_verify = json_string_value(json_object_get(entry, "tls_verify"));
	x->took_ms = json_i64(entry, "took_ms", 0);
	if (warc_date_parse(json_str(entry, "at"), &x->at_ms, NULL))
		return bad_entry("time", err);
	if (!exchange_kind_of(json_str(entry, "kind"), &x->kind) ||
	    (fault.p && !exchange_fault_of(fault, &x->fault)) ||
	    (cut.p && !exchange_cut_of(cut, &x->cut)))
		return bad_entry("word", err);
	return 0;
}

static int each_entry(struct archive *a, const json_t *entry, archive_kept_fn fn, void *ctx,
                      struct err *err)
{
	struct archive_kept kept = { .x = NULL };
	struct exchange x = { .number = 0 };
	struct arena arena = { 0 };
	int64_t number = json_i64(entry, "number", -1);
	int rc = 0;

	if (number < 0 || number > UINT32_MAX)
		return bad_entry("number", err);
	kept.number = x.number = (uint32_t)number;
	if (slice_eq_str(json_str(entry, "kind"), "reading")) {
		if (!exchange_fault_of(json_str(entry, "fault"), &kept.fault))
			return bad_entry("fault", err);
		return fn(ctx, &kept, err);
	}
	if ((rc = describe(entry, &x, err)) == 0 &&
	    (rc = get_response(a, entry, &arena, &x, &kept, err)) == 0 &&
	    (rc = get_request(a, entry, &arena, &x, err)) == 0 &&
	    (rc = get_picture(a, entry, &arena, &x, &kept, err)) == 0 &&
	    (rc = get_chain(a, entry, &arena, &x, err)) == 0) {
		kept.x = &x;
		kept.fault = x.fault;
		kept.purpose = json_string_value(json_object_get(entry, "purpose"));
		rc = fn(ctx, &kept, err);
	}
	arena_release(&arena);
	return rc;
}

int archive_each_kept(struct archive *a, struct sha256 order, archive_kept_fn fn, void *ctx,
                      struct err *err)
{
	json_t *manifest = NULL, *entry;
	size_t i;
	int rc = archive_manifest_read(a, order, &manifest, err);

	if (rc)
		return rc;
	json_array_foreach(json_arr(manifest, "exchanges"), i, entry) {
		rc = each_entry(a, entry, fn, ctx, err);
		if (rc)
			break;
	}
	json_decref(manifest);
	return rc;
}

/* Where a digest lies that comes without a place. */
static int find_place(struct archive *a, struct sha256 digest, struct archive_place *out,
                      struct err *err)
{
	struct archive_payload known;
	struct buf path = { 0 };
	int rc = 0;

	if (!a->payloads.open) { /* only reading: as the file is now */
		rc = archive_path(a, "payloads", &path, err);
		if (rc == 0)
			rc = archive_payloads_open(buf_str(&path), false, UINT64_MAX, &a->payloads, err);
		buf_release(&path);
	}
	if (rc == 0 && !archive_payloads_find(&a->payloads, digest, &known))
		rc = err_set(err, ERR_NOTFOUND, 0, "archive %s: has no such evidence", a->dir);
	if (rc == 0)
		*out = (struct archive_place){ known.lane, ARCHIVE_WARC, known.at, known.length };
	return rc;
}

/* What an order has put may be wanted before it is sealed. */
static int write_pending(struct archive *a, const struct archive_place *place, struct err *err)
{
	for (struct archive_order *o = a->under_way; o; o = o->next)
		if (o->lane->number == place->lane)
			return archive_flush(o, place->part, err);
	return 0;
}

int archive_get(struct archive *a, const struct evidence *e, struct buf *out, struct err *err)
{
	struct archive_place place = { .lane = 0 };
	struct archive_record record;
	struct arena arena = { 0 };
	int rc = 0;

	if (!e->has_where)
		rc = find_place(a, e->address, &place, err);
	else if (!archive_file_of(e->file, &place.lane, &place.part))
		rc = err_set(err, ERR_NOTFOUND, 0, "archive %s: has no file '%.*s'", a->dir,
		             SLICE_ARG(e->file));
	else
		place.at = e->offset;
	if (rc == 0)
		rc = write_pending(a, &place, err);
	if (rc == 0)
		rc = read_parsed(a, &place, &arena, &record, err);
	if (rc == 0 && !sha256_eq(sha256_of(record.payload), e->address))
		rc = err_set(err, ERR_CORRUPT, 0, "archive %s: what lies at %.*s %llu has another digest",
		             a->dir, SLICE_ARG(e->file), (unsigned long long)e->offset);
	if (rc == 0) {
		size_t keep = out->n;
		buf_put(out, record.payload);
		if (!buf_ok(out)) {
			out->n = keep;
			rc = no_memory(err);
		}
	}
	arena_release(&arena);
	return rc;
}
