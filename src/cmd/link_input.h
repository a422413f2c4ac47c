/* What assay link is made from: records, read into domains, values and edges.
 *
 *   domains    subjects that are sites: registrable names, hosts under platforms
 *   values     attributes (link/attribute.h); which belong to everybody is told by policy/link/shared.tsv
 *   apart      a domain that a row of a licence register names and that is active links to nobody; nor does
 *              one of which a correction or an answered appeal grants that it is of no network (not_of)
 *   owns       all of it; texts lie in its arena */
#ifndef CMD_LINK_INPUT_H
#define CMD_LINK_INPUT_H

#include "base/arena.h"
#include "base/table.h"
#include "cmd/link_epoch.h"
#include "cmd/link_programs.h"
#include "cmd/link_shared.h"
#include "cmd/log.h"
#include "link/choke.h"
#include "link/population.h"
#include "model/domain.h"
#include "model/record.h"
#include "model/subject.h"

/* Fewer domains than this are taken as so many: where only suspects are known, a value that several
 * have is not yet a common one. What is common is then told by shared.tsv alone. */
enum { LINK_POPULATION = 1000000 };

enum link_status { LINK_UNKNOWN, LINK_ACTIVE, LINK_SUSPENDED, LINK_HOLDING, LINK_STATUSES };

struct link_domain {
	struct subject subject;
	int64_t first_seen;  /* earliest observation; INT64_MAX: only named by a fact */
	int64_t created;     /* of the registration that was observed last; 0: unknown */
	int64_t status_at;   /* when .status was observed */
	enum link_status status;
	bool apart;
	bool opted_out; /* apart since that was granted on appeal */
};

struct link_value {
	enum signal_kind kind;
	struct slice text;
	const char *shared;  /* why it belongs to everybody, or NULL */
	bool struck;         /* --without */
};

/* Whether it names somebody who is paid for buyers. */
static inline bool link_value_is_affiliate(const struct link_value *v)
{
	return v->kind == SIGNAL_AFFILIATE || v->kind == SIGNAL_AFFILIATE_NUMBER;
}

/* Where an edge was read: id of the first record that says it. */
struct link_source {
	struct sha256 record;
};

struct link_input {
	struct arena arena;
	const struct suffixes *suffixes;
	const struct log *log;
	struct table domains, values; /* entry number + 1 as a pointer */
	struct link_domain *domain;
	struct link_value *value;
	size_t domain_n, domain_cap, value_n, value_cap;
	struct link_edge *edge;
	struct link_source *source; /* of each edge */
	size_t edge_n, edge_cap;
	struct choke_edge *choke;   /* .domain is the number of the domain */
	size_t choke_n, choke_cap;
	struct link_shared shared;
	struct link_epoch epoch;
	struct link_programs programs;
	int64_t newest;             /* time of the newest record; 0: none */
};

/* Write counts of this input as an epoch (link_epoch.h). ERR_IO, ERR_NOMEM. */
int link_input_freeze(const struct link_input *in, const char *path, struct err *err);

/* Take one record; of other types nothing. ERR_LIMIT (2^32 domains), ERR_NOMEM. */
int link_input_record(struct link_input *in, const struct record *r, struct err *err);

/* Weigh. Domains and values are numbered anew, in the order of their keys, so that the order in which
 * records came is nothing; what comes later is numbered behind them. Arrays that it needs are made and
 * go with the input. ERR_NOMEM, ERR_LIMIT. */
int link_input_population(struct link_input *in, struct population *out, struct err *err);

/* The edges of a domain, *n of them, once it was weighed. */
const struct link_edge *link_input_edges(const struct link_input *in, uint32_t domain, size_t *n);

/* The number of a domain, or NETWORK_NONE. */
uint32_t link_input_find(const struct link_input *in, struct slice key);

/* How many domains had a value in the epoch that was given; over how many all are counted. */
uint32_t link_input_epoch_count(const struct link_input *in, uint32_t value);
uint64_t link_input_counted(const struct link_input *in);

const char *link_status_name(enum link_status s);

void link_input_release(struct link_input *in);

#endif
