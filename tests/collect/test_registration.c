/* Stories of a registration, told to the errand without a network: a row of the script is what one
 * server answers to one question, and what is not in it does not answer. */
#include "check.h"

#include "collect/registration.h"
#include "collect/registration_reading.h"
#include "model/record.h"

enum { ASKS_MAX = 40 };

struct scripted {
	const char *ask;    /* "https://rdap.a.example/domain/x" or "whois.a.example domain x" */
	const char *answer; /* HTTP message or WHOIS text; NULL: FAULT_TIMEOUT */
	bool unreadable;    /* the process that reads it dies */
};

struct told {
	char asks[ASKS_MAX][160]; /* what was asked, readings left out */
	size_t ask_n;
	json_t *observation;
	size_t observation_n;
	struct buf line; /* canonical */
};

static int observe(void *ctx, json_t *observation, struct err *err)
{
	struct told *t = ctx;

	json_decref(t->observation);
	t->observation = observation;
	t->observation_n++;
	buf_clear(&t->line);
	return json_canonical(observation, &t->line, err);
}

static const struct scripted *find(const struct scripted *script, size_t n, const char *ask,
                                   const struct told *t)
{
	size_t seen = 0;
	const struct scripted *last = NULL;

	/* The same question again is answered by its next row, while there is one. */
	for (size_t i = 0; i < t->ask_n; i++)
		seen += strcmp(t->asks[i], ask) == 0;
	for (size_t i = 0; i < n; i++)
		if (strcmp(script[i].ask, ask) == 0) {
			last = &script[i];
			if (--seen == 0)
				break;
		}
	return last;
}

static const char *const bootstrap_text =
	"{\"services\":[[[\"example\"],[\"https://rdap.registry.example/v1\"]],"
	"[[\"plain\"],[\"http://rdap.plain.example/\"]]]}";

struct story {
	const struct scripted *script;
	size_t n;
	const char *name;
	bool allow_http, no_bootstrap;
	const struct registration_key *key;
};

/* Carry out what is asked until nothing is. */
static void tell(const struct story *s, struct told *t)
{
	struct asks asks = { 0 };
	struct rdap_bootstrap bootstrap;
	struct registration_errand *e;
	struct arena a = { 0 };
	const struct scripted *answers[ASKS_MAX * 2] = { NULL };
	struct exchange kept[ASKS_MAX * 2];

	memset(t, 0, sizeof(*t));
	assert_int_equal(rdap_bootstrap_parse(slice_str(bootstrap_text), &a, &bootstrap, NULL), 0);
	const struct registration_order order = {
		.subject = { SUBJECT_REGISTRABLE, slice_str(s->name) },
		.bootstrap = s->no_bootstrap ? NULL : &bootstrap,
		.allow_http = s->allow_http,
		.key = s->key,
		.asks = &asks,
		.observe = observe,
		.observe_ctx = t,
	};
	assert_int_equal(registration_errand_new(&order, &e, NULL), 0);
	assert_int_equal(registration_errand_start(e, NULL), 0);
	for (size_t i = 0; i < asks.n; i++) {
		struct ask ask = asks.ask[i];
		struct answer answer = { .number = ask.number, .at_ms = 1790000000000 + (int64_t)i };
		json_t *reading = NULL;

		assert_true(ask.number < ASKS_MAX * 2);
		assert_true(registration_errand_waits_for(e, ask.number));
		if (ask.kind == ASK_READ) {
			const struct scripted *of = answers[ask.of];
			const struct exchange *x = &kept[ask.of];
			if (of->unreadable ||
			    registration_reading(ask.reading, x->response, x->uri, &reading, NULL) != 0)
				answer.fault = FAULT_PARSER;
			answer.reading = reading;
		} else {
			char *asked = t->asks[t->ask_n++];
			assert_true(t->ask_n < ASKS_MAX);
			if (ask.kind == ASK_FETCH) {
				assert_int_equal(ask.purpose, PURPOSE_RDAP);
				assert_true(slice_eq_str(ask.accept, "application/rdap+json"));
				snprintf(asked, 160, "%.*s", SLICE_ARG(ask.url));
			} else {
				assert_int_equal(ask.kind, ASK_WHOIS);
				snprintf(asked, 160, "%.*s %.*s", SLICE_ARG(ask.server),
				         SLICE_ARG(ask.line));
			}
			const struct scripted *row = find(s->script, s->n, asked, t);
			answers[ask.number] = row;
			kept[ask.number] = (struct exchange){
				.kind = ask.kind == ASK_FETCH ? EXCHANGE_HTTP : EXCHANGE_WHOIS,
				.number = ask.number,
				.uri = ask.kind == ASK_FETCH ? ask.url : SLICE("whois://whois.x/x"),
				.fault = row && row->answer ? FAULT_NONE : FAULT_TIMEOUT,
				.response = slice_str(row ? row->answer : NULL),
			};
			answer.exchange = &kept[ask.number];
			answer.has_evidence = row && row->answer;
			answer.evidence = (struct evidence){
				.address = sha256_of(kept[ask.number].response),
				.class = EVIDENCE_RESTRICTED,
				.length = kept[ask.number].response.n,
			};
		}
		assert_int_equal(registration_errand_told(e, &answer, NULL), 0);
		json_decref(reading);
	}
	assert_true(registration_errand_is_done(e));
	assert_int_equal(t->observation_n, 1);
	struct record record;
	assert_int_equal(record_from_json(json_incref(t->observation), &record, NULL), 0);
	record_release(&record);
	registration_errand_free(e);
	asks_release(&asks);
	arena_release(&a);
}

