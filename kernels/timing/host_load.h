/*
 * Who else computes on this host: what all programs together have computed (proc_stat(5), "cpu" of /proc/stat) less
 * what this one has (getrusage(2)), and what the hypervisor gave to other machines ("steal"). Where /proc/stat says
 * nothing, as in some sandboxes, nobody else is seen.
 */
#ifndef LAMINA_HOST_LOAD_H
#define LAMINA_HOST_LOAD_H

#include <stdbool.h>

/* Seconds since some start. */
struct host_load {
	double wall;
	double busy;  /* of all cores, by anyone */
	double steal; /* of all cores */
	double own;   /* by this process and those of its children that have ended */
};

/* From the first line of /proc/stat; false where it is another one. */
bool host_load_parse(const char *line, double ticks_per_second, struct host_load *load);

struct host_load host_load_now(void);

/* Cores that others computed on between two readings, and that were stolen; never less than 0. */
double host_load_others(const struct host_load *start, const struct host_load *end);
double host_load_stolen(const struct host_load *start, const struct host_load *end);

#endif
