#include "cmd/statement.h"

#include "assess/reasons.h"

static int read_finding(const struct making *m, const json_t *id, json_t **out, struct err *err)
{
	struct sha256 digest;
	struct store_record r;
	struct arena a = { 0 };
	int rc = sha256_parse_hex(json_text(id), &digest) ? 0 : ERR_CORRUPT;

	if (rc == 0)
		rc = store_get_record(m->acts->book->store, digest, &a, &r, err);
	if (rc == ERR_CORRUPT || rc == ERR_NOTFOUND)
		rc = err_set(err, ERR_CORRUPT, 0,
		             "the verdict on %.*s names the finding %.*s, which is not in the store",
		             SLICE_ARG(m->key), SLICE_ARG(slice_sub(json_text(id), 0, 80)));
	if (rc == 0)
		rc = json_parse_object(r.body, RECORD_LINE_MAX, out, err);
	arena_release(&a);
	return rc;
}

/* Nothing graver than what was decided is held against anybody. */
static bool supports(const struct making *m, const json_t *finding)
{
	return slice_eq_str(m->class, "rogue") || !slice_eq_str(json_str(finding, "severity"), "rogue");
}

static bool has_text(const json_t *list, struct slice text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (slice_eq(json_text(item), text))
			return true;
	return false;
}

static json_t *evidence_of(const json_t *finding)
{
	json_t *list = json_array();
	const json_t *q;
	size_t i;
	int failed = !list;

	json_array_foreach(json_arr(finding, "quotations"), i, q)
		if (!has_text(list, json_str(q, "evidence")))
			failed |= json_add_str(list, json_str(q, "evidence"));
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *fact_of(const json_t *id, const json_t *finding)
{
	static const char *const fields[] = { "rule", "pack", "pack_version", "text" };
	json_t *o = json_object();
	int failed = json_put_str(o, "finding", json_text(id));

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (json_str(finding, fields[i]).n)
			failed |= json_put_str(o, fields[i], json_str(finding, fields[i]));
	failed |= json_put_new(o, "evidence", evidence_of(finding));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

struct parts {
	json_t *findings, *facts, *law;
};

static int gather(const struct making *m, struct parts *p, struct err *err)
{
	const json_t *cell = explain_cell_of(m->verdict, m->destination), *id;
	size_t i;
	int failed = !p->findings || !p->facts || !p->law;

	json_array_foreach(json_arr(cell, "findings"), i, id)
	{
		json_t *finding = NULL;
		int rc = read_finding(m, id, &finding, err);
		if (rc)
			return rc;
		failed |= json_array_append(p->findings, (json_t *)id);
		if (supports(m, finding))
			failed |= json_add_new(p->facts, fact_of(id, finding)) |
			          reasons_add_law(p->law, finding);
		json_decref(finding);
	}
	return failed ? err_set(err, ERR_NOMEM, 0, "out of memory") : 0;
}

int statement_of(const struct making *m, bool automatic, json_t **out, struct err *err)
{
	const char *appeal = m->acts->config->appeal_address;
	struct parts p = { json_array(), json_array(), json_array() };
	json_t *o = json_object();
	int rc = gather(m, &p, err);
	int failed = json_put_new(o, "findings", p.findings);

	failed |= json_put_new(o, "facts", p.facts);
	failed |= json_put_new(o, "law", p.law);
	failed |= json_put_str(o, "territory", m->destination);
	failed |= json_put_str(o, "detection", SLICE("automatic"));
	failed |= json_put_str(o, "decision", automatic ? SLICE("automatic") : SLICE("people"));
	if (m->told)
		failed |= json_put_str(o, "told", slice_str(m->told));
	failed |= json_put_str(o, "redress", reasons_redress(appeal));
	if (rc == 0 && failed)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc)
		json_decref(o);
	else
		*out = o;
	return rc;
}

int statement_rule_of(const struct making *m, struct statement_rule *out, struct err *err)
{
	const json_t *cell = explain_cell_of(m->verdict, m->destination), *id;
	struct slice ground = json_str(cell, "ground");
	size_t i;

	*out = (struct statement_rule){ 0 };
	json_array_foreach(json_arr(cell, "findings"), i, id)
	{
		json_t *finding = NULL;
		int rc = read_finding(m, id, &finding, err);
		if (rc)
			return rc;
		bool names = slice_eq(json_str(finding, "ground"), ground);
		if (!supports(m, finding) || (out->finding && !names)) {
			json_decref(finding);
			continue;
		}
		json_decref(out->finding);
		*out = (struct statement_rule){ finding, json_str(finding, "rule"),
			                        json_str(finding, "pack"),
			                        json_str(finding, "pack_version"),
			                        json_str(finding, "ground") };
		if (names)
			break;
	}
	return 0;
}
