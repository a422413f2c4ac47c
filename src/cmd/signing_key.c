#include "cmd/signing_key.h"

#include "base/ed25519.h"
#include "sys/random.h"
#include "sys/secret.h"

#include <string.h>

enum { KEY_FILE_MAX = 1024 };

void signing_key_wipe(struct signing_key *key)
{
	if (key->text.p)
		explicit_bzero(key->text.p, key->text.cap);
	buf_release(&key->text);
	ed25519_wipe(&key->signer.seed);
	key->signer = (struct note_signer){ 0 };
}

int signing_key_read(const char *path, struct signing_key *out, struct err *err)
{
	buf_reserve(&out->text, KEY_FILE_MAX); /* so that growing leaves no copy behind */
	int rc = secret_read(path, KEY_FILE_MAX - 1, &out->text, err);
	struct slice line = buf_slice(&out->text);

	if (rc)
		return rc;
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	rc = note_signer_parse(line, &out->signer, err);
	return rc ? err_wrap(err, "%s", path) : 0;
}

int signing_key_make(struct slice name, const char *path, struct buf *out, struct err *err)
{
	struct signing_key key = { 0 };
	struct ed25519_seed seed;
	int rc = random_bytes(seed.b, sizeof(seed.b), err);

	if (rc == 0)
		rc = note_signer_init(name, &seed, &key.signer, err);
	ed25519_wipe(&seed);
	if (rc == 0) {
		buf_reserve(&key.text, KEY_FILE_MAX);
		note_signer_format(&key.signer, &key.text);
		buf_putc(&key.text, '\n');
		rc = buf_ok(&key.text) ? secret_write(path, buf_slice(&key.text), err)
		                       : err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	if (rc == 0) {
		note_key_format(&key.signer.key, out);
		buf_putc(out, '\n');
		rc = buf_ok(out) ? 0 : err_set(err, ERR_NOMEM, 0, "out of memory");
	}
	signing_key_wipe(&key);
	return rc;
}
