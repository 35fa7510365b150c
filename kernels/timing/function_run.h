/*
 * One function of a pipeline on one record, as on a serverless platform: read the record, decode it to tensors,
 * compute layer by layer, serialise the output record. Every phase and layer is timed by itself, on memory that was
 * touched before: its clock sees arithmetic and copies, and no page faults.
 *
 * A record holds, image by image, what the function takes: mostly one tensor, which is decoded to where the memory plan
 * wants it. Several are decoded together and then told apart; a network whose batch is fixed runs once for every batch
 * of the record, the last one filled up with zeros. Both count as decoding and serialising.
 */
#ifndef LAMINA_FUNCTION_RUN_H
#define LAMINA_FUNCTION_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "kernels/record/record.h"
#include "kernels/tensor/tensor.h"
#include "kernels/timing/network_weights.h"
#include "kernels/timing/timed_network.h"
#include "profile/profile.h"

/*
 * Memory that is touched before any clock starts and kept from one run to the next. What a first touch costs depends on
 * the kernel, its page size and the hypervisor, and can be more than the arithmetic on it: it is measured by itself
 * (host_speed.h) and must not be in what is timed as arithmetic.
 */
enum { KEPT_BLOCKS = 4 }; /* the tensors' block, a record, and records' values that are apart */

struct kept_block {
	float *data;
	void *memory; /* what is to be freed; data is aligned in it */
	size_t bytes;
	bool is_taken;
};

struct kept_memory {
	struct kept_block blocks[KEPT_BLOCKS];
	bool is_kept; /* else what is given back is freed, as where a process's peak is measured */
};

/* At a multiple of TENSOR_ALIGN_BYTES, every page touched where it is kept. The bytes are whatever they were. */
void *kept_memory_take(struct kept_memory *kept, size_t bytes);
void kept_memory_give(struct kept_memory *kept, void *memory);
void kept_memory_release(struct kept_memory *kept);

/* A tensor in such memory: given back, not released. */
struct tensor kept_memory_tensor(struct kept_memory *kept, int64_t images, struct shape shape);

/*
 * Records to be timed with: seeded synthetic images in a temporary file that has no name any more, so that nothing is
 * left behind however the program ends. Values do not influence the time of any kernel.
 */
struct scratch_record {
	int fd;
	size_t bytes;
	int64_t images;
	struct shape shape;
};

/* Writes a protobuf record into $TMPDIR, else /tmp. encoding is RECORD_UINT8 or RECORD_FLOAT32. */
bool scratch_record_init(struct scratch_record *record, int64_t images, struct shape shape,
			 enum record_encoding encoding, struct err *err);
void scratch_record_release(struct scratch_record *record);

/* Reads the whole file into record->bytes bytes of memory. */
bool scratch_record_read(const struct scratch_record *record, uint8_t *bytes, struct err *err);

struct function_times {
	/* Seconds of computing, shared out evenly over the threads: other programs on the host do not count. */
	double phases[PROFILE_PHASES]; /* PROFILE_LOAD_WEIGHTS is not touched */
	double *layers;                /* of the function's layers, function->count of them: the caller's */
};

/* The record must have the function's input shape and images. False where it cannot be read. */
bool function_run(const struct timed_network *network, struct timed_function *timed,
		  const struct network_weights *weights, const struct scratch_record *record, struct kept_memory *kept,
		  struct team *team, struct function_times *times, struct err *err);

/*
 * Seconds to fill the function's parameters, which were filled before, from bytes in memory (a weights file that was
 * downloaded).
 */
bool function_load_weights(struct network_weights *weights, const void *bytes, size_t byte_count, double *seconds,
			   struct err *err);

#endif
