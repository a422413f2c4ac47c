/* An absolute address, a reference to a base, and what a person types as a subject. */
#include "model/subject.h"
#include "wire/url.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct suffixes *suffixes; /* libpsl's own list: read once, never changed */
	struct slice in = slice_from((const char *)data, size);
	struct arena arena = { 0 };
	struct url u, again, base;
	struct subject subject, *chain;
	size_t n;

	if (!suffixes && suffixes_new(SLICE(""), NULL, 0, &suffixes, NULL) < 0)
		abort();
	if (url_parse(in, &arena, &u, NULL) == 0 &&
	    (url_parse(u.text, &arena, &again, NULL) < 0 || !slice_eq(u.text, again.text)))
		abort();
	if (url_parse(SLICE("https://a.example/b/c?d"), &arena, &base, NULL) < 0)
		abort();
	if (url_resolve(&base, in, &arena, &u, NULL) == 0 &&
	    (url_parse(u.text, &arena, &again, NULL) < 0 || !slice_eq(u.text, again.text)))
		abort();
	if (subject_parse(in, suffixes, &arena, &subject, NULL) == 0) {
		struct subject back;
		if (subject_from_key(slice_str(subject_kind_name(subject.kind)), subject.key, &back,
		                     NULL) < 0)
			abort();
		subject_chain(subject, suffixes, &arena, &chain, &n, NULL);
	}
	arena_release(&arena);
	return 0;
}
