/* Character encodings of the web: labels, sniffing, decoding to UTF-8.
 *
 *   source   WHATWG Encoding standard (encoding.spec.whatwg.org) for labels and decoders;
 *            HTML standard, "determining the character encoding" and "prescan a byte stream"
 *   in       bytes of anybody's
 *   out      well-formed UTF-8, malformed bytes as U+FFFD; decoding never fails for its input
 *
 * Sniffing, labels, decoders and tables are ours; the tables are made at build time by
 * tools/charset_tables.py (doc/decision/0008-charset-tables.md). No iconv, so no files are opened
 * and the result does not depend on the machine. */
#ifndef WIRE_CHARSET_H
#define WIRE_CHARSET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

enum charset {
	CHARSET_NONE, /* no such label */
	CHARSET_UTF_8,
	CHARSET_UTF_16LE,
	CHARSET_UTF_16BE,
	CHARSET_SHIFT_JIS,
	CHARSET_EUC_JP,
	CHARSET_ISO_2022_JP,
	CHARSET_GBK,
	CHARSET_GB18030,
	CHARSET_BIG5,
	CHARSET_EUC_KR,
	CHARSET_REPLACEMENT, /* labels that the standard refuses: one U+FFFD */
	CHARSET_X_USER_DEFINED,
	CHARSET_IBM866, /* the single-byte ones, in the order of the standard */
	CHARSET_ISO_8859_2,
	CHARSET_ISO_8859_3,
	CHARSET_ISO_8859_4,
	CHARSET_ISO_8859_5,
	CHARSET_ISO_8859_6,
	CHARSET_ISO_8859_7,
	CHARSET_ISO_8859_8,
	CHARSET_ISO_8859_8_I,
	CHARSET_ISO_8859_10,
	CHARSET_ISO_8859_13,
	CHARSET_ISO_8859_14,
	CHARSET_ISO_8859_15,
	CHARSET_ISO_8859_16,
	CHARSET_KOI8_R,
	CHARSET_KOI8_U,
	CHARSET_MACINTOSH,
	CHARSET_WINDOWS_874,
	CHARSET_WINDOWS_1250,
	CHARSET_WINDOWS_1251,
	CHARSET_WINDOWS_1252,
	CHARSET_WINDOWS_1253,
	CHARSET_WINDOWS_1254,
	CHARSET_WINDOWS_1255,
	CHARSET_WINDOWS_1256,
	CHARSET_WINDOWS_1257,
	CHARSET_WINDOWS_1258,
	CHARSET_X_MAC_CYRILLIC,
	CHARSETS_N
};

/* Where a charset was read from, in the order of precedence. */
enum charset_source {
	CHARSET_FROM_BOM,
	CHARSET_FROM_TRANSPORT, /* the Content-Type header */
	CHARSET_FROM_META,      /* prescan of the first 1024 bytes */
	CHARSET_FROM_CONTENT,   /* nothing says so, and the first MiB is well-formed UTF-8 */
	CHARSET_FROM_DEFAULT,   /* nothing known: windows-1252 */
};

/* The encoding of a label such as "latin1", in any case, with white space around it. */
enum charset charset_of_label(struct slice label);

/* The standard's name, "windows-1252". Static; "" for CHARSET_NONE. */
const char *charset_name(enum charset c);

/* The encoding of an HTML document. content_type is the value of the HTTP header, may be empty;
 * how may be NULL. Never CHARSET_NONE. */
enum charset charset_sniff(struct slice html, struct slice content_type, enum charset_source *how);

/* The label in `charset=` of a Content-Type value or of a meta content attribute; empty where
 * there is none. A view into s. */
struct slice charset_label_in(struct slice s);

/* Decode to UTF-8 in the arena; a byte order mark of the same encoding is dropped. Output is at
 * most 3 bytes for each byte of input, and limit bytes in all (ERR_LIMIT beyond). UTF-8 that is
 * well-formed is not copied: out is then a view into bytes. ERR_USAGE for CHARSET_NONE. */
int charset_decode(enum charset c, struct slice bytes, size_t limit, struct arena *a,
                   struct slice *out, struct err *err);

#endif
