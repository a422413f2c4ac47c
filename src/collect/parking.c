#include "collect/parking.h"

#include "wire/dname.h"

enum { COLUMNS = 4 };

static const char *const kinds[PARKING_KINDS] = {
	[PARKING_PARKED] = "parked",
	[PARKING_SUSPENDED] = "suspended",
	[PARKING_SINKHOLED] = "sinkholed",
};

const char *parking_kind_name(enum parking_kind kind)
{
	return kinds[kind];
}

static int row_of(struct slice line, size_t number, struct arena *arena, struct parking_row *row,
                  struct err *err)
{
	struct slice cell[COLUMNS] = { 0 }, rest = line;
	size_t n = 0;

	while (n < COLUMNS && slice_cut(&rest, '\t', &cell[n]))
		n++;
	if (n != COLUMNS || rest.n || cell[3].n == 0 || cell[2].n == 0)
		return err_set(err, ERR_SYNTAX, number, "parking: line %zu has not 4 columns",
		               number);
	row->kind = PARKING_KINDS;
	for (int k = 0; k < PARKING_KINDS; k++)
		if (slice_eq_str(cell[0], kinds[k]))
			row->kind = (enum parking_kind)k;
	if (row->kind == PARKING_KINDS)
		return err_set(err, ERR_SYNTAX, number, "parking: line %zu: no kind '%.*s'", number,
		               SLICE_ARG(slice_sub(cell[0], 0, 40)));
	if (ip_prefix_parse(cell[1], &row->prefix, NULL)) {
		if (!dname_is_canonical(cell[1]))
			return err_set(err, ERR_SYNTAX, number,
			               "parking: line %zu: '%.*s' is no name and no prefix", number,
			               SLICE_ARG(slice_sub(cell[1], 0, 80)));
		row->name = arena_copy(arena, cell[1]);
		if (!row->name.p)
			return err_set(err, ERR_NOMEM, 0, "parking: out of memory");
	}
	row->operator = arena_copy(arena, cell[2]);
	return row->operator.p ? 0 : err_set(err, ERR_NOMEM, 0, "parking: out of memory");
}

int parking_parse(struct slice text, struct arena *arena, struct parking *out, struct err *err)
{
	struct slice rest = text, line;
	size_t lines = 0, number = 0, n = 0;
	bool head = false;

	while (slice_cut(&rest, '\n', &line))
		lines++;
	struct parking_row *row = arena_array(arena, lines, sizeof(*row));
	if (!row)
		return err_set(err, ERR_NOMEM, 0, "parking: out of memory");
	for (rest = text; slice_cut(&rest, '\n', &line);) {
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!head) {
			head = true;
			if (!slice_eq_str(line, "kind\tmatch\toperator\tsource"))
				return err_set(err, ERR_SYNTAX, number,
				               "parking: line %zu is no head", number);
			continue;
		}
		int rc = row_of(line, number, arena, &row[n], err);
		if (rc)
			return rc;
		n++;
	}
	*out = (struct parking){ row, n };
	return 0;
}

const struct parking_row *parking_of_name(const struct parking *p, struct slice name)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->row[i].name.n && dname_is_under(name, p->row[i].name))
			return &p->row[i];
	return NULL;
}

const struct parking_row *parking_of_address(const struct parking *p, struct slice address)
{
	struct ip ip;

	if (ip_parse(address, &ip, NULL))
		return NULL;
	for (size_t i = 0; i < p->n; i++)
		if (p->row[i].name.n == 0 && ip_prefix_holds(&p->row[i].prefix, &ip))
			return &p->row[i];
	return NULL;
}
