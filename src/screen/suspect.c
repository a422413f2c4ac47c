/* A suspect as a record. */
#include "screen/screen.h"

#include "model/subject.h"

#include <jansson.h>

static json_t *text_of(struct slice s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

/* Failures of the setters are told together, by the count of what is missing. */
static json_t *reason_json(const struct screen_reason *r)
{
	char folding[FOLDING_TEXT];
	json_t *o = json_object();
	int failed = 0;

	screen_folding_name(r->folding, folding);
	failed |= json_object_set_new(o, "rule", json_string(r->rule));
	failed |= json_object_set_new(o, "class", json_string(screen_class_name(r->class)));
	failed |= json_object_set_new(o, "word", text_of(r->word));
	if (r->substance.n)
		failed |= json_object_set_new(o, "substance", text_of(r->substance));
	failed |= json_object_set_new(o, "start", json_integer(r->start));
	failed |= json_object_set_new(o, "end", json_integer(r->end));
	failed |= json_object_set_new(o, "folding", json_string(folding));
	failed |= json_object_set_new(o, "weight", json_integer(r->weight));
	if (failed) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int suspect_record(const struct screen *s, struct slice name, const struct suspect *suspect,
                   struct slice source, int64_t at, struct record *out, struct err *err)
{
	struct subject site = subject_of_name(name, screen_suffixes(s));
	char digest[7 + SHA256_HEX] = "sha256:";
	struct record r;
	json_t *reasons = json_array();

	for (uint32_t i = 0; reasons && i < suspect->n; i++) {
		if (json_array_append_new(reasons, reason_json(&suspect->reason[i])) < 0) {
			json_decref(reasons);
			reasons = NULL;
		}
	}
	sha256_hex(screen_lexicon_digest(s), digest + 7);
	record_new(&r, "suspect", 1, slice_str(subject_kind_name(site.kind)), site.key, at,
	           SLICE("screen"));
	record_set_str(&r, "name", name);
	record_set_str(&r, "source", source);
	record_set_i64(&r, "score", suspect->score);
	record_set_str(&r, "tier", slice_str(screen_tier_name(suspect->tier)));
	record_set_str(&r, "lexicon", slice_str(digest));
	record_set_new(&r, "reasons", reasons);
	int rc = record_finish(&r, err);
	if (rc == 0)
		*out = r;
	else
		record_release(&r);
	return rc;
}
