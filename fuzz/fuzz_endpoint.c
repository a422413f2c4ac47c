/* A host with a port, as a WHOIS server refers to another. */
#include "wire/endpoint.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct endpoint e, again;
	char text[ENDPOINT_TEXT];

	if (endpoint_parse(slice_from((const char *)data, size), 43, &e, NULL) < 0)
		return 0;
	/* What is written reads as the same. */
	endpoint_format(&e, text);
	if (endpoint_parse(slice_str(text), 1, &again, NULL) < 0 || again.port != e.port ||
	    again.is_ip != e.is_ip || !slice_eq_str(slice_str(again.host), e.host))
		abort();
	return 0;
}
