/* READ_PAGE: a response, or a page as a browser showed it, read where nothing can be lost by it.
 *
 *   job     what the reading process is given (page_job_put)
 *   reading what it answers: an object. Members that are absent are false, empty or not known
 *
 *     status, content_type, content_encoding, length
 *                     of the response; a rendering has none of them
 *     truncated       the response promised more bytes
 *     kind            "html"; "other": no HTML by its type or its first bytes; "empty"
 *     undecoded       content coding that is not undone here: "br"
 *     decoded_limit   true: only the first PAGE_READING_BYTES of the decoded content were read
 *     charset, lang, title, letters
 *     text            {address, extractor}; absent where only a part was read
 *     redirects       list of {how, target, seconds} or {how, refused}: "http", "refresh", "meta",
 *                     "script"; in the order in which they count. target is canonical; refused is
 *                     as written: another scheme, or no address
 *     script_may_redirect, empty_without_script, parked, under_construction, frames   true
 *     links           list of {class, url, nofollow}: of the site, each once, that do not act
 *     links_n         all links that the page has
 *     icon            canonical address
 *     seals           list of canonical addresses of pictures
 *     forms           {n, card, email, file, password, quantity}; none is ever submitted
 *     drugs           list of substances named in the text that is seen, sorted
 *     sketch          wire/minhash.h, 64 numbers
 *
 * The same bytes give the same reading as long as the inputs are the same (page_reader_inputs). */
#ifndef COLLECT_PAGE_READING_H
#define COLLECT_PAGE_READING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "collect/link_words.h"
#include "model/lexicon.h"
#include "model/subject.h"
#include "wire/json.h"

#include <stdbool.h>

/* Raised whenever the same bytes may give another reading. */
#define PAGE_READING_VERSION "page-reading/1"

enum {
	PAGE_READING_BYTES = 4 << 20,  /* of decoded content: its tree takes at most 448 MiB */
	PAGE_READING_TEXT = 2 << 20,   /* of its text that drugs and hints are looked for in */
	PAGE_READING_SEALS = 16,
	PAGE_READING_DRUGS = 200,
	PAGE_READING_TITLE = 300, /* bytes */
};

struct page_job {
	struct slice url;     /* canonical: where the bytes came from */
	struct subject site;  /* whose links are wanted */
	bool rendered;        /* bytes are a document in UTF-8, without a head */
	struct slice bytes;   /* the response as received */
};

/* Append a job: "page/1 http registrable" LF key LF url LF bytes. ERR_NOMEM. */
int page_job_put(const struct page_job *job, struct buf *out, struct err *err);
/* Slices point into bytes. ERR_SYNTAX. */
int page_job_parse(struct slice bytes, struct page_job *out, struct err *err);

struct page_reader;

/* Both must outlive the reader. ERR_NOMEM. */
int page_reader_new(const struct lexicon *lexicon, const struct link_words *words,
                    struct page_reader **out, struct err *err);
void page_reader_free(struct page_reader *r); /* NULL is fine */
/* What a reading depends on beside the bytes: {"lexicon":…,"links":…,"reader":…,"text":…}. A new
 * reference, or NULL. */
json_t *page_reader_inputs(const struct page_reader *r);

/* Read; damage is no failure. ERR_SYNTAX: no response at all, no job; ERR_NOMEM. */
int page_read(const struct page_reader *r, const struct page_job *job, json_t **out,
              struct err *err);

#endif
