/* The archive of evidence: what is put is given back; what fails leaves it whole. */
#include "scratch.h"

#include "exchanges.h"
#include "store/archive.h"
#include "store/archive_verify.h"

static const char *made; /* the folder of the archive at hand */

static struct archive *open_archive(const char *name, bool write)
{
	struct archive_options o = { .write = write };
	struct archive *a = NULL;

	made = at_scratch(name);
	ASSERT_OK(archive_open(made, &o, &a, err));
	return a;
}

static void close_archive(struct archive *a)
{
	ASSERT_OK(archive_close(a, err));
}

static json_t *about(int number)
{
	json_t *o = json_object();

	json_put_str(o, "subject", SLICE("h.example"));
	json_put_i64(o, "round", number);
	return o;
}

static struct sha256 id_of(int number)
{
	struct buf text = { 0 };
	json_t *o = about(number);

	assert_int_equal(json_canonical(o, &text, NULL), 0);
	struct sha256 id = sha256_of(buf_slice(&text));
	buf_release(&text);
	json_decref(o);
	return id;
}

static struct archive_order *begin(struct archive *a, int number)
{
	struct archive_order *o = NULL;
	json_t *x = about(number);

	ASSERT_OK(archive_begin(a, x, &o, err));
	json_decref(x);
	return o;
}

static void put(struct archive_order *o, const struct test_exchange *t, struct evidence *response,
                struct evidence *picture)
{
	bool has_response = true, has_picture = true;

	ASSERT_OK(archive_put(o, &t->x, t->purpose, t->class, response, &has_response, picture,
	                      &has_picture, err));
	CHECK_INT(t->x.number, "has a response", has_response, t->x.response.n != 0);
	CHECK_INT(t->x.number, "has a picture", has_picture, t->x.picture.n != 0);
}

static struct evidence responses[EXCHANGES], pictures[EXCHANGES];

static void put_all(struct archive_order *o)
{
	for (size_t i = 0; i < EXCHANGES; i++) {
		put(o, &test_exchanges[i], &responses[i], &pictures[i]);
		if (i == 4)
			ASSERT_OK(archive_put_fault(o, 99, FAULT_PARSER, err));
	}
}

static const struct sha256 told = { { 7 } };

static void seal(struct archive_order *o)
{
	ASSERT_OK(archive_seal(o, told, 3, err));
}

static int compare_kept(void *ctx, const struct archive_kept *kept, struct err *err)
{
	size_t *n = ctx;

	(void)err;
	if (*n == 5) {
		CHECK_INT(*n, "reading", kept->x == NULL, 1);
		CHECK_INT(*n, "reading", kept->number, 99);
		CHECK_INT(*n, "reading", kept->fault, FAULT_PARSER);
	} else {
		size_t i = *n - (*n > 5);
		const struct test_exchange *t = &test_exchanges[i];
		check_exchange(kept->x, &t->x);
		CHECK_SLICE(i, "purpose", slice_str(kept->purpose), slice_str(t->purpose));
		CHECK_INT(i, "fault", kept->fault, t->x.fault);
		CHECK_INT(i, "has response", kept->has_response, t->x.response.n != 0);
		CHECK_INT(i, "has picture", kept->has_picture, t->x.picture.n != 0);
		if (kept->has_response && responses[i].file.p) {
			CHECK_INT(i, "address", sha256_eq(kept->response.address, responses[i].address), 1);
			CHECK_SLICE(i, "file", kept->response.file, responses[i].file);
			CHECK_INT(i, "offset", kept->response.offset, responses[i].offset);
			CHECK_INT(i, "length", kept->response.length, responses[i].length);
			CHECK_INT(i, "class", kept->response.class, t->class);
		}
	}
	++*n;
	return 0;
}

static void check_kept(struct archive *a, int number)
{
	size_t n = 0;

	ASSERT_OK(archive_each_kept(a, id_of(number), compare_kept, &n, err));
	assert_int_equal(n, EXCHANGES + 1);
}

static void what_is_put_is_given_back(void **state)
{
	(void)state;
	struct archive *a = open_archive("back", true);
	struct archive_order *o = begin(a, 1);

	assert_false(archive_has(a, id_of(1)));
	put_all(o);
	seal(o);
	assert_true(archive_has(a, id_of(1)));
	memset(responses, 0, sizeof(responses));
	check_kept(a, 1);
	close_archive(a);
	a = open_archive("back", false);
	check_kept(a, 1);
	close_archive(a);
	check_done();
}

