/* Who can act on subjects, and how they are reached.
 *
 *   of        registrar, reseller, registry, host: by the newest observations of registration and DNS;
 *             others (search, payment, ...): by name, from the directory
 *   reached   in this order: abuse role of RDAP or WHOIS as observed (fresh), security.txt as observed,
 *             the directory's row. A guess (abuse@ of a domain) is never taken
 *   directory model/provider.h: what each demands, where it has offices, its own terms
 *
 * Pure. */
#ifndef ACT_PARTY_H
#define ACT_PARTY_H

#include "base/arena.h"
#include "base/err.h"
#include "model/notice.h"
#include "model/provider.h"

#include <stddef.h>
#include <stdint.h>

/* What was observed of one subject that tells who is behind it. */
struct party_seen {
	struct subject subject;
	struct slice registrar, reseller;
	int64_t registrar_id;
	struct slice abuse_mail;     /* of the registrar's desk, as RDAP or WHOIS published it */
	struct slice source;         /* "rdap", "whois" */
	int64_t at;                  /* of that observation */
	struct sha256 record;
	const struct slice *ip;      /* of its site, newest */
	size_t ip_n;
	int64_t ip_at;
	struct sha256 ip_record;
	const struct slice *nameserver;
	size_t nameserver_n;
};

/* One recipient and the subjects that it holds. */
struct party_share {
	struct notice_recipient recipient;
	size_t *seen; /* which of the subjects */
	size_t seen_n;
};

/* Share subjects out among recipients of one kind (registrar, reseller, registry, host), in the order
 * of their keys; subjects of which nobody is known are in `nobody`.
 *
 *   directory  may be NULL
 *   return     0; ERR_USAGE for a kind that is named and not found (search, payment, ...); ERR_NOMEM */
int party_share_out(enum notice_to to, const struct party_seen *seen, size_t n,
                    const struct providers *directory, struct arena *a, struct party_share **out,
                    size_t *out_n, size_t **nobody, size_t *nobody_n, struct err *err);

/* A recipient of the directory by key or name. ERR_NOTFOUND names the nearest. */
int party_named(enum notice_to to, struct slice name, const struct providers *directory,
                struct arena *a, struct notice_recipient *out, struct err *err);

/* The stable key of a registrar ("registrar:99001", or "registrar:name" folded without a number), of
 * a reseller ("reseller:" and its folded name). Appended in the arena. ERR_NOMEM. */
int party_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
              struct slice *out, struct err *err);

#endif
