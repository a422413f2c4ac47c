/* Records on their way in: built, compressed or sealed, described for the manifest. */
#include "store/archive_putting.h"

#include "base/base64.h"

#include <stdio.h>
#include <stdlib.h>

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "archive: out of memory");
}

/* ---- what is known already ---- */

bool putting_find(const struct archive_order *o, struct sha256 digest, struct archive_payload *out,
                  bool *own)
{
	for (size_t i = 0; i < o->own_n; i++) {
		if (sha256_eq(o->own[i].digest, digest)) {
			*out = o->own[i];
			*own = true;
			return true;
		}
	}
	*own = false;
	return archive_payloads_find(&o->archive->payloads, digest, out);
}

int putting_note(struct archive_order *o, struct sha256 digest, const struct archive_place *place,
                 struct err *err)
{
	if (o->own_n == o->own_cap) {
		size_t cap = o->own_cap ? o->own_cap * 2 : 8;
		struct archive_payload *more = realloc(o->own, cap * sizeof(*more));
		if (!more)
			return no_memory(err);
		o->own = more;
		o->own_cap = cap;
	}
	o->own[o->own_n++] = (struct archive_payload){
		.digest = digest, .lane = place->lane, .length = (uint32_t)place->length, .at = place->at };
	return 0;
}

/* ---- one record ---- */

int putting_place(json_t *r, const struct archive_place *place)
{
	char name[40];

	archive_file_name(place->lane, place->part, name);
	return json_put_str(r, "file", slice_str(name)) | json_put_i64(r, "at", (int64_t)place->at) |
	       json_put_i64(r, "length", (int64_t)place->length);
}

int putting_record(struct putting *p, const struct keeping *k, json_t *r, struct archive_place *place,
                   char id[WARC_ID_SIZE], struct err *err)
{
	struct archive *a = p->o->archive;
	struct buf *out = &p->out[k->part];
	char order[SHA256_HEX], seed[100], crc[9], hex[SHA256_HEX];
	struct warc_head head = k->head;
	struct slice *moved = NULL;
	struct sha256 lead;
	size_t from = out->n, block_at = 0;
	int rc;

	sha256_hex(p->o->id, order);
	snprintf(seed, sizeof(seed), "%s %u %c", order, (unsigned)p->x->number, k->role);
	head.seed = slice_str(seed);
	head.at_ms = p->x->at_ms;
	if (head.type != WARC_WARCINFO)
		head.vantage = p->x->vantage;
	buf_clear(&p->plain);
	if ((rc = warc_put(&p->plain, &head, k->block, id, &block_at, err)))
		return rc;
	if (!(moved = arena_array(&p->arena, k->pieces + 1, sizeof(*moved))))
		return no_memory(err);
	for (size_t i = 0; i < k->pieces; i++)
		moved[i] = slice_from(p->plain.p + block_at + (k->piece[i].p - k->block.p), k->piece[i].n);
	if ((rc = archive_lead(buf_slice(&p->plain), moved, k->pieces, &lead, err)))
		return rc;
	if (k->part == ARCHIVE_SEALED) {
		buf_clear(&a->scratch);
		rc = gzip_put(a->gzip, buf_slice(&p->plain), &a->scratch, err);
		if (rc == 0)
			rc = sealed_put(&a->key, p->o->id, p->x->number, k->role, buf_slice(&a->scratch), out,
			                err);
	} else {
		rc = gzip_put(a->gzip, buf_slice(&p->plain), out, err);
	}
	if (rc)
		return rc;
	*place = (struct archive_place){ p->o->lane->number, k->part, p->o->end[k->part] + from,
		                         out->n - from };
	snprintf(crc, sizeof(crc), "%08x",
	         (unsigned)gzip_crc32(0, slice_sub(buf_slice(out), from, out->n)));
	sha256_hex(lead, hex);
	if (putting_place(r, place) | json_put_str(r, "crc", slice_str(crc)) |
	    json_put_str(r, "lead", slice_str(hex)))
		return no_memory(err);
	return 0;
}

/* ---- a payload, or a revisit of one ---- */

/* What must be told of a message in chunks, so that a revisit gives it back byte for byte: the
 * lengths of what stands before each chunk and of the chunk, and the framing itself. */
static int put_chunks(struct putting *p, const struct keeping *k, size_t head_n, json_t *r,
                      struct err *err)
{
	struct buf framing = { 0 }, text = { 0 };
	json_t *chunks = json_array();
	const char *at = k->block.p + head_n;
	int bad = 0;

