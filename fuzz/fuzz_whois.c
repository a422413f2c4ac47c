/* A WHOIS answer, of a server that tells its charset by the input's first byte, read twice: limits
 * hold, texts are well-formed without control characters, names are canonical, and both times come
 * to the same. */
#include "base/utf8.h"
#include "wire/dname.h"
#include "wire/whois.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct slice s)
{
	if (s.n > WHOIS_TEXT_MAX || !utf8_valid(s, NULL))
		__builtin_trap();
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			__builtin_trap();
}

static void check_server(struct slice s)
{
	if (s.n && !dname_is_canonical(slice_sub(s, 0, slice_find(s, ':'))))
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

static void check_answer(const struct whois_answer *w)
{
	const struct slice texts[] = { w->handle,     w->registrar,   w->registrar_url,
		                       w->abuse_mail, w->abuse_phone, w->reseller };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(texts[i]);
	if (w->name.n && !dname_is_canonical(w->name))
		__builtin_trap();
	check_server(w->refer);
	check_server(w->registrar_whois);
	if (w->status_n > WHOIS_STATUSES_MAX || w->nameserver_n > WHOIS_NAMESERVERS_MAX ||
	    w->registrar_id < 0 || w->wait_s < 0)
		__builtin_trap();
	for (size_t i = 0; i < w->status_n; i++)
		check_text(w->status[i]);
	for (size_t i = 0; i < w->nameserver_n; i++)
		if (!dname_is_canonical(w->nameserver[i]))
			__builtin_trap();
	for (int r = 0; r < WHOIS_ROLES; r++)
		check_card(&w->contact[r]);
	if (w->state == WHOIS_RAW && (w->nameserver_n || w->registrar.n))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const servers[] = { "", "whois.kr", "whois.jprs.jp", "whois.nic.hu" };
	struct slice bytes = slice_from((const char *)data, size);
	struct slice server = slice_str(servers[size ? data[0] & 3 : 0]);
	struct whois_answer once = { 0 }, twice = { 0 };
	struct arena a = { 0 };
	int rc = whois_parse(bytes, server, &a, &once, NULL);

	if (whois_parse(bytes, server, &a, &twice, NULL) != rc || once.state != twice.state ||
	    once.created != twice.created || !slice_eq(once.registrar, twice.registrar))
		__builtin_trap();
	if (rc == 0)
		check_answer(&once);
	arena_release(&a);
	return 0;
}
