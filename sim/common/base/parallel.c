#define _GNU_SOURCE /* CPU affinity */
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/check.h"

enum { JOBS_MAX = 256 };

struct loop {
	atomic_size_t next;
	size_t count;
	parallel_task *task;
	void *context;
};

static void *work(void *argument)
{
	struct loop *loop = argument;
	for (;;) {
		size_t index = atomic_fetch_add(&loop->next, 1);
		if (index >= loop->count)
			return NULL;
		loop->task(loop->context, index);
	}
}

void parallel_for(size_t count, int jobs, parallel_task *task, void *context)
{
	CHECK(jobs >= 1);
	struct loop loop = {.count = count, .task = task, .context = context};
	size_t helpers = (size_t)(jobs < JOBS_MAX ? jobs : JOBS_MAX) - 1;
	if (helpers >= count)
		helpers = count > 0 ? count - 1 : 0;
	pthread_t threads[JOBS_MAX];
	size_t started = 0;
	while (started < helpers && pthread_create(&threads[started], NULL, work, &loop) == 0)
		started++;
	work(&loop);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

int parallel_processors(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	int count = CPU_COUNT(&set);
	return count > 0 ? count : 1;
}
