#include "cmd/registrar_audit.h"

#include "wire/json.h"
#include "wire/timestamp.h"
#include "wire/wrap.h"

enum { DAY = 86400, NAME_SHOWN = 48, WHAT_SHOWN = 70, DAYS_SHOWN = 31 };

static int put_time(json_t *o, const char *key, int64_t at)
{
	char text[TIMESTAMP_SIZE];

	if (at == INT64_MIN)
		return 0;
	timestamp_format(at, text);
	return json_put_str(o, key, slice_str(text));
}

static json_t *day_json(const struct audit_day *d)
{
	json_t *o = json_object();
	char text[TIMESTAMP_SIZE];

	timestamp_format(d->day * DAY, text);
	int failed = json_put_str(o, "day", slice_from(text, 10));
	failed |= json_put_i64(o, "asked", (int64_t)d->asked);
	failed |= json_put_i64(o, "answered", (int64_t)d->answered);
	failed |= json_put_i64(o, "nobody", (int64_t)d->nobody);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *row_json(const struct audit_row *r)
{
	json_t *o = json_object(), *records = json_array(), *why = json_array(),
	       *days = json_array();
	int failed = 0;
	char hex[SHA256_HEX];

	for (size_t i = 0; i < r->record_n; i++) {
		sha256_hex(r->record[i], hex);
		failed |= json_add_str(records, slice_str(hex));
	}
	for (size_t i = 0; i < r->what_n; i++)
		failed |= json_add_str(why, r->what[i]);
	for (size_t i = 0; i < r->day_n; i++)
		failed |= json_add_new(days, day_json(&r->day[i]));
	failed |= json_put_str(o, "item", slice_str(audit_item_name(r->item)));
	failed |= json_put_str(o, "says", slice_str(audit_item_says(r->item)));
	failed |= json_put_str(o, "clause", slice_str(audit_item_clause(r->item)));
	failed |= json_put_str(o, "state", slice_str(audit_state_name(r->state)));
	failed |= json_put_i64(o, "for", (int64_t)r->good);
	failed |= json_put_i64(o, "against", (int64_t)r->bad);
	failed |= put_time(o, "from", r->from);
	failed |= put_time(o, "until", r->until);
	failed |= json_put_new(o, "records", records);
	failed |= json_put_new(o, "why", why);
	if (r->item == AUDIT_RDAP)
		failed |= json_put_new(o, "days", days);
	else
		json_decref(days);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

int audit_put_json(const struct audited *p, const struct audit_row *row, int64_t at,
                   struct buf *out, struct err *err)
{
	json_t *o = json_object(), *rows = json_array();
	int failed = 0;

	for (int i = 0; i < AUDIT_ITEMS; i++)
		failed |= json_add_new(rows, row_json(&row[i]));
	failed |= json_put_str(o, "type", SLICE("audit"));
	failed |= json_put_i64(o, "v", 1);
	failed |= put_time(o, "at", at);
	failed |= json_put_str(o, "party", p->key);
	failed |= json_put_str(o, "name", p->name);
	if (p->has_site)
		failed |= json_put_str(o, "site", p->site.key);
	failed |= json_put_new(o, "rows", rows);
	int rc = failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : json_canonical(o, out, err);
	json_decref(o);
	buf_putc(out, '\n');
	return rc;
}

static void put_day(int64_t at, struct buf *out)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(at, text);
	buf_printf(out, "%.10s", text);
}

static void put_row(const struct audit_row *r, struct buf *out)
{
	static const char *const marks[] = { "not observed", "met         ", "NOT MET     " };

	buf_printf(out, "  %s  %s\n                  %s", marks[r->state], audit_item_says(r->item),
	           audit_item_clause(r->item));
	if (r->from == INT64_MIN) {
		buf_putc(out, '\n');
		return;
	}
	buf_printf(out, "\n                  %zu for, %zu against, ", r->good, r->bad);
	put_day(r->from, out);
	buf_puts(out, " to ");
	put_day(r->until, out);
	buf_putc(out, '\n');
	for (size_t i = 0; i < r->what_n; i++) {
		buf_puts(out, "                  ");
		wrap_put_foreign(r->what[i], WHAT_SHOWN, out);
		buf_putc(out, '\n');
	}
	if (r->record_n) {
		char hex[SHA256_HEX];
		sha256_hex(r->record[0], hex);
		buf_printf(out, "                  %.16s", hex);
		if (r->record_n > 1)
			buf_printf(out, " and %zu more", r->record_n - 1);
		buf_putc(out, '\n');
	}
	for (size_t i = r->day_n > DAYS_SHOWN ? r->day_n - DAYS_SHOWN : 0; i < r->day_n; i++) {
		buf_puts(out, "                  ");
		put_day(r->day[i].day * DAY, out);
		buf_printf(out, "  answered %zu of %zu", r->day[i].answered, r->day[i].asked);
		if (r->day[i].nobody)
			buf_printf(out, "; nobody answered %zu time%s", r->day[i].nobody,
			           r->day[i].nobody == 1 ? "" : "s");
		buf_putc(out, '\n');
	}
}

int audit_put_text(const struct audited *p, const struct audit_row *row, struct buf *out,
                   struct err *err)
{
	wrap_put_foreign(p->key, NAME_SHOWN, out);
	if (!slice_eq(p->key, p->name)) {
		buf_puts(out, "  ");
		wrap_put_foreign(p->name, NAME_SHOWN, out);
	}
	buf_putc(out, '\n');
	for (int i = 0; i < AUDIT_ITEMS; i++)
		put_row(&row[i], out);
	buf_putc(out, '\n');
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

void audit_put_method(struct buf *out)
{
	buf_puts(out,
	         "What was not observed speaks against nobody. RDAP counts where the registry led to\n"
	         "the registrar's server, from three days on; where nobody answered at all, the fault\n"
	         "may be the registry's or ours. Port 43 is optional since 28 January 2025, and is not\n"
	         "asked for.\n");
}
