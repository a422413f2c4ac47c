#include "model/prose.h"

#include "wire/wrap.h"

bool prose_find(const struct prose *p, const char *key, struct slice *out)
{
	bool known;

	*out = catalogue_sentence(p->c, p->column, slice_str(key), &known);
	return known;
}

/* The catalogue was checked: every brace has its end. */
static void fill_in(struct slice sentence, const struct prose_value *values, struct buf *out)
{
	while (sentence.n) {
		size_t open = slice_find(sentence, '{');
		buf_put(out, slice_sub(sentence, 0, open));
		if (open == sentence.n)
			return;
		struct slice rest = slice_sub(sentence, open + 1, sentence.n);
		struct slice name = slice_sub(rest, 0, slice_find(rest, '}'));
		for (const struct prose_value *v = values; v && v->name; v++)
			if (slice_eq_str(name, v->name))
				buf_put(out, v->is);
		sentence = slice_sub(rest, name.n + 1, rest.n);
	}
}

void prose_sentence(struct prose *p, const char *key, const struct prose_value *values,
                    struct buf *out)
{
	struct slice sentence;

	if (p->rc)
		return;
	if (prose_find(p, key, &sentence))
		fill_in(sentence, values, out);
	else
		p->rc = err_set(p->err, ERR_SYNTAX, 0, "letter: the catalogue has no sentence '%s'",
		                key);
}

void prose_lines(struct prose *p, const char *lead, struct slice text)
{
	if (p->rc == 0)
		p->rc = wrap_put(text, lead, p->out, p->err);
}

void prose_say(struct prose *p, const char *lead, const char *key, const struct prose_value *values)
{
	struct buf one = { 0 };

	buf_reserve(&one, 250); /* most sentences, at once */
	prose_sentence(p, key, values, &one);
	prose_lines(p, lead, buf_slice(&one));
	buf_release(&one);
}

void prose_gap(struct prose *p)
{
	buf_putc(p->out, '\n');
}
