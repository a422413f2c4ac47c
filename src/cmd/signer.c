/* Both ends of every message. A socket pair of packets: a message is whole or not there.
 *
 *   child  -> parent   struct hello    once: the keys, or why there is no signer
 *   parent -> child    struct request  with text_n bytes of text
 *   child  -> parent   struct reply
 *
 * The child is a fork without exec: it has the parent's memory of that moment, and the parent never
 * has the child's. */
#include "cmd/signer.h"

#include "store/log.h"
#include "sys/sandbox.h"
#include "wire/checkpoint.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY_TEXT = 400, TEXT_MAX = 4096 };

struct hello {
	int code;
	char what[sizeof(((struct err *)0)->what)];
	bool own_network;
	size_t n;
	char key[SIGNER_KEYS][KEY_TEXT]; /* verifier keys */
};

struct request {
	size_t which;
	char text[TEXT_MAX];
};

struct reply {
	int code;
	char what[sizeof(((struct err *)0)->what)];
	uint8_t signature[ED25519_SIGNATURE];
};

struct signer {
	int fd;
	pid_t pid;
	bool own_network;
	size_t n;
	char text[SIGNER_KEYS][KEY_TEXT];
	struct note_signer key[SIGNER_KEYS];
};

/* ---- the child ---- */

struct vault {
	struct log_signers keys;
	bool has_signed;
	uint64_t size; /* of the last checkpoint that was signed */
	struct sha256 root;
};

/* Whatever comes, a checkpoint of our log that does not go back. */
static int check(struct vault *v, const struct note_key *key, struct slice text, struct err *err)
{
	struct checkpoint c;
	int rc = checkpoint_parse(text, &c, err);

	if (rc)
		return err_set(err, ERR_REFUSED, 0, "the signer signs checkpoints and nothing else");
	if (!slice_eq(c.origin, key->name) || c.extension.n)
		return err_set(err, ERR_REFUSED, 0, "the signer signs checkpoints of its own log alone");
	if (v->has_signed && c.size < v->size)
		return err_set(err, ERR_REFUSED, 0,
		               "the signer has signed %llu entries, and signs no fewer",
		               (unsigned long long)v->size);
	if (v->has_signed && c.size == v->size && !sha256_eq(c.root, v->root))
		return err_set(err, ERR_REFUSED, 0,
		               "the signer has signed another tree of %llu entries",
		               (unsigned long long)v->size);
	v->has_signed = true;
	v->size = c.size;
	v->root = c.root;
	return 0;
}

static void answer(struct vault *v, const struct request *q, size_t n, struct reply *out)
{
	struct slice text = slice_from(q->text, n - offsetof(struct request, text));
	struct err err = { 0 };
	int rc = q->which < v->keys.n
	                 ? check(v, &v->keys.signer[q->which].key, text, &err)
	                 : err_set(&err, ERR_USAGE, 0, "the signer has no such key");

	if (rc == 0)
		rc = ed25519_sign(&v->keys.signer[q->which].seed, text, out->signature, &err);
	out->code = rc;
	memcpy(out->what, err.what, sizeof(out->what));
}

static void serve(struct vault *v, int fd)
{
	struct request q;

	for (;;) {
		struct reply r = { 0 };
		ssize_t n = read(fd, &q, sizeof(q));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < (ssize_t)offsetof(struct request, text))
			return; /* the parent has gone */
		answer(v, &q, (size_t)n, &r);
		if (write(fd, &r, sizeof(r)) != sizeof(r))
			return;
	}
}

static int read_keys(struct vault *v, const char *folder, struct slice make_name,
                     struct err *err)
{
	struct log_folder *log = NULL;
	int rc = log_open(folder, false, &log, err);

	if (rc)
		return rc;
	rc = log_signers_read(log, &v->keys, err);
	if (rc == ERR_NOTFOUND && make_name.n) {
		rc = log_key_new(log, make_name, err);
		if (rc == 0)
			rc = log_signers_read(log, &v->keys, err);
	}
	if (rc == 0)
		rc = log_key_settle(log, err);
	log_close(log);
	return rc;
}

static int describe(const struct vault *v, struct hello *out, struct err *err)
{
	for (size_t i = 0; i < v->keys.n; i++) {
		struct buf text = { 0 };
		note_key_format(&v->keys.signer[i].key, &text);
		bool fits = buf_ok(&text) && text.n < KEY_TEXT;
		if (fits)
			memcpy(out->key[i], text.p, text.n + 1);
		buf_release(&text);
		if (!fits)
			return err_set(err, ERR_NOMEM, 0, "signer: out of memory");
	}
	out->n = v->keys.n;
	return 0;
}