static void forget(struct told *t)
{
	json_decref(t->observation);
	buf_release(&t->line);
}

static struct slice how(const struct told *t)
{
	return json_str(json_obj(t->observation, "absence"), "how");
}

static struct slice field(const struct told *t, const char *key)
{
	return json_str(json_obj(t->observation, "registration"), key);
}

#define HTTP_OK "HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n\r\n"
#define REGISTRY "https://rdap.registry.example/v1/domain/pills.example"
#define REGISTRAR "https://rdap.registrar.example/domain/pills.example"

static const char registry_answer[] = HTTP_OK
	"{\"objectClassName\":\"domain\",\"ldhName\":\"PILLS.EXAMPLE\",\"status\":[\"client hold\"],"
	"\"events\":[{\"eventAction\":\"registration\",\"eventDate\":\"2026-03-02T19:02:03Z\"},"
	"{\"eventAction\":\"last update of RDAP database\",\"eventDate\":\"2026-11-22T00:00:00Z\"}],"
	"\"links\":[{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\""
	"https://rdap.registry.example/v1/more\"},"
	"{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"ftp://x.example/\"},"
	"{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"" REGISTRAR "\"}],"
	"\"entities\":[{\"roles\":[\"registrar\"],\"publicIds\":[{\"type\":\"IANA Registrar ID\","
	"\"identifier\":\"9999\"}],\"vcardArray\":[\"vcard\",[[\"fn\",{},\"text\",\"Example Registrar\"]"
	"]]}],\"redacted\":[{\"name\":{\"type\":\"Registrant Name\"},\"method\":\"emptyValue\"}]}";

static const char registrar_answer[] = HTTP_OK
	"{\"objectClassName\":\"domain\",\"ldhName\":\"pills.example\",\"status\":[\"client hold\"],"
	"\"events\":[{\"eventAction\":\"registrar expiration\",\"eventDate\":\"2027-03-02T00:00:00Z\"}],"
	"\"entities\":[{\"roles\":[\"registrant\"],\"vcardArray\":[\"vcard\",["
	"[\"fn\",{},\"text\",\"Jane Roe\"],[\"org\",{},\"text\",\"REDACTED FOR PRIVACY\"],"
	"[\"email\",{},\"text\",\"Jane.Roe@Mail.example\"],[\"tel\",{},\"uri\",\"tel:+501-12 34567;ext=3\"],"
	"[\"adr\",{},\"text\",[\"\",\"\",\"1 Way\",\"Belize City\",\"\",\"\",\"BZ\"]]]]},"
	"{\"roles\":[\"reseller\"],\"vcardArray\":[\"vcard\",[[\"fn\",{},\"text\",\"Shop Names\"]]]}]}";

