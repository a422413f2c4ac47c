/* Between the files that read a WHOIS answer: whois.c, whois_value.c (what a value says),
 * whois_contact.c (people, and paragraphs about them). For no other. */
#ifndef WIRE_WHOIS_PARSER_H
#define WIRE_WHOIS_PARSER_H

#include "wire/whois.h"
#include "wire/whois_lines.h"

enum { WHOIS_HANDLES_MAX = 16 };

struct whois_handle {
	struct slice text;
	enum whois_role role;
};

struct whois_parser {
	struct whois_answer *out;
	struct arena *a;
	const struct whois_lines *lines;
	struct whois_handle
		handle[WHOIS_HANDLES_MAX]; /* "admin-c: X1": who is whom in paragraphs below */
	size_t handle_n;
	bool month_first;
	bool failed;
	uint32_t updated_in; /* paragraph of the date of update, and 1; 0: none */
	size_t told;         /* fields that speak for a registration */
};

/* A copy for the answer (rdap_text); sets .failed where there is no memory. */
struct slice whois_kept(struct whois_parser *p, struct slice s);
/* The first value of a field wins. */
void whois_first(struct whois_parser *p, struct slice *field, struct slice value);
bool whois_host(struct whois_parser *p, struct slice value, struct slice *out);

void whois_take_time(struct whois_parser *p, int64_t *field, struct slice value);
void whois_take_newer(struct whois_parser *p, int64_t *field, struct slice value);
void whois_take_status(struct whois_parser *p, struct slice value);
void whois_take_nameservers(struct whois_parser *p, struct slice value);
void whois_take_number(int64_t *field, struct slice value);
void whois_take_registrar(struct whois_parser *p, struct slice value);
void whois_take_dnssec(struct whois_parser *p, struct slice value);

void whois_take_contact(struct whois_parser *p, enum whois_role role, enum whois_part part,
                        struct slice value);
/* Who is whom in paragraphs below ("admin-c: X1"), and how this hand writes dates. Comes first. */
void whois_take_references(struct whois_parser *p);
unsigned whois_roles_of_handle(const struct whois_parser *p, struct slice s);
/* What the paragraph that begins at pair i is about: contacts of those roles (bits by enum
 * whois_role), another object (then *skip), or the domain. */
unsigned whois_paragraph_roles(const struct whois_parser *p, size_t i, bool *skip);

#endif
