/* The matcher of a lexicon: mapped where its image lies, else built.
 *
 * An image is looked for where only who may replace the program can put one: beside it, where the
 * build leaves it, then where `ninja install` puts it. Never beside the lexicon, which may have come
 * with somebody's evidence: a lexicon is known by its digest, and nothing tells a forged image.
 *
 * One that does not fit the lexicon in use, as after an edit, or that is damaged, is passed over
 * without a word: the matcher that is built gives the same hits, half a second later. */
#ifndef CMD_MATCHER_LOAD_H
#define CMD_MATCHER_LOAD_H

#include "assess/matcher.h"
#include "sys/mmap.h"

/* From the folder that the program lies in. */
#define MATCHER_BUILT "matcher.img"
#define MATCHER_INSTALLED "../share/assay/matcher.img"

/* Free the matcher, then release the image, which stays empty where the matcher was built. The
 * lexicon must outlive both. What matcher_new returns. */
int matcher_load(const struct lexicon *lexicon, struct mmap_file *image, struct matcher **out,
                 struct err *err);

/* The same with the path of an image. */
int matcher_load_from(const char *path, const struct lexicon *lexicon, struct mmap_file *image,
                      struct matcher **out, struct err *err);

#endif
