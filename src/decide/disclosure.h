/* The letter that tells the operator of a site, before it is listed, what was observed and how to
 * answer.
 *
 *   source  DESIGN, rules 2, 10, 14; Article 17 of Regulation (EU) 2022/2065 (Digital Services Act):
 *           facts, ground and law, territory, automation in detection and in decision, redress
 *   words   policy/notice/disclosure.tsv; in the language of the pages, with English beneath
 *   form    plain text, UTF-8, lines of at most 72 columns ended by LF; no link but the address for
 *           answers; addresses of pages are written so that no program makes them links
 *   says    what was observed, where and when; never who did it, and no natural person's name: texts
 *           of pages come with personal contact data masked already (wire/redaction.h)
 *
 * A site that is licensed where it dispenses gets another letter: no accusation, for destinations
 * only. One letter is of one kind; disclosure_kind_of says which a cell belongs to. */
#ifndef DECIDE_DISCLOSURE_H
#define DECIDE_DISCLOSURE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/catalogue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disclosure_kind {
	DISCLOSURE_NONE,    /* nothing to tell: no class that is listed */
	DISCLOSURE_REVIEW,  /* rogue or unapproved */
	DISCLOSURE_FOREIGN, /* unapproved on the ground foreign_legal */
};

/* Of a cell of a verdict. */
enum disclosure_kind disclosure_kind_of(struct slice class, struct slice ground);

enum disclosure_when {
	DISCLOSURE_BEFORE,  /* nothing was decided: it can wait */
	DISCLOSURE_AT_ONCE, /* listed without a wait: imminent harm is documented */
	DISCLOSURE_LISTED,  /* listed already, and its operator was not told then */
};

/* A place on a page. */
struct disclosure_quote {
	struct slice quote;         /* masked; UTF-8 */
	struct slice host, path;    /* of the page: "pills.example", "/shop/?id=1" */
	struct slice vantage;       /* may be empty */
	int64_t at;
	struct sha256 evidence;
};

/* A rule that the pages satisfied for a destination. */
struct disclosure_ground {
	struct slice rule, text;    /* its id and its English words */
	const struct slice *law;    /* citations: "PMD Act (Act No. 145 of 1960), Art. 49(1)" */
	size_t law_n;
	const struct disclosure_quote *quote;
	size_t quote_n;
};

struct disclosure_cell {
	struct slice destination, class, ground; /* "JP", "rogue", the rule's */
	struct slice authority, number;          /* of the register row behind foreign_legal, or empty */
	const struct disclosure_ground *grounds;
	size_t grounds_n;
};

struct disclosure {
	enum disclosure_kind kind;
	struct slice site;           /* key of the subject */
	struct slice list;           /* what published forms call the list */
	struct slice appeal_address; /* where answers go */
	struct slice reference;      /* what an answer names */
	struct slice reason;         /* a reviewer's statement, masked; may be empty */
	const struct disclosure_cell *cell;
	size_t cell_n;
	int64_t not_before;          /* no listing earlier; of DISCLOSURE_BEFORE */
	enum disclosure_when when;
};

enum { DISCLOSURE_GROUNDS = 8, DISCLOSURE_QUOTES = 4 }; /* told of one cell, of one ground */

/* The column of the catalogue to write in.
 *
 *   lang   BCP 47 of the pages' own mark, may be empty or nonsense
 *   text   of a page: where lang says nothing its script does (kana, hangul, Cyrillic, Han)
 *   return a column; English (0) for a language that the catalogue has not */
size_t disclosure_language(const struct catalogue *c, struct slice lang, struct slice text);

/* Append the letter's subject line (one line, no LF) and its text.
 *
 *   column  of the catalogue; 0 writes English alone
 *   return  0; ERR_SYNTAX for a catalogue without a sentence that is needed (names it), and for a
 *           letter of kind DISCLOSURE_NONE, without cells or without an address for answers;
 *           ERR_LIMIT; ERR_NOMEM */
int disclosure_letter(const struct disclosure *d, const struct catalogue *c, size_t column,
                      struct buf *subject, struct buf *text, struct err *err);

#endif
