/* Every rule of the shipped packs has a page on which it fires and one on which it is silent, in
 * tests/golden/rules: RULE.fires.html, RULE.silent.html (more: RULE.fires.2.html and so on), and
 * RULE.registers.jsonl where register rows are needed, RULE.more.1.html and so on for further pages. Each page stands as the home page of a site,
 * captured twice; a canonical link in it names the site, else it is case.example. */
#include "fixture.h"

#include "wire/json.h"

static struct slice kept(struct sample *s, struct slice text)
{
	return arena_copy(&s->arena, text);
}

static void put_rows(struct sample *s, struct slice lines, const char *file)
{
	struct slice line;

	while (slice_cut(&lines, '\n', &line)) {
		json_t *o = NULL;
		struct err err = { 0 };
		if (json_parse_object(line, 1 << 16, &o, &err))
			fail_msg("%s: %s", file, err.what);
		const json_t *row = json_obj(o, "register");
		const struct slice domain = json_text(json_array_get(json_arr(row, "domains"), 0)),
		                   serves = json_text(json_array_get(json_arr(row, "serves"), 0));
		struct register_row *put = sample_row(s, kept(s, json_str(row, "country")).p,
		                                      kept(s, domain).p, kept(s, serves).p);
		put->active = slice_eq_str(json_str(row, "status"), "active");
		put->domain_n = domain.n > 0;
		put->source = kept(s, json_str(o, "src"));
		put->scheme = kept(s, json_str(row, "scheme"));
		put->number = kept(s, json_str(row, "number"));
		put->name = kept(s, json_str(row, "name"));
		json_decref(o);
	}
}

static struct slice host_of(const struct page_text *page)
{
	struct slice host = page->canonical;
	size_t scheme = slice_find_slice(host, SLICE("://"));

	if (scheme == host.n)
		return SLICE("case.example");
	host = slice_sub(host, scheme + 3, host.n);
	return slice_sub(host, 0, slice_find(host, '/'));
}

static bool is_of(const char *name, const char *rule, const char *word);

/* Further pages of the site, RULE.more.1.html and so on. */
static void put_more(struct sample *s, const char *rule, char **names, size_t n)
{
	size_t put = 0;

	for (size_t i = 0; i < n; i++) {
		struct buf html = { 0 };
		char path[512];
		if (!is_of(names[i], rule, "more"))
			continue;
		snprintf(path, sizeof(path), "tests/golden/rules/%s", names[i]);
		source_file(path, &html);
		sample_put(s, arena_printf(&s->arena, "/%zu.html", ++put), "2026-09-14T08:00:00Z",
		           arena_copy(&s->arena, buf_slice(&html)), false);
		buf_release(&html);
	}
}

static void assess_file(struct sample *s, const char *file, struct slice html,
                        struct slice registers, const char *rule, char **names, size_t n)
{
	struct page_text page;
	struct arena a = { 0 };
	struct err err = { 0 };

	if (html_text(html, SLICE("text/html; charset=utf-8"), NULL, &a, &page, &err))
		fail_msg("%s: %s", file, err.what);
	sample_begin(s, "");
	const char *host = arena_copy(&s->arena, host_of(&page)).p;
	arena_release(&a);
	s->site.subject.key = slice_str(host);
	sample_put(s, "/", "2026-09-14T08:00:00Z", html, false);
	sample_put(s, "/", "2026-10-20T20:00:00Z", html, false);
	put_rows(s, registers, file);
	if (registers_index(&s->registers, &s->arena, &err))
		fail_msg("%s: %s", file, err.what);
	put_more(s, rule, names, n);
	sample_assess(s);
}

static void explain(const struct assessment *x)
{
	for (size_t i = 0; i < x->finding_n; i++)
		printf("#   fired %.*s\n", SLICE_ARG(x->finding[i].rule->id));
	for (size_t i = 0; i < x->cell_n; i++)
		printf("#   %.*s %s\n", SLICE_ARG(x->cell[i].destination),
		       verdict_class_name(x->cell[i].class));
}

/* Whether a file's name is "RULE.WORD." and something. */
static bool is_of(const char *name, const char *rule, const char *word)
{
	size_t n = strlen(rule), k = strlen(word);

	return strncmp(name, rule, n) == 0 && name[n] == '.' && strncmp(name + n + 1, word, k) == 0 &&
	       name[n + 1 + k] == '.';
}

static void every_rule_fires_on_its_pages_and_is_silent_on_the_others(void **state)
{
	const char *root = getenv("ASSAY_SOURCE");
	char dir[4096], path[4608];
	char **names = NULL;
	size_t n = 0, used = 0;
	struct err err = { 0 };

	(void)state;
	snprintf(dir, sizeof(dir), "%s/tests/golden/rules", root ? root : ".");
	if (file_list(dir, &names, &n, &err))
		fail_msg("%s", err.what);
	for (size_t p = 0; p < shipped.as.pack_n; p++)
		for (size_t r = 0; r < shipped.pack[p].rule_n; r++) {
			char rule[128];
			struct buf rows = { 0 };
			int pages[2] = { 0, 0 };
			snprintf(rule, sizeof(rule), "%.*s", SLICE_ARG(shipped.pack[p].rule[r].id));
			snprintf(path, sizeof(path), "%s/%s.registers.jsonl", dir, rule);
			if (file_read(path, FILE_BYTES, &rows, &err) == 0)
				used++;
			for (size_t i = 0; i < n; i++) {
				bool fires = is_of(names[i], rule, "fires");
				used += is_of(names[i], rule, "more");
				if (!fires && !is_of(names[i], rule, "silent"))
					continue;
				struct buf html = { 0 };
				struct sample s;
				used++;
				pages[fires]++;
				snprintf(path, sizeof(path), "tests/golden/rules/%s", names[i]);
				source_file(path, &html);
				assess_file(&s, names[i], buf_slice(&html), buf_slice(&rows), rule,
				            names, n);
				int failed = check_failed;
				CHECK_INT(i, names[i], fired(&s.out[0], rule), fires);
				if (check_failed > failed)
					explain(&s.out[0]);
				sample_free(&s);
				buf_release(&html);
			}
			CHECK_INT(r, rule, pages[1] > 0, 1);
			CHECK_INT(r, rule, pages[0] > 0, 1);
			buf_release(&rows);
		}
	/* A file of a rule that is gone, or misspelt, tests nothing. */
	CHECK_INT(0, "files that belong to a rule", used, n);
	file_list_free(names, n);
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_fires_on_its_pages_and_is_silent_on_the_others),
	};
	return cmocka_run_group_tests_name("assess/rules", tests, shipped_load, shipped_free);
}
