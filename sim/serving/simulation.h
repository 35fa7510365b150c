/*
 * What the parts of the serving model share while one replication runs, and whom each may call. Private to this
 * folder. A request goes
 *
 *	journey.c     comes (arrivals.c), and waits for a place of its caller's
 *	  source.c      or waits with other messages, until they are called together
 *	  walk.c        goes from step to step of its graph (step_graph.h), as one token or several
 *	  execution.c, critical_path.c: what a workflow service keeps and ends, and where the time went
 *	  call.c        is called, and called again
 *	    admission.c   is admitted or refused
 *	    instance.c    joins others on their sandbox, where these share them; else call.c starts or finds one
 *	    visit.c       visits it, phase by phase (demand.c)
 *	      transfer.c    in closed form, where it has the sandbox to itself
 *	      seat.c        else step by step, on its seat of the instance
 *	      billing.c     is billed
 *	      instance.c, admission.c: leaves the sandbox
 *	walk.c        goes on to its next step
 *	journey.c     leaves
 *
 * Each of these calls those that stand below it by name, and none above it. What those above do when something ends
 * is an action that they have given: an event's, a seat's (seat.h), the ends of struct simulation. What an
 * invocation knows of itself (invocation.c) everybody may ask. simulate.c puts all of it together; autoscaler.c, beside
 * journey.c, starts instances that no request asks for; machine.c is another model, of a platform without functions.
 */
#ifndef LAMINA_SIMULATION_H
#define LAMINA_SIMULATION_H /* private to serving */

#include "engine/engine.h"
#include "engine/resource.h"
#include "platform/concurrency.h"
#include "platform/host.h"
#include "platform/sandbox.h"
#include "platform/store.h"
#include "random/stream.h"
#include "serving/arrivals.h"
#include "serving/simulate.h"

struct demand;
struct demand_table;
struct execution;
struct function_instances;
struct instance;
struct leg;
struct seat;
struct source;
struct turn;

/* Messages of a source that is polled, called together. */
struct batch {
	struct message *messages; /* in their order */
	int64_t count;
	int64_t number; /* of the batch */
	int64_t first_came_ns;
	int64_t received_ns;
	struct batch *next_free;
};

/* What a visit, or the calls for it, has luck in. */
enum luck {
	LUCK_HOP,
	LUCK_RETRY,
	LUCK_WARM_START,
	LUCK_RESUME,
	LUCK_FAILURES,
	LUCK_ERROR,  /* of the handler */
	LUCK_WORK,   /* how much it is */
	LUCK_CHOICE, /* of a branch, or of a loop's further round */
	LUCK_ITEMS,  /* of a map, how many */
	LUCK_PHASE,  /* the first one's; each has its own (enum work_phase) */
	LUCKS = LUCK_PHASE + WORK_PHASES,
};

struct simulation {
	struct engine engine;
	const struct setting *setting;
	const struct graph *graph; /* the setting's, or the chain of its functions */
	const struct simulate_options *options;
	struct arena *arena;
	struct outcome *outcome;
	struct sandbox_pool *pools; /* one per function */
	struct resource *places;    /* one for all jobs, or one per function, and one more */
	int32_t entry;              /* the place of a record's first step */
	struct concurrency account;
	struct concurrency *functions; /* each one's own places and bucket, where it has them */
	int64_t in_use;                /* sandboxes that start or run a handler */
	struct store_gate gets;
	struct store_gate puts;
	struct intake intake;              /* of records; of a line those that have a place are in flight */
	struct source *source;             /* where messages are polled; else NULL */
	bool is_line;                      /* a batch: a record is made when a place is free for it */
	struct turn *turns;                /* of a line whose order luck decides, in that order; else NULL */
	bool is_turn_awaited;              /* the next one's time is an event */
	int64_t driver_free_ns;            /* when the driver can start its next call, or take its next answer */
	uint32_t luck[LUCKS];              /* ids of their streams */
	double cpu_error;                  /* of this world: in deviations of what phases' CPU times may be off by */
	struct demand_table **demands;     /* two per function, of work and last work; NULL: not asked for yet */
	struct demand_table *free_demands; /* of other works */
	struct invocation *free_list;
	struct join *free_joins;
	struct leg *free_legs;
	struct execution *free_executions;
	int64_t transitions_full_ns; /* when the bucket for transitions is full again */
	int64_t starts_full_ns[2];   /* of the buckets for a distributed map's children, standard and express */
	int64_t tokens;              /* under way */
	bool are_messages_done;      /* of a source, all that will come */
	uint64_t branches_event;     /* the event that began ... */
	int64_t branches_begun;      /* so many of them */
	/* One per function; NULL where every request has its sandbox and host alone. */
	struct function_instances *instances;
	struct instance *living_instances;
	struct instance *free_instances;
	struct host_pool hosts;
	/* What source.c has others do: call a batch; end a message that came then. */
	void (*batch_formed)(struct simulation *simulation, struct batch *batch);
	void (*record_ended)(struct simulation *simulation, int64_t came_ns, bool is_completed);
	event_action *visit_ended; /* of an invocation whose caller has the answer; argument: enum visit_end */
	void (*call_ended)(struct invocation *invocation, bool is_completed); /* the function is done with it */
	void (*walk_ended)(struct invocation *record, bool is_completed);     /* it has come to the end of its graph */
	void (*record_gone)(struct simulation *simulation);                   /* and so has all that it left behind */
	void (*place_left)(struct simulation *simulation, int32_t place);
};

