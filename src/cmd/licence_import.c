#include "cmd/licence_import.h"

#include "cmd/authority.h"
#include "cmd/intake_store.h"
#include "model/evidence.h"
#include "model/record.h"
#include "model/role.h"
#include "sys/file.h"
#include "wire/dname.h"
#include "wire/timestamp.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* What a file is by its first bytes: documents come as scans. */
static const char *type_of(struct slice bytes)
{
	if (slice_starts(bytes, SLICE("%PDF-")))
		return "application/pdf";
	if (slice_starts(bytes, SLICE("\x89PNG\r\n\x1a\n")))
		return "image/png";
	if (slice_starts(bytes, SLICE("\xff\xd8\xff")))
		return "image/jpeg";
	if (slice_starts(bytes, SLICE("II*\0")) || slice_starts(bytes, SLICE("MM\0*")))
		return "image/tiff";
	return "application/octet-stream";
}

static int check(const struct licence_import *in, int64_t *until, struct err *err)
{
	const struct {
		struct slice value;
		const char *option;
	} need[] = {
		{ in->site, "subject" },       { in->number, "number" },     { in->authority, "authority" },
		{ in->country, "country" },    { in->serves, "serves" },     { in->reviewer, "reviewer" },
		{ in->reason, "reason" },
	};

	for (size_t i = 0; i < sizeof(need) / sizeof(need[0]); i++)
		if (slice_trim(need[i].value).n == 0)
			return err_set(err, ERR_USAGE, 0, "a licence document takes --%s", need[i].option);
	if (!record_is_country(in->country))
		return err_set(err, ERR_USAGE, 0, "--country takes an ISO 3166-1 code, not '%.*s'",
		               SLICE_ARG(slice_sub(in->country, 0, 40)));
	if (!in->until.n)
		return 0;
	if (timestamp_parse(in->until, until, NULL))
		return err_set(err, ERR_USAGE, 0, "--until takes a date, not '%.*s'",
		               SLICE_ARG(slice_sub(in->until, 0, 40)));
	if (*until + 86400 <= in->now && !in->revoked)
		return err_set(err, ERR_USAGE, 0, "the licence has ended on %.*s",
		               SLICE_ARG(slice_sub(in->until, 0, 10)));
	return 0;
}

static json_t *serves_json(struct slice list, struct err *err)
{
	json_t *o = json_array();
	struct slice country;
	int failed = 0;

	while (o && slice_cut(&list, ',', &country)) {
		country = slice_trim(country);
		if (!record_is_country(country)) {
			json_decref(o);
			err_set(err, ERR_USAGE, 0, "--serves takes ISO 3166-1 codes, not '%.*s'",
			        SLICE_ARG(slice_sub(country, 0, 40)));
			return NULL;
		}
		failed |= json_add_str(o, country);
	}
	if (!o || failed) {
		json_decref(o);
		no_memory(err);
		return NULL;
	}
	return o;
}

static json_t *row_json(const struct licence_import *in, struct slice site, int64_t until,
                        struct err *err)
{
	json_t *serves = serves_json(in->serves, err), *domains = json_array(), *o = json_object();
	char day[TIMESTAMP_SIZE];

	if (!serves) {
		json_decref(domains);
		json_decref(o);
		return NULL;
	}
	int failed = (domains ? json_add_str(domains, site) : -1) |
	             json_put_str(o, "authority", slice_trim(in->authority)) |
	             json_put_str(o, "country", in->country) |
	             json_put_str(o, "number", slice_trim(in->number)) |
	             json_put_str(o, "kind", SLICE("reviewed_document")) |
	             json_put_str(o, "status", in->revoked ? SLICE("revoked") : SLICE("active")) |
	             json_put_new(o, "domains", domains) | json_put_new(o, "serves", serves);
	if (in->name.n)
		failed |= json_put_str(o, "name", slice_trim(in->name));
	if (in->until.n) {
		timestamp_format(until, day);
		failed |= json_put_str(o, "until", slice_sub(slice_str(day), 0, 10));
	}
	if (failed) {
		json_decref(o);
		err_set(err, ERR_USAGE, 0, "what was given is not UTF-8");
		return NULL;
	}
	return o;
}

