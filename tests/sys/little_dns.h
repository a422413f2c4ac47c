/* A name server of the test's own on loopback, UDP and TCP on one port, that answers from rows. */
#ifndef TEST_SYS_LITTLE_DNS_H
#define TEST_SYS_LITTLE_DNS_H

#include "sys/little_server.h"

enum { DNS_SILENT = 1, DNS_CUT_UDP = 2, DNS_NO_EDNS = 4, DNS_NO_AAAA = 8 };

struct dns_row {
	const char *name;
	const char *address[4]; /* IPv4 or IPv6, in turn: those of the type that is asked for */
	const char *later;      /* the only address from the second question of that type on */
	const char *cname;      /* stands before the addresses, which are its */
	uint8_t rcode;
	unsigned flags;
	uint32_t ttl;
	atomic_uint asked, asked_tcp; /* for A */
};

struct little_dns {
	struct dns_row *row;
	size_t rows;
	uint16_t port;
	int udp, tcp;
	pthread_t thread;
	atomic_bool stopping, once;
	atomic_uint asked;
	char text[32]; /* "127.0.0.1:5353" */
};

static inline void dns_u16(uint8_t **at, unsigned v)
{
	*(*at)++ = (uint8_t)(v >> 8);
	*(*at)++ = (uint8_t)v;
}

static inline void dns_name(uint8_t **at, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");
		*(*at)++ = (uint8_t)n;
		memcpy(*at, name, n);
		*at += n;
		name += n + (name[n] == '.');
	}
	*(*at)++ = 0;
}

/* Owner: the question's name, or the row's cname. */
static inline void dns_record(uint8_t **at, const char *owner, unsigned type, uint32_t ttl,
                              const void *data, size_t n)
{
	if (owner)
		dns_name(at, owner);
	else
		dns_u16(at, 0xc00c); /* RFC 1035 4.1.4: the name at octet 12 */
	dns_u16(at, type);
	dns_u16(at, 1);
	dns_u16(at, ttl >> 16);
	dns_u16(at, ttl & 0xffff);
	dns_u16(at, (unsigned)n);
	memcpy(*at, data, n);
	*at += n;
}

static inline size_t dns_put_addresses(struct dns_row *row, unsigned type, unsigned nth,
                                       uint8_t **at)
{
	size_t n = 0;

	for (size_t i = 0; i < 4 && row->address[i]; i++) {
		const char *text = row->later && nth > 0 ? row->later : row->address[i];
		bool is_v6 = strchr(text, ':') != NULL;
		uint8_t b[16];
		if (is_v6 != (type == 28))
			continue;
		inet_pton(is_v6 ? AF_INET6 : AF_INET, text, b);
		dns_record(at, row->cname, type, row->ttl, b, is_v6 ? 16 : 4);
		n++;
		if (row->later && nth > 0)
			break;
	}
	return n;
}

/* Length of the answer; 0: none is given. */
static inline size_t dns_answer(struct little_dns *d, const uint8_t *q, size_t n, bool tcp,
                                uint8_t *out)
{
	char name[256] = "";
	size_t at = 12, k = 0;
	uint8_t *to = out;

	while (at < n && q[at] && at + q[at] < n) {
		k += (size_t)snprintf(name + k, sizeof(name) - k, "%s%.*s", k ? "." : "", q[at],
		                      (const char *)q + at + 1);
		at += q[at] + 1u;
	}
	if (at + 5 > n)
		return 0;
	unsigned type = (unsigned)q[at + 1] << 8 | q[at + 2];
	size_t end = at + 5;
	bool has_edns = q[11] > 0;
	struct dns_row *row = NULL;
	for (size_t i = 0; i < d->rows && !row; i++)
		if (strcmp(d->row[i].name, name) == 0)
			row = &d->row[i];
	atomic_fetch_add(&d->asked, 1);
	unsigned nth = 0;
	if (row && type == 1) {
		nth = atomic_fetch_add(&row->asked, 1);
		if (tcp)
			atomic_fetch_add(&row->asked_tcp, 1);
	}
	if (row && (row->flags & DNS_SILENT || (row->flags & DNS_NO_AAAA && type == 28)))
		return 0;
	memcpy(to, q, end);
	to[2] = 0x81; /* QR, RD */
	to[3] = 0x80; /* RA */
	memset(to + 6, 0, 6);
	to += end;
	if (!row) {
		out[3] |= 3;
	} else if (row->flags & DNS_NO_EDNS && has_edns) {
		out[3] |= 1;
	} else if (row->flags & DNS_CUT_UDP && !tcp) {
		out[2] |= 2;
	} else if (row->rcode) {
		out[3] |= row->rcode;
	} else {
		if (row->cname) {
			uint8_t target[256], *t = target;
			dns_name(&t, row->cname);
			dns_record(&to, NULL, 5, row->ttl, target, (size_t)(t - target));
			out[7]++;
		}
		out[7] = (uint8_t)(out[7] + dns_put_addresses(row, type, nth, &to));
	}
	return (size_t)(to - out);
}

