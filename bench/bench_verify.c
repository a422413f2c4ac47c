/* What does verifying an archive cost beside bare SHA-256 of the same bytes?
 *
 *   usage   bench_verify [MiB] [FILE...]
 *   pages   bodies of FILEs (pages as they were received); else pages made here, of about 60 KB
 *           each
 *   three   archives of that many MiB are made in /tmp: of such pages, each a little different; of
 *           bodies of the same length that do not compress (pictures, pages in a content coding);
 *           and of the pages in chunks of 8 KiB
 *   limits  SHA-256 of the bodies alone, from memory; inflating the records alone, from memory
 *
 * Prints for each archive the median of 5 runs (processor time), GB of records a second, and the
 * ratio to bare SHA-256; which limit binds; and what each level of compression costs. */
#include "base/sha256.h"
#include "store/archive.h"
#include "store/archive_verify.h"
#include "sys/file.h"
#include "wire/gzip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, BODIES_MAX = 4096, IN_ORDER = 20, CHUNK = 8 << 10 };

static struct slice body[BODIES_MAX]; /* of one program that ends */
static size_t bodies, mib = 200;

enum content { PAGES, NOISE, CHUNKED, CONTENTS };
static const char *const content_name[CONTENTS] = { "pages", "incompressible", "pages in chunks" };

static uint64_t rng = 1;

