/*
 * Fragments of deployment files, to be merged into a user's own: a template is never rewritten. Each format is a row;
 * its writer is in emit_NAME.c with its source (sam: cloudformation, serverless; terraform: terraform-json, infracost).
 */
#ifndef LAMINA_EMIT_H
#define LAMINA_EMIT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "deploy/deployment.h"

struct emit_format {
	const char *name; /* as in --emit; NULL ends the table */
	const char *help; /* a few words: lower case, no full stop */
	const char *file; /* what the file is usually called */
	void (*write)(const struct deployment *deployment, struct arena *arena, struct buf *out);
};

extern const struct emit_format emit_formats[];

/* NULL where there is none. */
const struct emit_format *emit_find(const char *name);

/* What the user's files call it, else its name. */
const char *emit_resource(const struct deployed_function *function);

/* What they call the state machine, whose kind a plan may change; NULL where nobody says. */
const char *emit_machine(const struct deployment *deployment);
bool emit_machine_is_express(const struct deployment *deployment);

/* What the user's files call it, else "conv-1" as a logical id: "Conv1". Ids of different functions differ. */
const char *emit_logical_id(const struct deployment *deployment, size_t function, struct arena *arena);

void emit_sam(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_cloudformation(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_serverless(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_terraform(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_terraform_json(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_cli(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_stepfunctions(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_power_tuning(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_infracost(const struct deployment *deployment, struct arena *arena, struct buf *out);
void emit_json(const struct deployment *deployment, struct arena *arena, struct buf *out);

/* The power tuning user interface's address of these points (see emit_power_tuning.c), in the arena. */
const char *emit_power_tuning_url(const struct deployment_point *points, size_t count, struct arena *arena);

#endif