static struct archive_verified verified;
static struct buf findings;

static void note_finding(void *ctx, const struct archive_finding *f)
{
	(void)ctx;
	buf_printf(&findings, "%s %s", archive_trouble_name(f->trouble), f->file);
	if (f->has_offset)
		buf_printf(&findings, "@%llu", (unsigned long long)f->offset);
	buf_printf(&findings, "%s%s: %s\n", f->part ? " " : "", f->part ? f->part : "", f->what);
}

/* What verifying finds, as text: "" where all is well. */
static const char *verify(const char *dir, const char *key_file)
{
	buf_clear(&findings);
	ASSERT_OK(archive_verify(dir, key_file, note_finding, NULL, &verified, err));
	assert_int_equal(verified.findings != 0, findings.n != 0);
	return buf_str(&findings);
}

static void what_is_sealed_is_verified(void **state)
{
	(void)state;
	struct archive *a = open_archive("verified", true);
	char dir[300];

	for (int i = 1; i <= 2; i++) {
		struct archive_order *o = begin(a, i);
		put_all(o);
		seal(o);
	}
	snprintf(dir, sizeof(dir), "%s", made);
	ASSERT_FAILS(archive_verify(dir, NULL, note_finding, NULL, &verified, err), ERR_BUSY, "in use");
	close_archive(a);
	assert_string_equal(verify(dir, NULL), "");
	assert_int_equal(verified.orders, 2);
	assert_int_equal(verified.exchanges, 2 * EXCHANGES);
	assert_int_equal(verified.unchecked, 0);
	/* Without the key the restricted records are counted: two requests and two responses an
	 * order. */
	assert_string_equal(verify(dir, at_scratch("no-key")), "");
	assert_int_equal(verified.unchecked, 8);
	ASSERT_FAILS(archive_verify(at_scratch("nothing"), NULL, note_finding, NULL, &verified, err),
	             ERR_NOTFOUND, "no such folder");
}

static void read_whole(const char *name, struct buf *out)
{
	buf_clear(out);
	FILE *f = fopen(name, "rb");
	assert_non_null(f);
	char piece[4096];
	for (size_t got; (got = fread(piece, 1, sizeof(piece), f)) > 0;)
		buf_put(out, slice_from(piece, got));
	fclose(f);
}

static void write_byte(const char *name, size_t at, char c)
{
	FILE *f = fopen(name, "r+b");

	assert_non_null(f);
	assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
	assert_int_equal(fwrite(&c, 1, 1, f), 1);
	fclose(f);
}

