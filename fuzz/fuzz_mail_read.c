/* A mail as it came: the limits hold, texts are well-formed, header values hold no control
 * character, and both times come to the same. */
#include "base/utf8.h"
#include "wire/mail_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_line(struct slice s)
{
	if (!utf8_valid(s, NULL))
		__builtin_trap();
	for (size_t at = 0; at < s.n;)
		if (utf8_is_steering(utf8_next(s, &at)))
			__builtin_trap();
}

static void check(const struct mail_read *m)
{
	if (m->part_n > MAIL_READ_PARTS || m->answers_n > MAIL_READ_IDS ||
	    m->text.n > MAIL_READ_TEXT)
		__builtin_trap();
	check_line(m->from);
	check_line(m->from_line);
	check_line(m->subject);
	check_line(m->message_id);
	check_line(m->auto_submitted);
	for (size_t i = 0; i < m->answers_n; i++)
		check_line(m->answers[i]);
	if (!utf8_valid(m->text, NULL) || slice_find(m->text, '\0') < m->text.n)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_from((const char *)data, size);
	struct mail_read once = { 0 }, twice = { 0 };
	struct arena a = { 0 };
	int rc = mail_read(bytes, &a, &once, NULL);

	if (mail_read(bytes, &a, &twice, NULL) != rc || once.part_n != twice.part_n ||
	    !slice_eq(once.text, twice.text) || once.date != twice.date)
		__builtin_trap();
	check(&once);
	arena_release(&a);
	return 0;
}
