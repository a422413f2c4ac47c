/* The parts of the format that have words or digests in them; the rest is numbers at offsets. */
#include "publish/index_layout.h"

#include "wire/timestamp.h"

struct hash_key index_hash_key(uint32_t id, uint8_t turn, struct slice records)
{
	struct sha256 content = sha256_of(records);
	uint8_t seed[5 + SHA256_LEN] = { (uint8_t)id, (uint8_t)(id >> 8), (uint8_t)(id >> 16),
		                         (uint8_t)(id >> 24), turn };

	memcpy(seed + 5, content.b, SHA256_LEN);
	struct sha256 d = sha256_of(slice_from((const char *)seed, sizeof(seed)));
	return (struct hash_key){ index_u64(d.b), index_u64(d.b + 8) };
}

struct sha256 index_root(struct slice head)
{
	/* The prefix keeps these digests apart from those of blocks. */
	static const char prefix[] = "assay-index"; /* with its NUL */
	char bytes[sizeof(prefix) + INDEX_HEAD + INDEX_SECTIONS_MAX * INDEX_ENTRY];

	head = slice_sub(head, 0, sizeof(bytes) - sizeof(prefix));
	memcpy(bytes, prefix, sizeof(prefix));
	memcpy(bytes + sizeof(prefix), head.p, head.n);
	return sha256_of(slice_from(bytes, sizeof(prefix) + head.n));
}

int index_put_note(const struct index_about *about, struct buf *out, struct err *err)
{
	char root[SHA256_HEX], suffixes[SHA256_HEX], time[TIMESTAMP_SIZE];

	sha256_hex(about->root, root);
	sha256_hex(about->suffixes, suffixes);
	timestamp_format(about->time, time);
	buf_printf(out, "assay-index %d\norigin ", INDEX_VERSION);
	buf_put(out, about->origin);
	buf_printf(out, "\nroot %s\nentries %llu\nledger %llu\ntime %s\nsuffixes %s\n", root,
	           (unsigned long long)about->entries, (unsigned long long)about->ledger_size, time,
	           suffixes);
	return buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "index: no memory");
}

/* The value of the next line, which must have this name; an empty slice otherwise. */
static struct slice value_of(struct slice *text, struct slice name)
{
	struct slice line;

	if (slice_cut(text, '\n', &line) && line.n > name.n + 1 && line.p[name.n] == ' ' &&
	    slice_eq(slice_sub(line, 0, name.n), name))
		return slice_sub(line, name.n + 1, line.n);
	return (struct slice){ text->p, 0 };
}

/* Decimal digits without leading zeros. */
static bool number_of(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 19 || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

int index_parse_note(struct slice text, struct index_about *out, struct err *err)
{
	struct index_about a = { 0 };
	uint64_t version = 0;
	bool good = number_of(value_of(&text, SLICE("assay-index")), &version) &&
	            version == INDEX_VERSION;

	a.origin = value_of(&text, SLICE("origin"));
	good = good && a.origin.n;
	good = good && sha256_parse_hex(value_of(&text, SLICE("root")), &a.root);
	good = good && number_of(value_of(&text, SLICE("entries")), &a.entries);
	good = good && number_of(value_of(&text, SLICE("ledger")), &a.ledger_size);
	good = good && timestamp_parse(value_of(&text, SLICE("time")), &a.time, NULL) == 0;
	good = good && sha256_parse_hex(value_of(&text, SLICE("suffixes")), &a.suffixes);
	if (!good || text.n)
		return err_set(err, ERR_CORRUPT, 0, "index: its signed text cannot be read");
	*out = a;
	return 0;
}
