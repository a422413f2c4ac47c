/* What is signed is two lines: a word that keeps the signature from being taken for one of another kind
 * (a key may sign other notes too), and the mandate as canonical JSON:
 *
 *     assay-mandate/1
 *     {"clauses":["RAA 3.18.3"],"country":"JP",...}
 *
 *     - ministry.example XB4Pk6...
 *
 * A record keeps the members of that JSON beside the signature line, so that the note can be put
 * together again to the byte and verified whenever it is used: whoever changes a row of the store
 * changes nobody's mandate. An unknown member is refused: it may be a limit that is not understood. */
#include "act/mandate.h"

#include "act/mandate_members.h"
#include "wire/note.h"
#include "wire/timestamp.h"

#include <string.h>

#define FIRST_LINE "assay-mandate/1\n"

static int no_memory(struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "mandate: no memory");
}

/* --- signatures ------------------------------------------------------------------------------- */

/* Who signed, for messages: the name in the first signature. */
static struct slice signer_of(const struct note *note)
{
	struct note_signature s = { .name = SLICE("somebody") };
	size_t at = 0;

	note_next_signature(note, &at, &s);
	return s.name;
}

/* The pin whose key has signed the note; ERR_REFUSED. */
static int find_pin(const struct note *note, const struct config_mandate *pinned, size_t n,
                    const struct config_mandate **out, struct err *err)
{
	struct err why = { .what = "" };
	struct slice signer = signer_of(note);

	for (size_t i = 0; i < n; i++) {
		struct note_key key;
		int rc = note_key_parse(pinned[i].key, &key, err);
		if (rc)
			return rc;
		rc = note_check(note, &key, &why);
		if (rc == ERR_NOMEM)
			return no_memory(err);
		if (rc == ERR_CORRUPT)
			return err_set(
				err, ERR_REFUSED, 0,
				"mandate: the signature of %.*s does not hold: what it signed was "
				"changed",
				SLICE_ARG(slice_sub(key.name, 0, 80)));
		if (rc == 0) {
			*out = &pinned[i];
			return 0;
		}
	}
	return err_set(err, ERR_REFUSED, 0,
	               "mandate: signed by %.*s with a key that assay.yaml does not pin (mandates)",
	               SLICE_ARG(slice_sub(signer, 0, 80)));
}

static int check_pin(const struct config_mandate *pin, const struct mandate *m, struct err *err)
{
	if (pin->issuer.n && !slice_eq(pin->issuer, m->issuer))
		return err_set(err, ERR_REFUSED, 0,
		               "mandate: names %.*s as issuer, and its key is %.*s's (assay.yaml, "
		               "mandates)", SLICE_ARG(slice_sub(m->issuer, 0, 80)),
		               SLICE_ARG(slice_sub(pin->issuer, 0, 80)));
	if (pin->country.n && !slice_eq(pin->country, m->issuer_country))
		return err_set(
			err, ERR_REFUSED, 0,
			"mandate: names %.*s as the issuer's country, and its key is of %.*s "
			"(assay.yaml, mandates)",
			SLICE_ARG(m->issuer_country), SLICE_ARG(pin->country));
	return 0;
}

/* Whether bytes are a note, and not JSON alone. */
static bool is_note(struct slice text)
{
	return slice_starts(text, SLICE("assay-"));
}

/* The JSON in the text of a note; the text must be what mandate_text writes, to the byte. */
static int open_note(const struct note *note, json_t **out, struct err *err)
{
	struct slice first = SLICE(FIRST_LINE), json;
	struct buf again = { 0 };
	json_t *o = NULL;

	if (!slice_starts(note->text, first))
		return err_set(err, ERR_SYNTAX, 0,
		               "mandate: the first line is not assay-mandate/1");
	json = slice_sub(note->text, first.n, note->text.n);
	int rc = json_parse_object(slice_trim(json), MANDATE_BYTES_MAX, &o, err);
	if (rc) {
		err_wrap(err, "mandate");
		return rc;
	}
	rc = json_canonical(o, &again, err);
	buf_putc(&again, '\n');
	if (rc == 0 && !buf_ok(&again))
		rc = no_memory(err);
	if (rc == 0 && !slice_eq(buf_slice(&again), json))
		rc = err_set(
			err, ERR_SYNTAX, 0,
			"mandate: the second line is not canonical JSON (RFC 8785) and an end of "
			"line: let assay mandate sign write it");
	buf_release(&again);
	if (rc) {
		json_decref(o);
		return rc;
	}
	*out = o;
	return 0;
}

static int read_note(struct slice text, const struct config_mandate *pinned, size_t pinned_n,
                     struct arena *a, struct mandate *out, struct err *err)
{
	const struct config_mandate *pin = NULL;
	struct mandate m;
	struct note note;
	json_t *o = NULL;
	int rc = note_parse(text, &note, err);

