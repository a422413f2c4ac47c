/* What is taken from a manifest's text is what its JSON says, and what is none is not taken. */
#include "scratch.h"

#include "exchanges.h"
#include "store/archive_listing.h"

static struct sha256 make(const char *dir)
{
	struct archive_options options = { .write = true };
	struct archive *a = NULL;
	struct archive_order *o = NULL;
	struct evidence response, picture;
	bool has_response, has_picture;
	json_t *about = json_pack("{s:s, s:{s:s}}", "subject", "h\"\\.example", "digest", "digest", "x");

	ASSERT_OK(archive_open(dir, &options, &a, err));
	ASSERT_OK(archive_begin(a, about, &o, err));
	struct sha256 id = o->id;
	for (size_t i = 0; i < EXCHANGES; i++) {
		const struct test_exchange *t = &test_exchanges[i];
		ASSERT_OK(archive_put(o, &t->x, t->purpose, t->class, &response, &has_response, &picture,
		                      &has_picture, err));
	}
	ASSERT_OK(archive_put_fault(o, 99, FAULT_PARSER, err));
	ASSERT_OK(archive_seal(o, id, 7, err));
	ASSERT_OK(archive_close(a, err));
	json_decref(about);
	return id;
}

static void check_record(size_t i, const struct listed_record *a, const struct listed_record *b)
{
	CHECK_INT(i, "is there", a->is_there, b->is_there);
	CHECK_SLICE(i, "file", a->file, b->file);
	CHECK_SLICE(i, "crc", a->crc, b->crc);
	CHECK_SLICE(i, "lead", a->lead, b->lead);
	CHECK_SLICE(i, "address", a->address, b->address);
	CHECK_SLICE(i, "media_type", a->media_type, b->media_type);
	CHECK_SLICE(i, "uri", a->uri, b->uri);
	CHECK_INT(i, "at", a->at, b->at);
	CHECK_INT(i, "length", a->length, b->length);
	CHECK_INT(i, "bytes", a->bytes, b->bytes);
	CHECK_INT(i, "status", a->status, b->status);
	CHECK_INT(i, "has_payload", a->has_payload, b->has_payload);
	CHECK_SLICE(i, "payload's file", a->payload_file, b->payload_file);
	CHECK_INT(i, "payload's at", a->payload_at, b->payload_at);
	CHECK_INT(i, "payload's length", a->payload_length, b->payload_length);
}

static void check_same(const struct archive_listing *a, const struct archive_listing *b)
{
	CHECK_INT(0, "about", a->has_about && b->has_about && sha256_eq(a->about, b->about), true);
	for (size_t p = 0; p < ARCHIVE_PARTS; p++) {
		CHECK_INT(p, "lane", a->lane[p].is_there, b->lane[p].is_there);
		CHECK_SLICE(p, "file", a->lane[p].file, b->lane[p].file);
		CHECK_INT(p, "from", a->lane[p].is_there ? a->lane[p].from : 0,
		          b->lane[p].is_there ? b->lane[p].from : 0);
		CHECK_INT(p, "to", a->lane[p].is_there ? a->lane[p].to : 0,
		          b->lane[p].is_there ? b->lane[p].to : 0);
	}
	check_record(0, &a->warcinfo, &b->warcinfo);
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		CHECK_SLICE(i, "kind", a->exchange[i].kind, b->exchange[i].kind);
		CHECK_SLICE(i, "uri", a->exchange[i].uri, b->exchange[i].uri);
		CHECK_SLICE(i, "at", a->exchange[i].at, b->exchange[i].at);
		CHECK_INT(i, "number", a->exchange[i].number, b->exchange[i].number);
		for (size_t p = 0; p < LISTED_PARTS; p++)
			check_record(i, &a->exchange[i].part[p], &b->exchange[i].part[p]);
	}
	check_done();
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t room = strlen(text) + strlen(to) + 1;
	char *out = malloc(room);

	assert_non_null(at);
	assert_non_null(out);
	snprintf(out, room, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

static void text_and_json_say_the_same(void **state)
{
	(void)state;
	char dir[300], path[420], name[90];
	struct archive_options reading = { .write = false };
	struct archive_listing text, json;
	struct archive *a = NULL;
	json_t *manifest = NULL;

	snprintf(dir, sizeof(dir), "%s", at_scratch("listed"));
	struct sha256 id = make(dir);
	ASSERT_OK(archive_open(dir, &reading, &a, err));
	ASSERT_OK(archive_manifest_read(a, id, &manifest, err));
	ASSERT_OK(archive_listing_of(manifest, &json, err));
	ASSERT_OK(archive_listing_read(a, id, &text, err));
	assert_null(text.json); /* it was not needed */
	CHECK_INT(0, "exchanges", text.n, EXCHANGES + 1);
	check_same(&text, &json);
	/* White space is none of the canonical form; the digest is of that. */
	archive_manifest_name(id, name);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	char *was = strdup(buf_str(&text.text)), *wide = json_dumps(manifest, JSON_INDENT(2));
	archive_listing_release(&text);
	write_text(path, wide);
	ASSERT_OK(archive_listing_read(a, id, &text, err));
	assert_non_null(text.json);
	check_same(&text, &json);
	archive_listing_release(&text);
	archive_listing_release(&json);
	/* What is altered, or can be read in two ways, is refused. */
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"count\":7", "\"count\":8" },
		{ "\"type\":\"manifest\"", "\"order\":\"0\",\"type\":\"manifest\"" },
		{ "{\"about\":", "{\"exchanges\":[],\"about\":" },
		{ "\"exchanges\":[", "\"exchanges\":[],\"exchanges\":[" },
		{ "\"exchanges\":[", "\"exchanges\":[{}," },
		{ "\"exchanges\":[", "\"exchanges\":[" "[" },
		{ "\"v\":1", "\"v\":1,\"v\":1" },
		{ ",\"digest\":\"sha256:", ",\"digest\":\"sha256:00" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err why = { 0 };
		char *bad = replaced(was, rows[i].from, rows[i].to);
		write_text(path, bad);
		CHECK_INT(i, rows[i].to, archive_listing_read(a, id, &text, &why), ERR_CORRUPT);
		archive_listing_release(&text);
		free(bad);
	}
	write_text(path, was);
	ASSERT_OK(archive_listing_read(a, id, &text, err));
	archive_listing_release(&text);
	ASSERT_OK(archive_close(a, err));
	json_decref(manifest);
	free(was);
	free(wide);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_json_say_the_same),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
