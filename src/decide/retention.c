#include "decide/retention.h"

bool retention_holds(const struct retention_act *act, int64_t now)
{
	int64_t from = act->at;

	if (act->is_appealed || (act->in_force && !act->has_end))
		return true;
	if (act->in_force && act->end > from)
		from = act->end;
	/* The window of what was decided in the future has not even begun. */
	return now < from || now - from < RETENTION_APPEAL_S;
}