/* Every byte of every file but those that are nothing but aids is altered in turn. */
static void an_altered_byte_is_found_and_named(void **state)
{
	(void)state;
	struct archive *a = open_archive("altered", true);
	const char *is_long = getenv("ASSAY_TEST_LONG");
	struct archive_order *o = begin(a, 1);
	static const char *const files[] = { "warc/000001.warc.gz", "sealed/000001.warc.sealed",
		                             "index.cdxj", "orders" };
	struct buf bytes = { 0 };
	char dir[300], path[500], manifest[90], hex[SHA256_HEX];

	put_all(o);
	seal(o);
	snprintf(dir, sizeof(dir), "%s", made);
	close_archive(a);
	sha256_hex(id_of(1), hex);
	snprintf(manifest, sizeof(manifest), "orders/%.2s/%s.json", hex, hex);
	for (size_t i = 0; i < ROWS(files); i++) {
		const char *file = i + 1 < ROWS(files) ? files[i] : manifest;
		snprintf(path, sizeof(path), "%s/%s", dir, file);
		read_whole(path, &bytes);
		for (size_t at = 0; at < bytes.n; at += is_long ? 1 : 1 + at % 83) {
			write_byte(path, at, (char)(bytes.p[at] ^ (1 << at % 8)));
			const char *found = verify(dir, NULL);
			write_byte(path, at, bytes.p[at]);
			/* The LF behind a manifest is white space. */
			if (!strstr(found, file) && at + 1 < bytes.n) {
				check_failed++;
				printf("# byte %zu of %s altered: found '%s'\n", at, file, found);
			}
		}
		/* Cut, and with something behind. */
		assert_int_equal(truncate(path, (off_t)bytes.n / 2), 0);
		CHECK_INT(i, "cut", strstr(verify(dir, NULL), file) != NULL, 1);
		FILE *f = fopen(path, "wb");
		assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
		fputs("x\n", f);
		fclose(f);
		CHECK_INT(i, "longer", strstr(verify(dir, NULL), file) != NULL, 1);
		assert_int_equal(truncate(path, (off_t)bytes.n), 0);
		char away[520];
		snprintf(away, sizeof(away), "%s.away", at_scratch("file"));
		assert_int_equal(rename(path, away), 0);
		CHECK_INT(i, "missing", strstr(verify(dir, NULL), file) != NULL, 1);
		assert_int_equal(rename(away, path), 0);
		assert_string_equal(verify(dir, NULL), "");
	}
	/* By the journal's lengths files are cut: not one that was altered. */
	snprintf(path, sizeof(path), "%s/journal", dir);
	read_whole(path, &bytes);
	for (size_t at = 0; at < bytes.n; at += 1 + at % 7) {
		struct archive_options writing = { .write = true };
		write_byte(path, at, (char)(bytes.p[at] ^ (1 << at % 3)));
		int rc = archive_open(dir, &writing, &a, NULL);
		if (rc == 0)
			archive_close(a, NULL);
		/* Without its LF the last line is as if it were not there. */
		CHECK_INT(at, "journal", rc, at + 1 == bytes.n ? 0 : ERR_CORRUPT);
		if (at + 1 < bytes.n)
			write_byte(path, at, bytes.p[at]);
	}
	assert_string_equal(verify(dir, NULL), "");
	snprintf(path, sizeof(path), "%s/warc/000007.warc.gz", dir);
	fclose(fopen(path, "wb"));
	write_byte(path, 0, 'x');
	assert_string_equal(verify(dir, NULL),
	                    "extra warc/000007.warc.gz@0: no manifest names what lies here\n");
	unlink(path);
	snprintf(path, sizeof(path), "%s/orders/54/stray.json", dir);
	fclose(fopen(path, "wb"));
	assert_string_equal(verify(dir, NULL), "extra orders/54/stray.json: no file of the archive\n");
	buf_release(&bytes);
	check_done();
}

static void evidence_is_found_by_address_and_by_place(void **state)
{
	(void)state;
	struct archive *a = open_archive("get", true);
	struct archive_order *o = begin(a, 1);
	struct buf out = { 0 };

	put_all(o);
	for (size_t i = 0; i < EXCHANGES; i++) {
		if (test_exchanges[i].x.response.n == 0)
			continue;
		buf_clear(&out);
		ASSERT_OK(archive_get(a, &responses[i], &out, err)); /* before the order has ended */
		CHECK_INT(i, "digest", sha256_eq(sha256_of(buf_slice(&out)), responses[i].address), 1);
		CHECK_INT(i, "length", out.n, responses[i].length);
	}
	struct evidence page = responses[3], restricted = responses[15];
	assert_true(sha256_eq(page.address, sha256_of(SLICE(PAGE))));
	seal(o);
	close_archive(a);
	a = open_archive("get", false);
	struct evidence bare = { .address = page.address };
	buf_clear(&out);
	ASSERT_OK(archive_get(a, &bare, &out, err));
	CHECK_SLICE(0, "page", buf_slice(&out), SLICE(PAGE));
	bare.address.b[0] ^= 1;
	ASSERT_FAILS(archive_get(a, &bare, &out, err), ERR_NOTFOUND, "no such evidence");
	bare.has_where = true;
	bare.file = SLICE("warc/000001.warc.gz");
	bare.offset = 0;
	ASSERT_FAILS(archive_get(a, &bare, &out, err), ERR_CORRUPT, "another digest");
	bare.file = SLICE("warc/../../../etc/passwd");
	ASSERT_FAILS(archive_get(a, &bare, &out, err), ERR_NOTFOUND, "has no file");
	bare.file = SLICE("warc/000009.warc.gz");
	ASSERT_FAILS(archive_get(a, &bare, &out, err), ERR_NOTFOUND, "000009");
	restricted.file = SLICE("sealed/000001.warc.sealed"); /* that of the closed archive is gone */
	buf_clear(&out);
	ASSERT_OK(archive_get(a, &restricted, &out, err));
	CHECK_SLICE(0, "whois", buf_slice(&out), SLICE("Registrant: Jo Doe\r\n"));
	close_archive(a);
	buf_release(&out);
	check_done();
}

static int count_kept(void *ctx, const struct archive_kept *kept, struct err *err)
{
	(void)kept;
	(void)err;
	++*(size_t *)ctx;
	return 0;
}

