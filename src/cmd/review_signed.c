/* Acts of reviewers who sit elsewhere: signed with the key that they were enrolled by, and carried here
 * in a file. What is signed is the record as it will be kept, so that anybody can check it later. */
#include "cmd/review.h"

#include "cmd/authority.h"
#include "decide/sign.h"
#include "sys/file.h"
#include "sys/secret.h"

#include <string.h>

enum { ACT_FILE_MAX = 1 << 20, KEY_FILE_MAX = 4096 };

static int sign(const struct record *act, struct slice key_text, struct buf *out, struct err *err)
{
	struct note_signer signer;
	int rc = note_signer_parse(slice_trim(key_text), &signer, err);

	if (rc)
		return rc;
	rc = signed_act_format(act, &signer, out, err);
	ed25519_wipe(&signer.seed);
	return rc;
}

int review_sign(struct review *r, const char *file, struct err *err)
{
	struct buf text = { 0 }, key = { 0 }, out = { 0 };
	struct record act = { 0 };
	int rc = r->key_file ? 0 : err_set(err, ERR_USAGE, 0, "sign takes --key-file");

	if (rc == 0)
		rc = file_read(file, ACT_FILE_MAX, &text, err);
	if (rc == 0) {
		rc = record_parse(slice_trim(buf_slice(&text)), &act, err);
		if (rc)
			err_wrap(err, "%s", file);
	}
	if (rc == 0)
		rc = secret_read(r->key_file, KEY_FILE_MAX, &key, err);
	if (rc == 0)
		rc = sign(&act, buf_slice(&key), &out, err);
	if (rc == 0)
		rc = cmd_put_out(&out, err);
	if (key.n)
		explicit_bzero(key.p, key.cap);
	buf_release(&key);
	buf_release(&text);
	buf_release(&out);
	record_release(&act);
	return rc ? rc : EXIT_DONE;
}

int review_take(struct review *r, const char *file, struct err *err)
{
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct record act = { 0 };
	struct authority who;
	struct ledgerbook book = { 0 };
	struct acts acts;
	size_t refused = 0;
	int rc = file_read(file, ACT_FILE_MAX, &text, err);

	if (rc == 0) {
		rc = authority_signed_act(r->store, &r->cmd->config, buf_slice(&text), &a, &act, &who, err);
		if (rc)
			err_wrap(err, "%s", file);
	}
	if (rc == 0)
		rc = review_open_book(r, &book, &acts, err);
	if (rc == 0) {
		acts.signed_by = slice_sub(act.src, SLICE("reviewer:").n, act.src.n);
		rc = review_carry_out(r, &acts, &act, &refused, err);
	}
	if (rc == 0)
		rc = ledgerbook_sync(&book, NULL, err);
	ledgerbook_close(&book);
	record_release(&act);
	buf_release(&text);
	arena_release(&a);
	return rc ? rc : refused ? EXIT_NO : EXIT_DONE;
}
