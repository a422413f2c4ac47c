/* The decoders of the Encoding standard, sections 8 to 14. Each reads all of its input and writes
 * at most three bytes for each byte read, so room for that is taken once and nothing else can fail.
 *
 * A malformed sequence gives one U+FFFD; where its last byte is ASCII, that byte is read again, so
 * that broken text cannot swallow a '<'. */
#include "wire/charset.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "wire/charset_tables.h"

#include <stdint.h>

struct decoder {
	const unsigned char *p;
	size_t n, at;
	char *out;
	size_t out_n;
};

static void put(struct decoder *d, uint32_t c)
{
	d->out_n += utf8_encode(c, d->out + d->out_n);
}

static void put_bad(struct decoder *d)
{
	put(d, UTF8_BAD);
}

static bool within(uint32_t c, uint32_t first, uint32_t last)
{
	return c - first <= last - first;
}

/* Copy the ASCII bytes that come next; false at the end of the input. */
static bool skip_ascii(struct decoder *d)
{
	size_t from = d->at;

	while (d->at < d->n && d->p[d->at] < 0x80)
		d->at++;
	if (d->at > from)
		memcpy(d->out + d->out_n, d->p + from, d->at - from);
	d->out_n += d->at - from;
	return d->at < d->n;
}

/* End a two-byte sequence whose lead is read and whose trail is at d->at: c, or U+FFFD for 0. */
static void put_pair(struct decoder *d, uint32_t c)
{
	if (c) {
		d->at++;
		put(d, c);
		return;
	}
	if (d->p[d->at] >= 0x80)
		d->at++;
	put_bad(d);
}

/* Read a lead byte and see that a byte follows; U+FFFD where none does. */
static bool get_lead(struct decoder *d, unsigned *lead)
{
	*lead = d->p[d->at++];
	if (d->at < d->n)
		return true;
	put_bad(d);
	return false;
}

static uint32_t jis0208(uint32_t pointer)
{
	return pointer < JIS0208_N ? charset_jis0208[pointer] : 0;
}

static void decode_utf8(struct decoder *d)
{
	struct slice s = slice_from((const char *)d->p, d->n);

	while (skip_ascii(d))
		put(d, utf8_next(s, &d->at));
}

static void decode_utf16(struct decoder *d, bool big)
{
	while (d->at + 1 < d->n) {
		uint32_t c = big ? (uint32_t)(d->p[d->at] << 8 | d->p[d->at + 1])
		                 : (uint32_t)(d->p[d->at + 1] << 8 | d->p[d->at]);
		d->at += 2;
		if (within(c, 0xd800, 0xdbff) && d->at + 1 < d->n) {
			uint32_t low = big ? (uint32_t)(d->p[d->at] << 8 | d->p[d->at + 1])
			                   : (uint32_t)(d->p[d->at + 1] << 8 | d->p[d->at]);
			if (within(low, 0xdc00, 0xdfff)) {
				d->at += 2;
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			}
		}
		put(d, c); /* a lone surrogate is written as U+FFFD */
	}
	if (d->at < d->n) {
		d->at++;
		put_bad(d);
	}
}

static void decode_single(struct decoder *d, const uint16_t table[128])
{
	while (skip_ascii(d)) {
		uint32_t c = table[d->p[d->at++] - 0x80];
		put(d, c ? c : UTF8_BAD);
	}
}

static void decode_user_defined(struct decoder *d)
{
	while (skip_ascii(d))
		put(d, 0xf780u + d->p[d->at++] - 0x80u);
}

static void decode_shift_jis(struct decoder *d)
{
	unsigned lead;

	while (skip_ascii(d)) {
		unsigned b = d->p[d->at];
		if (b == 0x80 || within(b, 0xa1, 0xdf)) {
			d->at++;
			put(d, b == 0x80 ? 0x80 : 0xff61 - 0xa1 + b);
			continue;
		}
		if (b == 0xa0 || b > 0xfc) {
			d->at++;
			put_bad(d);
			continue;
		}
		if (!get_lead(d, &lead))
			return;
		unsigned trail = d->p[d->at];
		uint32_t c = 0;
		if (within(trail, 0x40, 0x7e) || within(trail, 0x80, 0xfc)) {
			uint32_t pointer = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 188 + trail -
			                   (trail < 0x7f ? 0x40 : 0x41);
			c = within(pointer, 8836, 10715) ? 0xe000 - 8836 + pointer
			                                 : jis0208(pointer);
		}
		put_pair(d, c);
	}
}

