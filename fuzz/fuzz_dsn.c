/* A mail read as a delivery status: the limits hold, statuses are of RFC 3463's form, and what is
 * one says of somebody. */
#include "base/utf8.h"
#include "wire/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct dsn *d)
{
	if (d->recipient_n == 0 || d->recipient_n > DSN_RECIPIENTS_MAX)
		__builtin_trap();
	for (size_t i = 0; i < d->recipient_n; i++) {
		const struct dsn_recipient *r = &d->recipient[i];
		if (r->diagnostic.n > DSN_DIAGNOSTIC_MAX || !utf8_valid(r->diagnostic, NULL) ||
		    !utf8_valid(r->address, NULL))
			__builtin_trap();
		if (r->status.n && (r->status.n < 5 || r->status.n > 9 || r->status.p[1] != '.'))
			__builtin_trap();
		if (r->action > DSN_DELIVERED)
			__builtin_trap();
	}
	if (dsn_outcome(d) > DSN_DELIVERED)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_from((const char *)data, size);
	struct mail_read m;
	struct dsn d;
	struct arena a = { 0 };

	if (mail_read(bytes, &a, &m, NULL) == 0 && dsn_read(&m, &a, &d, NULL) == 0)
		check(&d);
	arena_release(&a);
	return 0;
}
