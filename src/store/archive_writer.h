/* An archive that is written beside a loop, by a thread of its own: compressing, hashing and waiting
 * for the disk do not hold up who fetches.
 *
 *     loop    --> begin, put, put, seal --> thread: as archive.h has them, in this sequence
 *             <-- what became of each   <--
 *
 *   told      what became of a put is told when it is kept as archive_put keeps it, of a seal when
 *             archive_seal would have returned: neither is promised earlier for being asked for here
 *   disk      seals that wait are ended together: one wait for the disk for all of them
 *   sequence  of everything is the sequence in which it was asked for
 *   archive   belongs to the thread while anything that was asked for is not told */
#ifndef STORE_ARCHIVE_WRITER_H
#define STORE_ARCHIVE_WRITER_H

#include "store/archive.h"
#include "sys/loop.h"

struct archive_writer;
struct archive_writing; /* one order */

int archive_writer_new(struct loop *l, struct archive *a, struct archive_writer **out,
                       struct err *err); /* ERR_NOMEM, ERR_IO */
/* What was asked for is done and told first. Orders that were not ended end here; archive_close takes
 * them back. Not from within a function that is told. NULL is fine. */
void archive_writer_free(struct archive_writer *w);

/* Begin an order; about is copied. ERR_NOMEM; what archive_begin says against it is told for each
 * put and for the seal. */
int archive_writer_begin(struct archive_writer *w, const json_t *about, struct archive_writing **out,
                         struct err *err);

struct archive_written {
	int rc; /* archive_put, archive_seal; err says why */
	struct err err;
	struct evidence response, picture; /* of a put */
	bool has_response, has_picture;
};
typedef void (*archive_written_fn)(void *ctx, const struct archive_written *w);

/* Keep one exchange. All that x points to must stay until fn is called, from the loop. ERR_NOMEM. */
int archive_writer_put(struct archive_writing *o, const struct exchange *x, const char *purpose,
                       enum evidence_class class, archive_written_fn fn, void *ctx, struct err *err);
/* Without an answer: where it fails the seal does. ERR_NOMEM. */
int archive_writer_put_fault(struct archive_writing *o, uint32_t number, enum exchange_fault fault,
                             struct err *err);

/* Each ends the order: o is gone when it returns. */
void archive_writer_seal(struct archive_writing *o, struct sha256 observations, size_t observation_n,
                         archive_written_fn fn, void *ctx);
void archive_writer_drop(struct archive_writing *o);

#endif
