#include "kernels/tensor/team.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/tensor/blas.h"
#include "kernels/tensor/tensor.h"

/* Some 0.1 ms: waking a sleeper takes tens of microseconds, and the gap between two kernels less. */
enum { LOOKS = 4000 };

static void take_items(struct team *team, int worker, int owner)
{
	struct team_worker *share = &team->workers[owner];
	for (;;) {
		int64_t first = atomic_fetch_add_explicit(&share->next, team->grain, memory_order_relaxed);
		if (first >= share->end)
			return;
		int64_t last = first + team->grain < share->end ? first + team->grain : share->end;
		team->body(team->context, team, worker, first, last);
	}
}

/* Of the calling thread: a processor's time, whoever else wants it. */
static double thread_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* First what is the worker's own, then what others have left. */
static void work(struct team *team, int worker)
{
	double start = thread_seconds();
	for (int i = 0; i < team->threads; i++)
		take_items(team, worker, (worker + i) % team->threads);
	team->workers[worker].seconds += thread_seconds() - start;
}

static void share_items(struct team *team, int64_t items, int threads)
{
	int64_t pieces = items / team->grain + (items % team->grain != 0);
	for (int i = 0; i < team->threads; i++) {
		int64_t end = i < threads ? pieces / threads * (i + 1) + pieces % threads * (i + 1) / threads : 0;
		int64_t begin = i < threads ? pieces / threads * i + pieces % threads * i / threads : 0;
		atomic_store_explicit(&team->workers[i].next, begin * team->grain, memory_order_relaxed);
		team->workers[i].end = end == pieces && i < threads ? items : end * team->grain;
	}
}

/* Tells the processor that this is a loop that waits. */
static void relax(void)
{
#ifdef __x86_64__
	__builtin_ia32_pause();
#endif
}

/* The gate's lowest bits are the workers inside, then whether it is open, and above that the round's number. */
enum { GATE_OPEN = 1 << 16, GATE_ROUND = 1 << 17, GATE_INSIDE = GATE_OPEN - 1 };

static bool can_go_on(const struct team *team, uint64_t seen)
{
	uint64_t gate = atomic_load(&team->gate);
	return (gate & GATE_OPEN && gate / GATE_ROUND != seen) || atomic_load(&team->stopping);
}

/* Looks for the next round for a while before it sleeps: kernels follow each other within microseconds. */
static void await_round(struct team *team, uint64_t seen)
{
	for (int i = 0; i < team->looks; i++, relax())
		if (can_go_on(team, seen))
			return;
	pthread_mutex_lock(&team->mutex);
	atomic_fetch_add(&team->sleepers, 1);
	while (!can_go_on(team, seen))
		pthread_cond_wait(&team->start, &team->mutex);
	atomic_fetch_sub(&team->sleepers, 1);
	pthread_mutex_unlock(&team->mutex);
}

/* Sleepers count themselves before they look for the last time, so that one of the two sees the other. */
static void wake_sleepers(struct team *team)
{
	if (atomic_load(&team->sleepers) == 0)
		return;
	pthread_mutex_lock(&team->mutex);
	pthread_cond_broadcast(&team->start);
	pthread_mutex_unlock(&team->mutex);
}

/* False where it closed before: who comes late, as beside a busy neighbour, is not waited for. */
static bool enter_round(struct team *team, uint64_t *seen)
{
	uint64_t gate = atomic_load(&team->gate);
	while (gate & GATE_OPEN && gate / GATE_ROUND != *seen)
		if (atomic_compare_exchange_weak(&team->gate, &gate, gate + 1)) {
			*seen = gate / GATE_ROUND;
			return true;
		}
	return false;
}

static void leave_round(struct team *team)
{
	uint64_t gate = atomic_fetch_sub(&team->gate, 1) - 1;
	if (gate & (GATE_OPEN | GATE_INSIDE) || !atomic_load(&team->is_awaited))
		return;
	pthread_mutex_lock(&team->mutex);
	pthread_cond_signal(&team->finish);
	pthread_mutex_unlock(&team->mutex);
}

