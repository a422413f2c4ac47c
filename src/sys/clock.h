/* The only place that asks the time. */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

/* Seconds since 1970-01-01T00:00:00Z by the system's clock. */
int64_t clock_now(void);

/* Nanoseconds of a clock that only moves forward, for progress and benchmarks. */
int64_t clock_ticks_ns(void);

#endif
