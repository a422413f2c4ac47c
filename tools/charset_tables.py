#!/usr/bin/env python3
"""Write the tables of the web's legacy encodings as one C file (run by meson).

    charset_tables.py OUT.c

The tables are Python's own codecs (standard library), put in the shape and corrected in the places
where the WHATWG Encoding standard differs (its index files of 2018-01-06; the differences are
listed below and are facts of that standard). Declared in src/wire/charset_tables.h. The digests of
the finished tables are pinned by test/wire/test_charset.c, so another Python cannot change them
unseen.
"""
import sys

# In the order of enum charset, from CHARSET_IBM866 on.
SINGLE = """cp866 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_8
iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 koi8_r koi8_u mac_roman cp874 cp1250 cp1251
cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac_cyrillic""".split()

# KOI8-U is read as KOI8-RU in two places; windows-1255 has a point that Python leaves out.
SINGLE_DIFFERENCES = {("koi8_u", 0xAE): 0x45E, ("koi8_u", 0xBE): 0x40E, ("cp1255", 0xCA): 0x5BA}

JIS0212_DIFFERENCES = {116: 0xFF5E}
GB18030_DIFFERENCES = {6555: 0x3000, 7533: 0x1E3F}

# Pointer:code point. The additions of HKSCS-2008, the HKSCS codes that repeat a character of Big5,
# and a few codes of Microsoft's, none of which Python's big5hkscs has.
BIG5_DIFFERENCES = """
1000:3875 1001:21d53 1002:2369e 1003:26021 1004:3eec 1005:258de 1006:3af5 1007:7afc
1008:9f97 1009:24161 1010:2890d 1011:231ea 1012:20a8a 1013:2325e 1014:430a 1015:8484
1016:9f96 1017:942f 1018:4930 1019:8613 1020:5896 1021:974a 1022:9218 1023:79d0 1024:7a32
1025:6660 1026:6a29 1027:889d 1028:744c 1029:7bc5 1030:6782 1031:7a2c 1032:524f 1033:9046
1034:34e6 1035:73c4 1036:25db9 1037:74c6 1038:9fc7 1039:57b3 1040:492f 1041:544c 1042:4131
1043:2368e 1044:5818 1045:7a72 1046:27b65 1047:8b8f 1048:46ae 1049:26e88 1050:4181
1051:25d99 1052:7bae 1053:224bc 1054:9fc8 1055:224c1 1056:224c9 1057:224cc 1058:9fc9
1059:8504 1060:235bb 1061:40b4 1062:9fca 1063:44e1 1064:2adff 1065:62c1 1066:706e 1067:9fcb
2082:7bb8 2088:7c06 2103:7cce 2114:7dd2 2123:7e1d 2148:8005 2151:8028 2221:83c1 2239:84a8
2244:840f 2303:89a6 2304:89a9 2354:8d77 2400:90fd 2413:92b9 2477:975c 2498:97ff 2605:9f16
2673:8503 2746:5159 2747:515b 2748:515d 2749:515e 2771:936e 2780:7479 2990:6d67 3087:799b
3259:9097 3301:975d 3436:701e 3451:5b28 4136:7201 4138:77d7 4141:7e87 4182:99d6 4206:91d4
4220:60de 4230:6fb6 4241:8f36 4258:4fbb 4273:71df 4279:9104 4282:9df0 4294:83cf 4329:5c10
4330:79e3 4349:5a67 4419:8f0b 4422:7b51 4494:62d0 4624:6062 4694:75f9 4708:6c4a 4742:9b2e
4748:9f17 4815:50ed 4828:5f0c 4902:880f 4922:62ce 4982:7468 4992:7162 4997:7250 5432:2400
5433:2401 5434:2402 5435:2403 5436:2404 5437:2405 5438:2406 5439:2407 5440:2408 5441:2409
5442:240a 5443:240b 5444:240c 5445:240d 5446:240e 5447:240f 5448:2410 5449:2411 5450:2412
5451:2413 5452:2414 5453:2415 5454:2416 5455:2417 5456:2418 5457:2419 5458:241a 5459:241b
5460:241c 5461:241d 5462:241e 5463:241f 5464:2421 10942:5ef4 10946:65e0 10948:7676
10950:96b6 10957:3003 10958:4edd 19028:5029 19035:507d 19088:5305 19096:5344 19112:537f
19162:5605 19240:5a77 19299:5e75 19305:5ed0 19326:5f58 19355:60a4 19398:6490 19439:6674
19454:675e 19553:6c9c 19554:6e1d 19557:6e2f 19611:716e 19643:732a 19672:745c 19697:74e9
19748:7809
"""


