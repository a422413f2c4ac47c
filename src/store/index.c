/* One lock, held for a pointer and a count only: lookups never wait for a file that is checked. A
 * second lock lets one thread at a time look for a new file. */
#include "store/index.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct index_map {
	void *p; /* mapped, n bytes */
	size_t n;
	void *reader;
	void (*close)(void *reader);
	struct stat st;   /* of the file when it was mapped */
	struct lock *lock;
	size_t held;      /* takers, and the file while it is the present one; under the lock */
};

/* Outlives the file: maps may be given back later. */
struct lock {
	pthread_mutex_t mutex;
	size_t held; /* maps, and the file */
};

struct index_file {
	char *path;
	struct index_opener opener;
	struct index_map *present;
	struct lock *lock;
	pthread_mutex_t refreshing;
};

static int no_memory(const char *path, struct err *err)
{
	return err_set(err, ERR_NOMEM, 0, "%s: out of memory", path);
}

/* ---- counting ---- */

static void drop_lock(struct lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
	bool last = --lock->held == 0;
	pthread_mutex_unlock(&lock->mutex);
	if (!last)
		return;
	pthread_mutex_destroy(&lock->mutex);
	free(lock);
}

static struct lock *new_lock(void)
{
	struct lock *lock = calloc(1, sizeof(*lock));

	if (lock && pthread_mutex_init(&lock->mutex, NULL)) {
		free(lock);
		return NULL;
	}
	if (lock)
		lock->held = 1;
	return lock;
}

void index_file_give(struct index_map *m)
{
	if (!m)
		return;
	struct lock *lock = m->lock;
	pthread_mutex_lock(&lock->mutex);
	bool last = --m->held == 0;
	pthread_mutex_unlock(&lock->mutex);
	if (!last)
		return;
	m->close(m->reader);
	munmap(m->p, m->n);
	free(m);
	drop_lock(lock);
}

/* ---- mapping ---- */

static int open_path(const char *path, struct stat *st, struct err *err)
{
	/* A pipe that nobody writes to would be waited for; a link to one too. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_NOTFOUND, 0, "%s: no such file", path);
	if (fd < 0 || fstat(fd, st) < 0) {
		int rc = err_sys(err, "%s", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	int rc = 0;
	if (!S_ISREG(st->st_mode))
		rc = err_set(err, ERR_REFUSED, 0, "%s: no regular file", path);
	else if (st->st_size <= 0 || (uintmax_t)st->st_size > SIZE_MAX)
		rc = err_set(err, ERR_CORRUPT, 0, "%s: it is empty", path);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

static int map(const struct index_file *f, struct index_map **out, struct err *err)
{
	struct index_map *m = calloc(1, sizeof(*m));

	if (!m)
		return no_memory(f->path, err);
	int fd = open_path(f->path, &m->st, err);
	if (fd < 0) {
		free(m);
		return fd;
	}
	m->n = (size_t)m->st.st_size;
	m->p = mmap(NULL, m->n, PROT_READ, MAP_PRIVATE, fd, 0);
	int rc = m->p == MAP_FAILED ? err_sys(err, "%s: mmap", f->path) : 0;
	close(fd); /* reading only: nothing is lost when this fails */
	if (rc) {
		free(m);
		return rc;
	}
	/* Lookups jump about: reading ahead would only fill memory. */
	posix_madvise(m->p, m->n, POSIX_MADV_RANDOM);
	rc = f->opener.open(f->opener.ctx, slice_from(m->p, m->n), &m->reader, err);
	if (rc) {
		munmap(m->p, m->n);
		free(m);
		return err ? err_wrap(err, "%s", f->path) : rc;
	}
	m->close = f->opener.close;
	m->held = 1;
	m->lock = f->lock;
	pthread_mutex_lock(&f->lock->mutex);
	f->lock->held++;
	pthread_mutex_unlock(&f->lock->mutex);
	*out = m;
	return 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* ---- the file ---- */

int index_file_open(const char *path, const struct index_opener *opener, struct index_file **out,
                    struct err *err)
{
	struct index_file *f = calloc(1, sizeof(*f));

	if (!f)
		return no_memory(path, err);
	f->opener = *opener;
	f->path = strdup(path);
	f->lock = new_lock();
	if (!f->path || !f->lock || pthread_mutex_init(&f->refreshing, NULL)) {
		free(f->path);
		free(f->lock);
		free(f);
		return no_memory(path, err);
	}
	int rc = map(f, &f->present, err);
	if (rc) {
		index_file_close(f);
		return rc;
	}
	*out = f;
	return 0;
}

void index_file_close(struct index_file *f)
{
	if (!f)
		return;
	index_file_give(f->present);
	drop_lock(f->lock);
	pthread_mutex_destroy(&f->refreshing);
	free(f->path);
	free(f);
}

static int swap(struct index_file *f, bool *swapped, struct err *err)
{
	struct stat st;
	struct index_map *fresh = NULL;

	/* Only this function replaces .present, and it is called by one thread at a time. */
	if (stat(f->path, &st) == 0 && same_file(&st, &f->present->st))
		return 0;
	int rc = map(f, &fresh, err);
	if (rc)
		return rc;
	pthread_mutex_lock(&f->lock->mutex);
	struct index_map *old = f->present;
	f->present = fresh;
	pthread_mutex_unlock(&f->lock->mutex);
	index_file_give(old);
	*swapped = true;
	return 0;
}

int index_file_refresh(struct index_file *f, bool *swapped, struct err *err)
{
	bool done = false;

	pthread_mutex_lock(&f->refreshing);
	int rc = swap(f, &done, err);
	pthread_mutex_unlock(&f->refreshing);
	if (swapped)
		*swapped = done;
	return rc;
}

struct index_map *index_file_take(struct index_file *f)
{
	pthread_mutex_lock(&f->lock->mutex);
	struct index_map *m = f->present;
	m->held++;
	pthread_mutex_unlock(&f->lock->mutex);
	return m;
}

void *index_map_reader(const struct index_map *m)
{
	return m->reader;
}
