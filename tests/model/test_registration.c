#include "check.h"

#include "model/registration.h"

static json_t *json_of(const char *text)
{
	json_t *value;

	assert_int_equal(json_parse(slice_str(text), 10000, &value, NULL), 0);
	return value;
}

static struct registration from(const char *text, struct arena *a)
{
	struct registration r;
	json_t *object = json_of(text);

	assert_int_equal(registration_from_json(object, a, &r, NULL), 0);
	json_decref(object);
	return r;
}

static const char *text_of(const struct registration *r, struct arena *a)
{
	struct buf out = { 0 };
	json_t *object = registration_to_json(r);

	assert_non_null(object);
	assert_int_equal(json_canonical(object, &out, NULL), 0);
	json_decref(object);
	const char *copy = arena_copy(a, buf_slice(&out)).p;
	buf_release(&out);
	return copy;
}

static const char registry[] =
	"{\"conflicts\":[{\"by\":\"whois-registrar\",\"field\":\"expires\",\"kept\":\"a\","
	"\"other\":\"b\"}],\"created\":\"2026-03-02T19:02:03Z\",\"dnssec\":\"unsigned\","
	"\"domain\":\"cheap-pills.example\",\"expires\":\"2027-03-02T19:02:03Z\","
	"\"handle\":\"D1-EX\",\"hashes\":{\"registrant\":{\"mail\":[\"hmac:k1:00\"]}},"
	"\"nameservers\":[\"ns1.a.example\"],\"redacted\":[{\"field\":\"Registrant Name\","
	"\"method\":\"removal\",\"reason\":\"Server policy\"}],\"registrant\":{\"country\":\"BZ\","
	"\"privacy\":\"WhoisGuard\",\"region\":\"Cayo\",\"withheld\":[\"name\",\"phone\"]},"
	"\"registrar\":\"Example Registrar, Inc.\",\"registrar_id\":9999,\"sources\":[{\"server\":"
	"\"rdap.example\",\"source\":\"rdap-registry\"}],\"status\":[\"clientHold\"]}";

static void what_is_read_is_what_was_written(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct registration r = from(registry, &a), empty = registration_empty();

	assert_string_equal(text_of(&r, &a), registry);
	assert_string_equal(text_of(&empty, &a), "{}");
	assert_true(registration_is_held(&r));
	assert_false(registration_is_held(&empty));
	arena_release(&a);
}

static void what_is_not_as_we_write_it_is_refused(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"[]", "{\"created\":7}", "{\"created\":\"yesterday\"}", "{\"domain\":\"A.EXAMPLE\"}",
		"{\"domain\":7}", "{\"status\":\"ok\"}", "{\"status\":[7]}", "{\"status\":[\"\"]}",
		"{\"registrar\":\"a\\nb\"}", "{\"registrar\":\"\"}", "{\"registrar_id\":-1}",
		"{\"nameservers\":[\"NS1.A.EXAMPLE\"]}", "{\"redacted\":[{\"field\":\"x\"}]}",
		"{\"sources\":[{\"source\":\"rumour\",\"server\":\"x\"}]}",
		"{\"sources\":[{\"source\":\"rdap-registry\"}]}",
		"{\"conflicts\":[{\"field\":\"weather\",\"by\":\"rdap-registry\"}]}",
		/* A raw value cannot pass as a hash. */
		"{\"hashes\":{\"registrant\":{\"mail\":[\"somebody@a.example\"]}}}",
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct registration r;
		json_t *object = json_of(rows[i]);
		CHECK_INT(i, rows[i], registration_from_json(object, &a, &r, NULL), ERR_SYNTAX);
		json_decref(object);
		arena_release(&a);
	}
	check_done();
}

static void the_registrar_completes_what_the_registry_tells(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct registration r = from(
		"{\"created\":\"2026-03-02T19:02:03Z\",\"updated\":\"2026-05-01T00:00:00Z\","
		"\"registrar\":\"MarkMonitor, Inc.\",\"status\":[\"clientHold\"],"
		"\"sources\":[{\"source\":\"rdap-registry\",\"server\":\"rdap.a.example\"}]}", &a);
	struct registration other = from(
		"{\"created\":\"2026-03-02T00:00:00Z\",\"updated\":\"2026-09-01T00:00:00Z\","
		"\"registrar_expires\":\"2027-03-02T00:00:00Z\",\"registrar\":\"MARKMONITOR INC\","
		"\"reseller\":\"Shop Names\",\"status\":[\"clientHold\"],\"abuse\":{\"mail\":\"abuse@b\"},"
		"\"registrant\":{\"country\":\"BZ\"},"
		"\"sources\":[{\"source\":\"rdap-registrar\",\"server\":\"rdap.b.example\"}]}", &a);

	assert_int_equal(registration_complete(&r, &other, &a, NULL), 0);
	assert_string_equal(text_of(&r, &a),
		"{\"abuse\":{\"mail\":\"abuse@b\"},\"created\":\"2026-03-02T19:02:03Z\","
		"\"registrant\":{\"country\":\"BZ\"},\"registrar\":\"MarkMonitor, Inc.\","
		"\"registrar_expires\":\"2027-03-02T00:00:00Z\",\"reseller\":\"Shop Names\","
		"\"sources\":[{\"server\":\"rdap.a.example\",\"source\":\"rdap-registry\"},"
		"{\"server\":\"rdap.b.example\",\"source\":\"rdap-registrar\"}],"
		"\"status\":[\"clientHold\"],\"updated\":\"2026-05-01T00:00:00Z\"}");
	arena_release(&a);
}