def decode(raw, codec):
    """The one character that raw stands for, or None."""
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    return ord(text) if len(text) == 1 else None


def single(codec):
    row = []
    for byte in range(0x80, 0x100):
        c = SINGLE_DIFFERENCES.get((codec, byte), decode(bytes([byte]), codec))
        if c is None and byte < 0xA0:
            c = byte  # the standard keeps C1 controls where a code page has nothing
        row.append(c or 0)
    return row


def jis0208():
    """By the pointer that Shift_JIS and EUC-JP share: 94 columns, two rows a lead byte. Rows that
    Python fills with private-use characters are left to the decoder."""
    row = []
    for pointer in range(11280):
        lead, trail = divmod(pointer, 188)
        raw = bytes([lead + (0x81 if lead < 0x1F else 0xC1),
                     trail + (0x40 if trail < 0x3F else 0x41)])
        row.append(0 if 8836 <= pointer <= 10715 else decode(raw, "cp932") or 0)
    return row


def jis0212():
    row = [decode(bytes([0x8F, p // 94 + 0xA1, p % 94 + 0xA1]), "euc_jp") or 0
           for p in range(8836)]
    for pointer, c in JIS0212_DIFFERENCES.items():
        row[pointer] = c
    return row


def euc_kr():
    return [decode(bytes([p // 190 + 0x81, p % 190 + 0x41]), "cp949") or 0 for p in range(23940)]


def gb18030():
    row = []
    for pointer in range(23940):
        lead, trail = divmod(pointer, 190)
        raw = bytes([lead + 0x81, trail + (0x40 if trail < 0x3F else 0x41)])
        row.append(decode(raw, "gb18030") or 0)
    for pointer, c in GB18030_DIFFERENCES.items():
        row[pointer] = c
    return row


def gb18030_ranges():
    """Four-byte codes of the BMP: (first pointer, its code point) wherever the step is not one."""
    ranges, last = [], None
    for pointer in range(39420):
        rest, d = divmod(pointer, 10)
        rest, c = divmod(rest, 126)
        a, b = divmod(rest, 10)
        now = decode(bytes([a + 0x81, b + 0x30, c + 0x81, d + 0x30]), "gb18030")
        if now is not None and (last is None or now != last + 1):
            ranges.append((pointer, now))
        last = now
    return ranges


def big5():
    row = []
    for pointer in range(19782):
        lead, trail = divmod(pointer, 157)
        raw = bytes([lead + 0x81, trail + (0x40 if trail < 0x3F else 0x62)])
        c = decode(raw, "cp950") if 0xA1 <= raw[0] <= 0xA3 else None
        row.append(c or decode(raw, "big5hkscs") or 0)
    for pair in BIG5_DIFFERENCES.split():
        pointer, c = pair.split(":")
        row[int(pointer)] = int(c, 16)
    return row


def numbers(row):
    lines, line = [], ""
    for v in row:
        text = "%d," % v
        if len(line) + len(text) > 96:
            lines.append(line)
            line = ""
        line += text
    lines.append(line)
    return "\n".join(lines)


def array(declaration, row):
    return "const %s[%d] = {\n%s\n};\n" % (declaration, len(row), numbers(row))


def main():
    big = big5()
    assert all(c < 0x10000 or c >> 16 == 2 for c in big)
    plane2 = [sum((big[i + k] >> 16 == 2) << k for k in range(8) if i + k < len(big))
              for i in range(0, len(big), 8)]
    ranges = gb18030_ranges()
    out = ['/* Made by tools/charset_tables.py. */\n#include "wire/charset_tables.h"\n']
    out.append("const uint16_t charset_single[%d][128] = {\n%s\n};\n" % (
        len(SINGLE), ",\n".join("{\n%s\n}" % numbers(single(c)) for c in SINGLE)))
    out.append(array("uint16_t charset_jis0208", jis0208()))
    out.append(array("uint16_t charset_jis0212", jis0212()))
    out.append(array("uint16_t charset_euc_kr", euc_kr()))
    out.append(array("uint16_t charset_gb18030", gb18030()))
    out.append(array("uint16_t charset_big5", [c & 0xFFFF for c in big]))
    out.append(array("uint8_t charset_big5_plane2", plane2))
    out.append("const uint16_t charset_gb18030_range[%d][2] = {\n%s\n};\n" % (
        len(ranges), "\n".join("{ %d, %d }," % r for r in ranges)))
    with open(sys.argv[1], "w", encoding="ascii") as f:
        f.write("\n".join(out))


main()