static const struct registration_key key = { SLICE("k1"), SLICE("a secret of the test") };

static void the_registrar_completes_the_registry_and_people_leave_as_hashes(void **state)
{
	(void)state;
	static const struct scripted script[] = { { REGISTRY, registry_answer, false },
		                                  { REGISTRAR, registrar_answer, false } };
	const struct story story = { script, 2, "pills.example", .key = &key };
	struct told t, again;

	tell(&story, &t);
	assert_int_equal(t.ask_n, 2);
	assert_true(slice_eq_str(json_str(t.observation, "what"), "registration"));
	assert_true(slice_eq_str(json_str(t.observation, "src"), "rdap:rdap.registry.example"));
	assert_true(slice_eq_str(json_str(t.observation, "period"), "2026-03-02T19:02:03Z"));
	assert_int_equal(json_array_size(json_arr(t.observation, "evidence")), 2);
	assert_true(slice_eq_str(field(&t, "created"), "2026-03-02T19:02:03Z"));
	assert_true(slice_eq_str(field(&t, "registrar_expires"), "2027-03-02T00:00:00Z"));
	assert_true(slice_eq_str(field(&t, "registrar"), "Example Registrar"));
	assert_true(slice_eq_str(field(&t, "reseller"), "Shop Names"));
	const json_t *registration = json_obj(t.observation, "registration");
	assert_int_equal(json_i64(registration, "registrar_id", 0), 9999);
	assert_true(slice_eq_str(json_text(json_array_get(json_arr(registration, "status"), 0)),
	                         "clientHold"));
	assert_int_equal(json_array_size(json_arr(registration, "redacted")), 1);
	assert_int_equal(json_array_size(json_arr(registration, "sources")), 2);
	const json_t *hashes = json_obj(json_obj(registration, "hashes"), "registrant");
	assert_int_equal(json_array_size(json_arr(hashes, "mail")), 1);
	assert_int_equal(json_array_size(json_arr(hashes, "phone")), 1);
	assert_int_equal(json_array_size(json_arr(hashes, "name")), 1);
	assert_int_equal(json_array_size(json_arr(hashes, "address")), 1);
	/* What is withheld is no value, and no value is there as it was written. */
	assert_null(json_arr(hashes, "organisation"));
	static const char *const raw[] = { "jane", "roe", "mail.example", "34567", "1 way", "Jane" };
	for (size_t i = 0; i < ROWS(raw); i++)
		CHECK_INT(i, raw[i], strstr(buf_str(&t.line), raw[i]) != NULL, 0);
	check_done();
	tell(&story, &again);
	assert_string_equal(buf_str(&t.line), buf_str(&again.line));
	forget(&t);
	forget(&again);
}

static void without_a_key_people_do_not_leave_at_all(void **state)
{
	(void)state;
	static const struct scripted script[] = { { REGISTRY, registry_answer, false },
		                                  { REGISTRAR, registrar_answer, false } };
	struct told t;

	tell(&(struct story){ script, 2, "pills.example", .key = NULL }, &t);
	assert_null(json_obj(json_obj(t.observation, "registration"), "hashes"));
	assert_null(strstr(buf_str(&t.line), "Jane"));
	forget(&t);
}

