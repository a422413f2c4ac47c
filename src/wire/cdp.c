/* Octets are kept up to the limit; behind it they are dropped until the NUL. */
#include "wire/cdp.h"

#include "wire/json.h"

int cdp_feed(struct cdp_reader *r, struct slice bytes, struct err *err)
{
	/* What was read is given up when the next octets come: then nobody points into it. */
	if (r->taken) {
		size_t left = r->buf.n - r->taken;
		if (left)
			memmove(r->buf.p, r->buf.p + r->taken, left);
		r->buf.n = left;
		r->searched -= r->taken;
		r->taken = 0;
	}
	buf_put(&r->buf, bytes);
	return buf_ok(&r->buf) ? 0 : err_set(err, ERR_NOMEM, 0, "cdp: no memory");
}

static int parse(struct slice text, struct cdp_message *out, struct err *err)
{
	struct cdp_message m = { 0 };
	json_error_t e;

	/* Times in it are fractions, which json_parse does not take. */
	m.json = json_loadb(text.p ? text.p : "", text.n, JSON_ALLOW_NUL, &e);
	if (!json_is_object(m.json)) {
		json_decref(m.json);
		return err_set(err, ERR_SYNTAX, 0, "cdp: no message");
	}
	m.id = json_i64(m.json, "id", 0);
	m.session = json_str(m.json, "sessionId");
	m.method = json_str(m.json, "method");
	m.params = json_obj(m.json, "params");
	m.result = json_obj(m.json, "result");
	m.error = json_str(json_obj(m.json, "error"), "message");
	*out = m;
	return 1;
}

int cdp_next(struct cdp_reader *r, struct cdp_message *out, struct err *err)
{
	struct slice all = buf_slice(&r->buf);
	size_t end = r->searched + slice_find(slice_sub(all, r->searched, all.n), '\0');
	bool is_whole = end < all.n, is_skipping = r->is_skipping;
	struct slice text = slice_sub(all, r->taken, end);

	r->searched = is_whole ? end + 1 : end;
	if (!is_whole && text.n <= r->limit && !is_skipping)
		return 0;
	/* None of it is kept. */
	if (!is_whole) {
		r->taken = r->searched = r->buf.n = 0;
		r->is_skipping = true;
		return 0;
	}
	r->taken = r->searched;
	r->is_skipping = false;
	if (is_skipping || text.n > r->limit)
		return err_set(err, ERR_LIMIT, 0, "cdp: a message of over %zu octets", r->limit);
	return parse(text, out, err);
}

void cdp_message_release(struct cdp_message *m)
{
	json_decref(m->json);
	*m = (struct cdp_message){ 0 };
}

void cdp_reader_release(struct cdp_reader *r)
{
	buf_release(&r->buf);
	*r = (struct cdp_reader){ .limit = r->limit };
}

int cdp_put(int64_t id, struct slice session, const char *method, json_t *params, struct buf *out,
            struct err *err)
{
	json_t *command = json_object();
	int rc = json_put_i64(command, "id", id) | json_put_str(command, "method", slice_str(method));

	if (session.n)
		rc |= json_put_str(command, "sessionId", session);
	if (params)
		rc |= json_put_new(command, "params", params);
	rc = rc ? err_set(err, ERR_NOMEM, 0, "cdp: no memory") : json_canonical(command, out, err);
	json_decref(command);
	if (rc)
		return rc;
	buf_putc(out, '\0');
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "cdp: no memory");
}
