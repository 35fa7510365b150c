/*
 * A team of threads that share the work of one kernel, and the scratch memory each of them has for itself.
 * The calling thread is worker 0; the others sleep between kernels. Work is cut into items by the kernel, never by
 * the number of threads, and an item is computed by one worker in one way: results have the same bits with 1 thread
 * and with 64 (on one machine and BLAS core type).
 */
#ifndef LAMINA_TEAM_H
#define LAMINA_TEAM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TEAM_THREADS_MAX = 64 };

struct team;

/* Computes items [first, last) of the kernel that context describes. */
typedef void team_body(void *context, struct team *team, int worker, int64_t first, int64_t last);

struct team_worker {
	struct team *team;
	pthread_t thread;
	float *scratch;
	void *scratch_memory;
	size_t scratch_floats;
};

struct team {
	int threads;
	struct team_worker workers[TEAM_THREADS_MAX];
	pthread_mutex_t mutex;
	pthread_cond_t start;
	pthread_cond_t finish;
	uint64_t round; /* counts calls of team_run, so that a sleeper knows a new one */
	int busy;       /* workers still in the current round */
	bool stopping;
	team_body *body;
	void *context;
	int64_t items;
	int64_t grain;
	_Atomic int64_t next_item;
};

/* Starts threads - 1 threads (1 <= threads <= TEAM_THREADS_MAX) and makes OpenBLAS run in its caller's thread. */
void team_init(struct team *team, int threads);

/* Ends the threads and frees their scratch memory. */
void team_release(struct team *team);

/*
 * Runs body over items [0, items) in pieces of at most grain, on whichever worker is free, and returns when all
 * are done. Not to be called from a body.
 */
void team_run(struct team *team, int64_t items, int64_t grain, team_body *body, void *context);

/* This worker's scratch memory, at least floats long, contents undefined; valid until its next call. */
float *team_scratch(struct team *team, int worker, size_t floats);

#endif