	if (rc == 0)
		rc = open_note(&note, &o, err);
	if (rc == 0)
		rc = mandate_read_members(o, a, &m, err);
	json_decref(o);
	if (rc == 0)
		rc = find_pin(&note, pinned, pinned_n, &pin, err);
	if (rc == 0)
		rc = check_pin(pin, &m, err);
	if (rc == 0 && !(m.key = arena_copy(a, pin->key)).p)
		rc = no_memory(err);
	if (rc == 0)
		*out = m;
	return rc;
}

static int read_unsigned(const json_t *o, struct arena *a, struct mandate *out, struct err *err)
{
	struct mandate m;
	int rc = mandate_read_members(o, a, &m, err);

	if (rc)
		return rc;
	if (sha256_eq(m.document, (struct sha256){ { 0 } }))
		return err_set(
			err, ERR_REFUSED, 0,
			"mandate: it has neither a signature nor a document that somebody could "
			"look at");
	*out = m;
	return 0;
}

int mandate_read(struct slice text, const struct config_mandate *pinned, size_t pinned_n,
                 struct arena *a, struct mandate *out, struct err *err)
{
	json_t *o = NULL;

	if (text.n > MANDATE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, 0, "mandate: more than %d bytes", MANDATE_BYTES_MAX);
	if (is_note(text))
		return read_note(text, pinned, pinned_n, a, out, err);
	int rc = json_parse_object(text, MANDATE_BYTES_MAX, &o, err);
	if (rc) {
		err_wrap(err, "mandate");
		return rc;
	}
	rc = read_unsigned(o, a, out, err);
	json_decref(o);
	return rc;
}

static int put_text(const json_t *o, struct buf *out, struct err *err)
{
	struct buf text = { 0 };
	int rc;

	buf_puts(&text, FIRST_LINE);
	rc = json_canonical(o, &text, err);
	buf_putc(&text, '\n');
	if (rc == 0 && !buf_ok(&text))
		rc = no_memory(err);
	if (rc == 0)
		buf_put(out, buf_slice(&text));
	buf_release(&text);
	return rc == 0 && !buf_ok(out) ? no_memory(err) : rc;
}

int mandate_text(struct slice json, struct buf *out, struct err *err)
{
	struct arena a = { 0 };
	struct mandate m;
	json_t *o = NULL;
	int rc = json_parse_object(json, MANDATE_BYTES_MAX, &o, err);

	if (rc) {
		err_wrap(err, "mandate");
		return rc;
	}
	rc = mandate_read_members(o, &a, &m, err);
	if (rc == 0)
		rc = put_text(o, out, err);
	json_decref(o);
	arena_release(&a);
	return rc;
}

/* --- records ---------------------------------------------------------------------------------- */

int mandate_to_json(const struct mandate *m, struct slice text, json_t **out, struct err *err)
{
	struct note note;
	json_t *o = NULL;
	int rc, failed = 0;

	if (!is_note(text)) {
		rc = json_parse_object(text, MANDATE_BYTES_MAX, &o, err);
	} else {
		rc = note_parse(text, &note, err);
		if (rc == 0)
			rc = open_note(&note, &o, err);
		/* Every signature line, without the last line end: one that nobody pins yet may be
		 * asked for another day. */
		if (rc == 0)
			failed |= json_put_str(o, "signature", slice_trim(note.signatures)) |
			          json_put_str(o, "key", m->key);
	}
	if (rc == 0 && failed)
		rc = no_memory(err);
	if (rc) {
		json_decref(o);
		return rc;
	}
	*out = o;
	return 0;
}

int mandate_from_json(const json_t *body, const struct config_mandate *pinned, size_t pinned_n,
                      struct arena *a, struct mandate *out, struct err *err)
{
	struct slice signature = json_str(body, "signature");
	struct buf text = { 0 };
	json_t *o = json_object();
	int rc = o ? 0 : no_memory(err), failed = 0;

	for (size_t i = 0; rc == 0 && mandate_members[i]; i++) {
		json_t *value = json_object_get(body, mandate_members[i]);
		if (value)
			failed |= json_put_new(o, mandate_members[i], json_incref(value));
	}
	if (rc == 0 && failed)
		rc = no_memory(err);
	if (rc == 0 && signature.n == 0)
		rc = read_unsigned(o, a, out, err);
	else if (rc == 0) {
		rc = put_text(o, &text, err);
		buf_putc(&text, '\n');
		buf_put(&text, signature);
		buf_putc(&text, '\n');
		if (rc == 0 && !buf_ok(&text))
			rc = no_memory(err);
		if (rc == 0)
			rc = read_note(buf_slice(&text), pinned, pinned_n, a, out, err);
	}
	json_decref(o);
	buf_release(&text);
	return rc;
}

