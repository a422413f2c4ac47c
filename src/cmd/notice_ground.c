#include "cmd/notice_ground.h"

#include "cmd/notice_case.h"
#include "cmd/reports.h"
#include "wire/json.h"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "out of memory");
}

/* Begin of the registration period, as far as it is known. */
static int64_t since_of(const struct notice_subject *s)
{
	return s->registration.created != NOTICE_NEVER ? s->registration.created : s->period;
}

/* ---- registration ---- */

static int mark_victim(struct notice_desk *desk, enum notice_matter matter,
                       struct notice_subject *s, struct arena *a, struct err *err)
{
	struct ground_report *list = NULL;
	size_t n = 0;
	int rc = reports_load(desk->store, s->subject, a, &list, &n, err);

	if (rc || !ground_registration(list, n, since_of(s)).holds)
		return rc;
	if (matter == MATTER_REGISTRATION)
		ground_hide_victim(s);
	else
		s->registration.suspected_victim = true;
	return 0;
}

/* ---- compromised ---- */

/* The url that the verdict split off; empty: it names none. */
static int planted_of(struct notice_desk *desk, const struct notice_subject *s, struct arena *a,
                      struct slice *out, struct err *err)
{
	struct store_record r;
	json_t *body = NULL;
	int rc = store_get_record(desk->store, s->verdict, a, &r, err);

	*out = (struct slice){ 0 };
	if (rc == 0)
		rc = json_parse_object(r.body, STORE_BODY_MAX, &body, err);
	struct slice key = json_str(body, "abused");
	if (rc == 0 && key.n && !(*out = arena_copy(a, key)).p)
		rc = no_memory(err);
	json_decref(body);
	return rc;
}

static int take_planted(struct notice_desk *desk, struct notice_subject *s, struct arena *a,
                        struct err *err)
{
	struct notice_subject planted;
	struct party_seen seen;
	struct subject url;
	struct slice key;
	int rc = planted_of(desk, s, a, &key, err);

	if (rc || key.n == 0)
		return rc;
	if (subject_from_key(SLICE("url"), key, &url, NULL))
		return err_set(err, ERR_CORRUPT, 0,
		               "a verdict on %.*s names no page as misused: %.*s",
		               SLICE_ARG(slice_sub(s->subject.key, 0, 80)),
		               SLICE_ARG(slice_sub(key, 0, 80)));
	rc = notice_case_subject(desk, url, a, &planted, &seen, err);
	return rc ? rc : ground_compromised(s, &planted, a, err);
}

int notice_ground_subject(struct notice_desk *desk, enum notice_matter matter,
                          struct notice_subject *s, struct arena *a, struct err *err)
{
	int rc = mark_victim(desk, matter, s, a, err);

	if (rc == 0 && matter == MATTER_COMPROMISED && s->abused &&
	    !sha256_eq(s->verdict, (struct sha256){ { 0 } }))
		rc = take_planted(desk, s, a, err);
	return rc;
}

/* ---- statements ---- */

int notice_ground_statements(struct notice_desk *desk, struct notice *n, struct arena *a,
                             struct err *err)
{
	struct slice *list = NULL;
	size_t count = 0;
	int rc = 0;

	if ((n->matter != MATTER_ROGUE && n->matter != MATTER_UNAPPROVED) ||
	    n->recipient.to == NOTICE_RIGHTS)
		return 0;
	for (size_t i = 0; rc == 0 && i < n->annex_n; i++) {
		const struct notice_subject *s = &n->annex[i];
		struct ground_report *report = NULL;
		size_t report_n = 0;
		rc = reports_load(desk->store, s->subject, a, &report, &report_n, err);
		if (rc == 0 && report_n)
			rc = ground_statements(report, report_n, s->subject.key, since_of(s), a,
			                       &list, &count, err);
	}
	if (rc == 0) {
		n->statement = list;
		n->statement_n = count;
	}
	return rc;
}
