#include "store/archive_payloads.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS_MIN = 1024, REMAP = 1 << 20 /* late entries are let grow to so many bytes */ };

static void put_u(unsigned char *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i & 0xff);
}

static uint64_t get_u(const unsigned char *p, int n)
{
	uint64_t v = 0;

	for (int i = n; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

static void encode(const struct archive_payload *e, unsigned char out[PAYLOAD_ENTRY])
{
	memcpy(out, e->digest.b, SHA256_LEN);
	put_u(out + 32, e->lane, 4);
	put_u(out + 36, e->length, 4);
	put_u(out + 40, e->at, 8);
}

static const unsigned char *entry(const struct archive_payloads *p, uint64_t i)
{
	if (i < p->mapped)
		return (const unsigned char *)p->map + i * PAYLOAD_ENTRY;
	return (const unsigned char *)p->late + (i - p->mapped) * PAYLOAD_ENTRY;
}

/* SHA-256 is its own hash: who chooses payloads so that many begin alike has to compute for it, and
 * then slows a probe of ours by one step each. */
static size_t slot_of(const struct archive_payloads *p, const unsigned char *digest)
{
	return (size_t)get_u(digest, 8) & (p->slots - 1);
}

static uint64_t fingerprint(const unsigned char *digest)
{
	return get_u(digest + 8, 4) << 32;
}

/* The slot of a digest, or the free one where it belongs. */
static size_t probe(const struct archive_payloads *p, const unsigned char *digest)
{
	size_t i = slot_of(p, digest);

	for (; p->slot[i]; i = (i + 1) & (p->slots - 1))
		if ((p->slot[i] & 0xffffffff00000000u) == fingerprint(digest) &&
		    memcmp(entry(p, (uint32_t)p->slot[i] - 1), digest, SHA256_LEN) == 0)
			break;
	return i;
}

static int grow(struct archive_payloads *p, uint64_t n, struct err *err)
{
	size_t slots = p->slots ? p->slots : SLOTS_MIN, old_n = p->slots;
	uint64_t *old = p->slot;

	while (slots / 4 * 3 < n)
		slots *= 2;
	if (slots == p->slots)
		return 0;
	uint64_t *fresh = calloc(slots, sizeof(*fresh));
	if (!fresh)
		return err_set(err, ERR_NOMEM, 0, "payloads: out of memory");
	p->slot = fresh;
	p->slots = slots;
	for (size_t i = 0; i < old_n; i++) {
		if (!old[i])
			continue;
		size_t at = slot_of(p, entry(p, (uint32_t)old[i] - 1));
		while (fresh[at])
			at = (at + 1) & (slots - 1);
		fresh[at] = old[i];
	}
	free(old);
	return 0;
}

static void enter(struct archive_payloads *p, uint64_t i)
{
	const unsigned char *digest = entry(p, i);
	size_t at = probe(p, digest);

	if (!p->slot[at])
		p->slot[at] = fingerprint(digest) | (i + 1);
}

/* Map all n entries; the late ones are then in the map. */
static int map_all(struct archive_payloads *p, struct err *err)
{
	size_t bytes = (size_t)p->n * PAYLOAD_ENTRY;
	char *map = NULL;

	if (bytes) {
		map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, p->fd, 0);
		if (map == MAP_FAILED)
			return err_sys(err, "payloads: mmap");
	}
	if (p->map)
		munmap((void *)(uintptr_t)p->map, (size_t)p->mapped * PAYLOAD_ENTRY);
	p->map = map;
	p->mapped = p->n;
	p->late_n = 0;
	return 0;
}

int archive_payloads_open(const char *path, bool write, uint64_t known, struct archive_payloads *out,
                          struct err *err)
{
	struct archive_payloads p = { .open = true };
	struct stat st;
	int rc = 0;

	p.fd = open(path, (write ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0666);
	if (p.fd < 0)
		return errno == ENOENT ? err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path)
		                       : err_sys(err, "%s", path);
	if (fstat(p.fd, &st) < 0)
		rc = err_sys(err, "%s", path);
	p.n = rc ? 0 : (uint64_t)st.st_size / PAYLOAD_ENTRY;
	if (rc == 0 && known != UINT64_MAX && p.n < known)
		rc = err_set(err, ERR_CORRUPT, 0, "%s: is cut off", path);
	if (rc == 0 && known != UINT64_MAX)
		p.n = known;
	if (rc == 0 && p.n >= UINT32_MAX - 1)
		rc = err_set(err, ERR_LIMIT, 0, "%s: has too many entries", path);
	if (rc == 0 && write && ftruncate(p.fd, (off_t)(p.n * PAYLOAD_ENTRY)) < 0)
		rc = err_sys(err, "%s", path);
	if (rc == 0)
		rc = map_all(&p, err);
	if (rc == 0)
		rc = grow(&p, p.n, err);
	for (uint64_t i = 0; rc == 0 && i < p.n; i++)
		enter(&p, i);
	if (rc)
		archive_payloads_close(&p);
	else
		*out = p;
	return rc;
}

void archive_payloads_close(struct archive_payloads *p)
{
	if (!p->open)
		return;
	if (p->map)
		munmap((void *)(uintptr_t)p->map, (size_t)p->mapped * PAYLOAD_ENTRY);
	free(p->slot);
	free(p->late);
	close(p->fd); /* derived: what is lost here is made anew */
	*p = (struct archive_payloads){ 0 };
}

bool archive_payloads_find(const struct archive_payloads *p, struct sha256 digest,
                           struct archive_payload *out)
{
	if (!p->slots)
		return false;
	size_t at = probe(p, digest.b);
	if (!p->slot[at])
		return false;
	const unsigned char *e = entry(p, (uint32_t)p->slot[at] - 1);
	*out = (struct archive_payload){ .digest = digest, .lane = (uint32_t)get_u(e + 32, 4),
		                         .length = (uint32_t)get_u(e + 36, 4), .at = get_u(e + 40, 8) };
	return true;
}

static int room_for(struct archive_payloads *p, size_t n, struct err *err)
{
	size_t need = p->late_n + n * PAYLOAD_ENTRY;

	if (p->n + n >= UINT32_MAX - 1)
		return err_set(err, ERR_LIMIT, 0, "payloads: there are too many");
	if (need > p->late_cap) {
		size_t cap = need * 2 < 4096 ? 4096 : need * 2;
		char *more = realloc(p->late, cap);
		if (!more)
			return err_set(err, ERR_NOMEM, 0, "payloads: out of memory");
		p->late = more;
		p->late_cap = cap;
	}
	return grow(p, p->n + n, err);
}

int archive_payloads_add(struct archive_payloads *p, const struct archive_payload *add, size_t n,
                         struct err *err)
{
	struct archive_payload have;
	size_t bytes = 0;
	int rc = room_for(p, n, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (archive_payloads_find(p, add[i].digest, &have))
			continue;
		encode(&add[i], (unsigned char *)p->late + p->late_n + bytes);
		bytes += PAYLOAD_ENTRY;
	}
	for (size_t done = 0; done < bytes;) {
		ssize_t did = pwrite(p->fd, p->late + p->late_n + done, bytes - done,
		                     (off_t)(p->n * PAYLOAD_ENTRY + done));
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return err_sys(err, "payloads");
		done += (size_t)did;
	}
	uint64_t from = p->n;
	p->late_n += bytes;
	p->n += bytes / PAYLOAD_ENTRY;
	for (uint64_t i = from; i < p->n; i++)
		enter(p, i);
	if (p->late_n >= REMAP)
		map_all(p, NULL); /* without room for the map they stay where they are */
	return 0;
}

size_t archive_payloads_memory(const struct archive_payloads *p)
{
	return p->slots * sizeof(*p->slot) + p->late_cap;
}
