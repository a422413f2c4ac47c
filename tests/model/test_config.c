#include "check.h"

#include "model/config.h"

/* The verifier key of the example in doc/format/mandate.md. */
#define MINISTRY "ministry.example+2996c43c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"

static void config_refuses_with_file_and_line(void **state)
{
	(void)state;
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "store: ./v\n\nlog_levle: info\n",
		  "assay.yaml:3: unknown key 'log_levle' (did you mean 'log_level'?)" },
		{ "password: x\n", "assay.yaml:1: unknown key 'password'" },
		{ "store: [a]\n", "assay.yaml:1: store is not a single value" },
		{ "store:\n", "assay.yaml:1: store has no value" },
		{ "store: ''\n", "assay.yaml:1: store is empty" },
		{ "log_level: loud\n",
		  "assay.yaml:1: log_level is none of error, warning, info, debug" },
		{ "automatic_listing: yes\n",
		  "assay.yaml:1: automatic_listing is neither true nor false" },
		{ "destinations:\n  - JP\n  - Japan\n",
		  "assay.yaml:3: destinations: 'Japan' is not a country such as JP" },
		{ "destinations: uk\n", "assay.yaml:1: destinations: 'uk' is not a country such as JP" },
		{ "reviewers: akari\n", "assay.yaml:1: reviewers is not a list" },
		{ "reviewers: [akari]\n", "assay.yaml:1: this is not a mapping of keys" },
		{ "reviewers:\n  - demonstration: true\n", "assay.yaml:2: name is missing" },
		{ "reviewers:\n  - name: a\n    nmae: b\n",
		  "assay.yaml:3: unknown key 'nmae' (did you mean 'name'?)" },
		{ "notice:\n  interest: money\n",
		  "assay.yaml:2: interest is health, consumer, trademark or other, not 'money'" },
		{ "notice:\n  per_hour: 5\n  verify: desk.example\n",
		  "assay.yaml:3: verify is no address such as https://desk.example/d/" },
		{ "mandates: x\n", "assay.yaml:1: mandates: key: not name+hash+base64" },
		{ "mandates:\n  - issuer: A\n", "assay.yaml:2: key is missing" },
		{ "mandates:\n  - {key: " MINISTRY ", contry: JP}\n",
		  "assay.yaml:2: unknown key 'contry' (did you mean 'country'?)" },
		{ "mandates:\n  - {key: " MINISTRY ", country: Japan}\n",
		  "assay.yaml:2: country is not two capital letters such as JP: 'Japan'" },
		{ "mandates:\n  - {key: " MINISTRY ", issuer: A}\n  - " CONFIG_PUBLISHER "\n",
		  "assay.yaml:3: mandates: of several keys each needs its issuer: write key and "
		  "issuer" },
		{ "mandates:\n  - {key: " MINISTRY ", issuer: A}\n  - {key: " MINISTRY ", issuer: B}\n",
		  "assay.yaml:3: mandates: this key stands here twice" },
		{ "notice: {sponsr: x}\n",
		  "assay.yaml:1: unknown key 'sponsr' (did you mean 'sponsor'?)" },
		{ "reviewers:\n  - name: Akari Sato\n",
		  "assay.yaml:2: name is not 1 to 64 of the characters a-z, 0-9, '-', '_', '.'" },
		{ "reviewers:\n  - name: a\n  - name: b\n  - name: a\n",
		  "assay.yaml:4: the reviewer 'a' stands here twice" },
		{ "disclosure_days: 366\n", "assay.yaml:1: disclosure_days is not from 0 to 365" },
		{ "mail: x\n", "assay.yaml:1: mail is not a mapping of keys" },
		{ "mail:\n  relya: x\n", "assay.yaml:2: unknown key 'relya' (did you mean 'relay'?)" },
		{ "mail:\n  from: a@b.example\n  relay: mail.example\n",
		  "assay.yaml:3: relay is no host and port such as mail.example.org:587" },
		{ "mail: {from: a@b.example, relay: 'mail.example:70000'}\n",
		  "assay.yaml:1: relay is no host and port such as mail.example.org:587" },
		{ "mail: {from: a@b.example, relay: 'user@mail.example:25'}\n",
		  "assay.yaml:1: relay is no host and port such as mail.example.org:587" },
		{ "mail: {relay: 'mail.example:25'}\n", "assay.yaml:1: mail has a relay and no from" },
		{ "mail: {from: Desk}\n", "assay.yaml:1: from is no mail address such as desk@example.org" },
		{ "mail: {tls: maybe}\n", "assay.yaml:1: tls is neither starttls nor none" },
		{ "mail: {user: x}\n",
		  "assay.yaml:1: mail has one of user and password_file without the other" },
		{ "mail: {password: x}\n", "assay.yaml:1: unknown key 'password'" },
		{ "platforms: {a: b}\n", "assay.yaml:1: platforms is not a list" },
		{ "quota: much\n",
		  "assay.yaml:1: quota is no number of bytes such as 500M or 200G" },
		{ "quota: 12 GB\n",
		  "assay.yaml:1: quota is no number of bytes such as 500M or 200G" },
		{ "reserve: 99999999T\n",
		  "assay.yaml:1: reserve is no number of bytes such as 500M or 200G" },
		{ "quota: 99999999999999999999999\n",
		  "assay.yaml:1: quota is no number of bytes such as 500M or 200G" },
		{ "reserve: G\n",
		  "assay.yaml:1: reserve is no number of bytes such as 500M or 200G" },
		{ "retention: 90\n", "assay.yaml:1: retention is not a mapping of keys" },
		{ "retention:\n  publik: 90\n",
		  "assay.yaml:2: unknown key 'publik' (did you mean 'public'?)" },
		{ "publishers: [x]\n",
		  "assay.yaml:1: publishers: key: not name+hash+base64" },
		{ "publishers:\n  - " CONFIG_PUBLISHER "\n  - " CONFIG_PUBLISHER "A\n",
		  "assay.yaml:3: publishers: base64: the length is not a multiple of 4" },
		{ "mass_change: 101%\n", "assay.yaml:1: mass_change is not from 0 to 100" },
		{ "mass_change: -1\n", "assay.yaml:1: mass_change is not from 0 to 1000000" },
		{ "mass_change: 1000001\n", "assay.yaml:1: mass_change is not from 0 to 1000000" },
		{ "mass_change: '%'\n", "assay.yaml:1: mass_change is not a share such as 5%" },
		{ "mass_change: much\n", "assay.yaml:1: mass_change is not a whole number" },
		{ "mass_floor: -1\n", "assay.yaml:1: mass_floor is not from 0 to 2147483647" },
		{ "[store]\n", "assay.yaml:1: this is not a mapping of keys" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena = { 0 };
		struct config c = { .store = "untouched" };
		struct err err = { .what = "" };
		int rc = config_parse(slice_str(rows[i].in), "assay.yaml", &arena, &c, &err);
		CHECK_INT(i, rows[i].in, rc, ERR_SYNTAX);
		CHECK_SLICE(i, rows[i].in, slice_str(err.what), slice_str(rows[i].want));
		CHECK_SLICE(i, rows[i].in, slice_str(c.store), SLICE("untouched"));
		arena_release(&arena);
	}
	check_done();
}

