/*
 * Images in blocks of channels: [blocks][height][width][depth], where depth is the lanes of a vector, or, of an image
 * with few channels, their number. Channels beyond the last, which fill up its block, may hold anything finite.
 */
#ifndef LAMINA_BLOCKS_H
#define LAMINA_BLOCKS_H

#include <stdint.h>

#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"

/* The depth to give the blocks of an image with so many channels, for vectors of so many lanes. */
int64_t blocks_depth(int64_t channels, int64_t lanes);

/* Values of one image in blocks of this depth. */
int64_t blocks_values(struct shape shape, int64_t depth);

/* Between planes and blocks: [images] of either; what fills up the last block becomes 0, and is left out. */
void blocks_from_planes(const struct tensor *planes, int64_t depth, float *blocks, struct team *team);
void planes_from_blocks(const float *blocks, int64_t depth, struct tensor *planes, struct team *team);

#endif
