#!/usr/bin/env python3
"""Write the entries of src/wire/language_words.tsv as one C hash table (run by meson).

    language_words.py WORDS.tsv OUT.c

Declared in src/wire/language_words.h: open addressing over FNV-1a, so that the table is constant
and looked up without a search.
"""
import sys

SIZE = 8192


def fnv(data):
    h = 0x811C9DC5
    for byte in data:
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    return h


def main(words, out):
    languages, mask = [], {}
    for line in open(words, encoding="utf-8"):
        if line.startswith("#") or not line.strip():
            continue
        language, entries = line.rstrip("\n").split("\t")
        if language not in languages:
            languages.append(language)
        for entry in entries.split():
            mask[entry] = mask.get(entry, 0) | 1 << languages.index(language)
    table = [None] * SIZE
    for entry in sorted(mask):
        data = entry.encode()
        at = fnv(data) % SIZE
        while table[at]:
            at = (at + 1) % SIZE
        table[at] = data
    if len(mask) * 2 > SIZE or max(len(e.encode()) for e in mask) > 23:
        sys.exit("language_words.py: too many entries, or one is too long")
    with open(out, "w", encoding="utf-8") as f:
        f.write('/* Made by tools/language_words.py. */\n#include "wire/language_words.h"\n\n')
        f.write("const char language_code[LANGUAGE_WORDS_N][4] = { %s };\n\n"
                % ", ".join('"%s"' % l for l in languages))
        f.write("const struct language_word language_word[LANGUAGE_WORD_SLOTS] = {\n")
        for at, data in enumerate(table):
            if data:
                text = "".join("\\%03o" % b for b in data)
                f.write('\t[%d] = { "%s", %d, 0x%x },\n'
                        % (at, text, len(data), mask[data.decode()]))
        f.write("};\n\n_Static_assert(LANGUAGE_WORDS_N == %d && LANGUAGE_WORD_SLOTS == %d,\n"
                '               "the table fits its header");\n' % (len(languages), SIZE))


main(*sys.argv[1:])
