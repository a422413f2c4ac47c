/* What the two files of putting share: archive_put.c makes records of an exchange,
 * archive_putting.c builds them. */
#ifndef STORE_ARCHIVE_PUTTING_H
#define STORE_ARCHIVE_PUTTING_H

#include "store/archive_inside.h"
#include "wire/warc_writer.h"

/* One exchange on its way in. */
struct putting {
	struct archive_order *o;
	const struct exchange *x;
	enum archive_part part;             /* of request, response and picture */
	struct buf out[ARCHIVE_PARTS];      /* what is to be appended */
	struct buf plain;
	struct arena arena;
	json_t *entry;
	size_t own_n;                       /* of the order, before */
	char response_id[WARC_ID_SIZE];
};

/* A record to be built. */
struct keeping {
	struct warc_head head;
	struct slice block;
	const struct slice *piece; /* of its payload, in the block */
	size_t pieces;
	enum archive_part part;
	char role;
};

/* Where the payload of a digest lies: in a record that this order has written or looked at (*own),
 * or as the table of what is sealed says. */
bool putting_find(const struct archive_order *o, struct sha256 digest, struct archive_payload *out,
                  bool *own);
/* The order has written or looked at it. ERR_NOMEM. */
int putting_note(struct archive_order *o, struct sha256 digest, const struct archive_place *place,
                 struct err *err);
/* The record that has the payload, into the head of one that refers to it; *text keeps its texts.
 * False where it cannot be read, or is not what the table says: then the payload is stored once
 * more. */
bool putting_refer(struct putting *p, const struct archive_payload *known, struct warc_head *head,
                   struct buf *text);
/* "payload": where it lies. ERR_NOMEM. */
int putting_known(json_t *r, const struct archive_payload *known, struct err *err);

/* "file", "at", "length". Negative where there is no memory. */
int putting_place(json_t *r, const struct archive_place *place);

/* Build the record into p->out, and say in *r what the manifest says of it. */
int putting_record(struct putting *p, const struct keeping *k, json_t *r, struct archive_place *place,
                   char id[WARC_ID_SIZE], struct err *err);

enum payload_use {
	PAYLOAD_PLAIN,  /* stored, whatever is known: an answer of the DNS has its query's id in it */
	PAYLOAD_NOTE,   /* the same; later ones may refer to it */
	PAYLOAD_DEDUPE, /* a revisit where it is known */
};

/* Keep a payload with its record; head_n bytes of the block (an HTTP header) stay in a revisit.
 * out->media_type is set by the caller. */
int putting_payload(struct putting *p, struct keeping *k, struct slice payload, size_t head_n,
                    enum payload_use use, json_t *r, char id[WARC_ID_SIZE], struct evidence *out,
                    struct err *err);

#endif
