/* An answer of an RDAP server, read twice: the limits hold, texts are well-formed and hold no
 * control character, names are canonical, and both times come to the same. */
#include "base/utf8.h"
#include "wire/dname.h"
#include "wire/rdap.h"
#include "wire/rdap_vcard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct slice s)
{
	if (s.n > RDAP_TEXT_MAX || !utf8_valid(s, NULL))
		__builtin_trap();
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			__builtin_trap();
}

static void check_card(const struct contact_card *c)
{
	const struct slice texts[] = { c->name,   c->organisation, c->street,  c->city,
		                       c->region, c->postcode,     c->country, c->url };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(texts[i]);
	if (c->mail_n > CARD_LIST_MAX || c->phone_n > CARD_LIST_MAX)
		__builtin_trap();
	for (size_t i = 0; i < c->mail_n; i++)
		check_text(c->mail[i]);
	for (size_t i = 0; i < c->phone_n; i++)
		check_text(c->phone[i]);
}

static void check_domain(const struct rdap_domain *d)
{
	if (d->event_n > RDAP_EVENTS_MAX || d->status_n > RDAP_STATUSES_MAX ||
	    d->entity_n > RDAP_ENTITIES_MAX || d->nameserver_n > RDAP_NAMESERVERS_MAX ||
	    d->redaction_n > RDAP_REDACTIONS_MAX || d->related_n > RDAP_LINKS_MAX)
		__builtin_trap();
	check_text(d->name);
	check_text(d->handle);
	for (size_t i = 0; i < d->status_n; i++)
		check_text(d->status[i]);
	for (size_t i = 0; i < d->nameserver_n; i++)
		if (!dname_is_canonical(d->nameserver[i]))
			__builtin_trap();
	for (size_t i = 0; i < d->related_n; i++)
		check_text(d->related[i]);
	for (size_t i = 0; i < d->redaction_n; i++) {
		check_text(d->redaction[i].field);
		check_text(d->redaction[i].reason);
		if (!d->redaction[i].field.n || !d->redaction[i].method.n)
			__builtin_trap();
	}
	for (size_t i = 0; i < d->entity_n; i++) {
		check_text(d->entity[i].handle);
		check_text(d->entity[i].url);
		check_card(&d->entity[i].card);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_from((const char *)data, size);
	struct rdap_answer once = { 0 }, twice = { 0 };
	struct arena a = { 0 };
	int rc = rdap_parse(bytes, &a, &once, NULL);

	if (rdap_parse(bytes, &a, &twice, NULL) != rc || once.kind != twice.kind ||
	    once.domain.entity_n != twice.domain.entity_n || !slice_eq(once.title, twice.title))
		__builtin_trap();
	check_text(once.object_class);
	check_text(once.title);
	check_domain(&once.domain);
	arena_release(&a);
	return 0;
}
