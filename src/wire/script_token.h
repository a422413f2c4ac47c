/* The tokens of a script, as far as wire/redirect.c needs them. Shared by redirect.c and
 * script_token.c alone.
 *
 *   source  ECMAScript 2023, 12 (lexical grammar), B.1.1 (HTML-like comments)
 *   guess   whether '/' divides or begins an expression is told from the token before it */
#ifndef WIRE_SCRIPT_TOKEN_H
#define WIRE_SCRIPT_TOKEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
	TOKEN_NAME,   /* also keywords */
	TOKEN_STRING, /* with its quotes; a template without ${} too */
	TOKEN_PUNCTUATION,
	TOKEN_OTHER,  /* numbers, expressions, templates with ${} */
};

struct token {
	enum token_kind kind;
	uint32_t from, to; /* bytes of the script */
	uint32_t match;    /* of an opening bracket: index of the closing one, or n */
	bool newline;      /* a line ended before it */
};

struct tokens {
	struct slice script;
	struct token *token;
	size_t n;
};

/* At most `most` of them; what stands behind is not read. ERR_NOMEM. */
int script_tokens(struct slice script, size_t most, struct arena *a, struct tokens *out,
                  struct err *err);

static inline struct slice token_text(const struct tokens *t, size_t i)
{
	return i < t->n ? slice_sub(t->script, t->token[i].from, t->token[i].to) :
			  (struct slice){ 0 };
}

static inline bool token_is(const struct tokens *t, size_t i, const char *text)
{
	return i < t->n && t->token[i].kind != TOKEN_STRING &&
	       slice_eq_str(token_text(t, i), text);
}

/* Append the value of a TOKEN_STRING as UTF-8. */
void token_string(const struct tokens *t, size_t i, struct buf *out);

#endif
