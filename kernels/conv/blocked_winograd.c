#include "kernels/conv/blocked_winograd.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "kernels/conv/blocked_parts.h"

enum {
	/*
	 * Points and sums of the tiles of an item: less than 1 MiB. The more tiles, the less often filters are read
	 * from memory, so that few channels and filters at a time are best.
	 */
	WORK_VALUES = 215 * 1024,
	CHUNK_CHANNELS = 64, /* that are transformed, and summed, at a time */
	PART_FILTERS = 128,  /* for which they are transformed again */
	FEW_RUNS = 2,        /* of tiles, for which filters come from memory too late unless fetched */
	WINOGRAD_LINE = 16,  /* of a cache line, in values: points lie one apart from powers of two */
};

bool winograd_serves(const struct blocked_conv *blocked)
{
	const struct window_axis *axes[] = {&blocked->conv.window.y, &blocked->conv.window.x};
	for (int i = 0; i < 2; i++)
		if (axes[i]->kernel != 3 || axes[i]->stride != 1 || axes[i]->dilation != 1)
			return false;
	return !blocked->is_depthwise && !blocked->is_shallow;
}

/*
 * Products of both ways, and, in products' time, what else takes time: a channel's tile transformed, and filters
 * read from memory, of which minimal filtering has four times as many. Measured on an AMD EPYC with Zen 4.
 */
bool winograd_pays(const struct blocked_conv *blocked, int64_t images)
{
	enum { TILE_PRODUCTS = 10 /* for each point */, READ_PRODUCTS = 16 };
	static const double GAIN_LEAST = 1.1;
	double channels = (double)(blocked->channel_blocks * blocked->depth);
	double filters = (double)(blocked->filter_blocks * blocked->kernels->lanes);
	double pixels = (double)(images * blocked->output.height * blocked->output.width);
	double tiles = (double)(images * div_ceil_int64(blocked->output.height, WINOGRAD_OUTPUTS) *
				div_ceil_int64(blocked->output.width, WINOGRAD_OUTPUTS));
	double parts = ceil(filters / PART_FILTERS);
	double direct = (double)blocked->taps * channels * filters * (pixels + READ_PRODUCTS);
	double transforms = tiles * TILE_PRODUCTS * (channels * parts + filters);
	double products = channels * filters * (tiles + READ_PRODUCTS);
	return direct > GAIN_LEAST * WINOGRAD_POINTS * (products + transforms);
}

void winograd_plan(struct blocked_conv *blocked)
{
	int64_t chunk_blocks = most_int64(CHUNK_CHANNELS / blocked->depth, 1);
	blocked->is_winograd = true;
	blocked->chunks = div_ceil_int64(blocked->channel_blocks, chunk_blocks);
}

/* --- filters ---------------------------------------------------------------------------------------------------- */

/* A line of three through G, the line's values `step` apart. */
static void filter_line(const double *g, int step, double *out)
{
	static const double near = (double)WINOGRAD_NEAR;
	static const double far = (double)WINOGRAD_FAR;
	double of_near = 2 * near * near * (near * near - far * far);
	double of_far = 2 * far * far * (far * far - near * near);
	double near_even = g[0] + near * near * g[2 * step];
	double far_even = g[0] + far * far * g[2 * step];
	out[0] = g[0] / (near * near * far * far);
	out[1] = (near_even + near * g[step]) / of_near;
	out[2] = (near_even - near * g[step]) / of_near;
	out[3] = (far_even + far * g[step]) / of_far;
	out[4] = (far_even - far * g[step]) / of_far;
	out[5] = g[2 * step];
}

static void filter_points(const float *filter, double *points)
{
	double values[9], lines[WINOGRAD_TILE * 3];
	for (int i = 0; i < 9; i++)
		values[i] = filter[i];
	for (int column = 0; column < 3; column++) {
		double line[WINOGRAD_TILE];
		filter_line(values + column, 3, line);
		for (int row = 0; row < WINOGRAD_TILE; row++)
			lines[row * 3 + column] = line[row];
	}
	for (int row = 0; row < WINOGRAD_TILE; row++)
		filter_line(lines + (ptrdiff_t)(row * 3), 1, points + (ptrdiff_t)(row * WINOGRAD_TILE));
}

