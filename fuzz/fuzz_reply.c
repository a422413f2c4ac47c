/* An answer to a notice, first line its subject: it always has a class that an answer can have,
 * words of one line within their limit, and a number that stands in it; both times the same. */
#include "act/reply.h"
#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char phrases[] = "acknowledgement\ten\twe received your\n"
			      "refusal\ten\twe cannot\nrefusal!\ten\tonly * court order\n"
			      "request\ten\tplease provide\nclaim\ten\thas been suspended\n"
			      "cover\ten\tuntil * has been\ncondition\ten\tif\n"
			      "condition\tja\t場合\nrefusal\tja\tできません\n"
			      "ticket\ten\tticket\nticket\tja\t受付番号\n"
			      "quote\ten\ton * wrote\nquote\tde\tam * schrieb~\n"
			      "quote\tja\t月*日*のメール\n";

static void check(const struct reply_reading *r)
{
	if (r->class == REPLY_BOUNCE || r->class == REPLY_DELAY || r->class > REPLY_OTHER)
		__builtin_trap();
	if (r->words.n > REPLY_WORDS_MAX || r->ticket.n > REPLY_TICKET_MAX ||
	    !utf8_valid(r->words, NULL))
		__builtin_trap();
	for (size_t at = 0; at < r->words.n;)
		if (utf8_is_steering(utf8_next(r->words, &at)))
			__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size), subject = SLICE("");
	struct reply_table *t = NULL;
	struct reply_reading once, twice;
	struct arena a = { 0 };

	if (!utf8_valid(text, NULL))
		return 0; /* mails are UTF-8 when they come here (wire/mail_read.h) */
	if (reply_load(slice_str(phrases), &t, NULL))
		__builtin_trap();
	slice_cut(&text, '\n', &subject);
	if (reply_classify(t, subject, text, &a, &once, NULL) ||
	    reply_classify(t, subject, text, &a, &twice, NULL) || once.class != twice.class ||
	    !slice_eq(once.ticket, twice.ticket) || !slice_eq(once.words, twice.words))
		__builtin_trap();
	check(&once);
	arena_release(&a);
	reply_free(t);
	return 0;
}
