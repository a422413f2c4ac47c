/* Schema 2. record is the truth, append-only; evidence, ledger_entry and migration are too. cell,
 * listing and citation are derived from record and may be rebuilt; source and meta are small notes.
 *
 *   subject <-- record <-- cell        what a verdict, decision or correction says per destination
 *                  ^   <-- listing     what a listing record does to a list
 *                  |   <-- citation    which evidence a finding quotes (since schema 2)
 *                  |
 *            ledger_entry              its place in the ledger
 *
 * One index per query that exists, and none more: every index is paid for by every write. */
#include "store/schema.h"

static const char schema_1[] =
"CREATE TABLE migration (\n"
"  version INTEGER PRIMARY KEY,\n"
"  at INTEGER NOT NULL,\n"
"  sha256 BLOB NOT NULL CHECK (length(sha256) = 32)\n"
") STRICT;\n"
"CREATE TABLE meta (\n"
"  key TEXT PRIMARY KEY,\n"
"  value TEXT NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE TABLE subject (\n"
"  id INTEGER PRIMARY KEY,\n"
"  kind TEXT NOT NULL CHECK (kind <> ''),\n"
"  key TEXT NOT NULL CHECK (key <> ''),\n"
"  UNIQUE (kind, key)\n"
") STRICT;\n"
"CREATE TABLE record (\n"
"  seq INTEGER PRIMARY KEY CHECK (seq > 0),\n"
"  id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),\n"
"  type TEXT NOT NULL CHECK (type <> ''),\n"
"  v INTEGER NOT NULL,\n"
"  subject INTEGER REFERENCES subject (id),\n"
"  period INTEGER,\n"
"  at INTEGER NOT NULL,\n"
"  src TEXT NOT NULL,\n"
"  body TEXT NOT NULL CHECK (body <> '')\n"
") STRICT;\n"
"CREATE INDEX record_by_type ON record (type);\n"
"CREATE INDEX record_by_subject ON record (subject);\n"
"CREATE TABLE cell (\n"
"  record INTEGER NOT NULL REFERENCES record (seq),\n"
"  destination TEXT NOT NULL,\n"
"  subject INTEGER NOT NULL REFERENCES subject (id),\n"
"  class TEXT NOT NULL CHECK (class <> ''),\n"
"  ground TEXT NOT NULL,\n"
"  kind TEXT NOT NULL CHECK (kind IN ('verdict', 'decision', 'correction')),\n"
"  period INTEGER,\n"
"  at INTEGER NOT NULL,\n"
"  PRIMARY KEY (record, destination)\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE INDEX cell_by_subject ON cell (subject);\n"
"CREATE TABLE listing (\n"
"  record INTEGER NOT NULL REFERENCES record (seq),\n"
"  list TEXT NOT NULL CHECK (list <> ''),\n"
"  destination TEXT NOT NULL,\n"
"  subject INTEGER NOT NULL REFERENCES subject (id),\n"
"  action TEXT NOT NULL CHECK (action IN ('add', 'change', 'remove')),\n"
"  at INTEGER NOT NULL,\n"
"  PRIMARY KEY (record, list, destination)\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE INDEX listing_by_subject ON listing (subject, list, destination);\n"
"CREATE TABLE evidence (\n"
"  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),\n"
"  class TEXT NOT NULL CHECK (class IN ('public', 'restricted')),\n"
"  media_type TEXT NOT NULL,\n"
"  length INTEGER NOT NULL CHECK (length >= 0),\n"
"  origin TEXT NOT NULL,\n"
"  at INTEGER NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE TABLE source (\n"
"  name TEXT PRIMARY KEY CHECK (name <> ''),\n"
"  seen INTEGER NOT NULL CHECK (seen >= 0),\n"
"  suspects INTEGER NOT NULL CHECK (suspects >= 0),\n"
"  bad INTEGER NOT NULL CHECK (bad >= 0),\n"
"  at INTEGER NOT NULL\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE TABLE ledger_entry (\n"
"  seq INTEGER PRIMARY KEY,\n"
"  record BLOB NOT NULL UNIQUE REFERENCES record (id),\n"
"  salt BLOB NOT NULL CHECK (length(salt) = 32),\n"
"  entry TEXT NOT NULL CHECK (entry <> ''),\n"
"  at INTEGER NOT NULL\n"
") STRICT;\n"
/* Append-only: against a slip of ours and against a stray tool; against intent there is the ledger.
 * REPLACE deletes without asking the delete triggers unless recursive_triggers is on, as it is with
 * us. Insert triggers stop it for everybody where rows are few; on record and subject they would
 * make every put a third dearer (the engine keeps a journal per statement), so there a stray
 * REPLACE gets through, and assay store check finds it. */
