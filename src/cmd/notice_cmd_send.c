/* assay notice send: what is due leaves, and each is told of as it does. */
#include "cmd/notice_cmd.h"

#include "cmd/notice_send.h"

static json_t *told_json(const struct notice_cmd *m, const struct notice_file *f,
                         enum notice_state state, const char *answer, struct slice message,
                         const struct check_failure *failure, size_t failure_n)
{
	json_t *o = json_object();
	int failed = json_put_str(o, "reference", f->reference);

	failed |= json_put_str(o, "recipient", f->party_name);
	failed |= json_put_str(o, "state", slice_str(notice_state_name(state)));
	failed |= json_put_flag(o, "passes", failure_n == 0);
	if (*answer)
		failed |= json_put_str(o, state == NOTICE_WRITTEN ? "file" : "answer",
		                       slice_str(answer));
	if (failure_n)
		failed |= json_put_new(o, "failures", notice_failures_json(failure, failure_n));
	if (m->dry_run)
		failed |= json_put_str(o, "message", message);
	if (!failed)
		return o;
	json_decref(o);
	return NULL;
}

static void tell(void *ctx, const struct notice_file *f, enum notice_state state,
                 const char *answer, struct slice message, const struct check_failure *failure,
                 size_t failure_n)
{
	struct notice_cmd *m = ctx;
	struct buf out = { 0 };
	json_t *o = NULL;

	if (m->told_rc)
		return;
	if (m->cmd->format != FORMAT_TEXT) {
		o = told_json(m, f, state, answer, message, failure, failure_n);
	} else if (m->dry_run && failure_n == 0) {
		buf_put(&out, message);
	} else {
		buf_printf(&out, "%.*s  %-10s %.*s%s%s\n", SLICE_ARG(f->reference),
		           failure_n ? "refused" : notice_state_name(state),
		           SLICE_ARG(f->party_name), *answer ? ": " : "", answer);
		notice_put_failures(failure, failure_n, &out);
	}
	m->told_rc = notice_cmd_print(m, o, &out, m->err);
	buf_release(&out);
}

static int send_these(struct notice_cmd *m, const struct notice_file *only, struct err *err)
{
	struct notice_post post = {
		.desk = &m->desk,
		.book = m->dry_run ? NULL : &m->book,
		.outbox = m->outbox,
		.again = m->again,
		.has_at = m->cmd->at_given,
		.at = m->cmd->at,
		.told = tell,
		.ctx = m,
	};

	m->err = err;
	int rc = notice_send(&post, m->list, m->n, only, err);
	if (rc == 0)
		rc = m->told_rc;
	return rc ? rc : post.failed || post.refused || post.waiting ? EXIT_NO : EXIT_DONE;
}

int notice_cmd_send(struct notice_cmd *m, struct err *err)
{
	struct notice_file *only = NULL;
	int rc = m->cmd->argc == 2 ? notice_cmd_find(m, m->cmd->argv[1], &only, err) : 0;

	if (rc == 0 && only && only->state == NOTICE_DRAFTED)
		rc = err_set(err, ERR_REFUSED, 0,
		             "%.*s waits for an approval: assay notice approve",
		             SLICE_ARG(only->reference));
	return rc ? rc : send_these(m, only, err);
}

int notice_cmd_send_due(struct notice_cmd *m, struct err *err)
{
	if (!m->cmd->config.mail.relay && !m->outbox)
		return EXIT_DONE;
	int rc = notices_load(m->store, &m->arena, &m->list, &m->n, err);
	return rc ? rc : send_these(m, NULL, err);
}
