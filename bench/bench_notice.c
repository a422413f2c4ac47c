/* Drafting and checking a notice of many names: bench_notice [NAMES [FINDINGS [CAPTURES [RUNS]]]]
 * (default 1000 3 3 5), from the root of the source tree.
 *
 * A run chooses the basis, writes letter, JSON annex and XARF bundle, and checks all of it, as drafting
 * does; it prints annexes a second on one core, each part by itself, and, as the limit in the same run,
 * how often a second SHA-256 and memcpy pass over the same bytes. Names, quotations and captures all
 * differ. */
#include "act/basis.h"
#include "act/check.h"
#include "act/letter.h"
#include "act/xarf.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY INT64_C(86400)
#define NOW INT64_C(1795824000)
#define TEXT(s) { "" s, sizeof(s) - 1 }

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_notice: %s: %s\n", what, err->what);
	exit(1);
}

static struct slice read_source(const char *name)
{
	struct buf text = { 0 };
	struct err err = { .what = "" };

	if (file_read(name, 1 << 20, &text, &err))
		die(name, &err);
	return buf_slice(&text); /* for as long as the program runs */
}

static struct sha256 digest(size_t i, size_t k)
{
	char text[48];

	snprintf(text, sizeof(text), "%zu %zu", i, k);
	return sha256_of(slice_str(text));
}

static struct slice text_of(struct arena *a, const char *format, size_t i, size_t k)
{
	char text[256];

	snprintf(text, sizeof(text), format, i, k);
	return arena_copy(a, slice_str(text));
}

