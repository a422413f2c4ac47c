#include "cmd/collect_tables.h"

#include "cmd/rulebook.h"
#include "collect/page_reading.h"
#include "model/evidence.h"
#include "model/lexicon.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>

enum { TABLE_MAX = 16 << 20 /* bytes of parking.tsv */ };

static int put_input(json_t *inputs, const char *name, struct sha256 digest)
{
	char address[EVIDENCE_ADDRESS_SIZE];

	evidence_address_format(digest, address);
	return json_put_str(inputs, name, slice_str(address));
}

static int read_table(const struct config *config, const char *name, struct buf *out,
                      struct err *err)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", config->collect.tables, name);
	return file_read(path, TABLE_MAX, out, err);
}

static int load_words(const struct config *config, struct collect_tables *t, struct err *err)
{
	struct buf links = { 0 }, hints = { 0 };
	int rc = read_table(config, "links.tsv", &links, err);

	if (rc == 0)
		rc = read_table(config, "hints.tsv", &hints, err);
	if (rc == 0)
		rc = link_words_load(buf_slice(&links), buf_slice(&hints), &t->words, err);
	if (rc == 0)
		rc = page_reader_new(t->rules->lexicon, t->words, &t->pages, err);
	buf_release(&links);
	buf_release(&hints);
	return rc;
}

static int describe(struct collect_tables *t, struct slice parking, struct err *err)
{
	t->inputs = page_reader_inputs(t->pages);
	if (!t->inputs || put_input(t->inputs, "parking", sha256_of(parking)) ||
	    put_input(t->inputs, "suffixes", suffixes_digest(t->suffixes)) ||
	    json_put_str(t->inputs, "program", SLICE(ASSAY_VERSION)))
		return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
	return 0;
}

int collect_tables_load(const struct config *config, struct arena *arena,
                        struct collect_tables *out, struct err *err)
{
	struct buf text = { 0 };
	int rc;

	out->rules = calloc(1, sizeof(*out->rules));
	if (!out->rules)
		return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
	rc = rulebook_load(config, true, false, out->rules, err);
	out->suffixes = out->rules->suffixes;
	if (rc == 0)
		rc = read_table(config, "parking.tsv", &text, err);
	if (rc == 0)
		rc = parking_parse(buf_slice(&text), arena, &out->parking, err);
	if (rc == 0)
		rc = load_words(config, out, err);
	if (rc == 0)
		rc = describe(out, buf_slice(&text), err);
	buf_release(&text);
	return rc;
}

void collect_tables_release(struct collect_tables *t)
{
	page_reader_free(t->pages);
	link_words_free(t->words);
	json_decref(t->inputs);
	if (t->rules)
		rulebook_release(t->rules);
	free(t->rules);
}
