/* What sites are judged by: lexicon, packs, suffix list, loaded from where the configuration says. */
#ifndef CMD_RULEBOOK_H
#define CMD_RULEBOOK_H

#include "assess/report.h"
#include "assess/signature.h"
#include "assess/verdict.h"
#include "base/arena.h"
#include "model/config.h"
#include "model/domain.h"
#include "sys/mmap.h"
#include "wire/fold.h"

struct rulebook {
	struct lexicon *lexicon;
	struct suffixes *suffixes;
	struct matcher *matcher;   /* NULL where packs were not asked for */
	struct mmap_file image;    /* what the matcher reads, where it was not built */
	struct pack *pack;         /* those that judge stand first: assessor.pack_n of them */
	size_t pack_n;             /* all that the folder holds */
	struct pack_signer *signer; /* of each */
	struct assessor assessor;
	struct report_inputs inputs;
	char fold[FOLD_VERSION_SIZE];
	struct arena arena;
};

/* Load suffixes; the lexicon too where `words`, packs and matcher too where `packs`. Whether packs
 * may judge, and whether they agree, is not asked here: cmd/packbook.h.
 * ERR_NOTFOUND, ERR_SYNTAX "packs/us.yaml:12: …", ERR_IO, ERR_NOMEM; release it in any case. */
int rulebook_load(const struct config *config, bool words, bool packs, struct rulebook *out,
                  struct err *err);
void rulebook_release(struct rulebook *b);

#endif
