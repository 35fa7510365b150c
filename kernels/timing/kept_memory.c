#include "kernels/timing/kept_memory.h"

#include <string.h>

#include "base/arena.h"
#include "base/check.h"

/* The smallest free block that holds so much; else the largest free one, which is to grow. */
static struct kept_block *choose(struct kept_memory *kept, size_t bytes)
{
	struct kept_block *best = NULL;
	for (size_t i = 0; i < KEPT_BLOCKS; i++) {
		struct kept_block *block = &kept->blocks[i];
		if (block->is_taken)
			continue;
		bool fits = block->bytes >= bytes;
		bool best_fits = best && best->bytes >= bytes;
		if (!best || (fits && (!best_fits || block->bytes < best->bytes)) ||
		    (!fits && !best_fits && block->bytes > best->bytes))
			best = block;
	}
	CHECK(best);
	return best;
}

static void free_block(struct kept_block *block)
{
	mem_free(block->memory);
	*block = (struct kept_block){.memory = NULL};
}

void *kept_memory_take(struct kept_memory *kept, size_t bytes)
{
	struct kept_block *block = choose(kept, bytes);
	if (!block->memory || block->bytes < bytes) {
		free_block(block);
		block->data = floats_alloc((bytes + sizeof(float) - 1) / sizeof(float), &block->memory);
		/* Zeroed memory may still be pages that nobody has touched. */
		memset(block->data, 0, bytes);
		block->bytes = bytes;
	}
	block->is_taken = true;
	return block->data;
}

void kept_memory_give(struct kept_memory *kept, void *memory)
{
	struct kept_block *block = kept->blocks;
	while (block < kept->blocks + KEPT_BLOCKS && block->data != memory)
		block++;
	CHECK(block < kept->blocks + KEPT_BLOCKS && block->is_taken);
	block->is_taken = false;
	if (!kept->is_kept)
		free_block(block);
}

void kept_memory_release(struct kept_memory *kept)
{
	for (size_t i = 0; i < KEPT_BLOCKS; i++)
		free_block(&kept->blocks[i]);
}

struct tensor kept_memory_tensor(struct kept_memory *kept, int64_t images, struct shape shape)
{
	CHECK(images >= 1 && images <= TENSOR_IMAGES_MAX && shape_is_valid(shape));
	size_t bytes = (size_t)(images * shape_bytes(shape));
	return (struct tensor){.images = images, .shape = shape, .data = kept_memory_take(kept, bytes)};
}
