/* Orders made again from what was kept of them, offline.
 *
 * The exchanges of an order are told to the same machine in the sequence in which they were put;
 * what has to be read is read again. The lines are written, and their digest compared with that
 * of the manifest; where they differ it is said which input is another version. Orders come in
 * the sequence in which their lines were told (DIR/told), behind them those that were not: so
 * the output is the output of then. */
#ifndef CMD_COLLECT_REPLAY_H
#define CMD_COLLECT_REPLAY_H

#include "cmd/log.h"
#include "collect/order.h"
#include "store/archive.h"
#include "sys/loop.h"
#include "sys/worker.h"

struct replay {
	const char *dir; /* of the archive: lists of RDAP servers lie in it */
	struct archive *archive;
	struct loop *loop;
	struct workers *workers;
	const struct order_tables *tables;
	const json_t *inputs; /* as an order of now would be described with */
	const struct log *log;
	int (*put)(void *ctx, struct slice lines, struct err *err);
	void *ctx;
	/* set by replay_all */
	uint64_t same, different;
};

/* Every order. 0, also where orders differ; ERR_CORRUPT for what was altered; ERR_REFUSED
 * without the key of restricted records; what put returned. */
int replay_all(struct replay *r, struct err *err);

#endif
