#include "cmd/collect_verify.h"

#include "store/archive_verify.h"
#include "wire/json.h"

#include <inttypes.h>

struct printing {
	enum cmd_format format;
	struct buf out;
	int rc; /* of the first line that could not be written; then nothing more is */
	struct err err;
};

static void put_line(struct printing *p, json_t *line)
{
	if (p->rc == 0)
		p->rc = line ? json_canonical(line, &p->out, &p->err)
		             : err_set(&p->err, ERR_NOMEM, 0, "out of memory");
	buf_putc(&p->out, '\n');
	if (p->rc == 0)
		p->rc = cmd_put_out(&p->out, &p->err);
	json_decref(line);
}

static json_t *finding_to_json(const struct archive_finding *f)
{
	json_t *o = json_object();
	char hex[SHA256_HEX];
	int bad = json_put_str(o, "type", SLICE("archive-finding")) | json_put_i64(o, "v", 1) |
	          json_put_str(o, "trouble", slice_str(archive_trouble_name(f->trouble))) |
	          json_put_str(o, "file", slice_str(f->file)) |
	          json_put_str(o, "what", slice_str(f->what));

	if (f->has_offset)
		bad |= json_put_i64(o, "offset", (int64_t)f->offset);
	if (f->has_order) {
		sha256_hex(f->order, hex);
		bad |= json_put_str(o, "order", slice_str(hex));
	}
	if (f->part)
		bad |= json_put_str(o, "part", slice_str(f->part));
	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static void print_finding(void *ctx, const struct archive_finding *f)
{
	struct printing *p = ctx;
	char hex[SHA256_HEX];

	if (p->format == FORMAT_JSON) {
		put_line(p, finding_to_json(f));
		return;
	}
	buf_printf(&p->out, "%s: %s", archive_trouble_name(f->trouble), f->file);
	if (f->has_offset)
		buf_printf(&p->out, " at %" PRIu64, f->offset);
	if (f->has_order) {
		sha256_hex(f->order, hex);
		buf_printf(&p->out, ", order %s", hex);
	}
	if (f->part)
		buf_printf(&p->out, ", %s", f->part);
	buf_printf(&p->out, ": %s\n", f->what);
	if (p->rc == 0)
		p->rc = cmd_put_out(&p->out, &p->err);
}

static json_t *counts_to_json(const struct archive_verified *v)
{
	json_t *o = json_object();
	int bad = json_put_str(o, "type", SLICE("archive-verified")) | json_put_i64(o, "v", 1) |
	          json_put_i64(o, "orders", (int64_t)v->orders) |
	          json_put_i64(o, "exchanges", (int64_t)v->exchanges) |
	          json_put_i64(o, "records", (int64_t)v->records) |
	          json_put_i64(o, "unchecked", (int64_t)v->unchecked) |
	          json_put_i64(o, "bytes", (int64_t)v->bytes) |
	          json_put_i64(o, "stored", (int64_t)v->stored) |
	          json_put_i64(o, "unsealed", (int64_t)v->unsealed) |
	          json_put_i64(o, "timestamps", (int64_t)v->timestamps) |
	          json_put_i64(o, "findings", (int64_t)v->findings);

	if (!bad)
		return o;
	json_decref(o);
	return NULL;
}

static void print_counts(struct printing *p, const struct archive_verified *v)
{
	if (p->format == FORMAT_JSON) {
		put_line(p, counts_to_json(v));
		return;
	}
	buf_printf(&p->out,
	           "%" PRIu64 " orders, %" PRIu64 " exchanges, %" PRIu64 " records, %" PRIu64
	           " bytes: ",
	           v->orders, v->exchanges, v->records, v->bytes);
	if (v->findings)
		buf_printf(&p->out, "%" PRIu64 " %s wrong", v->findings,
		           v->findings == 1 ? "thing is" : "things are");
	else
		buf_puts(&p->out, "all as it was sealed");
	if (v->unchecked)
		buf_printf(&p->out, "; %" PRIu64 " restricted records not checked (no key)", v->unchecked);
	if (v->unsealed)
		buf_printf(&p->out, "; %" PRIu64 " bytes of orders that did not end", v->unsealed);
	if (v->timestamps)
		buf_printf(&p->out, "; %" PRIu64 " of the orders bear a timestamp", v->timestamps);
	buf_putc(&p->out, '\n');
	if (p->rc == 0)
		p->rc = cmd_put_out(&p->out, &p->err);
}

int collect_verify(const char *dir, const char *key_file, enum cmd_format format, struct err *err)
{
	struct printing p = { .format = format };
	struct archive_verified v = { .orders = 0 };
	int rc = archive_verify(dir, key_file, print_finding, &p, &v, err);

	if (rc == 0)
		print_counts(&p, &v);
	if (rc == 0 && p.rc) {
		rc = p.rc;
		if (err)
			*err = p.err;
	}
	buf_release(&p.out);
	return rc ? rc : v.findings ? EXIT_NO : EXIT_DONE;
}