static const struct vantage vantages[2] = {
	{ .name = TEXT("jp-desktop"),
	  .country = TEXT("JP"),
	  .accept_language = TEXT("ja,en;q=0.5"),
	  .user_agent = TEXT("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
	  .referer = TEXT("https://www.google.co.jp/") },
	{ .name = TEXT("us-desktop"),
	  .country = TEXT("US"),
	  .accept_language = TEXT("en-US,en;q=0.5"),
	  .user_agent = TEXT("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") },
};

static void make_findings(struct arena *a, struct notice_subject *s, size_t i, size_t n)
{
	static const struct notice_law law[] = {
		{ TEXT("PMD Act (Act No. 145 of 1960), Art. 49(1)"),
		  TEXT("a seller hands out a prescription-only medicine to nobody without a "
		       "prescription") },
	};
	static const char *const rules[] = { "jp-rx-without-prescription", "designer-untraceable",
		                             "us-rx-without-prescription" };
	struct notice_finding *f = arena_array(a, n, sizeof(*f));
	struct notice_quote *q = arena_array(a, n, sizeof(*q));

	for (size_t k = 0; f && q && k < n; k++) {
		q[k] = (struct notice_quote){
			.quote = text_of(a, "処方箋は不要です。バイアグラ%zumg 1錠 %zu円、即日発送いたします。",
			                 25 + i % 100, 90 + k),
			.url = text_of(a, "https://kusuri-%zu.example/viagra/page-%zu.html", i, k),
			.vantage = vantages[k % 2].name,
			.at = NOW - 2 * DAY,
			.evidence = digest(i, k),
		};
		f[k] = (struct notice_finding){
			.id = digest(i, 10 + k),
			.rule = slice_str(rules[k % 3]),
			.text = SLICE("Offers prescription-only medicine to buyers in Japan and says that "
			              "no prescription is needed."),
			.destination = SLICE("JP"),
			.severity = SLICE("rogue"),
			.global = true,
			.law = law,
			.law_n = 1,
			.quote = &q[k],
			.quote_n = 1,
		};
	}
	s->finding = f;
	s->finding_n = n;
}

static void make_captures(struct arena *a, struct notice_subject *s, size_t i, size_t n)
{
	struct notice_capture *c = arena_array(a, n, sizeof(*c));

	for (size_t k = 0; c && k < n; k++)
		c[k] = (struct notice_capture){
			.evidence = digest(i, k),
			.url = text_of(a, "https://kusuri-%zu.example/viagra/page-%zu.html", i, k),
			.vantage = vantages[k % 2].name,
			.at = NOW - (int64_t)(2 + k) * DAY,
			.status = 200,
			.profile = &vantages[k % 2],
			.expect = k % 2 ? SLICE("under construction")
			                : text_of(a, "バイアグラ%zumg 1錠 %zu円", 25 + i % 100, 90 + k),
			.hidden = k % 2 == 0,
			.others = k % 2 ? SLICE("") : SLICE("us-desktop: \"under construction\""),
		};
	s->capture = c;
	s->capture_n = n;
}

static void make_subject(struct arena *a, struct notice_subject *s, size_t i)
{
	static const struct slice destination[] = { TEXT("JP") }, status[] = { TEXT("active") };
	static const struct slice nameserver[] = { TEXT("ns1.host.test"), TEXT("ns2.host.test") };
	static const struct slice ip[] = { TEXT("203.0.113.10") };

	*s = (struct notice_subject){
		.subject = { SUBJECT_REGISTRABLE, text_of(a, "kusuri-%zu.example", i, 0) },
		.period = NOW - 100 * DAY,
		.class = SLICE("rogue"),
		.ground = SLICE("jp-rx-without-prescription"),
		.destination = destination,
		.destination_n = 1,
		.decision = digest(i, 40),
		.verdict = digest(i, 41),
		.decided = NOW - 3 * DAY,
		.entry = (int64_t)i,
		.network = SLICE("net-1"),
		.registration = { .registrar = SLICE("Registrar One (synthetic)"),
		                  .reseller = SLICE("Hanabi Web Services (synthetic)"),
		                  .registrar_id = 99001,
		                  .created = NOW - 100 * DAY,
		                  .at = NOW - DAY,
		                  .status = status,
		                  .status_n = 1,
		                  .nameserver = nameserver,
		                  .nameserver_n = 2,
		                  .record = digest(i, 42) },
		.ip = ip,
		.ip_n = 1,
		.ip_at = NOW - DAY,
	};
}

static void make_notice(struct arena *a, struct notice *n, size_t names, size_t findings,
                        size_t captures)
{
	static const struct slice country[] = { TEXT("JP") };
	struct notice_subject *s = arena_array(a, names, sizeof(*s));

	if (!s)
		exit(1);
	for (size_t i = 0; i < names; i++) {
		make_subject(a, &s[i], i);
		make_findings(a, &s[i], i, findings);
		make_captures(a, &s[i], i, captures);
	}
	*n = (struct notice){
		.reference = SLICE("N-0123456789abcdef"),
		.case_name = SLICE("net-1"),
		.action = NOTICE_SUSPEND_AND_LOCK,
		.recipient = { .to = NOTICE_REGISTRAR,
		               .key = SLICE("registrar:99001"),
		               .name = SLICE("Registrar One (synthetic)"),
		               .iana_id = 99001,
		               .country = country,
		               .country_n = 1,
		               .contact = { .address = SLICE("abuse@registrar-one.test"),
		                            .source = SLICE("rdap"),
		                            .at = NOW - DAY,
		                            .record = digest(0, 42) } },
		.at = NOW,
		.language = SLICE("en"),
		.sender = SLICE("Demo Desk (synthetic)"),
		.sender_mail = SLICE("desk@assay.test"),
		.sponsor = SLICE("nobody"),
		.harm = SLICE("Buyers in Japan take prescription medicine that no physician has seen."),
		.appeal_address = SLICE("appeal@assay.test"),
		.verify = SLICE("https://assay.test/ledger/N-0123456789abcdef"),
		.annex = s,
		.annex_n = names,
	};
}

struct times {
	double basis, letter, annex, xarf, check, all;
	size_t bytes;
};

static void run(const struct basis_table *basis, const struct catalogue *words, struct notice *n,
                struct times *best, struct buf out[4])
{
	struct check_terms terms = { .now = NOW, .evidence_max_s = 14 * DAY, .contact_max_s = 7 * DAY,
		                     .vantages_apart_s = 3600 };
	struct arena a = { 0 };
	struct err err = { .what = "" };
	struct check_failure *failures;
	size_t failed = 0;
	double t[6];

	for (int i = 0; i < 4; i++)
		buf_clear(&out[i]);
	t[0] = now_s();
	int rc = basis_choose(basis, n, &a, &err);
	t[1] = now_s();
	if (rc == 0)
		rc = letter_write(n, words, 0, &out[0], &out[1], &err);
	t[2] = now_s();
	if (rc == 0)
		rc = letter_annex(n, &out[2], &err);
	t[3] = now_s();
	if (rc == 0)
		rc = xarf_bundle(n, &out[3], &err);
	t[4] = now_s();
	struct check_writing w = { buf_slice(&out[0]), buf_slice(&out[1]), buf_slice(&out[2]),
		                   buf_slice(&out[3]) };
	if (rc == 0)
		rc = notice_check(n, &terms, &w, &a, &failures, &failed, &err);
	t[5] = now_s();
	if (rc)
		die("draft", &err);
	if (failed) {
		fprintf(stderr, "bench_notice: refused: %s\n", failures[0].why.p);
		exit(1);
	}
	if (best->all == 0 || t[5] - t[0] < best->all)
		*best = (struct times){ t[1] - t[0], t[2] - t[1], t[3] - t[2], t[4] - t[3], t[5] - t[4],
			                t[5] - t[0], out[0].n + out[1].n + out[2].n + out[3].n };
	n->law = NULL;
	n->law_n = 0;
	arena_release(&a);
}

/* Seconds for one pass over all that was written. */
static double limit(const struct buf out[4], bool hash)
{
	double best = 0;

	for (int i = 0; i < 5; i++) {
		double t = now_s();
		for (int k = 0; k < 4; k++) {
			char *copy = hash ? NULL : malloc(out[k].n + 1);
			if (hash) {
				struct sha256 d = sha256_of(buf_slice(&out[k]));
				__asm__ volatile("" : : "r"(&d) : "memory");
			} else if (copy && out[k].n) {
				memcpy(copy, out[k].p, out[k].n);
				__asm__ volatile("" : : "r"(copy) : "memory");
			}
			free(copy);
		}
		t = now_s() - t;
		if (best == 0 || t < best)
			best = t;
	}
	return best;
}

int main(int argc, char **argv)
{
	size_t names = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	size_t findings = argc > 2 ? strtoul(argv[2], NULL, 10) : 3;
	size_t captures = argc > 3 ? strtoul(argv[3], NULL, 10) : 3;
	int runs = argc > 4 ? atoi(argv[4]) : 5;
	struct basis_table *basis;
	struct catalogue *words;
	struct buf out[4] = { { 0 } };
	struct times best = { 0 };
	struct arena a = { 0 };
	struct err err = { .what = "" };
	struct notice n;

	if (basis_load(read_source("policy/notice/basis.tsv"), &basis, &err) ||
	    catalogue_parse_languages(read_source("policy/notice/notice.tsv"), "notice.tsv", &words,
	                              &err))
		die("policy/notice", &err);
	make_notice(&a, &n, names, findings, captures);
	for (int i = 0; i < runs; i++)
		run(basis, words, &n, &best, out);
	double many = (double)names;
	printf("%zu names x %zu findings x %zu captures: %.1f MB written, %.0f bytes a name\n", names,
	       findings, captures, (double)best.bytes / 1e6, (double)best.bytes / many);
	printf("annexes/s, drafted and checked: %.0f\n", many / best.all);
	printf("us an annex: letter %.1f, annex %.1f, xarf %.1f, check %.1f, basis %.2f\n",
	       best.letter / many * 1e6, best.annex / many * 1e6, best.xarf / many * 1e6,
	       best.check / many * 1e6, best.basis / many * 1e6);
	printf("limit, annexes/s: sha256 %.0f, memcpy %.0f\n", many / limit(out, true),
	       many / limit(out, false));
	return 0;
}
