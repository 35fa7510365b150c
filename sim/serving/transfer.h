/*
 * Moving bytes between a sandbox and the object store: first-byte latencies, one after the other, then the stream at
 * the pace of the slowest of store, client, network and CPU.
 */
#ifndef LAMINA_TRANSFER_H
#define LAMINA_TRANSFER_H

#include "serving/simulation.h"

/* When the phase's requests that begin now are answered, and what that time goes to; name is that of its luck. */
int64_t transfer_end_ns(struct invocation *invocation, const struct phase *phase, const char *name,
			struct phase_split *split);

#endif
