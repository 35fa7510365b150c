/*
 * What a function does to a record of n images, from a profile or as stated.
 *
 * CPU time of a layer = its time on the profile's host with the framework's threads, times those threads, times a
 * ratio of host core to platform vCPU: that of matrix product speeds where arithmetic binds it, that of copy
 * bandwidths where memory does (roofline, profile.h), as it does decoding, serialising and loading weights.
 * Where the platform's bandwidth has no source, or the profile's times hold page faults, products stand for both. What
 * a first touch of memory takes is not carried over: it is the measuring host's kernel and hypervisor, not its core.
 *
 * Memory = framework + what a process was measured to take with that function on such a record, where the profile has
 * it; else, and where the experiment says so, framework + weights + images * activations, float32. "held": the input
 * and every layer's output that is not computed in place, as a graph session holds what it fetches (with alexnet-h1
 * this gives 1.451, 0.766 and 0.353 MB per image in conv1, conv2, conv3). "live": the largest input + output of a
 * single layer, and what later layers wait for where the network has branches.
 */
#ifndef LAMINA_FUNCTION_WORK_H
#define LAMINA_FUNCTION_WORK_H /* private to scenario */

#include "platform/platform.h"
#include "profile/profile.h"
#include "scenario/experiment_file.h"
#include "serving/work.h"

/* Layers [first, end) of a profile. */
struct layer_range {
	size_t first;
	size_t end;
};

void function_work_from_layers(const struct experiment *experiment, const struct platform *platform,
			       const struct profile *profile, struct layer_range layers, int64_t images,
			       struct work *out);

/* On this platform; its device's name is NULL where there is none. */
void function_work_from_stated(const struct stated_work *stated, const struct platform *platform, int64_t images,
			       struct work *out);

/* Of records that are called together, each comes from the store and goes there as its own; stated: NULL for layers. */
void function_work_part(const struct stated_work *stated, int64_t records, struct work *work);

/* Bytes of a record of `images` before layer `layer` (or, with layer == layer_count, after the last). */
int64_t function_record_bytes(const struct framework *framework, const struct profile *profile, size_t layer,
			      int64_t images);

/* The CPU of the store's client as the experiment states it, where it does. */
void function_work_set_client(const struct framework *framework, struct work *work);

#endif
