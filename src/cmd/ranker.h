/* The configured ranking model, asked about what the store holds of a subject.
 *
 * It orders what waits for people (`assay review`), and is opened nowhere else: no command that judges
 * or decides can see a score. */
#ifndef CMD_RANKER_H
#define CMD_RANKER_H

#include "assess/rank_model.h"
#include "model/config.h"
#include "model/domain.h"
#include "store/store.h"
#include "sys/mmap.h"

struct ranker {
	bool is_on;              /* a model is configured */
	struct rank_model model;
	const struct suffixes *suffixes;
	struct lexicon *lexicon;
	struct matcher *matcher;
	struct mmap_file image;  /* what it reads, where it was not built */
	struct arena arena;
};

/* Read a model file. ERR_NOTFOUND, ERR_SYNTAX "FILE: model: ...", ERR_LIMIT, ERR_IO, ERR_NOMEM. */
int ranker_read(const char *path, struct arena *a, struct rank_model *out, struct err *err);

/* Open what the configuration names; without a model there is nothing to open. Close it in any case.
 * As ranker_read, and reference_load_lexicon. */
int ranker_open(const struct config *config, const struct suffixes *suffixes, struct ranker *out,
                struct err *err);
void ranker_close(struct ranker *r);

/* Score the pages of a subject in its newest registration period. *scored is false where no model is
 * configured or no page can be read (a path split off from its host has no pages of its own). Names of
 * reasons lie in the arena. */
int ranker_score(const struct ranker *r, struct store *store, struct subject subject, struct arena *a,
                 struct rank_score *out, bool *scored, struct err *err);

#endif
