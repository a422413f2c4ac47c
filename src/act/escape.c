#include "act/escape.h"

bool escape_of(size_t line, const struct outcome_step *step, size_t n, struct escape *out)
{
	if (n == 0 || step[n - 1].outcome != OUTCOME_MOVED)
		return false;
	const struct outcome_step *s = &step[n - 1];
	*out = (struct escape){ .line = line, .to = s->moved_to, .by = s->by, .at = s->at,
		                .record = s->record };
	return true;
}
