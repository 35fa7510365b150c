/*
 * The ways of one scope of a state machine as blocks could follow them. A way back to a state that was passed makes a
 * loop: it is led to a node of its own, the loop's end, from which its ways out go on; so no way leads back any more.
 * Then every node knows where all ways from it that do not fail come together again.
 *
 * A loop has one state that ways lead into (its header) and one choice that leads out of it, by which every round
 * comes; anything else has no block.
 */
#ifndef LAMINA_ASL_FLOW_H
#define LAMINA_ASL_FLOW_H /* private to deploy */

#include "deploy/asl.h"

struct asl_loop {
	int header;
	int exit;   /* the choice */
	bool *body; /* by state */
};

/* Nodes: the states, then the ends of the loops, then the end of the scope. */
struct asl_flow {
	const struct asl_scope *scope;
	int end;
	int *meeting; /* by node: where its ways meet; ASL_NONE: all of them fail */
	struct asl_loop *loops;
	size_t loop_count;
	int *loop_at; /* by state: the loop whose header it is; ASL_NONE */
};

/* False with diag errors, which name the states, where there is a loop that is no block. */
bool asl_flow_init(struct asl_flow *flow, const struct asl_scope *scope, struct arena *arena, struct diag *diag);

/* The node that a state's way leads to. */
int asl_flow_target(const struct asl_flow *flow, int state, size_t way);

/* The node at the end of a loop. */
int asl_flow_end_of(const struct asl_flow *flow, int loop);

/* Where the ways from two nodes meet; of one that fails, where those of the other go. */
int asl_flow_meeting(const struct asl_flow *flow, int a, int b);

#endif
