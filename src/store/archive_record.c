/* Stored records: read, opened, taken apart. */
#include "store/archive_inside.h"

#include "wire/http_response.h"
#include "wire/inflate.h"

#include <stdio.h>

enum { HEAD_MAX = 32 << 10 /* of a record: its address may have 8,000 bytes, twice */ };

/* The length of a sealed record is in its head; of a gzip member it shows only when it is read. */
static int length_of(struct archive *a, struct archive_place *place, struct err *err)
{
	char name[40];
	struct sealed_head head;
	struct buf bytes = { 0 };
	uint64_t file = 0;

	archive_file_name(place->lane, place->part, name);
	int rc = archive_length(a, name, &file, err);
	if (rc == 0 && place->at >= file)
		rc = err_set(err, file ? ERR_CORRUPT : ERR_NOTFOUND, 0, "%s/%s: has no byte %llu",
		             a->dir, name, (unsigned long long)place->at);
	if (rc)
		return rc;
	if (place->part == ARCHIVE_WARC) {
		place->length = file - place->at;
		if (place->length > ARCHIVE_RECORD_MAX)
			place->length = ARCHIVE_RECORD_MAX;
		return 0;
	}
	rc = archive_read_at(a, name, place->at, SEALED_HEAD, &bytes, err);
	if (rc == 0)
		rc = sealed_head_read(buf_slice(&bytes), &head, err);
	if (rc == 0)
		place->length = SEALED_HEAD + (uint64_t)head.length;
	buf_release(&bytes);
	return rc;
}

/* Our own file is not what it was. */
static int damaged(int rc, const char *name, uint64_t at, struct err *err)
{
	if (rc != ERR_SYNTAX && rc != ERR_LIMIT && rc != ERR_CORRUPT)
		return rc;
	if (err) {
		err_wrap(err, "%s at %llu", name, (unsigned long long)at);
		err->code = ERR_CORRUPT;
	}
	return ERR_CORRUPT;
}

int archive_read_record(struct archive *a, const struct archive_place *place, struct buf *out,
                        struct err *err)
{
	struct archive_place p = *place;
	bool known = p.length != 0;
	struct buf opened = { 0 };
	char name[40];
	int rc = 0;

	archive_file_name(p.lane, p.part, name);
	if (p.part == ARCHIVE_SEALED && !a->has_key)
		return err_set(err, ERR_REFUSED, 0, "%s at %llu: is restricted, and the key is not here",
		               name, (unsigned long long)p.at);
	if (!known)
		rc = length_of(a, &p, err);
	buf_clear(&a->scratch);
	if (rc == 0)
		rc = archive_read_at(a, name, p.at, p.length, &a->scratch, err);
	struct slice member = buf_slice(&a->scratch);
	if (rc == 0 && p.part == ARCHIVE_SEALED) {
		rc = sealed_get(&a->key, member, &opened, err);
		member = buf_slice(&opened);
		known = true;
	}
	if (rc == 0 && known) {
		rc = gzip_get(a->gzip, member, ARCHIVE_RECORD_MAX, out, err);
	} else if (rc == 0) {
		size_t used = 0;
		bool ended = false;
		rc = inflate_stream(INFLATE_GZIP, member, ARCHIVE_RECORD_MAX, out, &used, &ended, err);
		if (rc == 0 && !ended)
			rc = err_set(err, ERR_SYNTAX, 0, "the gzip member is damaged");
	}
	buf_release(&opened);
	return rc ? damaged(rc, name, p.at, err) : 0;
}

int archive_read_head(struct archive *a, const struct archive_place *place, struct buf *text,
                      struct warc_record *out, struct err *err)
{
	uint64_t length = 0, take = place->length < HEAD_MAX ? place->length : HEAD_MAX;
	size_t used = 0, block_at = 0;
	bool ended = false;
	char name[40];

	archive_file_name(place->lane, place->part, name);
	buf_clear(&a->scratch);
	buf_clear(text);
	int rc = archive_read_at(a, name, place->at, take, &a->scratch, err);
	if (rc == 0) {
		rc = inflate_stream(INFLATE_GZIP, buf_slice(&a->scratch), HEAD_MAX, text, &used, &ended,
		                    err);
		if (rc == ERR_LIMIT)
			rc = 0; /* the block goes on */
	}
	if (rc == 0)
		rc = warc_read_head(buf_slice(text), out, &block_at, &length, err);
	return rc ? damaged(rc, name, place->at, err) : 0;
}

static bool is_http(struct slice content_type)
{
	return slice_eq_nocase(slice_sub(content_type, 0, 16), SLICE("application/http"));
}

/* The pieces of a payload in a message; one where it is not in chunks. */
static int pieces_of(struct slice message, const struct http_response *http, struct arena *arena,
                     struct archive_record *out, struct err *err)
{
	out->pieces = http_response_pieces(message, http, NULL, 0);
	struct slice *piece = arena_array(arena, out->pieces + 1, sizeof(*piece));
	if (!piece)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	http_response_pieces(message, http, piece, out->pieces);
	out->piece = piece;
	return 0;
}

int archive_record_parse(struct slice plain, struct arena *arena, struct archive_record *out,
                         struct err *err)
{
	struct archive_record r = { .pieces = 0 };
	struct http_response http;
	uint64_t length = 0;
	int rc = warc_read_head(plain, &r.warc, &r.block_at, &length, err);

	if (rc)
		return rc;
	if (length + 4 != plain.n - r.block_at)
		return err_set(err, ERR_SYNTAX, 0, "warc: a block of %llu bytes in a record of %zu",
		               (unsigned long long)length, plain.n);
	r.warc.block = slice_sub(plain, r.block_at, r.block_at + (size_t)length);
	switch (r.warc.type) {
	case WARC_RESPONSE:
		if (!is_http(r.warc.content_type))
			break;
		if ((rc = http_response_parse(r.warc.block, arena, &http, err)))
			return rc;
		r.payload = http.payload;
		if ((rc = pieces_of(r.warc.block, &http, arena, &r, err)))
			return rc;
		*out = r;
		return 0;
	case WARC_RESOURCE:
		break;
	case WARC_METADATA:
		if (slice_eq_str(r.warc.content_type, ARCHIVE_CHAIN_TYPE))
			break;
		/* fallthrough */
	default: /* a query and a revisit have none of their own */
		*out = r;
		return 0;
	}
	struct slice *piece = ARENA_NEW(arena, struct slice);
	if (!piece)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	*piece = r.payload = r.warc.block;
	r.piece = piece;
	r.pieces = r.payload.n ? 1 : 0;
	*out = r;
	return 0;
}

int archive_lead(struct slice plain, const struct slice *piece, size_t pieces, struct sha256 *out,
                 struct err *err)
{
	struct sha256_stream *h = sha256_new();
	const char *at = plain.p;

	if (!h)
		return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
	for (size_t i = 0; i < pieces; i++) {
		sha256_add(h, slice_from(at, (size_t)(piece[i].p - at)));
		at = piece[i].p + piece[i].n;
	}
	sha256_add(h, slice_from(at, (size_t)(plain.p + plain.n - at)));
	*out = sha256_end(h);
	return 0;
}
