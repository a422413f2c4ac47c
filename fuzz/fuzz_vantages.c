/* A file of vantages: what is accepted comes back from its JSON, and no value ends a header line. */
#include "model/vantages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct arena arena = { 0 };
	struct vantages v;

	if (vantages_parse(in, "fuzz", &arena, &v, NULL) == 0) {
		for (size_t i = 0; i < v.n; i++) {
			const struct vantage *one = &v.vantage[i];
			json_t *o = vantage_to_json(one);
			struct vantage back;
			if (!o || vantage_from_json(o, &arena, &back, NULL) ||
			    !slice_eq(back.user_agent, one->user_agent) ||
			    slice_find(one->user_agent, '\n') < one->user_agent.n ||
			    slice_find(one->referer, '\r') < one->referer.n)
				abort();
			json_decref(o);
		}
	}
	arena_release(&arena);
	return 0;
}
