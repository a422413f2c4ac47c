#include "decide/sign.h"

#define SRC SLICE("reviewer:")

/* What is signed is an act of a reviewer, and nothing else: a key that signs decisions must not be
 * talked into signing a pack or a checkpoint. */
static int check_act(const struct record *r, struct slice *reviewer, struct err *err)
{
	if (!slice_eq_str(r->type_name, "decision") && !slice_eq_str(r->type_name, "correction"))
		return err_set(err, ERR_SYNTAX, 0, "a signed act is a decision or a correction, not '%.*s'",
		               SLICE_ARG(slice_sub(r->type_name, 0, 40)));
	if (!slice_starts(r->src, SRC) || r->src.n == SRC.n)
		return err_set(err, ERR_SYNTAX, 0, "an act's src is \"reviewer:NAME\", not \"%.*s\"",
		               SLICE_ARG(slice_sub(r->src, 0, 60)));
	*reviewer = slice_sub(r->src, SRC.n, r->src.n);
	return 0;
}

int signed_act_parse(struct slice bytes, struct signed_act *out, struct err *err)
{
	struct signed_act s = { 0 };
	struct buf canonical = { 0 };

	int rc = note_parse(bytes, &s.note, err);
	if (rc)
		return rc;
	struct slice line = slice_sub(s.note.text, 0, slice_find(s.note.text, '\n'));
	if (line.n + 1 != s.note.text.n)
		return err_set(err, ERR_SYNTAX, line.n, "a signed act is one line of JSON");
	rc = record_parse(line, &s.act, err);
	if (rc)
		return rc;
	/* One act has one spelling: the bytes that were signed are those that the id is of. */
	rc = record_format(&s.act, &canonical, err);
	if (rc == 0 && (!s.act.id_was_given || !slice_eq(line, buf_slice(&canonical))))
		rc = err_set(err, ERR_SYNTAX, 0,
		             "a signed act is canonical JSON (RFC 8785) with its id");
	if (rc == 0)
		rc = check_act(&s.act, &s.reviewer, err);
	buf_release(&canonical);
	if (rc)
		record_release(&s.act);
	else
		*out = s;
	return rc;
}

int signed_act_check(const struct signed_act *act, const struct note_key *key, struct err *err)
{
	struct err why;

	if (!slice_eq(act->reviewer, key->name))
		return err_set(err, ERR_REFUSED, 0, "the act is of '%.*s', and the key of '%.*s'",
		               SLICE_ARG(act->reviewer), SLICE_ARG(slice_sub(key->name, 0, 60)));
	int rc = note_check(&act->note, key, &why);
	if (rc == ERR_NOTFOUND)
		return err_set(err, ERR_REFUSED, 0, "the act is not signed by the key of '%.*s'",
		               SLICE_ARG(act->reviewer));
	return rc ? err_set(err, why.code, why.at, "the act's signature: %.120s", why.what) : 0;
}

void signed_act_release(struct signed_act *act)
{
	record_release(&act->act);
	*act = (struct signed_act){ 0 };
}

int signed_act_format(const struct record *act, const struct note_signer *signer, struct buf *out,
                      struct err *err)
{
	struct buf text = { 0 };
	struct slice reviewer;
	int rc = check_act(act, &reviewer, err);

	if (rc == 0 && !slice_eq(reviewer, signer->key.name))
		rc = err_set(err, ERR_REFUSED, 0, "the act is of '%.*s', and the key of '%.*s'",
		             SLICE_ARG(reviewer), SLICE_ARG(slice_sub(signer->key.name, 0, 60)));
	if (rc == 0)
		rc = record_format(act, &text, err);
	buf_putc(&text, '\n');
	if (rc == 0)
		rc = buf_ok(&text) ? note_sign(buf_slice(&text), signer, out, err)
		                   : err_set(err, ERR_NOMEM, 0, "out of memory");
	buf_release(&text);
	return rc;
}
