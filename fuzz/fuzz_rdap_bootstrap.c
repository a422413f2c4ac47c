/* IANA's list of RDAP servers: what is read can be written and read again, entries are sorted and
 * canonical, and every name in it is found. */
#include "wire/dname.h"
#include "wire/rdap_bootstrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rdap_bootstrap b, again;
	struct arena a = { 0 };

	if (rdap_bootstrap_parse(slice_from((const char *)data, size), &a, &b, NULL) != 0) {
		arena_release(&a);
		return 0;
	}
	json_t *object = rdap_bootstrap_to_json(&b);
	if (!object || rdap_bootstrap_from_json(object, &a, &again, NULL) != 0 || again.n != b.n)
		__builtin_trap();
	json_decref(object);
	for (size_t i = 0; i < b.n; i++) {
		const struct rdap_bootstrap_entry *e = &b.entry[i];
		if (!dname_is_canonical(e->suffix) || !e->base.n ||
		    e->base.p[e->base.n - 1] != '/' ||
		    !slice_eq(rdap_bootstrap_find(&again, e->suffix), e->base) ||
		    (i && slice_cmp(b.entry[i - 1].suffix, e->suffix) >= 0))
			__builtin_trap();
	}
	arena_release(&a);
	return 0;
}
