/* The lookup index: every listing in force, in one file that is asked without being read in.
 *
 *   source    doc/format/index.md draws the bytes; publish/index_writer.h makes them
 *   holds     decisions in force (unapproved or rogue), never a verdict that waits for people
 *   exact     a name is compared byte by byte: a collision of hashes lists nobody
 *   answers   as model/subject.h, subject_chain: a name for itself and what lies below it up to its
 *             site's border, a landlord never for a tenant; a url by its folders, both schemes and
 *             its host; an address by its prefixes. No suffix list is needed for asking: the writer
 *             has put the borders into the file
 *   damage    every byte that is used is covered by the signature, over a tree of SHA-256 of blocks
 *             of 64 KiB. The head is checked when the file is opened, a block when it is first used
 *   threads   an open index may be asked by any number of threads at once
 *   owns      a few bytes beside the file; the file's bytes belong to the caller, are never written
 *             to, and must stay as they are until index_close (store/index.h maps a file) */
#ifndef PUBLISH_INDEX_H
#define PUBLISH_INDEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/slice.h"
#include "model/subject.h"
#include "wire/note.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum index_class { INDEX_UNAPPROVED = 1, INDEX_ROGUE = 2 };

/* The word of a class as records write it: "unapproved", "rogue". */
const char *index_class_name(enum index_class c);

/* How a subject is listed for one destination. */
struct index_row {
	struct subject subject;
	char destination[3];    /* ISO 3166-1 alpha-2, "JP" */
	enum index_class class;
	bool automatic;         /* decided by a rule that the operator switched on, not by a person */
	bool has_period;
	int64_t period;         /* creation date of the registration decided on, UTC seconds, or 0 */
	int64_t at;             /* of the decision, UTC seconds */
	struct sha256 decision; /* id of its record: the ledger proves it */
};

/* What the signed note of an index says. Slices point into the file's bytes. */
struct index_about {
	struct slice origin;    /* the ledger's, which is the name of the key that signed */
	uint64_t entries;       /* subjects listed */
	uint64_t ledger_size;   /* entries of the ledger that it corresponds to */
	int64_t time;           /* of the last of them, UTC seconds */
	struct sha256 root;     /* over the head, and through it over every byte */
	struct sha256 suffixes; /* of the suffix list and platforms that gave the borders */
};

struct index;

/* Open the bytes of a file.
 *
 *   key     who must have signed it; NULL: the signature is not checked (whoever has checked the
 *           file in another way), everything else is
 *   return  0
 *           ERR_CORRUPT   it is no index, cut short, or damaged; says where
 *           ERR_REFUSED   another version of the format, or a section that must be understood and
 *                         is not: a newer program is needed; or it is signed by another key
 *           ERR_NOMEM */
int index_open(struct slice bytes, const struct note_key *key, struct index **out, struct err *err);

/* NULL is fine. */
void index_close(struct index *ix);

/* Valid until index_close. */
const struct index_about *index_about(const struct index *ix);

struct index_answer {
	struct index_row *row; /* n of them, nearest subject first, then by destination; in the
	                          arena. Keys of names point into the key that was asked for, others
	                          lie in the arena */
	size_t n;              /* 0: nothing of it is listed */
};

/* Ask.
 *
 *   of      a canonical subject. subject_parse without a suffix list (NULL) makes one: whether a
 *           name is `registrable` or `host` does not matter here
 *   arena   takes the rows, and for a url or an address the chain that is asked; a name that is
 *           not listed takes nothing
 *   return  0, also when nothing is listed; ERR_CORRUPT says what is damaged, and then nothing is
 *           known of the subject; ERR_SYNTAX for a key that is not canonical; ERR_NOMEM */
int index_find(const struct index *ix, struct subject of, struct arena *arena,
               struct index_answer *out, struct err *err);

/* Check every block and every entry now: before a file takes the place of one that is served.
 * ERR_CORRUPT. */
int index_check(const struct index *ix, struct err *err);

/* The same two steps in the form that store/index.h takes: ctx is a const struct note_key * that
 * must outlive the file, or NULL; what comes out is a struct index. */
int index_open_whole(void *ctx, struct slice bytes, void **out, struct err *err);
void index_close_any(void *ix);

#endif