	(void)p;
	for (size_t i = 0; i <= k->pieces; i++) {
		const char *to = i < k->pieces ? k->piece[i].p : k->block.p + k->block.n;
		buf_put(&framing, slice_from(at, (size_t)(to - at)));
		bad |= json_add_new(chunks, json_integer(to - at)) |
		       json_add_new(chunks, json_integer(i < k->pieces ? (json_int_t)k->piece[i].n : 0));
		at = i < k->pieces ? to + k->piece[i].n : to;
	}
	base64_encode(buf_slice(&framing), &text);
	bad |= json_put_new(r, "chunks", chunks) | json_put_str(r, "framing", buf_slice(&text)) |
	       !buf_ok(&framing) | !buf_ok(&text);
	buf_release(&framing);
	buf_release(&text);
	return bad ? no_memory(err) : 0;
}

bool putting_refer(struct putting *p, const struct archive_payload *known, struct warc_head *head,
                   struct buf *text)
{
	struct archive *a = p->o->archive;
	struct archive_place place = { known->lane, ARCHIVE_WARC, known->at, known->length };
	char address[EVIDENCE_ADDRESS_SIZE];
	struct warc_record w;
	uint64_t length;
	size_t block_at;
	int rc;

	/* It may be of this exchange, or of this order, and not be written yet. */
	uint64_t end = p->o->end[ARCHIVE_WARC];
	struct slice own = buf_slice(&p->o->pending[ARCHIVE_WARC]);
	if (place.lane == p->o->lane->number && place.at >= end - own.n) {
		size_t from = (size_t)(place.at - (end - own.n));
		if (place.at >= end) {
			own = buf_slice(&p->out[ARCHIVE_WARC]);
			from = (size_t)(place.at - end);
		}
		rc = gzip_get(a->gzip, slice_sub(own, from, from + known->length), ARCHIVE_RECORD_MAX,
		              text, NULL);
		if (rc == 0)
			rc = warc_read_head(buf_slice(text), &w, &block_at, &length, NULL);
	} else {
		rc = archive_read_head(a, &place, text, &w, NULL);
	}
	evidence_address_format(known->digest, address);
	if (rc || !slice_eq_str(w.payload_digest, address))
		return false;
	head->refers_to = w.id;
	head->refers_to_uri = w.target_uri;
	head->refers_to_at_ms = w.at_ms;
	return true;
}

int putting_known(json_t *r, const struct archive_payload *known, struct err *err)
{
	struct archive_place place = { known->lane, ARCHIVE_WARC, known->at, known->length };
	json_t *at = json_object();
	int bad = putting_place(at, &place);

	return json_put_new(r, "payload", at) | bad ? no_memory(err) : 0;
}

int putting_payload(struct putting *p, struct keeping *k, struct slice payload, size_t head_n,
                    enum payload_use use, json_t *r, char id[WARC_ID_SIZE], struct evidence *out,
                    struct err *err)
{
	struct archive *a = p->o->archive;
	struct sha256 digest = sha256_of(payload);
	struct archive_payload known;
	struct archive_place place;
	struct buf text = { 0 };
	bool own;
	char address[EVIDENCE_ADDRESS_SIZE];
	bool shared = use != PAYLOAD_PLAIN && payload.n && k->part == ARCHIVE_WARC;
	bool again = shared && use == PAYLOAD_DEDUPE && k->pieces <= ARCHIVE_CHUNKS_MAX &&
	             putting_find(p->o, digest, &known, &own) && putting_refer(p, &known, &k->head, &text);
	int rc = 0;

	evidence_address_format(digest, address);
	k->head.payload = &digest;
	if (json_put_str(r, "address", slice_str(address)) |
	    json_put_i64(r, "bytes", (int64_t)payload.n) |
	    (out->media_type.n ? json_put_str(r, "media_type", out->media_type) : 0))
		rc = no_memory(err);
	if (rc == 0 && again) {
		bool whole = k->pieces == 1 && k->piece[0].p + k->piece[0].n == k->block.p + k->block.n &&
		             k->piece[0].p == k->block.p + head_n;
		rc = putting_known(r, &known, err);
		if (rc == 0 && !whole)
			rc = put_chunks(p, k, head_n, r, err);
		k->head.type = WARC_REVISIT;
		k->block = slice_sub(k->block, 0, head_n);
		k->pieces = 0;
	}
	if (rc == 0)
		rc = putting_record(p, k, r, &place, id, err);
	buf_release(&text);
	if (rc == 0 && !again && shared)
		rc = putting_note(p->o, digest, &place, err);
	if (rc)
		return rc;
	if (again)
		place = (struct archive_place){ known.lane, ARCHIVE_WARC, known.at, known.length };
	struct archive_lane *lane = archive_lane(a, place.lane);
	if (!lane)
		return no_memory(err);
	out->address = digest;
	out->length = payload.n;
	out->has_where = true;
	out->file = slice_str(lane->file[place.part]);
	out->offset = place.at;
	return 0;
}