/* Values are compared as people mean them: one address, however it is written, is one hash. */
static void values_are_normalised_before_they_are_hashed(void **state)
{
	(void)state;
	static const char other[] = HTTP_OK
		"{\"objectClassName\":\"domain\",\"ldhName\":\"pills.example\","
		"\"entities\":[{\"roles\":[\"registrant\"],\"vcardArray\":[\"vcard\",["
		"[\"fn\",{},\"text\",\"  JANE   R\xc3\x96" "e \"],[\"email\",{},\"text\",\"jane.roe@MAIL.example\"],"
		"[\"tel\",{},\"uri\",\"tel:00501.1234567x9\"],"
		"[\"adr\",{\"label\":\"1 Way\\nBelize City\"},\"text\",[\"\",\"\",\"\",\"\",\"\",\"\",\"\"]]]]}]}";
	static const struct scripted one[] = { { REGISTRY, registry_answer, false },
		                               { REGISTRAR, registrar_answer, false } };
	static const struct scripted two[] = { { REGISTRY, other, false } };
	struct told t, u;

	tell(&(struct story){ one, 2, "pills.example", .key = &key }, &t);
	tell(&(struct story){ two, 1, "pills.example", .key = &key }, &u);
	const json_t *a = json_obj(json_obj(json_obj(t.observation, "registration"), "hashes"),
	                           "registrant");
	const json_t *b = json_obj(json_obj(json_obj(u.observation, "registration"), "hashes"),
	                           "registrant");
	static const char *const fields[] = { "name", "mail", "phone", "address" };
	for (size_t i = 0; i < ROWS(fields); i++)
		CHECK_INT(i, fields[i], json_equal(json_arr(a, fields[i]), json_arr(b, fields[i])), 1);
	check_done();
	forget(&t);
	forget(&u);
}

#define NOT_FOUND "HTTP/1.1 404 Not Found\r\n\r\n"
#define SLOW "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\n\r\n"

