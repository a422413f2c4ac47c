/* What collecting goes by: the suffix list, the lexicon, the servers of parking, the words of
 * links.
 *
 * A header of its own: rooms have words of the same name, and who includes this one includes no
 * other room's. */
#ifndef CMD_COLLECT_TABLES_H
#define CMD_COLLECT_TABLES_H

#include "collect/parking.h"
#include "model/config.h"
#include "model/domain.h"
#include "wire/json.h"

struct link_words;
struct page_reader;

struct collect_tables {
	struct rulebook *rules; /* owned; the suffix list lies in it */
	const struct suffixes *suffixes;
	struct link_words *words;  /* owned */
	struct page_reader *pages; /* owned */
	struct parking parking;
	json_t *inputs; /* owned: their addresses, as orders are described with */
};

/* ERR_NOTFOUND, ERR_SYNTAX, ERR_IO, ERR_NOMEM; release it in any case. Texts in the arena. */
int collect_tables_load(const struct config *config, struct arena *arena,
                        struct collect_tables *out, struct err *err);
void collect_tables_release(struct collect_tables *t);

#endif
