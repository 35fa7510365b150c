/*
 * What a plan of a workflow may set beside memory: keys of the experiment and the values that are tried for each. A
 * layout has one value of each key; the experiment with these is resolved anew, so that whatever a run would be refused
 * is no plan either.
 *
 *   kind           standard or express, where the platform sells both
 *   architecture   of all functions, where it sells both and tells how fast they are
 *   snapshot       of all functions whose runtime is restored from one
 *   parallel       executions at once, of a batch
 *   concurrency    of each map, up to the platform's most
 *   batch          items that a child of a distributed map gets at once
 *   batch_size, window   of a source that is polled
 *
 * Who may call it: workflow_plan.h.
 */
#ifndef LAMINA_WORKFLOW_LAYOUT_H
#define LAMINA_WORKFLOW_LAYOUT_H /* private to plan */

#include "plan/plan.h"

enum {
	KNOBS_MAX = 40,
	KNOB_VALUES_MAX = 16,
	KNOB_KEYS_MAX = SETTING_FUNCTIONS_MAX,
};

struct knob {
	const char *name;                /* as the experiment's plan.keep has it */
	const char *label;               /* one key, or a pattern for several */
	const char *keys[KNOB_KEYS_MAX]; /* dotted; all get the same value */
	size_t key_count;
	const char *values[KNOB_VALUES_MAX]; /* values[0]: as the experiment has it */
	size_t value_count;
	int widened_by; /* of batches: the knob of their map's concurrency; -1: none */
	size_t widest;  /* of a concurrency: the value that is most */
};

struct knobs {
	struct knob items[KNOBS_MAX];
	size_t count;
};

/* Whether the experiment's plan.keep lists it. */
bool layout_keeps(const struct plan_request *request, const char *name);

void knobs_init(struct knobs *knobs, const struct plan_request *request, struct arena *arena);

/* By knob, the number of its value; all 0: the experiment as it is. */
struct layout {
	size_t at[KNOBS_MAX];
};

/* How many there are; at most `most`. */
int64_t knobs_product(const struct knobs *knobs, int64_t most);

/* Goes on to the next of all layouts; false behind the last one. */
bool layout_next(const struct knobs *knobs, struct layout *layout);

bool layout_equal(const struct knobs *knobs, const struct layout *a, const struct layout *b);

/* The experiment's setting with it; NULL where it is refused. */
const struct setting *layout_resolve(const struct plan_request *request, const struct knobs *knobs,
				     const struct layout *layout, struct arena *arena);

#endif
