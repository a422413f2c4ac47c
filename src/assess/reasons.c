#include "assess/reasons.h"

#include "assess/gloss.h"
#include "assess/remedy.h"

int reasons_add_law(json_t *list, const json_t *finding)
{
	const json_t *law, *have;
	size_t i, k;
	int failed = 0;

	json_array_foreach(json_arr(finding, "law"), i, law) {
		bool there = false;
		json_array_foreach(list, k, have)
			there = there || json_equal(law, have);
		if (!there)
			failed |= json_add_new(list, json_incref((json_t *)law));
	}
	return failed;
}

struct slice reasons_redress(const char *appeal_address)
{
	return slice_str(appeal_address ? appeal_address : "ask the operator of this list");
}

/* The pack of an id whose bytes are those that the verdict was made with. */
static const struct pack *pack_of(const struct reasons_source *from, const json_t *verdict,
                                  struct slice id)
{
	char key[81], digest[7 + SHA256_HEX] = "sha256:";

	snprintf(key, sizeof(key), "%.*s", SLICE_ARG(id));
	for (size_t i = 0; i < from->pack_n; i++) {
		sha256_hex(from->pack[i].digest, digest + 7);
		const json_t *named = json_obj(json_obj(json_obj(verdict, "inputs"), "packs"), key);
		if (slice_eq(from->pack[i].id, id) &&
		    slice_eq_str(json_str(named, "digest"), digest))
			return &from->pack[i];
	}
	return NULL;
}

static const struct rule *rule_of(const struct pack *pack, struct slice id)
{
	for (size_t i = 0; pack && i < pack->rule_n; i++)
		if (slice_eq(pack->rule[i].id, id))
			return &pack->rule[i];
	return NULL;
}

/* The destination as people call it: the title of the pack of that country, else its code. */
static struct slice place_of(const struct reasons_source *from, struct slice destination)
{
	for (size_t i = 0; i < from->pack_n; i++)
		if (slice_eq(from->pack[i].jurisdiction, destination))
			return from->pack[i].title;
	return destination;
}

/* ---- what a class says ---- */

