/* A vantage: the place and profile that captures are made from.
 *
 *   source  doc/man/assay-vantages.5.scd
 *   owns    nothing: every text lies in the arena it was read into, NUL behind it */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "wire/json.h"

#include <stdbool.h>

enum { VANTAGE_NAME_MAX = 64, VANTAGE_VALUE_MAX = 1000 /* bytes of a header field's value */ };

struct vantage {
	struct slice name;            /* "jp-desktop": letters, digits, '-', '_', '.'; at most 64 */
	struct slice country;         /* ISO 3166-1 alpha-2 of the exit; "ZZ": not known */
	struct slice proxy;           /* "http://HOST:PORT" or "socks5://HOST:PORT"; empty: none */
	struct slice local_address;   /* source of connections; empty: the system's choice */
	struct slice accept_language; /* value of Accept-Language; empty: the field is not sent */
	struct slice user_agent;      /* value of User-Agent */
	struct slice referer;         /* of the start page; may be empty */
	bool trusted; /* its proxy may resolve names itself, and is believed to keep to our address
	                 rules. False: the proxy is given addresses that we resolved and checked */
};

/* Where captures are made from when no file says otherwise: "direct", without a proxy, with the
 * profile of a browser at a desk, no referer, and the country not known. Static. */
const struct vantage *vantage_direct(void);

/* Whether every text is one that may stand there (the same rules as for a file: a value of a header
 * field holds no line end). ERR_SYNTAX: "user_agent: a control character". */
int vantage_check(const struct vantage *v, struct err *err);

/* {"accept_language":…,"country":…,"name":…,"trusted":false,…}; empty texts are left out. A new
 * reference, or NULL: no memory, or a text that is not UTF-8. */
json_t *vantage_to_json(const struct vantage *v);
/* Texts are copied. ERR_SYNTAX (vantage_check's too), ERR_NOMEM; out untouched. */
int vantage_from_json(const json_t *object, struct arena *arena, struct vantage *out,
                      struct err *err);

#endif