static void restricted_evidence_needs_its_key(void **state)
{
	(void)state;
	struct archive *a = open_archive("secret", true);
	struct archive_order *o = begin(a, 1);
	char dir[300];
	struct buf out = { 0 };
	size_t n = 0;

	put_all(o);
	seal(o);
	close_archive(a);
	snprintf(dir, sizeof(dir), "%s", made);
	assert_int_equal(shell("! grep -rq -e 'Jo Doe' -e ldhName '%s'%s", dir, ""), 0);
	struct archive_options keyless = { .key_file = at_scratch("no-key") };
	ASSERT_OK(archive_open(dir, &keyless, &a, err));
	ASSERT_FAILS(archive_each_kept(a, id_of(1), count_kept, &n, err), ERR_REFUSED, "restricted");
	assert_int_equal(n, 15); /* what is public before it came */
	struct evidence e = { .address = sha256_of(SLICE("Registrant: Jo Doe\r\n")), .has_where = true,
		              .file = SLICE("sealed/000001.warc.sealed") };
	ASSERT_FAILS(archive_get(a, &e, &out, err), ERR_REFUSED, "the key is not here");
	close_archive(a);
	/* Another key opens nothing, and is not taken for damage. */
	struct archive_options other = { .key_file = at_scratch("other.key"), .write = true };
	ASSERT_OK(archive_open(dir, &other, &a, err));
	n = 0;
	ASSERT_FAILS(archive_each_kept(a, id_of(1), count_kept, &n, err), ERR_REFUSED, "another key");
	close_archive(a);
	assert_string_equal(verify(dir, at_scratch("other.key")), "");
	assert_int_equal(verified.unchecked, 4);
	/* A key that others can read is no secret. */
	assert_int_equal(shell("chmod 644 '%s.key'%s", dir, ""), 0);
	ASSERT_FAILS(archive_open(dir, &(struct archive_options){ .write = false }, &a, err), ERR_REFUSED,
	             "secret.key");
	buf_release(&out);
}

struct seen_orders {
	int round[8];
	size_t n;
};

static int see_order(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	struct seen_orders *s = ctx;
	struct sha256 digest;
	char address[EVIDENCE_ADDRESS_SIZE];
	int round = (int)json_i64(json_obj(manifest, "about"), "round", 0);

	(void)err;
	CHECK_INT(round, "id", sha256_eq(order, id_of(round)), 1);
	CHECK_INT(round, "count", json_i64(json_obj(manifest, "observations"), "count", 0), 3);
	evidence_address_format(told, address);
	CHECK_SLICE(round, "told", json_str(json_obj(manifest, "observations"), "digest"),
	            slice_str(address));
	/* Anybody can compute the digest that a manifest names. */
	struct buf text = { 0 };
	static const char *const but[] = { "digest", NULL };
	assert_int_equal(json_canonical_except(manifest, but, &text, NULL), 0);
	digest = sha256_of(buf_slice(&text));
	evidence_address_format(digest, address);
	CHECK_SLICE(round, "digest", json_str(manifest, "digest"), slice_str(address));
	buf_release(&text);
	s->round[s->n++] = round;
	return 0;
}

static void orders_side_by_side_do_not_mix(void **state)
{
	(void)state;
	struct archive *a = open_archive("side", true);
	struct archive_order *o[4];
	struct seen_orders seen = { .n = 0 };
	struct evidence e, p;
	char dir[300];

	snprintf(dir, sizeof(dir), "%s", made);
	for (int i = 0; i < 4; i++)
		o[i] = begin(a, i + 1);
	json_t *again = about(2);
	struct archive_order *refused;
	ASSERT_FAILS(archive_begin(a, again, &refused, err), ERR_BUSY, "under way");
	for (size_t x = 0; x < EXCHANGES; x++)
		for (int i = 0; i < 4; i++)
			put(o[i], &test_exchanges[x], &e, &p);
	seal(o[3]);
	archive_drop(o[2]);
	seal(o[0]);
	archive_put_fault(o[1], 7, FAULT_PARSER, NULL);
	seal(o[1]);
	ASSERT_FAILS(archive_begin(a, again, &refused, err), ERR_REFUSED, "was kept before");
	json_decref(again);
	ASSERT_OK(archive_each(a, see_order, &seen, err));
	assert_int_equal(seen.n, 3); /* by when they were begun */
	assert_int_equal(seen.round[0], 1);
	assert_int_equal(seen.round[1], 2);
	assert_int_equal(seen.round[2], 4);
	assert_false(archive_has(a, id_of(3)));
	close_archive(a);
	assert_string_equal(verify(dir, NULL), "");
	assert_int_equal(verified.unsealed, 0);
	/* What was dropped can be ordered again, and uses the files that are there. */
	a = open_archive("side", true);
	o[2] = begin(a, 3);
	put_all(o[2]);
	seal(o[2]);
	close_archive(a);
	assert_string_equal(verify(dir, NULL), "");
	assert_int_equal(verified.orders, 4);
	assert_int_equal(shell("test $(ls '%s/warc' | wc -l) -le 4%s", dir, ""), 0);
	check_done();
}

