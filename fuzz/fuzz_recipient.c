/* Addresses in a page: what is found can stand in a header and in an SMTP command, and is read again
 * as itself. */
#include "decide/recipient.h"
#include "wire/html.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const struct mail_address *a)
{
	struct mail_address again;
	struct slice s = mail_address_slice(a);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == ',' ||
		    s.p[i] == '"' || s.p[i] == ';')
			abort();
	if (mail_address_parse(s, &again, NULL) || !slice_eq(mail_address_slice(&again), s) ||
	    !mail_address_eq(a, &again) || mail_address_domain(a).n < 3)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_from((const char *)data, size);
	struct recipient_site site = { .name = SLICE("pills.example") };
	struct recipient found[RECIPIENTS_MAX];
	struct mail_address a;
	struct arena arena = { 0 };
	struct page_text text;
	size_t n = 0;

	if (mail_address_parse(bytes, &a, NULL) == 0)
		check_address(&a);
	if (html_text(bytes, SLICE("text/html; charset=utf-8"), NULL, &arena, &text, NULL) == 0) {
		struct recipient_page page = { .page = &text, .url = SLICE("https://pills.example/") };
		if (recipients_find(&site, &page, 1, &arena, found, &n, NULL) == 0)
			for (size_t i = 0; i < n; i++)
				check_address(&found[i].address);
	}
	arena_release(&arena);
	return 0;
}
