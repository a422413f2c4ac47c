/* An address has one spelling, so that two texts are equal when what they name is. */
#include "model/evidence.h"

#include <string.h>

static const struct slice PREFIX = { "sha256:", 7 };

int evidence_address_parse(struct slice s, struct sha256 *out, struct err *err)
{
	if (!slice_starts(s, PREFIX) || !sha256_parse_hex(slice_sub(s, PREFIX.n, s.n), out))
		return err_set(err, ERR_SYNTAX, 0,
			       "not an address (sha256: and 64 lower-case hexadecimal digits)");
	return 0;
}

void evidence_address_format(struct sha256 digest, char out[EVIDENCE_ADDRESS_SIZE])
{
	memcpy(out, PREFIX.p, PREFIX.n);
	sha256_hex(digest, out + PREFIX.n);
}

const char *evidence_class_name(enum evidence_class class)
{
	return class == EVIDENCE_RESTRICTED ? "restricted" : "public";
}

static int read_where(const json_t *where, struct evidence *e, struct err *err)
{
	int64_t offset = 0;
	int rc = json_need_str(where, "file", &e->file, err);

	if (rc)
		return rc;
	if (json_object_get(where, "offset") && (rc = json_need_i64(where, "offset", &offset, err)))
		return rc;
	if (e->file.n == 0 || offset < 0)
		return err_set(err, ERR_SYNTAX, 0, "evidence: where needs a file, and no negative offset");
	e->has_where = true;
	e->offset = (uint64_t)offset;
	return 0;
}

int evidence_from_json(const json_t *object, struct evidence *out, struct err *err)
{
	struct evidence e = { 0 };
	struct slice address, class;
	int64_t length;
	json_t *where;
	int rc;

	if ((rc = json_need_str(object, "address", &address, err)) ||
	    (rc = evidence_address_parse(address, &e.address, err)) ||
	    (rc = json_need_str(object, "class", &class, err)) ||
	    (rc = json_need_i64(object, "length", &length, err)))
		return rc;
	if (slice_eq_str(class, "restricted"))
		e.class = EVIDENCE_RESTRICTED;
	else if (!slice_eq_str(class, "public"))
		return err_set(err, ERR_SYNTAX, 0, "evidence: class is neither public nor restricted");
	if (length < 0)
		return err_set(err, ERR_SYNTAX, 0, "evidence: length is negative");
	e.length = (uint64_t)length;
	e.media_type = json_str(object, "media_type");
	if (json_object_get(object, "where") &&
	    ((rc = json_need_obj(object, "where", &where, err)) || (rc = read_where(where, &e, err))))
		return rc;
	*out = e;
	return 0;
}

json_t *evidence_to_json(const struct evidence *e)
{
	char address[EVIDENCE_ADDRESS_SIZE];
	json_t *object = json_object();

	evidence_address_format(e->address, address);
	int bad = json_put_str(object, "address", slice_str(address)) |
		  json_put_str(object, "class", slice_str(evidence_class_name(e->class))) |
		  json_put_i64(object, "length", (int64_t)e->length);
	if (e->media_type.n)
		bad |= json_put_str(object, "media_type", e->media_type);
	if (e->has_where) {
		json_t *where = json_object();
		bad |= json_put_str(where, "file", e->file) |
		       json_put_i64(where, "offset", (int64_t)e->offset);
		bad |= json_put_new(object, "where", where);
	}
	if (!bad)
		return object;
	json_decref(object);
	return NULL;
}