static const char *meaning_of(struct slice class, struct slice ground)
{
	static const struct {
		const char *class, *ground, *means;
	} rows[] = {
		{ "legitimate", NULL,
		  "An official register names this site, and the entry covers buyers in this territory. "
		  "Nothing that was found speaks against it." },
		{ "unverified", NULL,
		  "Nothing is established about sales to this territory: no official register was found that "
		  "vouches for the site there, and no breach of its rules was shown well enough. This is no "
		  "accusation and no ground to act on." },
		{ "unapproved", "foreign_legal",
		  "The site is licensed where it works from, and its sales to buyers in this territory are not "
		  "allowed there. This says nothing against the site anywhere else: a measure that reaches "
		  "beyond this territory would be out of proportion." },
		{ "unapproved", NULL,
		  "What was found is not allowed in this territory. It may be allowed elsewhere, so it is a "
		  "ground for measures in this territory alone." },
		{ "rogue", NULL,
		  "What was found breaks the law of this territory in a way that hangs on no one country's "
		  "rules: medicine is sold past the safeguards that protect buyers. Measures that take effect "
		  "everywhere may rest on it, once people have decided so." },
		{ "not_a_pharmacy", "abused_legit",
		  "The site is about something else; pages that sell medicine were put under one of its paths. "
		  "The site's owner is taken to be the victim of that and is not judged by those pages: to "
		  "remove them ends the matter." },
		{ "not_a_pharmacy", NULL,
		  "No page that was captured offers medicine. Nothing is held against the site." },
		{ "out_of_scope", NULL,
		  "The site offers medicine, but nothing shows that it offers any to buyers in this territory, "
		  "so the rules of this territory were not asked." },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (slice_eq_str(class, rows[i].class) &&
		    (!rows[i].ground || slice_eq_str(ground, rows[i].ground)))
			return rows[i].means;
	return "This program knows no class of that name.";
}

/* ---- the facts ---- */

/* What the words of a quotation that count mean, beside them. */
static int put_means(json_t *quotation, struct slice place)
{
	json_t *m;
	size_t i;
	int failed = 0;

	json_array_foreach(json_arr(quotation, "matched"), i, m) {
		struct buf means = { 0 };
		gloss_put(m, place, &means);
		failed |= !buf_ok(&means);
		if (means.n)
			failed |= json_put_str(m, "means", buf_slice(&means));
		buf_release(&means);
	}
	return failed;
}

/* A quotation of a finding, with what its words mean. */
static json_t *quotation_of(const json_t *quotation, struct slice place)
{
	json_t *o = json_deep_copy(quotation);

	if (o && put_means(o, place)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *quotations_of(const json_t *finding, struct slice place)
{
	json_t *list = json_array();
	const json_t *q;
	size_t i;

	json_array_foreach(json_arr(finding, "quotations"), i, q)
		if (list && json_add_new(list, quotation_of(q, place))) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static json_t *weighed_of(const json_t *finding, struct slice place)
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;
	int failed = list ? 0 : -1;

	json_array_foreach(json_arr(finding, "weighed"), i, item) {
		struct slice text = json_str(item, "text");
		enum phrase_class class;
		json_t *o = json_object();
		failed |= json_put_str(o, "says", phrase_class_parse(text, &class)
		                                          ? slice_str(gloss_phrase(class))
		                                          : text);
		if (json_obj(item, "quotation"))
			failed |= json_put_new(
				o, "quotation", quotation_of(json_obj(item, "quotation"), place));
		failed |= json_add_new(list, o);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *words_of(const struct slice *word, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < n; i++)
		if (json_add_str(list, word[i])) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* Where a finding counts: in words that somebody who is asked to act can go by. */
static const char *reach_of(const json_t *finding)
{
	return slice_eq_str(json_str(finding, "reach"), "global")
	               ? "the ground hangs on no one country's law"
	               : "the ground is this territory's law, and counts here alone";
}

static json_t *fact_of(const json_t *id, const json_t *finding, const json_t *verdict,
                       const struct reasons_source *from)
{
	static const char *const copied[] = { "text",     "rule",  "pack",  "pack_version",
		                              "severity", "reach", "ground" };
	const struct rule *rule = rule_of(pack_of(from, verdict, json_str(finding, "pack")),
	                                  json_str(finding, "rule"));
	struct slice destination = json_str(finding, "destination"),
		     place = place_of(from, destination);
	json_t *o = json_object(), *law = json_array();
	int failed = json_put_str(o, "finding", json_text(id));

	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		if (json_str(finding, copied[i]).n)
			failed |= json_put_str(o, copied[i], json_str(finding, copied[i]));
	failed |= json_put_str(o, "counts", slice_str(reach_of(finding)));
	failed |= reasons_add_law(law, finding);
	failed |= json_put_new(o, "law", law);
	failed |= json_put_new(o, "quotations", quotations_of(finding, place));
	failed |= json_put_new(o, "weighed", weighed_of(finding, place));
	if (json_obj(finding, "register"))
		failed |= json_put_new(o, "register", json_incref(json_obj(finding, "register")));
	if (rule) {
		failed |= json_put_str(o, "proof", rule->evidence);
		failed |= json_put_new(o, "cleared_by", remedy_of(rule, destination, place));
		failed |= json_put_new(o, "may_be_asked",
		                       words_of(rule->recipients, rule->recipient_n));
		failed |= json_put_flag(o, "automatic", rule->automatic);
	}
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static int facts_of(const json_t *verdict, const json_t *cell, const struct reasons_source *from,
                    json_t *list, struct err *err)
{
	const json_t *id;
	size_t i;

	json_array_foreach(json_arr(cell, "findings"), i, id) {
		json_t *finding = NULL;
		int rc = from->records.finding(from->records.ctx, json_text(id), &finding, err);
		if (rc)
			return rc;
		if (!finding)
			return err_set(err, ERR_CORRUPT, 0,
			               "the verdict names the finding %.*s, which is not there",
			               SLICE_ARG(slice_sub(json_text(id), 0, 80)));
		int failed = json_add_new(list, fact_of(id, finding, verdict, from));
		json_decref(finding);
		if (failed)
			return err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	return 0;
}

/* ---- what can be done about it ---- */

static bool is_harsh(struct slice class)
{
	return slice_eq_str(class, "rogue") || slice_eq_str(class, "unapproved");
}

static json_t *redress_of(const json_t *cell, const struct reasons_source *from)
{
	bool is_clear = slice_eq_str(json_str(cell, "class"), "legitimate");
	json_t *o = json_object(), *steps = json_array();
	int failed = json_put_str(o, "address", reasons_redress(from->appeal_address));

	failed |= json_add_str(steps, SLICE("Name the site and the verdict below."));
	if (!is_clear)
		failed |= json_add_str(
			steps,
			SLICE("If the site is licensed: send the register's name and the number in "
		              "it. An entry that names this domain and covers this territory settles "
		              "it; nobody need argue."));
	if (json_array_size(json_arr(cell, "findings"))) {
		failed |= json_add_str(
			steps, SLICE("If a quotation is misread or not yours: say which. It is "
		                     "looked up in the page as it was received."));
		failed |= json_add_str(
			steps, SLICE("If the page was changed since: say so. It is captured "
		                     "anew, and the verdict is made anew from that."));
	}
	failed |= json_put_new(o, "steps", steps);
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *automation_of(const json_t *cell)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "detection", SLICE("automatic")) |
	             json_put_str(o, "decision", SLICE("none"));

	failed |= json_put_str(
		o, "says",
		is_harsh(json_str(cell, "class"))
			? SLICE("A program found this. A verdict is no decision: nothing is "
	                        "published, and nobody is asked to act, before people have looked "
	                        "and decided. Rules that may do without them are named here.")
			: SLICE("A program found this. A verdict is no decision, and this one leads "
	                        "to no listing."));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

static json_t *territory_of(const json_t *cell, const struct reasons_source *from)
{
	struct slice destination = json_str(cell, "destination");
	json_t *o = json_object();

	if (json_put_str(o, "destination", destination) |
	    json_put_str(o, "name", place_of(from, destination))) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* What the cell says, and the licence abroad that a ground of foreign_legal rests on: it is no proof
 * against anybody. (A row that a finding of imitation rests on is another pharmacy's.) */
static json_t *favour_of(const json_t *cell, const json_t *facts)
{
	json_t *list = json_array();
	const json_t *item;
	size_t i;
	int failed = list ? 0 : -1;

	json_array_foreach(json_arr(cell, "counter"), i, item)
		failed |= json_add_str(list, json_text(item));
	json_array_foreach(facts, i, item) {
		const json_t *row = json_obj(item, "register");
		struct buf text = { 0 };
		if (!row || !slice_eq_str(json_str(item, "ground"), "foreign_legal"))
			continue;
		buf_printf(&text,
		           "%.*s names this site (%.*s, %.*s); that entry does not cover this "
		           "territory",
		           SLICE_ARG(json_str(row, "authority")),
		           SLICE_ARG(json_str(row, "country")), SLICE_ARG(json_str(row, "number")));
		failed |= buf_ok(&text) ? json_add_str(list, buf_slice(&text)) : -1;
		buf_release(&text);
	}
	if (failed) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *list_of(const json_t *cell, const char *key)
{
	json_t *list = json_arr(cell, key);

	return list ? json_incref(list) : json_array();
}

int reasons_of(const json_t *verdict, const json_t *cell, const struct reasons_source *from,
               json_t **out, struct err *err)
{
	static const char *const copied[] = { "subject", "inputs" };
	struct slice class = json_str(cell, "class"), ground = json_str(cell, "ground");
	json_t *o = json_object(), *facts = json_array();
	int rc = facts ? facts_of(verdict, cell, from, facts, err)
	               : err_set(err, ERR_NOMEM, 0, "out of memory");
	int failed = json_put_str(o, "type", SLICE("reasons")) | json_put_i64(o, "v", 1);

	failed |= json_put_str(o, "at", json_str(verdict, "at"));
	failed |= json_put_str(o, "src", json_str(verdict, "src"));
	failed |= json_put_str(o, "verdict", json_str(verdict, "id"));
	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		if (json_obj(verdict, copied[i]))
			failed |= json_put_new(o, copied[i],
			                       json_incref(json_obj(verdict, copied[i])));
	if (json_str(verdict, "period").n)
		failed |= json_put_str(o, "period", json_str(verdict, "period"));
	failed |= json_put_i64(o, "captures", json_i64(verdict, "captures", 0));
	failed |= json_put_new(o, "territory", territory_of(cell, from));
	failed |= json_put_str(o, "class", class);
	if (ground.n)
		failed |= json_put_str(o, "ground", ground);
	failed |= json_put_str(o, "means", slice_str(meaning_of(class, ground)));
	failed |= json_put_new(o, "favour", favour_of(cell, facts));
	failed |= json_put_new(o, "facts", facts);
	if (json_obj(cell, "register"))
		failed |= json_put_new(o, "register", json_incref(json_obj(cell, "register")));
	failed |= json_put_new(o, "missing", list_of(cell, "missing"));
	failed |= json_put_new(o, "automation", automation_of(cell));
	failed |= json_put_new(o, "redress", redress_of(cell, from));
	if (rc == 0 && failed)
		rc = err_set(err, ERR_NOMEM, 0, "out of memory");
	if (rc)
		json_decref(o);
	else
		*out = o;
	return rc;
}
