/* What people bring (folders, saved pages, archives, lists) as names, pages and records.
 *
 *   capture tree  HOST/STAMP[@VANTAGE]/PATH anywhere in a path: a page of https://HOST/PATH, where
 *                 "index.html" stands for its folder. STAMP is YYYY-MM-DDThhmmssZ or YYYY-MM-DD;
 *                 VANTAGE is "local" where none is written
 *   HTML file     its address is the one that the saving browser noted ("saved from url"), else the
 *                 page's own <link rel=canonical>; its time is the file's. A page in a capture tree
 *                 is believed about neither: anybody can write a canonical link to somebody else
 *   WARC          (ISO 28500; also of gzip members): responses and resources that are pages
 *   JSON lines    a record per line where there is a `type`, else a page row with `url` and `text`
 *                 or `html` (optional `site`, `at`, `vantage`, `language`), else a line of a list
 *                 of names
 *   names         any other text, read by wire/namelist
 *
 * What is bad never stops the rest: a bad line, or a file that is no good, is counted and logged as
 * a warning (lines: the first ten by file and line). Source names and origins are paths relative to
 * the argument, never absolute, so that what is kept tells nothing of the machine. */
#ifndef CMD_INTAKE_H
#define CMD_INTAKE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "cmd/log.h"
#include "cmd/progress.h"
#include "model/domain.h"
#include "model/record.h"
#include "model/subject.h"
#include "wire/json.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	INTAKE_BAD_TOLD = 10,       /* bad lines that are logged one by one */
	INTAKE_WARC_MAX = 1 << 30,  /* bytes of a WARC file */
	INTAKE_PAGE_MAX = 64 << 20, /* bytes of a saved page; readers may have a lower limit */
	INTAKE_DEPTH_MAX = 64,      /* folders inside one another */
};

/* Where an item was read. */
struct intake_where {
	struct slice source; /* path relative to the argument; "standard input" */
	int64_t line;        /* from 1; 0 where lines mean nothing */
	uint64_t offset;     /* bytes into a WARC file; else 0 */
};

struct intake_page {
	struct subject subject; /* the site it is a page of */
	struct slice url;       /* canonical */
	struct slice vantage;
	int64_t at;
	/* `at` was stated with the page. Else it is the file's time, or for a row the intake's, and
	 * may differ at a second reading. */
	bool is_dated;
	int status;                    /* of HTTP; 0 where it is not known */
	struct slice media_type;       /* "text/html", "text/plain" */
	struct slice content_type;     /* the HTTP header as received, with charset; may be empty */
	struct slice content_encoding; /* the same: codings that the bytes are still in */
	struct slice language;         /* BCP 47, as the row says; may be empty */
	struct slice bytes;            /* of the evidence: payload as received, or the row's text */
};

/* Per source (a file, standard input) and in total. */
struct intake_counts {
	int64_t names;    /* read */
	int64_t suspects; /* of them, those that the sink called so */
	int64_t pages;
	int64_t records;
	int64_t bad_lines; /* lines, rows and WARC records that could not be read */
	int64_t bad_files; /* of no use as a whole */
	int64_t skipped;   /* no input: README.md, pictures, WARC records of other kinds */
	int64_t files;     /* read */
};

/* What to do with what is found; a NULL member means that it is not wanted (it is still counted).
 * What is pointed to is valid until the call returns. Each returns 0 (name: 1 when the name is
 * suspect) or negative: ERR_SYNTAX and ERR_LIMIT make the item a bad one, anything else ends the
 * intake. */
struct intake_sink {
	void *ctx; /* not owned */
	int (*name)(void *ctx, struct slice name, const struct intake_where *w, struct err *err);
	int (*page)(void *ctx, const struct intake_page *p, const struct intake_where *w,
	            struct err *err);
	int (*record)(void *ctx, const struct record *r, const struct intake_where *w,
	              struct err *err);
	/* The counts of a source, behind its last item. A folder's saved pages are sources too. */
	int (*source)(void *ctx, struct slice source, const struct intake_counts *c,
	              struct err *err);
};

struct intake {
	const struct suffixes *suffixes;
	const struct log *log;     /* NULL: nothing is logged */
	struct progress *progress; /* NULL: none; intake_path moves it on by bytes and items */
	int64_t at;                /* the time of page rows that state none */
	struct intake_sink sink;
	struct intake_counts total;
	int64_t told; /* bad lines logged so far */
};

/* Read a file, a folder (walked in bytewise order of names) or "-" (JSON lines or names).
 *
 *   return  0, also where in->total counts bad lines or files; ERR_NOTFOUND (no such path, nothing
 *           was read); what the sink returned; ERR_NOMEM */
int intake_path(struct intake *in, const char *path, struct err *err);

/* Bytes below a path, for the progress line; "-" has none. ERR_NOTFOUND, ERR_IO: to be asked of
 * every path before the first is read, so that a wrong one is told before anything is written. */
int intake_size(const char *path, uint64_t *bytes, struct err *err);

/* Log the totals in one line: warning where anything was bad, else info. */
void intake_log_totals(const struct intake *in);

/* The subject of a page row's `site`: the site of a domain name, an address or a web address with
 * a path; any other word is a host SLUG.invalid (RFC 2606), SLUG being the word in lower case with
 * every run of other characters than a-z and 0-9 as '-'. Key in the arena. ERR_SYNTAX for an empty
 * word, ERR_NOMEM. */
int intake_site(struct slice site, const struct suffixes *suffixes, struct arena *arena,
                struct subject *out, struct err *err);

/* A page row: an object with `url` and `text` or `html`. p is zeroed before; its texts point into the
 * row or lie in the arena. ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM. */
int intake_row(const struct intake *in, const json_t *row, struct arena *arena,
               struct intake_page *p, struct err *err);

#endif