/* --- use -------------------------------------------------------------------------------------- */

static bool has(const struct slice *list, size_t n, struct slice s)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(list[i], s))
			return true;
	return false;
}

/* Whether one of `want` is in a list that is absent or names it. */
static bool fits(const struct slice *list, size_t n, const struct slice *want, size_t want_n)
{
	for (size_t i = 0; i < want_n; i++)
		if (has(list, n, want[i]))
			return true;
	return n == 0;
}

/* The first thing of a subject that no row covers, or NULL. Rows are narrowed down one after the
 * other: what is named is the limit that all rows left fail at. */
static const char *not_covered(const struct mandate *m, const struct notice *n,
                               const struct notice_subject *s)
{
	bool to = false, matter = false, country = false;

	for (size_t i = 0; i < m->scope_n; i++) {
		const struct mandate_scope *row = &m->scope[i];
		if (row->to && !(row->to >> n->recipient.to & 1))
			continue;
		to = true;
		if (row->matter && !(row->matter >> n->matter & 1))
			continue;
		matter = true;
		if (s && !fits(row->country, row->country_n, s->destination, s->destination_n))
			continue;
		country = true;
		if (!s || fits(row->group, row->group_n, s->group, s->group_n))
			return NULL;
	}
	return !to ? "recipients of kind" : !matter ? "the matter" : !country ? "the countries" :
	                                                                          "the drugs";
}

static int refuse_scope(const struct mandate *m, const struct notice *n,
                        const struct notice_subject *s, const char *what, struct err *err)
{
	struct slice name = slice_sub(m->name, 0, 64), key = s ? slice_sub(s->subject.key, 0, 80) :
	                                                       (struct slice){ 0 };

	if (strcmp(what, "recipients of kind") == 0)
		return err_set(err, ERR_REFUSED, 0,
		               "mandate %.*s: is not for recipients of kind %s", SLICE_ARG(name),
		               notice_to_name(n->recipient.to));
	if (strcmp(what, "the matter") == 0)
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: is not for the matter %s",
		               SLICE_ARG(name), notice_matter_name(n->matter));
	return err_set(err, ERR_REFUSED, 0, "mandate %.*s: does not cover %s of %.*s",
	               SLICE_ARG(name), what, SLICE_ARG(key));
}

int mandate_covers(const struct mandate *m, const struct notice *n, int64_t now, struct err *err)
{
	char at[TIMESTAMP_SIZE];
	struct slice name = slice_sub(m->name, 0, 64);
	const char *what;

	if (m->refused.n)
		return err_set(err, ERR_REFUSED, 0, "%.*s",
		               SLICE_ARG(slice_sub(m->refused, 0, 220)));
	if (m->revoked_at != NOTICE_NEVER && now >= m->revoked_at) {
		timestamp_format(m->revoked_at, at);
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: was revoked at %s",
		               SLICE_ARG(name), at);
	}
	if (now < m->from) {
		timestamp_format(m->from, at);
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: is in force from %s on only",
		               SLICE_ARG(name), at);
	}
	if (now >= m->until) {
		timestamp_format(m->until, at);
		return err_set(err, ERR_REFUSED, 0, "mandate %.*s: ended at %s", SLICE_ARG(name),
		               at);
	}
	if (n->annex_n == 0 && (what = not_covered(m, n, NULL)))
		return refuse_scope(m, n, NULL, what, err);
	for (size_t i = 0; i < n->annex_n; i++)
		if ((what = not_covered(m, n, &n->annex[i])))
			return refuse_scope(m, n, &n->annex[i], what, err);
	return 0;
}

int mandate_of_notice(const struct mandate *m, const struct notice_recipient *r, struct arena *a,
                      struct notice_mandate *out, struct err *err)
{
	struct slice *clause = arena_array(a, m->clause_n, sizeof(*clause));
	bool office = r->to == NOTICE_REGISTRAR && m->designated;
	size_t n = 0;

	if (!clause)
		return no_memory(err);
	if (office)
		office = fits(m->office, m->office_n, r->country, r->country_n);
	for (size_t i = 0; i < m->clause_n; i++)
		if (office || !mandate_names_3_18_3(m->clause[i]))
			clause[n++] = m->clause[i];
	*out = (struct notice_mandate){
		.name = m->name,
		.issuer = m->issuer,
		.country = m->issuer_country,
		.designated = m->designated,
		.private_delegate = m->private_delegate,
		.clause = clause,
		.clause_n = n,
		.feed = m->feed,
		.record = m->record,
		.from = m->from,
		.until = m->until,
	};
	return 0;
}
