/* jCard: a vCard as JSON, in answers of RDAP.
 *
 *   source  RFC 7095 section 3 (["vcard", [[name, {parameters}, type, value...], ...]]), RFC 6350
 *           section 6.3.1 (parts of adr), RFC 8605 section 3.1 (CC, the country's code) */
#ifndef WIRE_RDAP_VCARD_H
#define WIRE_RDAP_VCARD_H

#include "base/arena.h"
#include "wire/contact_card.h"
#include "wire/json.h"

enum { RDAP_TEXT_MAX = 512 }; /* bytes of a text that is taken over; longer ones are cut */

/* What a jCard says; of what breaks the grammar, as much as keeps to it. Texts are copied into the
 * arena. 0 or ERR_NOMEM. */
int rdap_vcard_read(const json_t *vcard_array, struct arena *a, struct contact_card *out,
                    struct err *err);

/* A copy without white space at its ends, with control characters as spaces, cut at RDAP_TEXT_MAX
 * at a whole character; .p NULL where there is no memory. */
struct slice rdap_text(struct slice s, struct arena *a);

#endif
