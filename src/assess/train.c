/* Numbers, and why they fit in 63 bits:
 *
 *     value   2^-16, at most 2^16             weight    2^-24, at most 2^29
 *     share   of a cluster, 2^-16             miss      ppm, at most 2^20
 *     gradient of a bucket = sum of value * (share * miss), at most 2^36 an example, 2^52 for all
 *
 * A step is RATE times the mean gradient; a weight also shrinks by 1/SHRINK, which is the rate times a
 * penalty of 1/4096. With values of unit length, and 1 for the bias, the curvature is at most 1/2, so
 * that a rate below 4 cannot swing. On 99 examples, held out, a larger penalty or fewer steps left
 * the scores too near to the middle (Brier score 0.165 at 1/1024 and 400 steps, 0.13 so). */
#include "assess/train.h"

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

enum { PPM = 1000000, EPOCHS = 1000, RATE = 3, SHRINK = 12288, FINE = 256 /* 2^-24 in 2^-16 */ };

static const int64_t WEIGHT_MAX = (int64_t)RANK_MODEL_WEIGHT_MAX * FINE;

/* One example with the buckets that are known. */
struct row {
	const uint32_t *known; /* places in the list of known buckets */
	size_t n;
	int64_t value;         /* of each */
	int64_t share;
	bool positive;
};

struct training {
	struct row *row;
	size_t n;
	size_t *cluster;       /* of each example of the caller's: its number */
	size_t clusters;
	uint16_t *bucket;      /* known, ascending */
	size_t known;
	int64_t *weight, *gradient, bias;
	int64_t shares;        /* sum of the rows' */
};

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

static bool is_used(const bool *use, size_t i)
{
	return !use || use[i];
}

/* ---- clusters ---- */

/* Number the clusters of all examples in order of their first. */
static int number_clusters(const struct train_example *e, size_t n, struct arena *a, size_t **out,
                           size_t *count, struct err *err)
{
	struct table seen = { 0 };
	size_t *cluster = arena_array(a, n, sizeof(*cluster));
	int rc = cluster ? 0 : no_memory(err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct table_entry *entry = table_put(&seen, e[i].cluster);
		if (!entry) {
			rc = no_memory(err);
			break;
		}
		if (!entry->value)
			entry->value = (void *)(uintptr_t)seen.n;
		cluster[i] = (size_t)(uintptr_t)entry->value - 1;
	}
	*out = cluster;
	*count = seen.n;
	table_release(&seen);
	return rc;
}

/* ---- what is known ---- */

/* Which buckets two clusters have. */
static int find_known(struct training *t, const struct train_example *e, size_t n, const bool *use,
                      struct arena *a, struct err *err)
{
	size_t *first = arena_array(a, FEATURE_BUCKETS, sizeof(*first)); /* cluster + 1 */
	bool *twice = arena_array(a, FEATURE_BUCKETS, sizeof(*twice));

	if (!first || !twice)
		return no_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (!is_used(use, i))
			continue;
		for (size_t k = 0; k < e[i].features.n; k++) {
			uint16_t b = e[i].features.feature[k].bucket;
			if (!first[b])
				first[b] = t->cluster[i] + 1;
			else if (first[b] != t->cluster[i] + 1)
				twice[b] = true;
		}
	}
	for (size_t b = 0; b < FEATURE_BUCKETS; b++)
		t->known += twice[b];
	t->bucket = arena_array(a, t->known, sizeof(*t->bucket));
	t->weight = arena_array(a, t->known, sizeof(*t->weight));
	t->gradient = arena_array(a, t->known, sizeof(*t->gradient));
	if (!t->bucket || !t->weight || !t->gradient)
		return no_memory(err);
	size_t at = 0;
	for (uint32_t b = 0; b < FEATURE_BUCKETS; b++)
		if (twice[b])
			t->bucket[at++] = (uint16_t)b;
	return 0;
}

static int make_row(const struct training *t, const struct train_example *e, struct arena *a,
                    struct row *out, struct err *err)
{
	uint32_t *known = arena_array(a, e->features.n, sizeof(*known));
	struct row r = { .known = known, .positive = e->positive };

