/* A WHOIS answer taken apart into labels and what stands behind them.
 *
 *   source  RFC 3912 says no more than "text"; the shapes are those of real answers:
 *               Domain Name: EXAMPLE.COM          Created on...............:2003-04-01
 *               [Name Server]     ns1.example     Registrant:
 *               p. [Name Server]  ns1.example         Example Ltd
 *               Domain-name       example.sk      Record created on 22-Apr-2003
 *   section the header that a pair stands under ("Registrant" over "Name: ..."); empty: none
 *   owns    nothing: labels are normalised copies in the arena, values point into the text */
#ifndef WIRE_WHOIS_LINES_H
#define WIRE_WHOIS_LINES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WHOIS_PAIRS_MAX = 2000, /* what comes behind is passed over */
	WHOIS_LABEL_MAX = 64,   /* bytes of a label: what is longer is a sentence */
};

struct whois_pair {
	struct slice section, label; /* normalised: whois_label */
	struct slice value;          /* trimmed, not empty */
	uint32_t paragraph;          /* counted by empty lines */
	bool continues;              /* a further line of the value before */
};

struct whois_lines {
	struct whois_pair *pair;
	size_t n;
};

/* text is UTF-8. 0 or ERR_NOMEM. */
int whois_lines_read(struct slice text, struct arena *a, struct whois_lines *out, struct err *err);

/* Normalise a label into out (WHOIS_LABEL_MAX bytes) and return its length; 0 where it is none:
 * ASCII letters in lower case, runs of all else but letters and digits to one space, "'s", numbers
 * at its end, an item's mark at its start ("a. ") and what stands in brackets behind it left out;
 * of two languages ("Estado / Status") the second. */
size_t whois_label(struct slice written, char out[WHOIS_LABEL_MAX]);

#endif
