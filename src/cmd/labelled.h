/* Labelled pages: page rows that also say what their site is, for eval and train.
 *
 *   source  doc/format/eval.md: JSON lines with `url`, `text` or `html`, `label`; optional `site`,
 *           `language`, `destination` (a country or a list of them), `cluster`, `text_kind`, and what
 *           else a page row may say (cmd/intake.h). A line with `type` is a record: register rows
 *           and registrations count as they do for assay assess
 *   digests rows of text_kind "digest" hold a reader's note and no page text: counted by label, left
 *           out; they make no site
 *   bad     a row without a label, with one that assess/label.h does not know, or with another than
 *           the rows before it gave its site: logged, counted, left out
 *   owns    everything lies in the arena, or goes with labelled_release */
#ifndef CMD_LABELLED_H
#define CMD_LABELLED_H

#include "assess/label.h"
#include "cmd/intake_memory.h"
#include "cmd/log.h"

struct labelled_site {
	struct subject subject;
	struct slice name;    /* `site` as its first row writes it, else the key of the subject */
	const struct label *label;
	struct slice cluster; /* else name */
	struct slice *destination, *language; /* distinct, in order of their first row */
	size_t destination_n, language_n;
	const struct casefile *file; /* NULL where no page of it can be read */
};

struct labelled {
	const struct suffixes *suffixes;
	const struct log *log;
	struct arena *arena;
	int64_t at;

	struct labelled_site *site; /* in order of their first row */
	size_t n, cap;
	size_t rows, bad;           /* rows: without the bad ones, with the digests */
	size_t digests[LABELS];
	struct registers registers;

	/* its own */
	struct intake_memory memory;
	struct intake intake;
	struct table by_subject; /* "kind key" to number + 1 */
	struct table language;   /* site, address and evidence of a page to a struct slice */
};

/* Zero-initialise and set suffixes, log, arena and at; then begin, read each file, end. */
int labelled_begin(struct labelled *l, struct err *err);

/* Read a file of rows; "-" is standard input. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. */
int labelled_read(struct labelled *l, const char *path, struct err *err);

/* Take in registers and registrations: any path that assay run reads. */
int labelled_registers(struct labelled *l, const char *path, struct err *err);

/* Make the case files. ERR_NOTFOUND where not one row could be read; ERR_NOMEM. */
int labelled_end(struct labelled *l, struct err *err);
void labelled_release(struct labelled *l);

/* What a site's rows say that its page is written in; empty where they say nothing. */
struct slice labelled_language(const struct labelled *l, const struct labelled_site *s,
                               const struct site_page *p);

/* The newest registration period of a site, of which language alone where that is not empty; with no
 * page where there is none. The pages lie in the arena a. ERR_NOMEM. */
int labelled_pages(const struct labelled *l, const struct labelled_site *s, struct slice language,
                   struct arena *a, struct site *out, struct err *err);

#endif
