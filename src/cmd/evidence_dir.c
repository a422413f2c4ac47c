#include "cmd/evidence_dir.h"

#include "model/evidence.h"
#include "store/redact.h"
#include "sys/file.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

static const char *path_in(const char *dir, const char *name, struct arena *a)
{
	return arena_printf(a, "%s/%s", dir, name);
}

static bool is_there(const char *path)
{
	enum file_kind kind = FILE_ABSENT;

	return path && file_kind_of(path, &kind, NULL) == 0 && kind != FILE_ABSENT;
}

static int read_platforms(const char *path, struct config *config, struct arena *arena,
                          struct err *err)
{
	struct buf text = { 0 };
	struct config there;
	int rc = file_read(path, 1 << 20, &text, err);

	config_init(&there);
	if (rc == 0)
		rc = config_parse(buf_slice(&text), path, arena, &there, err);
	if (rc == 0) {
		config->platforms = there.platforms;
		config->n_platforms = there.n_platforms;
	}
	buf_release(&text);
	return rc;
}

int evidence_dir_config(const char *path, bool keep_packs, struct config *config,
                        struct arena *arena, struct err *err)
{
	const char *packs = path_in(path, "packs", arena),
		   *lexicon = path_in(path, "lexicon", arena);
	const char *suffixes = path_in(path, "suffixes.dat", arena);
	const char *platforms = path_in(path, "assay.yaml", arena);
	const char *database = path_in(path, "assay.db", arena);

	if (!packs || !lexicon || !suffixes || !platforms || !database)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (is_there(database))
		return 0;
	if (!keep_packs && is_there(packs))
		config->packs = packs;
	if (is_there(lexicon))
		config->lexicon = lexicon;
	if (is_there(suffixes)) {
		config->suffixes = suffixes;
		config->platforms = NULL;
		config->n_platforms = 0;
	}
	return is_there(platforms) ? read_platforms(platforms, config, arena, err) : 0;
}

/* ---- a folder ---- */

static bool is_input(const char *name)
{
	static const char *const others[] = { "blob", "packs", "lexicon", "suffixes.dat",
		                              "assay.yaml" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return true;
}

static int open_folder(struct evidence_dir *d, const struct log *log, struct err *err)
{
	struct intake intake = { .suffixes = d->suffixes, .log = log };
	char **names = NULL;
	size_t n = 0;
	int rc = 0;

	d->memory = (struct intake_memory){ .suffixes = d->suffixes, .arena = &d->arena };
	d->memory.blobs = path_in(d->path, "blob", &d->arena);
	if (!d->memory.blobs)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	rc = intake_to_memory(&d->memory, &intake.sink, err);
	if (rc == 0)
		rc = file_list(d->path, &names, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const char *path = path_in(d->path, names[i], &d->arena);
		if (!path)
			rc = err_set(err, ERR_NOMEM, 0, "out of memory");
		else if (is_input(names[i]))
			rc = intake_path(&intake, path, err);
	}
	file_list_free(names, n);
	if (rc == 0)
		rc = intake_memory_cases(&d->memory, &d->file, &d->files, &d->registers, err);
	return rc;
}

int evidence_dir_open(const char *path, const struct suffixes *suffixes, const struct log *log,
                      struct evidence_dir *out, struct err *err)
{
	out->path = path;
	out->suffixes = suffixes;
	const char *database = path_in(path, "assay.db", &out->arena);
	if (!database)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	if (!is_there(database))
		return open_folder(out, log, err);
	int rc = store_open(path, STORE_READ, NULL, &out->store, err);
	if (rc == 0)
		rc = store_snapshot(out->store, err);
	if (rc == 0)
		rc = registers_load(out->store, suffixes, &out->arena, &out->registers, err);
	return rc;
}

void evidence_dir_release(struct evidence_dir *d)
{
	if (d->memory.arena)
		intake_memory_release(&d->memory);
	store_close(d->store);
	arena_release(&d->arena);
	*d = (struct evidence_dir){ 0 };
}

/* ---- the case of a verdict ---- */

static int cmp_file(const void *key, const void *file)
{
	return subject_cmp(*(const struct subject *)key, ((const struct casefile *)file)->subject);
}

/* Whose pages a verdict is about: pages under an address may have been split off a site. */
static int site_of(struct evidence_dir *d, struct subject subject, struct arena *a,
                   struct subject *out, struct err *err)
{
	struct url url;
	int rc = url_parse(subject.key, a, &url, err);

	if (rc == 0)
		*out = subject_of_url(&url, d->suffixes);
	return rc;
}

static int load_case(struct evidence_dir *d, struct subject subject, int64_t before,
                     struct arena *made, struct evidence_case *out, struct err *err)
{
	if (!d->store) {
		out->file =
			d->files ? bsearch(&subject, d->file, d->files, sizeof(*d->file), cmp_file)
				 : NULL;
		return 0;
	}
	struct casefile *file = ARENA_NEW(made, struct casefile);
	if (!file)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	int rc = casefile_load_before(d->store, subject, d->suffixes, before, made, file, err);
	if (rc)
		return rc;
	out->redacted = out->redacted || file->redacted_at != STORE_NONE;
	out->file = file->n ? file : NULL;
	return 0;
}

int evidence_dir_place(struct evidence_dir *d, const struct record *verdict, int64_t *out,
                       struct err *err)
{
	struct store_record row;
	struct err why = { 0 };
	struct arena a = { 0 };
	int rc = ERR_NOTFOUND;

	if (d->store)
		rc = store_get_record(d->store, verdict->id, &a, &row, &why);
	*out = rc == 0 ? row.seq : INT64_MAX;
	arena_release(&a);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc && err)
		*err = why;
	return rc;
}

int evidence_dir_case(struct evidence_dir *d, const struct record *verdict, struct arena *made,
                      struct evidence_case *out, struct err *err)
{
	char digest[EVIDENCE_ADDRESS_SIZE];
	int64_t before;
	struct subject site;
	int rc = evidence_dir_place(d, verdict, &before, err);

	*out = (struct evidence_case){ .registers = d->registers };
	if (rc == 0)
		rc = load_case(d, verdict->subject, before, made, out, err);
	if (rc == 0 && !out->file && verdict->subject.kind == SUBJECT_URL) {
		rc = site_of(d, verdict->subject, made, &site, err);
		if (rc == 0)
			rc = load_case(d, site, before, made, out, err);
	}
	/* Mostly the registers are still what they were. */
	evidence_address_format(d->registers.digest, digest);
	if (rc == 0 && d->store && before != INT64_MAX &&
	    !slice_eq_str(json_str(json_obj(verdict->body, "inputs"), "registers"), digest))
		rc = registers_load_before(d->store, d->suffixes, before, made, &out->registers,
		                           err);
	return rc;
}

int evidence_dir_has(struct evidence_dir *d, struct sha256 digest, bool *redacted, struct err *err)
{
	struct slice bytes;
	struct buf kept = { 0 };
	struct store_gone gone;
	int rc;

	*redacted = false;
	if (!d->store) {
		rc = intake_memory_evidence(&d->memory, digest, &bytes, err);
		*redacted =
			rc == ERR_NOTFOUND &&
			table_find(&d->memory.gone, slice_from((const char *)digest.b, SHA256_LEN));
		return rc;
	}
	rc = store_get_evidence(d->store, digest, &kept, NULL, NULL, err);
	buf_release(&kept);
	if (rc == ERR_NOTFOUND)
		*redacted = store_find_gone(d->store, digest, &gone, NULL) == 0;
	return rc;
}
