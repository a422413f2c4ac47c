/* A label of ASCII letters goes straight through; only one with other characters, or an A-label,
 * is taken to libidn2, label by label: its rules for host names would refuse "_dmarc" and
 * "r3---sn-x", which exist. */
#include "wire/dname.h"

#include "base/utf8.h"
#include "wire/punycode.h"

#include <idn2.h>
#include <stdlib.h>

enum {
	IDN_FLAGS = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT,
	/* A label of 63 letters may be written longer (full-width forms, characters that UTS #46
	 * drops), but not without end. */
	LABEL_INPUT_MAX = 1024,
	NAME_INPUT_MAX = 8192,
};

/* What becomes of each octet: 0 not allowed, else its canonical form. */
static char canonical_of(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
		return c;
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : '\0';
}

static bool is_alabel(const char *label, size_t n)
{
	return n >= 4 && memcmp(label, "xn--", 4) == 0;
}

/* UTF-8 of a decoded A-label, NUL-terminated. */
static void encode_utf8(const uint32_t *text, int n, char out[4 * PUNYCODE_MAX + 1])
{
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		char c[4];
		size_t k = utf8_encode(text[i], c);
		memcpy(out + len, c, k);
		len += k;
	}
	out[len] = '\0';
}

enum alabel { ALABEL_GOOD, ALABEL_ODD, ALABEL_BAD, ALABEL_NOMEM };

/* Whether a lower-case A-label decodes, and to something that is written so and not otherwise. */
static enum alabel check_alabel(const char *label, size_t n, char utf8[4 * PUNYCODE_MAX + 1])
{
	uint32_t text[PUNYCODE_MAX];
	char back[PUNYCODE_MAX];
	int count = punycode_decode(slice_from(label + 4, n - 4), text), others = 0;

	for (int i = 0; i < count; i++) {
		if (text[i] < 0x80 && !canonical_of((char)text[i]))
			return ALABEL_BAD;
		others += text[i] >= 0x80;
	}
	if (count <= 0 || others == 0)
		return ALABEL_BAD;
	int back_n = punycode_encode(text, (size_t)count, back);
	if (back_n < 0 || (size_t)back_n != n - 4 || memcmp(back, label + 4, n - 4) != 0)
		return ALABEL_BAD;
	encode_utf8(text, count, utf8);

	uint8_t *again = NULL;
	int rc = idn2_lookup_u8((const uint8_t *)utf8, &again, IDN_FLAGS);
	enum alabel found;
	if (rc == IDN2_OK)
		found = strlen((char *)again) == n && memcmp(again, label, n) == 0 ? ALABEL_GOOD
		                                                                   : ALABEL_BAD;
	else if (rc == IDN2_MALLOC)
		found = ALABEL_NOMEM;
	else
		/* Characters that IDNA2008 forbids or does not know yet: registered all the same
		 * (emoji), and only to be written as an A-label. */
		found = ALABEL_ODD;
	idn2_free(again);
	return found;
}

struct writer {
	struct dname d;
	size_t n;
	size_t at; /* of the label in the input */
};

static int put_label(struct writer *w, const char *label, size_t n, struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_SYNTAX, w->at, "name: empty label");
	if (n > DNAME_LABEL_MAX)
		return err_set(err, ERR_LIMIT, w->at, "name: label of %zu octets, 63 are allowed",
		               n);
	size_t dot = w->n ? 1 : 0;
	if (w->n + dot + n > DNAME_MAX)
		return err_set(err, ERR_LIMIT, w->at, "name: over 253 octets");
	char *out = w->d.text + w->n + dot;
	for (size_t i = 0; i < n; i++) {
		out[i] = canonical_of(label[i]);
		if (!out[i])
			return err_set(err, ERR_SYNTAX, w->at, "name: octet 0x%02x is not allowed",
			               (unsigned)(unsigned char)label[i]);
		if (out[i] == '_')
			w->d.has_underscore = true;
	}
	if (is_alabel(out, n)) {
		char utf8[4 * PUNYCODE_MAX + 1];
		switch (check_alabel(out, n, utf8)) {
		case ALABEL_GOOD: break;
		case ALABEL_ODD: w->d.has_odd_idn = true; break;
		case ALABEL_BAD:
			return err_set(err, ERR_SYNTAX, w->at,
			               "name: '%.*s' is no valid A-label (Punycode)", (int)n, out);
		case ALABEL_NOMEM: return err_set(err, ERR_NOMEM, w->at, "name: no memory");
		}
		w->d.has_idn = true;
	}
	if (dot)
		w->d.text[w->n] = '.';
	w->n += dot + n;
	w->d.labels++;
	return 0;
}

static int put_ulabel(struct writer *w, struct slice label, struct err *err)
{
	char in[LABEL_INPUT_MAX + 1];
	uint8_t *out = NULL;

	if (label.n > LABEL_INPUT_MAX)
		return err_set(err, ERR_LIMIT, w->at, "name: label of %zu octets", label.n);
	size_t bad;
	if (!utf8_valid(label, &bad))
		return err_set(err, ERR_SYNTAX, w->at + bad, "name: not UTF-8");
	/* libidn2 takes a C string: a NUL would hide what stands behind it. */
	for (size_t i = 0; i < label.n; i++)
		if ((unsigned char)label.p[i] < 0x80 && !canonical_of(label.p[i]))
			return err_set(err, ERR_SYNTAX, w->at + i,
			               "name: octet 0x%02x is not allowed", (unsigned)label.p[i]);
	memcpy(in, label.p, label.n);
	in[label.n] = '\0';
	int rc = idn2_lookup_u8((const uint8_t *)in, &out, IDN_FLAGS);
	if (rc == IDN2_MALLOC)
		return err_set(err, ERR_NOMEM, w->at, "name: no memory");
	if (rc == IDN2_TOO_BIG_LABEL || rc == IDN2_TOO_BIG_DOMAIN || rc == IDN2_PUNYCODE_BIG_OUTPUT)
		return err_set(err, ERR_LIMIT, w->at, "name: label over 63 octets as A-label");
	if (rc != IDN2_OK)
		return err_set(err, ERR_SYNTAX, w->at, "name: no valid U-label: %s",
		               idn2_strerror(rc));
	rc = put_label(w, (char *)out, strlen((char *)out), err);
	idn2_free(out);
	return rc;
}

