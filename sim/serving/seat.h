/*
 * A phase of a request on an instance, step by step: what a sandbox alone does in closed form takes as long as others
 * leave it here. A transfer waits for its first byte, then its bytes pass the store's stream and the network, and
 * then, or meanwhile, the CPU; other phases wait, compute, or have their turn on the accelerator.
 */
#ifndef LAMINA_SEAT_H
#define LAMINA_SEAT_H /* private to serving */

#include "serving/instance.h"

/* Ends in visit_phase_done, unless seat_stop comes first. */
void seat_begin_phase(struct seat *seat, const struct demand *demand);

/* Nothing of what is under way on the seat goes on. */
void seat_stop(struct seat *seat);

#endif
