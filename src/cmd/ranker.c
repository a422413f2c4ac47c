#include "cmd/ranker.h"

#include "assess/matcher.h"
#include "cmd/casefile.h"
#include "cmd/matcher_load.h"
#include "store/reference.h"
#include "sys/file.h"

int ranker_read(const char *path, struct arena *a, struct rank_model *out, struct err *err)
{
	struct buf bytes = { 0 };
	int rc = file_read(path, RANK_MODEL_BYTES_MAX, &bytes, err);

	if (rc == 0) {
		rc = rank_model_parse(buf_slice(&bytes), a, out, err);
		if (rc)
			err_wrap(err, "%s", path);
	}
	buf_release(&bytes);
	return rc;
}

int ranker_open(const struct config *config, const struct suffixes *suffixes, struct ranker *out,
                struct err *err)
{
	*out = (struct ranker){ .suffixes = suffixes };
	if (!config->model)
		return 0;
	int rc = ranker_read(config->model, &out->arena, &out->model, err);
	if (rc == 0)
		rc = reference_load_lexicon(config->lexicon, &out->lexicon, err);
	if (rc == 0)
		rc = matcher_load(out->lexicon, &out->image, &out->matcher, err);
	out->is_on = rc == 0;
	return rc;
}

void ranker_close(struct ranker *r)
{
	matcher_free(r->matcher);
	mmap_file_release(&r->image);
	lexicon_free(r->lexicon);
	arena_release(&r->arena);
	*r = (struct ranker){ 0 };
}

int ranker_score(const struct ranker *r, struct store *store, struct subject subject, struct arena *a,
                 struct rank_score *out, bool *scored, struct err *err)
{
	struct casefile file = { 0 };
	struct extract extract;
	struct features features;
	int rc = 0;

	*scored = false;
	if (!r->is_on)
		return 0;
	rc = casefile_load(store, subject, r->suffixes, a, &file, err);
	if (rc || file.n == 0)
		return rc;
	const struct site *site = &file.site[file.n - 1];
	bool *mine = arena_array(a, site->page_n, sizeof(*mine));
	if (!mine)
		return err_set(err, ERR_NOMEM, 0, "out of memory");
	for (size_t i = 0; i < site->page_n; i++)
		mine[i] = true;
	rc = extract_site(r->matcher, r->lexicon, site, a, &extract, err);
	if (rc == 0)
		rc = features_of(r->lexicon, &extract, site, mine, a, &features, err);
	if (rc == 0) {
		rank_model_score(&r->model, &features, out);
		*scored = true;
	}
	return rc;
}
