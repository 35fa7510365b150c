/*
 * What this machine is, how fast, and who else computes on it: the reference speeds by which a profile's times are
 * carried to another machine. They are measured with the libraries that the kernels use, on matrices and blocks too
 * large for the caches to help.
 */
#ifndef LAMINA_HOST_SPEED_H
#define LAMINA_HOST_SPEED_H

#include <stdbool.h>

#include "base/arena.h"
#include "kernels/timing/samples.h"
#include "profile/profile.h"

/* Cores that this process may run on. */
int64_t host_cores(void);

/* Bytes that can be had without swapping (MemAvailable); INT64_MAX where the system does not say. */
int64_t host_available_bytes(void);

/*
 * Speeds are measured a little at a time, between the times that they are to be compared with: what slows one down for
 * a while slows the other down too.
 */
struct host_speed {
	struct samples one;    /* seconds of a product on one thread */
	struct samples all;    /* of a product on each of all threads at once */
	struct samples copy;   /* of a copy between touched blocks */
	struct samples copies; /* of a copy of that size by all threads together */
	struct samples touch;  /* of touching a block for the first time, less touching it again */
	int threads;
	float *values; /* the matrices and blocks, touched */
	void *memory;
};

void host_speed_init(struct host_speed *speed, int threads);
void host_speed_release(struct host_speed *speed);

/* One sample of each, about half a second on a core of 100 GFLOP/s. */
void host_speed_measure(struct host_speed *speed);

/* Names, and speeds of at least one sample. Texts in the arena. */
void host_speed_fill(const struct host_speed *speed, struct arena *arena, struct profile_host *host);

/*
 * Who else computes on this host: what all programs together have computed (proc_stat(5), "cpu" of /proc/stat) less
 * what this one has (getrusage(2)), and what the hypervisor gave to other machines ("steal"). Where /proc/stat says
 * nothing, as in some sandboxes, nobody else is seen. Seconds since some start.
 */
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
