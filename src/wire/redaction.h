/* Personal contact data in a text, so that it can be masked where the public reads it.
 *
 *   found    e-mail addresses, also "name (at) shop [dot] example"; telephone numbers: international
 *            (+ or 00), Japanese, North American and British forms, and any number of 7 to 15 digits
 *            behind a word such as "Tel:" or 電話; messenger links (t.me/, wa.me/, line.me/ ...) and
 *            handles behind a messenger's name; street addresses that end in a US or British
 *            postcode, or that follow 〒 or begin with a prefecture and end in a house number;
 *            personal names behind Mr, Mrs, Ms, Dr, behind "Name:" and its like (氏名, 担当者), and
 *            common Japanese surnames before 様, さん, 氏
 *   left     prices, dates, pack sizes, licence numbers, DIN, NDC, EAN: numbers behind such a word,
 *            with a currency before or a unit behind, or grouped as an NDC
 *   sources  ITU-T E.164 (lengths); RFC 5321 section 4.1.2 (atext); numbering plans of Japan
 *            (MIC), North America (NANPA) and Great Britain (Ofcom); 21 CFR 207.33 (NDC)
 *   limits   It is not complete and cannot be. What has none of these forms stays: a name in
 *            running text, a local number without a word before it, contact data in a picture. It
 *            may also mask what is nobody's, such as a shop's own switchboard. Forms: full-width
 *            characters count as ASCII, dashes as "-", characters without width as not there.
 *
 * Pure; linear in the text but for bounded looks ahead. */
#ifndef WIRE_REDACTION_H
#define WIRE_REDACTION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stddef.h>

enum { REDACTION_TEXT_MAX = 4 << 20 }; /* bytes of a text */

/* What stands where something was; the same in every language. */
#define REDACTION_MARK "[redacted]"

enum redaction_kind {
	REDACTION_EMAIL,
	REDACTION_TELEPHONE,
	REDACTION_HANDLE,
	REDACTION_ADDRESS,
	REDACTION_NAME,
};

/* "email", "telephone", "handle", "address", "name". */
const char *redaction_kind_name(enum redaction_kind kind);

struct redaction {
	size_t start, end; /* bytes of the text; never within a character */
	enum redaction_kind kind;
};

/* Find them.
 *
 *   text    UTF-8; malformed bytes are passed over
 *   out     in the arena: ascending, none touching another (those that did are one, of the kind of
 *           the first)
 *   return  0; ERR_LIMIT above REDACTION_TEXT_MAX; ERR_NOMEM */
int redaction_find(struct slice text, struct arena *a, struct redaction **out, size_t *n,
                   struct err *err);

/* Append bytes start to end of a text with a mark for each redaction that touches them; returns
 * how many did. The buf says whether there was memory. */
size_t redaction_put(struct slice text, size_t start, size_t end, const struct redaction *r,
                     size_t n, struct buf *out);

/* Both at once: the whole of a text with marks, a copy in the arena. As redaction_find; out untouched
 * on failure. */
int redaction_mask(struct slice text, struct arena *a, struct slice *out, struct err *err);

#endif
