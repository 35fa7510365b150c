/*
 * A state machine in Amazon States Language, checked: states with their successors by index, in scopes (the machine's
 * own, and one for each branch of a Parallel state and the processor of a Map state).
 *
 * Source: Amazon States Language specification (states-language.net); AWS Step Functions developer guide.
 */
#ifndef LAMINA_ASL_H
#define LAMINA_ASL_H /* private to deploy */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"

enum {
	ASL_STATES_MAX = 1000, /* of a machine: what a workflow may have */
	ASL_WAYS_MAX = 4000,   /* of a machine: rules of its choices, and other ways on */
	ASL_NONE = -1,         /* instead of a state */
};

enum asl_type {
	ASL_TASK,
	ASL_PASS,
	ASL_WAIT,
	ASL_CHOICE,
	ASL_SUCCEED,
	ASL_FAIL,
	ASL_PARALLEL,
	ASL_MAP,
	ASL_TYPES,
};

/* A way to another state: where it is written, and where it leads. */
struct asl_way {
	const struct yaml_node *node; /* the rule of a choice, the catcher, or the state that goes on */
	int to;
};

struct asl_state {
	const char *name;
	const struct yaml_node *node;
	enum asl_type type;
	struct asl_way *ways; /* none: the scope ends */
	size_t way_count;
	bool is_broken; /* a way of it leads nowhere, which has been told */
	struct asl_way *catches;
	size_t catch_count;
	struct asl_scope *scopes; /* branches, or the processor */
	size_t scope_count;
};

struct asl_scope {
	const struct yaml_node *node;
	struct asl_state *states;
	size_t count;
	int start;
};

/*
 * NULL with diag errors, all that there are: states that no other leads to, that name one that is not there or that
 * never end, unknown types and intrinsic functions, maps over nothing. machine is the map with `States`.
 */
const struct asl_scope *asl_read(const struct yaml_node *machine, struct arena *arena, struct diag *diag);

/* Errors for intrinsic functions of either query language that there are not, in all texts at and below a node. */
void asl_check_functions(const struct yaml_node *node, struct diag *diag);

#endif
