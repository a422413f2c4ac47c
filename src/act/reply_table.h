/* The phrases of policy/notice/replies.tsv, folded: what reply.c and reply_text.c share. */
#ifndef ACT_REPLY_TABLE_H
#define ACT_REPLY_TABLE_H

#include "act/reply.h"

enum phrase_kind {
	PHRASE_ACKNOWLEDGEMENT,
	PHRASE_REFUSAL,
	PHRASE_REQUEST,
	PHRASE_CLAIM,
	PHRASE_COVER,
	PHRASE_CONDITION,
	PHRASE_TICKET,
	PHRASE_QUOTE,
	PHRASE_KINDS
};

enum { PHRASE_PIECES = 4, PHRASE_GAP = 60 };

struct phrase {
	enum phrase_kind kind;
	bool strong;    /* counts in a sentence that states a condition, too */
	bool anywhere;  /* condition: holds it, where others begin with it */
	bool open;      /* its last word may go on */
	struct slice piece[PHRASE_PIECES]; /* folded; of a ticket as written */
	size_t n;
};

struct reply_table {
	struct arena arena;
	struct phrase *phrase;
	size_t n;
};

/* Where a phrase stands in a folded text, from an offset on. */
bool phrase_find(const struct phrase *p, struct slice folded, size_t from, size_t *start,
                 size_t *end);

#endif
