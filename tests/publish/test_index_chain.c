/* The index answers what the chain of a subject answers, without the suffix list: over every rule
 * of the real list, and over random names, addresses and paths. */
#include "publish/index_rows.h"

#include "base/table.h"
#include "sys/file.h"
#include "wire/dname.h"
#include "wire/ip.h"

#define LIST_FILE "/usr/share/publicsuffix/public_suffix_list.dat"

/* A small list with every form of rule, and forms that the real one does not have today. */
#define LIST                                                                                       \
	"// ===BEGIN ICANN DOMAINS===\n"                                                           \
	"com\njp\n*.kobe.jp\n!city.kobe.jp\nuk\nco.uk\n*.mm\n*.b.mm\n"                             \
	"\xe4\xb8\xad\xe5\x9b\xbd\nb.a.deep.com\n!x.b.a.deep.com\n*.b.a.deep.com\n"                \
	"// ===END ICANN DOMAINS===\n"                                                             \
	"// ===BEGIN PRIVATE DOMAINS===\n"                                                         \
	"blogspot.com\nuk.com\n*.hosted.com\n!own.hosted.com\ninner.blogspot.com\n*.kobe.jp\n"     \
	"a.b.c.d.e.f.g.com\n*.b.c.d.e.f.g.com\nx.a.b.c.d.e.f.g.com\n"                              \
	"// ===END PRIVATE DOMAINS===\n"

static const struct slice platforms[] = {
	SLICE("shops.example"),       SLICE("eu.shops.example"),  SLICE("deep.pages.test"),
	SLICE("inner.x.blogspot.com"), SLICE("a.b.c.d.e.f.g.h.i.test"), SLICE("kobe.jp"),
	SLICE("mine.city.kobe.jp"),   SLICE("com"),
};

struct world {
	struct suffixes *suffixes;
	struct arena arena;
	struct slice *name; /* each once, with every name above it */
	size_t names;
	struct table seen;
	struct index_row *row; /* that are listed */
	size_t rows;
	struct table listed; /* "kind key" to its first row; those of one subject stand together */
	struct buf file;
	struct index *ix;
	size_t asked, answered, barred;
};

static void add_name(struct world *w, struct slice name)
{
	if (!dname_is_canonical(name))
		return;
	for (; name.n && !table_find(&w->seen, name); name = dname_parent(name)) {
		struct slice copy = arena_copy(&w->arena, name);
		assert_non_null(copy.p);
		assert_non_null(table_put(&w->seen, copy));
	}
}

static void add_below(struct world *w, const char *labels, struct slice name)
{
	char text[600];

	snprintf(text, sizeof(text), "%s%.*s", labels, SLICE_ARG(name));
	add_name(w, slice_str(text));
}

/* Names at, below, beside and above each rule of a list. */
static void names_of_list(struct world *w, struct slice text)
{
	static const char *const before[] = { "", "a.", "b.a.", "www.b.a.", "x", "city.", "own.a." };
	struct slice line;

	while (slice_cut(&text, '\n', &line)) {
		struct dname d;
		if (line.n == 0 || line.p[0] == '/')
			continue;
		if (line.p[0] == '!')
			line = slice_sub(line, 1, line.n);
		else if (line.p[0] == '*')
			line = slice_sub(line, 2, line.n);
		if (dname_parse(line, &d, NULL) < 0)
			continue;
		for (size_t i = 0; i < ROWS(before); i++)
			add_below(w, before[i], dname_slice(&d));
	}
}

static struct slice listing_key(struct world *w, struct subject s)
{
	char *text = arena_printf(&w->arena, "%d %.*s", (int)s.kind, SLICE_ARG(s.key));

	assert_non_null(text);
	return slice_str(text);
}

static void list(struct world *w, enum subject_kind kind, struct slice key, bool twice)
{
	struct subject s = { kind, key };
	struct table_entry *e = table_put(&w->listed, listing_key(w, s));

	assert_non_null(e);
	if (e->value)
		return;
	w->row[w->rows] = index_row_of(kind, key, "JP", INDEX_ROGUE);
	e->value = &w->row[w->rows++];
	if (twice)
		w->row[w->rows++] = index_row_of(kind, key, "US", INDEX_UNAPPROVED);
}

