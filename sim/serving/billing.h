/*
 * What is put on the bill while the simulation runs: a request's fee, and time, which is a request's own or that of
 * its sandbox, as the platform's price says (enum billed_by).
 */
#ifndef LAMINA_BILLING_H
#define LAMINA_BILLING_H

#include "serving/simulation.h"

/* A stretch of time that is paid for as one: rounded up once. */
struct billed_time {
	int64_t busy_ns; /* the handler of one request, or a sandbox with requests */
	int64_t init_ns; /* before that, where it is paid for */
	int64_t idle_ns; /* a sandbox without requests */
	double used_mb;
	bool is_provisioned;
};

/* Puts time on the bill of a function. */
void billing_time(struct simulation *simulation, size_t function, const struct billed_time *time);

/* A visit of this duration has ended, however it did. */
void billing_visit(const struct invocation *invocation, int64_t duration_ns);

/* What is paid of initialising the visit's sandbox: nothing where it was initialised before. */
int64_t billing_init_ns(const struct invocation *invocation);

#endif
