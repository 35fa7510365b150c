/*
 * One line on standard error that says how far a long command is and when it will be done, redrawn at most ten times
 * a second; nothing at all where standard error is not a terminal. Not thread-safe: callers hold their own lock.
 */
#ifndef LAMINA_PROGRESS_H
#define LAMINA_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *label;
	double total; /* in any unit that grows evenly with time: seconds, points, bytes */
	int64_t started_ns;
	int64_t drawn_ns;
	bool is_shown;
	bool is_drawn;
};

/* label must outlive the progress. quiet suppresses it on terminals as well. */
void progress_init(struct progress *progress, const char *label, double total, bool quiet);

/* note (may be NULL) is what is being worked on. */
void progress_update(struct progress *progress, double done, const char *note);

/* Wipes the line. Called before anything else is printed. */
void progress_release(struct progress *progress);

/* Seconds still to go when done of total took elapsed: proportional; negative while nothing can be said. */
double progress_remaining_seconds(double done, double total, double elapsed_seconds);

#endif
