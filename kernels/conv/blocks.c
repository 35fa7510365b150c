#include "kernels/conv/blocks.h"

#include "base/num.h"

/* Channels of so shallow an image would leave most of a vector empty. */
enum { SHALLOW_CHANNELS = 4 };

int64_t blocks_depth(int64_t channels, int64_t lanes)
{
	return channels <= SHALLOW_CHANNELS && channels < lanes ? channels : lanes;
}

int64_t blocks_values(struct shape shape, int64_t depth)
{
	return div_ceil_int64(shape.channels, depth) * depth * shape.height * shape.width;
}

struct turning {
	struct shape shape;
	int64_t depth;
	int64_t blocks; /* of an image */
	const float *from;
	float *to;
};

/* Where a block's planes begin, and how many there are. */
static int64_t planes_of(const struct turning *turning, int64_t item, int64_t *channels)
{
	int64_t first = item % turning->blocks * turning->depth;
	int64_t left = turning->shape.channels - first;
	*channels = left < turning->depth ? left : turning->depth;
	return (item / turning->blocks * turning->shape.channels + first) * turning->shape.height *
	       turning->shape.width;
}

/* So many pixels at a time stay in the first-level cache from one channel to the next. */
enum { PIXELS_AT_ONCE = 256 };

static void to_blocks(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct turning *turning = context;
	int64_t pixels = turning->shape.height * turning->shape.width;
	int64_t depth = turning->depth;
	for (int64_t item = first; item < last; item++) {
		int64_t channels;
		const float *planes = turning->from + planes_of(turning, item, &channels);
		float *block = turning->to + item * pixels * depth;
		for (int64_t begin = 0; begin < pixels; begin += PIXELS_AT_ONCE) {
			int64_t end = pixels - begin < PIXELS_AT_ONCE ? pixels : begin + PIXELS_AT_ONCE;
			for (int64_t c = 0; c < depth; c++)
				for (int64_t p = begin; p < end; p++)
					block[p * depth + c] = c < channels ? planes[c * pixels + p] : 0;
		}
	}
}

static void to_planes(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct turning *turning = context;
	int64_t pixels = turning->shape.height * turning->shape.width;
	int64_t depth = turning->depth;
	for (int64_t item = first; item < last; item++) {
		int64_t channels;
		float *planes = turning->to + planes_of(turning, item, &channels);
		const float *block = turning->from + item * pixels * depth;
		for (int64_t begin = 0; begin < pixels; begin += PIXELS_AT_ONCE) {
			int64_t end = pixels - begin < PIXELS_AT_ONCE ? pixels : begin + PIXELS_AT_ONCE;
			for (int64_t c = 0; c < channels; c++)
				for (int64_t p = begin; p < end; p++)
					planes[c * pixels + p] = block[p * depth + c];
		}
	}
}

static void turn(const struct tensor *planes, int64_t depth, const float *from, float *to, team_body *body,
		 struct team *team)
{
	struct turning turning = {
		.shape = planes->shape,
		.depth = depth,
		.blocks = div_ceil_int64(planes->shape.channels, depth),
		.from = from,
		.to = to,
	};
	team_run(team, planes->images * turning.blocks, 1, body, &turning);
}

void blocks_from_planes(const struct tensor *planes, int64_t depth, float *blocks, struct team *team)
{
	turn(planes, depth, planes->data, blocks, to_blocks, team);
}

void planes_from_blocks(const float *blocks, int64_t depth, struct tensor *planes, struct team *team)
{
	turn(planes, depth, blocks, planes->data, to_planes, team);
}
