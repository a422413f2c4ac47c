#include "cmd/rulebook.h"

#include "cmd/matcher_load.h"
#include "store/reference.h"
#include "sys/file.h"

#include <string.h>

enum { FILE_MAX = 64 << 20 };

/* Keys were checked when the configuration was read; one that is none now would be our fault. */
static int read_publishers(const struct config *config, struct arena *a, struct note_key **out,
                           struct err *err)
{
	struct note_key *key = arena_array(a, config->n_publishers, sizeof(*key));
	int rc = key ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");

	for (size_t i = 0; rc == 0 && i < config->n_publishers; i++) {
		rc = note_key_parse(config->publishers[i], &key[i], err);
		if (rc)
			err_wrap(err, "publishers");
	}
	if (rc == 0)
		*out = key;
	return rc;
}

/* The signature beside a pack; without one sig stays empty. */
static int read_signature(const char *pack, struct buf *sig, struct err *err)
{
	char path[4096 + 8];
	struct err why = { 0 };

	snprintf(path, sizeof(path), "%s.sig", pack);
	int rc = file_read(path, NOTE_BYTES_MAX, sig, &why);
	if (rc == 0 && sig->n == 0)
		buf_putc(sig, '\n'); /* an empty file is a broken signature, not an absent one */
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	if (err)
		*err = why;
	return rc;
}

static int load_suffixes(const struct config *config, struct rulebook *b, struct err *err)
{
	int rc = reference_load_suffixes(config->suffixes, config->platforms, config->n_platforms,
	                                 &b->suffixes, err);

	if (rc == ERR_NOTFOUND && !config->suffixes)
		rc = err_set(err, ERR_NOTFOUND, 0,
		             "%s is not there: install the package publicsuffix, or name a list with "
		             "`suffixes:` in assay.yaml",
		             REFERENCE_SUFFIXES);
	return rc;
}

static int load_pack(const char *dir, const char *name, const struct note_key *publisher,
                     size_t publishers, struct rulebook *b, struct err *err)
{
	struct buf text = { 0 }, sig = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int rc = file_read(path, FILE_MAX, &text, err);
	if (rc == 0)
		rc = pack_parse(buf_slice(&text), path, &b->arena, &b->pack[b->pack_n], err);
	if (rc == 0)
		rc = read_signature(path, &sig, err);
	if (rc == 0)
		rc = pack_signature_check(&b->pack[b->pack_n], buf_slice(&sig), publisher, publishers,
		                          &b->arena, &b->signer[b->pack_n], err);
	if (rc == 0)
		b->pack_n++;
	buf_release(&sig);
	buf_release(&text);
	return rc;
}

static int load_packs(const struct config *config, struct rulebook *b, struct err *err)
{
	struct note_key *publisher = NULL;
	char **names = NULL;
	size_t n = 0;
	int rc = file_list(config->packs, &names, &n, err);

	if (rc)
		return rc;
	rc = read_publishers(config, &b->arena, &publisher, err);
	b->pack = arena_array(&b->arena, n, sizeof(*b->pack));
	b->signer = arena_array(&b->arena, n, sizeof(*b->signer));
	if (rc == 0 && (!b->pack || !b->signer))
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (slice_ends(slice_str(names[i]), SLICE(".yaml")))
			rc = load_pack(config->packs, names[i], publisher, config->n_publishers, b, err);
	file_list_free(names, n);
	if (rc == 0 && b->pack_n == 0)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no policy pack (*.yaml) in it", config->packs);
	return rc;
}

int rulebook_load(const struct config *config, bool words, bool packs, struct rulebook *out,
                  struct err *err)
{
	struct rulebook *b = out;

	*b = (struct rulebook){ 0 };
	int rc = load_suffixes(config, b, err);
	if (rc == 0 && words)
		rc = reference_load_lexicon(config->lexicon, &b->lexicon, err);
	if (rc == 0 && packs)
		rc = load_packs(config, b, err);
	if (rc == 0 && packs) {
		rc = matcher_load(b->lexicon, &b->image, &b->matcher, err);
		if (rc)
			rc = err_wrap(err, "%s", config->lexicon);
	}
	if (rc)
		return rc;
	fold_version(b->fold);
	b->inputs = (struct report_inputs){ suffixes_digest(b->suffixes), b->fold };
	b->assessor = (struct assessor){ b->lexicon, b->matcher, b->pack, b->pack_n };
	return 0;
}

void rulebook_release(struct rulebook *b)
{
	matcher_free(b->matcher);
	mmap_file_release(&b->image);
	lexicon_free(b->lexicon);
	suffixes_free(b->suffixes);
	arena_release(&b->arena);
	*b = (struct rulebook){ 0 };
}
