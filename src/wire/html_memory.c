/* A tree is made of very many small pieces that live as long as the tree. They are cut off large
 * chunks; one that is given back goes to a list of its size. */
#include "wire/html_memory.h"

#include <stdint.h>
#include <stdlib.h>

enum { CHUNK = 256 << 10 };

struct html_chunk {
	struct html_chunk *older;
	_Alignas(max_align_t) char data[];
};

/* Before each piece stands its size, in steps; 0: a large one, in the ring. */
struct html_piece {
	size_t steps;
	union {
		struct html_piece *next; /* while it is free */
		char data[HTML_MEMORY_STEP - sizeof(size_t)];
	} u;
};

struct large {
	struct html_ring link; /* first: a pointer to it is one to the piece */
	size_t size;
	struct html_piece piece;
};

static void count(struct html_memory *m, size_t n)
{
	if (n > m->limit || m->used > m->limit - n) {
		m->over = true;
		longjmp(m->out, 1);
	}
	m->used += n;
}

static void *alloc_large(struct html_memory *m, size_t n)
{
	if (n > SIZE_MAX - sizeof(struct large))
		n = SIZE_MAX - sizeof(struct large);
	size_t size = sizeof(struct large) + n;
	count(m, size);
	struct large *p = malloc(size);
	if (!p)
		longjmp(m->out, 1);
	if (!m->large.next)
		m->large.next = m->large.prev = &m->large;
	p->size = size;
	p->piece.steps = 0;
	p->link = (struct html_ring){ m->large.next, &m->large };
	p->link.next->prev = p->link.prev->next = &p->link;
	return p->piece.u.data;
}

void *html_memory_alloc(void *userdata, size_t n)
{
	struct html_memory *m = userdata;

	if (n > HTML_MEMORY_SMALL - sizeof(size_t) || HTML_MEMORY_SMALL == 0)
		return alloc_large(m, n);
	size_t steps = (n + sizeof(size_t) + HTML_MEMORY_STEP - 1) / HTML_MEMORY_STEP;
	struct html_piece *p = m->free[steps];
	if (p) {
		m->free[steps] = p->u.next;
		return p->u.data;
	}
	size_t size = steps * HTML_MEMORY_STEP;
	if ((size_t)(m->end - m->at) < size) {
		count(m, CHUNK);
		struct html_chunk *c = malloc(sizeof(*c) + CHUNK);
		if (!c)
			longjmp(m->out, 1);
		c->older = m->chunk;
		m->chunk = c;
		m->at = c->data;
		m->end = c->data + CHUNK;
	}
	p = (struct html_piece *)(void *)m->at;
	m->at += size;
	p->steps = steps;
	return p->u.data;
}

void html_memory_free(void *userdata, void *data)
{
	struct html_memory *m = userdata;

	if (!data)
		return;
	struct html_piece *p =
	    (struct html_piece *)(void *)((char *)data - offsetof(struct html_piece, u));
	if (p->steps) {
		p->u.next = m->free[p->steps];
		m->free[p->steps] = p;
		return;
	}
	struct large *l = (struct large *)(void *)((char *)p - offsetof(struct large, piece));
	m->used -= l->size;
	l->link.next->prev = l->link.prev;
	l->link.prev->next = l->link.next;
	free(l);
}

void html_memory_release(struct html_memory *m)
{
	while (m->large.next && m->large.next != &m->large)
		html_memory_free(m, ((struct large *)(void *)m->large.next)->piece.u.data);
	while (m->chunk) {
		struct html_chunk *older = m->chunk->older;
		free(m->chunk);
		m->chunk = older;
	}
}
