#include "model/register_entry.h"

#include "wire/dname.h"
#include "wire/timestamp.h"

static struct slice first_of(const struct register_columns *c, const struct slice *cell)
{
	for (size_t i = 0; i < c->n; i++)
		if (cell[c->at[i]].n)
			return cell[c->at[i]];
	return (struct slice){ 0 };
}

static bool is_one_of(const struct register_values *v, struct slice text)
{
	for (size_t i = 0; i < v->n; i++)
		if (slice_eq_nocase(slice_trim(v->value[i]), text))
			return true;
	return false;
}

static bool begins_with_one(const struct register_values *v, struct slice text)
{
	for (size_t i = 0; i < v->n; i++)
		if (text.n >= v->value[i].n &&
		    slice_eq_nocase(v->value[i], slice_sub(text, 0, v->value[i].n)))
			return true;
	return false;
}

static bool is_kept(const struct register_map *map, const struct slice *cell)
{
	for (size_t i = 0; i < map->keep_n; i++) {
		const struct register_keep *k = &map->keep[i];
		bool holds = false;
		for (size_t c = 0; c < k->column.n && !holds; c++) {
			struct slice text = cell[k->column.at[c]];
			holds = is_one_of(&k->is, text) || begins_with_one(&k->begins, text);
		}
		if (!holds)
			return false;
	}
	return true;
}

static void add(struct slice *list, size_t *n, struct slice text)
{
	for (size_t i = 0; i < *n; i++)
		if (slice_eq(list[i], text))
			return;
	if (*n < REGISTER_LIST_MAX && text.n)
		list[(*n)++] = text;
}

/* The host in "https://www.x.example:443/shop", "www.x.example/", "x.example". */
static struct slice host_in(struct slice s)
{
	size_t scheme = slice_find_slice(s, SLICE("://"));

	if (scheme < s.n)
		s = slice_sub(s, scheme + 3, s.n);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '/' || s.p[i] == '?' || s.p[i] == '#' || s.p[i] == ':')
			s.n = i;
	while (s.n && s.p[s.n - 1] == '.')
		s.n--;
	return s;
}

static bool is_between(char c)
{
	return ascii_space(c) || c == ',' || c == ';' || c == '|' || c == '<' || c == '>' || c == '"';
}

static int read_domains(struct slice text, struct arena *a, struct register_entry *e,
                        struct err *err)
{
	for (size_t i = 0; i < text.n;) {
		size_t from = i;
		while (i < text.n && !is_between(text.p[i]))
			i++;
		struct slice word = slice_sub(text, from, i++);
		struct dname name;
		/* A mail address names whoever runs the mail, often not the pharmacy. */
		if (word.n == 0 || slice_find(word, '@') < word.n)
			continue;
		if (dname_parse(host_in(word), &name, NULL) || name.labels < 2) {
			if (!e->odd_domain.n)
				e->odd_domain = word;
			continue;
		}
		struct slice kept = arena_copy(a, dname_slice(&name));
		if (!kept.p)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		add(e->domain, &e->domain_n, kept);
	}
	return 0;
}

static void read_trading(struct slice text, struct register_entry *e)
{
	struct slice line;

	while (slice_cut(&text, '\n', &line))
		add(e->trading, &e->trading_n, slice_trim(line));
}

static int read_address(const struct register_columns *c, const struct slice *cell, struct arena *a,
                        struct register_entry *e, struct err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		struct slice part = cell[c->at[i]];
		if (!part.n)
			continue;
		const char *joined = e->address.n ? arena_printf(a, "%.*s, %.*s", SLICE_ARG(e->address),
		                                                 SLICE_ARG(part))
		                                  : arena_printf(a, "%.*s", SLICE_ARG(part));
		if (!joined)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		e->address = slice_str(joined);
	}
	return 0;
}

static int64_t read_day(const struct register_map *map, enum register_field field,
                        const struct slice *cell, struct register_entry *e)
{
	struct slice text = first_of(&map->field[field], cell);
	int64_t day;

	if (!text.n)
		return REGISTER_NO_DAY;
	if (register_map_date(map->date_form, text, &day))
		return day;
	if (!e->odd_date.n)
		e->odd_date = text;
	return REGISTER_NO_DAY;
}

