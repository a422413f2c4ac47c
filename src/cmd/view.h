/* What people and programs are shown of a subject: how it stands, and why. Read from the store. */
#ifndef CMD_VIEW_H
#define CMD_VIEW_H

#include "assess/explain.h"
#include "base/arena.h"
#include "base/buf.h"
#include "decide/standing.h"
#include "model/domain.h"
#include "model/subject.h"
#include "store/store.h"
#include "wire/json.h"

enum view_depth {
	VIEW_STANDING, /* the rows' standing alone: enough for yes or no, a tenth of the reading */
	VIEW_TOLD,     /* what publish/answer.h may tell, and its bounds are what is read: findings
	                  where a listing stands, and no word of what waits for people */
	VIEW_WHOLE,    /* verdicts, findings and acts too */
};

struct view_row {
	const struct standing *standing;
	json_t *verdict;        /* the record's body; NULL where there is none */
	const json_t *cell;     /* of the verdict, for the destination; NULL likewise */
	json_t *decision;       /* in force, or taken back; NULL */
	json_t *correction;     /* NULL */
	struct slice why;       /* one line */
	bool has_findings;      /* they are read, and are in view_json */
};

enum { VIEW_KEPT = 64 /* findings held at hand: those of most verdicts, for all destinations */ };

/* Stays where it was loaded: its source points to it. */
struct view {
	struct subject subject;
	struct view_row *row;
	size_t n;
	struct store *store;
	struct explain_source source;
	enum view_depth depth;
	struct view_kept {
		struct sha256 id;
		json_t *body;
	} kept[VIEW_KEPT];
	size_t turn;
};

/* Load how a subject stands. A subject that nothing is known of has n 0. Release it in any case;
 * slices lie in the arena. */
int view_load(struct store *store, struct subject subject, const struct suffixes *suffixes,
              enum view_depth depth, struct arena *a, struct view *out, struct err *err);
void view_release(struct view *v);

/* "rogue", or "unapproved (foreign_legal)". */
void view_put_class(const struct view_row *row, struct buf *out);

/* The table: a row for all destinations that stand alike, the subject on the first. */
void view_put_head(struct buf *out);
void view_put_table(const struct view *v, struct buf *out);

/* Everything: per destination class, state, reasons with quotations, decision, correction. */
int view_put_text(const struct view *v, struct buf *out, struct err *err);

/* The same as an object of JSON: a new reference, or NULL when there is no memory. name is what was
 * asked for. */
json_t *view_json(const struct view *v, struct slice name);

#endif
