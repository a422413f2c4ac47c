/* bytes -> is it HTML at all -> charset -> UTF-8 -> guard -> gumbo -> walk -> page.
 *
 * gumbo is given an allocator that counts; past a budget it jumps out, all memory of the parse is
 * freed at once, and the document is tried again without its formatting tags, which are what makes
 * a tree larger than its text. */
#include "wire/html.h"

#include "wire/charset.h"
#include "wire/html_guard.h"
#include "wire/html_memory.h"
#include "wire/html_walk.h"

#include <gumbo.h>
#include <stdlib.h>

enum {
	TAG_NAME_MAX = 64,            /* bytes of a tag's name that are looked back at */
	SNIFF_BYTES = 4096,           /* of the document, when asking whether it is text */
	PARSE_BASE = 64 << 20,        /* memory for a parse: this, */
	PARSE_PER_BYTE = 96,          /* and this for each byte of the document, */
	PARSE_MOST = 768 << 20,       /* and no more than this in all */
};

/* Kinds of file that people save under a page's name, by their first bytes. */
static const struct {
	struct slice magic;
	const char *what;
} binary[] = {
	{ { "%PDF-", 5 }, "a PDF document" },
	{ { "\x89PNG", 4 }, "a PNG image" },
	{ { "GIF8", 4 }, "a GIF image" },
	{ { "\xff\xd8\xff", 3 }, "a JPEG image" },
	{ { "RIFF", 4 }, "a RIFF file (WebP, WAV)" },
	{ { "\0\0\1\0", 4 }, "an icon" },
	{ { "PK\3\4", 4 }, "a ZIP archive" },
	{ { "\x1f\x8b", 2 }, "gzip data" },
	{ { "\x28\xb5\x2f\xfd", 4 }, "Zstandard data" },
	{ { "BZh", 3 }, "bzip2 data" },
	{ { "\xfd" "7zXZ", 5 }, "xz data" },
	{ { "7z\xbc\xaf", 4 }, "a 7z archive" },
	{ { "Rar!", 4 }, "a RAR archive" },
	{ { "\x7f" "ELF", 4 }, "an ELF program" },
	{ { "wOFF", 4 }, "a font" },
	{ { "wOF2", 4 }, "a font" },
	{ { "OggS", 4 }, "an Ogg file" },
	{ { "ID3", 3 }, "an MP3 file" },
	{ { "SQLite format 3", 15 }, "an SQLite database" },
};

static int check_is_text(struct slice bytes, enum charset charset, struct err *err)
{
	struct slice head = slice_sub(bytes, 0, SNIFF_BYTES);
	size_t control = 0;

	for (size_t i = 0; i < sizeof(binary) / sizeof(*binary); i++)
		if (slice_starts(head, binary[i].magic))
			return err_set(err, ERR_SYNTAX, 0, "html: not HTML: %s", binary[i].what);
	if (slice_eq_str(slice_sub(head, 4, 8), "ftyp"))
		return err_set(err, ERR_SYNTAX, 0, "html: not HTML: an MP4 or AVIF file");
	if (charset == CHARSET_UTF_16LE || charset == CHARSET_UTF_16BE)
		return 0;
	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];
		control += c < 0x20 && !ascii_space((char)c) && c != 0x1b; /* ESC: ISO-2022-JP */
	}
	if (control * 10 > head.n)
		return err_set(err, ERR_SYNTAX, 0,
		               "html: not HTML: %zu of the first %zu bytes are control characters",
		               control, head.n);
	return 0;
}

/* Parse and walk. ERR_LIMIT where the tree outgrows its budget. */
static int parse(struct slice html, const struct html_cuts *cuts, struct arena *a,
                 struct page_text *out, struct err *err)
{
	struct html_memory *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return err_set(err, ERR_NOMEM, 0, "html: no memory");
	b->limit = (size_t)PARSE_BASE + html.n * PARSE_PER_BYTE;
	if (b->limit > PARSE_MOST)
		b->limit = PARSE_MOST;
	if (setjmp(b->out) == 0) {
		GumboOptions options = kGumboDefaultOptions;
		options.allocator = html_memory_alloc;
		options.deallocator = html_memory_free;
		options.userdata = b;
		options.max_errors = 0;
		GumboOutput *tree = gumbo_parse_with_options(&options, html.n ? html.p : "", html.n);
		rc = html_walk(tree->document, html, cuts, a, out, err);
	} else if (b->over) {
		rc = err_set(err, ERR_LIMIT, 0,
		             "html: the markup of %zu bytes grows to a tree of over %zu bytes",
		             html.n, b->limit);
	} else {
		rc = err_set(err, ERR_NOMEM, 0, "html: no memory");
	}
	html_memory_release(b);
	free(b);
	return rc;
}

/* Whether what is written next goes on with "<", "</" or a tag's name. */
static bool in_tag_name(const char *p, size_t n)
{
	for (size_t k = n; k > 0 && n - k < TAG_NAME_MAX; k--) {
		if (p[k - 1] == '<')
			return true;
		if (p[k - 1] == '>' || ascii_space(p[k - 1]))
			return false;
	}
	return false;
}

/* A copy of s without the control characters that browsers show as nothing: the parser's strings
 * cannot hold NUL, and the others would part a word that a visitor sees as one. In the name of a
 * tag they make another name, so that "<scr\0ipt>" is no script: there they become '_'. */
static struct slice copy_clean(struct arena *a, struct slice s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; p && i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\f' || c == '\r')
			p[n++] = s.p[i];
		else if (in_tag_name(p, n))
			p[n++] = '_';
	}
	return slice_from(p, n);
}

int html_text(struct slice bytes, struct slice content_type, const struct html_limits *limits,
              struct arena *a, struct page_text *out, struct err *err)
{
	size_t most = limits && limits->bytes ? limits->bytes : (size_t)HTML_BYTES;
	struct html_guard guard = { .depth = limits && limits->depth ? limits->depth : HTML_DEPTH };
	struct arena scratch = { 0 };
	enum charset charset;
	struct slice utf8;
	int rc;

	if (bytes.n > most)
		return err_set(err, ERR_LIMIT, most, "html: document of %zu bytes is over %zu",
		               bytes.n, most);
	charset = charset_sniff(bytes, content_type, NULL);
	rc = check_is_text(bytes, charset, err);
	if (rc == 0)
		rc = charset_decode(charset, bytes, most, &scratch, &utf8, err);
	for (int attempt = 0; rc == 0; attempt++) {
		struct page_text page = { .charset = charset_name(charset),
			                  .extractor = PAGE_EXTRACTOR_HTML };
		struct slice html = copy_clean(&scratch, utf8);
		if (!html.p) {
			rc = err_set(err, ERR_NOMEM, 0, "html: no memory");
			break;
		}
		guard.no_formatting = attempt > 0;
		struct html_cuts cuts = { 0 };
		rc = html_guard(&guard, (char *)html.p, html.n, &cuts, &page.dropped, err);
		html.n = html_cut_apply(&cuts, (char *)html.p, html.n);
		if (rc == 0)
			rc = parse(html, &cuts, a, &page, err);
		html_cut_release(&cuts);
		if (rc == 0)
			*out = page;
		if (rc != ERR_LIMIT || attempt > 0)
			break;
		rc = 0;
	}
	arena_release(&scratch);
	return rc;
}
