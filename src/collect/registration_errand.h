/* Between the files of the registration errand: registration.c (what comes), registration_ask.c
 * (what is asked, and the observation at the end). For no other. */
#ifndef COLLECT_REGISTRATION_ERRAND_H
#define COLLECT_REGISTRATION_ERRAND_H

#include "base/arena.h"
#include "collect/registration.h"
#include "wire/url.h"

enum {
	REDIRECTS_MAX = 5,
	TRIES_MAX = 3,   /* of a server that says it is asked too much */
	SERVERS_MAX = 4, /* of WHOIS */
	EVIDENCE_MAX = 32,
	URL_TEXT_MAX = 2000,
};

enum step {
	STEP_RDAP_REGISTRY,
	STEP_RDAP_REGISTRAR,
	STEP_WHOIS_IANA,
	STEP_WHOIS_REGISTRY,
	STEP_WHOIS_REGISTRAR,
	STEP_DONE,
};

struct registration_errand {
	struct registration_order order; /* its slices are in the arena */
	struct registration_key key;
	bool has_key; /* key is our own copy */
	struct arena a;
	enum step step;
	uint32_t waits;      /* for that number; 0: for none */
	bool reads;          /* what is out is a reading */
	struct slice server; /* that is asked */
	struct slice url;    /* RDAP */
	struct slice asked[SERVERS_MAX];
	size_t asked_n;
	unsigned redirects, tries;
	struct registration found;
	bool has_found;
	const char *missing; /* why there is none: the most that is known; static */
	bool refused;
	int64_t at_ms; /* of the newest answer */
	struct slice src;
	json_t *evidence;
	size_t evidence_n;
};

int registration_no_memory(struct err *err);
/* Replace by a copy in the errand's arena. */
int registration_copy(struct registration_errand *e, struct slice *s, struct err *err);
bool registration_is_rdap(enum step s);

/* Put the question of the step again: the pace says when it is asked. */
int registration_ask_fetch(struct registration_errand *e, struct err *err);
int registration_ask_whois(struct registration_errand *e, struct err *err);
int registration_ask_read(struct registration_errand *e, uint32_t of, struct err *err);
/* Whether the address may be asked at all: by https, or as the order allows. */
bool registration_may_ask(const struct registration_errand *e, const struct url *u);
/* Ask another RDAP address. */
int registration_go_rdap(struct registration_errand *e, const struct url *u, struct err *err);
/* Begin at a WHOIS server, unless it was asked, or enough were: then finish. */
int registration_go_whois(struct registration_errand *e, enum step step, struct slice server,
                          struct err *err);
/* Make the observation. */
int registration_finish(struct registration_errand *e, struct err *err);

#endif
