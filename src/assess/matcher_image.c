/*
 *	0    8   "assayma" LF          in the machine's byte order:
 *	8    4   0x01020304            tells that order
 *	12   4   version
 *	16   32  digest of the lexicon
 *	48   64  fold_version, NULs behind it
 *	112  8   bytes of the automaton
 *	120  32  SHA-256 of all that is before, and of the automaton
 *	152  ..  the automaton (base/automaton_tables.h)
 */
#include "assess/matcher_image.h"

#include <stdlib.h>


enum { ORDER = 0x01020304, FOLD_ROOM = 64, SUMMED = MATCHER_IMAGE_HEADER - SHA256_LEN };

struct header {
	char magic[8];
	uint32_t order, version;
	struct sha256 lexicon;
	char fold[FOLD_ROOM];
	uint64_t length;
	struct sha256 sum;
};
_Static_assert(sizeof(struct header) == MATCHER_IMAGE_HEADER, "no gaps");
_Static_assert((int)FOLD_VERSION_SIZE <= (int)FOLD_ROOM, "room for it");

/* What the header of an image for this lexicon is, but for the last two. */
static struct header wanted(const struct lexicon *lexicon)
{
	struct header h = { .magic = { 'a', 's', 's', 'a', 'y', 'm', 'a', '\n' },
		            .order = ORDER,
		            .version = MATCHER_IMAGE_VERSION,
		            .lexicon = lexicon->digest };

	fold_version(h.fold);
	return h;
}

/* False when there is no memory. */
static bool sum(const struct header *h, struct slice automaton, struct sha256 *out)
{
	struct sha256_stream *s = sha256_new();

	if (!s)
		return false;
	sha256_add(s, slice_from((const char *)h, SUMMED));
	sha256_add(s, automaton);
	*out = sha256_end(s);
	return true;
}

int matcher_image_seal(struct slice automaton, const struct lexicon *lexicon, struct buf *out,
                       struct err *err)
{
	struct header h = wanted(lexicon);

	h.length = automaton.n;
	if (!sum(&h, automaton, &h.sum))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_put(out, slice_from((const char *)&h, sizeof(h)));
	buf_put(out, automaton);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
}

int matcher_image_format(const struct matcher *m, const struct lexicon *lexicon, struct buf *out,
                         struct err *err)
{
	return matcher_image_seal(automaton_bytes(matcher_automaton(m)), lexicon, out, err);
}

/* Why an image of these bytes cannot be used, before its body is looked at. */
static int check(const struct header *h, size_t n, const struct lexicon *lexicon, struct err *err)
{
	struct header want = wanted(lexicon);

	if (memcmp(h->magic, want.magic, sizeof(h->magic)) != 0)
		return err_set(err, ERR_CORRUPT, 0, "no image of a matcher");
	if (h->order != want.order)
		return err_set(err, ERR_REFUSED, 8, "it is of a machine with another byte order");
	if (h->version != want.version)
		return err_set(err, ERR_REFUSED, 12, "its version is %u, ours %u",
		               (unsigned)h->version, (unsigned)want.version);
	if (!sha256_eq(h->lexicon, want.lexicon))
		return err_set(err, ERR_REFUSED, 16, "it is of another lexicon");
	if (memcmp(h->fold, want.fold, sizeof(h->fold)) != 0)
		return err_set(err, ERR_REFUSED, 48, "its text was folded in another way");
	if (h->length != n - sizeof(*h))
		return err_set(err, ERR_CORRUPT, 112, "it is cut off");
	return 0;
}

int matcher_image_open(struct slice bytes, const struct lexicon *lexicon, struct matcher **out,
                       struct err *err)
{
	struct automaton *automaton = NULL;
	struct header h;
	struct sha256 found;

	if (bytes.n < sizeof(h))
		return err_set(err, ERR_CORRUPT, 0, "no image of a matcher");
	memcpy(&h, bytes.p, sizeof(h));
	int rc = check(&h, bytes.n, lexicon, err);
	if (rc)
		return rc;
	struct slice body = slice_sub(bytes, sizeof(h), bytes.n);
	if (!sum(&h, body, &found))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (!sha256_eq(found, h.sum))
		return err_set(err, ERR_CORRUPT, 120, "its digest does not fit");
	rc = automaton_borrow(body, &automaton, err);
	if (rc == 0)
		rc = matcher_of(lexicon, automaton, out, err);
	if (rc)
		automaton_free(automaton);
	return rc;
}
