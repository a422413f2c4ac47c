#include "model/register_map.h"

#include "model/record.h"
#include "wire/timestamp.h"
#include "wire/yaml.h"

static const char *const statuses[] = {
	[REGISTER_ACTIVE] = "active", [REGISTER_LAPSED] = "lapsed", [REGISTER_REVOKED] = "revoked",
};

const char *register_status_name(enum register_status s)
{
	return statuses[s];
}

/* ---- dates ---- */

static bool digits(struct slice *text, unsigned n, int64_t *out)
{
	int64_t v = 0;

	if (text->n < n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		char c = text->p[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*text = slice_sub(*text, n, text->n);
	*out = v;
	return true;
}

bool register_map_date(struct slice form, struct slice text, int64_t *out)
{
	int64_t year = 0, month = 0, day = 0;
	char day_text[TIMESTAMP_SIZE];

	for (size_t i = 0; i < form.n;) {
		struct slice rest = slice_sub(form, i, form.n);
		if (slice_starts(rest, SLICE("YYYY"))) {
			if (!digits(&text, 4, &year))
				return false;
			i += 4;
		} else if (slice_starts(rest, SLICE("MM")) || slice_starts(rest, SLICE("DD"))) {
			if (!digits(&text, 2, rest.p[0] == 'M' ? &month : &day))
				return false;
			i += 2;
		} else {
			if (text.n == 0 || text.p[0] != form.p[i])
				return false;
			text = slice_sub(text, 1, text.n);
			i++;
		}
	}
	if (text.n && text.p[0] >= '0' && text.p[0] <= '9')
		return false;
	snprintf(day_text, sizeof(day_text), "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	return timestamp_parse(slice_str(day_text), out, NULL) == 0;
}

bool register_map_file_date(struct slice form, struct slice name, int64_t *out)
{
	for (size_t at = name.n; at-- > 0;) {
		bool inside = at > 0 && name.p[at - 1] >= '0' && name.p[at - 1] <= '9';
		if (!inside && register_map_date(form, slice_sub(name, at, name.n), out))
			return true;
	}
	return false;
}

static int get_date_form(const struct yaml_node *node, struct slice *out, struct err *err)
{
	int rc = yaml_str(node, out, err);

	if (rc == 0 && (slice_find_slice(*out, SLICE("YYYY")) == out->n ||
	                slice_find_slice(*out, SLICE("MM")) == out->n ||
	                slice_find_slice(*out, SLICE("DD")) == out->n))
		rc = yaml_error(node, err, "a form of dates has YYYY, MM and DD, not '%.*s'",
		                SLICE_ARG(*out));
	return rc;
}

/* ---- reading ---- */

struct reading {
	struct arena *a;
	struct register_map *map;
	struct slice column[TABULAR_COLUMNS_MAX];
	size_t column_n;
};

static int get_text(const struct yaml_node *map, const char *key, struct slice *out, struct err *err)
{
	const struct yaml_node *node = NULL;
	int rc = yaml_need(map, key, &node, err);

	return rc ? rc : yaml_str(node, out, err);
}

static int optional_text(const struct yaml_node *map, const char *key, struct slice *out,
                         struct err *err)
{
	const struct yaml_node *node = yaml_get(map, key);

	return node ? yaml_str(node, out, err) : 0;
}

static int check_country(const struct yaml_node *node, struct slice s, struct err *err)
{
	return record_is_country(s) ? 0
	                            : yaml_error(node, err, "'%.*s' is not an ISO 3166-1 country code",
	                                         SLICE_ARG(s));
}

static int read_columns(struct reading *r, const struct yaml_node *node,
                        struct register_columns *out, struct err *err)
{
	struct slice *name = NULL;
	size_t n = 0;
	int rc = yaml_str_list(node, r->a, &name, &n, err);
	uint32_t *at = rc == 0 ? arena_array(r->a, n, sizeof(*at)) : NULL;

	if (rc == 0 && !at)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc == 0 && n == 0)
		rc = yaml_error(node, err, "no column is named");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t k = 0;
		while (k < r->column_n && !slice_eq(r->column[k], name[i]))
			k++;
		if (k == TABULAR_COLUMNS_MAX)
			return yaml_error(node, err, "more than %d columns", TABULAR_COLUMNS_MAX);
		if (k == r->column_n)
			r->column[r->column_n++] = name[i];
		at[i] = (uint32_t)k;
	}
	if (rc == 0)
		*out = (struct register_columns){ at, n, node->line };
	return rc;
}

static int read_values(struct reading *r, const struct yaml_node *node, struct register_values *out,
                       struct err *err)
{
	return node ? yaml_str_list(node, r->a, (struct slice **)&out->value, &out->n, err) : 0;
}

static int read_fields(struct reading *r, const struct yaml_node *node, struct err *err)
{
	static const char *const known[] = { "number", "name", "trading", "domains", "address", "from",
		                             "until", NULL };
	int rc = yaml_expect(node, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	for (size_t i = 0; rc == 0 && known[i]; i++) {
		const struct yaml_node *item = yaml_get(node, known[i]);
		if (item)
			rc = read_columns(r, item, &r->map->field[i], err);
	}
	if (rc == 0 && !r->map->field[REGISTER_NUMBER].line && !r->map->field[REGISTER_NAME].line)
		rc = yaml_error(node, err, "a row is known by its number or its name: map one of them");
	if (rc == 0 && !r->map->field[REGISTER_NUMBER].line && r->map->scheme.n)
		rc = yaml_error(node, err, "a scheme is of numbers, and no column is the number");
	return rc;
}

static int read_status(struct reading *r, const struct yaml_node *node, struct err *err)
{
	static const char *const known[] = { "column", "active", "lapsed", "revoked", NULL };
	const struct yaml_node *column = NULL;
	struct slice word;

	if (node->kind == YAML_SCALAR) {
		int rc = yaml_str(node, &word, err);
		if (rc == 0 && !slice_eq_str(word, "active"))
			rc = yaml_error(node, err, "status is 'active' for every row, or a column and its "
			                           "values");
		return rc;
	}
	int rc = yaml_expect(node, YAML_MAPPING, err);
	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	if (rc == 0)
		rc = yaml_need(node, "column", &column, err);
	if (rc == 0)
		rc = read_columns(r, column, &r->map->field[REGISTER_STATUS], err);
	for (size_t i = 0; rc == 0 && i < REGISTER_STATUSES; i++)
		rc = read_values(r, yaml_get(node, statuses[i]), &r->map->status[i], err);
	if (rc == 0 && r->map->status[REGISTER_ACTIVE].n == 0)
		rc = yaml_error(node, err, "no value of the status means active");
	for (size_t i = 0; rc == 0 && i < REGISTER_STATUSES; i++)
		for (size_t k = 0; k < i; k++)
			for (size_t x = 0; x < r->map->status[i].n; x++)
				for (size_t y = 0; y < r->map->status[k].n; y++)
					if (slice_eq_nocase(r->map->status[i].value[x],
					                    r->map->status[k].value[y]))
						return yaml_error(node, err, "'%.*s' means both %s and %s",
						                  SLICE_ARG(r->map->status[i].value[x]),
						                  statuses[k], statuses[i]);
	return rc;
}

static bool is_kind(struct slice s)
{
	return slice_eq_str(s, "pharmacy") || slice_eq_str(s, "clinic") ||
	       slice_eq_str(s, "wholesaler");
}

static int read_kind(struct reading *r, const struct yaml_node *node, struct err *err)
{
	static const char *const known[] = { "column", "values", "else", NULL };
	const struct yaml_node *column = NULL, *values = NULL;
	int rc;

	if (node->kind == YAML_SCALAR) {
		rc = yaml_str(node, &r->map->kind, err);
	} else {
		rc = yaml_expect(node, YAML_MAPPING, err);
		if (rc == 0)
			rc = yaml_known_keys(node, known, err);
		if (rc == 0)
			rc = yaml_need(node, "column", &column, err);
		if (rc == 0)
			rc = read_columns(r, column, &r->map->field[REGISTER_KIND], err);
		if (rc == 0)
			rc = get_text(node, "else", &r->map->kind, err);
		if (rc == 0)
			rc = yaml_need(node, "values", &values, err);
		if (rc == 0)
			rc = yaml_expect(values, YAML_MAPPING, err);
	}
	if (rc == 0 && !is_kind(r->map->kind))
		rc = yaml_error(node, err, "a kind is pharmacy, clinic or wholesaler, not '%.*s'",
		                SLICE_ARG(r->map->kind));
	if (rc || !values)
		return rc;
	struct register_kind_value *list = arena_array(r->a, values->n, sizeof(*list));
	if (!list)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < values->n; i++) {
		list[i].value = values->item[i].key;
		rc = yaml_str(&values->item[i], &list[i].kind, err);
		if (rc == 0 && !is_kind(list[i].kind))
			rc = yaml_error(&values->item[i], err,
			                "a kind is pharmacy, clinic or wholesaler, not '%.*s'",
			                SLICE_ARG(list[i].kind));
	}
	r->map->kinds = list;
	r->map->kind_n = values->n;
	return rc;
}

static int read_keep(struct reading *r, const struct yaml_node *list, struct err *err)
{
	static const char *const known[] = { "column", "is", "begins", NULL };
	int rc = yaml_expect(list, YAML_SEQUENCE, err);
	struct register_keep *keep = rc == 0 ? arena_array(r->a, list->n, sizeof(*keep)) : NULL;

	if (rc == 0 && !keep)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		const struct yaml_node *item = &list->item[i], *column = NULL;
		rc = yaml_expect(item, YAML_MAPPING, err);
		if (rc == 0)
			rc = yaml_known_keys(item, known, err);
		if (rc == 0)
			rc = yaml_need(item, "column", &column, err);
		if (rc == 0)
			rc = read_columns(r, column, &keep[i].column, err);
		if (rc == 0)
			rc = read_values(r, yaml_get(item, "is"), &keep[i].is, err);
		if (rc == 0)
			rc = read_values(r, yaml_get(item, "begins"), &keep[i].begins, err);
		if (rc == 0 && !keep[i].is.n && !keep[i].begins.n)
			rc = yaml_error(item, err, "keep needs is or begins");
	}
	r->map->keep = keep;
	r->map->keep_n = rc == 0 ? list->n : 0;
	return rc;
}