/* `count` values of every point, of one channel's filters from `first` on; what fills up blocks is 0. */
static void pack_channel(const struct blocked_conv *blocked, const float *weights, int64_t channel, int64_t first,
			 int64_t count, float *to, int64_t point_step)
{
	float all[WINOGRAD_POINTS][BLOCKED_FILTERS_MAX * BLOCKED_LANES_MAX] = {{0}};
	int64_t channels = blocked->input.channels / blocked->conv.groups;
	int64_t filters = blocked->conv.filters / blocked->conv.groups;
	for (int64_t i = 0; i < count && first + i < filters && channel < channels; i++) {
		double points[WINOGRAD_POINTS];
		filter_points(weights + ((first + i) * channels + channel) * blocked->taps, points);
		for (int p = 0; p < WINOGRAD_POINTS; p++)
			all[p][i] = (float)points[p];
	}
	for (int p = 0; p < WINOGRAD_POINTS; p++)
		memcpy(to + p * point_step, all[p], (size_t)count * sizeof *to);
}

/* Of a group: by chunk, point and set of filter blocks, so that what is read one after the other lies so. */
void winograd_pack(const struct blocked_conv *blocked, const float *weights, float *packed)
{
	int64_t lanes = blocked->kernels->lanes;
	for (int64_t chunk = 0; chunk < blocked->chunks; chunk++) {
		int64_t begin = share_begin(blocked->channel_blocks, blocked->chunks, chunk) * lanes;
		int64_t end = share_begin(blocked->channel_blocks, blocked->chunks, chunk + 1) * lanes;
		int64_t point_step = (end - begin) * blocked->filter_blocks * lanes;
		for (int64_t set = 0; set < blocked_sets(blocked); set++) {
			int64_t first = blocked_set_begin(blocked, set) * lanes;
			int64_t count = blocked_set_begin(blocked, set + 1) * lanes - first;
			for (int64_t channel = begin; channel < end; channel++, packed += count)
				pack_channel(blocked, weights, channel, first, count, packed, point_step);
		}
		packed += (WINOGRAD_POINTS - 1) * point_step;
	}
}

/* --- images ------------------------------------------------------------------------------------------------------ */

/* How the work is cut into items: group by group, part of the sets of filters by part, band of tiles by band. */
struct tiling {
	const struct blocked_job *job;
	int64_t columns;     /* of tiles in an image */
	int64_t image_tiles; /* of an image */
	int64_t bands;       /* of all images' tiles */
	int64_t band_tiles;  /* most that a band has */
	int64_t parts;
	int64_t part_blocks;  /* most filter blocks that a part has */
	int64_t chunk_blocks; /* most channel blocks that a chunk has */
};

static struct tiling cut_tiles(const struct blocked_job *job)
{
	const struct blocked_conv *blocked = job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	struct tiling tiling = {
		.job = job,
		.columns = div_ceil_int64(blocked->output.width, WINOGRAD_OUTPUTS),
		.chunk_blocks = div_ceil_int64(blocked->channel_blocks, blocked->chunks),
	};
	tiling.image_tiles = tiling.columns * div_ceil_int64(blocked->output.height, WINOGRAD_OUTPUTS);
	int64_t tiles = job->images * tiling.image_tiles;
	int64_t sets = blocked_sets(blocked);
	tiling.parts = div_ceil_int64(blocked->filter_blocks * lanes, PART_FILTERS);
	tiling.parts = least_int64(tiling.parts, sets);
	tiling.part_blocks = div_ceil_int64(sets, tiling.parts) * blocked->filters_step;
	int64_t tile_values = WINOGRAD_POINTS * lanes * (tiling.chunk_blocks + tiling.part_blocks);
	int64_t fitting = most_int64(WORK_VALUES / tile_values / blocked->pixels_max, 1) * blocked->pixels_max;
	tiling.bands = div_ceil_int64(tiles, fitting);
	tiling.band_tiles = div_ceil_int64(tiles, tiling.bands);
	return tiling;
}

/* From a point's values to the next one's, of so many blocks. */
static int64_t point_step(const struct tiling *tiling, int64_t blocks)
{
	return blocks * tiling->band_tiles * tiling->job->blocked->kernels->lanes + WINOGRAD_LINE;
}

/* One item: a group's sets [first_set, last_set) of filter blocks for some tiles. */
struct piece {
	const struct tiling *tiling;
	int64_t group;
	int64_t first_set;
	int64_t last_set;
	int64_t first_tile;
	int64_t tiles;
	float *points; /* [points][blocks of a chunk][tiles][lanes] */
	float *sums;   /* [points][filter blocks][tiles][lanes] */
};

struct place {
	int64_t image;
	int64_t row;
	int64_t column;
};

