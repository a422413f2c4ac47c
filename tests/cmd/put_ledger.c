/* put_ledger STORE: records from standard input, one a line, into a store, and what is no observation
 * and no network into its ledger too, as if it had been done here. For tests/e2e, which cannot import
 * it: what was read in from elsewhere counts for nothing in cmd/notices.h. A store that is absent is
 * made. A line {"put":"evidence","class":…,"media_type":…,"text":…} keeps evidence.
 *
 * Prints the id of each; exit 2 with a message on standard error when something fails. */
#include "cmd/ledgerbook.h"

#include <stdio.h>
#include <stdlib.h>

static int put_evidence(struct store *store, const json_t *o, struct err *err)
{
	struct store_evidence e = { .cls = json_str(o, "class"),
		                    .media_type = json_str(o, "media_type"),
		                    .origin = SLICE("put_ledger"),
		                    .at = 1790000000 };

	return store_put_evidence(store, &e, json_str(o, "text"), NULL, err);
}

static int put_line(struct ledgerbook *book, struct slice line, struct err *err)
{
	struct record r;
	json_t *o = NULL;
	int rc = json_parse_object(line, RECORD_LINE_MAX, &o, err);

	if (rc == 0 && slice_eq_str(json_str(o, "put"), "evidence")) {
		rc = put_evidence(book->store, o, err);
		json_decref(o);
		return rc;
	}
	json_decref(o);
	if (rc == 0)
		rc = record_parse(line, &r, err);
	if (rc)
		return rc;
	int64_t period = r.has_period ? r.period : STORE_NONE;
	if (slice_eq_str(r.type_name, "observation") || slice_eq_str(r.type_name, "network"))
		rc = ledgerbook_store(book->store, &r, period, NULL, NULL, err);
	else
		rc = ledgerbook_put(book, &r, period, NULL, err);
	char hex[SHA256_HEX];
	record_id_hex(&r, hex);
	if (rc == 0)
		puts(hex);
	record_release(&r);
	return rc;
}

static int run(const char *dir, struct err *err)
{
	struct config config;
	struct store *store = NULL;
	struct ledgerbook book = { 0 };
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	bool opened = false;

	config_init(&config);
	config_set_store(&config, dir);
	int rc = store_open(dir, STORE_WRITE | STORE_CREATE, "put_ledger", &store, err);
	if (rc == 0) {
		opened = true;
		rc = ledgerbook_open(store, &config, 1790000000, &book, err);
	}
	if (rc == 0)
		rc = store_begin(store, err);
	while (rc == 0 && (n = getline(&line, &cap, stdin)) > 0)
		rc = put_line(&book, slice_trim(slice_from(line, (size_t)n)), err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	free(line);
	if (opened)
		ledgerbook_close(&book);
	store_close(store);
	return rc;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc != 2 || run(argv[1], &err)) {
		fprintf(stderr, "put_ledger: %s\n", argc == 2 ? err.what : "STORE is wanted");
		return 2;
	}
	return 0;
}
