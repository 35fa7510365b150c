/*
 * A serverless platform as queueing theory sees it (Mahmoudi and Khazaei, "Performance modeling of serverless
 * computing platforms", IEEE Trans. Cloud Computing, 2020, and their simulator SimFaaS): Poisson requests; one goes
 * to the idle sandbox that was created last, else to a new one; service is exponential with one mean warm and one
 * cold; a sandbox idle for idle_limit_ns ends. An ordinary client of the engine, for benchmarks and oracle tests.
 */
#ifndef LAMINA_FAAS_H
#define LAMINA_FAAS_H

#include "base/arena.h"
#include "engine/engine.h"
#include "random/stream.h"

/* Places of sandboxes in order of creation; a bit per place says that it is idle, a bit per word that it has one. */
enum { FAAS_WORDS = 64, FAAS_PLACES = FAAS_WORDS * 64 };

struct faas_sandbox {
	struct faas *faas;
	event_id end_of_idle;
	uint32_t place;
	struct faas_sandbox *next_free;
};

struct faas {
	struct engine engine;
	struct stream arrivals;
	struct stream services;
	double between_arrivals_ns;
	double warm_service_ns;
	double cold_service_ns;
	int64_t idle_limit_ns;

	uint64_t idle_words;
	uint64_t idle[FAAS_WORDS];
	struct faas_sandbox *at_place[FAAS_PLACES]; /* NULL where the sandbox ended */
	uint32_t places_used;
	struct faas_sandbox *free;
	struct faas_sandbox pool[FAAS_PLACES];

	uint64_t requests;
	uint64_t request_limit;
	uint64_t cold_starts;
	int64_t sandboxes;
	int64_t running;
	int64_t sandbox_ns; /* integrals up to changed_ns, which is set when sandboxes or running change */
	int64_t running_ns;
	int64_t changed_ns;
};

static inline void faas_integrate(struct faas *faas)
{
	int64_t elapsed_ns = engine_now_ns(&faas->engine) - faas->changed_ns;
	faas->sandbox_ns += faas->sandboxes * elapsed_ns;
	faas->running_ns += faas->running * elapsed_ns;
	faas->changed_ns += elapsed_ns;
}

static inline void faas_set_idle(struct faas *faas, uint32_t place)
{
	faas->idle[place / 64] |= UINT64_C(1) << place % 64;
	faas->idle_words |= UINT64_C(1) << place / 64;
}

static inline void faas_clear_idle(struct faas *faas, uint32_t place)
{
	faas->idle[place / 64] &= ~(UINT64_C(1) << place % 64);
	if (faas->idle[place / 64] == 0)
		faas->idle_words &= ~(UINT64_C(1) << place / 64);
}

static inline uint32_t faas_newest_idle(const struct faas *faas)
{
	uint32_t word = 63 - (uint32_t)__builtin_clzll(faas->idle_words);
	return 64 * word + 63 - (uint32_t)__builtin_clzll(faas->idle[word]);
}

/* Closes the gaps that ended sandboxes left; the order of creation stays. */
static void faas_compact(struct faas *faas)
{
	uint64_t idle[FAAS_WORDS];
	uint32_t kept = 0;
	for (int i = 0; i < FAAS_WORDS; i++) {
		idle[i] = faas->idle[i];
		faas->idle[i] = 0;
	}
	faas->idle_words = 0;
	for (uint32_t place = 0; place < faas->places_used; place++) {
		struct faas_sandbox *sandbox = faas->at_place[place];
		if (!sandbox)
			continue;
		sandbox->place = kept;
		faas->at_place[kept] = sandbox;
		if (idle[place / 64] >> place % 64 & 1)
			faas_set_idle(faas, kept);
		kept++;
	}
	CHECK(kept < FAAS_PLACES);
	faas->places_used = kept;
}

