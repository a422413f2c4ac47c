/* Audits of registrars: what is gathered, and how a checklist is written. */
#ifndef CMD_REGISTRAR_AUDIT_H
#define CMD_REGISTRAR_AUDIT_H

#include "act/audit.h"
#include "base/buf.h"
#include "base/table.h"
#include "cmd/registrar.h"

struct audited {
	struct slice key, name;  /* "registrar:99001"; newest published name, or the key */
	int64_t named_at;
	struct subject site;     /* of its own, where has_site: as its registrations name it */
	bool has_site;
	int64_t site_at;
	struct audit_sign *sign; /* in the arena */
	size_t n, cap;
};

/* The newest registration of a name. */
struct audit_name {
	int64_t at;
	struct sha256 record;
	struct audited *party;
	bool by_rdap, has_mail;
	struct slice fault; /* as one of a registrar's own; empty: none */
};

/* Nobody answered about a name. */
struct audit_silence {
	struct slice key;
	int64_t at;
	struct sha256 record;
	struct audit_silence *next;
};

struct auditing {
	struct registrar_cmd *m;
	struct arena *a;
	int64_t at, since, answer_s;
	struct table parties; /* key -> struct audited */
	struct table newest;  /* key of a subject -> struct audit_name */
	struct table leads;   /* "PARTY REGISTRY": that registry was seen to lead to its server */
	struct audit_silence *silence;
};

/* One object a line; lines of at most 100 columns. ERR_NOMEM. */
int audit_put_json(const struct audited *p, const struct audit_row *row, int64_t at, struct buf *out,
                   struct err *err);
int audit_put_text(const struct audited *p, const struct audit_row *row, struct buf *out,
                   struct err *err);
void audit_put_method(struct buf *out);

#endif
