/* Tables of the legacy encodings, made at build time by tools/charset_tables.py.
 *
 *   source  WHATWG Encoding standard, section 5 "Indexes": an entry is the code point of a pointer,
 *           0 where the pointer has none */
#ifndef WIRE_CHARSET_TABLES_H
#define WIRE_CHARSET_TABLES_H

#include <stdint.h>

enum {
	JIS0208_N = 11280,
	JIS0212_N = 8836,
	EUC_KR_N = 23940,
	GB18030_N = 23940,
	BIG5_N = 19782,
	GB18030_RANGES_N = 206,
	CHARSET_SINGLE_N = 28,
};

extern const uint16_t charset_single[CHARSET_SINGLE_N][128]; /* bytes 80 to FF */
extern const uint16_t charset_jis0208[JIS0208_N];
extern const uint16_t charset_jis0212[JIS0212_N];
extern const uint16_t charset_euc_kr[EUC_KR_N];
extern const uint16_t charset_gb18030[GB18030_N];
extern const uint16_t charset_big5[BIG5_N];                    /* low 16 bits */
extern const uint8_t charset_big5_plane2[(BIG5_N + 7) / 8];    /* bit set: U+2xxxx */
extern const uint16_t charset_gb18030_range[GB18030_RANGES_N][2]; /* first pointer, code point */

#endif
