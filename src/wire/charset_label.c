/* Labels as the Encoding standard lists them (section 4.2, "Names and labels"). */
#include "wire/charset_label.h"

const struct charset_names charset_names[CHARSETS_N] = {
	[CHARSET_NONE] = { "", "" },
	[CHARSET_UTF_8] = { "UTF-8",
		"unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8" },
	[CHARSET_IBM866] = { "IBM866",
		"866 cp866 csibm866 ibm866" },
	[CHARSET_ISO_8859_2] = { "ISO-8859-2",
		"csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
		"iso_8859-2:1987 l2 latin2" },
	[CHARSET_ISO_8859_3] = { "ISO-8859-3",
		"csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
		"iso_8859-3:1988 l3 latin3" },
	[CHARSET_ISO_8859_4] = { "ISO-8859-4",
		"csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
		"iso_8859-4:1988 l4 latin4" },
	[CHARSET_ISO_8859_5] = { "ISO-8859-5",
		"csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
		"iso_8859-5 iso_8859-5:1988" },
	[CHARSET_ISO_8859_6] = { "ISO-8859-6",
		"arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 "
		"iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 "
		"iso_8859-6 iso_8859-6:1987" },
	[CHARSET_ISO_8859_7] = { "ISO-8859-7",
		"csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
		"iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek" },
	[CHARSET_ISO_8859_8] = { "ISO-8859-8",
		"csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
		"iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual" },
	[CHARSET_ISO_8859_8_I] = { "ISO-8859-8-I",
		"csiso88598i iso-8859-8-i logical" },
	[CHARSET_ISO_8859_10] = { "ISO-8859-10",
		"csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6" },
	[CHARSET_ISO_8859_13] = { "ISO-8859-13",
		"iso-8859-13 iso8859-13 iso885913" },
	[CHARSET_ISO_8859_14] = { "ISO-8859-14",
		"iso-8859-14 iso8859-14 iso885914" },
	[CHARSET_ISO_8859_15] = { "ISO-8859-15",
		"csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9" },
	[CHARSET_ISO_8859_16] = { "ISO-8859-16",
		"iso-8859-16" },
	[CHARSET_KOI8_R] = { "KOI8-R",
		"cskoi8r koi koi8 koi8-r koi8_r" },
	[CHARSET_KOI8_U] = { "KOI8-U",
		"koi8-ru koi8-u" },
	[CHARSET_MACINTOSH] = { "macintosh",
		"csmacintosh mac macintosh x-mac-roman" },
	[CHARSET_WINDOWS_874] = { "windows-874",
		"dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874" },
	[CHARSET_WINDOWS_1250] = { "windows-1250",
		"cp1250 windows-1250 x-cp1250" },
	[CHARSET_WINDOWS_1251] = { "windows-1251",
		"cp1251 windows-1251 x-cp1251" },
	[CHARSET_WINDOWS_1252] = { "windows-1252",
		"ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 "
		"iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 "
		"us-ascii windows-1252 x-cp1252" },
	[CHARSET_WINDOWS_1253] = { "windows-1253",
		"cp1253 windows-1253 x-cp1253" },
	[CHARSET_WINDOWS_1254] = { "windows-1254",
		"cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
		"iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254" },
	[CHARSET_WINDOWS_1255] = { "windows-1255",
		"cp1255 windows-1255 x-cp1255" },
	[CHARSET_WINDOWS_1256] = { "windows-1256",
		"cp1256 windows-1256 x-cp1256" },
	[CHARSET_WINDOWS_1257] = { "windows-1257",
		"cp1257 windows-1257 x-cp1257" },
	[CHARSET_WINDOWS_1258] = { "windows-1258",
		"cp1258 windows-1258 x-cp1258" },
	[CHARSET_X_MAC_CYRILLIC] = { "x-mac-cyrillic",
		"x-mac-cyrillic x-mac-ukrainian" },
	[CHARSET_GBK] = { "GBK",
		"chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk "
		"iso-ir-58 x-gbk" },
	[CHARSET_GB18030] = { "gb18030",
		"gb18030" },
	[CHARSET_BIG5] = { "Big5",
		"big5 big5-hkscs cn-big5 csbig5 x-x-big5" },
	[CHARSET_EUC_JP] = { "EUC-JP",
		"cseucpkdfmtjapanese euc-jp x-euc-jp" },
	[CHARSET_ISO_2022_JP] = { "ISO-2022-JP",
		"csiso2022jp iso-2022-jp" },
	[CHARSET_SHIFT_JIS] = { "Shift_JIS",
		"csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis" },
	[CHARSET_EUC_KR] = { "EUC-KR",
		"cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
		"ks_c_5601-1989 ksc5601 ksc_5601 windows-949" },
	[CHARSET_REPLACEMENT] = { "replacement",
		"csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement" },
	[CHARSET_UTF_16BE] = { "UTF-16BE",
		"unicodefffe utf-16be" },
	[CHARSET_UTF_16LE] = { "UTF-16LE",
		"csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le" },
	[CHARSET_X_USER_DEFINED] = { "x-user-defined",
		"x-user-defined" },
};

const char *charset_name(enum charset c)
{
	return c < CHARSETS_N ? charset_names[c].name : "";
}

enum charset charset_of_label(struct slice label)
{
	label = slice_trim(label);
	for (int c = 0; c < CHARSETS_N; c++) {
		struct slice labels = slice_str(charset_names[c].labels), one;
		while (slice_cut(&labels, ' ', &one))
			if (slice_eq_nocase(one, label))
				return (enum charset)c;
	}
	return CHARSET_NONE;
}

struct slice charset_label_in(struct slice s)
{
	static const struct slice word = { "charset", 7 };

	for (size_t at = 0; at + word.n <= s.n; at++) {
		if (!slice_eq_nocase(slice_sub(s, at, at + word.n), word))
			continue;
		struct slice rest = slice_trim(slice_sub(s, at + word.n, s.n));
		if (rest.n == 0 || rest.p[0] != '=')
			continue;
		rest = slice_trim(slice_sub(rest, 1, rest.n));
		if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\'')) {
			size_t close = slice_find(slice_sub(rest, 1, rest.n), rest.p[0]);
			/* A quote that is not closed names nothing. */
			return close + 1 < rest.n ? slice_sub(rest, 1, 1 + close) : slice_sub(s, 0, 0);
		}
		size_t end = 0;
		while (end < rest.n && !ascii_space(rest.p[end]) && rest.p[end] != ';')
			end++;
		return slice_sub(rest, 0, end);
	}
	return slice_sub(s, 0, 0);
}
