/*
 * What this machine is and how fast: the reference speeds by which a profile's times are carried to another machine.
 * They are measured with the libraries that the kernels use, on matrices and blocks too large for the caches to help.
 */
#ifndef LAMINA_HOST_SPEED_H
#define LAMINA_HOST_SPEED_H

#include "base/arena.h"
#include "profile/profile.h"

/* Cores that this process may run on. */
int64_t host_cores(void);

/* Bytes that can be had without swapping (MemAvailable); INT64_MAX where the system does not say. */
int64_t host_available_bytes(void);

/* Names and speeds, with 1 and with `threads` threads; takes about 2 s on a core of 100 GFLOP/s. Texts in the arena. */
void host_speed_measure(struct profile_host *host, int threads, struct arena *arena);

#endif
