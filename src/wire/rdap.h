/* Answers of RDAP servers.
 *
 *   source  RFC 9083 (responses), RFC 9082 (queries), RFC 7095 (jCard), RFC 9537 (redacted fields),
 *           the values in IANA's registry "RDAP JSON Values"
 *   in      anybody's bytes: strict JSON within RDAP_BYTES_MAX and the depth of wire/json.h; what
 *           is of another type than the RFC says is passed over, lists are cut at the maxima below
 *   owns    nothing: texts are UTF-8 without control characters, copied into the arena */
#ifndef WIRE_RDAP_H
#define WIRE_RDAP_H

#include "base/arena.h"
#include "base/err.h"
#include "wire/contact_card.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	RDAP_BYTES_MAX = 2 << 20,
	RDAP_EVENTS_MAX = 32,
	RDAP_STATUSES_MAX = 32,
	RDAP_ENTITIES_MAX = 32, /* with those inside of others, three deep */
	RDAP_NAMESERVERS_MAX = 32,
	RDAP_REDACTIONS_MAX = 64,
	RDAP_LINKS_MAX = 8,
};

/* What an answer is about. */
enum rdap_kind {
	RDAP_UNKNOWN, /* JSON, and no answer of RDAP */
	RDAP_DOMAIN,
	RDAP_NAMESERVER,
	RDAP_ENTITY,
	RDAP_NETWORK,
	RDAP_AUTNUM,
	RDAP_SEARCH, /* a list of found objects */
	RDAP_ERROR,  /* section 6: errorCode, title, description */
	RDAP_HELP,   /* section 7: notices alone */
	RDAP_KINDS
};

enum rdap_action { /* section 10.2.3 */
	           RDAP_OTHER_ACTION,
	           RDAP_REGISTRATION,
	           RDAP_REREGISTRATION,
	           RDAP_LAST_CHANGED,
	           RDAP_EXPIRATION,
	           RDAP_DELETION,
	           RDAP_REINSTANTIATION,
	           RDAP_TRANSFER,
	           RDAP_LOCKED,
	           RDAP_UNLOCKED,
	           RDAP_LAST_UPDATE_OF_DATABASE,
	           RDAP_REGISTRAR_EXPIRATION, /* in the registry, not in the RFC */
	           RDAP_ACTIONS
};

struct rdap_event {
	enum rdap_action action;
	int64_t at; /* seconds since 1970 */
};

enum rdap_role { /* bits; section 10.2.4 */
	         RDAP_REGISTRANT = 1,
	         RDAP_ADMINISTRATIVE = 2,
	         RDAP_TECHNICAL = 4,
	         RDAP_BILLING = 8,
	         RDAP_REGISTRAR = 16,
	         RDAP_RESELLER = 32,
	         RDAP_ABUSE = 64,
	         RDAP_PROXY = 128,
	         RDAP_OTHER_ROLE = 256, /* sponsor, notifications, noc */
};

struct rdap_entity {
	unsigned roles; /* enum rdap_role */
	unsigned under; /* roles of the entity that it stands in; 0: of none */
	struct slice handle;
	int64_t iana_id;  /* of a registrar (publicIds, "IANA Registrar ID"); 0: none */
	struct slice url; /* link rel "about" or of its card */
	struct contact_card card;
	bool is_withheld; /* a remark says that data were removed or redacted (RFC 9083 10.2.1) */
};

struct rdap_redaction {      /* RFC 9537 section 4.2 */
	struct slice field;  /* name.type or name.description */
	struct slice method; /* "removal", "emptyValue", "partialValue", "replacementValue" */
	struct slice reason; /* reason.type or reason.description; may be empty */
};

enum rdap_dnssec { RDAP_DNSSEC_UNSAID, RDAP_UNSIGNED, RDAP_SIGNED };

struct rdap_domain {
	struct slice name; /* ldhName, canonical where it is a name, else as written */
	struct slice handle;
	struct slice port43; /* its WHOIS server */
	struct rdap_event *event;
	struct slice *status; /* as written */
	struct rdap_entity *entity;
	struct slice *nameserver; /* canonical */
	struct rdap_redaction *redaction;
	struct slice *related; /* links "related" of type application/rdap+json, as written */
	size_t event_n, status_n, entity_n, nameserver_n, redaction_n, related_n;
	enum rdap_dnssec dnssec;
};

struct rdap_answer {
	enum rdap_kind kind;
	struct slice object_class; /* as written; may be empty */
	int64_t error_code;        /* RDAP_ERROR */
	struct slice title;        /* RDAP_ERROR */
	struct rdap_domain domain; /* RDAP_DOMAIN */
};

/* Read an answer. ERR_SYNTAX (no JSON object), ERR_LIMIT, ERR_NOMEM; out untouched. */
int rdap_parse(struct slice bytes, struct arena *a, struct rdap_answer *out, struct err *err);

/* "domain", "ip network", "error", ... Never NULL. */
const char *rdap_kind_name(enum rdap_kind k);

#endif