/* Instead of an index into the simulation's places. */
enum { NO_PLACE = -1 };

/* Of a workflow service: a record's own, or that of a distributed map's child. */
struct execution {
	int kind;                /* enum workflow_kind */
	struct execution *outer; /* whose distributed map has begun it; NULL: it is the record's */
	int64_t tokens;          /* under way, and executions that it has begun */
	int64_t begun_ns;
	int64_t entries;    /* of its history */
	int64_t data_bytes; /* that it began with, and that branches and items were given */
	struct execution *next_free;
};

/* Where a token waits for those that walk the branches of its step. */
struct join {
	struct simulation *simulation;
	struct invocation *parent; /* gone where the join is over */
	struct join *outer;        /* that the parent is a branch of; NULL: none */
	bool is_over;              /* a branch failed: nobody waits for the others */
	bool is_filling;           /* it is starting branches, which may end meanwhile */
	bool is_turn_awaited;      /* to start the next is an event */
	bool ends;                 /* a round of its loop ended more than itself */
	int64_t total;             /* branches, batches of items or rounds */
	int64_t begun;
	int64_t pending; /* under way, or an event of the join */
	int64_t items;   /* of a map, in all batches */
	int64_t begun_ns;
	int64_t turn_ns;       /* when the next may start */
	int64_t payload_bytes; /* that the ended ones hand on */
	int64_t stored_bytes;
	int64_t stored_objects;
	struct leg *ended; /* when branches ended */
	struct leg *freed; /* the path of a map's item for whose end the next one waits ... */
	int64_t freed_ns;  /* ... and what that explains */
	struct join *next_free;
};

/* One record on its way, or one of the tokens that it is in a workflow; reused for another when it is done. */
struct invocation {
	/* What a throttled attempt looks at stands together: there may be very many of them. */
	struct simulation *simulation;
	size_t function;
	int64_t record;
	int64_t asked_ns;  /* for the current function */
	int64_t age_ns;    /* of an event, then */
	int64_t travel_ns; /* since then, between driver and platform */
	int attempts;      /* throttled calls of the current function */
	bool is_cold;
	struct stream retry_luck; /* while there are any attempts */
	struct invocation *next_free;
	struct invocation *next_waiting; /* for a place in a fleet */
	event_action *comes;             /* then */
	int64_t submitted_ns;
	int64_t begun_ns;    /* it has its first place */
	int64_t wait_ns;     /* that the first function waits, as its trace tells; else 0 */
	int size;            /* index into sized works, or -1 */
	struct batch *batch; /* of messages; NULL: it is a record by itself */
	int64_t called_ns;   /* its current attempt was admitted */
	int64_t ended_ns;    /* its last visit's handler */
	int failures;        /* failed visits to the current function */
	struct sandbox *sandbox;
	struct seat *seat; /* where the sandbox has an instance */
	int phase;
	int64_t init_ns;
	const struct work *work; /* of the visit */
	struct demand_table *demands;
	int64_t start_ns; /* handler start */
	int64_t phase_start_ns;
	int64_t step_start_ns;    /* of what is not counted yet of the phase */
	struct phase_split split; /* of the current step */
	int64_t stop_ns;          /* the sandbox crashes now; INT64_MAX: it does not */
	double straggling;
	double variation; /* of this request, what varies of its work over the mean */
	/* Where it is in its graph: walk.c. */
	int32_t step;
	int32_t place;        /* that it holds, or NO_PLACE */
	uint32_t branch;      /* of its join's step, which it walks */
	bool leads_execution; /* the first token of a child's */
	bool is_detached;     /* an asynchronous task's, which nobody waits for */
	bool has_own_work;    /* own_work is the visit's */
	bool was_caught;      /* it, or what it is a branch of, goes on after a failure */
	int32_t failed_at;    /* the fail step by which its step, or one in that, failed; GRAPH_END: another failure */
	struct join *join;    /* that waits for it; NULL: it is the record's first token */
	struct execution *execution;
	uint64_t way;          /* tells its luck from that of the record's other tokens */
	int64_t items;         /* of a map, which it has together */
	int64_t entered_ns;    /* its step */
	int64_t inside_ns;     /* of the time since then, what branches of the step explain */
	int64_t followed_ns;   /* of a map's item, what its path has from those before it */
	struct leg *legs;      /* its critical path up to now */
	int64_t payload_bytes; /* that it carries */
	int64_t stored_bytes;  /* and has in the store for its next task */
	int64_t stored_objects;
	struct work *own_work; /* NULL until it needs one */
};

