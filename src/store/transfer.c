#include "store/transfer.h"

#include <stdio.h>
#include <string.h>

const struct transfer_table transfer_tables[] = {
	{ "meta", "key, value", "tt", 1, 1 },
	{ "subject", "id, kind, key", "itt", 1, 1 },
	{ "record", "seq, id, type, v, subject, period, at, src, body", "ibtiiiitt", 1, 1 },
	{ "cell", "record, destination, subject, class, ground, kind, period, at", "ititttii", 2, 1 },
	{ "listing", "record, list, destination, subject, action, at", "ittiti", 3, 1 },
	{ "evidence", "sha256, class, media_type, length, origin, at", "bttiti", 1, 1 },
	{ "source", "name, seen, suspects, bad, at", "tiiii", 1, 1 },
	{ "ledger_entry", "seq, record, salt, entry, at", "ibbti", 1, 1 },
	{ "citation", "record, evidence", "ib", 2, 2 },
	{ "redaction", "record, by_record, at", "bii", 1, 3 },
	{ "evidence_gone", "sha256, why, by_record, at", "btii", 1, 3 },
	{ "account",
	  "id, name, roles, state, password, totp, totp_step, verifier, failures, locked_until, "
	  "created, changed", "ittttbitiiii", 1, 3 },
	{ "token", "digest, account, label, scope, created, expires, used, revoked", "bittiiii", 1, 3 },
	{ "session", "digest, account, csrf, created, used, expires", "bibiii", 1, 3 },
	{ "audit", "seq, at, actor, action, object, result, detail", "iittttt", 1, 3 },
};
const size_t transfer_tables_n = sizeof(transfer_tables) / sizeof(transfer_tables[0]);

enum { TEXT_MAX = 600 };

static void select_text(const struct transfer_table *t, char out[TEXT_MAX])
{
	int n = snprintf(out, TEXT_MAX, "SELECT %s FROM %s ORDER BY 1", t->columns, t->name);

	for (int i = 2; i <= t->key_columns; i++)
		n += snprintf(out + n, TEXT_MAX - (size_t)n, ", %d", i);
}

static void insert_text(const struct transfer_table *t, char out[TEXT_MAX])
{
	int n = snprintf(out, TEXT_MAX, "INSERT INTO %s (%s) VALUES (", t->name, t->columns);

	for (size_t i = 1; i <= strlen(t->types); i++)
		n += snprintf(out + n, TEXT_MAX - (size_t)n, "%s$%zu", i > 1 ? ", " : "", i);
	snprintf(out + n, TEXT_MAX - (size_t)n, ")");
}

static int put_row(const struct transfer_table *t, struct sql_stmt *row, struct sql_stmt *put,
		   struct err *err)
{
	for (int i = 0; t->types[i]; i++) {
		if (sql_is_null(row, i))
			sql_bind_null(put, i + 1);
		else if (t->types[i] == 'i')
			sql_bind_i64(put, i + 1, sql_i64(row, i));
		else if (t->types[i] == 't')
			sql_bind_text(put, i + 1, sql_bytes(row, i));
		else
			sql_bind_blob(put, i + 1, sql_bytes(row, i));
	}
	return sql_queue(put, err);
}

static int copy_table(const struct transfer_table *t, struct sql *from, struct sql *to,
		      struct err *err)
{
	char text[TEXT_MAX];
	struct sql_stmt *rows = NULL, *put = NULL;

	select_text(t, text);
	int rc = sql_prepare_walk(from, text, &rows, err);
	insert_text(t, text);
	if (rc == 0)
		rc = sql_prepare(to, text, &put, err);
	while (rc == 0 && (rc = sql_step(rows, err)) == 1)
		rc = put_row(t, rows, put, err);
	sql_finalize(rows);
	sql_finalize(put);
	return rc;
}

int transfer_rows(struct sql *from, struct sql *to, int schema, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < transfer_tables_n; i++)
		if (transfer_tables[i].schema <= schema)
			rc = copy_table(&transfer_tables[i], from, to, err);
	return rc;
}