static void what_they_tell_differently_is_a_conflict(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct registration r = from(
		"{\"created\":\"2026-03-02T19:02:03Z\",\"registrar\":\"A\",\"registrar_id\":1,"
		"\"status\":[\"clientHold\",\"ok\"],\"nameservers\":[\"ns1.a.example\"]}", &a);
	struct registration other = from(
		"{\"created\":\"2025-03-02T00:00:00Z\",\"registrar\":\"B\",\"registrar_id\":2,"
		"\"status\":[\"ok\"],\"nameservers\":[\"ns1.a.example\"],"
		"\"sources\":[{\"source\":\"whois-registrar\",\"server\":\"whois.b.example\"}]}", &a);

	assert_int_equal(registration_complete(&r, &other, &a, NULL), 0);
	assert_int_equal(r.conflict_n, 4);
	assert_string_equal(r.conflict[0].field, "created");
	assert_true(slice_eq_str(r.conflict[0].kept, "2026-03-02T19:02:03Z"));
	assert_true(slice_eq_str(r.conflict[0].other, "2025-03-02T00:00:00Z"));
	assert_int_equal(r.conflict[0].by, REGISTRATION_WHOIS_REGISTRAR);
	assert_string_equal(r.conflict[1].field, "registrar");
	assert_string_equal(r.conflict[2].field, "registrar_id");
	assert_string_equal(r.conflict[3].field, "status");
	assert_true(slice_eq_str(r.conflict[3].kept, "clientHold ok"));
	assert_true(slice_eq_str(r.registrar, "A"));
	arena_release(&a);
}

static struct registration_restricted restricted_of(const char *text, struct arena *a)
{
	struct registration_restricted v;
	json_t *object = json_of(text);

	assert_int_equal(registration_restricted_from_json(object, a, &v, NULL), 0);
	json_decref(object);
	return v;
}

/* The hash of a value is that of its kind and text, whoever's it is; by another key it is another. */
static void values_leave_as_keyed_hashes(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct registration_restricted v = restricted_of(
		"{\"registrant\":{\"mail\":[\"a@b.example\"],\"name\":[\"a@b.example\"]},"
		"\"technical\":{\"mail\":[\"a@b.example\"]}}", &a);
	struct registration_key one = { SLICE("k1"), SLICE("secret") };
	struct registration_key two = { SLICE("k2"), SLICE("other secret") };
	struct registration r = registration_empty(), s = registration_empty();

	assert_int_equal(registration_hash(&r, &v, &one, &a, NULL), 0);
	assert_int_equal(registration_hash(&s, &v, &two, &a, NULL), 0);
	assert_int_equal(r.hash_n, 3);
	/* printf 'mail:a@b.example' | openssl dgst -sha256 -hmac secret */
	assert_string_equal(text_of(&r, &a),
		"{\"hashes\":{\"registrant\":{\"mail\":[\"hmac:k1:a7dcaf90b9786567b24628a49d6d759902fce0fbd5ced9d4a85defc75cb55793\"],"
		"\"name\":[\"hmac:k1:bdab0103f0886ac2f74dd06e5c31ea6d0f1ec045c2188905616081a9dee0866d\"]},\"technical\":{\"mail\":[\"hmac:k1:a7dcaf90b9786567b24628a49d6d759902fce0fbd5ced9d4a85defc75cb55793\"]}}}");
	assert_false(slice_eq(slice_sub(r.hash[0].text, 8, 72), slice_sub(s.hash[0].text, 8, 72)));
	assert_true(strstr(text_of(&r, &a), "b.example") == NULL);
	arena_release(&a);
}

static void without_a_key_nothing_leaves(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct registration_restricted v =
		restricted_of("{\"registrant\":{\"mail\":[\"a@b.example\"]}}", &a);
	struct registration_key nameless = { SLICE(""), SLICE("secret") };
	struct registration_key odd = { SLICE("k 1"), SLICE("secret") };
	struct registration r = from(registry, &a);

	assert_int_equal(registration_hash(&r, &v, &nameless, &a, NULL), ERR_USAGE);
	assert_int_equal(registration_hash(&r, &v, &odd, &a, NULL), ERR_USAGE);
	/* What stood there is not kept either: it may have come from who read. */
	assert_int_equal(registration_hash(&r, &v, NULL, &a, NULL), 0);
	assert_int_equal(r.hash_n, 0);
	/* Nor what a privacy service put in its customer's place: all of them share it. */
	struct registration_key one = { SLICE("k1"), SLICE("secret") };
	r.privacy = SLICE("Some Privacy Service");
	assert_int_equal(registration_hash(&r, &v, &one, &a, NULL), 0);
	assert_int_equal(r.hash_n, 0);
	arena_release(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_what_was_written),
		cmocka_unit_test(what_is_not_as_we_write_it_is_refused),
		cmocka_unit_test(the_registrar_completes_what_the_registry_tells),
		cmocka_unit_test(what_they_tell_differently_is_a_conflict),
		cmocka_unit_test(values_leave_as_keyed_hashes),
		cmocka_unit_test(without_a_key_nothing_leaves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
