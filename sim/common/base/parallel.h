/*
 * A loop over independent tasks on several threads. Tasks write to places of their own, so results do not depend on
 * the number of threads.
 */
#ifndef LAMINA_PARALLEL_H
#define LAMINA_PARALLEL_H

#include <stddef.h>

typedef void parallel_task(void *context, size_t index);

/*
 * Calls task(context, i) once for every i in [0, count), on up to `jobs` threads (1: on this one); tasks start in
 * ascending order. Returns when all are done.
 */
void parallel_for(size_t count, int jobs, parallel_task *task, void *context);

/* Processors that this process may run on, at least 1. */
int parallel_processors(void);

#endif