static void run_child(int fd, pid_t parent, const char *folder, struct slice make_name)
{
	static struct vault vault; /* of the child alone; locked as one */
	struct hello h = { 0 };
	struct err err = { 0 };
	uint8_t warm[ED25519_SIGNATURE];

	/* A key on the keyboard is for the parent, which ends us when it is done. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return; /* it died before we could say so */
	/* The store's lock and database among them, which must not outlive the parent here. */
	sandbox_close_all_but(fd);
	sandbox_keep(&vault, sizeof(vault));
	int rc = read_keys(&vault, folder, make_name, &err);
	for (size_t i = 0; rc == 0 && i < vault.keys.n; i++)
		sandbox_keep(vault.keys.text[i].p, vault.keys.text[i].cap);
	/* libcrypto loads what it needs with its first signature. */
	if (rc == 0)
		rc = ed25519_sign(&vault.keys.signer[0].seed, SLICE("warm"), warm, &err);
	if (rc == 0)
		rc = describe(&vault, &h, &err);
	if (rc == 0)
		h.own_network = sandbox_leave_network();
	if (rc == 0)
		rc = sandbox_enter(fd, &err);
	h.code = rc;
	memcpy(h.what, err.what, sizeof(h.what));
	if (write(fd, &h, sizeof(h)) == sizeof(h) && rc == 0)
		serve(&vault, fd);
	log_signers_wipe(&vault.keys);
}

/* ---- the parent ---- */

static int ended(struct err *err)
{
	return err_set(err, ERR_IO, 0, "the signer's process has ended: run the command again");
}

static ssize_t receive(int fd, void *out, size_t n)
{
	ssize_t got;

	do
		got = recv(fd, out, n, 0);
	while (got < 0 && errno == EINTR);
	return got;
}

static int ask(void *ctx, const struct note_key *key, struct slice text,
               uint8_t out[ED25519_SIGNATURE], struct err *err)
{
	struct signer *s = ctx;
	struct request q = { .which = 0 };
	struct reply r;
	size_t n = offsetof(struct request, text) + text.n;

	if (text.n > TEXT_MAX)
		return err_set(err, ERR_REFUSED, 0, "a checkpoint of over %d bytes", TEXT_MAX);
	while (q.which < s->n && (s->key[q.which].key.id != key->id ||
	                          !slice_eq(s->key[q.which].key.name, key->name)))
		q.which++;
	if (text.n)
		memcpy(q.text, text.p, text.n);
	if (send(s->fd, &q, n, MSG_NOSIGNAL) != (ssize_t)n ||
	    receive(s->fd, &r, sizeof(r)) != sizeof(r))
		return ended(err);
	if (r.code)
		return err_set(err, (enum err_code)r.code, 0, "%.*s", (int)sizeof(r.what) - 1, r.what);
	memcpy(out, r.signature, sizeof(r.signature));
	return 0;
}

static int greet(struct signer *s, struct err *err)
{
	struct hello h;

	if (receive(s->fd, &h, sizeof(h)) != sizeof(h))
		return ended(err);
	if (h.code)
		return err_set(err, (enum err_code)h.code, 0, "%.*s", (int)sizeof(h.what) - 1, h.what);
	s->own_network = h.own_network;
	s->n = h.n;
	memcpy(s->text, h.key, sizeof(s->text));
	for (size_t i = 0; i < s->n; i++) {
		int rc = note_key_parse(slice_str(s->text[i]), &s->key[i].key, err);
		if (rc)
			return rc;
		s->key[i].sign = ask;
		s->key[i].ctx = s;
	}
	return 0;
}

int signer_start(const char *folder, struct slice make_name, struct signer **out, struct err *err)
{
	int fd[2];
	pid_t parent = getpid();

	struct signer *s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(err, ERR_NOMEM, 0, "signer: out of memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0) {
		free(s);
		return err_sys(err, "signer: socketpair");
	}
	s->fd = fd[0];
	s->pid = fork();
	if (s->pid == 0) {
		run_child(fd[1], parent, folder, make_name);
		_exit(0); /* nothing of the parent's is flushed or closed here a second time */
	}
	close(fd[1]);
	int rc = s->pid < 0 ? err_sys(err, "signer: fork") : greet(s, err);
	if (rc)
		signer_stop(s);
	else
		*out = s;
	return rc;
}

void signer_stop(struct signer *s)
{
	if (!s)
		return;
	close(s->fd);
	while (s->pid > 0 && waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	free(s);
}

const struct note_signer *signer_keys(const struct signer *s, size_t *n)
{
	*n = s->n;
	return s->key;
}

pid_t signer_pid(const struct signer *s)
{
	return s->pid;
}

bool signer_has_own_network(const struct signer *s)
{
	return s->own_network;
}
