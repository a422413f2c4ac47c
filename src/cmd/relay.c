#include "cmd/relay.h"

#include "sys/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX = 1024 };

void relay_release(struct relay *r)
{
	if (r->password.p)
		explicit_bzero(r->password.p, r->password.cap);
	buf_release(&r->password);
}

/* The configuration was checked: HOST:PORT. */
int relay_load(const struct config *config, struct relay *r, struct err *err)
{
	const struct config_mail *m = &config->mail;
	struct slice s = slice_str(m->relay), from = slice_str(m->from);
	size_t port = s.n;

	*r = (struct relay){ 0 };
	if (!m->relay)
		return err_set(
			err, ERR_USAGE, 0,
			"no relay: set mail in assay.yaml, or write files with --outbox DIR");
	while (port > 0 && s.p[port - 1] != ':')
		port--;
	struct slice host = slice_sub(s, 0, port - 1);
	if (host.n > 2 && host.p[0] == '[')
		host = slice_sub(host, 1, host.n - 1);
	struct slice helo = slice_sub(from, slice_find(from, '@') + 1, from.n);
	if (host.n >= sizeof(r->host) || helo.n >= sizeof(r->helo))
		return err_set(err, ERR_USAGE, 0, "the relay's name is too long");
	snprintf(r->host, sizeof(r->host), "%.*s", SLICE_ARG(host));
	snprintf(r->helo, sizeof(r->helo), "%.*s", SLICE_ARG(helo));
	r->to = (struct smtp_relay){
		.host = r->host,
		.port = (uint16_t)strtoul(s.p + port, NULL, 10),
		.helo = r->helo,
		.tls = m->tls == CONFIG_TLS_STARTTLS ||
		       (m->tls == CONFIG_TLS_UNSET && !smtp_is_loopback(r->host)),
		.ca_file = m->ca_file,
		.user = m->user,
		.timeout_s = m->timeout_s,
	};
	if (!r->to.tls && !smtp_is_loopback(r->host))
		return err_set(err, ERR_USAGE, 0, "mail.tls is none, but %s is no loopback address",
		               r->host);
	int rc = m->password_file ? secret_read(m->password_file, PASSWORD_MAX, &r->password, err)
	                          : 0;
	while (r->password.n && (r->password.p[r->password.n - 1] == '\n' ||
	                         r->password.p[r->password.n - 1] == '\r'))
		r->password.p[--r->password.n] = '\0';
	r->to.password = m->user ? buf_str(&r->password) : NULL;
	return rc;
}
