/* The SQL of the store, all in one place; plain enough for SQLite and PostgreSQL. */
#include "store/handle.h"

#define RECORD_COLUMNS                                                                             \
	"r.seq, r.id, r.type, r.v, s.kind, s.key, r.period, r.at, r.src, r.body "                  \
	"FROM record r LEFT JOIN subject s ON s.id = r.subject "

static const char *const text[STMT_COUNT] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	[STMT_ROLLBACK] = "ROLLBACK",
	[STMT_SNAPSHOT] = "BEGIN", /* in SQLite a snapshot from the first read on */
	[STMT_SUBJECT_FIND] = "SELECT id FROM subject WHERE kind = $1 AND key = $2",
	[STMT_SUBJECT_PUT] = "INSERT INTO subject (kind, key) VALUES ($1, $2)",
	[STMT_RECORD_PUT] =
		"INSERT INTO record (id, type, v, subject, period, at, src, body) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
	[STMT_RECORD_SEQ] = "SELECT seq FROM record WHERE id = $1",
	[STMT_RECORD_OWNER] = "SELECT subject, period, at FROM record WHERE seq = $1",
	[STMT_RECORD_GET] = "SELECT " RECORD_COLUMNS "WHERE r.id = $1",
	[STMT_RECORD_AT] = "SELECT " RECORD_COLUMNS "WHERE r.seq = $1",
	[STMT_WALK] = "SELECT " RECORD_COLUMNS "WHERE r.seq > $1 ORDER BY r.seq",
	[STMT_WALK_TYPE] =
		"SELECT " RECORD_COLUMNS "WHERE r.seq > $1 AND r.type = $2 ORDER BY r.seq",
	[STMT_WALK_SUBJECT] =
		"SELECT " RECORD_COLUMNS "WHERE r.seq > $1 AND r.subject = $2 ORDER BY r.seq",
	[STMT_CELL_PUT] =
		"INSERT INTO cell (record, destination, subject, class, ground, kind, period, at) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (record, destination) DO NOTHING",
	[STMT_CELL_LIST] =
		"SELECT c.destination, c.class, c.ground, c.kind, c.record, r.id, c.period, c.at, r.src "
		"FROM cell c JOIN record r ON r.seq = c.record "
		"WHERE c.subject = $1 ORDER BY c.record, c.destination",
	[STMT_LISTING_PUT] =
		"INSERT INTO listing (record, list, destination, subject, action, at) "
		"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (record, list, destination) DO NOTHING",
	[STMT_LISTING_LIST] =
		"SELECT l.list, l.destination, l.action, l.record, r.id, l.at, s.kind, s.key "
		"FROM listing l JOIN record r ON r.seq = l.record JOIN subject s ON s.id = l.subject "
		"WHERE l.subject = $1 AND l.record = (SELECT max(m.record) FROM listing m "
		"WHERE m.subject = l.subject AND m.list = l.list AND m.destination = l.destination) "
		"ORDER BY l.list, l.destination",
	[STMT_CITATION_PUT] = "INSERT INTO citation (record, evidence) VALUES ($1, $2) "
			      "ON CONFLICT (record, evidence) DO NOTHING",
	[STMT_CITATION_LIST] = "SELECT record FROM citation WHERE evidence = $1 ORDER BY record",
	[STMT_EVIDENCE_PUT] =
		"INSERT INTO evidence (sha256, class, media_type, length, origin, at) "
		"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO NOTHING",
	[STMT_EVIDENCE_GET] =
		"SELECT sha256, class, media_type, length, origin, at FROM evidence WHERE sha256 = $1",
	[STMT_SOURCE_PUT] =
		"INSERT INTO source (name, seen, suspects, bad, at) VALUES ($1, $2, $3, $4, $5) "
		"ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, "
		"suspects = excluded.suspects, bad = excluded.bad, at = excluded.at",
	[STMT_SOURCE_LIST] = "SELECT name, seen, suspects, bad, at FROM source ORDER BY name",
	[STMT_ENTRY_PUT] = "INSERT INTO ledger_entry (seq, record, salt, entry, at) "
			   "VALUES ($1, $2, $3, $4, $5)",
	[STMT_ENTRY_SIZE] = "SELECT coalesce(max(seq) + 1, 0) FROM ledger_entry",
	[STMT_ENTRY_FIND] = "SELECT seq FROM ledger_entry WHERE record = $1",
	[STMT_REDACTION_GET] = "SELECT by_record, at FROM redaction WHERE record = $1",
	[STMT_GONE_GET] = "SELECT why, by_record, at FROM evidence_gone WHERE sha256 = $1",
	[STMT_META_PUT] = "INSERT INTO meta (key, value) VALUES ($1, $2) "
			  "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
	[STMT_META_GET] = "SELECT value FROM meta WHERE key = $1",
};

int stmt_get(struct store *s, enum stmt which, struct sql_stmt **out, struct err *err)
{
	int rc = s->stmt[which] ? 0 : sql_prepare(s->db, text[which], &s->stmt[which], err);

	*out = s->stmt[which];
	return rc;
}