/* Every key with its value and origin, a line each. */
static void show(const struct config *c, struct buf *out)
{
	for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
		buf_printf(out, "%s: ", config_key_name(key));
		config_put_value(c, key, out);
		buf_puts(out, " <");
		config_put_origin(c, key, out);
		buf_puts(out, ">\n");
	}
}

static void config_tells_what_is_in_force_and_why(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct config c;
	struct buf out = { 0 };
	struct err err;

	config_init(&c);
	show(&c, &out);
	assert_string_equal(buf_str(&out), "store: ./var <default>\n"
					   "packs: policy/packs <default>\n"
					   "publishers: ['" CONFIG_PUBLISHER "'] <default>\n"
					   "lexicon: policy/lexicon <default>\n"
					   "suffixes: (the list of libpsl) <default>\n"
					   "platforms: [] <default>\n"
					   "destinations: (those of the packs) <default>\n"
					   "reviewers: (none: nobody can decide) <default>\n"
					   "automatic_listing: false <default>\n"
					   "mass_change: 50000 <default>\n"
					   "mass_floor: 50 <default>\n"
					   "popular: (none) <default>\n"
					   "model: (none) <default>\n"
					   "list_name: assay <default>\n"
					   "appeal_address: (none) <default>\n"
					   "disclosure_days: 7 <default>\n"
					   "mail: (no relay: letters are written to files) <default>\n"
					   "notices: policy/notice <default>\n"
					   "notice: {interest: health, providers: policy/notice/providers, evidence_days: 14, "
					   "contact_days: 7, acknowledge_hours: 48, act_days: 7, silent_days: 14, "
					   "repeat_days: 30, per_hour: 60, minimum: 10} <default>\n"
					   "mandates: (none: no signed mandate is believed) <default>\n"
					   "listen: '127.0.0.1:8080' <default>\n"
					   "web: web <default>\n"
					   "contacts: policy/contacts <default>\n"
					   "quota: (none) <default>\n"
					   "reserve: (256M, on a small disk 5 % of it) <default>\n"
					   "retention: (evidence is kept) <default>\n"
					   "collect: {resolvers: [], bootstrap: 'https://data.iana.org/rdap/dns.json', "
					   "iana_whois: whois.iana.org, host_delay_ms: 1000, in_flight: 1000, "
					   "body: 8M, bodies: 256M, seconds: 60} <default>\n"
					   "log_level: info <default>\n");
	assert_int_equal(config_parse(SLICE("reviewers:\n"
					    "  - {name: akari, demonstration: true}\n"
					    "  - name: benedikt\n"
					    "platforms: [shops.example, a b]\n"
					    "destinations: JP\n"
					    "store: /srv/it's\n"
					    "packs: p\nlexicon: l\nsuffixes: s.dat\n"
					    "automatic_listing: true\n"
					    "list_name: demo\n"
					    "appeal_address: appeal@desk.example\n"
					    "listen: '[::1]:80'\nweb: w\ncontacts: k\n"
					    "log_level: debug\n"
					    "quota: 200G\nreserve: 1536K\n"
					    "retention: {restricted: 90, public: 730}\n"
					    "publishers: []\nmass_change: 12%\nmass_floor: 3\n"
					    "popular: top.csv\n"
					    "disclosure_days: 14\nnotices: n\n"
					    "mail: {relay: 'm.example:587', from: a@b.example, "
					    "user: u, password_file: p}\n"
					    "model: rank.model\n"
					    "collect: {resolvers: 192.0.2.53, "
					    "open: [127.0.0.0/8, '::1/128'], in_flight: 20, body: 64K, bodies: 3M, "
					    "bootstrap: b.json, iana_whois: w, host_delay_ms: 0, "
					    "seconds: 5, vantages: v.yaml, registration_key: k}\n"
					    "notice: {sender: The Desk, sponsor: nobody, interest: other, "
					    "verify: 'https://desk.example/d/', act_days: 3}\n"
					    "mandates:\n  - key: " MINISTRY "\n    issuer: The Ministry\n"
					    "    country: JP\n"),
				      "etc/assay.yaml", &arena, &c, &err),
			 0);
	config_set_store(&c, "other");
	buf_clear(&out);
	show(&c, &out);
	assert_string_equal(buf_str(&out),
			    "store: other <option>\n"
			    "packs: p <etc/assay.yaml:7>\n"
			    "publishers: [] <etc/assay.yaml:20>\n"
			    "lexicon: l <etc/assay.yaml:8>\n"
			    "suffixes: s.dat <etc/assay.yaml:9>\n"
			    "platforms: [shops.example, 'a b'] <etc/assay.yaml:4>\n"
			    "destinations: [JP] <etc/assay.yaml:5>\n"
			    "reviewers: akari (demonstration), benedikt <etc/assay.yaml:1>\n"
			    "automatic_listing: true <etc/assay.yaml:10>\n"
			    "mass_change: 120000 <etc/assay.yaml:21>\n"
			    "mass_floor: 3 <etc/assay.yaml:22>\n"
			    "popular: top.csv <etc/assay.yaml:23>\n"
			    "model: rank.model <etc/assay.yaml:27>\n"
			    "list_name: demo <etc/assay.yaml:11>\n"
			    "appeal_address: appeal@desk.example <etc/assay.yaml:12>\n"
			    "disclosure_days: 14 <etc/assay.yaml:24>\n"
			    "mail: {relay: 'm.example:587', from: a@b.example, user: u, "
			    "password_file: p, timeout_s: 120} <etc/assay.yaml:26>\n"
			    "notices: n <etc/assay.yaml:25>\n"
			    "notice: {interest: other, sender: 'The Desk', sponsor: nobody, verify: "
			    "'https://desk.example/d/', providers: policy/notice/providers, "
			    "evidence_days: 14, contact_days: 7, acknowledge_hours: 48, act_days: 3, "
			    "silent_days: 14, repeat_days: 30, per_hour: 60, minimum: 10} "
			    "<etc/assay.yaml:29>\n"
			    "mandates: {key: '" MINISTRY "', issuer: 'The Ministry', country: JP} "
			    "<etc/assay.yaml:30>\n"
			    "listen: '[::1]:80' <etc/assay.yaml:13>\n"
			    "web: w <etc/assay.yaml:14>\n"
			    "contacts: k <etc/assay.yaml:15>\n"
			    "quota: 200G <etc/assay.yaml:17>\n"
			    "reserve: 1536K <etc/assay.yaml:18>\n"
			    "retention: {public: 730, restricted: 90} <etc/assay.yaml:19>\n"
			    "collect: {resolvers: [192.0.2.53], bootstrap: b.json, iana_whois: w, "
			    "open: 2 prefixes, vantages: v.yaml, "
			    "registration_key: k, host_delay_ms: 0, in_flight: 20, body: 64K, bodies: 3M, "
			    "seconds: 5} <etc/assay.yaml:28>\n"
			    "log_level: debug <etc/assay.yaml:16>\n");
	assert_true(c.quota == (uint64_t)200 << 30 && c.reserve == 1536 << 10);
	config_set_log_level(&c, LEVEL_ERROR);
	buf_clear(&out);
	config_put_origin(&c, CONFIG_LOG_LEVEL, &out);
	assert_string_equal(buf_str(&out), "option");
	assert_true(config_reviewer_find(&c, SLICE("akari"))->demonstration);
	assert_false(config_reviewer_find(&c, SLICE("benedikt"))->demonstration);
	assert_null(config_reviewer_find(&c, SLICE("akar")));
	assert_int_equal(config_parse(SLICE(""), "empty.yaml", &arena, &c, &err), 0);
	assert_string_equal(c.store, "./var");
	buf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_refuses_with_file_and_line),
		cmocka_unit_test(config_tells_what_is_in_force_and_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
