/* libassay: screen a name, and look a name up in an index that somebody publishes.
 *
 * For a resolver, a mail filter or a payment-risk service that wants the answer in its own process.
 * Two handles, which know nothing of each other:
 *
 *   struct assay_lexicon   the words of the trade: does a new name deserve a look, and why?
 *                          A score ranks. It never condemns: licensed pharmacies have a
 *                          pharmacy's name too. Block nothing because of it
 *   struct assay_index     decisions in force, made by people (or by a rule that an operator
 *                          switched on; the answer says which), per destination country, in one
 *                          signed file. doc/format/index.md draws it
 *
 * names      Pointer and length, straight from outside: any bytes, no NUL needed, none forbidden.
 *            A pointer may be NULL only where the length is 0. Paths and keys are C strings.
 * results    Objects behind pointers, each with its own free function, which takes NULL. Text that
 *            an accessor returns is UTF-8, ends in NUL, and lives as long as its object. An
 *            object does not hang on the handle that made it: it stays whole when the handle is
 *            refreshed or closed.
 * accessors  Never fail. For a row or reason that is not there: NULL, 0 or -1, as stated.
 * errors     0, or a negative enum assay_code; outputs are then untouched. `error` may be NULL.
 * threads    Any number of threads may call any function on one open handle at once, but for
 *            assay_lexicon_close and assay_index_close: call these when no other call on that
 *            handle is under way or will follow. Any number of threads may read one result object
 *            that nobody is freeing.
 * state      No global of ours, no signal handler, no thread, no environment variable, no locale,
 *            nothing printed. libcrypto sets itself up in the process when first used.
 * files      Opened read-only and close-on-exec. The index is mapped, not read in.
 *
 * doc/abi.md says what stays as it is from version to version. */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define ASSAY_API __attribute__((visibility("default")))
#else
#define ASSAY_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors ---- */

/* Named by what the caller can do. Numbers are never given another meaning; expect new ones. */
enum assay_code {
	ASSAY_OK = 0,
	ASSAY_SYNTAX = -1,   /* not a name, or a malformed file: skip the item, go on */
	ASSAY_LIMIT = -2,    /* over a limit stated here: skip the item, go on */
	ASSAY_NOTFOUND = -3, /* there is no such file */
	/* -4 is kept free */
	ASSAY_IO = -5,       /* the system refused (permission, too many open files) */
	ASSAY_CORRUPT = -6,  /* the file is damaged, cut short, or its signature is wrong */
	ASSAY_REFUSED = -7,  /* signed by somebody else, or a format that needs a newer library */
	ASSAY_NOMEM = -8,    /* no memory */
	ASSAY_USAGE = -9     /* an argument that makes no sense: mend the calling program */
};

/* Why a call failed. The caller's own, on the stack if he likes; owns nothing, needs no free, never
 * changes its size. Written only on failure. */
struct assay_error {
	int32_t code;   /* enum assay_code, as returned */
	char text[252]; /* one line of UTF-8, NUL behind it, context first; no control characters */
};

/* "ASSAY_SYNTAX"; of a number that this library does not know "unknown code". Static. */
ASSAY_API const char *assay_code_name(int code);

/* The version of the library that runs, "0.1.0". Static. */
ASSAY_API const char *assay_version(void);

/* ---- screening ---- */

struct assay_lexicon;
struct assay_suspect;

/* Read the words and the suffix list into memory; the files are not needed afterwards.
 *
 *   lexicon_dir    folder with drugs.tsv, phrases.tsv, substances.tsv and words.tsv
 *                  (doc/format/lexicon.md). The shipped one lies where
 *                  `pkg-config --variable=lexicondir assay` says
 *   suffixes_file  public suffix list (publicsuffix.org/list). NULL: the one of the Debian package
 *                  publicsuffix, /usr/share/publicsuffix/public_suffix_list.dat
 *   out            close it with assay_lexicon_close
 *   errors         ASSAY_NOTFOUND, ASSAY_SYNTAX "DIR: drugs.tsv:12: ...", ASSAY_LIMIT (a file over
 *                  64 MiB), ASSAY_IO, ASSAY_NOMEM, ASSAY_USAGE */
ASSAY_API int assay_lexicon_open(const char *lexicon_dir, const char *suffixes_file,
                                 struct assay_lexicon **out, struct assay_error *error);

/* NULL is fine. Not while another call on it is under way. */
ASSAY_API void assay_lexicon_close(struct assay_lexicon *lexicon);

/* SHA-256 of the words in use, 64 hex digits: `lexicon` of suspect records. NULL for NULL. */
ASSAY_API const char *assay_lexicon_digest(const struct assay_lexicon *lexicon);

