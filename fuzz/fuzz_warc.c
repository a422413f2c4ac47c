/* A WARC file: every record, every response in it, its content decoded. */
#include "base/arena.h"
#include "wire/http_response.h"
#include "wire/warc.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { LIMIT = 1 << 16 };
	struct arena a = { 0 };
	struct warc_reader r;
	struct warc_record w;
	size_t calls = 0;

	warc_open(&r, slice_from((const char *)data, size), LIMIT);
	for (int rc; (rc = warc_next(&r, &w, NULL)) != 0;) {
		struct http_response http;
		struct slice body;
		if (++calls > size + 1) /* each call takes at least a byte */
			__builtin_trap();
		if (rc == 1 && http_response_parse(w.block, &a, &http, NULL) == 0)
			http_content_decode(http.content_encoding, http.payload, LIMIT, &a, &body, NULL);
	}
	warc_release(&r);
	arena_release(&a);
	return 0;
}
