/* What an input is, told by its path, its name and its first bytes.
 *
 *     sites/shop.example/2026-10-20T155927Z@jp-desktop/item/index.html
 *           HOST         STAMP              VANTAGE    PATH        --> https://shop.example/item/
 */
#include "cmd/intake_source.h"

#include "wire/dname.h"
#include "wire/timestamp.h"

#include <string.h>

/* ---- capture trees ---- */

bool intake_is_vantage(struct slice s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' &&
		    c != '.')
			return false;
	}
	return true;
}

/* YYYY-MM-DDThhmmssZ or YYYY-MM-DD: a time without the colons that some file systems forbid. */
static bool stamp_parse(struct slice s, int64_t *out)
{
	char full[TIMESTAMP_LEN];

	if (s.n == 10)
		return timestamp_parse(s, out, NULL) == 0;
	if (s.n != 18 || s.p[10] != 'T')
		return false;
	memcpy(full, s.p, 13);
	full[13] = ':';
	memcpy(full + 14, s.p + 13, 2);
	full[16] = ':';
	memcpy(full + 17, s.p + 15, 3);
	return timestamp_parse(slice_from(full, sizeof(full)), out, NULL) == 0;
}

static bool stamp_folder(struct slice s, struct intake_capture *out)
{
	size_t at = slice_find(s, '@');

	if (!stamp_parse(slice_sub(s, 0, at), &out->at))
		return false;
	out->vantage = at == s.n ? SLICE("local") : slice_sub(s, at + 1, s.n);
	return intake_is_vantage(out->vantage);
}

bool intake_capture_of(struct slice path, struct intake_capture *out)
{
	struct slice rest = path, host = { NULL, 0 }, part;
	struct dname name;

	while (slice_cut(&rest, '/', &part)) {
		struct intake_capture c = { .host = host, .path = rest };
		/* One label is a folder of any name, "backup/2026-10-01/". */
		if (rest.n && slice_find(host, '.') < host.n && stamp_folder(part, &c) &&
		    dname_parse(host, &name, NULL) == 0 && name.labels >= 2) {
			*out = c;
			return true;
		}
		host = part;
	}
	return false;
}

void intake_capture_url(const struct intake_capture *c, struct buf *out)
{
	static const struct slice index = { "index.html", 10 };
	struct slice path = c->path;

	if (slice_ends(path, index) && (path.n == index.n || path.p[path.n - index.n - 1] == '/'))
		path.n -= index.n;
	buf_puts(out, "https://");
	buf_put(out, c->host);
	buf_putc(out, '/');
	/* A file name holds bytes that would end or alter an address; url_parse encodes the others.
	 * '?' stays: tools that save whole sites write the query behind it. */
	for (size_t i = 0; i < path.n; i++) {
		unsigned char b = (unsigned char)path.p[i];
		if (b == '#' || b == '\\' || b <= ' ' || b == 0x7f)
			buf_printf(out, "%%%02X", b);
		else
			buf_putc(out, path.p[i]);
	}
}

/* ---- names of files ---- */

static bool ends_nocase(struct slice s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && slice_eq_nocase(slice_sub(s, s.n - n, s.n), slice_from(suffix, n));
}

static bool ends_with_any(struct slice s, const char *const *list)
{
	for (; *list; list++)
		if (ends_nocase(s, *list))
			return true;
	return false;
}

enum intake_form intake_form_of_name(struct slice name)
{
	static const char *const html[] = { ".html", ".htm",  ".xhtml", ".shtml", ".php",
		                            ".asp",  ".aspx", ".jsp",   NULL };
	static const char *const lines[] = { ".jsonl", ".ndjson", NULL };
	static const char *const warc[] = { ".warc", ".warc.gz", NULL };
	static const char *const notes[] = { ".md", ".yaml", ".yml", ".c", "~", NULL };
	static const char *const asset[] = {
		".css",   ".js",   ".mjs", ".map", ".png", ".jpg", ".jpeg", ".gif",
		".webp",  ".avif", ".svg", ".ico", ".bmp", ".tif", ".tiff", ".woff",
		".woff2", ".ttf",  ".otf", ".eot", ".mp3", ".mp4", ".webm", ".pdf",
		".zip",   ".zst",  ".xz",  ".bz2", ".tar", ".7z",  NULL,
	};

	if (name.n && name.p[0] == '.')
		return FORM_NOTES;
	if (slice_eq_str(name, "expected.tsv") || slice_eq_str(name, "innocents.tsv"))
		return FORM_NOTES;
	if (ends_with_any(name, html))
		return FORM_HTML;
	if (ends_with_any(name, lines))
		return FORM_LINES;
	if (ends_with_any(name, warc))
		return FORM_WARC;
	if (ends_with_any(name, notes))
		return FORM_NOTES;
	if (ends_with_any(name, asset))
		return FORM_ASSET;
	return ends_nocase(name, ".txt") ? FORM_PLAIN : FORM_UNKNOWN;
}

/* ---- first bytes ---- */

const char intake_utf16[] = "UTF-16 text (save it as UTF-8)";

static const struct {
	struct slice bytes;
	const char *what;
} magics[] = {
	{ { "\x89PNG", 4 }, "a PNG image" },
	{ { "\xff\xd8\xff", 3 }, "a JPEG image" },
	{ { "GIF8", 4 }, "a GIF image" },
	{ { "%PDF-", 5 }, "a PDF file" },
	{ { "PK\x03\x04", 4 }, "a ZIP archive" },
	{ { "\x7f"
	    "ELF",
	    4 },
	  "a program" },
	{ { "\x28\xb5\x2f\xfd", 4 }, "a zstd archive" },
	{ { "\xfd"
	    "7zXZ",
	    5 },
	  "an xz archive" },
	{ { "BZh", 3 }, "a bzip2 archive" },
	{ { "SQLite format 3", 15 }, "a SQLite database" },
	{ { "\xff\xfe", 2 }, intake_utf16 },
	{ { "\xfe\xff", 2 }, intake_utf16 },
};

static bool starts_nocase(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && slice_eq_nocase(slice_sub(s, 0, n), slice_from(prefix, n));
}

enum intake_form intake_form_of_bytes(struct slice head, const char **binary)
{
	static const char *const html[] = { "<!doctype html", "<html", "<head", "<body", "<!--" };
	size_t odd = 0;

	*binary = NULL;
	/* RFC 1952 2.3.1: a gzip member. Nothing but a WARC is read out of one. */
	if (slice_starts(head, SLICE("WARC/")) || slice_starts(head, SLICE("\x1f\x8b")))
		return FORM_WARC;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (slice_starts(head, magics[i].bytes))
			*binary = magics[i].what;
	if (*binary)
		return FORM_UNKNOWN;
	struct slice text = head;
	if (slice_starts(text, SLICE("\xef\xbb\xbf")))
		text = slice_sub(text, 3, text.n);
	text = slice_trim(text);
	for (size_t i = 0; i < sizeof(html) / sizeof(*html); i++)
		if (starts_nocase(text, html[i]))
			return FORM_HTML;
	/* Text has few controls; ESC is of ISO-2022-JP. One NUL in a list is one bad line. */
	for (size_t i = 0; i < head.n; i++) {
		unsigned char b = (unsigned char)head.p[i];
		odd += b < ' ' && !ascii_space((char)b) && b != 0x1b;
	}
	if (odd > head.n / 10)
		*binary = "a binary file";
	return FORM_UNKNOWN;
}
