#include "check.h"

#include "base/buf.h"
#include "wire/x509.h"

#include <stdio.h>
#include <stdlib.h>

/* The seed of the fuzz target: self-signed, with names in odd spellings. */
static void load(struct buf *out)
{
	const char *root = getenv("ASSAY_SOURCE");
	char path[4096], bytes[4096];

	snprintf(path, sizeof(path), "%s/fuzz/seeds/x509/self-signed", root ? root : ".");
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	buf_put(out, slice_from(bytes, fread(bytes, 1, sizeof(bytes), f)));
	fclose(f);
}

static void a_certificate_says_whose_it_is(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct x509_certificate c = { 0 };
	struct buf der = { 0 };
	static const char *const names[] = { "*.pills.example", "192.0.2.1", "pills.example" };

	load(&der);
	assert_int_equal(x509_parse(buf_slice(&der), &arena, &c, NULL), 0);
	CHECK_SLICE(0, "issuer", c.issuer, SLICE("CN=pills.example,O=Synthetic,C=JP"));
	CHECK_SLICE(0, "subject", c.subject, c.issuer);
	CHECK_INT(0, "names", c.name_n, ROWS(names));
	for (size_t i = 0; i < ROWS(names) && i < c.name_n; i++)
		CHECK_SLICE(i, "name", c.name[i], slice_str(names[i]));
	CHECK_INT(0, "days", (c.until - c.from) / 86400, 3650);
	CHECK_INT(0, "digest", sha256_eq(c.digest, sha256_of(buf_slice(&der))), true);
	check_done();
	buf_release(&der);
	arena_release(&arena);
}

static void what_is_none_is_refused(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct x509_certificate c;
	struct buf der = { 0 };

	load(&der);
	for (size_t n = 0; n < der.n; n++)
		CHECK_INT(n, "cut", x509_parse(slice_sub(buf_slice(&der), 0, n), &arena, &c, NULL),
		          ERR_SYNTAX);
	buf_putc(&der, 'x');
	CHECK_INT(0, "more", x509_parse(buf_slice(&der), &arena, &c, NULL), ERR_SYNTAX);
	while (der.n <= X509_BYTES_MAX)
		buf_putc(&der, 'x');
	CHECK_INT(0, "long", x509_parse(buf_slice(&der), &arena, &c, NULL), ERR_LIMIT);
	check_done();
	buf_release(&der);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_says_whose_it_is),
		cmocka_unit_test(what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