static void open_world(struct world *w, struct slice text)
{
	struct err err = { 0 };

	*w = (struct world){ 0 };
	if (suffixes_new(text, platforms, ROWS(platforms), &w->suffixes, &err))
		fail_msg("%s", err.what);
	names_of_list(w, text);
	for (size_t i = 0; i < ROWS(platforms); i++) {
		add_below(w, "www.x.", platforms[i]);
		add_below(w, "b.a.inner.", platforms[i]);
	}
	w->names = w->seen.n;
	w->name = arena_array(&w->arena, w->names, sizeof(*w->name));
	w->row = calloc(4 * w->names + 100000, sizeof(*w->row));
	assert_non_null(w->row);
	for (size_t i = 0; i < w->names; i++)
		w->name[i] = w->seen.entry[i].key;
}

static void make_index(struct world *w)
{
	struct note_signer signer = test_signer(INDEX_ORIGIN);
	struct err err = { 0 };

	index_make(w->suffixes, w->row, w->rows, &w->file);
	if (index_open(buf_slice(&w->file), &signer.key, &w->ix, &err) || index_check(w->ix, &err))
		fail_msg("%s", err.what);
}

static void close_index(struct world *w)
{
	index_close(w->ix);
	buf_release(&w->file);
	table_release(&w->listed);
	w->ix = NULL;
	w->rows = 0;
}

static void close_world(struct world *w)
{
	close_index(w);
	printf("# %zu asked, %zu answered, %zu with a listed name above that a border kept away\n", w->asked, w->answered,
	       w->barred);
	suffixes_free(w->suffixes);
	table_release(&w->seen);
	arena_release(&w->arena);
	free(w->row);
}

/* Ask both ways; a difference is printed and counted. */
static void ask(struct world *w, struct subject of)
{
	struct arena a = { 0 };
	struct subject *chain = NULL;
	struct index_answer got = { 0 };
	struct err err = { 0 };
	size_t n = 0, seen = 0, above = 0, answering = 0;
	char text[300];

	snprintf(text, sizeof(text), "%s %.*s", subject_kind_name(of.kind), SLICE_ARG(of.key));
	CHECK_INT(0, text, subject_chain(of, w->suffixes, &a, &chain, &n, NULL), 0);
	CHECK_INT(0, text, index_find(w->ix, of, &a, &got, &err), 0);
	for (size_t i = 0; i < n; i++) {
		struct table_entry *e = table_find(&w->listed, listing_key(w, chain[i]));
		answering += e && chain[i].kind == SUBJECT_HOST;
		for (struct index_row *want = e ? e->value : NULL;
		     want && want < w->row + w->rows && subject_eq(want->subject, chain[i]); want++) {
			bool same = seen < got.n && index_row_eq(&got.row[seen], want);
			char what[700];
			snprintf(what, sizeof(what), "%s: %.*s", text, SLICE_ARG(chain[i].key));
			CHECK_INT(seen, what, same, true);
			seen++;
		}
	}
	CHECK_INT(0, text, got.n, seen);
	for (struct slice at = of.key; of.kind <= SUBJECT_HOST && at.n; at = dname_parent(at))
		above += table_find(&w->listed, listing_key(w, (struct subject){ SUBJECT_HOST, at })) != NULL;
	w->asked++;
	w->answered += got.n > 0;
	w->barred += above > answering;
	arena_release(&a);
	if (check_failed > 20)
		check_done();
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	return *seed ^= *seed << 17;
}

/* Every name of the world listed, as host: so every name above one that is asked for is listed. */
static void ask_all_listed(struct slice text)
{
	struct world w;

	open_world(&w, text);
	for (size_t i = 0; i < w.names; i++)
		list(&w, SUBJECT_HOST, w.name[i], false);
	make_index(&w);
	for (size_t i = 0; i < w.names; i++)
		ask(&w, (struct subject){ i % 2 ? SUBJECT_HOST : SUBJECT_REGISTRABLE, w.name[i] });
	close_world(&w);
	check_done();
}

static void every_rule_of_a_small_list_is_a_border_as_it_is_for_the_chain(void **state)
{
	(void)state;
	ask_all_listed(SLICE(LIST));
}

static void every_rule_of_the_real_list_is_a_border_as_it_is_for_the_chain(void **state)
{
	struct buf text = { 0 };
	struct err err = { 0 };

	(void)state;
	if (file_read(LIST_FILE, 1 << 24, &text, &err))
		fail_msg("%s", err.what);
	ask_all_listed(buf_slice(&text));
	buf_release(&text);
}

