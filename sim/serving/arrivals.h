/*
 * When requests come. All at once: a batch job. Else in their own time, whatever the service does (open loop):
 * at equal distances, as a Poisson process, in bursts (a Poisson process whose rate alternates between two values,
 * each for an exponential time: MMPP(2), Fischer and Meier-Hellstern, Performance Evaluation 18, 1993), with rates by
 * time of day, or as a trace tells. Memory does not grow with the number of requests.
 *
 * Who may call it: journey.c and machine.c, which take in what comes; what checks arrivals before they are simulated.
 */
#ifndef LAMINA_ARRIVALS_H
#define LAMINA_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "engine/engine.h"
#include "random/stream.h"

enum arrival_kind {
	ARRIVALS_ALL_AT_ONCE,
	ARRIVALS_DETERMINISTIC,
	ARRIVALS_POISSON,
	ARRIVALS_BURSTS,
	ARRIVALS_DAILY,
	ARRIVALS_TRACE,
};
extern const char *const arrival_names[]; /* "all_at_once", ..., NULL */

struct arrival {
	int64_t time_ns;
	int64_t duration_ns; /* as observed; -1 where none is known */
	int size;            /* index into the trace's sizes; -1 where none is known */
};

/*
 * Requests that were seen, or counts of them in equal stretches of time; then a count's requests are spread evenly at
 * random over its stretch.
 */
struct trace_column {
	const char *name;
	const char *const *texts;        /* each once */
	const struct diag_place *places; /* where each stands first */
	size_t text_count;
	const int32_t *codes; /* which of them each request has */
};

struct trace {
	const struct arrival *requests; /* ascending in time; NULL where there are counts */
	const int64_t *sizes;           /* images per request, ascending, each once */
	size_t size_count;
	const int64_t *counts; /* of stretches of stretch_ns, or NULL */
	size_t count;          /* of requests, or of counts */
	int64_t stretch_ns;
	int64_t total;                      /* requests */
	const struct trace_column *columns; /* of requests, that were asked for */
	size_t column_count;
};

struct arrival_process {
	int kind;                     /* enum arrival_kind */
	double rate_per_second;       /* deterministic, Poisson; bursts: between bursts */
	double burst_rate_per_second; /* bursts */
	double calm_seconds;          /* bursts: the mean between them, and theirs */
	double burst_seconds;
	const double *daily_rates_per_second; /* of equal parts of a day, which repeats */
	size_t daily_rate_count;
	const struct trace *trace;
	int64_t requests;    /* the most that come; >= 1 */
	int64_t duration_ns; /* none comes later; 0: no such bound */
};

struct arrivals {
	const struct arrival_process *process;
	struct stream luck;
	int64_t made;
	double now_ns;
	double segment_end_ns; /* the rate holds until here */
	double rate_per_ns;
	size_t segment;
	int64_t in_segment; /* requests of a count that are still to come */
};

void arrivals_init(struct arrivals *arrivals, const struct arrival_process *process, uint64_t seed,
		   uint32_t replication);

/* The next request, in order of time; false when no more come. */
bool arrivals_next(struct arrivals *arrivals, struct arrival *out);

/* Requests of a simulation as they come in, and how many of them are under way. */
struct intake {
	struct engine *engine;
	struct arrival_process process;
	struct arrivals arrivals;
	struct arrival next;   /* whose time is an event, where they come over time */
	bool is_over;          /* no more come */
	int64_t in_flight;     /* that have come, and are not done */
	int64_t in_flight_max; /* of those that come over time; 0: any number */
	bool is_overfull;      /* there were more: the engine was stopped */
	void (*came)(void *subject, const struct arrival *arrival);
	void *subject;
};

/* `requests` come at most. The intake must not be moved. */
void intake_init(struct intake *intake, struct engine *engine, const struct arrival_process *process, int64_t requests,
		 uint64_t seed, uint32_t replication);

/* From now on requests come in their own time: came(subject, arrival) is called when one does. */
void intake_open(struct intake *intake, int64_t in_flight_max,
		 void (*came)(void *subject, const struct arrival *arrival), void *subject);

/* The next one of a batch, which comes when it is taken; there must be one (is_over). */
void intake_take(struct intake *intake, struct arrival *out);

/* One is done; returns whether it was the last. */
bool intake_done(struct intake *intake);

#endif
