/* The shipped tables that pages are read by. */
#ifndef TESTS_COLLECT_TABLES_H
#define TESTS_COLLECT_TABLES_H

#include "base/buf.h"
#include "collect/link_words.h"
#include "collect/page_reading.h"
#include "model/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

struct tables {
	struct lexicon *lexicon;
	struct link_words *words;
	struct page_reader *reader;
};

static inline void tables_file(const char *name, struct buf *out)
{
	const char *root = getenv("ASSAY_SOURCE");
	char path[4096], piece[65536];
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", root ? root : ".", name);
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "%s: cannot be opened\n", path);
		exit(2);
	}
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(out, slice_from(piece, n));
	fclose(f);
}

static inline struct tables tables_load(void)
{
	struct buf file[6] = { { 0 } };
	static const char *const names[] = {
		"policy/lexicon/drugs.tsv",      "policy/lexicon/phrases.tsv",
		"policy/lexicon/substances.tsv", "policy/lexicon/words.tsv",
		"policy/collect/links.tsv",      "policy/collect/hints.tsv"
	};
	struct tables t = { 0 };
	struct err err = { 0 };

	for (int i = 0; i < 6; i++)
		tables_file(names[i], &file[i]);
	struct lexicon_files files = { buf_slice(&file[0]), buf_slice(&file[1]),
		                       buf_slice(&file[2]), buf_slice(&file[3]) };
	if (lexicon_load(&files, &t.lexicon, &err) ||
	    link_words_load(buf_slice(&file[4]), buf_slice(&file[5]), &t.words, &err) ||
	    page_reader_new(t.lexicon, t.words, &t.reader, &err)) {
		fprintf(stderr, "%s\n", err.what);
		exit(2);
	}
	for (int i = 0; i < 6; i++)
		buf_release(&file[i]);
	return t;
}

static inline void tables_release(struct tables *t)
{
	page_reader_free(t->reader);
	link_words_free(t->words);
	lexicon_free(t->lexicon);
}

#endif
