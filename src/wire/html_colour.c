/* Colours that differ by a few steps of 256 in each channel are one to the eye. */
#include "wire/html_colour.h"

#include "wire/html_element.h"

enum { STEPS = 12 };

static int32_t hex_digit(char c)
{
	c = ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "#fff", "#ffffff", and as old attributes have it "ffffff". */
static int32_t hex_colour(struct slice s)
{
	int32_t v = 0;

	if (s.n && s.p[0] == '#')
		s = slice_sub(s, 1, s.n);
	if (s.n != 3 && s.n != 6)
		return HTML_COLOUR_UNKNOWN;
	for (size_t i = 0; i < s.n; i++) {
		int32_t d = hex_digit(s.p[i]);
		if (d < 0)
			return HTML_COLOUR_UNKNOWN;
		v = s.n == 3 ? v * 256 + d * 17 : v * 16 + d;
	}
	return v;
}

/* "rgb(255, 255, 255)" and "rgb(255 255 255)"; with an alpha or percentages nothing is known. */
static int32_t rgb_colour(struct slice s)
{
	int32_t v = 0, channel = 0, n = 0;
	bool digits = false;

	for (size_t i = 4; i < s.n; i++) {
		char c = s.p[i];
		if (c >= '0' && c <= '9') {
			channel = channel * 10 + (c - '0');
			digits = true;
			if (channel > 255)
				return HTML_COLOUR_UNKNOWN;
		} else if (c == ',' || c == ')' || c == ' ') {
			if (digits) {
				v = v * 256 + channel;
				n++;
			}
			channel = 0;
			digits = false;
			if (c == ')' || n > 3)
				break;
		} else {
			return HTML_COLOUR_UNKNOWN;
		}
	}
	return n == 3 ? v : HTML_COLOUR_UNKNOWN;
}

static int32_t colour_of(struct slice s)
{
	static const struct {
		const char *name;
		int32_t colour;
	} names[] = {
		{ "black", 0 }, { "white", 0xffffff }, { "red", 0xff0000 }, { "lime", 0xff00 },
		{ "blue", 0xff }, { "yellow", 0xffff00 }, { "aqua", 0xffff }, { "fuchsia", 0xff00ff },
		{ "gray", 0x808080 }, { "silver", 0xc0c0c0 }, { "maroon", 0x800000 },
		{ "green", 0x8000 }, { "navy", 0x80 }, { "olive", 0x808000 }, { "teal", 0x8080 },
		{ "purple", 0x800080 },
	};

	s = slice_trim(s);
	size_t mark = slice_find(s, '!'); /* "!important" */
	s = slice_trim(slice_sub(s, 0, mark));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (html_is(s, names[i].name))
			return names[i].colour;
	return html_is(slice_sub(s, 0, 4), "rgb(") ? rgb_colour(s) : hex_colour(s);
}

static void read_style(struct slice style, struct html_colours *c)
{
	struct slice declaration;

	while (slice_cut(&style, ';', &declaration)) {
		struct slice name, value = declaration;
		if (!slice_cut(&value, ':', &name))
			continue;
		name = slice_trim(name);
		if (html_is(name, "color"))
			c->text = colour_of(value);
		else if (html_is(name, "background-color") || html_is(name, "background"))
			c->back = colour_of(value);
		else if (html_is(name, "background-image") || html_is(name, "text-shadow") ||
		         html_is(slice_sub(name, 0, 9), "animation"))
			c->back = HTML_COLOUR_UNKNOWN;
	}
}

static bool is_one(int32_t a, int32_t b)
{
	for (int shift = 0; shift < 24; shift += 8) {
		int32_t d = (a >> shift & 255) - (b >> shift & 255);
		if (d > STEPS || d < -STEPS)
			return false;
	}
	return true;
}

bool html_colours_enter(const GumboNode *n, GumboTag tag, struct html_colours *c)
{
	const GumboVector *at = &n->v.element.attributes;
	struct slice style = { NULL, 0 };

	if (tag == GUMBO_TAG_A || tag == GUMBO_TAG_BUTTON) /* have colours of their own */
		c->text = HTML_COLOUR_UNKNOWN;
	for (unsigned i = 0; i < at->length; i++) {
		struct slice name = slice_str(((const GumboAttribute *)at->data[i])->name);
		if (html_is(name, "class") || html_is(name, "id") || html_is(name, "background"))
			*c = (struct html_colours){ HTML_COLOUR_UNKNOWN, HTML_COLOUR_UNKNOWN };
	}
	for (unsigned i = 0; i < at->length; i++) {
		const GumboAttribute *a = at->data[i];
		struct slice name = slice_str(a->name), value = slice_str(a->value);
		if (html_is(name, "style"))
			style = value;
		else if (html_is(name, "bgcolor"))
			c->back = colour_of(value);
		else if (html_is(name, "color") && tag == GUMBO_TAG_FONT)
			c->text = colour_of(value);
	}
	read_style(style, c);
	if (tag == GUMBO_TAG_HTML || tag == GUMBO_TAG_BODY)
		c->text = HTML_COLOUR_UNKNOWN;
	return c->text != HTML_COLOUR_UNKNOWN && c->back != HTML_COLOUR_UNKNOWN &&
	       is_one(c->text, c->back);
}
