/* A DNS message: what was read is written, and reads as the same again. */
#include "wire/dnspkt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int again(const struct dnspkt *p, struct arena *a)
{
	struct dnspkt q;
	struct buf out = { 0 };
	int same = 1;

	if (dnspkt_write(p, &out, NULL) == 0) {
		same = dnspkt_parse(buf_slice(&out), a, &q, NULL) == 0 && q.n == p->n;
		for (size_t i = 0; same && i < q.n; i++)
			same = slice_eq(q.record[i].text, p->record[i].text) &&
			       slice_eq(q.record[i].name, p->record[i].name);
	}
	buf_release(&out);
	return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct dnspkt p;

	if (dnspkt_parse(slice_from((const char *)data, size), &a, &p, NULL) == 0) {
		bool whole = true;
		for (size_t i = 0; i < p.n; i++) {
			const struct dnspkt_record *r = &p.record[i];
			if (r->text.n > DNSPKT_TEXT_MAX)
				abort();
			/* Sections that are not in order are written in order; OPT and rcode bits of
			 * it are not written at all. */
			whole = whole && !r->cut && dnspkt_type_name(r->type) && r->class == 1;
		}
		if (whole && !again(&p, &a))
			abort();
	}
	arena_release(&a);
	return 0;
}
