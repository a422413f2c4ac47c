/* A matcher as bytes, made once for a lexicon and mapped by each program that reads with it.
 *
 *   source  doc/format/matcher.md
 *   why     a matcher takes half a second to build from the shipped lexicon, and the image 9 ms to
 *           check: what a command costs that reads one page
 *   fits    the header names everything that a matcher is built from: the lexicon by its digest,
 *           the rules and data of folding (fold_version), how phrases are spelled and tables laid
 *           out (the format's version), the machine's byte order. An image that differs in one of
 *           them is not used, so results never depend on whether there is one
 *   damage  the body has a SHA-256, checked whole (10 MB at 1.4 GB/s: 7 ms): without it a flipped
 *           bit would give other hits and so, silently, another verdict. It tells damage, not who
 *           wrote it: a file that others may write to is no place for an image. Whatever the
 *           bytes are, a walk stays within them (base/automaton.h) */
#ifndef ASSESS_MATCHER_IMAGE_H
#define ASSESS_MATCHER_IMAGE_H

#include "assess/matcher.h"
#include "base/buf.h"

/* Raised when the same lexicon may give other patterns, or the same patterns other tables. */
#define MATCHER_IMAGE_VERSION 1

enum { MATCHER_IMAGE_HEADER = 152 /* bytes before the automaton */ };

/* Append the image. m was made from lexicon. ERR_NOMEM. */
int matcher_image_format(const struct matcher *m, const struct lexicon *lexicon, struct buf *out,
                         struct err *err);

/* The same around an automaton's bytes, whatever they are: what fuzz/fuzz_matcher.c needs. */
int matcher_image_seal(struct slice automaton, const struct lexicon *lexicon, struct buf *out,
                       struct err *err);

/* A matcher that reads the automaton where it lies: the bytes begin at an address that 8 divides
 * and stay until matcher_free, as the lexicon does.
 *
 * ERR_REFUSED when it is of another lexicon, version, folding or machine; ERR_CORRUPT when it is
 * cut off or damaged, or no image; ERR_NOMEM. After any of them matcher_new gives the same hits. */
int matcher_image_open(struct slice bytes, const struct lexicon *lexicon, struct matcher **out,
                       struct err *err);

#endif