static void decode_euc_jp(struct decoder *d)
{
	unsigned lead;

	while (skip_ascii(d)) {
		unsigned b = d->p[d->at];
		if (b != 0x8e && b != 0x8f && !within(b, 0xa1, 0xfe)) {
			d->at++;
			put_bad(d);
			continue;
		}
		if (!get_lead(d, &lead))
			return;
		unsigned trail = d->p[d->at];
		if (lead == 0x8e) {
			put_pair(d, within(trail, 0xa1, 0xdf) ? 0xff61 - 0xa1 + trail : 0);
			continue;
		}
		bool jis0212 = lead == 0x8f && within(trail, 0xa1, 0xfe);
		if (jis0212) {
			if (!get_lead(d, &lead))
				return;
			trail = d->p[d->at];
		}
		uint32_t c = 0;
		if (within(lead, 0xa1, 0xfe) && within(trail, 0xa1, 0xfe)) {
			uint32_t pointer = (lead - 0xa1) * 94 + trail - 0xa1;
			c = !jis0212 ? jis0208(pointer)
			    : pointer < JIS0212_N ? charset_jis0212[pointer] : 0;
		}
		put_pair(d, c);
	}
}

enum iso_2022_jp_state { ASCII, ROMAN, KATAKANA, JIS0208 };

/* The state that an escape sequence behind ESC at d->at - 1 leads to; -1 for none. */
static int escape_state(const struct decoder *d)
{
	if (d->at + 1 >= d->n)
		return -1;
	unsigned a = d->p[d->at], b = d->p[d->at + 1];
	if (a == '(')
		return b == 'B' ? ASCII : b == 'J' ? ROMAN : b == 'I' ? KATAKANA : -1;
	return a == '$' && (b == '@' || b == 'B') ? JIS0208 : -1;
}

static void decode_iso_2022_jp(struct decoder *d)
{
	int state = ASCII;
	bool escaped = false; /* the last thing read was an escape sequence */

	while (d->at < d->n) {
		unsigned b = d->p[d->at++];
		if (b == 0x1b) {
			int next = escape_state(d);
			if (next < 0) {
				put_bad(d);
				escaped = false;
				continue;
			}
			state = next;
			d->at += 2;
			if (escaped)
				put_bad(d); /* two escapes with nothing between them */
			escaped = true;
			continue;
		}
		escaped = false;
		if (state == JIS0208 && within(b, 0x21, 0x7e)) {
			if (d->at >= d->n) {
				put_bad(d);
				return;
			}
			unsigned trail = d->p[d->at];
			if (trail == 0x1b) {
				put_bad(d);
				continue;
			}
			d->at++;
			uint32_t c = within(trail, 0x21, 0x7e)
			                 ? jis0208((b - 0x21) * 94 + trail - 0x21) : 0;
			put(d, c ? c : UTF8_BAD);
		} else if (state == KATAKANA && within(b, 0x21, 0x5f)) {
			put(d, 0xff61 - 0x21 + b);
		} else if ((state == ASCII || state == ROMAN) && b < 0x80 && b != 0x0e && b != 0x0f) {
			put(d, state == ROMAN && b == 0x5c ? 0xa5
			       : state == ROMAN && b == 0x7e ? 0x203e : b);
		} else {
			put_bad(d);
		}
	}
}

static uint32_t gb18030_four(uint32_t pointer)
{
	size_t low = 0, high = GB18030_RANGES_N;

	if (within(pointer, 189000, 1237575))
		return 0x10000 + pointer - 189000;
	if (pointer > 39419)
		return 0;
	if (pointer == 7457)
		return 0xe7c7;
	while (high - low > 1) { /* the last range that starts at or before pointer */
		size_t middle = (low + high) / 2;
		if (charset_gb18030_range[middle][0] <= pointer)
			low = middle;
		else
			high = middle;
	}
	return charset_gb18030_range[low][1] + (pointer - charset_gb18030_range[low][0]);
}

static void decode_gb18030(struct decoder *d)
{
	unsigned lead;

	while (skip_ascii(d)) {
		unsigned b = d->p[d->at];
		if (b == 0x80 || b == 0xff) {
			d->at++;
			put(d, b == 0x80 ? 0x20ac : UTF8_BAD);
			continue;
		}
		if (!get_lead(d, &lead))
			return;
		const unsigned char *p = d->p + d->at;
		size_t left = d->n - d->at;
		unsigned trail = p[0];
		if (within(trail, '0', '9')) {
			/* Four bytes; where the rest is wrong, only the lead is given up. */
			if (left < 3 && (left < 2 || within(p[1], 0x81, 0xfe))) {
				d->at = d->n;
				put_bad(d);
				return;
			}
			if (!within(p[1], 0x81, 0xfe) || !within(p[2], '0', '9')) {
				put_bad(d);
				continue;
			}
			uint32_t c = gb18030_four(((lead - 0x81u) * 10 + trail - '0') * 1260 +
			                          (p[1] - 0x81u) * 10 + p[2] - '0');
			d->at += 3;
			put(d, c ? c : UTF8_BAD);
			continue;
		}
		uint32_t c = 0;
		if (within(trail, 0x40, 0x7e) || within(trail, 0x80, 0xfe))
			c = charset_gb18030[(lead - 0x81) * 190 + trail - (trail < 0x7f ? 0x40 : 0x41)];
		put_pair(d, c);
	}
}