static void a_story_ends_as_it_should(void **state)
{
	(void)state;
	static const char iana[] = "whois:        whois.registry.example\n";
	static const char registered[] =
		"Domain Name: pills.example\nCreation Date: 2026-03-02T19:02:03Z\nRegistrar: Example\n";
	static const char with_registrar[] =
		"Domain Name: pills.example\nCreation Date: 2026-03-02T19:02:03Z\nRegistrar: Example\n"
		"Registrar WHOIS Server: whois.registrar.example\n";
	static const char back[] =
		"Domain Name: pills.example\nCreation Date: 2026-03-02T19:02:03Z\nRegistrar: Example\n"
		"Registrar WHOIS Server: whois.registry.example\n";
	static const struct {
		const char *story;
		struct scripted script[9];
		const char *name, *how; /* how NULL: there is a registration */
		size_t asks;
		bool allow_http, no_bootstrap;
	} rows[] = {
		{ "the registry says that there is none", { { REGISTRY, NOT_FOUND, false } },
		  "pills.example", "not-registered", 1, false, false },
		{ "the registry says so in JSON",
		  { { REGISTRY, HTTP_OK "{\"errorCode\":404,\"title\":\"none\"}", false } },
		  "pills.example", "not-registered", 1, false, false },
		{ "a server that is busy is asked again",
		  { { REGISTRY, SLOW, false }, { REGISTRY, SLOW, false },
		    { REGISTRY, HTTP_OK "{\"objectClassName\":\"domain\",\"ldhName\":\"pills.example\"}",
		      false } },
		  "pills.example", NULL, 3, false, false },
		{ "a server that stays busy refuses, and WHOIS is no way around it",
		  { { REGISTRY, SLOW, false } }, "pills.example", "refused", 3, false, false },
		{ "503 with Retry-After is busy too",
		  { { REGISTRY, "HTTP/1.1 503 X\r\nRetry-After: 1\r\n\r\n", false } },
		  "pills.example", "refused", 3, false, false },
		{ "who may not ask is refused",
		  { { REGISTRY, "HTTP/1.1 403 Forbidden\r\n\r\n", false } },
		  "pills.example", "refused", 1, false, false },
		{ "redirects are followed",
		  { { REGISTRY, "HTTP/1.1 302 Found\r\nLocation: https://b.example/x\r\n\r\n", false },
		    { "https://b.example/x", "HTTP/1.1 307 X\r\nLocation: /y\r\n\r\n", false },
		    { "https://b.example/y", NOT_FOUND, false } },
		  "pills.example", "not-registered", 3, false, false },
		{ "redirects end",
		  { { REGISTRY, "HTTP/1.1 302 Found\r\nLocation: " REGISTRY "\r\n\r\n", false } },
		  "pills.example", "timeout", 7, false, false },
		{ "no redirect leads out of TLS",
		  { { REGISTRY, "HTTP/1.1 302 Found\r\nLocation: http://b.example/x\r\n\r\n", false },
		    { "whois.iana.org example", "%% nothing\n", false } },
		  "pills.example", "unreadable", 2, false, false },
		{ "an answer that is cut short is not read",
		  { { REGISTRY, HTTP_OK "{\"objectClassName\":\"domain\",", false },
		    { "whois.iana.org example", "%% nothing\n", false } },
		  "pills.example", "unreadable", 2, false, false },
		{ "an answer about another name is none",
		  { { REGISTRY, HTTP_OK "{\"objectClassName\":\"domain\",\"ldhName\":\"other.example\"}",
		      false },
		    { "whois.iana.org example", "%% nothing\n", false } },
		  "pills.example", "unreadable", 2, false, false },
		{ "an answer that kills its reader is unreadable",
		  { { REGISTRY, registry_answer, true }, { "whois.iana.org example", "\n", false } },
		  "pills.example", "unreadable", 2, false, false },
		{ "a registrar that does not answer leaves what the registry told",
		  { { REGISTRY, registry_answer, false } }, "pills.example", NULL, 2, false, false },
		{ "RDAP without TLS is asked where tests allow it",
		  { { "http://rdap.plain.example/domain/pills.plain", NOT_FOUND, false } },
		  "pills.plain", "not-registered", 1, true, false },
		{ "and nowhere else",
		  { { "whois.iana.org plain", iana, false },
		    { "whois.registry.example pills.plain", "No match for domain\n", false } },
		  "pills.plain", "not-registered", 2, false, false },
		{ "where RDAP does not answer WHOIS is asked",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", registered, false } },
		  "pills.example", NULL, 3, false, false },
		{ "a registry with neither",
		  { { "whois.iana.org example", "domain: EXAMPLE\nstatus: ACTIVE\n", false } },
		  "pills.example", "no-server", 1, false, true },
		{ "WHOIS of registry and registrar",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", with_registrar, false },
		    { "whois.registrar.example pills.example", "Registrant Email: a@b.example\n", false } },
		  "pills.example", NULL, 3, false, true },
		{ "a referral back ends",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", back, false } },
		  "pills.example", NULL, 2, false, true },
		{ "IANA's referral to itself ends",
		  { { "whois.iana.org example", "refer: whois.iana.org\n", false } },
		  "pills.example", "no-server", 1, false, true },
		{ "a throttled WHOIS server is asked again",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", "Please go away for 13 Seconds\n", false },
		    { "whois.registry.example pills.example", registered, false } },
		  "pills.example", NULL, 3, false, true },
		{ "and refuses in the end",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", "You have exceeded your quota of queries.\n",
		      false } },
		  "pills.example", "refused", 4, false, true },
		{ "what cannot be parsed says so",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", "OK! You win\n", false } },
		  "pills.example", "unreadable", 2, false, true },
		{ "a reserved name",
		  { { "whois.iana.org example", iana, false },
		    { "whois.registry.example pills.example", "Name is reserved by the registry\n", false } },
		  "pills.example", "reserved", 2, false, true },
		{ "nobody answers", { { "x", NULL, false } }, "pills.example", "timeout", 2, false, false },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t n = 0;
		struct told t;
		while (n < 9 && rows[i].script[n].ask)
			n++;
		tell(&(struct story){ rows[i].script, n, rows[i].name, rows[i].allow_http,
		                      rows[i].no_bootstrap, NULL },
		     &t);
		CHECK_SLICE(i, rows[i].story, how(&t), slice_str(rows[i].how));
		CHECK_INT(i, rows[i].story, json_obj(t.observation, "registration") != NULL, !rows[i].how);
		CHECK_INT(i, rows[i].story, t.ask_n, rows[i].asks);
		forget(&t);
	}
	check_done();
}

