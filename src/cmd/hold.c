#include "cmd/hold.h"

#include "cmd/disclosures.h"
#include "wire/timestamp.h"

/* What is said of each state; %s stands for a time. */
static int say(struct hold *out, const struct told *t, const struct subject *subject,
               struct slice destination, struct arena *a, struct err *err)
{
	char at[TIMESTAMP_SIZE], until[TIMESTAMP_SIZE];

	timestamp_format(t->at, at);
	timestamp_format(t->until, until);
	switch (t->state) {
	case TOLD_NOTHING:
		out->why = arena_printf(a, "the operator was not told: assay disclose prepare %.*s "
		                        "--destination %.*s, then send, or document --imminent-harm",
		                        SLICE_ARG(subject->key), SLICE_ARG(destination));
		return out->why ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	case TOLD_PREPARED:
		out->why = "the letter to the operator waits: assay disclose send, or document "
		           "--imminent-harm";
		return 0;
	case TOLD_WAIT:
		out->why = arena_printf(a, "the operator was told on %.10s and has until %s to answer",
		                        at, until);
		return out->why ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	case TOLD_WAITED:
		out->told = arena_printf(a, "told on %.10s, with until %.10s to answer", at, until);
		break;
	case TOLD_UNREACHABLE:
		out->told = arena_printf(a, "not reached: no address that the site publishes took a "
		                         "letter by %.10s", at);
		break;
	case TOLD_WAIVED:
		out->told = arena_printf(a, "not told before: imminent harm was documented on %.10s", at);
		break;
	}
	return out->told ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

int hold_read(struct acts *acts, const struct subject *subject, struct slice destination,
              int64_t period, int64_t at, struct slice harm, struct arena *a, struct hold *out,
              struct err *err)
{
	struct told told;

	*out = (struct hold){ 0 };
	if (acts->config->disclosure_days == 0) {
		out->told = "not told before: this desk lists without telling first";
		return 0;
	}
	int rc = disclosure_state(acts->book->store, subject, destination, period, at, &told, err);
	if (rc)
		return rc;
	if (!told_may_list(told.state) && harm.n) {
		out->waives = true;
		out->told = "not told before: imminent harm is documented";
		return 0;
	}
	return say(out, &told, subject, destination, a, err);
}

int hold_waive(struct acts *acts, const struct subject *subject, struct slice destination,
               int64_t period, struct slice by, struct slice harm, struct err *err)
{
	return disclosure_waive(acts->book, subject, &destination, 1, period, by, harm, err);
}
