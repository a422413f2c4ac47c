/* struct http_response as libmicrohttpd wants it. */
#ifndef SYS_HTTP_ANSWER_H
#define SYS_HTTP_ANSWER_H

#include "sys/http_server.h"

#include <microhttpd.h>

/* The library's form of an answer, which then owns its body or stream; close: say so to the client.
 * NULL without memory, or for a field that the library takes for malformed. */
struct MHD_Response *http_answer_make(struct http_response *r, bool close);

/* Drop what an answer still holds. */
void http_answer_drop(struct http_response *r);

#endif
