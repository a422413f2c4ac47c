/* The keys of a ledger. Replacing one takes two steps, and each is a few files whose order makes a
 * crash between any two of them harmless:
 *
 *   rotate   key.next  ->  keys (new line)                both sign from the next checkpoint on
 *   retire   keys (old line ends)  ->  key.next becomes key  ->  key.pub
 *
 * A key.next that keys does not name yet does not sign: the rotation is finished by running it again.
 * Between the last two files of retiring, key.pub names the old key; log_key_settle mends that. */
#include "store/log.h"

#include "sys/file.h"
#include "sys/random.h"
#include "sys/secret.h"

#include <stdio.h>

enum {
	PATH_ROOM = 4096,
	KEY_FILE_MAX = 4096,
	KEYS_FILE_MAX = KEYRING_MAX * 512,
};

static int path_in(const struct log_folder *log, const char *name, char out[PATH_ROOM],
                   struct err *err)
{
	int n = snprintf(out, PATH_ROOM, "%s/%s", log_dir(log), name);

	if (n < 0 || n >= PATH_ROOM)
		return err_set(err, ERR_LIMIT, 0, "%s: path too long", name);
	return 0;
}

void log_key_wipe(struct buf *text, struct note_signer *signer)
{
	if (signer)
		ed25519_wipe(&signer->seed);
	if (text->p)
		explicit_bzero(text->p, text->cap);
	buf_release(text);
}

static int no_memory(const char *path, struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
}

static int write_public(const char *path, const struct note_key *key, struct err *err)
{
	struct buf text = { 0 };

	note_key_format(key, &text);
	buf_putc(&text, '\n');
	int rc = buf_ok(&text) ? file_write_whole(path, buf_slice(&text), err)
	                       : no_memory(path, err);
	buf_release(&text);
	return rc;
}

static int write_signer(const char *path, const struct note_signer *signer, struct err *err)
{
	struct buf text = { 0 };

	buf_reserve(&text, KEY_FILE_MAX); /* so that growing leaves no copy behind */
	note_signer_format(signer, &text);
	buf_putc(&text, '\n');
	int rc = buf_ok(&text) ? secret_write(path, buf_slice(&text), err) : no_memory(path, err);
	log_key_wipe(&text, NULL);
	return rc;
}

/* A signer of that name, of a random seed when none is given. */
static int make_signer(struct slice name, const struct ed25519_seed *given,
                       struct note_signer *out, struct err *err)
{
	struct ed25519_seed seed;
	int rc = 0;

	if (given)
		seed = *given;
	else
		rc = random_bytes(seed.b, sizeof(seed.b), err);
	if (rc == 0)
		rc = note_signer_init(name, &seed, out, err);
	ed25519_wipe(&seed);
	return rc;
}

/* key.pub first: `key` is what makes the pair exist, and a key.pub alone is written again. */
int log_key_new(struct log_folder *log, struct slice name, struct err *err)
{
	char key[PATH_ROOM], pub[PATH_ROOM];
	enum file_kind kind = FILE_ABSENT;
	struct note_signer signer = { 0 };

	int rc = path_in(log, "key", key, err);
	if (rc == 0)
		rc = path_in(log, "key.pub", pub, err);
	if (rc == 0)
		rc = file_kind_of(key, &kind, err);
	if (rc == 0 && kind != FILE_ABSENT)
		rc = err_set(err, ERR_REFUSED, 0, "%s: is there already", key);
	if (rc == 0)
		rc = make_signer(name, NULL, &signer, err);
	if (rc == 0)
		rc = write_public(pub, &signer.key, err);
	if (rc == 0)
		rc = write_signer(key, &signer, err);
	ed25519_wipe(&signer.seed);
	return rc;
}

/* One line, and nothing behind it. */
static struct slice only_line(const struct buf *text)
{
	struct slice s = buf_slice(text);

	return s.n && s.p[s.n - 1] == '\n' ? slice_sub(s, 0, s.n - 1) : s;
}

/* Our own file cannot be read as what it is. */
static int damaged(int rc, const char *path, struct err *err)
{
	if (rc == ERR_NOMEM || rc == ERR_IO || rc == ERR_NOTFOUND || rc == ERR_REFUSED)
		return rc;
	if (err) {
		if (rc == ERR_SYNTAX)
			err_wrap(err, "%s", path);
		err->code = ERR_CORRUPT;
	}
	return ERR_CORRUPT;
}

static int read_signer(struct log_folder *log, const char *name, struct buf *text,
                       struct note_signer *out, struct err *err)
{
	char path[PATH_ROOM];

