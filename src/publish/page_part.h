/* What the parts of a page share: words of the catalogue, dates, countries, links. Not for use
 * outside publish/page*.c.
 *
 *   key     a literal of the program, in the catalogue; a test reads these sources and compares
 *   family  a key with an id behind it, "class" and "rogue": may be missing for an id that somebody
 *           added, and then the id itself (or other words) is shown */
#ifndef PUBLISH_PAGE_PART_H
#define PUBLISH_PAGE_PART_H

#include "publish/page.h"
#include "publish/sheet.h"

enum { PART_LINE = 400, PART_NAME = 300, PART_QUOTE = 600 }; /* characters of others' text shown */

struct part {
	struct sheet sheet;
	struct page_reader own; /* the caller's, a destination that is no country taken out */
	const struct page_reader *reader; /* &own */
	const json_t *answer;  /* NULL but on the page of a name */
	struct slice name;     /* of the answer */
	const char *kind;      /* "home", "name", "failure" */
	struct buf path;       /* of this page, "/d/x.example"; owned */
	struct buf fill;       /* room for what is put together; owned */
};

/* What fills {name} in a sentence. */
enum part_how {
	PART_OWN,     /* words of ours */
	PART_FOREIGN, /* text of others */
	PART_ENGLISH, /* text of others or of a pack, in English */
	PART_DATE,    /* a time as records write it, shown as a day */
	PART_COUNTRY, /* ISO 3166-1, shown as in the midst of a sentence */
};

struct part_value {
	const char *name;
	struct slice value;
	enum part_how how;
};

/* A sentence as text of the element that is open. */
void part_say(struct part *p, const char *key);
void part_say_with(struct part *p, const char *key, const struct part_value *v, size_t n);

/* The same as an element of its own. class may be NULL. */
void part_line(struct part *p, const char *element, const char *class, const char *key);
void part_line_with(struct part *p, const char *element, const char *class, const char *key,
                    const struct part_value *v, size_t n);

/* A sentence as the value of an attribute; nothing in plain text. */
void part_attr(struct part *p, const char *name, const char *key);

/* The sentence of a family's id, empty when there is none. Borrowed of the catalogue. */
struct slice part_word(const struct part *p, const char *family, struct slice id);

/* The name of a country: alone ("United States"), or within a sentence ("the United States"). */
struct slice part_country(const struct part *p, struct slice country);
struct slice part_country_within(const struct part *p, struct slice country);

/* Text of a pack or a person that exists in English alone, marked as such. */
void part_english(struct part *p, struct slice text, size_t max);

/* A time of a record as a day, "23 October 2026", in <time>; as it is where it is no time. With
 * the hour where exact. */
void part_date(struct part *p, struct slice time, bool exact);

/* href to a page of ours with what the reader chose: "/x?for=JP&lang=en" and, where anchor is not
 * NULL, "#anchor". */
void part_href(struct part *p, struct slice path, struct slice destination,
               enum catalogue_language language);

/* <a> to a path of ours with a word of the catalogue. */
void part_link(struct part *p, struct slice path, const char *key);

/* Names of countries as one phrase, "Japan, Canada and the United States", appended to out. */
void part_countries(const struct part *p, const struct slice *country, size_t n, struct buf *out);

/* Two capital letters. */
bool part_is_country(struct slice s);

/* The frame (page_frame.c). title is plain text; p must stay where it is until part_close. */
int part_open(struct part *p, const struct page_reader *reader, const char *kind, bool plain,
              struct slice path, struct buf *out);
void part_head(struct part *p, struct slice title);
void part_foot(struct part *p);
int part_close(struct part *p, struct err *err);

/* Form fields shared by the frame and home. */
void part_choose(struct part *p);
void part_search(struct part *p, struct slice query, bool is_wrong);

/* What is told about one destination. */
struct telling {
	struct slice destination;
	const json_t *cell, *subject; /* NULL: nothing is known for it */
	struct slice class, state;    /* as shown: "unknown" for a name that nobody knows */
	const char *head, *lead;      /* keys; lead NULL: who decided, and when */
	bool is_foreign_legal;
};

void telling_of(const struct part *p, struct slice destination, struct telling *out);
/* Whether it has a row of its own: something is known for it, or it is chosen. The others stand
 * together in one sentence. */
bool telling_has_row(const struct part *p, const struct telling *t);
/* Whether it has a section of its own: there is more to say than the answer or the row says. */
bool telling_has_section(const struct telling *t);
bool telling_is_harsh(const struct telling *t); /* a decision against the site is in force */
/* The words of a verdict, of its own for a pharmacy that is licensed abroad. */
struct slice telling_word(const struct part *p, const struct telling *t);

/* Destinations that a page speaks of: those that can be chosen and those with a cell, the chosen
 * one first, then sorted. At most max; returns how many. */
size_t part_destinations(const struct part *p, struct slice *out, size_t max);
enum { PART_DESTINATIONS = 300 };

/* The parts, in order. */
void part_answer(struct part *p);                      /* page_answer.c: heading and lead */
void part_contents(struct part *p);                    /* page_help.c: links to what follows */
void part_verdict(struct part *p, const struct telling *t, bool is_heading);
void part_matrix(struct part *p);
void part_destination(struct part *p, const struct telling *t); /* page_cell.c */
/* page_quote.c: a list item. label: what its words say, or empty; destination: whose law is told
 * of drugs. q may be NULL. */
void part_quotation(struct part *p, const json_t *q, struct slice label, struct slice destination);
bool part_is_digest(struct slice s);                   /* 64 lower-case hexadecimal digits */
void part_proofs(struct part *p);                      /* page_help.c */
void part_appeal(struct part *p);
void part_bought(struct part *p);
void part_safer(struct part *p);

#endif