/* How a visit ends. */
enum visit_end {
	VISIT_COMPLETED,
	VISIT_OUT_OF_MEMORY,
	VISIT_TMP_FULL,
	VISIT_TIMEOUT,
	VISIT_ERROR,
	VISIT_CRASH,
	VISIT_ENDS
};

static inline const struct setting_function *function_of(const struct invocation *invocation)
{
	return &invocation->simulation->setting->functions[invocation->function];
}

/* The function on whose instances its current one runs. */
static inline size_t home_of(const struct invocation *invocation)
{
	return setting_home(invocation->simulation->setting, invocation->function);
}

static inline struct function_outcome *counts_of(const struct invocation *invocation)
{
	return &invocation->simulation->outcome->functions[invocation->function];
}

/* --- invocation.c: everybody may call it --- */

/* Whether a queue makes its current call, again and again. */
bool invocation_is_async(const struct invocation *invocation);

/* Its current function's work; while it visits that, invocation->work. */
const struct work *invocation_work(const struct invocation *invocation);

/* Names the streams of a new simulation. */
void invocation_name_luck(struct simulation *simulation);

/*
 * Luck of a record's visit to a function, the same whatever the memory, the schedule or the order of events; of a phase
 * LUCK_PHASE plus its enum work_phase.
 */
void invocation_stream(struct stream *stream, const struct invocation *invocation, int luck);

/* An unused one; all but its own_work is to be set. */
struct invocation *invocation_new(struct simulation *simulation);

/* Two names of luck as one. */
uint64_t invocation_mix(uint64_t a, uint64_t b);

/* Luck of a step that calls nothing. */
void invocation_step_stream(struct stream *stream, const struct invocation *invocation, int luck, int32_t step,
			    uint64_t ordinal);

/* Items of the map that the token stands at; what a task wrote are as many in every map that names it. */
int64_t invocation_map_items(const struct invocation *token);

/* Whether nobody waits for it any more, as it, or what it is a branch of, has failed. */
bool join_is_lost(const struct join *join);
static inline bool invocation_is_lost(const struct invocation *invocation)
{
	return invocation->join && join_is_lost(invocation->join);
}

/* A span for timelines, where anybody wants them; it is over now. */
void invocation_tell_span(const struct invocation *invocation, enum span_kind kind, const char *name, int64_t start_ns);
static inline void invocation_span(const struct invocation *invocation, enum span_kind kind, const char *name,
				   int64_t start_ns)
{
	if (invocation->simulation->options->sink)
		invocation_tell_span(invocation, kind, name, start_ns);
}

/* CPU work that a phase asks for, on the visit's sandbox: thread time, at its speed. */
int64_t invocation_cpu_ns(const struct invocation *invocation, const struct demand *demand);

/* The wait that it asks for, before its CPU work. */
int64_t invocation_wait_ns(const struct invocation *invocation, const struct demand *demand);

/* Part of the current phase is over: its time goes to its causes. */
void invocation_count_step(struct invocation *invocation);

/* --- journey.c: simulate.c calls it --- */

/* Brings the first records in, or the first arrival. */
void journey_begin(struct simulation *simulation);

/* The simulation's actions of these names. */
void journey_walk_ended(struct invocation *record, bool is_completed);
void journey_record_gone(struct simulation *simulation);
void journey_place_left(struct simulation *simulation, int32_t place);

/* The simulation's batch_formed and record_ended. */
void journey_batch_formed(struct simulation *simulation, struct batch *batch);
void journey_record_ended(struct simulation *simulation, int64_t came_ns, bool is_completed);

