/*      0  "assayrm\n"             8 bytes
 *      8  version                 u16      little-endian throughout
 *     10  version of the features u16
 *     12  weights                 u32  n
 *     16  bias                    i32
 *     20  examples                u32
 *     24  clusters                u32  m
 *     28  0                       u32
 *     32  digest of the lexicon   32 bytes
 *     64  n of { bucket u16, weight i32 }
 *         m of u64
 *         SHA-256 of all before   32 bytes
 */
#include "assess/rank_model.h"

#include "base/hash.h"

#include <string.h>

static const char magic[] = "assayrm\n";
enum { HEAD = 64, ENTRY = 6, CLUSTER = 8, MAGIC = 8 };

/* Fixed: the same name is the same number in every file. */
static const struct hash_key cluster_key = { UINT64_C(0x7375636b6e617279), UINT64_C(0x7265747379617373) };

/* 10^6 / (1 + e^-x) for x = 0, 1/16, ... 8. */
static const int32_t logistic[] = {
	500000, 515620, 531209, 546738, 562177, 577495, 592667, 607663, 622459, 637031,
	651355, 665411, 679179, 692642, 705785, 718594, 731059, 743168, 754915, 766294,
	777300, 787931, 798187, 808067, 817574, 826712, 835484, 843895, 851953, 859664,
	867036, 874077, 880797, 887205, 893309, 899121, 904651, 909907, 914901, 919643,
	924142, 928409, 932453, 936285, 939913, 943348, 946597, 949669, 952574, 955319,
	957912, 960361, 962673, 964855, 966914, 968856, 970688, 972415, 974043, 975577,
	977023, 978385, 979668, 980876, 982014, 983085, 984094, 985043, 985936, 986777,
	987568, 988313, 989013, 989672, 990292, 990874, 991423, 991938, 992423, 992879,
	993307, 993710, 994089, 994445, 994780, 995095, 995390, 995668, 995930, 996176,
	996406, 996623, 996827, 997019, 997199, 997368, 997527, 997677, 997817, 997949,
	998073, 998190, 998299, 998402, 998499, 998590, 998675, 998755, 998830, 998901,
	998968, 999030, 999089, 999144, 999196, 999245, 999290, 999333, 999374, 999412,
	999447, 999481, 999512, 999542, 999569, 999596, 999620, 999643, 999665,
};
enum { STEPS = sizeof(logistic) / sizeof(logistic[0]) - 1, STEP = RANK_MODEL_ONE / 16, PPM = 1000000 };

int64_t rank_model_share(int64_t logit)
{
	int64_t x = logit < 0 ? -logit : logit, at = x / STEP, share = logistic[STEPS];

	if (at < STEPS)
		share = logistic[at] + (logistic[at + 1] - logistic[at]) * (x % STEP) / STEP;
	return logit < 0 ? PPM - share : share;
}

/* The largest r with r * r <= n. */
static uint64_t root(uint64_t n)
{
	uint64_t r = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((r | bit) * (r | bit) <= n)
			r |= bit;
	return r;
}

int64_t rank_model_value(size_t n)
{
	/* root(n << 16) is 256 times the root of n. */
	return (int64_t)(((uint64_t)RANK_MODEL_ONE << 8) / root((uint64_t)n << 16));
}

uint64_t rank_model_cluster(struct slice name)
{
	return hash_bytes(cluster_key, name);
}

bool rank_model_knows(const struct rank_model *m, struct slice cluster)
{
	uint64_t wanted = rank_model_cluster(cluster);
	size_t low = 0, high = m->trained_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (m->trained[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->trained_n && m->trained[low] == wanted;
}

/* ---- score ---- */

static int64_t size_of(int64_t n)
{
	return n < 0 ? -n : n;
}

static void add_reason(struct rank_score *s, struct slice name, int64_t logit)
{
	size_t at = s->reasons;

	while (at > 0 && size_of(s->reason[at - 1].logit_ppm) < size_of(logit))
		at--;
	if (at == RANK_REASONS)
		return;
	if (s->reasons < RANK_REASONS)
		s->reasons++;
	for (size_t i = s->reasons - 1; i > at; i--)
		s->reason[i] = s->reason[i - 1];
	s->reason[at].name = name;
	s->reason[at].logit_ppm = logit;
}

void rank_model_score(const struct rank_model *m, const struct features *f, struct rank_score *out)
{
	struct rank_score s = { 0 };
	int64_t logit = 0, value = 0;

	/* Twice over two lists in one order: the value hangs on how many are known. */
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && s.known)
			value = rank_model_value(s.known);
		for (size_t i = 0, k = 0; i < m->n && k < f->n;) {
			if (m->weight[i].bucket < f->feature[k].bucket) {
				i++;
			} else if (m->weight[i].bucket > f->feature[k].bucket) {
				k++;
			} else if (pass == 0) {
				s.known++;
				i++, k++;
			} else {
				int64_t adds = m->weight[i].weight * value; /* in 2^-32 */
				logit += adds;
				if (adds)
					add_reason(&s, f->feature[k].name,
					           adds / RANK_MODEL_ONE * PPM / RANK_MODEL_ONE);
				i++, k++;
			}
		}
	}
	s.ppm = rank_model_share(logit / RANK_MODEL_ONE + m->bias);
	*out = s;
}

