#include "wire/rdap_redacted.h"

#include "wire/rdap_vcard.h"

/* RFC 9537 4.2: a registered type, or words of the server's own. */
static struct slice typed(const json_t *named)
{
	struct slice type = json_str(named, "type");

	return slice_trim(type).n ? type : json_str(named, "description");
}

static int read_one(const json_t *entry, struct arena *a, struct rdap_redaction *out,
                    struct err *err)
{
	struct slice method = json_str(entry, "method");

	*out = (struct rdap_redaction){
		.field = rdap_text(typed(json_obj(entry, "name")), a),
		/* 4.2: the default where it is left out. */
		.method = rdap_text(method.n ? method : SLICE("removal"), a),
		.reason = rdap_text(typed(json_obj(entry, "reason")), a),
	};
	if (!out->field.p || !out->method.p || !out->reason.p)
		return err_set(err, ERR_NOMEM, 0, "rdap: no memory");
	/* Control characters alone leave nothing. */
	if (!out->method.n)
		out->method = SLICE("removal");
	return 0;
}

int rdap_redacted_read(const json_t *redacted, struct arena *a, struct rdap_redaction **out,
                       size_t *n, struct err *err)
{
	size_t count = json_array_size(redacted), kept = 0;

	if (count > RDAP_REDACTIONS_MAX)
		count = RDAP_REDACTIONS_MAX;
	struct rdap_redaction *list = arena_array(a, count, sizeof(*list));
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "rdap: no memory");
	for (size_t i = 0; i < count; i++) {
		int rc = read_one(json_array_get(redacted, i), a, &list[kept], err);
		if (rc)
			return rc;
		kept += list[kept].field.n > 0;
	}
	*out = list;
	*n = kept;
	return 0;
}
