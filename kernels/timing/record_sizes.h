/*
 * Which record sizes can be measured: those whose records may exist at all and whose tensors fit the memory. What is
 * left out is told in a warning, with the reason.
 */
#ifndef LAMINA_RECORD_SIZES_H
#define LAMINA_RECORD_SIZES_H

#include "kernels/timing/profiler.h"

struct record_sizes {
	int64_t images[PROFILER_SIZES_MAX]; /* ascending */
	size_t count;
	size_t memory[PROFILER_MEMORY_SIZES_MAX]; /* indices of the sizes whose peak memory is measured */
	size_t memory_count;
	double predicted_seconds; /* of measuring each cell once and the peak memory */
};

/*
 * Chooses from options->images; seconds_per_image is an estimate for all functions together with one thread. False
 * with err where the user insists on a size that cannot be, or no size is possible.
 */
bool record_sizes_choose(struct record_sizes *sizes, struct timed_network *network,
			 const struct profiler_options *options, double seconds_per_image, struct diag *diag,
			 struct err *err);

/* Seconds that one cell takes, from the estimate for one thread. */
double record_sizes_cell_seconds(int64_t images, int64_t threads, double seconds_per_image);

#endif
