/*
 * Peak resident memory of a whole function: a child process makes the weights, runs the function on one record and
 * reads the kernel's high-water mark of its own memory (VmHWM in /proc/self/status, proc(5)). The weights are held
 * once, as by a loader that reads a file piece by piece. A child starts with its parent's memory, so the parent should
 * hold little when it measures.
 */
#ifndef LAMINA_PEAK_MEMORY_H
#define LAMINA_PEAK_MEMORY_H

#include <stdint.h>

#include "kernels/timing/function_run.h"

struct peak_memory {
	int64_t bytes;
	double seconds; /* of the run on the record, weights aside: a first estimate of what times will be */
};

/* False where the child could not be started or did not survive (killed for want of memory). */
bool peak_memory_measure(const struct timed_network *network, struct timed_function *timed,
			 const struct scratch_record *record, int threads, struct peak_memory *peak, struct err *err);

#endif