/* Some listed, both kinds of one name among them; others asked. */
static void random_names_answer_as_the_chain_does(void **state)
{
	uint64_t seed = test_seed();
	struct world w;
	int rounds = getenv("ASSAY_TEST_LONG") ? 2000 : 60;

	(void)state;
	open_world(&w, SLICE(LIST));
	for (int round = 0; round < rounds; round++) {
		uint64_t density = 1 + next(&seed) % 7;
		for (size_t i = 0; i < w.names; i++) {
			if (next(&seed) % density == 0)
				list(&w, SUBJECT_HOST, w.name[i], next(&seed) % 2);
			if (next(&seed) % (2 * density) == 0)
				list(&w, SUBJECT_REGISTRABLE, w.name[i], next(&seed) % 2);
		}
		make_index(&w);
		for (size_t i = 0; i < w.names; i++)
			ask(&w, (struct subject){ SUBJECT_HOST, w.name[i] });
		close_index(&w);
	}
	close_world(&w);
	check_done();
}

static struct slice random_url(struct world *w, uint64_t *seed, bool may_have_query)
{
	static const char *const schemes[] = { "http", "https" };
	static const char *const hosts[] = { "pills.example", "www.pills.example", "192.0.2.1",
		                             "[2001:db8::1]", "x.shops.example", "shops.example" };
	static const char *const ports[] = { "", "", "", ":8080", ":443", ":80" };
	static const char *const parts[] = { "/a", "/b", "/", "/shop", "/a%20b" };
	static const char *const ends[] = { "", "/", "?p=1", "?" };
	struct buf b = { 0 };
	struct url u;

	buf_printf(&b, "%s://%s%s", schemes[next(seed) % 2], hosts[next(seed) % ROWS(hosts)],
	           ports[next(seed) % ROWS(ports)]);
	for (uint64_t n = next(seed) % 4; n; n--)
		buf_puts(&b, parts[next(seed) % ROWS(parts)]);
	buf_puts(&b, ends[next(seed) % (may_have_query ? 4 : 2)]);
	assert_int_equal(url_parse(buf_slice(&b), &w->arena, &u, NULL), 0);
	buf_release(&b);
	return u.text;
}

static struct subject random_address(struct world *w, uint64_t *seed)
{
	struct ip ip = { .is_v6 = next(seed) % 2 };
	unsigned bits = ip.is_v6 ? 128 : 32;
	char text[IP_PREFIX_TEXT];

	/* Few bits vary, so that addresses and prefixes meet. */
	memcpy(ip.b, ip.is_v6 ? "\x20\x01\x0d\xb8" : "\xc0\x00\x02\x00", 4);
	ip.b[ip.is_v6 ? 15 : 3] = (uint8_t)(next(seed) % 4);
	if (next(seed) % 2) {
		ip_format(&ip, text);
		return (struct subject){ SUBJECT_IP, arena_copy(&w->arena, slice_str(text)) };
	}
	struct ip_prefix p = ip_prefix_of(&ip, bits - (unsigned)(next(seed) % (bits + 1)));
	ip_prefix_format(&p, text);
	return (struct subject){ SUBJECT_PREFIX, arena_copy(&w->arena, slice_str(text)) };
}

static void random_urls_and_addresses_answer_as_the_chain_does(void **state)
{
	uint64_t seed = test_seed();
	struct world w;
	int rounds = getenv("ASSAY_TEST_LONG") ? 1000 : 60;

	(void)state;
	open_world(&w, SLICE(LIST));
	for (int round = 0; round < rounds; round++) {
		for (uint64_t n = next(&seed) % 60; n; n--) {
			struct subject s = random_address(&w, &seed);
			list(&w, s.kind, s.key, next(&seed) % 2);
			list(&w, SUBJECT_URL, random_url(&w, &seed, next(&seed) % 4 == 0), next(&seed) % 2);
		}
		if (next(&seed) % 4 == 0)
			list(&w, SUBJECT_HOST, SLICE("pills.example"), false);
		if (next(&seed) % 4 == 0)
			list(&w, SUBJECT_HOST, SLICE("shops.example"), false);
		make_index(&w);
		for (int i = 0; i < 200; i++) {
			ask(&w, (struct subject){ SUBJECT_URL, random_url(&w, &seed, true) });
			ask(&w, random_address(&w, &seed));
		}
		close_index(&w);
	}
	close_world(&w);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_of_a_small_list_is_a_border_as_it_is_for_the_chain),
		cmocka_unit_test(every_rule_of_the_real_list_is_a_border_as_it_is_for_the_chain),
		cmocka_unit_test(random_names_answer_as_the_chain_does),
		cmocka_unit_test(random_urls_and_addresses_answer_as_the_chain_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
