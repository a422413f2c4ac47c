/* One thread that waits for many things: sockets, timers, children, signals. By libuv.
 *
 *   source  libuv 1.44 design overview
 *   thread  everything of a loop happens in the thread that runs it */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer;
struct uv_loop_s;

/* SIGPIPE is ignored from then on, unless it is handled. ERR_IO, ERR_NOMEM. */
int loop_new(struct loop **out, struct err *err);
/* All that was made on it must be gone, or going: handles that close are waited for. */
void loop_free(struct loop *l);

/* Run until nothing is left to wait for, or loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Milliseconds since 1970 by the system's clock, read now. */
int64_t loop_now_ms(const struct loop *l);

/* Call fn once after that many milliseconds (0: in the next round). Cancelling NULL or a timer that
 * has fired is a mistake: fn ends the timer. */
typedef void (*loop_timer_fn)(void *ctx);
int loop_after(struct loop *l, int64_t ms, loop_timer_fn fn, void *ctx, struct loop_timer **out,
               struct err *err);
void loop_cancel(struct loop_timer *t);

/* Call fn at SIGINT and SIGTERM, each time; does not keep the loop running. */
typedef void (*loop_signal_fn)(void *ctx, int signal);
int loop_on_signals(struct loop *l, loop_signal_fn fn, void *ctx, struct err *err);

/* For the other files of sys/ alone. */
struct uv_loop_s *loop_uv(struct loop *l);

#endif