static void a_privacy_service_is_named_and_its_people_are_nobody(void **state)
{
	(void)state;
	static const char text[] =
		"Domain Name: pills.example\nCreation Date: 2026-03-02T19:02:03Z\n"
		"Registrant Name: Registration Private\nRegistrant Organization: Domains By Proxy, LLC\n"
		"Registrant Email: pills.example@domainsbyproxy.com\nRegistrant Country: us\n"
		"Registrant State/Province: Arizona\nTech Email: tech@host.example\n";
	static const struct scripted script[] = {
		{ "whois.iana.org example", "refer: whois.registry.example\n", false },
		{ "whois.registry.example pills.example", text, false },
	};
	struct told t;

	tell(&(struct story){ script, 2, "pills.example", .no_bootstrap = true, .key = &key }, &t);
	const json_t *r = json_obj(t.observation, "registration");
	assert_true(slice_eq_str(json_str(json_obj(r, "registrant"), "privacy"), "Domains By Proxy"));
	assert_true(slice_eq_str(json_str(json_obj(r, "registrant"), "country"), "US"));
	assert_true(slice_eq_str(json_str(json_obj(r, "registrant"), "region"), "Arizona"));
	assert_null(json_obj(json_obj(r, "hashes"), "registrant"));
	assert_non_null(json_obj(json_obj(r, "hashes"), "technical"));
	assert_true(slice_eq_str(json_str(t.observation, "src"), "whois:whois.registry.example"));
	forget(&t);
}

/* IANA's list is read where registrations are read, and what is too large or no list is not. */
static void the_list_of_servers_is_a_reading_too(void **state)
{
	(void)state;
	struct buf text = { 0 };
	struct rdap_bootstrap b;
	struct arena a = { 0 };
	json_t *reading;

	buf_puts(&text, HTTP_OK);
	buf_puts(&text, bootstrap_text);
	assert_int_equal(registration_reading(READ_RDAP, buf_slice(&text), SLICE("https://x/"), &reading,
	                                      NULL), 0);
	assert_true(slice_eq_str(json_str(reading, "answer"), "bootstrap"));
	assert_int_equal(rdap_bootstrap_from_json(json_obj(reading, "bootstrap"), &a, &b, NULL), 0);
	assert_true(slice_eq_str(rdap_bootstrap_find(&b, SLICE("a.example")),
	                         "https://rdap.registry.example/v1/"));
	json_decref(reading);
	assert_int_equal(registration_reading(READ_PAGE, buf_slice(&text), SLICE(""), &reading, NULL),
	                 ERR_USAGE);
	buf_release(&text);
	arena_release(&a);
}

static void an_answer_that_nothing_waits_for_is_refused(void **state)
{
	(void)state;
	struct asks asks = { 0 };
	struct registration_errand *e;
	struct registration_order order = { .subject = { SUBJECT_HOST, SLICE("www.pills.example") },
		                            .asks = &asks };
	const struct answer answer = { .number = 7 };
	const struct registration_key odd = { SLICE("k 1"), SLICE("secret") };

	assert_int_equal(registration_errand_new(&order, &e, NULL), ERR_USAGE);
	order.subject = (struct subject){ SUBJECT_REGISTRABLE, SLICE("pills.example") };
	order.key = &odd;
	assert_int_equal(registration_errand_new(&order, &e, NULL), ERR_USAGE);
	order.key = NULL;
	assert_int_equal(registration_errand_new(&order, &e, NULL), 0);
	assert_int_equal(registration_errand_told(e, &answer, NULL), ERR_USAGE);
	registration_errand_free(e);
	asks_release(&asks);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_registrar_completes_the_registry_and_people_leave_as_hashes),
		cmocka_unit_test(without_a_key_people_do_not_leave_at_all),
		cmocka_unit_test(values_are_normalised_before_they_are_hashed),
		cmocka_unit_test(a_story_ends_as_it_should),
		cmocka_unit_test(a_privacy_service_is_named_and_its_people_are_nobody),
		cmocka_unit_test(the_list_of_servers_is_a_reading_too),
		cmocka_unit_test(an_answer_that_nothing_waits_for_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