	if (!known)
		return no_memory(err);
	for (size_t i = 0, k = 0; i < t->known && k < e->features.n;) {
		if (t->bucket[i] < e->features.feature[k].bucket)
			i++;
		else if (t->bucket[i] > e->features.feature[k].bucket)
			k++;
		else
			known[r.n++] = (uint32_t)i, i++, k++;
	}
	r.value = r.n ? rank_model_value(r.n) : 0;
	*out = r;
	return 0;
}

static int make_rows(struct training *t, const struct train_example *e, size_t n, const bool *use,
                     struct arena *a, struct err *err)
{
	size_t *members = arena_array(a, t->clusters, sizeof(*members));
	int rc = 0;

	t->row = arena_array(a, n, sizeof(*t->row));
	if (!members || !t->row)
		return no_memory(err);
	for (size_t i = 0; i < n; i++)
		members[t->cluster[i]] += is_used(use, i);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (!is_used(use, i))
			continue;
		rc = make_row(t, &e[i], a, &t->row[t->n], err);
		t->row[t->n].share = RANK_MODEL_ONE / (int64_t)members[t->cluster[i]];
		/* 65,536 sites of one engine: each still counts for something. */
		if (t->row[t->n].share == 0)
			t->row[t->n].share = 1;
		t->shares += t->row[t->n].share;
		t->n++;
	}
	return rc;
}

/* ---- descent ---- */

/* How far a weight moves, in 2^-24: RATE times the mean of share * miss * value, of which the sum is
 * given (in ppm * 2^-16). Divided twice, so that nothing overflows. */
static int64_t step_of(int64_t gradient, int64_t shares)
{
	int64_t mean = gradient / (shares / FINE + 1); /* the mean's 256th part */

	return mean * RANK_MODEL_ONE * RATE / PPM;
}

static int64_t within(int64_t w)
{
	return w > WEIGHT_MAX ? WEIGHT_MAX : w < -WEIGHT_MAX ? -WEIGHT_MAX : w;
}

static void descend(struct training *t)
{
	int64_t bias = 0;

	memset(t->gradient, 0, t->known * sizeof(*t->gradient));
	for (size_t i = 0; i < t->n; i++) {
		const struct row *r = &t->row[i];
		int64_t sum = 0;
		for (size_t k = 0; k < r->n; k++)
			sum += t->weight[r->known[k]];
		/* sum is at most 2^45: times a value of 2^16 it still fits. */
		int64_t logit = sum * r->value / RANK_MODEL_ONE / FINE + t->bias / FINE;
		int64_t miss = (r->positive ? PPM : 0) - rank_model_share(logit);
		int64_t push = r->share * miss / RANK_MODEL_ONE;
		bias += push;
		for (size_t k = 0; k < r->n; k++)
			t->gradient[r->known[k]] += push * r->value;
	}
	t->bias = within(t->bias + step_of(bias * RANK_MODEL_ONE, t->shares));
	for (size_t k = 0; k < t->known; k++) {
		int64_t w = t->weight[k];
		t->weight[k] = within(w - w / SHRINK + step_of(t->gradient[k], t->shares));
	}
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int finish(const struct training *t, const struct train_example *e, size_t n, const bool *use,
                  struct arena *a, struct rank_model *out, struct err *err)
{
	struct rank_model m = { .bias = (int32_t)(t->bias / FINE), .examples = (uint32_t)t->n,
		                .n = t->known };
	size_t all = 0;

	m.weight = arena_array(a, t->known, sizeof(*m.weight));
	m.trained = arena_array(a, t->clusters, sizeof(*m.trained));
	bool *told = arena_array(a, t->clusters, sizeof(*told));
	if (!m.weight || !m.trained || !told)
		return no_memory(err);
	for (size_t k = 0; k < t->known; k++)
		m.weight[k] = (struct rank_weight){ t->bucket[k], (int32_t)(t->weight[k] / FINE) };
	for (size_t i = 0; i < n; i++)
		if (is_used(use, i) && !told[t->cluster[i]]) {
			told[t->cluster[i]] = true;
			m.trained[all++] = rank_model_cluster(e[i].cluster);
		}
	if (all)
		qsort(m.trained, all, sizeof(*m.trained), by_number);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || m.trained[i] != m.trained[m.trained_n - 1])
			m.trained[m.trained_n++] = m.trained[i];
	*out = m;
	return 0;
}

