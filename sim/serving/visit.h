/*
 * The handler's visit to its sandbox, for those who hold its steps (seat.c) or its sandbox (instance.c).
 */
#ifndef LAMINA_VISIT_H
#define LAMINA_VISIT_H /* private to serving */

#include "serving/demand.h"
#include "serving/simulation.h"

/* CPU work that a phase asks for, on the visit's sandbox: thread time, at its speed. */
int64_t visit_cpu_ns(const struct invocation *invocation, const struct demand *demand);

/* The wait that it asks for, before its CPU work. */
int64_t visit_wait_ns(const struct invocation *invocation, const struct demand *demand);

/* Part of the current phase is over, and its time counted. */
void visit_step_done(struct invocation *invocation);

/* The current phase is over; the next one starts. */
void visit_phase_done(struct invocation *invocation);

/* The handler goes on after it has waited for what another request loads. */
void visit_go_on(struct invocation *invocation);

/* An event_action of an invocation: it ends so (enum visit_end). */
void visit_stopped(struct engine *engine, void *subject, int64_t end);

#endif
