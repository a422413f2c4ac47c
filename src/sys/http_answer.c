#include "sys/http_answer.h"

#include <stdlib.h>

enum { BLOCK = 1 << 16 }; /* octets of a stream that the library asks for at a time, at most */

struct stream {
	int (*more)(void *stream, struct buf *out, struct err *err);
	void (*release)(void *stream);
	void *ctx;
	struct buf ready;
	size_t taken;
	int rc; /* what more() said last; 1 at first */
};

static ssize_t read_stream(void *ctx, uint64_t at, char *out, size_t room)
{
	struct stream *s = ctx;

	(void)at;
	while (s->taken == s->ready.n) {
		if (s->rc < 0)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (s->rc == 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
		buf_clear(&s->ready);
		s->taken = 0;
		s->rc = s->more(s->ctx, &s->ready, NULL);
		if (!buf_ok(&s->ready))
			s->rc = ERR_NOMEM;
		if (s->rc < 0)
			return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	size_t n = s->ready.n - s->taken;
	if (n > room)
		n = room;
	memcpy(out, s->ready.p + s->taken, n);
	s->taken += n;
	return (ssize_t)n;
}

static void free_stream(void *ctx)
{
	struct stream *s = ctx;

	if (s->release)
		s->release(s->ctx);
	buf_release(&s->ready);
	free(s);
}

void http_answer_drop(struct http_response *r)
{
	buf_release(&r->body);
	if (r->more && r->stream_free)
		r->stream_free(r->stream);
	r->more = NULL;
	arena_release(&r->arena);
}

static struct MHD_Response *make_stream(struct http_response *r)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	*s = (struct stream){
		.more = r->more, .release = r->stream_free, .ctx = r->stream, .rc = 1
	};
	struct MHD_Response *made =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, s,
	                                          free_stream);
	if (!made)
		free(s); /* what it streams from is dropped by the caller */
	else
		r->more = NULL;
	return made;
}

struct MHD_Response *http_answer_make(struct http_response *r, bool close)
{
	struct MHD_Response *made;
	struct buf value = { 0 };
	bool ok = true;

	if (r->more) {
		buf_release(&r->body);
		made = make_stream(r);
	} else if (r->fixed.p) {
		made = MHD_create_response_from_buffer(r->fixed.n, (void *)(uintptr_t)r->fixed.p,
		                                       MHD_RESPMEM_PERSISTENT);
	} else {
		made = MHD_create_response_from_buffer(r->body.n, r->body.p, MHD_RESPMEM_MUST_FREE);
		if (made)
			r->body = (struct buf){ 0 };
	}
	if (!made)
		return NULL;
	if (r->media_type)
		ok = MHD_add_response_header(made, "Content-Type", r->media_type) == MHD_YES;
	for (size_t i = 0; ok && i < r->fields && i < HTTP_FIELDS; i++) {
		buf_clear(&value);
		buf_put(&value, r->field[i].value);
		ok = buf_ok(&value) && strlen(buf_str(&value)) == r->field[i].value.n &&
		     MHD_add_response_header(made, r->field[i].name, buf_str(&value)) == MHD_YES;
	}
	if (ok && close)
		ok = MHD_add_response_header(made, "Connection", "close") == MHD_YES;
	buf_release(&value);
	if (ok)
		return made;
	MHD_destroy_response(made);
	return NULL;
}
