#include "cmd/collect_tables.h"

#include "cmd/rulebook.h"
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

int collect_tables_load(const struct config *config, struct arena *arena, struct collect_tables *out,
                        struct err *err)
{
	struct buf text = { 0 };
	char path[4096];
	int rc;

	out->rules = calloc(1, sizeof(*out->rules));
	out->inputs = json_object();
	if (!out->rules || !out->inputs)
		return err_set(err, ERR_NOMEM, 0, "collect: out of memory");
	rc = rulebook_load(config, true, false, out->rules, err);
	if (rc)
		return rc;
	out->suffixes = out->rules->suffixes;
	out->lexicon = out->rules->lexicon;
	snprintf(path, sizeof(path), "%s/parking.tsv", config->collect.tables);
	rc = file_read(path, TABLE_MAX, &text, err);
	if (rc == 0 && (rc = parking_parse(buf_slice(&text), arena, &out->parking, err)))
		err_wrap(err, "%s", path);
	if (rc == 0 && (put_input(out->inputs, "parking", sha256_of(buf_slice(&text))) ||
	                put_input(out->inputs, "lexicon", out->lexicon->digest) ||
	                put_input(out->inputs, "suffixes", suffixes_digest(out->suffixes)) ||
	                json_put_str(out->inputs, "program", SLICE(ASSAY_VERSION))))
		rc = err_set(err, ERR_NOMEM, 0, "collect: out of memory");
	buf_release(&text);
	return rc;
}

void collect_tables_release(struct collect_tables *t)
{
	json_decref(t->inputs);
	if (t->rules)
		rulebook_release(t->rules);
	free(t->rules);
}
