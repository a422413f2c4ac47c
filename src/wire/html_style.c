/* Declarations are read one by one; numbers become thousandths of a pixel, so that nothing depends
 * on floating point. */
#include "wire/html_style.h"

#include <stdint.h>

enum {
	OFF_SCREEN = 900 * 1000,  /* thousandths of a pixel */
	TINY_FONT = 2 * 1000,
	NO_LENGTH = INT32_MAX,
	EM = 16,                  /* pixels: browsers' default font size */
};

/* Length in thousandths of a pixel, or NO_LENGTH. A bare number counts as pixels; a percentage of
 * a font size as that part of 16px. */
static int32_t length_of(struct slice v)
{
	size_t i = 0;
	int64_t n = 0, unit = 1000;
	bool negative = false, digits = false;

	if (i < v.n && (v.p[i] == '-' || v.p[i] == '+'))
		negative = v.p[i++] == '-';
	for (; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++, digits = true)
		if (n < 1000000)
			n = n * 10 + (v.p[i] - '0');
	n *= 1000;
	if (i < v.n && v.p[i] == '.')
		for (i++; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++, digits = true)
			n += (v.p[i] - '0') * (unit /= 10);
	if (!digits)
		return NO_LENGTH;
	struct slice name = slice_sub(v, i, v.n);
	if (slice_starts(name, SLICE("em")) || slice_starts(name, SLICE("rem")))
		n *= EM;
	else if (slice_starts(name, SLICE("vw")) || slice_starts(name, SLICE("vh")))
		n *= 10; /* of a screen of about 1000px */
	else if (slice_starts(name, SLICE("%")))
		n = n * EM / 100;
	if (n > NO_LENGTH - 1)
		n = NO_LENGTH - 1;
	return (int32_t)(negative ? -n : n);
}

struct box {
	bool clipped, gone;  /* overflow hidden; the box has no size one way */
	bool flat, narrow;   /* at most 1px high, wide */
};

static bool is(struct slice a, const char *b)
{
	return slice_eq_nocase(a, slice_str(b));
}

/* Whether the value starts with the word, in any case. */
static bool has_word(struct slice v, const char *word)
{
	return is(slice_sub(v, 0, strlen(word)), word);
}

static bool hides(struct slice name, struct slice value, struct box *box)
{
	int32_t length = length_of(value);
	bool known = length != NO_LENGTH;
	bool percent = value.n && memchr(value.p, '%', value.n);

	if (is(name, "display"))
		return has_word(value, "none");
	if (is(name, "visibility"))
		return has_word(value, "hidden") || has_word(value, "collapse");
	if (is(name, "opacity"))
		return known && !percent && length < 50;
	if (is(name, "font-size"))
		return known && length < TINY_FONT;
	if (is(name, "left") || is(name, "top") || is(name, "right") || is(name, "bottom"))
		return known && !percent && (length <= -OFF_SCREEN || length >= 4 * OFF_SCREEN);
	if (is(name, "text-indent") || is(name, "margin-left") || is(name, "margin-top"))
		return known && !percent && length <= -OFF_SCREEN;
	if (is(name, "clip"))
		return has_word(value, "rect(0") || has_word(value, "rect(1px");
	if (is(name, "overflow"))
		box->clipped |= has_word(value, "hidden");
	if (!known || length < 0 || percent)
		return false;
	if (is(name, "height") || is(name, "max-height")) {
		box->gone |= length == 0;
		box->flat |= length <= 1000;
	}
	if (is(name, "width") || is(name, "max-width")) {
		box->gone |= length == 0;
		box->narrow |= length <= 1000;
	}
	return false;
}

bool html_style_hides(struct slice style)
{
	struct slice declaration;
	struct box box = { 0 };

	while (slice_cut(&style, ';', &declaration)) {
		struct slice name, value = declaration;
		if (slice_cut(&value, ':', &name) && hides(slice_trim(name), slice_trim(value), &box))
			return true;
	}
	return box.clipped && (box.gone || (box.flat && box.narrow));
}

bool html_style_reverses(struct slice style)
{
	struct slice declaration;
	bool override = false, left = false;

	while (slice_cut(&style, ';', &declaration)) {
		struct slice name, value = declaration;
		if (!slice_cut(&value, ':', &name))
			continue;
		name = slice_trim(name);
		value = slice_trim(value);
		if (is(name, "unicode-bidi"))
			override = has_word(value, "bidi-override") ||
			           has_word(value, "isolate-override");
		else if (is(name, "direction"))
			left = has_word(value, "rtl");
	}
	return override && left;
}
