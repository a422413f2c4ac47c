#include "cmd/link_epoch.h"

#include "cmd/link_table.h"

#define HEADER     "kind\tvalue\tdomains"
#define POPULATION "#population\t"

int link_value_key(enum signal_kind kind, struct slice value, struct buf *out)
{
	buf_clear(out);
	buf_puts(out, signals[kind].name);
	buf_putc(out, '\t');
	buf_put(out, value);
	return buf_ok(out) ? 0 : ERR_NOMEM;
}

static bool number_of(struct slice text, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9' || n > UINT32_MAX)
			return false;
		n = n * 10 + (uint64_t)(text.p[i] - '0');
	}
	*out = n;
	return text.n > 0;
}

static int add_count(void *ctx, struct slice line, struct err *err)
{
	struct link_epoch *e = ctx;
	struct slice whole = line, first = link_table_cell(&line), second = link_table_cell(&line);
	struct slice third = link_table_cell(&line);
	enum signal_kind kind;
	uint64_t n;

	if (slice_eq_str(first, "#population")) {
		if (!number_of(second, &n) || n < 2)
			return err_set(err, ERR_SYNTAX, 0, "the population is no number over 1");
		e->population = n;
		return 0;
	}
	if (!signal_of(first, &kind) || !number_of(third, &n) || n > UINT32_MAX)
		return err_set(err, ERR_SYNTAX, 0, "a row has a kind, a value and a count");
	struct slice key = arena_copy(&e->arena, slice_sub(whole, 0, first.n + 1 + second.n));
	struct table_entry *entry = key.p ? table_put(&e->count, key) : NULL;
	if (!entry)
		return err_set(err, ERR_NOMEM, 0, "link: out of memory");
	entry->value = (void *)(uintptr_t)n;
	return 0;
}

int link_epoch_load(struct link_epoch *e, const char *path, struct err *err)
{
	int rc = link_table_read(path, HEADER, POPULATION, add_count, e, err);

	if (rc == 0 && e->population == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "%s: no line \"#population\" and its number",
		             path);
	return rc;
}

uint32_t link_epoch_count(const struct link_epoch *e, enum signal_kind kind, struct slice value)
{
	struct buf key = { 0 };
	uint32_t n = 0;

	if (link_value_key(kind, value, &key) == 0) {
		struct table_entry *entry = table_find(&e->count, buf_slice(&key));
		n = entry ? (uint32_t)(uintptr_t)entry->value : 0;
	}
	buf_release(&key);
	return n;
}

void link_epoch_release(struct link_epoch *e)
{
	table_release(&e->count);
	arena_release(&e->arena);
	*e = (struct link_epoch){ 0 };
}

void link_epoch_put_head(uint64_t population, struct buf *out)
{
	buf_printf(out, POPULATION "%llu\n" HEADER "\n", (unsigned long long)population);
}

void link_epoch_put_row(enum signal_kind kind, struct slice value, uint32_t domains,
                        struct buf *out)
{
	buf_printf(out, "%s\t%.*s\t%u\n", signals[kind].name, SLICE_ARG(value), domains);
}
