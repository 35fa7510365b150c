#include "kernels/tensor/team.h"

#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/tensor/blas.h"
#include "kernels/tensor/tensor.h"

static void work(struct team *team, int worker)
{
	for (;;) {
		int64_t first = atomic_fetch_add_explicit(&team->next_item, team->grain, memory_order_relaxed);
		if (first >= team->items)
			return;
		int64_t last = first + team->grain < team->items ? first + team->grain : team->items;
		team->body(team->context, team, worker, first, last);
	}
}

static void *worker_main(void *argument)
{
	struct team_worker *self = argument;
	struct team *team = self->team;
	uint64_t seen = 0;
	pthread_mutex_lock(&team->mutex);
	for (;;) {
		while (team->round == seen && !team->stopping)
			pthread_cond_wait(&team->start, &team->mutex);
		if (team->stopping)
			break;
		seen = team->round;
		pthread_mutex_unlock(&team->mutex);
		work(team, (int)(self - team->workers));
		pthread_mutex_lock(&team->mutex);
		if (--team->busy == 0)
			pthread_cond_signal(&team->finish);
	}
	pthread_mutex_unlock(&team->mutex);
	return NULL;
}

void team_init(struct team *team, int threads)
{
	CHECK(threads >= 1 && threads <= TEAM_THREADS_MAX);
	memset(team, 0, sizeof *team);
	team->threads = threads;
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
	pthread_mutex_lock(&team->mutex);
	team->stopping = true;
	pthread_cond_broadcast(&team->start);
	pthread_mutex_unlock(&team->mutex);
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
	team->items = items;
	team->grain = grain;
	atomic_store_explicit(&team->next_item, 0, memory_order_relaxed);
	/* Waking sleepers costs more than a single piece of work gains. */
	if (team->threads == 1 || items <= grain) {
		work(team, 0);
		return;
	}
	pthread_mutex_lock(&team->mutex);
	team->round++;
	team->busy = team->threads - 1;
	pthread_cond_broadcast(&team->start);
	pthread_mutex_unlock(&team->mutex);
	work(team, 0);
	pthread_mutex_lock(&team->mutex);
	while (team->busy > 0)
		pthread_cond_wait(&team->finish, &team->mutex);
	pthread_mutex_unlock(&team->mutex);
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
