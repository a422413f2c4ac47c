/* The ranking model: how much a site looks like those that reviewers had to act on.
 *
 *   source  doc/format/model.md; logistic regression over the buckets of assess/feature.h
 *   use     it orders the review queue and nothing else. A score is no finding, no class comes of it,
 *           and no record of a verdict holds it (DESIGN, rule 1)
 *   exact   integers throughout, so that the same model and site give the same score on any machine */
#ifndef ASSESS_RANK_MODEL_H
#define ASSESS_RANK_MODEL_H

#include "assess/feature.h"
#include "base/buf.h"
#include "base/sha256.h"

enum {
	RANK_MODEL_VERSION = 1,
	RANK_MODEL_BYTES_MAX = 1 << 20,
	RANK_MODEL_ONE = 1 << 16,             /* 1.0 of a weight, a value, a logit */
	RANK_MODEL_WEIGHT_MAX = 32 << 16,
	RANK_MODEL_CLUSTERS_MAX = 1 << 16,
	RANK_REASONS = 5,
};

struct rank_weight {
	uint16_t bucket;
	int32_t weight; /* in 1/65,536 of a logit */
};

struct rank_model {
	int32_t bias;
	uint32_t examples;       /* it was trained from */
	struct sha256 lexicon;   /* whose words its facts were */
	struct rank_weight *weight; /* in the order of their buckets, each once */
	size_t n;
	uint64_t *trained;       /* rank_model_cluster of what it was trained from, ascending */
	size_t trained_n;
	struct sha256 digest;    /* of the file's bytes */
};

struct rank_score {
	int64_t ppm; /* 0 to 1,000,000 */
	size_t known; /* features of the site that the model has a weight for */
	struct rank_reason {
		struct slice name;   /* of the feature: as long as the features */
		int64_t logit_ppm;   /* what it adds to the logit, in millionths */
	} reason[RANK_REASONS];  /* the largest first, whichever way they speak */
	size_t reasons;
};

/* Read a model. All lies in the arena. ERR_SYNTAX "model: ..." (not one, damaged, other features),
 * ERR_LIMIT, ERR_NOMEM; out is untouched on failure. */
int rank_model_parse(struct slice bytes, struct arena *a, struct rank_model *out, struct err *err);

/* Append its bytes and set m->digest. ERR_NOMEM. */
int rank_model_format(struct rank_model *m, struct buf *out, struct err *err);

/* What is kept of a cluster's name. */
uint64_t rank_model_cluster(struct slice name);
/* Whether it was trained from a site of that cluster, so that its score there proves nothing. */
bool rank_model_knows(const struct rank_model *m, struct slice cluster);

void rank_model_score(const struct rank_model *m, const struct features *f,
                      struct rank_score *out);

/* The value of each of n features: 1/sqrt(n), in 1/65,536. n > 0. */
int64_t rank_model_value(size_t n);

/* A logit (in 1/65,536) as a share in ppm. */
int64_t rank_model_share(int64_t logit);

#endif
