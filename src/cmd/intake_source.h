/* One source while it is read: inner header of the intake's own files (intake*.c).
 *
 * A reader hands on what it finds by source_name, source_page and source_record, and reports what
 * is bad by source_bad_line and source_bad_file, which always go on. A negative return code is
 * therefore the end of the whole intake: the sink failed, or there is no memory. */
#ifndef CMD_INTAKE_SOURCE_H
#define CMD_INTAKE_SOURCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/sha256.h"
#include "cmd/intake.h"

struct intake_source {
	struct intake *in;
	const char *path;  /* to open it */
	struct slice name; /* relative to the argument, well-formed UTF-8 */
	bool is_explicit;  /* the argument itself, not found in a folder */
	struct intake_counts counts;
	struct arena arena; /* of the present item */
	uint64_t began;     /* progress when it began */
};

/* A page of a capture tree: HOST/STAMP[@VANTAGE]/PATH. */
struct intake_capture {
	struct slice host; /* as the folder is called; a domain name of two labels or more */
	int64_t at;
	struct slice vantage;
	struct slice path; /* below the STAMP folder, not empty */
};

/* Whether a path goes through a capture tree; the slices point into path, or are literals. */
bool intake_capture_of(struct slice path, struct intake_capture *out);

/* The web address of a page in a capture tree, appended to out. */
void intake_capture_url(const struct intake_capture *c, struct buf *out);

/* A word that may name a vantage: letters, digits, '-', '_', '.'; at most 64. */
bool intake_is_vantage(struct slice s);

/* What a file's name says that it holds. */
enum intake_form {
	FORM_UNKNOWN,
	FORM_HTML,
	FORM_PLAIN, /* .txt */
	FORM_WARC,
	FORM_LINES, /* .jsonl, .ndjson */
	FORM_ASSET, /* pictures, styles, scripts, archives: parts of pages and no input */
	FORM_NOTES, /* README.md, *.yaml, *.c, expected.tsv, hidden files: kept beside input */
};
enum intake_form intake_form_of_name(struct slice file_name);

/* What the first bytes are, where they tell: FORM_HTML, FORM_WARC, else FORM_UNKNOWN. *binary gets
 * a description ("a PNG image") of what is no text, or NULL. */
enum intake_form intake_form_of_bytes(struct slice head, const char **binary);
/* The description of UTF-16, which is a charset like others in a page, and binary elsewhere. */
extern const char intake_utf16[];

/* Read one file by whichever reader is its own, and tell the sink its counts. name is what it is
 * called, relative to the argument; is_regular is false for standard input and pipes, which can be
 * read only once. */
int intake_file(struct intake *in, const char *path, struct slice name, bool is_regular,
                bool is_explicit, struct err *err);

/* Readers: one source each. */
int intake_lines(struct intake_source *s, struct err *err);
int intake_html(struct intake_source *s, struct err *err);
int intake_warc(struct intake_source *s, struct err *err);
int intake_captured(struct intake_source *s, const struct intake_capture *c, struct err *err);

/* Hand on and count; an item that the sink cannot take is a bad line. */
int source_name(struct intake_source *s, struct slice name, int64_t line, struct err *err);
int source_page(struct intake_source *s, const struct intake_page *p, int64_t line, uint64_t offset,
                struct err *err);
int source_record(struct intake_source *s, const struct record *r, int64_t line, struct err *err);

void source_bad_line(struct intake_source *s, int64_t line, const struct err *why);
void source_bad_file(struct intake_source *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void source_skipped(struct intake_source *s, const char *why);

/* What makes a page without a stated time one that is known already: subject, address, vantage and
 * evidence, appended to out as a key for a table. */
void intake_page_key(struct slice kind, struct slice key, struct slice url, struct slice vantage,
                     struct sha256 evidence, struct buf *out);

/* Move the progress line to this many bytes of the source. */
void source_progress(struct intake_source *s, uint64_t bytes);

#endif