/* Where a tile's output begins. */
static struct place place_of(const struct tiling *tiling, int64_t tile)
{
	return (struct place){
		.image = tile / tiling->image_tiles,
		.row = tile % tiling->image_tiles / tiling->columns * WINOGRAD_OUTPUTS,
		.column = tile % tiling->columns * WINOGRAD_OUTPUTS,
	};
}

/* The pixels that a tile reads, with zeros for those outside. */
static void copy_tile(const struct blocked_conv *blocked, const float *plane, int64_t row, int64_t column, float *to)
{
	int64_t lanes = blocked->kernels->lanes;
	for (int64_t y = row; y < row + WINOGRAD_TILE; y++)
		for (int64_t x = column; x < column + WINOGRAD_TILE; x++, to += lanes) {
			bool is_inside = (uint64_t)y < (uint64_t)blocked->input.height &&
					 (uint64_t)x < (uint64_t)blocked->input.width;
			for (int64_t i = 0; i < lanes; i++)
				to[i] = is_inside ? plane[(y * blocked->input.width + x) * lanes + i] : 0;
		}
}

/* Channel blocks [begin, end) of the group, tile by tile. */
static void transform_images(const struct piece *piece, int64_t begin, int64_t end)
{
	const struct blocked_job *job = piece->tiling->job;
	const struct blocked_conv *blocked = job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t row_values = blocked->input.width * lanes;
	int64_t plane_values = blocked->input.height * row_values;
	int64_t step = point_step(piece->tiling, piece->tiling->chunk_blocks);
	for (int64_t block = begin; block < end; block++)
		for (int64_t i = 0; i < piece->tiles; i++) {
			float copy[WINOGRAD_POINTS * BLOCKED_LANES_MAX];
			struct place place = place_of(piece->tiling, piece->first_tile + i);
			int64_t row = place.row - blocked->conv.window.y.pad_before;
			int64_t column = place.column - blocked->conv.window.x.pad_before;
			int64_t in_block =
				(place.image * blocked->conv.groups + piece->group) * blocked->channel_blocks + block;
			const float *plane = job->input + in_block * plane_values;
			float *to = piece->points + ((block - begin) * piece->tiles + i) * lanes;
			bool is_inside = row >= 0 && column >= 0 && row + WINOGRAD_TILE <= blocked->input.height &&
					 column + WINOGRAD_TILE <= blocked->input.width;
			if (is_inside) {
				blocked->kernels->winograd_image(plane + row * row_values + column * lanes, row_values,
								 to, step);
			} else {
				copy_tile(blocked, plane, row, column, copy);
				blocked->kernels->winograd_image(copy, WINOGRAD_TILE * lanes, to, step);
			}
		}
}

/* Adds one chunk of channels to the sums of every point. */
static void multiply(const struct piece *piece, int64_t chunk)
{
	static const float zeros[BLOCKED_FILTERS_MAX * BLOCKED_LANES_MAX];
	const struct tiling *tiling = piece->tiling;
	const struct blocked_conv *blocked = tiling->job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t begin = share_begin(blocked->channel_blocks, blocked->chunks, chunk);
	int64_t blocks = share_begin(blocked->channel_blocks, blocked->chunks, chunk + 1) - begin;
	int64_t first = blocked_set_begin(blocked, piece->first_set);
	int64_t block_values = lanes * lanes;
	const float *weights = tiling->job->packed + (piece->group * blocked->channel_blocks + begin) *
							     blocked->filter_blocks * block_values * WINOGRAD_POINTS;
	int64_t runs = div_ceil_int64(piece->tiles, blocked->pixels_max);
	struct blocked_product product = {
		.blocks = blocks,
		.block_step = piece->tiles * lanes,
		.bias = chunk == 0 ? zeros : NULL,
		.out_step = piece->tiles * lanes,
	};
	for (int64_t point = 0; point < WINOGRAD_POINTS; point++) {
		const float *points = piece->points + point * point_step(tiling, tiling->chunk_blocks);
		float *sums = piece->sums + point * point_step(tiling, tiling->part_blocks);
		for (int64_t set = piece->first_set; set < piece->last_set; set++) {
			int64_t filter = blocked_set_begin(blocked, set);
			int64_t count = blocked_set_begin(blocked, set + 1) - filter;
			product.weights = weights + (point * blocked->filter_blocks + filter) * blocks * block_values;
			for (int64_t run = 0; run < runs; run++) {
				int64_t tile = share_begin(piece->tiles, runs, run);
				int64_t tiles = share_begin(piece->tiles, runs, run + 1) - tile;
				product.image = points + tile * lanes;
				product.weights_ahead =
					run == 0 && runs <= FEW_RUNS ? count * blocks * block_values : 0;
				product.out = sums + ((filter - first) * piece->tiles + tile) * lanes;
				blocked->kernels->run_dense[count - 1][tiles - 1](&product);
			}
		}
	}
}

