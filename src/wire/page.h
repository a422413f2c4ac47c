/* A page as text: what the readers of HTML and of plain text hand to whoever judges it.
 *
 *   text     UTF-8, well-formed, no NUL; blocks joined by '\n'. This is what quotations count
 *            their offsets in, and what their `text` digest is of (RECORDS.md, Evidence)
 *   hidden   the same for what a visitor does not see, apart, with offsets of its own
 *   blocks   in document order; the text of a block is exactly bytes [start, end) of its text
 *   owns     nothing: every slice and array lies in the arena the page was read into */
#ifndef WIRE_PAGE_H
#define WIRE_PAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Version of the HTML reader. It is raised whenever the same bytes may give other text, blocks,
 * offsets or roles: a rule of ours changes, or the parser under it changes its tree. */
#define PAGE_EXTRACTOR_HTML "html-text/2"
/* Version of the plain text reader, raised by the same rule. */
#define PAGE_EXTRACTOR_PLAIN "plain-text/2"

/* What a block is. Roles from ROLE_LINK on are inner: their span lies inside the block before them
 * that is not inner (`inside`), and repeats some of its bytes. Read the outer blocks for running
 * text, the inner ones for what parts of it are. */
enum block_role {
	ROLE_PARAGRAPH, /* running text, and whatever is nothing else */
	ROLE_TITLE,     /* <title> */
	ROLE_META_DESCRIPTION, /* <meta name=description>, or og:description where that is absent */
	ROLE_HEADING,   /* <h1> to <h6>; level says which */
	ROLE_LIST_ITEM, /* <li>, <dt>, <dd> */
	ROLE_TABLE_CELL, /* <td>, <th>, <caption>; table, row, column say where */
	ROLE_FORM_LABEL, /* <label>, <legend>, the placeholder of a field */
	ROLE_OPTION,    /* <option> of a <select> */
	ROLE_LINK,      /* <a href>, <area href>; may be empty (a linked picture); target = href */
	ROLE_BUTTON,    /* <button>, <input type=submit|button|reset|image>, role=button */
	ROLE_ALT,       /* alt text of an image; may be empty; target = src */
	ROLES_N
};

/* The part of the page a block stands in, from the nearest ancestor that says so. */
enum block_region {
	REGION_BODY,
	REGION_HEADER, /* <header>, role=banner */
	REGION_NAV,    /* <nav>, role=navigation */
	REGION_MAIN,   /* <main>, <article>, role=main */
	REGION_ASIDE,  /* <aside>, role=complementary */
	REGION_FOOTER, /* <footer>, role=contentinfo */
	REGIONS_N
};

struct page_block {
	uint32_t start, end; /* bytes of the text, or of the hidden text where hidden is set */
	uint32_t source;     /* offset of its element or first text in the document as decoded to
	                        UTF-8, less its control characters */
	uint32_t inside;     /* inner roles: index of the outer block they lie in (its own index
	                        where it lies in none, which only an empty one may) */
	enum block_role role;
	enum block_region region;
	bool hidden;
	uint8_t level;       /* headings: 1 to 6; else 0 */
	uint32_t table, row, column; /* from 1; 0 outside tables. table counts in document order */
	uint32_t form;       /* index + 1 in the page's forms; 0 outside forms */
	struct slice lang;   /* nearest lang attribute as written; empty when there is none */
	char language[4];    /* primary subtag: nearest lang attribute, unless the letters cannot be
	                        that language's; else told from the text, else the page's; or "" */
	bool language_said;  /* it is the lang attribute's */
	struct slice target; /* links: href; images: src; buttons: formaction; as written, trimmed */
};

struct page_form {
	struct slice action; /* as written, trimmed; empty: the page itself */
	bool post;
	bool has_password, has_card, has_quantity, has_email, has_file;
	uint32_t fields; /* controls other than hidden ones and buttons */
	uint32_t source; /* as in a block */
};

/* Which of the ways to put data into a page an item was written in. */
enum item_syntax {
	ITEM_JSON_LD,   /* <script type=application/ld+json> */
	ITEM_MICRODATA, /* itemscope, itemprop */
	ITEM_RDFA,      /* typeof, property (RDFa Lite) */
	ITEM_META,      /* <meta property=og:title>, <meta name=twitter:data1>: a value of the page */
	ITEM_SYNTAXES_N
};

/* A thing or a value that the page states as data. The list is a tree laid flat, parents before
 * their parts: a Product, its name "Abc 20 mg", its offers which is an Offer, whose price "19.90".
 * Visitors need not see any of it. */
struct page_item {
	enum item_syntax syntax;
	bool is_thing;         /* has properties of its own; else a value */
	struct slice type;     /* of a thing, less the vocabulary's address: "Product"; may be empty.
	                          Further types of a thing are its values of property "@type" */
	struct slice property; /* what it is to its parent, the same way: "price"; may be empty */
	struct slice value;    /* as UTF-8, trimmed, numbers as written; of a thing: its identifier */
	uint32_t parent;       /* index of the thing it belongs to; its own where there is none */
	uint32_t source, source_end; /* bytes it was written in, counted as a block's source */
};

struct page_text {
	struct slice text, hidden;
	struct page_block *block;
	size_t block_n;
	struct page_form *form;
	size_t form_n;
	struct slice *json_ld; /* bodies of <script type=application/ld+json>, as written */
	size_t json_ld_n;
	struct page_item *item;
	size_t item_n;
	bool items_cut;           /* more was there than the limits of item.h */
	size_t json_ld_broken;    /* bodies that are no JSON; items before the fault are kept */
	struct slice title;       /* of <title>, space collapsed; a view into text */
	struct slice description; /* a view into text */
	struct slice lang;        /* <html lang>, as written */
	char language[4];         /* as in a block, of all that is seen */
	struct slice canonical;   /* <link rel=canonical> href */
	struct slice base;        /* <base href>: what relative targets start from */
	struct slice refresh;     /* target of <meta http-equiv=refresh> */
	struct slice saved_from;  /* URL of a "saved from url=(0014)" comment */
	struct slice generator;   /* <meta name=generator> */
	size_t letters;           /* seen, of any script, but for the title and the description: 0 is a
	                             page without text, whatever its pictures say */
	size_t images;            /* <img> and <input type=image>, seen or hidden */
	size_t dropped;           /* tags taken out before the parser (html_guard.h) */
	size_t depth;             /* of the deepest element in the tree that was read */
	const char *charset;      /* the encoding it was read as, in the WHATWG's name; static */
	const char *extractor;    /* one of the PAGE_EXTRACTOR_ strings */
};

/* "paragraph", "table_cell": as records write them. */
const char *block_role_name(enum block_role r);
const char *block_region_name(enum block_region r);
/* "json_ld": as records write them. */
const char *item_syntax_name(enum item_syntax s);
static inline bool block_role_is_inner(enum block_role r)
{
	return r >= ROLE_LINK;
}

/* The bytes of block b (an element of p->block). */
struct slice page_block_text(const struct page_text *p, const struct page_block *b);

/* Plain UTF-8 text as a page: one ROLE_PARAGRAPH a line, space trimmed and collapsed, empty lines
 * dropped, malformed bytes and NUL as U+FFFD. ERR_LIMIT above 16 MiB, ERR_NOMEM. */
int page_plain(struct slice text, struct arena *a, struct page_text *out, struct err *err);

#endif
