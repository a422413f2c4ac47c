/* An answer about a registration, by RDAP ('r' and an HTTP message) or WHOIS (any other byte and a
 * text), on its whole way: read, taken over by the errand's side, completed by itself, hashed. What is
 * read always comes back, and no restricted value is longer than its limit. */
#include "collect/registration_reading.h"
#include "model/registration.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const json_t *reading, struct arena *a)
{
	const struct registration_key key = { SLICE("k1"), SLICE("a secret") };
	struct registration_restricted restricted;
	struct registration r, other;
	json_t *object = json_obj(reading, "registration");

	if (!object)
		return;
	if (registration_from_json(object, a, &r, NULL) != 0 ||
	    registration_restricted_from_json(json_obj(reading, "restricted"), a, &restricted, NULL) != 0)
		__builtin_trap();
	if (r.hash_n || registration_hash(&r, &restricted, &key, a, NULL) != 0 ||
	    r.hash_n != restricted.value_n)
		__builtin_trap();
	other = r;
	if (registration_complete(&r, &other, a, NULL) != 0 || r.conflict_n || r.hash_n != other.hash_n)
		__builtin_trap();
	json_t *again = registration_to_json(&r);
	if (!again || registration_from_json(again, a, &other, NULL) != 0)
		__builtin_trap();
	json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	json_t *reading;

	if (size == 0)
		return 0;
	enum reading what = data[0] == 'r' ? READ_RDAP : READ_WHOIS;
	struct slice response = slice_from((const char *)data + 1, size - 1);
	if (registration_reading(what, response, SLICE("whois://whois.kr/a.kr"), &reading, NULL) != 0)
		return 0;
	take(reading, &a);
	json_decref(reading);
	arena_release(&a);
	return 0;
}