static void decode_big5(struct decoder *d)
{
	unsigned lead;

	while (skip_ascii(d)) {
		if (!within(d->p[d->at], 0x81, 0xfe)) {
			d->at++;
			put_bad(d);
			continue;
		}
		if (!get_lead(d, &lead))
			return;
		unsigned trail = d->p[d->at];
		uint32_t c = 0;
		if (within(trail, 0x40, 0x7e) || within(trail, 0xa1, 0xfe)) {
			uint32_t pointer =
			    (lead - 0x81) * 157 + trail - (trail < 0x7f ? 0x40 : 0x62);
			/* Four codes stand for a letter and a mark. */
			if (pointer == 1133 || pointer == 1135 || pointer == 1164 || pointer == 1166) {
				put(d, pointer < 1150 ? 0xca : 0xea);
				put_pair(d, pointer == 1133 || pointer == 1164 ? 0x304 : 0x30c);
				continue;
			}
			if (pointer < BIG5_N && charset_big5[pointer])
				c = charset_big5[pointer] |
				    ((uint32_t)charset_big5_plane2[pointer / 8] >> pointer % 8 & 1u)
				        << 17;
		}
		put_pair(d, c);
	}
}

static void decode_euc_kr(struct decoder *d)
{
	unsigned lead;

	while (skip_ascii(d)) {
		if (!within(d->p[d->at], 0x81, 0xfe)) {
			d->at++;
			put_bad(d);
			continue;
		}
		if (!get_lead(d, &lead))
			return;
		unsigned trail = d->p[d->at];
		uint32_t c = 0;
		if (within(trail, 0x41, 0xfe)) {
			uint32_t pointer = (lead - 0x81) * 190 + trail - 0x41;
			c = pointer < EUC_KR_N ? charset_euc_kr[pointer] : 0;
		}
		put_pair(d, c);
	}
}

static void decode(enum charset c, struct decoder *d)
{
	switch (c) {
	case CHARSET_UTF_8: decode_utf8(d); return;
	case CHARSET_UTF_16LE: decode_utf16(d, false); return;
	case CHARSET_UTF_16BE: decode_utf16(d, true); return;
	case CHARSET_SHIFT_JIS: decode_shift_jis(d); return;
	case CHARSET_EUC_JP: decode_euc_jp(d); return;
	case CHARSET_ISO_2022_JP: decode_iso_2022_jp(d); return;
	case CHARSET_GBK:
	case CHARSET_GB18030: decode_gb18030(d); return;
	case CHARSET_BIG5: decode_big5(d); return;
	case CHARSET_EUC_KR: decode_euc_kr(d); return;
	case CHARSET_X_USER_DEFINED: decode_user_defined(d); return;
	case CHARSET_REPLACEMENT:
		if (d->n)
			put_bad(d);
		return;
	default: decode_single(d, charset_single[c - CHARSET_IBM866]); return;
	}
}

static struct slice without_bom(enum charset c, struct slice s)
{
	if (c == CHARSET_UTF_8 && slice_starts(s, SLICE("\xef\xbb\xbf")))
		return slice_sub(s, 3, s.n);
	if ((c == CHARSET_UTF_16LE && slice_starts(s, SLICE("\xff\xfe"))) ||
	    (c == CHARSET_UTF_16BE && slice_starts(s, SLICE("\xfe\xff"))))
		return slice_sub(s, 2, s.n);
	return s;
}

int charset_decode(enum charset c, struct slice bytes, size_t limit, struct arena *a,
                   struct slice *out, struct err *err)
{
	struct buf b = { 0 };

	if (c == CHARSET_NONE || c >= CHARSETS_N)
		return err_set(err, ERR_USAGE, 0, "charset: no encoding named");
	bytes = without_bom(c, bytes);
	if (bytes.n > SIZE_MAX / 4)
		goto limit;
	if (c == CHARSET_UTF_8 && utf8_valid(bytes, NULL)) {
		if (bytes.n > limit)
			goto limit;
		*out = bytes;
		return 0;
	}
	struct decoder d = { (const unsigned char *)bytes.p, bytes.n, 0, NULL, 0 };
	d.out = buf_reserve(&b, 3 * bytes.n + 4);
	if (!d.out)
		goto nomem;
	decode(c, &d);
	if (d.out_n > limit) {
		buf_release(&b);
		goto limit;
	}
	struct slice copy = arena_copy(a, slice_from(d.out, d.out_n));
	buf_release(&b);
	if (!copy.p)
		goto nomem;
	*out = copy;
	return 0;
limit:
	return err_set(err, ERR_LIMIT, limit, "charset: %s text of %zu bytes is over %zu as UTF-8",
	               charset_name(c), bytes.n, limit);
nomem:
	buf_release(&b);
	return err_set(err, ERR_NOMEM, 0, "charset: no memory");
}