static uint64_t next_random(void) /* SplitMix64, by S. Vigna */
{
	uint64_t z = (rng += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median(double *t, size_t n)
{
	qsort(t, n, sizeof(*t), by_value);
	return t[n / 2];
}

static void fail(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_verify: %s: %s\n", what, err->what);
	exit(2);
}

static void make_bodies(void)
{
	static const char *const words[] = { "tablets", "delivery", "of", "and", "order", "price", "mg",
		                             "discreet", "shipping", "doctor", "without", "generic",
		                             "pharmacy", "your", "we", "the", "customer", "quality" };

	for (bodies = 0; bodies < 200; bodies++) {
		struct buf b = { 0 };
		buf_puts(&b, "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Shop</title>");
		for (int i = 0; i < 150; i++) {
			buf_printf(&b, "<div class=\"card\" id=\"i%d\"><h3>Item %" PRIu64 "</h3><p>", i,
			           next_random() % 10000);
			for (int w = 0; w < 40; w++)
				buf_printf(&b, "%s ", words[next_random() % 18]);
			buf_printf(&b, "</p><td>$%" PRIu64 ".99</td></div>", next_random() % 500);
		}
		body[bodies] = buf_slice(&b); /* kept to the end of the program */
	}
}

static void read_bodies(int argc, char **argv)
{
	struct err err = { .what = "" };

	for (int i = 2; i < argc && bodies < BODIES_MAX; i++) {
		struct buf b = { 0 };
		if (file_read(argv[i], 8 << 20, &b, &err))
			fail(argv[i], &err);
		if (b.n > 100)
			body[bodies++] = buf_slice(&b);
	}
}

/* A body of its own for each exchange: nothing is a revisit. */
static void put_body(struct buf *out, enum content content, uint64_t number)
{
	struct slice s = body[number % bodies];

	buf_printf(out, "<!-- %" PRIu64 " -->", number);
	buf_put(out, s);
	if (content == NOISE)
		for (size_t i = 0; i + 8 <= out->n; i += 8) {
			uint64_t r = next_random();
			memcpy(out->p + i, &r, 8);
		}
}

static void put_message(struct buf *out, enum content content, struct slice b)
{
	buf_puts(out, "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Mon, 14 Sep 2026 01:02:03 GMT\r\n");
	buf_printf(out, "Content-Type: %s\r\n", content == NOISE ? "image/jpeg" : "text/html");
	if (content != CHUNKED) {
		buf_printf(out, "Content-Length: %zu\r\n\r\n", b.n);
		buf_put(out, b);
		return;
	}
	buf_puts(out, "Transfer-Encoding: chunked\r\n\r\n");
	for (; b.n; b = slice_sub(b, CHUNK, b.n)) {
		struct slice chunk = slice_sub(b, 0, CHUNK);
		buf_printf(out, "%zx\r\n", chunk.n);
		buf_put(out, chunk);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "0\r\n\r\n");
}

static void put_exchange(struct archive_order *o, enum content content, uint64_t number)
{
	struct buf b = { 0 }, message = { 0 }, uri = { 0 };
	struct evidence response, picture;
	bool has_response, has_picture;
	struct err err = { .what = "" };

	put_body(&b, content, number);
	put_message(&message, content, buf_slice(&b));
	buf_printf(&uri, "https://h%" PRIu64 ".example/page", number);
	struct exchange x = { .kind = EXCHANGE_HTTP, .number = (uint32_t)number, .uri = buf_slice(&uri),
		              .at_ms = INT64_C(1789347723000) + (int64_t)number,
		              .request = SLICE("GET /page HTTP/1.1\r\nHost: h.example\r\n\r\n"),
		              .response = buf_slice(&message) };
	if (archive_put(o, &x, "page", EVIDENCE_PUBLIC, &response, &has_response, &picture, &has_picture,
	                &err))
		fail("archive_put", &err);
	buf_release(&b);
	buf_release(&message);
	buf_release(&uri);
}

/* Seconds that it takes; *n exchanges. */
static double make_archive(const char *dir, enum content content, uint64_t *n)
{
	struct archive_options options = { .write = true };
	struct archive *a = NULL;
	struct err err = { .what = "" };
	uint64_t bytes = 0;
	double from = cpu();

	if (archive_open(dir, &options, &a, &err))
		fail(dir, &err);
	for (*n = 0; bytes < (uint64_t)mib << 20;) {
		json_t *about = json_pack("{s:I}", "n", (json_int_t)*n);
		struct archive_order *o;
		if (archive_begin(a, about, &o, &err))
			fail("archive_begin", &err);
		json_decref(about);
		for (int i = 0; i < IN_ORDER; i++, ++*n) {
			put_exchange(o, content, *n);
			bytes += body[*n % bodies].n;
		}
		if (archive_seal(o, sha256_of(SLICE("")), 0, &err))
			fail("archive_seal", &err);
	}
	if (archive_close(a, &err))
		fail("archive_close", &err);
	return cpu() - from;
}

static void see(void *ctx, const struct archive_finding *f)
{
	(void)ctx;
	printf("# %s %s: %s\n", archive_trouble_name(f->trouble), f->file, f->what);
}

/* The members of the archive's file, one behind the other, inflated alone. */
struct inflating {
	struct buf file;
	struct gzip *gzip;
	struct buf out;
	uint64_t bytes;
	uint64_t members;
};

static int inflate_record(struct inflating *f, const json_t *r, struct err *err)
{
	size_t at = (size_t)json_i64(r, "at", 0), n = (size_t)json_i64(r, "length", 0);

	if (!r)
		return 0;
	buf_clear(&f->out);
	int rc = gzip_get(f->gzip, slice_sub(buf_slice(&f->file), at, at + n), 64 << 20, &f->out, err);
	f->bytes += f->out.n;
	f->members++;
	return rc;
}

static int inflate_order(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	size_t i;
	json_t *x;
	int rc = 0;

	(void)order;
	json_array_foreach(json_arr(manifest, "exchanges"), i, x) {
		rc = rc ? rc : inflate_record(ctx, json_obj(x, "response"), err);
		rc = rc ? rc : inflate_record(ctx, json_obj(x, "request"), err);
	}
	return rc;
}

static int count_order(void *ctx, struct sha256 order, const json_t *manifest, struct err *err)
{
	(void)order;
	(void)err;
	*(size_t *)ctx += json_array_size(json_arr(manifest, "exchanges"));
	return 0;
}

/* Inflating is measured less the reading of the manifests. */
static double time_inflating(const char *dir, uint64_t *bytes)
{
	struct archive_options options = { .write = false };
	struct archive *a = NULL;
	struct inflating f = { .bytes = 0 };
	struct err err = { .what = "" };
	double t[RUNS];
	char path[300];

	snprintf(path, sizeof(path), "%s/warc/000001.warc.gz", dir);
	if (archive_open(dir, &options, &a, &err) || file_read(path, SIZE_MAX, &f.file, &err) ||
	    gzip_new(0, &f.gzip, &err))
		fail(path, &err);
	for (int r = 0; r < RUNS; r++) {
		size_t n = 0;
		double from = cpu();
		if (archive_each(a, count_order, &n, &err))
			fail("reading", &err);
		double read = cpu() - from;
		f.bytes = 0;
		from = cpu();
		if (archive_each(a, inflate_order, &f, &err))
			fail("inflating", &err);
		t[r] = cpu() - from - read;
	}
	*bytes = f.bytes;
	archive_close(a, NULL);
	buf_release(&f.file);
	buf_release(&f.out);
	gzip_free(f.gzip);
	return median(t, RUNS);
}

/* The same bytes as in the archive, hashed body by body from memory. */
static double time_sha256(enum content content, uint64_t n, uint64_t *bytes)
{
	struct buf b = { 0 };
	double t[RUNS];

	put_body(&b, content, 0);
	for (int r = 0; r < RUNS; r++) {
		*bytes = 0;
		double from = cpu();
		for (uint64_t i = 0; i < n; i++) {
			struct slice s = content == NOISE ? buf_slice(&b) : body[i % bodies];
			sha256_of(s);
			*bytes += s.n;
		}
		t[r] = cpu() - from;
	}
	buf_release(&b);
	return median(t, RUNS);
}

static void run(enum content content)
{
	char dir[] = "/tmp/assay-bench-verify-XXXXXX", command[100];
	struct archive_verified v = { .orders = 0 };
	struct err err = { .what = "" };
	uint64_t n = 0, hashed = 0, inflated = 0;
	double t[RUNS];

	if (!mkdtemp(dir))
		fail(dir, &err);
	double made = make_archive(dir, content, &n);
	for (int r = 0; r < RUNS; r++) {
		double from = cpu();
		if (archive_verify(dir, NULL, see, NULL, &v, &err))
			fail(dir, &err);
		t[r] = cpu() - from;
	}
	double verify = median(t, RUNS);
	double bare = time_sha256(content, n, &hashed), inflate = time_inflating(dir, &inflated);
	double verify_gb = (double)v.bytes / verify / 1e9, bare_gb = (double)hashed / bare / 1e9,
	       inflate_gb = (double)inflated / inflate / 1e9;
	printf("%-16s %" PRIu64 " records, %.0f MB, stored in %.0f MB (%.2f to 1), %" PRIu64 " findings\n",
	       content_name[content], v.records, (double)v.bytes / 1e6, (double)v.stored / 1e6,
	       (double)v.bytes / (double)v.stored, v.findings);
	printf("  written        %6.3f GB/s of records\n", (double)v.bytes / made / 1e9);
	printf("  verify         %6.3f GB/s of records, %.3f GB/s of stored bytes\n", verify_gb,
	       (double)v.stored / verify / 1e9);
	printf("  SHA-256 alone  %6.3f GB/s; verify is %.2f of it\n", bare_gb, verify_gb / bare_gb);
	printf("  inflate alone  %6.3f GB/s; %s binds: both together would give %.3f GB/s, verify is "
	       "%.2f of that\n",
	       inflate_gb, inflate_gb < bare_gb ? "inflating" : "SHA-256",
	       1 / (1 / bare_gb + 1 / inflate_gb), verify_gb * (1 / bare_gb + 1 / inflate_gb));
	snprintf(command, sizeof(command), "rm -rf '%s' '%s.key'", dir, dir);
	if (system(command) != 0)
		fail(command, &err);
}

static void run_levels(void)
{
	static const int levels[] = { 1, 2, 3, 4, 5, 6, 7, 9 };
	struct err err = { .what = "" };

	printf("level   MB/s in   to 1   MB/s out\n");
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		struct gzip *z = NULL;
		struct buf out = { 0 }, back = { 0 };
		uint64_t bytes = 0, packed = 0;
		double in = 0, from_z = 0;
		if (gzip_new(levels[i], &z, &err))
			fail("gzip", &err);
		for (int pass = 0; pass < 3; pass++)
			for (size_t b = 0; b < bodies; b++) {
				buf_clear(&out);
				buf_clear(&back);
				double from = cpu();
				if (gzip_put(z, body[b], &out, &err))
					fail("gzip", &err);
				double mid = cpu();
				if (gzip_get(z, buf_slice(&out), 64 << 20, &back, &err))
					fail("gzip", &err);
				from_z += cpu() - mid;
				in += mid - from;
				bytes += body[b].n;
				packed += out.n;
			}
		printf("%5d %9.0f %6.2f %10.0f\n", levels[i], (double)bytes / in / 1e6,
		       (double)bytes / (double)packed, (double)bytes / from_z / 1e6);
		gzip_free(z);
		buf_release(&out);
		buf_release(&back);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		mib = (size_t)strtoul(argv[1], NULL, 10);
	read_bodies(argc, argv);
	if (bodies == 0)
		make_bodies();
	for (int c = 0; c < CONTENTS; c++)
		run((enum content)c);
	run_levels();
	return 0;
}
