/* Affiliate programmes over an input: their marks as they are met, and whose storefront each domain is.
 *
 *   source  policy/programs/, doc/format/program.md; link/attribution.h says what marks are worth
 *   owns    programmes, marks and attributions; zero-initialised knows no programme */
#ifndef CMD_LINK_PROGRAMS_H
#define CMD_LINK_PROGRAMS_H

#include "base/arena.h"
#include "base/sha256.h"
#include "cmd/link_shared.h"
#include "link/attribution.h"

/* A mark met in a record. */
struct link_sign {
	uint32_t domain;
	const struct program_mark *mark;
	struct slice evidence, quote;
	struct sha256 record;
};

/* What the marks of one programme at one domain come to. A domain that two programmes would have is
 * neither's storefront: two guesses. */
struct link_attribution {
	uint32_t domain;
	const struct program *program;
	enum attribution_grade grade;
	const struct link_sign *sign; /* each mark once, in the order of the file */
	size_t sign_n;
};

struct link_programs {
	struct arena arena;
	struct programs *set;
	struct link_sign *sign;
	size_t sign_n, sign_cap;
	struct link_attribution *made; /* in the order of domain, then of the programme's id */
	size_t made_n;
};

/* Read all files of a folder. What everybody shares is no mark.
 * ERR_NOTFOUND, ERR_IO, ERR_SYNTAX "FILE:LINE: …", ERR_NOMEM. */
int link_programs_load(struct link_programs *p, const char *folder, const struct suffixes *suffixes,
                       const struct link_shared *shared, struct err *err);

/* Take what a record of a domain shows. ERR_NOMEM. */
int link_programs_take(struct link_programs *p, const struct record *r, uint32_t domain,
                       const struct suffixes *suffixes, struct err *err);

/* Weigh what was taken. number: what each domain is called from now on; apart: of those new numbers, not
 * 0 where the operator is verified, who is no programme's. The order of taking is nothing. ERR_NOMEM. */
int link_programs_settle(struct link_programs *p, const uint32_t *number, const uint8_t *apart,
                         struct err *err);

/* Those of one domain, *n of them. */
const struct link_attribution *link_programs_of(const struct link_programs *p, uint32_t domain,
                                                size_t *n);

void link_programs_release(struct link_programs *p);

#endif
