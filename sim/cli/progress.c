/* The clock here is the wall's, for people; no result depends on it. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "cli/terminal.h"

enum { REDRAW_NS = 100 * NS_PER_MS, DEFAULT_COLUMNS = 80 };

static int64_t wall_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void progress_init(struct progress *progress, const char *label, double total, bool quiet)
{
	*progress = (struct progress){.label = label, .total = total, .started_ns = wall_ns()};
	progress->is_shown = !quiet && isatty(STDERR_FILENO);
}

double progress_remaining_seconds(double done, double total, double elapsed_seconds)
{
	if (!(done > 0) || !(total > 0))
		return -1;
	return done >= total ? 0 : elapsed_seconds * (total - done) / done;
}

void progress_update(struct progress *progress, double done, const char *note)
{
	int64_t now_ns = wall_ns();
	if (!progress->is_shown || (progress->is_drawn && now_ns - progress->drawn_ns < REDRAW_NS))
		return;
	progress->drawn_ns = now_ns;
	progress->is_drawn = true;
	double remaining =
		progress_remaining_seconds(done, progress->total, seconds_from_ns(now_ns - progress->started_ns));
	char eta[32] = "";
	if (remaining >= 0)
		snprintf(eta, sizeof eta, ", %d:%02d left", (int)(remaining / 60), (int)remaining % 60);
	double percent = progress->total > 0 ? 100 * done / progress->total : 0;
	char line[256];
	snprintf(line, sizeof line, "%s: %3.0f%%%s%s%s", progress->label, percent, eta, note ? "  " : "",
		 note ? note : "");
	/* A line that wraps could not be wiped. */
	int columns = terminal_width(STDERR_FILENO, DEFAULT_COLUMNS);
	fprintf(stderr, "\r%.*s\033[K", columns - 1, line);
	fflush(stderr);
}

void progress_release(struct progress *progress)
{
	if (progress->is_drawn)
		fputs("\r\033[K", stderr);
	*progress = (struct progress){0};
}
