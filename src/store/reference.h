/* The files that names are read with: the folder of the lexicon, and the public suffix list.
 *
 *   source  doc/format/lexicon.md; publicsuffix.org/list
 *   paths   C strings; a relative one starts from the working directory
 *   owns    nothing: what is made belongs to the caller
 *   limit   64 MiB a file */
#ifndef STORE_REFERENCE_H
#define STORE_REFERENCE_H

#include "base/err.h"
#include "base/slice.h"
#include "model/domain.h"
#include "model/lexicon.h"

#include <stddef.h>

/* The Debian package publicsuffix puts its list here. */
#define REFERENCE_SUFFIXES "/usr/share/publicsuffix/public_suffix_list.dat"

/* Read the four files of a folder. Free with lexicon_free.
 * ERR_NOTFOUND, ERR_SYNTAX "DIR: drugs.tsv:12: ...", ERR_LIMIT, ERR_IO, ERR_NOMEM. */
int reference_load_lexicon(const char *dir, struct lexicon **out, struct err *err);

/* Read a list. Free with suffixes_free.
 *
 *   path       NULL: REFERENCE_SUFFIXES
 *   platforms  n more suffixes under which tenants are subjects of their own
 *   return     0; ERR_NOTFOUND, ERR_SYNTAX (as suffixes_new), ERR_LIMIT, ERR_IO, ERR_NOMEM */
int reference_load_suffixes(const char *path, const struct slice *platforms, size_t n,
                            struct suffixes **out, struct err *err);

#endif
