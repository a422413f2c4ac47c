#include "collect/page_reading.h"

#include "base/automaton.h"
#include "base/hash.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "collect/frontier.h"
#include "collect/page_links.h"
#include "model/evidence.h"
#include "wire/charset.h"
#include "wire/fold.h"
#include "wire/html.h"
#include "wire/html_active.h"
#include "wire/http_response.h"
#include "wire/mark.h"
#include "wire/minhash.h"
#include "wire/redirect.h"
#include "wire/url.h"
#include "wire/word_edge.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SHORT_TERM = 4,       /* bytes: shorter words in spaced letters name too much else */
	PLACEHOLDER = 3000,   /* letters: a page with more is no placeholder */
	WITHOUT_SCRIPT = 200, /* letters: a page with less may be waiting for its script */
	MANY_SCRIPTS = 5,
};

struct page_reader {
	const struct lexicon *lexicon;
	const struct link_words *words;
	struct automaton *drugs; /* values: index of the substance */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "page: no memory");
}

/* ---- jobs ---- */

int page_job_put(const struct page_job *job, struct buf *out, struct err *err)
{
	buf_printf(out, "page/1 %s %s\n", job->rendered ? "render" : "http",
	           subject_kind_name(job->site.kind));
	buf_put(out, job->site.key);
	buf_putc(out, '\n');
	buf_put(out, job->url);
	buf_putc(out, '\n');
	buf_put(out, job->bytes);
	return buf_ok(out) ? 0 : no_memory(err);
}

int page_job_parse(struct slice bytes, struct page_job *out, struct err *err)
{
	struct page_job job = { 0 };
	struct slice rest = bytes, head, word;

	if (!slice_cut(&rest, '\n', &head) || !slice_cut(&rest, '\n', &job.site.key) ||
	    !slice_cut(&rest, '\n', &job.url) || !slice_cut(&head, ' ', &word) ||
	    !slice_eq_str(word, "page/1") || !slice_cut(&head, ' ', &word) ||
	    !subject_kind_parse(head, &job.site.kind))
		return err_set(err, ERR_SYNTAX, 0, "page: no job");
	job.rendered = slice_eq_str(word, "render");
	job.bytes = rest;
	*out = job;
	return 0;
}

/* ---- the reader ---- */

int page_reader_new(const struct lexicon *lexicon, const struct link_words *words,
                    struct page_reader **out, struct err *err)
{
	struct page_reader *r = calloc(1, sizeof(*r));
	struct automaton_pattern *p = calloc(lexicon->terms + 1, sizeof(*p));
	struct arena arena = { 0 };
	size_t n = 0;
	int rc = r && p ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < lexicon->terms; i++) {
		const struct lexicon_term *t = &lexicon->term[i];
		struct folded f;
		if (t->is_ambiguous)
			continue;
		rc = fold(t->text, &arena, &f, err);
		if (rc == 0 && f.text.n && (f.text.n >= SHORT_TERM || word_is_unspaced(f.text)))
			p[n++] = (struct automaton_pattern){ f.text, t->substance };
	}
	if (rc == 0)
		rc = automaton_new(p, n, &r->drugs, err);
	arena_release(&arena);
	free(p);
	if (rc) {
		free(r);
		return rc;
	}
	r->lexicon = lexicon;
	r->words = words;
	*out = r;
	return 0;
}

void page_reader_free(struct page_reader *r)
{
	if (!r)
		return;
	automaton_free(r->drugs);
	free(r);
}

static int put_digest(json_t *o, const char *key, struct sha256 digest)
{
	char address[EVIDENCE_ADDRESS_SIZE];

	evidence_address_format(digest, address);
	return json_put_str(o, key, slice_str(address));
}

