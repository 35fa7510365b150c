/*
 * What a deployment's file says and an experiment has nothing for: each is named, at its line. Silent is only what
 * takes no time and costs nothing: names, code, rights.
 */
#ifndef LAMINA_IMPORT_LEFT_OUT_H
#define LAMINA_IMPORT_LEFT_OUT_H /* private to deploy */

#include "deploy/import_parts.h"

enum left_out_kind {
	LEFT_OF_FUNCTION,
	LEFT_OF_CALLS, /* what is set for asynchronous ones */
	LEFT_OF_EVENT,
	LEFT_OF_QUEUE,
	LEFT_OF_MACHINE,
	LEFT_OF_STATE,
	LEFT_OF_BATCHER,
	LEFT_KINDS
};

/* Of a map's entries, those that are neither read nor without weight. */
void import_tell_keys(struct importing *importing, enum left_out_kind kind, const struct yaml_node *map,
		      const char *owner);

/* Resources that are neither functions nor what starts them, nor what that reads. */
void import_tell_resources(struct importing *importing);

#endif
