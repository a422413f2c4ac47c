/* What somebody pastes into the search box, up to the subject that it names. */
#include "model/subject.h"
#include "publish/asked.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct suffixes *suffixes; /* libpsl's own list: read once, never changed */
	struct buf out = { 0 };
	struct arena arena = { 0 };
	struct subject subject;

	if (!suffixes && suffixes_new(SLICE(""), NULL, 0, &suffixes, NULL) < 0)
		abort();
	asked_name(slice_from((const char *)data, size), &out);
	if (out.n > size) /* things are taken away, nothing is made up */
		abort();
	subject_parse(buf_slice(&out), suffixes, &arena, &subject, NULL);
	arena_release(&arena);
	buf_release(&out);
	return 0;
}