/* The length of the full stop at s[at]: "." or one of the three that UTS #46 4 step 4 treats as
 * such (U+3002, U+FF0E, U+FF61); 0 when there is none. */
static size_t stop_at(struct slice s, size_t at)
{
	if (s.p[at] == '.')
		return 1;
	if (s.n - at < 3 || (unsigned char)s.p[at] < 0xe3)
		return 0;
	const char *p = s.p + at;
	return !memcmp(p, "\xe3\x80\x82", 3) || !memcmp(p, "\xef\xbc\x8e", 3) ||
	                       !memcmp(p, "\xef\xbd\xa1", 3)
	               ? 3
	               : 0;
}

static bool is_number(const char *label, size_t n)
{
	if (n >= 2 && label[0] == '0' && label[1] == 'x')
		return strspn(label + 2, "0123456789abcdef") == n - 2;
	return strspn(label, "0123456789") == n;
}

/* RFC 3696 section 2: a last label of digits would be read as part of an address; some programs
 * read hexadecimal too. */
static int finish(struct writer *w, struct dname *out, struct err *err)
{
	w->d.text[w->n] = '\0';
	const char *dot = strrchr(w->d.text, '.');
	const char *last = dot ? dot + 1 : w->d.text;
	if (is_number(last, strlen(last)))
		return err_set(err, ERR_SYNTAX, w->at, "name: last label '%s' is a number", last);
	w->d.n = (uint8_t)w->n;
	*out = w->d;
	return 0;
}

int dname_parse(struct slice text, struct dname *out, struct err *err)
{
	struct writer w;
	size_t at = 0, stop = 0;

	/* Not all of it: .text is written before it is read, and this runs for every name. */
	memset(&w, 0, offsetof(struct writer, d.text));
	w.n = w.at = 0;
	if (text.n == 0)
		return err_set(err, ERR_SYNTAX, 0, "name: empty");
	if (text.n > NAME_INPUT_MAX)
		return err_set(err, ERR_LIMIT, 0, "name: %zu octets", text.n);
	do {
		size_t end = at;
		bool plain = true;
		for (stop = 0; end < text.n && !(stop = stop_at(text, end)); end++)
			plain = plain && (unsigned char)text.p[end] < 0x80;
		w.at = at;
		struct slice label = slice_sub(text, at, end);
		int rc = plain ? put_label(&w, label.p, label.n, err) : put_ulabel(&w, label, err);
		if (rc < 0)
			return rc;
		at = end + stop;
	} while (at < text.n); /* a stop at the very end is the root's */
	return finish(&w, out, err);
}

bool dname_is_canonical(struct slice text)
{
	struct dname d;

	return text.n <= DNAME_MAX && dname_parse(text, &d, NULL) == 0 &&
	       slice_eq(dname_slice(&d), text);
}

void dname_display(struct slice canonical, struct buf *out)
{
	struct slice label;
	const char *dot = "";

	while (slice_cut(&canonical, '.', &label)) {
		char utf8[4 * PUNYCODE_MAX + 1];
		buf_puts(out, dot);
		dot = ".";
		if (is_alabel(label.p, label.n) && label.n <= DNAME_LABEL_MAX &&
		    check_alabel(label.p, label.n, utf8) == ALABEL_GOOD)
			buf_puts(out, utf8);
		else
			buf_put(out, label);
	}
}

int dname_from_wire(struct slice bytes, size_t *at, struct dname *out, struct err *err)
{
	struct writer w;
	size_t i = *at;

	memset(&w, 0, offsetof(struct writer, d.text));
	w.n = w.at = 0;
	for (;;) {
		if (i >= bytes.n)
			return err_set(err, ERR_SYNTAX, i, "name: cut off");
		size_t n = (unsigned char)bytes.p[i];
		w.at = i++;
		if (n == 0)
			break;
		if (n > DNAME_LABEL_MAX)
			return err_set(err, ERR_SYNTAX, w.at,
			               "name: compression pointer or reserved label type");
		if (n > bytes.n - i)
			return err_set(err, ERR_SYNTAX, i, "name: cut off");
		int rc = put_label(&w, bytes.p + i, n, err);
		if (rc < 0)
			return rc;
		i += n;
	}
	if (w.n == 0)
		return err_set(err, ERR_SYNTAX, *at, "name: the root alone");
	int rc = finish(&w, out, err);
	if (rc == 0)
		*at = i;
	return rc;
}

size_t dname_to_wire(const struct dname *d, uint8_t out[DNAME_WIRE_MAX])
{
	struct slice rest = dname_slice(d), label;
	size_t n = 0;

	while (slice_cut(&rest, '.', &label)) {
		out[n++] = (uint8_t)label.n;
		memcpy(out + n, label.p, label.n);
		n += label.n;
	}
	out[n++] = 0;
	return n;
}
