/* What the labels of WHOIS answers mean: words of many registries and registrars in one table.
 *
 *   source  answers of about 250 servers; ICANN's Registration Data Directory Services
 *           specification for the labels of generic domains; the languages of the registries
 *   label   normalised by whois_label (wire/whois_lines.h) */
#ifndef WIRE_WHOIS_LABEL_H
#define WIRE_WHOIS_LABEL_H

#include "base/slice.h"

#include <stdbool.h>

enum whois_field {
	WHOIS_NO_FIELD,
	WHOIS_DOMAIN,
	WHOIS_HANDLE,
	WHOIS_CREATED,
	WHOIS_UPDATED,
	WHOIS_EXPIRES,
	WHOIS_REGISTRAR_EXPIRES,
	WHOIS_TRANSFERRED,
	WHOIS_DELETED,
	WHOIS_STATUS,
	WHOIS_HOLD, /* YES or NO (AFNIC) */
	WHOIS_REGISTRAR,
	WHOIS_REGISTRAR_ID, /* IANA's number */
	WHOIS_REGISTRAR_URL,
	WHOIS_REGISTRAR_WHOIS,
	WHOIS_REFER, /* the registry's WHOIS server, by IANA */
	WHOIS_ABUSE_MAIL,
	WHOIS_ABUSE_PHONE,
	WHOIS_RESELLER,
	WHOIS_NAMESERVER,
	WHOIS_DNSSEC,
	WHOIS_DS,      /* a key or its digest: it is signed */
	WHOIS_CONTACT, /* who and which part: whois_contact */
	WHOIS_OBJECT,  /* begins the paragraph of another object, or names it: "nic-hdl" */
	WHOIS_NOTE,    /* known, and says nothing that is kept */
};

enum whois_role { WHOIS_NO_ROLE, WHOIS_REGISTRANT, WHOIS_ADMIN, WHOIS_TECH, WHOIS_BILLING };
enum { WHOIS_ROLES = 5 };

enum whois_part {
	WHOIS_NO_PART, /* an identifier, a fax number: known, not kept */
	WHOIS_NAME,
	WHOIS_ORGANISATION,
	WHOIS_STREET,
	WHOIS_CITY,
	WHOIS_REGION,
	WHOIS_POSTCODE,
	WHOIS_COUNTRY,
	WHOIS_PHONE,
	WHOIS_MAIL,
	WHOIS_WHOLE, /* the block of a contact: lines without labels */
};

/* What a label says. role and part are those of WHOIS_CONTACT ("registrant city"). */
struct whois_meaning {
	enum whois_field field;
	enum whois_role role;
	enum whois_part part;
};
struct whois_meaning whois_meaning_of(struct slice label);
/* The part that a label inside of a contact's block means ("city"); false where it means none. */
bool whois_part_of(struct slice label, enum whois_part *out);
/* The role that a header or the value of "contact:" names. */
enum whois_role whois_role_of(struct slice label);

bool whois_label_is_known(struct slice label);
/* Whether a line that is nothing but this is the header of a block. */
bool whois_label_is_header(struct slice label);
/* Whether a label with a value cannot belong to the block of a contact above it. */
bool whois_label_ends_section(struct slice label);
/* Bytes of a phrase at the start of a line that a value follows without a colon ("Record created on
 * 22-Apr-2003"); 0: none. */
size_t whois_label_phrase(struct slice line);

#endif
