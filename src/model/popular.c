/* The file's bytes are kept and names are lowered in place; a table of open addressing holds where
 * each begins. A million names take their bytes and 24 octets a name. */
#include "model/popular.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

struct name {
	uint32_t at; /* offset in text */
	uint32_t n;
};

struct popular {
	struct buf text;
	struct name *name; /* count of them, in the order of the list */
	size_t count, passed;
	uint32_t *slot; /* 0 = free, else number of the name + 1; mask + 1 of them */
	size_t mask;
};

static uint64_t hash_of(struct slice s)
{
	static const struct hash_key key = { 0, 0 }; /* an operator's own file: nobody attacks it */

	return hash_bytes(key, s);
}

static struct slice name_at(const struct popular *p, size_t i)
{
	return slice_from(p->text.p + p->name[i].at, p->name[i].n);
}

static bool is_label_octet(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Lower a column and say whether it is a name of two labels or more that is no address; *n is its
 * length without the full stop at its end. */
static bool take_name(char *p, size_t *n)
{
	size_t len = *n, label = 0, dots = 0;
	bool letter = false;

	if (len && p[len - 1] == '.')
		len--;
	if (len == 0 || len > POPULAR_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
		if (p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			dots++;
			letter = false; /* the last label is no number: RFC 3696, section 2 */
		} else if (!is_label_octet((unsigned char)p[i]) || ++label > 63) {
			return false;
		} else {
			letter = letter || !(p[i] >= '0' && p[i] <= '9');
		}
	}
	*n = len;
	return dots > 0 && label > 0 && letter;
}

static struct slice trim(struct slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '"'))
		s = slice_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '"' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static void put(struct popular *p, uint32_t at, uint32_t n)
{
	struct slice s = slice_from(p->text.p + at, n);
	size_t i = (size_t)hash_of(s) & p->mask;

	for (; p->slot[i]; i = (i + 1) & p->mask)
		if (slice_eq(name_at(p, p->slot[i] - 1), s))
			return;
	p->name[p->count] = (struct name){ at, n };
	p->slot[i] = (uint32_t)++p->count;
}

static void read_line(struct popular *p, struct slice line)
{
	struct slice rest = trim(line);

	if (rest.n == 0 || rest.p[0] == '#')
		return;
	for (size_t end = 0; rest.n; rest = slice_sub(rest, end < rest.n ? end + 1 : rest.n, rest.n)) {
		for (end = 0; end < rest.n && rest.p[end] != ',' && rest.p[end] != '\t';)
			end++;
		struct slice column = trim(slice_sub(rest, 0, end));
		if (column.n == 0)
			continue;
		size_t at = (size_t)(column.p - p->text.p), n = column.n;
		if (take_name(p->text.p + at, &n)) {
			put(p, (uint32_t)at, (uint32_t)n);
			return;
		}
	}
	p->passed++;
}

/* Room for a name on each line. */
static int make_room(struct popular *p, struct err *err)
{
	size_t lines = 1, slots = 16;

	for (size_t i = 0; i < p->text.n; i++)
		lines += p->text.p[i] == '\n';
	while (slots < lines * 2)
		slots *= 2;
	p->name = malloc(lines * sizeof(*p->name));
	p->slot = calloc(slots, sizeof(*p->slot));
	p->mask = slots - 1;
	return p->name && p->slot ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

int popular_new(struct buf *text, struct popular **out, struct err *err)
{
	struct popular *p;

	if (text->n > POPULAR_BYTES_MAX)
		return err_set(err, ERR_LIMIT, 0, "a list of popular names is longer than %d bytes",
		               POPULAR_BYTES_MAX);
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	p->text = *text;
	int rc = make_room(p, err);
	struct slice rest = buf_slice(&p->text), line;
	if (slice_starts(rest, SLICE("\xEF\xBB\xBF")))
		rest = slice_sub(rest, 3, rest.n);
	while (rc == 0 && slice_cut(&rest, '\n', &line))
		read_line(p, line);
	if (rc == 0 && p->count == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "no name stands in this list of popular names");
	if (rc) {
		p->text = (struct buf){ 0 };
		popular_free(p);
		return rc;
	}
	*text = (struct buf){ 0 };
	*out = p;
	return 0;
}

void popular_free(struct popular *p)
{
	if (!p)
		return;
	buf_release(&p->text);
	free(p->name);
	free(p->slot);
	free(p);
}

size_t popular_rank(const struct popular *p, struct slice name)
{
	if (!p || name.n == 0)
		return 0;
	for (size_t i = (size_t)hash_of(name) & p->mask; p->slot[i]; i = (i + 1) & p->mask)
		if (slice_eq(name_at(p, p->slot[i] - 1), name))
			return p->slot[i];
	return 0;
}

struct slice popular_at(const struct popular *p, size_t rank)
{
	return name_at(p, rank - 1);
}

size_t popular_count(const struct popular *p)
{
	return p->count;
}

size_t popular_passed(const struct popular *p)
{
	return p->passed;
}