/* --- source.c: journey.c calls it, call.c asks, simulate.c ends it --- */

/* Messages are polled from now on. */
void source_begin(struct simulation *simulation);

/* One has come. */
void source_take(struct simulation *simulation, int64_t came_ns);

/* The batch has started an execution, which takes its messages. */
void source_batch_handed_over(struct simulation *simulation, struct batch *batch);

/* All functions are done with a batch. */
void source_batch_ended(struct simulation *simulation, struct batch *batch, bool is_completed);

/* Whether its messages have become visible to others. */
bool source_is_late(const struct simulation *simulation, const struct batch *batch);

/* Counts what is left; nothing where no messages are polled. */
void source_end(struct simulation *simulation);

/* --- walk.c: journey.c calls it --- */

/* A record that has its first place begins with the graph's first step; ends in walk_ended. */
void walk_begin(struct invocation *record);

/* The record's first token is not needed any more. */
void walk_free(struct invocation *record);

/* The simulation's call_ended: the token's task is done. */
void walk_call_ended(struct invocation *token, bool is_completed);

/* What the orchestrator takes to call the function of the token's step. */
int64_t walk_hop_ns(const struct invocation *token);

/* --- critical_path.c: walk.c calls it --- */

/* Time of a step of a path, or of an ended branch. */
void path_add(struct simulation *simulation, struct leg **legs, uint32_t index, int64_t count, int64_t ns);
void path_drop(struct simulation *simulation, struct leg **legs);

/* A step of the token has ended: what of its time no branch of it explains is its own. */
void path_count_step(struct invocation *token);

/* The token's branch is what its parent has waited for: its path becomes part of the parent's. */
void path_take_branch(struct invocation *token);

/* A map's item that ends lets the next one begin, which has its path before its own. */
void path_hand_over(struct invocation *token);
void path_follow(struct join *join, struct invocation *token);

/* All branches of the join have ended. */
void path_count_slack(const struct join *join);

/* The record is done: what its first token's path was made of. */
void path_count_record(const struct invocation *record);

/* --- execution.c: walk.c calls it --- */

/* outer: as in the struct. */
struct execution *execution_begin(struct simulation *simulation, int kind, struct execution *outer);

/* How long the token must wait to enter its step, for which its place in the account's transitions is taken. */
int64_t execution_enter_ns(const struct invocation *token);

/* How long the next child of a distributed map must wait to be started; one is. */
int64_t execution_child_rest_ns(const struct simulation *simulation, bool is_express);
void execution_count_child(struct simulation *simulation, bool is_express);

/* One that a token's step takes, where its execution pays for them. */
void execution_count_transition(const struct invocation *token);

/* What an express one owes, once its first token has ended. */
void execution_bill(const struct invocation *token);

/* Where the platform ends the token's execution, which nothing can catch: counted, and true. */
bool execution_is_stopped(const struct invocation *token);

/* One of its tokens is gone; with the last one so is the execution. */
void execution_leave(struct simulation *simulation, struct execution *execution);

/* --- call.c: walk.c calls it --- */

/* The driver calls the current function as soon as it is free to; ends in call_ended. */
void call_soon(struct invocation *invocation);

/* The simulation's visit_ended: the function is called again, or the call ends. */
void call_visit_ended(struct engine *engine, void *subject, int64_t end);

/* --- admission.c: call.c, instance.c and visit.c call it --- */

/*
 * Takes a place for the invocation's call; false where the platform allows no more now. Only so many calls may start in
 * a second; who joins others on an instance takes no more of its places.
 */
bool admission_admit(const struct invocation *invocation, bool needs_new_sandbox, bool joins);

/* Takes a place for a new sandbox of a function, without a call; false where the platform allows no more now. */
bool admission_take_place(struct simulation *simulation, size_t function);

/* Gives back the place that a sandbox of the function took. */
void admission_leave(struct simulation *simulation, size_t function);

/* --- visit.c: call.c calls it --- */

/* An event_action of an invocation: its handler starts on its sandbox; ends in visit_ended. */
void visit_start(struct engine *engine, void *subject, int64_t argument);

/* --- autoscaler.c and machine.c: simulate.c calls them --- */

/* Begins to look, where the platform has a target and the function's instances take several requests. */
void autoscaler_begin(struct simulation *simulation, size_t function);

/* Instead of all of the above, where the platform is one machine. */
void simulate_machine(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
		      struct outcome *out);

#endif
