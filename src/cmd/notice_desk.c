#include "cmd/notice_desk.h"

#include "cmd/mandates.h"
#include "cmd/provider_directory.h"
#include "store/reference.h"
#include "sys/file.h"

#include <stdio.h>
#include <string.h>

enum { TABLE_MAX = 4 << 20, DAY_S = 86400, HOUR_S = 3600 };

static int load_tables(struct notice_desk *d, struct err *err)
{
	struct buf text = { 0 };
	char path[4096];

	snprintf(path, sizeof(path), "%s/notice.tsv", d->config->notices);
	int rc = file_read(path, TABLE_MAX, &text, err);
	if (rc == 0)
		rc = catalogue_parse_languages(buf_slice(&text), path, &d->catalogue, err);
	buf_clear(&text);
	snprintf(path, sizeof(path), "%s/basis.tsv", d->config->notices);
	if (rc == 0)
		rc = file_read(path, TABLE_MAX, &text, err);
	if (rc == 0)
		rc = basis_load(buf_slice(&text), &d->basis, err);
	buf_release(&text);
	return rc;
}

static int load_popular(struct notice_desk *d, struct err *err)
{
	struct buf text = { 0 };
	int rc = 0;

	if (d->config->popular) {
		rc = file_read(d->config->popular, POPULAR_BYTES_MAX, &text, err);
		if (rc == 0 && (rc = popular_new(&text, &d->popular, err)))
			err_wrap(err, "%s", d->config->popular);
	}
	buf_release(&text);
	return rc;
}

static int load_vantages(struct notice_desk *d, struct err *err)
{
	const char *path = d->config->collect.vantages;
	struct buf text = { 0 };
	int rc = 0;

	d->vantages = vantages_default();
	if (path) {
		rc = file_read(path, TABLE_MAX, &text, err);
		if (rc == 0)
			rc = vantages_parse(buf_slice(&text), path, &d->arena, &d->vantages, err);
	}
	buf_release(&text);
	return rc;
}

static int load_words(struct notice_desk *d, struct err *err)
{
	bool asked = false;

	for (size_t i = 0; i < d->mandate_n; i++)
		for (size_t k = 0; k < d->mandate[i].scope_n; k++)
			asked = asked || d->mandate[i].scope[k].group_n > 0;
	return asked ? reference_load_lexicon(d->config->lexicon, &d->lexicon, err) : 0;
}

int notice_desk_load(struct store *store, const struct config *config,
                     const struct suffixes *suffixes, int64_t now, struct notice_desk *out,
                     struct err *err)
{
	*out = (struct notice_desk){
		.store = store, .config = config, .suffixes = suffixes, .now = now
	};
	int rc = provider_directory_load(config->notice.providers, &out->directory, err);

	if (rc == 0)
		rc = load_tables(out, err);
	if (rc == 0)
		rc = load_popular(out, err);
	if (rc == 0)
		rc = load_vantages(out, err);
	if (rc == 0)
		rc = mandates_load(store, config, &out->arena, &out->mandate, &out->mandate_n, err);
	return rc ? rc : load_words(out, err);
}

void notice_desk_release(struct notice_desk *d)
{
	providers_free(d->directory);
	basis_free(d->basis);
	catalogue_free(d->catalogue);
	popular_free(d->popular);
	lexicon_free(d->lexicon);
	arena_release(&d->arena);
	*d = (struct notice_desk){ 0 };
}

struct check_terms notice_desk_terms(const struct notice_desk *d)
{
	return (struct check_terms){
		.now = d->now,
		.evidence_max_s = d->config->notice.evidence_days * DAY_S,
		.contact_max_s = d->config->notice.contact_days * DAY_S,
		.vantages_apart_s = HOUR_S,
	};
}

const struct vantage *notice_desk_vantage(const struct notice_desk *d, struct slice name)
{
	for (size_t i = 0; i < d->vantages.n; i++)
		if (slice_eq(d->vantages.vantage[i].name, name))
			return &d->vantages.vantage[i];
	return NULL;
}