	int rc = path_in(log, name, path, err);
	if (rc == 0)
		rc = secret_read(path, KEY_FILE_MAX, text, err);
	if (rc == 0)
		rc = note_signer_parse(only_line(text), out, err);
	if (rc)
		log_key_wipe(text, NULL);
	return rc ? damaged(rc, path, err) : 0;
}

int log_key_read(struct log_folder *log, struct buf *text, struct note_signer *out, struct err *err)
{
	return read_signer(log, "key", text, out, err);
}

int log_key_public(struct log_folder *log, struct buf *text, struct note_key *out, struct err *err)
{
	char path[PATH_ROOM];

	int rc = path_in(log, "key.pub", path, err);
	if (rc == 0)
		rc = file_read(path, KEY_FILE_MAX, text, err);
	if (rc == 0)
		rc = note_key_parse(only_line(text), out, err);
	if (rc)
		buf_release(text);
	return rc ? damaged(rc, path, err) : 0;
}

/* ---- all keys ---- */

int log_keyring_read(struct log_folder *log, struct buf *text, struct keyring *out,
                     struct err *err)
{
	char path[PATH_ROOM];
	enum file_kind kind = FILE_ABSENT;
	struct note_key key;

	int rc = path_in(log, "keys", path, err);
	if (rc == 0)
		rc = file_kind_of(path, &kind, err);
	if (rc == 0 && kind == FILE_ABSENT) {
		rc = log_key_public(log, text, &key, err);
		if (rc == 0)
			*out = keyring_of(&key);
		return rc;
	}
	if (rc == 0)
		rc = file_read(path, KEYS_FILE_MAX, text, err);
	if (rc == 0)
		rc = keyring_parse(buf_slice(text), out, err);
	if (rc)
		buf_release(text);
	return rc ? damaged(rc, path, err) : 0;
}

int log_keyring_write(struct log_folder *log, const struct keyring *ring,
                      const struct note_key *current, struct err *err)
{
	char path[PATH_ROOM];
	struct buf text = { 0 };

	int rc = path_in(log, "keys", path, err);
	keyring_format(ring, &text);
	if (rc == 0)
		rc = buf_ok(&text) ? file_write_whole(path, buf_slice(&text), err)
		                   : no_memory(path, err);
	buf_release(&text);
	if (rc == 0 && current)
		rc = path_in(log, "key.pub", path, err);
	if (rc == 0 && current)
		rc = write_public(path, current, err);
	return rc;
}

void log_signers_wipe(struct log_signers *signers)
{
	for (size_t i = 0; i < 2; i++)
		log_key_wipe(&signers->text[i], &signers->signer[i]);
	*signers = (struct log_signers){ .n = 0 };
}

/* Whether key.next is there and keys names it: then it signs. */
static int read_next(struct log_folder *log, struct buf *text, struct note_signer *out,
                     bool *signs, struct err *err)
{
	struct buf keys = { 0 };
	struct keyring ring;
	struct err why = { 0 };

	*signs = false;
	int rc = read_signer(log, "key.next", text, out, &why);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc) {
		if (err)
			*err = why;
		return rc;
	}
	rc = log_keyring_read(log, &keys, &ring, err);
	if (rc == 0)
		*signs = keyring_find(&ring, &out->key) != NULL;
	if (rc || !*signs)
		log_key_wipe(text, out);
	buf_release(&keys);
	return rc;
}

int log_signers_read(struct log_folder *log, struct log_signers *out, struct err *err)
{
	bool next = false;

	*out = (struct log_signers){ .n = 0 };
	int rc = log_key_read(log, &out->text[0], &out->signer[0], err);
	if (rc == 0)
		rc = read_next(log, &out->text[1], &out->signer[1], &next, err);
	if (rc == 0)
		out->n = next ? 2 : 1;
	else
		log_signers_wipe(out);
	return rc;
}

/* ---- replacing the key ---- */

/* key.next as it is, or made. */
static int next_signer(struct log_folder *log, struct slice name, const struct ed25519_seed *seed,
                       struct buf *text, struct note_signer *out, struct err *err)
{
	char path[PATH_ROOM];
	struct err why = { 0 };

	int rc = path_in(log, "key.next", path, err);
	if (rc)
		return rc;
	rc = read_signer(log, "key.next", text, out, &why);
	if (rc == 0) {
		if (seed && memcmp(seed->b, out->seed.b, sizeof(seed->b)) != 0)
			rc = err_set(err, ERR_REFUSED, 0,
			             "%s: another key is being brought in already", path);
		return rc;
	}
	if (rc != ERR_NOTFOUND) {
		if (err)
			*err = why;
		return rc;
	}
	rc = make_signer(name, seed, out, err);
	return rc ? rc : write_signer(path, out, err);
}