/* ---- bytes ---- */

static uint64_t get(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i-- > 0;)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

static void put(struct buf *out, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(out, (char)(v >> (8 * i) & 0xff));
}

static int32_t get_i32(const char *p)
{
	uint32_t v = (uint32_t)get(p, 4);

	return v & UINT32_C(0x80000000) ? -(int32_t)(~v & INT32_MAX) - 1 : (int32_t)v;
}

static int bad(struct err *err, size_t at, const char *what)
{
	return err_set(err, ERR_SYNTAX, at, "model: %s", what);
}

static int read_weights(const char *p, size_t n, struct rank_weight *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		out[i].bucket = (uint16_t)get(p + i * ENTRY, 2);
		out[i].weight = get_i32(p + i * ENTRY + 2);
		if (i && out[i].bucket <= out[i - 1].bucket)
			return bad(err, HEAD + i * ENTRY, "its weights are in no order");
		if (size_of(out[i].weight) > RANK_MODEL_WEIGHT_MAX)
			return bad(err, HEAD + i * ENTRY, "a weight is out of range");
	}
	return 0;
}

int rank_model_parse(struct slice bytes, struct arena *a, struct rank_model *out, struct err *err)
{
	struct rank_model m = { 0 };

	if (bytes.n > RANK_MODEL_BYTES_MAX)
		return err_set(err, ERR_LIMIT, 0, "model: longer than %d bytes", RANK_MODEL_BYTES_MAX);
	if (bytes.n < HEAD + SHA256_LEN || memcmp(bytes.p, magic, MAGIC) != 0)
		return bad(err, 0, "the file is none");
	if (get(bytes.p + 8, 2) != RANK_MODEL_VERSION || get(bytes.p + 28, 4) != 0)
		return bad(err, 8, "its version is not known here");
	if (get(bytes.p + 10, 2) != FEATURE_VERSION)
		return bad(err, 10, "made for other features: train it again");
	uint64_t n = get(bytes.p + 12, 4), clusters = get(bytes.p + 24, 4);
	if (n > FEATURE_BUCKETS || clusters > RANK_MODEL_CLUSTERS_MAX ||
	    bytes.n != HEAD + n * ENTRY + clusters * CLUSTER + SHA256_LEN)
		return bad(err, 12, "its length is not what its head says");
	struct sha256 sum = sha256_of(slice_sub(bytes, 0, bytes.n - SHA256_LEN));
	if (memcmp(sum.b, bytes.p + bytes.n - SHA256_LEN, SHA256_LEN) != 0)
		return bad(err, bytes.n - SHA256_LEN, "its checksum is wrong");
	m.bias = get_i32(bytes.p + 16);
	m.examples = (uint32_t)get(bytes.p + 20, 4);
	memcpy(m.lexicon.b, bytes.p + 32, SHA256_LEN);
	m.n = (size_t)n;
	m.trained_n = (size_t)clusters;
	m.weight = arena_array(a, m.n, sizeof(*m.weight));
	m.trained = arena_array(a, m.trained_n, sizeof(*m.trained));
	if (!m.weight || !m.trained)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (size_of(m.bias) > RANK_MODEL_WEIGHT_MAX)
		return bad(err, 16, "its bias is out of range");
	int rc = read_weights(bytes.p + HEAD, m.n, m.weight, err);
	const char *p = bytes.p + HEAD + m.n * ENTRY;
	for (size_t i = 0; rc == 0 && i < m.trained_n; i++) {
		m.trained[i] = get(p + i * CLUSTER, CLUSTER);
		if (i && m.trained[i] <= m.trained[i - 1])
			rc = bad(err, (size_t)(p - bytes.p) + i * CLUSTER, "its clusters are in no order");
	}
	m.digest = sha256_of(bytes);
	if (rc == 0)
		*out = m;
	return rc;
}

int rank_model_format(struct rank_model *m, struct buf *out, struct err *err)
{
	size_t start = out->n;

	buf_put(out, slice_from(magic, MAGIC));
	put(out, RANK_MODEL_VERSION, 2);
	put(out, FEATURE_VERSION, 2);
	put(out, m->n, 4);
	put(out, (uint32_t)m->bias, 4);
	put(out, m->examples, 4);
	put(out, m->trained_n, 4);
	put(out, 0, 4);
	buf_put(out, slice_from((const char *)m->lexicon.b, SHA256_LEN));
	for (size_t i = 0; i < m->n; i++) {
		put(out, m->weight[i].bucket, 2);
		put(out, (uint32_t)m->weight[i].weight, 4);
	}
	for (size_t i = 0; i < m->trained_n; i++)
		put(out, m->trained[i], CLUSTER);
	if (!buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	struct sha256 sum = sha256_of(slice_sub(buf_slice(out), start, out->n));
	buf_put(out, slice_from((const char *)sum.b, SHA256_LEN));
	if (!buf_ok(out))
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	m->digest = sha256_of(slice_sub(buf_slice(out), start, out->n));
	return 0;
}