static bool is_empty(const struct team *team)
{
	return (atomic_load(&team->gate) & GATE_INSIDE) == 0;
}

static void close_round(struct team *team)
{
	atomic_fetch_and(&team->gate, ~(uint64_t)GATE_OPEN);
	for (int i = 0; i < team->looks; i++, relax())
		if (is_empty(team))
			return;
	pthread_mutex_lock(&team->mutex);
	atomic_store(&team->is_awaited, true);
	while (!is_empty(team))
		pthread_cond_wait(&team->finish, &team->mutex);
	atomic_store(&team->is_awaited, false);
	pthread_mutex_unlock(&team->mutex);
}

static void *worker_main(void *argument)
{
	struct team_worker *self = argument;
	struct team *team = self->team;
	uint64_t seen = 0;
	for (;;) {
		await_round(team, seen);
		if (atomic_load(&team->stopping))
			return NULL;
		if (!enter_round(team, &seen))
			continue;
		work(team, (int)(self - team->workers));
		leave_round(team);
	}
}

void team_init(struct team *team, int threads)
{
	CHECK(threads >= 1 && threads <= TEAM_THREADS_MAX);
	memset(team, 0, sizeof *team);
	team->threads = threads;
	/* A thread that has no core of its own would only keep the others from theirs. */
	team->looks = threads <= sysconf(_SC_NPROCESSORS_ONLN) ? LOOKS : 0;
	blas_set_threads(1);
	pthread_mutex_init(&team->mutex, NULL);
	pthread_cond_init(&team->start, NULL);
	pthread_cond_init(&team->finish, NULL);
	for (int i = 0; i < threads; i++)
		team->workers[i].team = team;
	for (int i = 1; i < threads; i++)
		if (pthread_create(&team->workers[i].thread, NULL, worker_main, &team->workers[i]) != 0)
			die("cannot start thread %d of %d", i + 1, threads);
}

void team_release(struct team *team)
{
	atomic_store(&team->stopping, true);
	wake_sleepers(team);
	for (int i = 1; i < team->threads; i++)
		pthread_join(team->workers[i].thread, NULL);
	for (int i = 0; i < team->threads; i++)
		mem_free(team->workers[i].scratch_memory);
	pthread_cond_destroy(&team->start);
	pthread_cond_destroy(&team->finish);
	pthread_mutex_destroy(&team->mutex);
	memset(team, 0, sizeof *team);
}

void team_run(struct team *team, int64_t items, int64_t grain, team_body *body, void *context)
{
	CHECK(items >= 0 && items < INT64_MAX / 2);
	CHECK(grain >= 1 && grain < INT64_MAX / 4 / TEAM_THREADS_MAX);
	team->body = body;
	team->context = context;
	team->grain = grain;
	/* Waking sleepers costs more than a single piece of work gains. */
	if (team->threads == 1 || items <= grain) {
		share_items(team, items, 1);
		take_items(team, 0, 0);
		return;
	}
	double start = thread_seconds();
	share_items(team, items, team->threads);
	atomic_store(&team->gate, (atomic_load(&team->gate) / GATE_ROUND + 1) * GATE_ROUND + GATE_OPEN);
	wake_sleepers(team);
	work(team, 0);
	close_round(team);
	team->shared_seconds += thread_seconds() - start;
}

double team_seconds(const struct team *team)
{
	double shared = 0;
	for (int i = 0; i < team->threads; i++)
		shared += team->workers[i].seconds;
	return thread_seconds() - team->shared_seconds + shared / team->threads;
}

float *team_scratch(struct team *team, int worker, size_t floats)
{
	CHECK(worker >= 0 && worker < team->threads);
	struct team_worker *self = &team->workers[worker];
	if (self->scratch_floats < floats) {
		mem_free(self->scratch_memory);
		self->scratch = floats_alloc(floats, &self->scratch_memory);
		self->scratch_floats = floats;
	}
	return self->scratch;
}
