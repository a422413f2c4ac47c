/* What a manifest lists: the fields that say where an order's records lie and what they are, taken
 * from its text without making values of it (wire/json_walk.h). A manifest with something unusual in
 * it (an escape in a field that is wanted, white space) is read as JSON instead; the result is the
 * same. */
#ifndef STORE_ARCHIVE_LISTING_H
#define STORE_ARCHIVE_LISTING_H

#include "store/archive_inside.h"

enum listed_part { LISTED_RESPONSE, LISTED_REQUEST, LISTED_PICTURE, LISTED_CHAIN, LISTED_PARTS };

/* Texts are empty, numbers -1 where the manifest does not have them. */
struct listed_record {
	bool is_there;
	struct slice file, crc, lead, address, media_type, uri;
	int64_t at, length, bytes, status;
	bool has_payload; /* it refers to one that lies elsewhere */
	struct slice payload_file;
	int64_t payload_at, payload_length;
};

struct listed_exchange {
	struct slice kind, uri, at;
	int64_t number;
	struct listed_record part[LISTED_PARTS];
};

struct listed_lane {
	bool is_there;
	struct slice file;
	int64_t from, to;
};

struct archive_listing {
	bool has_about;
	struct sha256 about; /* of its canonical text */
	struct listed_lane lane[ARCHIVE_PARTS];
	struct listed_record warcinfo;
	struct listed_exchange *exchange;
	size_t n;
	/* What the texts point into. */
	struct buf text;
	json_t *json;
	struct arena arena;
};

/* "response". */
const char *listed_part_name(enum listed_part part);

/* Read an order's manifest: ERR_NOTFOUND, ERR_CORRUPT as archive_manifest_read. Released by
 * archive_listing_release, also after a failure. */
int archive_listing_read(const struct archive *a, struct sha256 order, struct archive_listing *out,
                         struct err *err);
/* Of one that was read. It is borrowed. */
int archive_listing_of(const json_t *manifest, struct archive_listing *out, struct err *err);
void archive_listing_release(struct archive_listing *l);

/* One exchange of a manifest. */
void listed_exchange_of(const json_t *exchange, struct listed_exchange *out);

/* Where it lies; ERR_SYNTAX: it names no place of ours. */
int listed_place(const struct listed_record *r, struct archive_place *out, struct err *err);
int listed_payload_place(const struct listed_record *r, struct archive_place *out, struct err *err);

#endif
