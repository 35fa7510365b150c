/*
 * simulate(): a pure function of setting, seed and replication. It reads no file, no clock and no global; the same
 * input gives the same outcome with any compiler, thread count or optimisation level.
 *
 * Who may call it: everybody above this folder; it is the folder's door.
 */
#ifndef LAMINA_SIMULATE_H
#define LAMINA_SIMULATE_H

#include <signal.h>
#include <stdint.h>

#include "base/arena.h"
#include "serving/outcome.h"
#include "serving/setting.h"

/* What a stretch of time of a sandbox is. */
enum span_kind {
	SPAN_COLD_START, /* it starts */
	SPAN_VISIT,      /* a request's handler runs on it */
	SPAN_PHASE,      /* a phase of that */
	SPAN_CAUSE,      /* what part of a phase's time went to */
};

struct span {
	enum span_kind kind;
	const char *name; /* of the phase or cause; how a visit ended */
	uint32_t function;
	uint64_t sandbox;
	int64_t record; /* -1: a sandbox that no request asked for */
	int64_t start_ns;
	int64_t end_ns;
	bool is_cold; /* of an invocation that started its sandbox */
};

/*
 * Where timelines come from; may be NULL. Spans come in order of end time, causes when the step of the phase that they
 * are part of is over. Whenever time is put on the bill of a function, billed (may be NULL) has its usage so far.
 */
struct span_sink {
	void (*span)(void *context, const struct span *span);
	void (*billed)(void *context, size_t function, int64_t now_ns, const struct usage *usage);
	void *context;
};

/* Where completed records go, in order of completion; may be NULL. */
struct record_sink {
	void (*completed)(void *context, int64_t arrived_ns, int64_t taken_ns);
	void *context;
};

/* A record's visit to a function, as it ended: what a provider's log has a line for. */
struct visit_entry {
	int64_t record;
	uint32_t function;
	uint64_t sandbox;
	int attempt; /* visits of the record to this function that failed before */
	bool is_cold;
	const char *end;      /* "completed", "timeout", ... */
	int64_t submitted_ns; /* the record came */
	int64_t asked_ns;     /* for the function */
	int64_t start_ns;     /* of the handler */
	int64_t end_ns;
	int64_t init_ns;   /* of its sandbox, before start_ns; 0 of a warm one */
	int64_t billed_ns; /* 0 where its sandbox is paid for, not its time */
};

/* Where visits go, in order of their ends; may be NULL. A platform that is one machine has none. */
struct visit_sink {
	void (*ended)(void *context, const struct visit_entry *entry);
	void *context;
};

struct simulate_options {
	uint64_t seed;
	uint32_t replication;
	const struct span_sink *sink;
	const struct record_sink *records;
	const struct visit_sink *visits;
	const struct sandbox_watch *sandboxes;  /* of all functions; may be NULL */
	const volatile sig_atomic_t *interrupt; /* checked between events; may be NULL */
};

/* Fills *out; its arrays live in the arena, which also holds the simulation's own state. */
void simulate(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
	      struct outcome *out);

#endif