/* Of a tile at the image's end, what lies inside it. */
static void copy_outputs(const struct blocked_conv *blocked, const float *copy, int64_t row, int64_t column, float *out)
{
	int64_t lanes = blocked->kernels->lanes;
	int64_t rows = least_int64(blocked->output.height - row, WINOGRAD_OUTPUTS);
	int64_t columns = least_int64(blocked->output.width - column, WINOGRAD_OUTPUTS);
	for (int64_t y = 0; y < rows; y++)
		memcpy(out + y * blocked->output.width * lanes, copy + y * WINOGRAD_OUTPUTS * lanes,
		       (size_t)(columns * lanes) * sizeof *out);
}

static void transform_sums(const struct piece *piece)
{
	const struct tiling *tiling = piece->tiling;
	const struct blocked_job *job = tiling->job;
	const struct blocked_conv *blocked = job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t first = blocked_set_begin(blocked, piece->first_set);
	int64_t last = blocked_set_begin(blocked, piece->last_set);
	int64_t row_values = blocked->output.width * lanes;
	float copy[WINOGRAD_OUTPUTS * WINOGRAD_OUTPUTS * BLOCKED_LANES_MAX];
	struct winograd_sums product = {.step = point_step(tiling, tiling->part_blocks), .bounds = job->bounds};
	for (int64_t block = first; block < last; block++)
		for (int64_t i = 0; i < piece->tiles; i++) {
			struct place place = place_of(tiling, piece->first_tile + i);
			int64_t of_group = piece->group * blocked->filter_blocks + block;
			int64_t plane = place.image * blocked->conv.groups * blocked->filter_blocks + of_group;
			float *out = job->output + (plane * blocked->output.height + place.row) * row_values +
				     place.column * lanes;
			bool is_inside = place.row + WINOGRAD_OUTPUTS <= blocked->output.height &&
					 place.column + WINOGRAD_OUTPUTS <= blocked->output.width;
			product.sums = piece->sums + ((block - first) * piece->tiles + i) * lanes;
			product.bias = job->biases + of_group * lanes;
			product.out = is_inside ? out : copy;
			product.row_step = is_inside ? row_values : WINOGRAD_OUTPUTS * lanes;
			blocked->kernels->winograd_sums(&product);
			if (!is_inside)
				copy_outputs(blocked, copy, place.row, place.column, out);
		}
}

static size_t workspace_values(const struct tiling *tiling)
{
	return (size_t)(WINOGRAD_POINTS *
			(point_step(tiling, tiling->chunk_blocks) + point_step(tiling, tiling->part_blocks)));
}

static void sum_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct tiling *tiling = context;
	const struct blocked_conv *blocked = tiling->job->blocked;
	float *scratch = team_scratch(team, worker, workspace_values(tiling));
	int64_t tiles = tiling->job->images * tiling->image_tiles;
	int64_t sets = blocked_sets(blocked);
	for (int64_t item = first; item < last; item++) {
		int64_t band = item % tiling->bands;
		int64_t part = item / tiling->bands % tiling->parts;
		int64_t first_tile = share_begin(tiles, tiling->bands, band);
		const struct piece piece = {
			.tiling = tiling,
			.group = item / tiling->bands / tiling->parts,
			.first_set = share_begin(sets, tiling->parts, part),
			.last_set = share_begin(sets, tiling->parts, part + 1),
			.first_tile = first_tile,
			.tiles = share_begin(tiles, tiling->bands, band + 1) - first_tile,
			.points = scratch,
			.sums = scratch + WINOGRAD_POINTS * point_step(tiling, tiling->chunk_blocks),
		};
		for (int64_t chunk = 0; chunk < blocked->chunks; chunk++) {
			transform_images(&piece, share_begin(blocked->channel_blocks, blocked->chunks, chunk),
					 share_begin(blocked->channel_blocks, blocked->chunks, chunk + 1));
			multiply(&piece, chunk);
		}
		transform_sums(&piece);
	}
}

void winograd_run(const struct blocked_job *job, struct team *team)
{
	struct tiling tiling = cut_tiles(job);
	team_run(team, tiling.bands * tiling.parts * job->blocked->conv.groups, 1, sum_items, &tiling);
}

size_t winograd_workspace_bytes(const struct blocked_job *job)
{
	struct tiling tiling = cut_tiles(job);
	return workspace_values(&tiling) * sizeof(float);
}
