/* Who can act on subjects, and how they are reached.
 *
 *   of        registrar, reseller, registry, host: by the newest observations of registration and DNS;
 *             others (search, payment, ...): by name, from the directory
 *   reached   by the abuse desk of RDAP or WHOIS as observed last, else by the directory's row; a form of
 *             the row is given beside either. A guess (abuse@ of a domain) is never taken. Of whom
 *             neither is known gets a share without an address, which act/check.h refuses
 *             (CHECK_CONTACT): nobody is left out unseen
 *   held by   a subject can be held by a registrar and a reseller, and by several hosts: each is told
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
	struct slice reseller_mail;  /* of the reseller's own, where the same answer names one; mostly empty */
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
	size_t *seen; /* which of the subjects, in their order */
	size_t seen_n;
};

/* Share subjects out among recipients of one kind, in the order of their keys; subjects of which nobody
 * is known are in `nobody`.
 *
 *   registrar  by number at IANA, else by name; name and contact of the newest observation that has them
 *   reseller   by name
 *   registry   by the directory's row for the TLD; a share for each TLD (recipient.tld)
 *   host       by the directory's prefixes; by its name servers where no address is known to it
 *   directory  may be NULL: then nobody is a registry or a host
 *   return     0; ERR_USAGE for a kind that is named and not found (search, payment, ...); ERR_LIMIT (a
 *              name of megabytes); ERR_NOMEM */
int party_share_out(enum notice_to to, const struct party_seen *seen, size_t n,
                    const struct providers *directory, struct arena *a, struct party_share **out,
                    size_t *out_n, size_t **nobody, size_t *nobody_n, struct err *err);

/* A recipient of the directory by key or name. ERR_NOTFOUND names the nearest of its kind. */
int party_named(enum notice_to to, struct slice name, const struct providers *directory,
                struct arena *a, struct notice_recipient *out, struct err *err);

/* The stable key of a registrar ("registrar:99001", or "registrar:name" folded without a number), of
 * a reseller ("reseller:" and its folded name), in the arena: provider_key (model/provider.h). Errors
 * as there. */
int party_key(enum notice_to to, struct slice name, int64_t iana_id, struct arena *a,
              struct slice *out, struct err *err);

#endif
