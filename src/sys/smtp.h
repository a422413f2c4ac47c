/* Hand one message to one relay.
 *
 *   source  RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH); by libcurl
 *   goes    to the relay alone: no MX is looked up, no proxy of the environment is used, no redirect
 *           exists
 *   TLS     required but for a loopback address; certificate and name are checked
 *   told    what was observed: the server's last answer as it came. A server that goes away behind
 *           the message's last dot may have taken it or not, and that is a result of its own */
#ifndef SYS_SMTP_H
#define SYS_SMTP_H

#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct smtp_relay {
	const char *host;     /* name or address, without brackets */
	uint16_t port;
	const char *helo;     /* what we call ourselves: the host of From */
	bool tls;             /* STARTTLS is required */
	const char *ca_file;  /* NULL: the certificates that the system trusts */
	const char *user, *password; /* NULL: no login */
	int64_t timeout_s;    /* for all of it; connecting gets 10 s of it at most */
};

enum smtp_state {
	SMTP_ACCEPTED, /* 2xx behind the message */
	SMTP_REFUSED,  /* 5xx to the recipient or to the message: sending again is of no use */
	SMTP_DEFERRED, /* 4xx, no connection, or the relay does not take our mail: nothing was taken */
	SMTP_UNKNOWN,  /* the message was handed over and no answer came */
};

struct smtp_result {
	enum smtp_state state;
	bool relay;        /* deferred: it is about the relay (login, TLS, connection), not this message */
	char answer[256];  /* the last line of the server, or what went wrong; no control character */
};

/* Whether a host is a loopback address written as one, or "localhost". */
bool smtp_is_loopback(const char *host);

/* Send. from and to are bare addresses (wire/mail_address.h); message has CRLF lines.
 *
 *   out     filled where 0 is returned
 *   return  0; ERR_USAGE (no TLS and no loopback address; an address that cannot stand in a command);
 *           ERR_NOMEM */
int smtp_send(const struct smtp_relay *relay, struct slice from, struct slice to,
              struct slice message, struct smtp_result *out, struct err *err);

#endif
