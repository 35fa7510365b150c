/*
 * One machine with a GPU serving the same records: a host stage feeds batches (read, decode, copy), the device
 * computes them; the two overlap, and the feed is one batch ahead at most. A batch is what waits when its feed begins,
 * up to the platform's batch_images; records are served in order of coming, and one is done with the batch that holds
 * its last image. The machine is on from its boot before the first record to the last result, with requests or not.
 *
 * Why a feed stage: the paper's TITAN X took 8.8 to 9.0 ms per image, while the same card computes AlexNet in 0.32 to
 * 0.36 ms (DLInfBench; jcjohnson/cnn-benchmarks). It was starved by its host, not by arithmetic.
 */
#ifndef LAMINA_MACHINE_H
#define LAMINA_MACHINE_H /* private to serving */

#include "serving/simulate.h"

void simulate_machine(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
		      struct outcome *out);

#endif
