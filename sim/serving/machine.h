/*
 * One machine with a GPU serving the same records: a host stage feeds batches (read, decode, copy), the device
 * computes them; the two overlap, and the feed is one batch ahead at most.
 *
 * Why a feed stage: the paper's TITAN X took 8.8 to 9.0 ms per image, while the same card computes AlexNet in 0.32 to
 * 0.36 ms (DLInfBench; jcjohnson/cnn-benchmarks). It was starved by its host, not by arithmetic.
 */
#ifndef LAMINA_MACHINE_H
#define LAMINA_MACHINE_H

#include "serving/simulate.h"

void simulate_machine(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
		      struct outcome *out);

#endif
