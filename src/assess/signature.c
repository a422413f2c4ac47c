#include "assess/signature.h"

#include <string.h>

const char *pack_trust_name(enum pack_trust t)
{
	static const char *const names[] = { "unsigned", "broken", "foreign", "published" };

	return names[t];
}

/* What is signed. A pack's id has no space, so that the two words cannot be taken for others. */
static void put_text(const struct pack *pack, struct buf *out)
{
	char hex[SHA256_HEX];

	sha256_hex(pack->digest, hex);
	buf_printf(out, "assay pack %.*s %.*s\nsha256:%s\n", SLICE_ARG(pack->id),
	           SLICE_ARG(pack->version), hex);
}

static int name_of(struct slice name, uint32_t id, struct arena *a, struct slice *out,
                   struct err *err)
{
	const char *text = arena_printf(a, "%.*s+%08x", SLICE_ARG(name), id);

	if (!text)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	*out = slice_str(text);
	return 0;
}

/* The publisher that signed, of those whose name and key id stand in the note. A signature of a
 * publisher that does not hold is told as broken: somebody altered the pack, or the file beside. */
static int find_publisher(const struct note *note, const struct note_key *publisher, size_t n,
                          struct arena *a, struct pack_signer *out, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		int rc = note_check(note, &publisher[i], NULL);
		if (rc == ERR_NOMEM)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
		if (rc && rc != ERR_CORRUPT)
			continue;
		*out = (struct pack_signer){ rc ? PACK_BROKEN : PACK_PUBLISHED, { NULL, 0 },
			                     rc ? "the publisher's signature beside it does not hold"
			                        : "signed by a publisher" };
		return name_of(publisher[i].name, publisher[i].id, a, &out->name, err);
	}
	struct note_signature first;
	size_t at = 0;
	*out = (struct pack_signer){ PACK_FOREIGN, { NULL, 0 },
		                     "signed by a key that is no publisher here" };
	return note_next_signature(note, &at, &first)
	               ? name_of(first.name, first.key_id, a, &out->name, err)
	               : 0;
}

int pack_signature_check(const struct pack *pack, struct slice sig,
                         const struct note_key *publisher, size_t n, struct arena *a, struct pack_signer *out, struct err *err)
{
	struct pack_signer s = { PACK_UNSIGNED, { NULL, 0 }, "it is not signed" };
	struct buf text = { 0 };
	struct note note;
	int rc = 0;

	if (!sig.p) {
		*out = s;
		return 0;
	}
	put_text(pack, &text);
	if (!buf_ok(&text))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	else if (note_parse(sig, &note, NULL))
		s = (struct pack_signer){ PACK_BROKEN, { NULL, 0 },
			                  "the file beside it is no signature" };
	else if (!slice_eq(note.text, buf_slice(&text)))
		s = (struct pack_signer){ PACK_BROKEN, { NULL, 0 },
			                  "the signature beside it is of other bytes" };
	else
		rc = find_publisher(&note, publisher, n, a, &s, err);
	buf_release(&text);
	if (rc == 0)
		*out = s;
	return rc;
}

int pack_signature_make(const struct pack *pack, const struct note_signer *signer, struct buf *out,
                        struct err *err)
{
	struct buf text = { 0 };
	int rc = 0;

	if (memchr(pack->version.p, '\n', pack->version.n))
		return err_set(err, ERR_SYNTAX, 0, "the version of the pack has a line end in it");
	put_text(pack, &text);
	rc = buf_ok(&text) ? note_sign(buf_slice(&text), signer, out, err)
	                   : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&text);
	return rc;
}
