/*
 * An experiment's workload as the simulation takes it: how many records there are, when they come, and how many
 * images each holds. Traces are read once per library.
 */
#ifndef LAMINA_WORKLOAD_H
#define LAMINA_WORKLOAD_H /* private to scenario */

#include "scenario/experiment_file.h"
#include "scenario/resolve.h"

/* More requests than any simulation gets through: where only time ends the arrivals. */
#define WORKLOAD_REQUESTS_MAX 1000000000000LL

/* Fills images, records and arrivals of *out. False when errors were added to the diag. */
bool workload_resolve(const struct experiment *experiment, struct library *library, struct diag *diag,
		      struct setting *out);

#endif
