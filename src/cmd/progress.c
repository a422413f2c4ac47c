#include "cmd/progress.h"

#include "sys/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	UPDATE_NS = 100000000, /* ten updates a second */
	FIRST_NS = 500000000   /* what is done sooner needs no line */
};

struct progress progress_to_stderr(void)
{
	const char *term = getenv("TERM");
	struct progress p = { .ticks_ns = clock_ticks_ns };

	/* A dumb terminal has no way to take the line back. */
	if (isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0)
		p.out = stderr;
	return p;
}

void progress_begin(struct progress *p, const char *verb, const char *unit, uint64_t total)
{
	if (!p || !p->out)
		return;
	progress_hide(p);
	p->verb = verb;
	p->unit = unit;
	p->total = total;
	p->done = p->items = 0;
	p->began_ns = p->drawn_ns = p->ticks_ns();
}

/* "2 h 05 min", "3 min 10 s", "12 s". */
static void put_span(char *out, size_t room, uint64_t s)
{
	if (s >= 3600)
		snprintf(out, room, "%" PRIu64 " h %02" PRIu64 " min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(out, room, "%" PRIu64 " min %02" PRIu64 " s", s / 60, s % 60);
	else
		snprintf(out, room, "%" PRIu64 " s", s);
}

static void draw(struct progress *p, int64_t now)
{
	double elapsed_s = (double)(now - p->began_ns) / 1e9;
	char left[64], tail[96] = "";

	/* A file that grew while it was read is not over 100%. */
	if (p->total && p->done <= p->total) {
		double share = (double)p->done / (double)p->total;
		if (share > 0) {
			put_span(left, sizeof(left),
			         (uint64_t)(elapsed_s * (1 - share) / share + 0.5));
			snprintf(tail, sizeof(tail), "  %d%%  %s left", (int)(share * 100), left);
		}
	}
	/* "\033[K" clears the rest of the line (ECMA-48, EL). A failure to write is harmless. */
	fprintf(p->out, "\r%s  %" PRIu64 " %s  %.0f/s%s%s%s\033[K", p->verb, p->items, p->unit,
	        elapsed_s > 0 ? (double)p->items / elapsed_s : 0.0, tail,
	        p->detail[0] ? "  " : "", p->detail);
	fflush(p->out);
	p->drawn_ns = now;
	p->is_shown = true;
}

void progress_set(struct progress *p, uint64_t done, uint64_t items)
{
	if (!p || !p->out)
		return;
	p->done = done;
	p->items = items;
	int64_t now = p->ticks_ns();
	if (now - p->began_ns >= FIRST_NS && now - p->drawn_ns >= UPDATE_NS)
		draw(p, now);
}

void progress_hide(struct progress *p)
{
	if (!p || !p->out || !p->is_shown)
		return;
	fputs("\r\033[K", p->out);
	fflush(p->out);
	p->is_shown = false;
}

void progress_end(struct progress *p)
{
	progress_hide(p);
}
