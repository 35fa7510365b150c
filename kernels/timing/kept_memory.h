/*
 * Memory that is touched before any clock starts and kept from one run to the next. What a first touch costs depends on
 * the kernel, its page size and the hypervisor, and can be more than the arithmetic on it: it is measured by itself
 * (host_speed.h) and must not be in what is timed as arithmetic.
 */
#ifndef LAMINA_KEPT_MEMORY_H
#define LAMINA_KEPT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/tensor/tensor.h"

enum { KEPT_BLOCKS = 2 }; /* a layer has its input and its output; a record and its tensors are two as well */

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

/* At a multiple of TENSOR_ALIGN_BYTES, every page touched. The bytes are whatever they were. */
void *kept_memory_take(struct kept_memory *kept, size_t bytes);
void kept_memory_give(struct kept_memory *kept, void *memory);
void kept_memory_release(struct kept_memory *kept);

/* A tensor in such memory: given back, not released. */
struct tensor kept_memory_tensor(struct kept_memory *kept, int64_t images, struct shape shape);

#endif
