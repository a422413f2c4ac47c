/* Blobs and tiles are counted once and then added to; the database and its log are looked at every
 * time, since a look is cheap and what they grow by is not known. A blob whose batch was rolled back
 * stays counted: it stays on the disk too. */
#include "store/quota.h"

#include "store/handle.h"
#include "sys/file.h"
#include "sys/tree.h"

#include <stdio.h>

#define RESERVE_MOST ((uint64_t)256 << 20)

void store_put_bytes(uint64_t bytes, struct buf *out)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024) {
		buf_printf(out, "%d bytes", (int)bytes);
		return;
	}
	for (; n >= 1024 && unit < 3; unit++)
		n /= 1024;
	buf_printf(out, "%.1f %s", n, units[unit]);
}

/* Of a file that need not be there. */
static int length_of(const char *path, uint64_t *out, struct err *err)
{
	int64_t mtime;
	struct err why = { 0 };
	int rc = file_stat(path, &mtime, out, &why);

	if (rc == ERR_NOTFOUND) {
		*out = 0;
		return 0;
	}
	if (rc && err)
		*err = why;
	return rc;
}

static int count_database(struct store *s, uint64_t *database, uint64_t *log, struct err *err)
{
	char path[4200];
	int rc = length_of(s->path, database, err);

	snprintf(path, sizeof(path), "%s-wal", s->path);
	return rc ? rc : length_of(path, log, err);
}

struct counting {
	const char *dir;
	uint64_t bytes;
};

static int count_file(void *ctx, const char *rel, struct err *err)
{
	struct counting *c = ctx;
	char path[4600];
	uint64_t length = 0;

	snprintf(path, sizeof(path), "%s/%s", c->dir, rel);
	int rc = length_of(path, &length, err);
	c->bytes += length;
	return rc;
}

static int count_ledger(struct store *s, uint64_t *out, struct err *err)
{
	char dir[4200];
	struct counting c = { dir, 0 };

	snprintf(dir, sizeof(dir), "%s/ledger", s->dir);
	int rc = tree_each(dir, count_file, &c, err);
	if (rc == 0)
		*out = c.bytes;
	return rc;
}

static int count_evidence(struct store *s, struct store_usage *u, struct err *err)
{
	struct sql_stmt *st = NULL;
	int rc = sql_prepare(s->db,
			     "SELECT e.class, g.sha256 IS NOT NULL, count(*), sum(e.length) "
			     "FROM evidence e LEFT JOIN evidence_gone g ON g.sha256 = e.sha256 "
			     "GROUP BY 1, 2", &st, err);

	while (rc == 0 && (rc = sql_step(st, err)) == 1) {
		rc = 0;
		if (sql_i64(st, 1)) {
			u->gone += sql_i64(st, 2);
			continue;
		}
		bool is_public = slice_eq_str(sql_bytes(st, 0), "public");
		enum evidence_class c = is_public ? EVIDENCE_PUBLIC : EVIDENCE_RESTRICTED;
		u->pieces[c] = sql_i64(st, 2);
		u->evidence[c] = (uint64_t)sql_i64(st, 3);
	}
	sql_finalize(st);
	return rc;
}

int store_usage(struct store *s, struct store_usage *out, struct err *err)
{
	struct store_usage u = { 0 };
	int rc = count_database(s, &u.database, &u.log, err);

	if (rc == 0)
		rc = count_evidence(s, &u, err);
	if (rc == 0)
		rc = count_ledger(s, &u.ledger, err);
	if (rc == 0)
		rc = file_space(s->dir, &u.free, &u.disk, err);
	if (rc)
		return rc;
	u.total = u.database + u.log + u.evidence[EVIDENCE_PUBLIC] + u.evidence[EVIDENCE_RESTRICTED] +
		  u.ledger;
	*out = u;
	return 0;
}

int store_limit(struct store *s, uint64_t quota, uint64_t reserve, struct err *err)
{
	struct store_usage u = { 0 };
	int rc = quota ? store_usage(s, &u, err) : file_space(s->dir, &u.free, &u.disk, err);

	if (rc)
		return rc;
	if (reserve == STORE_RESERVE_DEFAULT)
		reserve = u.disk / 20 < RESERVE_MOST ? u.disk / 20 : RESERVE_MOST;
	s->limits = (struct store_limits){ quota, reserve, u.total - u.database - u.log };
	return 0;
}

/* Two numbers of bytes as people read them. */
struct amounts {
	char a[40], b[40];
};

static struct amounts amounts_of(uint64_t a, uint64_t b)
{
	struct amounts out = { "", "" };
	struct buf text = { 0 };

	store_put_bytes(a, &text);
	snprintf(out.a, sizeof(out.a), "%s", buf_str(&text));
	buf_clear(&text);
	store_put_bytes(b, &text);
	snprintf(out.b, sizeof(out.b), "%s", buf_str(&text));
	buf_release(&text);
	return out;
}

int store_room(struct store *s, uint64_t need, struct err *err)
{
	const struct store_limits *l = &s->limits;
	uint64_t database = 0, log = 0, space, disk;
	int rc = 0;

	if (l->quota == 0 && l->reserve == 0)
		return 0;
	if (l->quota)
		rc = count_database(s, &database, &log, err);
	if (rc == 0)
		rc = file_space(s->dir, &space, &disk, err);
	if (rc)
		return rc;
	uint64_t used = l->counted + database + log;
	struct amounts n;
	if (l->quota && (used >= l->quota || need > l->quota - used)) {
		n = amounts_of(used, l->quota);
		return err_set(err, ERR_IO, 0,
			       "store %s: %s of the quota of %s are used: make room (assay store "
			       "retain) or raise quota", s->dir, n.a, n.b);
	}
	if (l->reserve && (space <= l->reserve || need > space - l->reserve)) {
		n = amounts_of(space, l->reserve);
		return err_set(err, ERR_IO, 0,
			       "store %s: %s are free on its disk, and %s are kept for decisions and "
			       "the ledger: make room (assay store retain), or lower reserve", s->dir,
			       n.a, n.b);
	}
	return 0;
}

int store_take_room(struct store *s, uint64_t bytes, struct err *err)
{
	int rc = store_room(s, bytes, err);

	if (rc == 0)
		s->limits.counted += bytes;
	return rc;
}
