#include "account/certificate.h"

#include "wire/timestamp.h"

#define HEAD SLICE("assay-key-certificate/1")

void certificate_root_name(struct slice origin, struct buf *out)
{
	buf_put(out, origin);
	buf_puts(out, "/root");
}

static bool is_root_of(struct slice root, struct slice origin)
{
	return root.n == origin.n + 5 && slice_starts(root, origin) &&
	       slice_ends(root, SLICE("/root"));
}

static bool is_word(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] == '_' && i > 0)))
			return false;
	return s.n > 0 && s.n <= 40;
}

static int not_root(struct slice root, struct slice origin, struct err *err)
{
	return err_set(err, ERR_REFUSED, 0, "the key of '%.*s' is not the root of '%.*s'",
	               SLICE_ARG(slice_sub(root, 0, 60)), SLICE_ARG(slice_sub(origin, 0, 60)));
}

int certificate_sign(const struct note_key *key, struct slice purpose, int64_t from,
                     const struct note_signer *root, struct buf *out, struct err *err)
{
	struct buf text = { 0 };
	char at[TIMESTAMP_SIZE];

	if (!is_root_of(root->key.name, key->name))
		return not_root(root->key.name, key->name, err);
	if (!is_word(purpose))
		return err_set(err, ERR_SYNTAX, 0, "the purpose of a certificate is a lower-case word");
	timestamp_format(from, at);
	buf_put(&text, HEAD);
	buf_puts(&text, "\nname ");
	buf_put(&text, key->name);
	buf_puts(&text, "\nkey ");
	note_key_format(key, &text);
	buf_puts(&text, "\npurpose ");
	buf_put(&text, purpose);
	buf_printf(&text, "\nfrom %s\n", at);
	int rc = buf_ok(&text) ? note_sign(buf_slice(&text), root, out, err)
	                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&text);
	return rc;
}

/* The next line, which must begin with that word and a space. */
static int take(struct slice *rest, struct slice word, struct slice *out, struct err *err)
{
	struct slice line;

	if (!slice_cut(rest, '\n', &line) || !slice_starts(line, word) || line.n <= word.n + 1 ||
	    line.p[word.n] != ' ')
		return err_set(err, ERR_SYNTAX, 0, "certificate: the line '%.*s' is missing or out of "
		                                   "place",
		               SLICE_ARG(word));
	*out = slice_sub(line, word.n + 1, line.n);
	return 0;
}

static int read_text(struct slice text, struct certificate *out, struct err *err)
{
	struct slice rest = text, line, from;
	struct certificate c;
	char again[TIMESTAMP_SIZE];

	if (!slice_cut(&rest, '\n', &line) || !slice_eq(line, HEAD))
		return err_set(err, ERR_SYNTAX, 0, "certificate: does not begin with its version");
	int rc = take(&rest, SLICE("name"), &c.name, err);
	if (rc == 0)
		rc = take(&rest, SLICE("key"), &c.key_text, err);
	if (rc == 0)
		rc = take(&rest, SLICE("purpose"), &c.purpose, err);
	if (rc == 0)
		rc = take(&rest, SLICE("from"), &from, err);
	if (rc == 0 && (rest.n || !is_word(c.purpose)))
		rc = err_set(err, ERR_SYNTAX, 0, "certificate: more lines than it has, or no purpose");
	if (rc == 0)
		rc = timestamp_parse(from, &c.from, err);
	if (rc == 0)
		timestamp_format(c.from, again);
	if (rc == 0 && !slice_eq_str(from, again))
		rc = err_set(err, ERR_SYNTAX, 0, "certificate: the time is not written out");
	if (rc == 0)
		rc = note_key_parse(c.key_text, &c.key, err);
	if (rc == 0 && !slice_eq(c.key.name, c.name))
		rc = err_set(err, ERR_SYNTAX, 0, "certificate: the key is of another name");
	if (rc == 0)
		*out = c;
	return rc;
}

int certificate_check(struct slice bytes, const struct note_key *root, struct certificate *out,
                      struct err *err)
{
	struct certificate c;
	struct note note;
	struct err why = { 0 };

	if (bytes.n > CERTIFICATE_MAX)
		return err_set(err, ERR_LIMIT, 0, "certificate: over %d bytes", CERTIFICATE_MAX);
	int rc = note_parse(bytes, &note, err);
	if (rc == 0)
		rc = read_text(note.text, &c, err);
	if (rc == 0 && !is_root_of(root->name, c.name))
		rc = not_root(root->name, c.name, err);
	if (rc)
		return rc;
	rc = note_check(&note, root, &why);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0, "certificate: %.140s", why.what);
	if (rc)
		return err_set(err, why.code, why.at, "certificate: %.140s", why.what);
	*out = c;
	return 0;
}