static void faas_end_of_idle(struct engine *engine, void *subject, int64_t argument)
{
	struct faas_sandbox *sandbox = subject;
	struct faas *faas = sandbox->faas;
	faas_integrate(faas);
	faas->sandboxes--;
	faas_clear_idle(faas, sandbox->place);
	faas->at_place[sandbox->place] = NULL;
	sandbox->next_free = faas->free;
	faas->free = sandbox;
}

static void faas_service_end(struct engine *engine, void *subject, int64_t argument)
{
	struct faas_sandbox *sandbox = subject;
	struct faas *faas = sandbox->faas;
	faas_integrate(faas);
	faas->running--;
	faas_set_idle(faas, sandbox->place);
	sandbox->end_of_idle = engine_schedule(engine, faas->idle_limit_ns, 0, faas_end_of_idle, sandbox, 0);
}

static struct faas_sandbox *faas_create(struct faas *faas)
{
	if (faas->places_used == FAAS_PLACES)
		faas_compact(faas);
	struct faas_sandbox *sandbox = faas->free;
	faas->free = sandbox->next_free;
	sandbox->place = faas->places_used++;
	faas->at_place[sandbox->place] = sandbox;
	faas->sandboxes++;
	faas->cold_starts++;
	return sandbox;
}

static void faas_request(struct engine *engine, void *subject, int64_t argument)
{
	struct faas *faas = subject;
	faas_integrate(faas);
	double service_ns = faas->warm_service_ns;
	struct faas_sandbox *sandbox;
	if (faas->idle_words) {
		uint32_t place = faas_newest_idle(faas);
		sandbox = faas->at_place[place];
		faas_clear_idle(faas, place);
		engine_cancel(engine, sandbox->end_of_idle);
	} else {
		sandbox = faas_create(faas);
		service_ns = faas->cold_service_ns;
	}
	faas->running++;
	int64_t delay_ns = (int64_t)stream_exponential(&faas->services, service_ns);
	engine_schedule(engine, delay_ns, 0, faas_service_end, sandbox, 0);
	if (++faas->requests == faas->request_limit)
		engine_stop(engine);
	delay_ns = (int64_t)stream_exponential(&faas->arrivals, faas->between_arrivals_ns);
	engine_schedule(engine, delay_ns, 0, faas_request, faas, 0);
}

/* Sets the engine up in the arena and schedules the first request. */
static void faas_init(struct faas *faas, struct arena *arena, uint64_t seed, double requests_per_second,
		      double warm_seconds, double cold_seconds, double idle_limit_seconds)
{
	*faas = (struct faas){
		.between_arrivals_ns = 1e9 / requests_per_second,
		.warm_service_ns = 1e9 * warm_seconds,
		.cold_service_ns = 1e9 * cold_seconds,
		.idle_limit_ns = (int64_t)(1e9 * idle_limit_seconds),
	};
	engine_init(&faas->engine, arena, 0);
	stream_init(&faas->arrivals, seed, 0, stream_id_from_name("arrivals"), 0);
	stream_init(&faas->services, seed, 0, stream_id_from_name("services"), 0);
	for (int i = 0; i < FAAS_PLACES; i++) {
		faas->pool[i].faas = faas;
		faas->pool[i].next_free = faas->free;
		faas->free = &faas->pool[i];
	}
	engine_schedule(&faas->engine, 0, 0, faas_request, faas, 0);
}

/* Runs until that many more requests came. */
static void faas_run(struct faas *faas, uint64_t requests)
{
	faas->request_limit = faas->requests + requests;
	engine_run(&faas->engine, EVENT_TIME_MAX_NS, UINT64_MAX);
}

/* Forgets what was counted so far; the platform stays as it is. */
static inline void faas_clear_counts(struct faas *faas)
{
	faas_integrate(faas);
	faas->requests = 0;
	faas->cold_starts = 0;
	faas->sandbox_ns = 0;
	faas->running_ns = 0;
}

#endif
