/* The public pages, as HTML that is whole without any script, and as plain text.
 *
 *   escaping  everything that comes from outside goes through one writer (wire/markup.h), so no
 *             quotation can become markup; addresses of judged sites are shown as text, never as
 *             links that somebody may follow by mistake
 *   language  of the catalogue; what a pack says in English alone carries lang="en"
 *   reader    a country that was chosen, or none; never guessed
 *   script    the pages name modules under /assets/ that add to them; nothing is lost without */
#ifndef PUBLISH_PAGE_H
#define PUBLISH_PAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/catalogue.h"
#include "model/contacts.h"
#include "wire/json.h"

struct page_reader {
	const struct catalogue *catalogue;
	enum catalogue_language language;
	const struct contacts *contacts;
	struct slice destination;           /* chosen country, "JP"; empty: none chosen */
	const struct slice *destinations;   /* that can be chosen, ISO 3166-1 alpha-2, sorted */
	size_t destinations_n;
	struct slice appeal_address;        /* of the operator of this instance; empty: none set */
	bool demonstration;                 /* the shipped synthetic example: say so on every page */
};

/* The page of a name, /d/NAME, from its public answer (publish/answer.h). ERR_NOMEM. */
int page_of_name(const json_t *answer, const struct page_reader *reader, struct buf *out,
                 struct err *err);

/* The same as plain text for a terminal, lines up to 100 columns. */
int page_of_name_text(const json_t *answer, const struct page_reader *reader, struct buf *out,
                      struct err *err);

/* Home, /, with its search box. query: what was typed and could not be read, with why from the
 * catalogue ("search.not_a_name"); empty. */
int page_home(const struct page_reader *reader, struct slice query, const char *why,
              struct buf *out, struct err *err);
int page_home_text(const struct page_reader *reader, struct buf *out, struct err *err);

/* A page for a failure: 404, 400, 500, 503. */
int page_failure(const struct page_reader *reader, unsigned status, struct buf *out,
                 struct err *err);

#endif
