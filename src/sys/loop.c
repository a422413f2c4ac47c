#include "sys/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

struct loop_timer {
	uv_timer_t uv; /* first: freed by its address */
	loop_timer_fn fn;
	void *ctx;
};

enum { SIGNALS = 2 };

struct loop {
	uv_loop_t uv;
	uv_signal_t signal[SIGNALS];
	bool has_signals;
	loop_signal_fn on_signal;
	void *signal_ctx;
};

int loop_new(struct loop **out, struct err *err)
{
	struct sigaction sa;
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return err_set(err, ERR_NOMEM, 0, "loop: no memory");
	int rc = uv_loop_init(&l->uv);
	if (rc < 0) {
		free(l);
		return err_set(err, rc == UV_ENOMEM ? ERR_NOMEM : ERR_IO, 0, "loop: %s",
		               uv_strerror(rc));
	}
	/* TLS writes to sockets that the other side has closed. */
	if (sigaction(SIGPIPE, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	*out = l;
	return 0;
}

/* What its maker forgot is closed all the same; its memory is the maker's. */
static void close_left(uv_handle_t *h, void *ctx)
{
	(void)ctx;
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	uv_walk(&l->uv, close_left, NULL);
	while (uv_loop_close(&l->uv) == UV_EBUSY)
		uv_run(&l->uv, UV_RUN_ONCE);
	free(l);
}

void loop_run(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *l)
{
	uv_stop(&l->uv);
}

int64_t loop_now_ms(const struct loop *l)
{
	struct timespec t;

	(void)l;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void timer_gone(uv_handle_t *h)
{
	free(h);
}

static void timer_fired(uv_timer_t *uv)
{
	struct loop_timer *t = (struct loop_timer *)uv;
	loop_timer_fn fn = t->fn;
	void *ctx = t->ctx;

	uv_close((uv_handle_t *)uv, timer_gone);
	fn(ctx);
}

int loop_after(struct loop *l, int64_t ms, loop_timer_fn fn, void *ctx, struct loop_timer **out,
               struct err *err)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (!t)
		return err_set(err, ERR_NOMEM, 0, "loop: no memory");
	t->fn = fn;
	t->ctx = ctx;
	/* Neither fails: uv_timer_start does for a NULL callback alone. The loop's time is that of its
	 * round's beginning: what took long since then must not make the timer early. */
	uv_timer_init(&l->uv, &t->uv);
	uv_update_time(&l->uv);
	uv_timer_start(&t->uv, timer_fired, ms > 0 ? (uint64_t)ms : 0, 0);
	*out = t;
	return 0;
}

void loop_cancel(struct loop_timer *t)
{
	uv_close((uv_handle_t *)&t->uv, timer_gone);
}

static void signal_came(uv_signal_t *s, int number)
{
	struct loop *l = s->data;

	l->on_signal(l->signal_ctx, number);
}

int loop_on_signals(struct loop *l, loop_signal_fn fn, void *ctx, struct err *err)
{
	static const int number[SIGNALS] = { SIGINT, SIGTERM };

	l->on_signal = fn;
	l->signal_ctx = ctx;
	for (size_t i = 0; i < SIGNALS && !l->has_signals; i++) {
		int rc = uv_signal_init(&l->uv, &l->signal[i]);
		if (rc == 0) {
			l->signal[i].data = l;
			uv_unref((uv_handle_t *)&l->signal[i]);
			rc = uv_signal_start(&l->signal[i], signal_came, number[i]);
		}
		if (rc < 0)
			return err_set(err, ERR_IO, 0, "loop: signals: %s", uv_strerror(rc));
	}
	l->has_signals = true;
	return 0;
}

struct uv_loop_s *loop_uv(struct loop *l)
{
	return &l->uv;
}