"CREATE TRIGGER migration_keep_u BEFORE UPDATE ON migration\n"
"BEGIN SELECT RAISE(ABORT, 'migration is append-only'); END;\n"
"CREATE TRIGGER migration_keep_d BEFORE DELETE ON migration\n"
"BEGIN SELECT RAISE(ABORT, 'migration is append-only'); END;\n"
"CREATE TRIGGER subject_keep_u BEFORE UPDATE ON subject\n"
"BEGIN SELECT RAISE(ABORT, 'subject is append-only'); END;\n"
"CREATE TRIGGER subject_keep_d BEFORE DELETE ON subject\n"
"BEGIN SELECT RAISE(ABORT, 'subject is append-only'); END;\n"
"CREATE TRIGGER record_keep_u BEFORE UPDATE ON record\n"
"BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;\n"
"CREATE TRIGGER record_keep_d BEFORE DELETE ON record\n"
"BEGIN SELECT RAISE(ABORT, 'record is append-only'); END;\n"
"CREATE TRIGGER evidence_keep_u BEFORE UPDATE ON evidence\n"
"BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;\n"
"CREATE TRIGGER evidence_keep_d BEFORE DELETE ON evidence\n"
"BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;\n"
"CREATE TRIGGER evidence_keep_i BEFORE INSERT ON evidence\n"
"WHEN EXISTS (SELECT 1 FROM evidence WHERE sha256 = NEW.sha256)\n"
"BEGIN SELECT RAISE(IGNORE); END;\n"
"CREATE TRIGGER ledger_keep_u BEFORE UPDATE ON ledger_entry\n"
"BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;\n"
"CREATE TRIGGER ledger_keep_d BEFORE DELETE ON ledger_entry\n"
"BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;\n"
"CREATE TRIGGER ledger_next_i BEFORE INSERT ON ledger_entry\n"
"WHEN NEW.seq <> (SELECT coalesce(max(seq) + 1, 0) FROM ledger_entry)\n"
"BEGIN SELECT RAISE(ABORT, 'ledger entries are numbered without a gap'); END;\n"
"CREATE TRIGGER ledger_once_i BEFORE INSERT ON ledger_entry\n"
"WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE record = NEW.record)\n"
"BEGIN SELECT RAISE(ABORT, 'the record has its ledger entry already'); END;\n";

/* evidence refers to no row: a finding may quote what this store does not keep. The index is the way
 * from evidence to findings; the key is the way that a check goes. */
static const char schema_2[] =
"CREATE TABLE citation (\n"
"  record INTEGER NOT NULL REFERENCES record (seq),\n"
"  evidence BLOB NOT NULL CHECK (length(evidence) = 32),\n"
"  PRIMARY KEY (record, evidence)\n"
") STRICT, WITHOUT ROWID;\n"
"CREATE INDEX citation_by_evidence ON citation (evidence);\n";

const struct schema_step schema_steps[] = {
	{ 1, schema_1, false },
	{ 2, schema_2, true },
};
const size_t schema_steps_n = sizeof(schema_steps) / sizeof(schema_steps[0]);
