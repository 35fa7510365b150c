/*
 * A workflow as data: the steps that a record goes through, in blocks that hold each other (series-parallel), in one
 * flat array. A chain is the graph whose steps are its functions, one after the other.
 *
 * A step stands in a sequence: the workflow's own, a branch of a block, or what follows a caught error. `next` goes on
 * in the sequence, `around` leads out of it. Parallel branches, a map's items and a loop's rounds are walked by tokens
 * of their own (walk.c); `scope` is the innermost step whose branches are. A choice's branch that ends, ends the
 * execution, or the item or the parallel's branch that it stands in; of a loop, the loop and what ends with it. A fail
 * ends it as a task does that fails.
 *
 * Assumes, as the Amazon States Language has it (states-language.net; AWS Step Functions developer guide): a block
 * that has a failing branch fails at once, and what runs in its other branches is left to end; a map over no items
 * succeeds; what a step hands on is what the next one gets, a join hands on all that its branches did, and a map's
 * item gets its share.
 */
#ifndef LAMINA_STEP_GRAPH_H
#define LAMINA_STEP_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "random/quantile.h"
#include "random/stream.h"
#include "serving/work.h"

enum {
	GRAPH_END = -1,      /* instead of a step: there is none */
	GRAPH_UNCAUGHT = -2, /* instead of what follows an error: it is not caught */
	GRAPH_STEPS_MAX = 1000,
	GRAPH_BRANCHES_MAX = 4000,
};

/* Who walks a workflow. */
enum workflow_kind {
	WORKFLOW_STANDARD, /* the platform's service: every transition is kept and paid for */
	WORKFLOW_EXPRESS,  /* ... an execution is paid for by its time */
	WORKFLOW_NONE,     /* functions call each other */
	WORKFLOW_DURABLE,  /* a durable function calls them, whose operations are paid for */
};

/* Whether the platform's workflow service does, with its hops, pace and bounds. */
static inline bool workflow_is_of_service(int kind)
{
	return kind == WORKFLOW_STANDARD || kind == WORKFLOW_EXPRESS;
}

extern const char *const workflow_kind_names[]; /* "standard", "express", "none", "durable", NULL */

enum step_kind { STEP_TASK, STEP_PARALLEL, STEP_MAP, STEP_CHOICE, STEP_LOOP, STEP_WAIT, STEP_FAIL, STEP_KINDS };
extern const char *const step_kind_names[]; /* "task", "parallel", ..., NULL */

struct retry_rule {
	int64_t attempts; /* after the first; 0: none */
	double interval_seconds;
	double backoff;
	double max_delay_seconds; /* 0: no bound */
};

/* How many: a number, or a distribution whose draws are rounded. */
struct item_count {
	int64_t number;
	struct quantile_table drawn; /* of no points: number */
};

struct step_branch {
	int32_t first;      /* GRAPH_END: it has no steps */
	double probability; /* of a choice's */
	bool ends;          /* of a choice's: what stands behind the choice is not done */
};

struct step {
	const char *name;
	int kind; /* enum step_kind */
	int32_t next;
	int32_t around;
	int32_t scope;
	int32_t caught;        /* the first step that follows an error of this one */
	bool is_ending;        /* it stands in a choice's branch that ends */
	bool is_other_machine; /* of a parallel: its steps are states of a machine that it starts */
	uint32_t first_branch;
	uint32_t branch_count;
	struct retry_rule retry;
	int64_t payload_bytes; /* that it hands on; -1: what its branches do */
	bool is_stored;        /* ... through the object store */

	size_t function;          /* of a task */
	bool is_async;            /* it is done when its call is queued */
	struct item_count writes; /* items for a map */
	const struct work *works; /* of batches of 1, 2, ... items; NULL: the function's own */
	size_t work_count;

	struct item_count items;    /* of a map, unless a task wrote them: */
	int32_t writer;             /* GRAPH_END: none did */
	bool counts_messages;       /* they are those of the source's batch, of which items is the most */
	const int32_t *codes;       /* by record, what its trace says; NULL: it says nothing of this step */
	const int64_t *items_of;    /* of a map: items by code */
	const int32_t *branches_of; /* of a choice: the branch by code */
	int64_t concurrency;        /* items, or batches of them, at once */
	int64_t batch;
	bool is_distributed; /* each batch is an execution of its own */
	int child_kind;      /* enum workflow_kind, of a distributed map's */

	double again;    /* of a loop: the probability of a further round ... */
	int64_t at_most; /* ... up to so many */
	int64_t wait_ns;

	bool has_no_state; /* a choice or wait that the state before it does, too */

	const char *error; /* of a fail */
};

struct graph {
	int kind;              /* enum workflow_kind */
	const char *resource;  /* what deployment files call its machine; NULL or "": nobody says */
	int64_t payload_bytes; /* that comes with a record */
	struct step *steps;
	size_t step_count;
	struct step_branch *branches;
	size_t branch_count;
};

/* The branches of this kind of step are walked by tokens of their own. */
static inline bool step_forks(const struct step *step)
{
	return step->kind == STEP_PARALLEL || step->kind == STEP_MAP || step->kind == STEP_LOOP;
}

/* Whether to enter it is one: tasks are counted with every try, loops with every round. */
static inline bool step_is_transition(const struct step *step)
{
	return step->kind != STEP_TASK && step->kind != STEP_LOOP && !step->has_no_state;
}

/* Tasks for functions 0, 1, ..., in order, with so many retries at once; in the arena. */
void graph_make_chain(size_t functions, int64_t retries, struct arena *arena, struct graph *out);

/* The branch of the step's scope that it stands in; the scope must be a step. */
uint32_t graph_branch_of(const struct graph *graph, int32_t step);

/* The probability that what stands behind the step is done, where no task fails. */
double graph_goes_on(const struct graph *graph, int32_t step);

/* Whether that is so whatever the probabilities: a fail, or a choice whose branches all end or fail. */
bool graph_never_goes_on(const struct graph *graph, int32_t step);

/* The mean number of a loop's rounds. */
double graph_rounds(const struct graph *graph, const struct step *loop);

/* How many items a task gets where a distributed map around it puts them together; 1 elsewhere. */
int64_t graph_batch_of(const struct graph *graph, const struct step *step);

int64_t item_count_draw(const struct item_count *count, struct stream *luck);

/* Of what a draw can be: a number is both. */
int64_t item_count_min(const struct item_count *count);
int64_t item_count_max(const struct item_count *count);

/* What rests before the attempt after this many failed ones. */
int64_t retry_rest_ns(const struct retry_rule *rule, int64_t failures);

/* Entries that a step's entering and leaving take in an execution's history, and each item of a map, or each try. */
struct history_entries {
	int64_t per_step;
	int64_t per_item;
	int64_t per_try;
};
extern const struct history_entries step_history[STEP_KINDS];

/* Those of an execution itself: that it started and ended. */
enum { HISTORY_OF_EXECUTION = 2 };

#endif
