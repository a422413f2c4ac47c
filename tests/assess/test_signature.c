/* Who signed a pack: what holds, what does not, and what is said of each. */
#include "check.h"
#include "shipped.h"

#include "assess/signature.h"
#include "base/buf.h"
#include "model/config.h"
#include "sys/file.h"

#include <stdlib.h>

static struct note_signer signer_of(const char *name, uint8_t first)
{
	struct ed25519_seed seed = { { first } };
	struct note_signer s;
	struct err err = { 0 };

	if (note_signer_init(slice_str(name), &seed, &s, &err))
		fail_msg("%s", err.what);
	return s;
}

static struct pack pack_of(const char *version, const char *bytes)
{
	return (struct pack){ .id = SLICE("xx"), .version = slice_str(version),
		              .digest = sha256_of(slice_str(bytes)) };
}

static void a_signature_is_of_id_version_and_bytes(void **state)
{
	struct note_signer ours = signer_of("ours", 1), theirs = signer_of("theirs", 2);
	struct note_signer like_ours = signer_of("ours", 3);
	struct pack signed_pack = pack_of("1", "bytes");
	struct buf by_us = { 0 }, by_them = { 0 }, by_like = { 0 }, forged = { 0 };
	struct arena a = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(pack_signature_make(&signed_pack, &ours, &by_us, &err), 0);
	assert_int_equal(pack_signature_make(&signed_pack, &theirs, &by_them, &err), 0);
	assert_int_equal(pack_signature_make(&signed_pack, &like_ours, &by_like, &err), 0);
	/* The text of one note above the signature of another. */
	struct pack other = pack_of("2", "bytes");
	struct buf of_other = { 0 };
	struct note note;
	assert_int_equal(pack_signature_make(&other, &ours, &of_other, &err), 0);
	assert_int_equal(note_parse(buf_slice(&by_us), &note, &err), 0);
	buf_put(&forged, note.text);
	assert_int_equal(note_parse(buf_slice(&of_other), &note, &err), 0);
	buf_putc(&forged, '\n');
	buf_put(&forged, note.signatures);

	struct {
		const char *what;
		struct pack pack;
		struct slice sig;
		size_t publishers;
		enum pack_trust trust;
		const char *name;
	} rows[] = {
		{ "signed by a publisher", pack_of("1", "bytes"), buf_slice(&by_us), 1, PACK_PUBLISHED,
		  "ours+" },
		{ "no file beside it", pack_of("1", "bytes"), { NULL, 0 }, 1, PACK_UNSIGNED, "" },
		{ "other bytes", pack_of("1", "Bytes"), buf_slice(&by_us), 1, PACK_BROKEN, "" },
		{ "other version", pack_of("2", "bytes"), buf_slice(&by_us), 1, PACK_BROKEN, "" },
		{ "an unknown key", pack_of("1", "bytes"), buf_slice(&by_them), 1, PACK_FOREIGN,
		  "theirs+" },
		{ "a key of a publisher's name", pack_of("1", "bytes"), buf_slice(&by_like), 1,
		  PACK_FOREIGN, "ours+" },
		{ "signature of another version", pack_of("1", "bytes"), buf_slice(&forged), 1,
		  PACK_BROKEN, "ours+" },
		{ "no publishers", pack_of("1", "bytes"), buf_slice(&by_us), 0, PACK_FOREIGN,
		  "ours+" },
		{ "no note", pack_of("1", "bytes"), SLICE("signed, honestly\n"), 1, PACK_BROKEN, "" },
		{ "empty", pack_of("1", "bytes"), SLICE(""), 1, PACK_BROKEN, "" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pack_signer s = { 0 };
		int rc = pack_signature_check(&rows[i].pack, rows[i].sig, &ours.key,
		                              rows[i].publishers, &a, &s, &err);
		CHECK_INT(i, rows[i].what, rc, 0);
		CHECK_INT(i, rows[i].what, s.trust, rows[i].trust);
		CHECK_SLICE(i, rows[i].what, slice_sub(s.name, 0, strlen(rows[i].name)),
		            slice_str(rows[i].name));
		CHECK_INT(i, rows[i].what, s.name.n, rows[i].name[0] ? strlen(rows[i].name) + 8 : 0);
		CHECK_INT(i, rows[i].what, s.why[0] != '\0', 1);
	}
	buf_release(&by_us);
	buf_release(&by_them);
	buf_release(&by_like);
	buf_release(&of_other);
	buf_release(&forged);
	arena_release(&a);
	check_done();
}

static void a_version_of_two_lines_is_not_signed(void **state)
{
	struct note_signer ours = signer_of("ours", 1);
	struct pack p = pack_of("1\nsha256:0", "bytes");
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(pack_signature_make(&p, &ours, &out, &err), ERR_SYNTAX);
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

static void read_source(const char *name, struct buf *out)
{
	char path[1024];
	struct err err = { 0 };

	snprintf(path, sizeof(path), "%s/%s", getenv("ASSAY_SOURCE"), name);
	if (file_read(path, 1 << 20, out, &err))
		fail_msg("%s", err.what);
}

/* What is shipped is signed by the key that is built in, and that is the key shown beside it. */
static void the_shipped_packs_are_signed(void **state)
{
	char packs[SHIPPED_PACKS_MAX][SHIPPED_NAME];
	size_t n = shipped_pack_names(packs);
	struct buf shown = { 0 };
	struct arena a = { 0 };
	struct note_key key;
	struct err err = { 0 };

	(void)state;
	read_source("policy/packs/publisher.pub", &shown);
	assert_string_equal(buf_str(&shown), CONFIG_PUBLISHER "\n");
	assert_int_equal(note_key_parse(SLICE(CONFIG_PUBLISHER), &key, &err), 0);
	assert_true(n >= 3);
	for (size_t i = 0; i < n; i++) {
		struct buf text = { 0 }, sig = { 0 };
		struct pack pack;
		struct pack_signer s = { 0 };
		char name[SHIPPED_NAME + 4];
		snprintf(name, sizeof(name), "%s.sig", packs[i]);
		read_source(packs[i], &text);
		read_source(name, &sig);
		CHECK_INT(i, packs[i], pack_parse(buf_slice(&text), packs[i], &a, &pack, &err), 0);
		CHECK_INT(i, packs[i],
		          pack_signature_check(&pack, buf_slice(&sig), &key, 1, &a, &s, &err), 0);
		CHECK_INT(i, packs[i], s.trust, PACK_PUBLISHED);
		buf_release(&text);
		buf_release(&sig);
	}
	buf_release(&shown);
	arena_release(&a);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_of_id_version_and_bytes),
		cmocka_unit_test(a_version_of_two_lines_is_not_signed),
		cmocka_unit_test(the_shipped_packs_are_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
