/* One line of a list of names, in whatever form the list is kept.
 *
 *   plain     pills.example                        one name a line
 *   wildcard  *.pills.example
 *   url       https://pills.example/x, pills.example/x
 *   ip        192.0.2.1, 192.0.2.0/24              no name: told, and left to the caller
 *   hosts     0.0.0.0 pills.example www.pills.example    hosts(5)
 *   adblock   ||pills.example^$third-party         a rule of a page element or a path, and an
 *                                                  exception (@@), names no site: skipped
 *   rpz       pills.example CNAME .                owner relative to the zone or below $ORIGIN;
 *                                                  draft-vixie-dnsop-dns-rpz-00 section 4
 *   zone      pills.example. 3600 IN NS a.example. RFC 1035 section 5.1: owners
 *   csv       1,pills.example                      any column; a header line may name it
 *   ct_log    {"data":{"leaf_cert":{"all_domains":[...]}}} as certstream sends,
 *             {"name_value":"a\nb"} as crt.sh sends
 *
 * Comments (# ; ! //), blank lines, header lines and what a form skips give no name and no error.
 * A reader learns its file's form from the lines that it has seen, and uses that only where a line
 * could be two things. Names come as they were written (without "*." and final dot): dname_parse
 * decides what is one. */
#ifndef WIRE_NAMELIST_H
#define WIRE_NAMELIST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum namelist_form {
	NAMELIST_NONE, /* comment, blank, header, skipped */
	NAMELIST_PLAIN,
	NAMELIST_WILDCARD,
	NAMELIST_URL,
	NAMELIST_IP,
	NAMELIST_HOSTS,
	NAMELIST_ADBLOCK,
	NAMELIST_RPZ,
	NAMELIST_ZONE,
	NAMELIST_CSV,
	NAMELIST_CT_LOG,
};
enum { NAMELIST_FORMS = NAMELIST_CT_LOG + 1 };

enum { NAMELIST_LINE_MAX = 1 << 20, NAMELIST_NAMES_MAX = 1000 /* of one line */ };

/* What has been learnt of one file. Zero-initialised is valid; owns nothing. */
struct namelist {
	size_t column;      /* of a CSV file, counted from 1; 0 while not known */
	char separator;     /* of it: comma, semicolon or tab */
	bool is_zone;       /* a line was surely one of a zone file */
	unsigned depth;     /* open parentheses of a zone file */
	char origin[256];   /* $ORIGIN without its final dot; "" when there was none */
	char last[256];     /* the owner told last, so that ten NS records tell one name */
};

struct namelist_line {
	enum namelist_form form;
	const struct slice *names; /* in the line or in the arena */
	size_t n;
};

/* Read one line, without its LF.
 *
 *   arena   for what has to be unescaped and for the list of names
 *   out     filled on success, also with no names at all
 *   return  0; ERR_SYNTAX with err->at = the offset and a message that says what is wrong;
 *           ERR_LIMIT (line or names over the limits); ERR_NOMEM. After an error the next line may
 *           be read. */
int namelist_read(struct namelist *list, struct slice line, struct arena *arena,
                  struct namelist_line *out, struct err *err);

/* "plain", "hosts", ... */
const char *namelist_form_name(enum namelist_form form);

#endif