static int read_date(struct reading *r, const struct yaml_node *node, struct err *err)
{
	static const char *const known[] = { "column", "file_name", NULL };
	const struct yaml_node *column, *name;
	int rc = yaml_expect(node, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(node, known, err);
	if (rc == 0 && node->n != 1)
		rc = yaml_error(node, err, "date is a column or a form in the file_name");
	if (rc == 0 && (column = yaml_get(node, "column")))
		rc = read_columns(r, column, &r->map->field[REGISTER_DATE], err);
	else if (rc == 0 && (name = yaml_get(node, "file_name")))
		rc = get_date_form(name, &r->map->file_date, err);
	return rc;
}

static int read_separator(const struct yaml_node *node, char *out, struct err *err)
{
	struct slice s;
	int rc = yaml_str(node, &s, err);

	if (rc)
		return rc;
	if (slice_eq_str(s, "tab"))
		*out = '\t';
	else if (s.n == 1 && (s.p[0] == ',' || s.p[0] == ';' || s.p[0] == '|' || s.p[0] == '\t'))
		*out = s.p[0];
	else
		return yaml_error(node, err, "a separator is ',', ';', '|' or tab, not '%.*s'",
		                  SLICE_ARG(s));
	return 0;
}

static int read_csv(const struct yaml_node *root, struct tabular_spec *spec, struct err *err)
{
	const struct yaml_node *separator = yaml_get(root, "separator"),
	                       *charset = yaml_get(root, "charset"), *header = yaml_get(root, "header");
	struct slice label;
	int rc = 0;

	spec->format = TABULAR_CSV;
	spec->separator = ',';
	spec->charset = CHARSET_UTF_8;
	spec->header = 1;
	if (separator)
		rc = read_separator(separator, &spec->separator, err);
	if (rc == 0 && charset) {
		rc = yaml_str(charset, &label, err);
		if (rc == 0)
			spec->charset = charset_of_label(label);
		if (rc == 0 && !tabular_can_read(spec->charset, spec->separator))
			rc = yaml_error(charset, err,
			                "the charset '%.*s' is not known, or not one that CSV is read in",
			                SLICE_ARG(label));
	}
	if (rc == 0 && header)
		rc = yaml_i64(header, 1, 1000, &spec->header, err);
	return rc;
}

static int read_form(const struct yaml_node *root, struct tabular_spec *spec, struct err *err)
{
	const struct yaml_node *rows = yaml_get(root, "rows"), *format = NULL;
	static const char *const of_csv[] = { "separator", "charset", "header" };
	struct slice word;
	int rc = yaml_need(root, "format", &format, err);

	if (rc == 0)
		rc = yaml_str(format, &word, err);
	if (rc)
		return rc;
	if (slice_eq_str(word, "csv"))
		return rows ? yaml_error(rows, err, "rows belongs to json and xml")
		            : read_csv(root, spec, err);
	spec->format = slice_eq_str(word, "xml") ? TABULAR_XML : TABULAR_JSON;
	if (spec->format == TABULAR_JSON && !slice_eq_str(word, "json"))
		return yaml_error(format, err, "format is csv, json or xml, not '%.*s'", SLICE_ARG(word));
	for (size_t i = 0; i < sizeof(of_csv) / sizeof(of_csv[0]); i++)
		if (yaml_get(root, of_csv[i]))
			return yaml_error(yaml_get(root, of_csv[i]), err, "%s belongs to csv", of_csv[i]);
	if (rows)
		rc = yaml_str(rows, &spec->rows, err);
	else if (spec->format == TABULAR_XML)
		rc = yaml_need(root, "rows", &rows, err);
	size_t names = 0;
	for (struct slice rest = spec->rows, name; slice_cut(&rest, '/', &name); names++)
		;
	if (rc == 0 && names > 8)
		rc = yaml_error(rows, err, "a path of more than 8 names");
	return rc;
}

static int read_head(struct reading *r, const struct yaml_node *root, struct err *err)
{
	struct register_map *m = r->map;
	const struct yaml_node *country = NULL, *serves = NULL, *whole = yaml_get(root, "whole"),
	                       *dates = yaml_get(root, "dates");
	int rc = get_text(root, "register", &m->id, err);

	for (size_t i = 0; rc == 0 && i < m->id.n; i++)
		if (!((m->id.p[i] >= 'a' && m->id.p[i] <= 'z') || (m->id.p[i] >= '0' && m->id.p[i] <= '9') ||
		      m->id.p[i] == '-'))
			rc = yaml_error(root, err, "the id of a register is letters in lower case, digits, "
			                           "hyphens");
	if (rc == 0)
		rc = get_text(root, "title", &m->title, err);
	if (rc == 0)
		rc = get_text(root, "authority", &m->authority, err);
	if (rc == 0)
		rc = get_text(root, "source", &m->source, err);
	if (rc == 0)
		rc = yaml_need(root, "country", &country, err);
	if (rc == 0)
		rc = yaml_str(country, &m->country, err);
	if (rc == 0)
		rc = check_country(country, m->country, err);
	if (rc == 0)
		rc = yaml_need(root, "serves", &serves, err);
	if (rc == 0)
		rc = yaml_str_list(serves, r->a, (struct slice **)&m->serves, &m->serves_n, err);
	for (size_t i = 0; rc == 0 && i < m->serves_n; i++)
		rc = check_country(serves, m->serves[i], err);
	if (rc == 0)
		rc = optional_text(root, "scheme", &m->scheme, err);
	if (rc == 0 && whole)
		rc = yaml_flag(whole, &m->whole, err);
	m->date_form = SLICE("YYYY-MM-DD");
	if (rc == 0 && dates)
		rc = get_date_form(dates, &m->date_form, err);
	return rc;
}

static int read_map(struct reading *r, const struct yaml_node *root, struct err *err)
{
	static const char *const known[] = { "register", "title", "authority", "source", "country",
		"serves", "scheme", "kind", "whole", "dates", "date", "format", "separator", "charset",
		"header", "rows", "columns", "status", "keep", NULL };
	const struct yaml_node *kind = NULL, *columns = NULL, *status = NULL, *date, *keep;
	int rc = yaml_expect(root, YAML_MAPPING, err);

	if (rc == 0)
		rc = yaml_known_keys(root, known, err);
	if (rc == 0)
		rc = read_head(r, root, err);
	if (rc == 0)
		rc = read_form(root, &r->map->spec, err);
	if (rc == 0)
		rc = yaml_need(root, "columns", &columns, err);
	if (rc == 0)
		rc = read_fields(r, columns, err);
	if (rc == 0)
		rc = yaml_need(root, "kind", &kind, err);
	if (rc == 0)
		rc = read_kind(r, kind, err);
	if (rc == 0)
		rc = yaml_need(root, "status", &status, err);
	if (rc == 0)
		rc = read_status(r, status, err);
	if (rc == 0 && (date = yaml_get(root, "date")))
		rc = read_date(r, date, err);
	if (rc == 0 && (keep = yaml_get(root, "keep")))
		rc = read_keep(r, keep, err);
	return rc;
}

int register_map_parse(struct slice bytes, const char *file, struct arena *a,
                       struct register_map *out, struct err *err)
{
	const struct yaml_node *root = NULL;
	struct register_map map = { 0 };
	struct reading r = { .a = a, .map = &map };
	int rc = yaml_parse(bytes, file, a, &root, err);

	if (rc == 0)
		rc = read_map(&r, root, err);
	if (rc)
		return rc;
	struct slice *column = arena_array(a, r.column_n, sizeof(*column));
	if (!column)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	memcpy(column, r.column, r.column_n * sizeof(*column));
	map.spec.column = column;
	map.spec.column_n = r.column_n;
	map.file = root->file;
	*out = map;
	return 0;
}