/* One question after the other, until the client goes; with `once`, one. */
static inline void dns_serve_tcp(struct little_dns *d, int fd)
{
	uint8_t q[1024], out[4096];
	size_t want;

	do {
		if (recv(fd, q, 2, MSG_WAITALL) != 2 ||
		    (want = (size_t)q[0] << 8 | q[1]) > sizeof(q) ||
		    recv(fd, q, want, MSG_WAITALL) != (ssize_t)want)
			break;
		size_t n = dns_answer(d, q, want, true, out + 2);
		out[0] = (uint8_t)(n >> 8);
		out[1] = (uint8_t)n;
		if (n)
			little_send(fd, out, n + 2);
	} while (!d->once);
	/* What was not read would reset the connection, and with it the answer. */
	shutdown(fd, SHUT_WR);
	little_wait_gone(fd);
	close(fd);
}

static inline void *dns_run(void *ctx)
{
	struct little_dns *d = ctx;
	uint8_t q[2048], out[4096];

	while (!atomic_load(&d->stopping)) {
		struct pollfd p[2] = { { .fd = d->udp, .events = POLLIN },
			               { .fd = d->tcp, .events = POLLIN } };
		struct sockaddr_in from;
		socklen_t from_n = sizeof(from);
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents & POLLIN) {
			int fd = accept(d->tcp, NULL, NULL);
			if (fd >= 0)
				dns_serve_tcp(d, fd);
		}
		if (!(p[0].revents & POLLIN))
			continue;
		ssize_t n = recvfrom(d->udp, q, sizeof(q), 0, (struct sockaddr *)&from, &from_n);
		size_t k = n > 12 ? dns_answer(d, q, (size_t)n, false, out) : 0;
		if (k)
			sendto(d->udp, out, k, 0, (struct sockaddr *)&from, from_n);
	}
	return NULL;
}

static inline void dns_start(struct little_dns *d, struct dns_row *row, size_t rows)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int failed;

	memset(d, 0, sizeof(*d));
	d->row = row;
	d->rows = rows;
	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	d->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	d->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	failed = bind(d->tcp, (struct sockaddr *)&a, sizeof(a)) || listen(d->tcp, 64) ||
	         getsockname(d->tcp, (struct sockaddr *)&a, &n) ||
	         bind(d->udp, (struct sockaddr *)&a, sizeof(a));
	assert(!failed);
	d->port = ntohs(a.sin_port);
	snprintf(d->text, sizeof(d->text), "127.0.0.1:%u", d->port);
	failed = pthread_create(&d->thread, NULL, dns_run, d);
	assert(!failed);
	(void)failed;
}

static inline void dns_stop(struct little_dns *d)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(d->port) };

	inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
	atomic_store(&d->stopping, true);
	sendto(d->udp, "", 1, 0, (struct sockaddr *)&a, sizeof(a)); /* wakes poll */
	pthread_join(d->thread, NULL);
	close(d->udp);
	close(d->tcp);
}

#endif
