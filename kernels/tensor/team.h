/*
 * A team of threads that share the work of one kernel, and the scratch memory each of them has for itself.
 * The calling thread is worker 0; the others look for the next kernel for a while, then sleep. Work is cut into items
 * by the kernel, never by the number of threads, and an item is computed by one worker in one way: results have the
 * same bits with 1 thread and with 64 (on one machine and BLAS core type).
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

/* As large as a cache line: what two workers write to is not on one, wherever the first of them begins. */
struct team_worker {
	_Atomic int64_t next; /* of its share of the items */
	int64_t end;
	double seconds; /* that it worked for in all, of what was shared out */
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
	int looks;             /* how often one that waits looks before it sleeps */
	_Atomic uint64_t gate; /* which round it is, whether one may still enter it, how many are inside */
	_Atomic int sleepers;
	_Atomic bool is_awaited; /* the caller sleeps until all have left */
	_Atomic bool stopping;
	team_body *body;
	void *context;
	int64_t grain;
	double shared_seconds; /* the caller's, in what was shared out, waiting included */
};

/* Starts threads - 1 threads (1 <= threads <= TEAM_THREADS_MAX) and makes OpenBLAS run in its caller's thread. */
void team_init(struct team *team, int threads);

/* Ends the threads and frees their scratch memory. */
void team_release(struct team *team);

/*
 * Runs body over items [0, items) in pieces of at most grain, and returns when all are done. Each worker begins with
 * a share of neighbouring items, the same of every kernel, as what is near in one is mostly near in the next, too, and
 * then in its cache; who has done his goes on with another's. Not to be called from a body.
 */
void team_run(struct team *team, int64_t items, int64_t grain, team_body *body, void *context);

/*
 * A clock of the caller's computing in seconds of processor time: what was shared out counts as if each thread had done
 * as much of it, on a core of its own. Other programs on the host do not count, nor does waiting for threads that they
 * keep from running. (The process's own clock tells of another thread only what it had done at the last tick.)
 */
double team_seconds(const struct team *team);

/* This worker's scratch memory, at least floats long, contents undefined; valid until its next call. */
float *team_scratch(struct team *team, int worker, size_t floats);

#endif