/* The score alone, without an object: for long lists of names.
 *
 *   name, n  a domain name in any spelling: any case, A-labels or UTF-8, with or without the
 *            trailing dot. No address, no URL, no wildcard, no white space
 *   score    0 (nothing in it) to 1,000,000
 *   errors   ASSAY_SYNTAX (no name), ASSAY_LIMIT (a label of 64 octets or a name of 254, or more),
 *            ASSAY_NOMEM, ASSAY_USAGE */
ASSAY_API int assay_screen_score(const struct assay_lexicon *lexicon, const char *name, size_t n,
                                 uint32_t *score, struct assay_error *error);

/* Score and reasons. Arguments and errors as for assay_screen_score.
 *
 *   out  also made for a name with nothing in it (score 0, no reasons); free it with
 *        assay_suspect_free */
ASSAY_API int assay_screen(const struct assay_lexicon *lexicon, const char *name, size_t n,
                           struct assay_suspect **out, struct assay_error *error);

/* NULL is fine. */
ASSAY_API void assay_suspect_free(struct assay_suspect *suspect);

/* The name as it was screened: lower case, A-labels, no trailing dot. Spans count in it. */
ASSAY_API const char *assay_suspect_name(const struct assay_suspect *suspect);
/* 0 to 1,000,000. */
ASSAY_API uint32_t assay_suspect_score(const struct assay_suspect *suspect);
/* "nothing", "word", "combined" (a word with buying, a country, or "no prescription") or "drug"
 * (a drug's name). Expect new words. Static. */
ASSAY_API const char *assay_suspect_tier(const struct assay_suspect *suspect);
/* How many reasons, at most 16, in the order in which they stand in the name. */
ASSAY_API size_t assay_suspect_reasons(const struct assay_suspect *suspect);

/* Of reason i, from 0; NULL or 0 when there is none.
 *
 *   rule       "drug-name", "pharmacy-word", "weak-word", "norx-word", "commerce-word",
 *              "country-word", "pharmacy-tld". Expect new ones
 *   word       as the lexicon writes it
 *   substance  of a drug's name its international name, "sildenafil"; else ""
 *   folding    how the word had to be read to be seen: "none", or "leet", "doubled", "hyphen",
 *              "confusable" with commas between. Expect new ones
 *   start,end  bytes [start, end) of assay_suspect_name; the whole label where that is an A-label
 *   weight     parts per million, before it is combined with the others */
ASSAY_API const char *assay_reason_rule(const struct assay_suspect *suspect, size_t i);
ASSAY_API const char *assay_reason_word(const struct assay_suspect *suspect, size_t i);
ASSAY_API const char *assay_reason_substance(const struct assay_suspect *suspect, size_t i);
ASSAY_API const char *assay_reason_folding(const struct assay_suspect *suspect, size_t i);
ASSAY_API size_t assay_reason_start(const struct assay_suspect *suspect, size_t i);
ASSAY_API size_t assay_reason_end(const struct assay_suspect *suspect, size_t i);
ASSAY_API uint32_t assay_reason_weight(const struct assay_suspect *suspect, size_t i);

/* ---- lookup ---- */

struct assay_index;
struct assay_about;
struct assay_answer;

/* Map a file that `assay publish index` wrote, and check all of it: signature, every block, every
 * entry. A file of 1 GB takes seconds; no lookup checks anything again.
 *
 *   path          a regular file. Whoever replaces it does so with rename(2), as `assay publish
 *                 index` does: a mapped file that is cut in place ends the reader with SIGBUS, so
 *                 keep it in a folder that only its publisher can write to
 *   verifier_key  the text of the publisher's key.pub, "ORIGIN+HASH+BASE64" (c2sp.org/signed-note);
 *                 white space around it is ignored. NULL: the signature is NOT checked, only that
 *                 the file is whole. Only for a file that was checked in another way
 *   out           close it with assay_index_close
 *   errors        ASSAY_SYNTAX (the key is none), ASSAY_LIMIT (a key over 4096 bytes),
 *                 ASSAY_NOTFOUND, ASSAY_IO,
 *                 ASSAY_CORRUPT (no index, cut short, damaged, its signature is wrong),
 *                 ASSAY_REFUSED (not signed by this key; a newer format; no regular file),
 *                 ASSAY_NOMEM, ASSAY_USAGE */
ASSAY_API int assay_index_open(const char *path, const char *verifier_key, struct assay_index **out,
                               struct assay_error *error);

/* NULL is fine. Not while another call on it is under way. */
ASSAY_API void assay_index_close(struct assay_index *index);

