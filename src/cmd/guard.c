#include "cmd/guard.h"

#include "cmd/packbook.h"
#include "model/record.h"
#include "sys/clock.h"
#include "sys/file.h"

int guard_open(struct store *store, const struct config *config, const struct suffixes *suffixes,
               int64_t now, struct guard *out, struct err *err)
{
	struct buf text = { 0 };
	int64_t clock = clock_now();
	int rc = 0;

	*out = (struct guard){ .store = store, .config = config, .suffixes = suffixes,
		               .day = (now < clock ? now : clock) - GUARD_DAY_S };
	if (config->popular) {
		rc = file_read(config->popular, POPULAR_BYTES_MAX, &text, err);
		if (rc == 0) {
			rc = popular_new(&text, &out->popular, err);
			if (rc)
				err_wrap(err, "%s", config->popular);
		}
	}
	buf_release(&text);
	return rc;
}

void guard_close(struct guard *g)
{
	popular_free(g->popular);
	*g = (struct guard){ 0 };
}

/* ---- grounds ---- */

static const json_t *cell_for(const json_t *verdict, struct slice destination)
{
	const json_t *cell;
	size_t i;

	json_array_foreach(json_arr(verdict, "cells"), i, cell)
		if (slice_eq(json_str(cell, "destination"), destination))
			return cell;
	return NULL;
}

static int check_finding(struct store *store, const struct packbook *packs, const json_t *verdict,
                         struct slice id, struct slice destination, struct err *err)
{
	struct arena a = { 0 };
	struct store_record r;
	struct sha256 digest;
	json_t *body = NULL;
	struct err why = { 0 };
	int rc = sha256_parse_hex(id, &digest) ? store_get_record(store, digest, &a, &r, &why)
	                                       : ERR_NOTFOUND;

	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, &body, &why);
	if (rc == ERR_NOTFOUND || (rc == 0 && !slice_eq_str(r.type, "finding"))) {
		rc = err_set(&why, ERR_REFUSED, 0, "the verdict rests on a finding that is not here");
	} else if (rc == 0) {
		struct slice pack = json_str(body, "pack"), version = json_str(body, "pack_version");
		const json_t *inputs = json_obj(json_obj(verdict, "inputs"), "packs");
		const json_t *input = NULL;
		const char *key;
		json_t *value;
		json_object_foreach((json_t *)(uintptr_t)inputs, key, value)
			if (slice_eq_str(pack, key))
				input = value;
		if (!slice_eq(json_str(body, "destination"), destination))
			rc = err_set(&why, ERR_REFUSED, 0,
			             "the verdict rests on a finding for another destination");
		else if (!input || !slice_eq(json_str(input, "version"), version))
			rc = err_set(&why, ERR_REFUSED, 0,
			             "a finding names pack %.*s %.*s, which is no input of the verdict",
			             SLICE_ARG(slice_sub(pack, 0, 60)),
			             SLICE_ARG(slice_sub(version, 0, 40)));
		else
			rc = packbook_has_rule(packs, pack, version, json_str(input, "digest"),
			                       json_str(body, "rule"), &why);
	}
	json_decref(body);
	arena_release(&a);
	if (rc && err)
		*err = why;
	return rc;
}

int guard_basis(struct store *store, const json_t *verdict, struct slice destination,
                struct err *err)
{
	const json_t *cell = cell_for(verdict, destination), *item;
	const json_t *findings = json_arr(cell, "findings");
	struct packbook packs = { 0 };
	size_t i;

	if (json_array_size(findings) == 0)
		return err_set(err, ERR_REFUSED, 0, "the verdict has no finding for %.*s",
		               SLICE_ARG(slice_sub(destination, 0, 8)));
	int rc = packbook_load(store, &packs, err);
	for (i = 0; rc == 0 && i < json_array_size(findings); i++) {
		item = json_array_get(findings, i);
		rc = check_finding(store, &packs, verdict, json_text(item), destination, err);
	}
	packbook_release(&packs);
	return rc;
}

/* ---- how many, and whom ---- */

int guard_name(struct subject subject, const struct suffixes *suffixes, struct arena *a,
               struct slice *out, struct err *err)
{
	struct subject site = subject;
	int rc = 0;

	*out = SLICE("");
	if (subject.kind == SUBJECT_IP || subject.kind == SUBJECT_PREFIX)
		return 0;
	rc = subject_site(subject, suffixes, a, &site, err);
	if (rc == 0 && site.kind != SUBJECT_IP) {
		struct domain d = domain_of(suffixes, site.key);
		*out = domain_site(&d);
	}
	return rc;
}

static int is_listed(struct store *store, struct subject subject, struct arena *a, bool *out,
                     struct err *err)
{
	struct store_listing *row = NULL;
	size_t n = 0;
	int rc = store_listings(store, slice_str(subject_kind_name(subject.kind)), subject.key, a,
	                        &row, &n, err);

	*out = false;
	for (size_t i = 0; rc == 0 && i < n; i++)
		*out = *out || !slice_eq_str(row[i].action, "remove");
	return rc;
}

/* The whole list is counted only where the floor does not suffice: that is seldom, and long. */
static int count(struct guard *g, int64_t adding, struct err *err)
{
	int rc = 0;

	if (!g->counted)
		rc = store_listed_since(g->store, g->day, &g->added, err);
	g->counted = g->counted || rc == 0;
	if (rc == 0 && !g->counted_all && g->added + adding > g->config->mass_floor) {
		rc = store_listed(g->store, &g->listed, err);
		g->listed = g->listed > g->added ? g->listed - g->added : 0;
		g->counted_all = rc == 0;
	}
	return rc;
}

int guard_listing(struct guard *g, struct guard_asked *asked, struct err *err)
{
	struct arena a = { 0 };
	struct slice name = { NULL, 0 };
	bool listed = false;
	int rc = guard_name(asked->subject, g->suffixes, &a, &name, err);

	if (rc == 0)
		rc = is_listed(g->store, asked->subject, &a, &listed, err);
	asked->adding = !listed;
	int64_t adding = asked->proposed ? 0 : asked->adding + g->batch;
	if (rc == 0 && adding > 0)
		rc = count(g, adding, err);
	if (rc == 0) {
		struct guard_listing l = {
			.name = asked->subject.key,
			.is_popular = popular_rank(g->popular, name) > 0,
			.automatic = asked->automatic,
			.reviewers = asked->reviewers,
			.popular_reason = asked->popular.n > 0,
			.mass_reason = asked->mass.n > 0,
			.adding = adding, .added = g->added, .listed = g->listed,
			.change_ppm = g->config->mass_change_ppm, .floor = g->config->mass_floor,
		};
		rc = guard_listing_judge(&l, err);
	}
	arena_release(&a);
	return rc;
}

void guard_listed(struct guard *g, const struct guard_asked *asked)
{
	g->added += asked->proposed ? 0 : asked->adding;
}