static void read_status(const struct register_map *map, const struct slice *cell,
                        struct register_entry *e)
{
	if (!map->field[REGISTER_STATUS].line)
		return;
	struct slice word = first_of(&map->field[REGISTER_STATUS], cell);
	for (size_t i = 0; i < REGISTER_STATUSES; i++)
		if (is_one_of(&map->status[i], word)) {
			e->status = (enum register_status)i;
			return;
		}
	/* What nobody knows the meaning of vouches for nobody. */
	e->status = REGISTER_LAPSED;
	e->unknown_status = word.n ? word : SLICE("(empty)");
}

int register_entry_read(const struct register_map *map, const struct slice *cell, struct arena *a,
                        struct register_entry *out, struct err *err)
{
	struct register_entry e = { .kind = map->kind };
	int rc = 0;

	if (!is_kept(map, cell))
		return REGISTER_NOT_KEPT;
	e.number = first_of(&map->field[REGISTER_NUMBER], cell);
	e.name = first_of(&map->field[REGISTER_NAME], cell);
	if (map->field[REGISTER_NUMBER].line ? !e.number.n : !e.name.n)
		return REGISTER_UNKEYED;
	if (map->field[REGISTER_KIND].line) {
		struct slice word = first_of(&map->field[REGISTER_KIND], cell);
		for (size_t i = 0; i < map->kind_n; i++)
			if (slice_eq_nocase(map->kinds[i].value, word))
				e.kind = map->kinds[i].kind;
	}
	for (size_t i = 0; i < map->field[REGISTER_TRADING].n; i++)
		read_trading(cell[map->field[REGISTER_TRADING].at[i]], &e);
	for (size_t i = 0; rc == 0 && i < map->field[REGISTER_DOMAINS].n; i++)
		rc = read_domains(cell[map->field[REGISTER_DOMAINS].at[i]], a, &e, err);
	if (rc == 0)
		rc = read_address(&map->field[REGISTER_ADDRESS], cell, a, &e, err);
	if (rc)
		return rc;
	read_status(map, cell, &e);
	e.from = read_day(map, REGISTER_FROM, cell, &e);
	e.until = read_day(map, REGISTER_UNTIL, cell, &e);
	e.date = read_day(map, REGISTER_DATE, cell, &e);
	*out = e;
	return REGISTER_READ;
}

struct slice register_entry_key(const struct register_entry *e)
{
	return e->number.n ? e->number : e->name;
}

static json_t *list_of(const struct slice *text, size_t n)
{
	json_t *list = json_array();
	int failed = 0;

	for (size_t i = 0; list && i < n; i++)
		failed |= json_add_str(list, text[i]);
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static int put_day(json_t *o, const char *key, int64_t day)
{
	char text[TIMESTAMP_SIZE];

	if (day == REGISTER_NO_DAY)
		return 0;
	timestamp_format(day, text);
	return json_put_str(o, key, slice_sub(slice_str(text), 0, 10));
}

json_t *register_entry_json(const struct register_map *map, const struct register_entry *e)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "authority", map->authority) |
	             json_put_str(o, "country", map->country) | json_put_str(o, "kind", e->kind) |
	             json_put_str(o, "status", slice_str(register_status_name(e->status))) |
	             json_put_new(o, "domains", list_of(e->domain, e->domain_n)) |
	             json_put_new(o, "serves", list_of(map->serves, map->serves_n)) |
	             put_day(o, "from", e->from) | put_day(o, "until", e->until);

	if (map->scheme.n)
		failed |= json_put_str(o, "scheme", map->scheme);
	if (e->number.n)
		failed |= json_put_str(o, "number", e->number);
	if (e->name.n)
		failed |= json_put_str(o, "name", e->name);
	if (e->trading_n)
		failed |= json_put_new(o, "trading", list_of(e->trading, e->trading_n));
	if (e->address.n)
		failed |= json_put_str(o, "address", e->address);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}