int log_key_rotate(struct log_folder *log, uint64_t size, const struct ed25519_seed *seed,
                   struct buf *text, struct note_key *out, struct err *err)
{
	struct buf key_text = { 0 }, next_text = { 0 }, keys = { 0 };
	struct note_signer signer = { 0 }, next = { 0 };
	struct keyring ring;

	int rc = log_key_read(log, &key_text, &signer, err);
	if (rc == 0)
		rc = log_keyring_read(log, &keys, &ring, err);
	if (rc == 0)
		rc = next_signer(log, signer.key.name, seed, &next_text, &next, err);
	if (rc == 0 && !keyring_find(&ring, &next.key)) {
		if (ring.n == KEYRING_MAX)
			rc = err_set(err, ERR_LIMIT, 0, "%s/keys: holds %d keys, the most",
			             log_dir(log), KEYRING_MAX);
		else
			ring.key[ring.n++] = (struct keyring_key){ next.key, size, INT64_MAX };
		if (rc == 0)
			rc = log_keyring_write(log, &ring, NULL, err);
	}
	if (rc == 0 && out) {
		struct slice name = next.key.name;
		buf_clear(text);
		buf_put(text, name);
		*out = next.key;
		out->name = buf_slice(text);
		if (!buf_ok(text))
			rc = no_memory(log_dir(log), err);
	}
	log_key_wipe(&key_text, &signer);
	log_key_wipe(&next_text, &next);
	buf_release(&keys);
	return rc;
}

int log_key_retire(struct log_folder *log, uint64_t size, struct err *err)
{
	char from[PATH_ROOM], to[PATH_ROOM];
	struct log_signers signers = { .n = 0 };
	struct keyring_key *old;
	struct buf keys = { 0 };
	struct keyring ring;

	int rc = log_signers_read(log, &signers, err);
	if (rc == 0 && signers.n < 2)
		rc = err_set(err, ERR_NOTFOUND, 0, "%s: no key is being replaced", log_dir(log));
	if (rc == 0)
		rc = log_keyring_read(log, &keys, &ring, err);
	if (rc == 0 && (old = keyring_find(&ring, &signers.signer[0].key)) &&
	    old->to == INT64_MAX) {
		old->to = size > old->from ? size : old->from;
		rc = log_keyring_write(log, &ring, NULL, err);
	}
	if (rc == 0)
		rc = path_in(log, "key.next", from, err);
	if (rc == 0)
		rc = path_in(log, "key", to, err);
	if (rc == 0)
		rc = file_move(from, to, err);
	if (rc == 0)
		rc = file_sync_dir(log_dir(log), err);
	if (rc == 0)
		rc = log_key_settle(log, err);
	log_signers_wipe(&signers);
	buf_release(&keys);
	return rc;
}

/* Whether keys names it: a key that was replaced. */
static bool is_former(struct log_folder *log, const struct note_key *key)
{
	struct buf keys = { 0 };
	struct keyring ring;
	bool found = false;
	char path[PATH_ROOM];

	if (path_in(log, "keys", path, NULL) == 0 &&
	    file_read(path, KEYS_FILE_MAX, &keys, NULL) == 0 &&
	    keyring_parse(buf_slice(&keys), &ring, NULL) == 0)
		found = keyring_find(&ring, key) != NULL;
	buf_release(&keys);
	return found;
}

int log_key_settle(struct log_folder *log, struct err *err)
{
	struct buf text = { 0 }, public_text = { 0 };
	struct note_signer signer = { 0 };
	char path[PATH_ROOM];
	struct note_key key;

	int rc = log_key_read(log, &text, &signer, err);
	if (rc == 0)
		rc = path_in(log, "key.pub", path, err);
	if (rc)
		return rc;
	struct err why = { 0 };
	rc = log_key_public(log, &public_text, &key, &why);
	if (rc == 0 && memcmp(&key.public, &signer.key.public, sizeof(key.public)) == 0)
		rc = 0;
	else if (rc == ERR_NOTFOUND || (rc == 0 && is_former(log, &key)))
		rc = write_public(path, &signer.key, err);
	else if (rc == 0)
		rc = err_set(err, ERR_CORRUPT, 0,
		             "%s: is not the verifier key of the key beside it: restore both from "
		             "a backup", path);
	else if (err)
		*err = why;
	log_key_wipe(&text, &signer);
	buf_release(&public_text);
	return rc;
}
