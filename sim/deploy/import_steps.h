/* What the files of import_workflow.h share: the steps that are written, and what a task or a map says of itself. */
#ifndef LAMINA_IMPORT_STEPS_H
#define LAMINA_IMPORT_STEPS_H /* private to deploy */

#include "deploy/asl_flow.h"
#include "deploy/import_parts.h"

enum { MACHINES_MAX = 8 }; /* that start each other */

struct step_writer {
	struct importing *importing;
	const struct inventory_item *machine;
	const char **names; /* of steps */
	size_t name_count;
	size_t name_capacity;
	bool is_full;                                     /* has said that there are too many */
	const struct yaml_node *standard;                 /* what no express machine has; NULL: nothing */
	const struct inventory_item *outer[MACHINES_MAX]; /* that have started the machine */
	size_t outer_count;
};

/* A number that is there, with where it stands; a blank where only a run or a deployment knows it. */
void import_step_number(struct step_writer *writer, struct yaml_node *parent, const char *key,
			const struct yaml_node *state, const char *path);

/* Whether a task calls a function. */
bool import_is_function(const struct asl_state *state, struct arena *arena);

/* The standard machine of the same file whose execution a task waits for; NULL where there is none. */
const struct inventory_item *import_nested_machine(const struct step_writer *writer, const struct asl_state *state);

bool import_waits_for_token(const struct asl_state *state, struct arena *arena);

/* Notes what a task waits for that no express machine does. */
void import_note_standard(struct step_writer *writer, const struct asl_state *state);

/* `task` of a step, and marks the function as used. */
void import_task(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state);

/* A task that is no function: what is left of it is a wait. */
void import_service(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state);

/* `retry` of a step, where the state has one. */
void import_retry(struct step_writer *writer, struct yaml_node *step, const struct asl_state *state);

/* What a map's key says of its items, all but the steps; is_first: it gets what the machine is started with. */
void import_map(struct step_writer *writer, struct yaml_node *map, const struct asl_state *state, bool is_first);

#endif
