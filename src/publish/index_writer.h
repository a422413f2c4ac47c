/* Draws the lookup index (publish/index.h, doc/format/index.md).
 *
 * The same rows, suffix list, ledger size and key give the same bytes on any machine, in whatever
 * order the rows came. Held in memory: about 200 bytes a row, and the file. */
#ifndef PUBLISH_INDEX_WRITER_H
#define PUBLISH_INDEX_WRITER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/domain.h"
#include "publish/index.h"
#include "wire/note.h"

#include <stddef.h>
#include <stdint.h>

struct index_writer;

/* suffixes must outlive the writer, and must have been made from the text of a list: libpsl's
 * built-in one cannot be walked (ERR_REFUSED). ERR_NOMEM. */
int index_writer_new(const struct suffixes *suffixes, struct index_writer **out, struct err *err);
/* NULL is fine. */
void index_writer_free(struct index_writer *w);

/* Take a row; it is copied. ERR_SYNTAX for a destination that is no country, or a class that is
 * none of the two; ERR_LIMIT for a key of over 65,535 bytes; ERR_NOMEM. The key must be canonical
 * (subject_from_key). */
int index_writer_add(struct index_writer *w, const struct index_row *row, struct err *err);

/* Draw the file of all rows and append it to out, which must be empty.
 *
 *   ledger_size, time  as in struct index_about
 *   about   what was signed, or NULL; .origin points into the signer's key
 *   return  0; ERR_SYNTAX when two rows of one subject and destination differ; ERR_LIMIT for more
 *           than 4,294,967,295 names, 255 rows of one key, or 32 GiB in one section; ERR_NOMEM */
int index_writer_end(struct index_writer *w, uint64_t ledger_size, int64_t time,
                     const struct note_signer *signer, struct buf *out, struct index_about *about,
                     struct err *err);

/* A section as it lies in the file. */
struct index_section {
	uint32_t id;
	uint32_t flags;       /* INDEX_SECTION_NEEDED of publish/index_layout.h, or 0 */
	struct slice content; /* not empty; a multiple of 32 bytes */
};

/* Put head, digests and signed note around sections: what index_writer_end does last. Of about,
 * everything but root is taken. For tests, which need files that are whole and wrong. */
int index_seal(const struct index_section *sections, size_t n, const struct index_about *about,
               const struct note_signer *signer, struct buf *out, struct sha256 *root,
               struct err *err);

#endif