int train_model(const struct train_example *e, size_t n, const bool *use, struct arena *a,
                struct rank_model *out, struct err *err)
{
	struct training t = { 0 };
	size_t kinds[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		if (is_used(use, i))
			kinds[e[i].positive]++;
	if (!kinds[0] || !kinds[1])
		return err_set(err, ERR_USAGE, 0,
		               "training takes sites to act on and sites to leave alone: there are %zu and "
		               "%zu", kinds[1], kinds[0]);
	if (n > TRAIN_EXAMPLES_MAX)
		return err_set(err, ERR_LIMIT, 0, "more than %d sites", TRAIN_EXAMPLES_MAX);
	int rc = number_clusters(e, n, a, &t.cluster, &t.clusters, err);
	if (rc == 0)
		rc = find_known(&t, e, n, use, a, err);
	if (rc == 0)
		rc = make_rows(&t, e, n, use, a, err);
	for (int i = 0; rc == 0 && i < EPOCHS; i++)
		descend(&t);
	return rc ? rc : finish(&t, e, n, use, a, out, err);
}

/* ---- folds ---- */

struct group {
	size_t cluster;
	bool positive;
	uint64_t hash;
	struct slice name;
};

/* By a hash and not by name, so that neighbours in the alphabet are not folded together. */
static int by_kind(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->positive != y->positive)
		return x->positive ? -1 : 1;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

int train_folds(const struct train_example *e, size_t n, size_t k, size_t *fold, struct err *err)
{
	struct arena a = { 0 };
	size_t *cluster = NULL, clusters = 0, groups = 0, positives = 0;
	int rc = number_clusters(e, n, &a, &cluster, &clusters, err);
	struct group *group = arena_array(&a, clusters, sizeof(*group));
	size_t *fold_of = arena_array(&a, clusters, sizeof(*fold_of));

	if (rc == 0 && (!group || !fold_of))
		rc = no_memory(err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (cluster[i] == groups) {
			group[groups] = (struct group){ cluster[i], e[i].positive,
				                        rank_model_cluster(e[i].cluster), e[i].cluster };
			positives += group[groups++].positive;
		}
	if (rc == 0 && (positives < k || clusters - positives < k))
		rc = err_set(err, ERR_USAGE, 0,
		             "%zu folds take as many clusters of each kind: there are %zu to act on and "
		             "%zu to leave alone", k, positives, clusters - positives);
	if (rc == 0 && clusters)
		qsort(group, clusters, sizeof(*group), by_kind);
	for (size_t i = 0; rc == 0 && i < clusters; i++)
		fold_of[group[i].cluster] = i % k;
	for (size_t i = 0; rc == 0 && i < n; i++)
		fold[i] = fold_of[cluster[i]];
	arena_release(&a);
	return rc;
}

static int score_fold(const struct train_example *e, size_t n, size_t without, const size_t *fold,
                      bool *use, struct scored *scored, struct err *err)
{
	struct arena a = { 0 };
	struct rank_model m;

	for (size_t i = 0; i < n; i++)
		use[i] = fold[i] != without;
	int rc = train_model(e, n, use, &a, &m, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct rank_score s;
		if (use[i])
			continue;
		rank_model_score(&m, &e[i].features, &s);
		scored[i] = (struct scored){ s.ppm, e[i].positive };
	}
	arena_release(&a);
	return rc;
}

int train_held_out(const struct train_example *e, size_t n, size_t k, struct calibration *out,
                   struct err *err)
{
	size_t *fold = calloc(n + 1, sizeof(*fold));
	bool *use = calloc(n + 1, sizeof(*use));
	struct scored *scored = calloc(n + 1, sizeof(*scored));
	int rc = fold && use && scored ? 0 : no_memory(err);

	if (rc == 0)
		rc = train_folds(e, n, k, fold, err);
	for (size_t i = 0; rc == 0 && i < k; i++)
		rc = score_fold(e, n, i, fold, use, scored, err);
	if (rc == 0)
		calibration_of(scored, n, out);
	free(fold);
	free(use);
	free(scored);
	return rc;
}
