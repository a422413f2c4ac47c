/* Answers of WHOIS servers.
 *
 *   source  RFC 3912 (the protocol: a line, and text back); the shapes of about 250 servers' real
 *           answers; ICANN's Registration Data Directory Services specification
 *   in      anybody's bytes, in the charset that they hold or that the server is known for
 *   honest  what is not understood is said to be so (WHOIS_RAW), never guessed
 *   owns    nothing: texts are UTF-8 without control characters, in the arena or static */
#ifndef WIRE_WHOIS_H
#define WIRE_WHOIS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "wire/contact_card.h"
#include "wire/whois_label.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	WHOIS_BYTES_MAX = 1 << 20,
	WHOIS_TEXT_MAX = 512,
	WHOIS_STATUSES_MAX = 32,
	WHOIS_NAMESERVERS_MAX = 32,
};

#define WHOIS_NO_TIME INT64_MIN

enum whois_state {
	WHOIS_RAW,         /* nothing in it is understood */
	WHOIS_REGISTERED,  /* fields of a registration */
	WHOIS_AVAILABLE,   /* the server says that the name is not registered */
	WHOIS_RESERVED,    /* nobody can, or only some may, register it */
	WHOIS_INVALID,     /* the server says that it is no name, or none of its own */
	WHOIS_THROTTLED,   /* asked too often: ask again later */
	WHOIS_UNAVAILABLE, /* the server has a fault, or we may not ask it */
	WHOIS_REFERRAL,    /* IANA's answer: it names the server of the registry */
	WHOIS_STATES
};

struct whois_answer {
	enum whois_state state;
	struct slice name; /* canonical; empty where it is not told */
	struct slice handle;
	int64_t created, updated, expires, registrar_expires, transferred,
		deleted;      /* or WHOIS_NO_TIME */
	struct slice *status; /* as written, without the address that some put behind */
	struct slice registrar, registrar_url;
	struct slice registrar_whois; /* host or host:port, canonical */
	struct slice abuse_mail, abuse_phone, reseller;
	struct slice refer;       /* the same: the registry's server, of IANA's answers */
	struct slice *nameserver; /* canonical */
	int64_t registrar_id;     /* IANA's number; 0: not told */
	size_t status_n, nameserver_n;
	bool dnssec_told, is_signed;
	struct contact_card contact[WHOIS_ROLES]; /* by enum whois_role; all empty: not told */
	int64_t wait_s; /* WHOIS_THROTTLED: how long the server says to wait; 0: not told */
};

/* Read an answer. server (host, may be empty) tells the charset where the bytes do not.
 * ERR_LIMIT (over WHOIS_BYTES_MAX), ERR_NOMEM; out untouched. */
int whois_parse(struct slice bytes, struct slice server, struct arena *a, struct whois_answer *out,
                struct err *err);

/* Append the line, without CRLF, that asks a server for a domain: the name, with what some servers
 * want around it to answer whole and in English. */
void whois_query(struct slice server, struct slice name, struct buf *out);

/* "raw", "registered", "available", … Never NULL. */
const char *whois_state_name(enum whois_state s);

#endif
