/* A vantage: the place and profile that captures are made from.
 *
 *   owns  nothing: every text lies in the arena it was read into, NUL behind it */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include "base/slice.h"

#include <stdbool.h>

struct vantage {
	struct slice name;            /* "jp-desktop": letters, digits, '-', '_', '.'; at most 64 */
	struct slice country;         /* ISO 3166-1 alpha-2 of the exit */
	struct slice proxy;           /* "http://HOST:PORT" or "socks5://HOST:PORT"; empty: none */
	struct slice local_address;   /* source address of connections; empty: the system's choice */
	struct slice accept_language; /* value of Accept-Language; empty: the field is not sent */
	struct slice user_agent;      /* value of User-Agent */
	struct slice referer;         /* of the start page: "https://www.google.co.jp/"; may be empty */
	bool trusted; /* its proxy may resolve names itself, and is believed to keep to our address rules.
	                 False: the proxy is given addresses that we resolved and checked */
};

#endif
