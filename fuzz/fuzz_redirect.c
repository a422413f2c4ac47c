/* A refresh, a script, and the active parts of a document. */
#include "base/utf8.h"
#include "wire/html_active.h"
#include "wire/redirect.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(const struct script_redirect *r)
{
	if (r->found && (!utf8_valid(r->target, NULL) || r->target.n > REDIRECT_TARGET_MAX || r->may))
		abort();
	if (!r->found && r->target.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_from((const char *)data, size);
	struct arena arena = { 0 };
	struct html_active active;
	struct script_redirect r;
	struct refresh refresh;

	if (refresh_parse(in, &refresh) && refresh.target.n &&
	    (refresh.target.p < in.p || refresh.target.p + refresh.target.n > in.p + in.n))
		abort();
	if (script_redirect(in, &arena, &r, NULL) == 0)
		check_target(&r);
	if (html_active_read(in, &arena, &active, NULL) == 0)
		for (size_t i = 0; i < active.script_n; i++)
			if (script_redirect(active.script[i], &arena, &r, NULL) == 0)
				check_target(&r);
	arena_release(&arena);
	return 0;
}