/* Look whether another file lies at the path; if so, check it as assay_index_open does and take it.
 * Without a new file one stat(2), so it may be called once a second. Lookups go on meanwhile; a
 * second refresh of the same handle waits for the first, so leave it to one thread.
 *
 *   swapped  1 when a new file was taken, else 0; may be NULL; also written on failure (0)
 *   errors   those of assay_index_open. The file that was open goes on answering, and the next call
 *            tries again. An older file than the present one is taken too: compare
 *            assay_about_ledger_size if that matters */
ASSAY_API int assay_index_refresh(struct assay_index *index, int *swapped,
                                  struct assay_error *error);

/* What the present file says of itself. Free it with assay_about_free. ASSAY_NOMEM, ASSAY_USAGE. */
ASSAY_API int assay_index_about(struct assay_index *index, struct assay_about **out,
                                struct assay_error *error);
ASSAY_API void assay_about_free(struct assay_about *about);

/* Time of the last ledger entry that the file corresponds to: seconds since 1970, UTC. */
ASSAY_API int64_t assay_about_time(const struct assay_about *about);
/* Subjects listed. */
ASSAY_API uint64_t assay_about_entries(const struct assay_about *about);
/* Entries of the ledger that the file corresponds to. Grows from file to file. */
ASSAY_API uint64_t assay_about_ledger_size(const struct assay_about *about);
/* The ledger's name, which is the name of its key. */
ASSAY_API const char *assay_about_origin(const struct assay_about *about);

/* What is listed that speaks for a name.
 *
 *   name, n      what a person types: a domain name in any spelling, a URL with or without its
 *                scheme, an address, a prefix; white space around it is ignored. A name is answered
 *                for by itself and what lies above it, up to its site; a tenant never by his
 *                platform, nor a platform by a tenant; a site never by one path on it
 *   destination  country that is shipped to, "JP" (ISO 3166-1 alpha-2, upper case): rows for it
 *                alone. NULL: every destination. What is forbidden in one country may be lawful in
 *                another: pass the one that your answer is for
 *   out          free it with assay_answer_free. Made, with no rows, also when nothing is listed
 *   errors       ASSAY_SYNTAX (no name), ASSAY_LIMIT (over 8000 octets, or over a limit of DNS),
 *                ASSAY_NOMEM; ASSAY_USAGE, also for a destination that is not two letters A to Z;
 *                ASSAY_CORRUPT when the file was written to after it was opened. After a failure
 *                nothing is known of the name: it counts as not listed */
ASSAY_API int assay_index_lookup(struct assay_index *index, const char *name, size_t n,
                                 const char *destination, struct assay_answer **out,
                                 struct assay_error *error);
ASSAY_API void assay_answer_free(struct assay_answer *answer);

/* How many rows; 0: not listed. Nearest subject first, then by destination. */
ASSAY_API size_t assay_answer_rows(const struct assay_answer *answer);
/* assay_about_time and assay_about_ledger_size of the file that answered. */
ASSAY_API int64_t assay_answer_time(const struct assay_answer *answer);
ASSAY_API uint64_t assay_answer_ledger_size(const struct assay_answer *answer);

/* Of row i, from 0; NULL, 0 or -1 when there is none.
 *
 *   kind         of the subject: "registrable", "host", "url", "ip", "prefix"
 *   subject      what is listed, canonical: "pills.example". Not always the name that was asked for
 *   destination  "JP"
 *   class        "rogue" or "unapproved"; expect new ones, graver or milder
 *   decision     id of the decision's record, 64 hexadecimal digits: the ledger proves it
 *   decided_at   seconds since 1970, UTC
 *   automatic    1 decided by a rule that the operator switched on, 0 by people; -1 no such row
 *   period       1 and *created = creation date of the registration decided on, seconds since 1970:
 *                a name registered anew since is not what was decided on; 0 when it is not known,
 *                and *created is untouched; -1 no such row. created may be NULL */
ASSAY_API const char *assay_row_kind(const struct assay_answer *answer, size_t i);
ASSAY_API const char *assay_row_subject(const struct assay_answer *answer, size_t i);
ASSAY_API const char *assay_row_destination(const struct assay_answer *answer, size_t i);
ASSAY_API const char *assay_row_class(const struct assay_answer *answer, size_t i);
ASSAY_API const char *assay_row_decision(const struct assay_answer *answer, size_t i);
ASSAY_API int64_t assay_row_decided_at(const struct assay_answer *answer, size_t i);
ASSAY_API int assay_row_automatic(const struct assay_answer *answer, size_t i);
ASSAY_API int assay_row_period(const struct assay_answer *answer, size_t i, int64_t *created);

#ifdef __cplusplus
}
#endif

#endif