/* The registrable name that was given: a licence of a tenant says nothing of a platform. */
static int site_of(const struct licence_import *in, struct arena *a, struct subject *out,
                   struct err *err)
{
	struct dname name;
	int rc = dname_parse(slice_trim(in->site), &name, err);

	if (rc)
		return err_wrap(err, "--subject");
	struct slice kept = arena_copy(a, dname_slice(&name));
	if (!kept.p)
		return no_memory(err);
	*out = subject_of_name(kept, in->suffixes);
	if (out->kind != SUBJECT_REGISTRABLE)
		return err_set(err, ERR_USAGE, 0, "--subject takes the registrable name of a site, and "
		                                  "'%.*s' is none", SLICE_ARG(kept));
	return 0;
}

static int put(struct licence_import *in, struct subject site, json_t *row, struct slice bytes,
               struct arena *a, struct err *err)
{
	struct store_evidence kept = { .cls = SLICE("restricted"), .media_type = slice_str(type_of(bytes)),
		                       .origin = SLICE("assay import licence"), .at = in->now };
	const char *src = arena_printf(a, "reviewer:%.*s", SLICE_ARG(in->reviewer));
	struct intake_store keeper = { .store = in->store, .at = in->now };
	struct record r;
	int rc = src ? store_begin(in->store, err) : no_memory(err);

	if (rc) {
		json_decref(row);
		return rc;
	}
	keeper.open = true;
	rc = store_put_evidence(in->store, &kept, bytes, NULL, err);
	in->evidence = kept.sha256;
	struct evidence e = { .address = kept.sha256, .class = EVIDENCE_RESTRICTED,
		              .media_type = kept.media_type, .length = bytes.n };
	json_t *list = json_array();
	if (list && json_add_new(list, evidence_to_json(&e)) < 0) {
		json_decref(list);
		list = NULL;
	}
	record_new(&r, "observation", 1, slice_str(subject_kind_name(site.kind)), site.key, in->now,
	           slice_str(src));
	record_set_str(&r, "what", SLICE("register"));
	record_set_str(&r, "reason", slice_trim(in->reason));
	record_set_new(&r, "register", row);
	record_set_new(&r, "evidence", list);
	if (rc == 0)
		rc = record_finish(&r, err);
	if (rc == 0)
		rc = intake_store_put(&keeper, &r, NULL, &in->is_new, err);
	in->record = r.id;
	if (rc == 0)
		rc = intake_store_flush(&keeper, err);
	record_release(&r);
	intake_store_release(&keeper);
	return rc;
}

int licence_import(struct licence_import *in, const char *path, struct arena *a, struct err *err)
{
	struct authority who = { 0 };
	struct subject site = { 0 };
	struct buf bytes = { 0 };
	int64_t until = 0;
	int rc = check(in, &until, err);

	if (rc == 0)
		rc = site_of(in, a, &site, err);
	if (rc == 0)
		rc = authority_reviewer(in->store, in->config, in->reviewer, a, &who, err);
	if (rc == 0)
		rc = file_read(path, LICENCE_FILE_MAX, &bytes, err);
	if (rc == 0 && bytes.n == 0)
		rc = err_set(err, ERR_SYNTAX, 0, "%s: the document is empty", path);
	json_t *row = rc == 0 ? row_json(in, site.key, until, err) : NULL;
	if (rc == 0 && !row)
		rc = err ? (int)err->code : ERR_USAGE;
	if (rc == 0)
		rc = put(in, site, row, buf_slice(&bytes), a, err);
	in->is_demonstration = who.is_demonstration;
	buf_release(&bytes);
	return rc;
}
