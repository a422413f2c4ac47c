/* assay registrar scorecard: what parties do when they are told. Ranks are made among all of a kind;
 * what is shown may be fewer. */
#include "cmd/registrar_card.h"
#include "cmd/registrar_gather.h"

#include "sys/file.h"
#include "wire/timestamp.h"

#include <string.h>

static int read_terms(struct registrar_cmd *m, struct scorecard_input *in, enum notice_to *kind,
                      struct err *err)
{
	int rc = 0;

	in->at = m->cmd->at;
	in->since = NOTICE_NEVER;
	in->least = (size_t)m->minimum;
	if (m->since) {
		rc = timestamp_parse(slice_str(m->since), &in->since, err);
		if (rc)
			return err_wrap(err, "--since");
	}
	if (m->kind &&
	    (!notice_to_parse(slice_str(m->kind), kind) ||
	     (*kind != NOTICE_REGISTRAR && *kind != NOTICE_RESELLER && *kind != NOTICE_HOST)))
		return err_set(err, ERR_USAGE, 0,
		               "--kind takes registrar, reseller or host, not '%s'", m->kind);
	return 0;
}

static bool is_wanted(const struct registrar_cmd *m, const struct scorecard *c, enum notice_to kind)
{
	if (m->kind && c->to != kind)
		return false;
	for (int i = 1; i < m->cmd->argc; i++)
		if (registrar_is_named(slice_str(m->cmd->argv[i]), c->key, c->name))
			return true;
	return m->cmd->argc <= 1;
}

/* Those that are wanted, in the order of all; a party that somebody named and that was never told of
 * anything is said to be none. */
static int choose(const struct registrar_cmd *m, struct scorecard *card, size_t *n,
                  enum notice_to kind, struct err *err)
{
	size_t kept = 0;

	for (int i = 1; i < m->cmd->argc; i++) {
		bool found = false;
		for (size_t k = 0; k < *n; k++)
			found |= registrar_is_named(slice_str(m->cmd->argv[i]), card[k].key,
			                            card[k].name);
		if (!found)
			return err_set(err, ERR_NOTFOUND, 0,
			               "%s: no party of that name was told of anything",
			               m->cmd->argv[i]);
	}
	for (size_t i = 0; i < *n; i++)
		if (is_wanted(m, &card[i], kind))
			card[kept++] = card[i];
	*n = kept;
	return 0;
}

static int put(struct registrar_cmd *m, const struct scorecard *card, size_t n,
               const struct card_terms *t, struct err *err)
{
	struct buf out = { 0 };
	int rc = 0;

	if (m->cmd->format == FORMAT_TEXT)
		card_put_head(card, n, t, &out);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (m->cmd->format == FORMAT_TEXT) {
			rc = card_put_text(&card[i], &out, err);
		} else {
			json_t *o = card_to_json(&card[i], t);
			rc = o ? json_canonical(o, &out, err)
			       : err_set(err, ERR_NOMEM, 0, "out of memory");
			buf_putc(&out, '\n');
			json_decref(o);
		}
		if (rc == 0 && out.n > 1 << 16)
			rc = cmd_put_out(&out, err);
	}
	if (m->cmd->format == FORMAT_TEXT)
		card_put_method(t, &out);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	buf_release(&out);
	return rc;
}

int registrar_scorecard(struct registrar_cmd *m, struct err *err)
{
	struct scorecard_input in = { 0 };
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct scorecard *card = NULL;
	struct dum *dum = NULL;
	enum notice_to kind = NOTICE_REGISTRAR;
	size_t n = 0;
	int rc = read_terms(m, &in, &kind, err);

	if (rc == 0 && m->dum)
		rc = file_read(m->dum, DUM_BYTES_MAX, &text, err);
	if (rc == 0 && m->dum)
		rc = dum_read(buf_slice(&text), m->dum, &a, &dum, &in.dum_n, err);
	in.dum = dum;
	if (rc == 0)
		rc = registrar_gather(m, &a, &in, err);
	if (rc == 0)
		rc = scorecard_make(&in, &a, &card, &n, err);
	if (rc == 0)
		rc = choose(m, card, &n, kind, err);
	struct card_terms terms = { in.at, in.since, in.least };
	if (rc == 0)
		rc = put(m, card, n, &terms, err);
	buf_release(&text);
	arena_release(&a);
	return rc ? rc : EXIT_DONE;
}
