/*
 * Makes a profile of a model on this machine.
 *
 * A cell is a number of images per record and of threads; measuring it once runs every function on a record of that
 * size. After peak memory, all cells and the reference speeds are measured in rounds, as often as a spread needs
 * (PROFILE_REPEATS_LEAST), however long that takes; then, in turns again, those cells whose median is not yet known
 * well (PROFILE_NARROW_SHARE) while the time budget lasts; then all again, a few times, while the result leaves doubts
 * (profile.h). A first run of each thread count is discarded (warm-up). Sizes that would burst the memory or
 * what a record may hold are left out with a warning, unless the user asked for them.
 */
#ifndef LAMINA_PROFILER_H
#define LAMINA_PROFILER_H

#include <signal.h>

#include "kernels/timing/timed_network.h"
#include "profile/profile.h"

enum {
	PROFILER_SIZES_MAX = 32,
	PROFILER_THREADS_MAX = 16,     /* different thread counts */
	PROFILER_REPEATS_MAX = 60,     /* of one cell */
	PROFILER_MEMORY_SIZES_MAX = 4, /* sizes of which the peak memory is measured */
};

struct profiler_options {
	const int64_t *images; /* ascending, at most PROFILER_SIZES_MAX */
	size_t image_count;
	bool images_are_wanted; /* the user asked for these sizes: none is left out */
	const int64_t *threads; /* ascending, from 1, at most PROFILER_THREADS_MAX and TEAM_THREADS_MAX each */
	size_t thread_count;
	const size_t *functions; /* indices into the model's functions, ascending */
	size_t function_count;
	double budget_seconds; /* after which nothing is repeated that need not be */
	const char *lamina_version;
	/* Called before each step with the part of the work that is done, 0 to 1. */
	void (*progress)(void *context, double done, const char *note);
	void *progress_context;
	const volatile sig_atomic_t *stop; /* measuring ends with an error soon after this becomes non-zero */
};

/*
 * Measures. Texts and tables of the profile live in the arena or the network's. Warnings go to the diag. False with err
 * where the world failed or stop was raised; nothing is left behind.
 */
bool profiler_run(struct timed_network *network, const struct profiler_options *options, struct arena *arena,
		  struct diag *diag, struct profile *profile, struct err *err);

#endif