static void a_file_that_is_full_is_followed_by_a_new_one(void **state)
{
	(void)state;
	struct archive_options o = { .write = true, .file_bytes = 12000, .sync = true };
	struct archive *a = NULL;
	char dir[300];

	snprintf(dir, sizeof(dir), "%s", at_scratch("full"));
	for (int i = 1; i <= 5; i++) {
		ASSERT_OK(archive_open(dir, &o, &a, err));
		struct archive_order *order = begin(a, i);
		put_all(order);
		seal(order);
		close_archive(a);
	}
	assert_int_equal(shell("test $(ls '%s/warc' | wc -l) -ge 2%s", dir, ""), 0);
	assert_string_equal(verify(dir, NULL), "");
	assert_int_equal(verified.orders, 5);
}

static void a_second_writer_is_refused(void **state)
{
	(void)state;
	struct archive *a = open_archive("two", true), *b = NULL;
	struct archive_options o = { .write = true };

	ASSERT_FAILS(archive_open(made, &o, &b, err), ERR_BUSY, "in use by process");
	o.write = false; /* readers are welcome */
	ASSERT_OK(archive_open(made, &o, &b, err));
	struct archive_order *order;
	json_t *x = about(1);
	ASSERT_FAILS(archive_begin(b, x, &order, err), ERR_REFUSED, "for reading");
	json_decref(x);
	close_archive(b);
	close_archive(a);
}

/* Payloads that are not what the table says are stored once more, and aids that are lost made anew.
 * */
static void lost_aids_are_made_anew(void **state)
{
	(void)state;
	struct archive *a = open_archive("aids", true);
	struct archive_order *o = begin(a, 1);
	char dir[300];
	static const char *const spoil[] = {
		"rm '%s/payloads'%s", "rm '%s/index.cdxj'%s", "truncate -s 30 '%s/index.cdxj'%s",
		"truncate -s 48 '%s/payloads'%s",
	};

	put_all(o);
	seal(o);
	close_archive(a);
	snprintf(dir, sizeof(dir), "%s", made);
	for (size_t i = 0; i < ROWS(spoil); i++) {
		assert_int_equal(shell(spoil[i], dir, ""), 0);
		a = open_archive("aids", true);
		o = begin(a, 10 + (int)i);
		put_all(o);
		seal(o);
		close_archive(a);
		CHECK_SLICE(i, spoil[i], slice_str(verify(dir, NULL)), SLICE(""));
	}
	/* A table that names wrong places: nothing is taken for a revisit of what is not there. */
	char path[320];
	struct buf bytes = { 0 };
	snprintf(path, sizeof(path), "%s/payloads", dir);
	read_whole(path, &bytes);
	for (size_t i = 0; i < bytes.n; i += 48)
		write_byte(path, i + 40, (char)(bytes.p[i + 40] ^ 1));
	buf_release(&bytes);
	a = open_archive("aids", true);
	o = begin(a, 20);
	put_all(o);
	seal(o);
	check_kept(a, 20);
	close_archive(a);
	CHECK_SLICE(9, "wrong places", slice_str(verify(dir, NULL)), SLICE(""));
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_is_given_back),
		cmocka_unit_test(what_is_sealed_is_verified),
		cmocka_unit_test(an_altered_byte_is_found_and_named),
		cmocka_unit_test(evidence_is_found_by_address_and_by_place),
		cmocka_unit_test(restricted_evidence_needs_its_key),
		cmocka_unit_test(orders_side_by_side_do_not_mix),
		cmocka_unit_test(a_file_that_is_full_is_followed_by_a_new_one),
		cmocka_unit_test(a_second_writer_is_refused),
		cmocka_unit_test(lost_aids_are_made_anew),
	};
	int failed = cmocka_run_group_tests(tests, scratch_make, scratch_remove);

	buf_release(&findings);
	return failed;
}
