/* Timers, signals, and an end that waits for what closes. */
#include "check.h"

#include "sys/clock.h"
#include "sys/loop.h"

#include <signal.h>
#include <unistd.h>

struct seen {
	struct loop *loop;
	char order[16];
	size_t n;
};

static void see(struct seen *s, char c)
{
	assert_true(s->n + 1 < sizeof(s->order));
	s->order[s->n++] = c;
	s->order[s->n] = '\0';
}

static void a(void *ctx)
{
	see(ctx, 'a');
}

static void b(void *ctx)
{
	see(ctx, 'b');
}

/* Asks for another in the next round. */
static void c(void *ctx)
{
	struct seen *s = ctx;
	struct loop_timer *t;

	see(s, 'c');
	assert_int_equal(loop_after(s->loop, 0, a, s, &t, NULL), 0);
	see(s, '.');
}

static void timers_fire_once_and_in_order(void **state)
{
	(void)state;
	struct seen s = { 0 };
	struct loop_timer *t, *never;
	int64_t began;

	assert_int_equal(loop_new(&s.loop, NULL), 0);
	assert_int_equal(loop_after(s.loop, 40, b, &s, &t, NULL), 0);
	assert_int_equal(loop_after(s.loop, 10, c, &s, &t, NULL), 0);
	assert_int_equal(loop_after(s.loop, 20, b, &s, &never, NULL), 0);
	loop_cancel(never);
	assert_string_equal(s.order, "");
	began = clock_ticks_ns();
	loop_run(s.loop); /* until nothing is left */
	assert_string_equal(s.order, "c.ab");
	assert_true(clock_ticks_ns() - began >= 39000000);
	loop_free(s.loop);
}

static void stop(void *ctx)
{
	loop_stop(ctx);
}

static void a_stopped_loop_goes_on_later(void **state)
{
	(void)state;
	struct seen s = { 0 };
	struct loop_timer *t;

	assert_int_equal(loop_new(&s.loop, NULL), 0);
	assert_int_equal(loop_after(s.loop, 0, stop, s.loop, &t, NULL), 0);
	assert_int_equal(loop_after(s.loop, 30, a, &s, &t, NULL), 0);
	loop_run(s.loop);
	assert_string_equal(s.order, "");
	loop_run(s.loop);
	assert_string_equal(s.order, "a");
	loop_free(s.loop);
}

static void came(void *ctx, int signal)
{
	struct seen *s = ctx;

	see(s, signal == SIGINT ? 'i' : signal == SIGTERM ? 't' : '?');
	if (s->n == 2)
		loop_stop(s->loop);
}

static void kick(void *ctx)
{
	struct seen *s = ctx;
	struct loop_timer *t;

	kill(getpid(), s->n ? SIGTERM : SIGINT);
	if (s->n == 0)
		assert_int_equal(loop_after(s->loop, 20, kick, s, &t, NULL), 0);
}

static void signals_are_told_each_time(void **state)
{
	(void)state;
	struct seen s = { 0 };
	struct loop_timer *t;

	assert_int_equal(loop_new(&s.loop, NULL), 0);
	assert_int_equal(loop_on_signals(s.loop, came, &s, NULL), 0);
	loop_run(s.loop); /* they alone keep it from nothing */
	assert_int_equal(loop_after(s.loop, 0, kick, &s, &t, NULL), 0);
	assert_int_equal(loop_after(s.loop, 5000, stop, s.loop, &t, NULL), 0);
	loop_run(s.loop);
	loop_cancel(t);
	assert_string_equal(s.order, "it");
	loop_free(s.loop);
}

static void the_time_is_that_of_the_system(void **state)
{
	(void)state;
	struct loop *loop;
	int64_t now;

	assert_int_equal(loop_new(&loop, NULL), 0);
	now = loop_now_ms(loop) / 1000;
	assert_true(now >= clock_now() - 1 && now <= clock_now());
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_once_and_in_order),
		cmocka_unit_test(a_stopped_loop_goes_on_later),
		cmocka_unit_test(signals_are_told_each_time),
		cmocka_unit_test(the_time_is_that_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