json_t *page_reader_inputs(const struct page_reader *r)
{
	json_t *o = json_object();
	char version[FOLD_VERSION_SIZE];
	int bad = put_digest(o, "lexicon", r->lexicon->digest);

	fold_version(version);
	bad |= put_digest(o, "links", link_words_digest(r->words));
	bad |= json_put_str(o, "reader", SLICE(PAGE_READING_VERSION));
	bad |= json_put_str(o, "text", SLICE(PAGE_EXTRACTOR_HTML));
	bad |= json_put_str(o, "fold", slice_str(version));
	if (bad) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* ---- parts of a reading ---- */

struct page {
	const struct page_reader *r;
	const struct page_job *job;
	struct arena *a;
	struct url url, base;
	struct slice decoded; /* content */
	struct slice content_type;
	struct page_text text;
	struct html_active active;
	struct folded folded; /* the first PAGE_READING_TEXT of the text */
	json_t *out;
	int bad; /* or-ed results of builders */
	struct slice utf8; /* the document, decoded */
};

/* A redirect that is followed or refused; the page itself is none, unless a status says so. */
static void put_redirect(struct page *p, json_t *list, const char *how, struct slice target,
                         int64_t seconds)
{
	json_t *one;
	struct url to;
	bool is_http = strcmp(how, "http") == 0;

	if (target.n == 0)
		return;
	int rc = url_resolve(is_http ? &p->url : &p->base, target, p->a, &to, NULL);
	if (rc == ERR_NOMEM)
		p->bad |= rc;
	if (rc == 0 && !is_http && slice_eq(to.text, p->url.text))
		return;
	one = json_object();
	p->bad |= json_put_str(one, "how", slice_str(how));
	if (rc == 0) {
		p->bad |= json_put_str(one, "target", to.text);
	} else {
		struct slice clean = slice_sub(target, 0, 200);
		size_t end = 0;
		while (end < clean.n && (unsigned char)clean.p[end] >= 0x20 &&
		       (unsigned char)clean.p[end] < 0x7f)
			end++;
		p->bad |= json_put_str(one, "refused", slice_sub(clean, 0, end));
	}
	if (seconds)
		p->bad |= json_put_i64(one, "seconds", seconds);
	p->bad |= json_add_new(list, one);
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int put_redirects(struct page *p, const struct http_response *http, struct err *err)
{
	json_t *list = json_array();
	struct refresh refresh;
	bool may = false;

	if (http && is_redirect(http->status))
		put_redirect(p, list, "http", http->location, 0);
	if (http && refresh_parse(http_field(http->fields, "refresh"), &refresh))
		put_redirect(p, list, "refresh", refresh.target, refresh.seconds);
	if (p->active.has_refresh && refresh_parse(p->active.refresh, &refresh))
		put_redirect(p, list, "meta", refresh.target, refresh.seconds);
	for (size_t i = 0; i <= p->active.script_n; i++) {
		struct script_redirect s;
		struct slice script =
			i < p->active.script_n ? p->active.script[i] : p->active.onload;
		int rc = script_redirect(script, p->a, &s, err);
		if (rc) {
			json_decref(list);
			return rc;
		}
		if (s.found)
			put_redirect(p, list, "script", s.target, 0);
		may |= s.may;
		if (s.found)
			break;
	}
	if (may)
		p->bad |= json_put_flag(p->out, "script_may_redirect", true);
	if (json_array_size(list))
		p->bad |= json_put_new(p->out, "redirects", list);
	else
		json_decref(list);
	return 0;
}

static int text_order(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Whether the folded text names a drug; all of them go to the list, where there is one. */
static bool find_drugs(const struct page_reader *r, struct slice folded, bool *named)
{
	struct automaton_scan scan = automaton_scan(r->drugs, folded);
	bool any = false;

	for (struct automaton_match m; automaton_next(&scan, &m);) {
		struct slice word = slice_sub(folded, m.start, m.end);
		if (!word_is_unspaced(word) && !word_stands_alone(folded, m.start, m.end))
			continue;
		any = true;
		if (!named)
			break;
		named[m.value] = true;
	}
	return any;
}

bool page_reader_names_drug(const struct page_reader *r, struct slice folded)
{
	return find_drugs(r, folded, NULL);
}

static int put_drugs(struct page *p, struct err *err)
{
	const struct lexicon *l = p->r->lexicon;
	bool *named = arena_array(p->a, l->substances + 1, sizeof(*named));
	struct slice *name = arena_array(p->a, l->substances + 1, sizeof(*name));
	size_t n = 0;

	if (!named || !name)
		return no_memory(err);
	if (!find_drugs(p->r, p->folded.text, named))
		return 0;
	for (size_t i = 0; i < l->substances; i++)
		if (named[i])
			name[n++] = l->substance[i].name;
	qsort(name, n, sizeof(*name), text_order);
	json_t *list = json_array();
	for (size_t i = 0; i < n && i < PAGE_READING_DRUGS; i++)
		p->bad |= json_add_str(list, name[i]);
	p->bad |= json_put_new(p->out, "drugs", list);
	return 0;
}

static void put_sketch(struct page *p)
{
	struct minhash m;

	if (!minhash_of(p->folded.text, &m))
		return;
	json_t *list = json_array();
	for (size_t i = 0; i < MINHASH_N; i++)
		p->bad |= json_add_new(list, json_integer(m.minimum[i]));
	p->bad |= json_put_new(p->out, "sketch", list);
}

/* What one page can share with pages of other sites. Of the text eight bands of eight minima: texts that
 * are nine tenths alike have one in common almost surely, those that are half alike hardly ever. */
static void put_marks(struct page *p)
{
	enum { BAND = 8 };
	static const struct hash_key key = { 0x62616e64, 1 };
	struct mark mark[MARKS_MAX];
	char template[TEMPLATE_SIZE], band[24];
	json_t *marks = json_object(), *list = json_array(), *text = json_array();
	struct minhash m;
	size_t n = marks_read(p->utf8, mark);

	for (size_t i = 0; i < n; i++)
		p->bad |= json_add_str(list, slice_str(mark[i].value));
	if (n)
		p->bad |= json_put_new(marks, "analytics", json_incref(list));
	if (template_read(p->utf8, template))
		p->bad |= json_put_str(marks, "template", slice_str(template));
	for (size_t i = 0; minhash_of(p->folded.text, &m) && i < MINHASH_N; i += BAND) {
		char bytes[BAND * 4]; /* in one order on every machine */
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (char)(m.minimum[i + k / 4] >> (8 * (k % 4)) & 0xff);
		snprintf(band, sizeof(band), "%zu:%016llx", i / BAND,
		         (unsigned long long)hash_bytes(key, slice_from(bytes, sizeof(bytes))));
		p->bad |= json_add_str(text, slice_str(band));
	}
	if (json_array_size(text))
		p->bad |= json_put_new(marks, "text", json_incref(text));
	json_decref(list);
	json_decref(text);
	if (json_object_size(marks))
		p->bad |= json_put_new(p->out, "marks", json_incref(marks));
	json_decref(marks);
}

static void put_hints(struct page *p)
{
	uint32_t hints = link_words_in(p->r->words, p->folded.text, SLICE(""));
	const struct html_active *a = &p->active;
	size_t letters = p->text.letters;

	if (letters < PLACEHOLDER && hints >> HINT_PARKED & 1)
		p->bad |= json_put_flag(p->out, "parked", true);
	if (letters < PLACEHOLDER && hints >> HINT_CONSTRUCTION & 1)
		p->bad |= json_put_flag(p->out, "under_construction", true);
	if (letters < WITHOUT_SCRIPT && a->scripts &&
	    (a->root_only || a->scripts >= MANY_SCRIPTS || letters == 0))
		p->bad |= json_put_flag(p->out, "empty_without_script", true);
	if (a->has_frame)
		p->bad |= json_put_flag(p->out, "frames", true);
}

static void put_forms(struct page *p)
{
	struct page_form all = { 0 };
	json_t *o;

	if (!p->text.form_n)
		return;
	for (size_t i = 0; i < p->text.form_n; i++) {
		const struct page_form *f = &p->text.form[i];
		all.has_card |= f->has_card;
		all.has_email |= f->has_email;
		all.has_file |= f->has_file;
		all.has_password |= f->has_password;
		all.has_quantity |= f->has_quantity;
	}
	o = json_object();
	p->bad |= json_put_i64(o, "n", (int64_t)p->text.form_n);
	if (all.has_card)
		p->bad |= json_put_flag(o, "card", true);
	if (all.has_email)
		p->bad |= json_put_flag(o, "email", true);
	if (all.has_file)
		p->bad |= json_put_flag(o, "file", true);
	if (all.has_password)
		p->bad |= json_put_flag(o, "password", true);
	if (all.has_quantity)
		p->bad |= json_put_flag(o, "quantity", true);
	p->bad |= json_put_new(p->out, "forms", o);
}

static void put_text(struct page *p)
{
	const struct page_text *t = &p->text;
	struct slice title = slice_sub(t->title, 0, PAGE_READING_TITLE);

	while (title.n && title.n < t->title.n &&
	       ((unsigned char)t->title.p[title.n] & 0xc0) == 0x80)
		title.n--;
	if (!json_flag(p->out, "decoded_limit", false)) {
		json_t *text = json_object();
		p->bad |= put_digest(text, "address", sha256_of(t->text));
		p->bad |= json_put_str(text, "extractor", slice_str(t->extractor));
		p->bad |= json_put_new(p->out, "text", text);
	}
	p->bad |= json_put_str(p->out, "charset", slice_str(t->charset));
	p->bad |= json_put_i64(p->out, "letters", (int64_t)t->letters);
	if (t->language[0])
		p->bad |= json_put_str(p->out, "lang", slice_str(t->language));
	if (title.n)
		p->bad |= json_put_str(p->out, "title", title);
}

/* The document as text. What is too large as a tree is read in a smaller part. */
static int read_html(struct page *p, bool *is_html, struct err *err)
{
	struct err why = { 0 };
	struct slice part = p->decoded;
	int rc = html_text(part, p->content_type, NULL, p->a, &p->text, &why);

	for (int i = 0; rc == ERR_LIMIT && i < 5; i++) {
		part = slice_sub(part, 0, part.n / 2);
		p->bad |= json_put_flag(p->out, "decoded_limit", true);
		rc = html_text(part, p->content_type, NULL, p->a, &p->text, &why);
	}
	*is_html = rc == 0;
	if (rc == ERR_SYNTAX || rc == ERR_LIMIT)
		return 0;
	if (rc == 0)
		rc = charset_decode(charset_sniff(part, p->content_type, NULL), part,
		                    (size_t)3 * PAGE_READING_BYTES, p->a, &p->utf8, &why);
	if (rc == 0)
		rc = html_active_read(p->utf8, p->a, &p->active, &why);
	if (rc == 0)
		rc = fold(slice_sub(p->text.text, 0, PAGE_READING_TEXT), p->a, &p->folded, &why);
	if (rc && err)
		*err = why;
	return rc;
}

/* By its type: what is surely no page is not read as one. */
static bool may_be_html(struct slice type)
{
	type = slice_trim(slice_sub(type, 0, slice_find(type, ';')));
	return type.n == 0 || slice_eq_nocase(type, SLICE("text/html")) ||
	       slice_eq_nocase(type, SLICE("application/xhtml+xml")) ||
	       slice_eq_nocase(type, SLICE("text/plain")) ||
	       slice_eq_nocase(type, SLICE("application/octet-stream")) ||
	       slice_eq_nocase(type, SLICE("text/xml")) ||
	       slice_eq_nocase(type, SLICE("application/xml"));
}

/* Text of others in a record: what is not UTF-8 is read as ISO 8859-1 (RFC 9110 5.5). */
static void put_field(struct page *p, const char *key, struct slice s)
{
	struct buf out = { 0 };
	char utf8[4];

	s = slice_sub(s, 0, 200);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 && c != 0x7f)
			buf_put(&out, slice_from(utf8, utf8_encode(c, utf8)));
	}
	if (out.n)
		p->bad |= json_put_str(p->out, key, buf_slice(&out));
	p->bad |= out.failed;
	buf_release(&out);
}

static int put_content(struct page *p, const struct http_response *http, struct err *err)
{
	bool is_html = false;
	int rc = 0;

	if (p->decoded.n && may_be_html(p->content_type))
		rc = read_html(p, &is_html, err);
	if (rc)
		return rc;
	p->bad |= json_put_str(p->out, "kind",
	                       is_html        ? SLICE("html")
	                       : p->decoded.n ? SLICE("other")
	                                      : SLICE("empty"));
	p->base = p->url;
	if (is_html && p->text.base.n && url_resolve(&p->url, p->text.base, p->a, &p->base, NULL))
		p->base = p->url; /* a base that is no address is none */
	rc = put_redirects(p, http, err);
	if (rc || !is_html)
		return rc;
	put_text(p);
	put_forms(p);
	put_sketch(p);
	put_marks(p);
	put_hints(p);
	rc = put_drugs(p, err);
	if (rc == 0)
		rc = page_links_put(&(struct page_links){ p->r, p->r->words, p->job->site, &p->url,
		                                          &p->base, &p->text, &p->active },
		                    p->a, p->out, err);
	return rc;
}

/* Take a response apart and undo its codings. */
static int read_response(struct page *p, struct http_response *http, struct err *err)
{
	bool cut = false;
	int rc = http_response_parse(p->job->bytes, p->a, http, err);

	if (rc)
		return rc;
	p->content_type = http->content_type;
	p->bad |= json_put_i64(p->out, "status", http->status);
	p->bad |= json_put_i64(p->out, "length", (int64_t)http->payload.n);
	put_field(p, "content_type", http->content_type);
	put_field(p, "content_encoding", http->content_encoding);
	if (http->truncated)
		p->bad |= json_put_flag(p->out, "truncated", true);
	rc = http_content_decode_part(http->content_encoding, http->payload, PAGE_READING_BYTES,
	                              p->a, &p->decoded, &cut, NULL);
	if (rc == ERR_NOMEM)
		return no_memory(err);
	if (rc)
		put_field(p, "undecoded", http->content_encoding);
	if (cut)
		p->bad |= json_put_flag(p->out, "decoded_limit", true);
	return 0;
}

int page_read(const struct page_reader *r, const struct page_job *job, json_t **out,
              struct err *err)
{
	struct arena arena = { 0 };
	struct page p = { .r = r, .job = job, .a = &arena, .out = json_object() };
	struct http_response http = { 0 };
	int rc = url_parse(job->url, &arena, &p.url, err);

	if (rc == 0 && job->rendered) {
		p.content_type = SLICE("text/html; charset=utf-8");
		p.decoded = slice_sub(job->bytes, 0, PAGE_READING_BYTES);
		if (job->bytes.n > PAGE_READING_BYTES)
			p.bad |= json_put_flag(p.out, "decoded_limit", true);
	} else if (rc == 0) {
		rc = read_response(&p, &http, err);
	}
	if (rc == 0)
		rc = put_content(&p, job->rendered ? NULL : &http, err);
	if (rc == 0 && p.bad)
		rc = no_memory(err);
	if (rc)
		json_decref(p.out);
	else
		*out = p.out;
	arena_release(&arena);
	return rc;
}
