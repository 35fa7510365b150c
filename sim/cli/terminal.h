/* What the other end of a file descriptor can show, and a line on it that says how far a long command is. */
#ifndef LAMINA_TERMINAL_H
#define LAMINA_TERMINAL_H /* private to cli */

#include <stdbool.h>
#include <stdint.h>

/* A terminal, where neither NO_COLOR (https://no-color.org: set and not empty) nor TERM=dumb says otherwise. */
bool terminal_has_colour(int fd);

/* Columns of the terminal; fallback where fd is none. */
int terminal_width(int fd, int fallback);

/* Columns that UTF-8 text takes: code points, without combining ones; wide (East Asian) ones count two. */
int terminal_text_width(const char *text);

/*
 * One line on standard error that says how far a long command is and when it will be done, redrawn at most ten times
 * a second. Where standard error is not a terminal, nothing, or of commands that want it a line of their own each
 * minute, for logs. Not thread-safe: callers hold their own lock.
 */
struct progress {
	const char *label;
	double total; /* in any unit that grows evenly with time: seconds, points, bytes */
	int64_t started_ns;
	int64_t drawn_ns;
	bool is_shown;
	bool is_drawn;
	bool is_logged; /* a line each minute where there is no terminal */
};

/* label must outlive the progress. */
void progress_init(struct progress *progress, const char *label, double total, bool is_logged);

/* note (may be NULL) is what is being worked on. */
void progress_update(struct progress *progress, double done, const char *note);

/* Wipes the line. Called before anything else is printed. */
void progress_release(struct progress *progress);

/* Seconds still to go when done of total took elapsed: proportional; negative while nothing can be said. */
double progress_remaining_seconds(double done, double total, double elapsed_seconds);

#endif
