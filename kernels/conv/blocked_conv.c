#include "kernels/conv/blocked_conv.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocked_parts.h"
#include "kernels/conv/blocks.h"

enum {
	/* What a band reads and makes: most of a second-level cache of 1 MiB. */
	BAND_VALUES = 192 * 1024,
	TABLE_VALUES_MAX = 64 * 1024,
	FILTER_VALUES_MAX = 96 * 1024,
	SHALLOW_DEPTH = 256,
	GATHERED_VALUES_MAX = 96 * 1024,
};

static int64_t plane_values(struct shape shape)
{
	return shape.height * shape.width;
}

static bool is_pointwise(const struct window_axis *axis)
{
	return axis->kernel == 1 && axis->pad_before == 0 && axis->pad_after == 0;
}

bool blocked_conv_use_winograd(struct blocked_conv *blocked)
{
	if (!winograd_serves(blocked))
		return false;
	winograd_plan(blocked);
	return true;
}

void blocked_conv_choose(struct blocked_conv *blocked, int64_t images)
{
	if (winograd_serves(blocked) && winograd_pays(blocked, images))
		winograd_plan(blocked);
}

void blocked_conv_clamp(struct blocked_conv *blocked, float least, float most)
{
	blocked->is_clamped = true;
	blocked->bounds[0] = least;
	blocked->bounds[1] = most;
}

/* Blocks of filters that one kernel sums: with three of an odd number, none is left over. */
static void plan_filters(struct blocked_conv *blocked)
{
	int64_t blocks = blocked->filter_blocks;
	blocked->filters_step = blocks == 1 ? 1 : blocks % 2 == 0 ? 2 : 3;
	blocked->pixels_max = blocked->kernels->pixels_max[blocked->filters_step - 1];
}

bool blocked_conv_init(struct blocked_conv *blocked, const struct conv *conv, struct shape input, int64_t depth,
		       enum isa isa)
{
	const char *key;
	struct err err;
	*blocked = (struct blocked_conv){
		.kernels = blocked_kernels_of(isa),
		.conv = *conv,
		.input = input,
		.depth = depth,
		.is_depthwise = conv->groups == input.channels && conv->filters == input.channels && conv->groups > 1,
	};
	CHECK(conv_output(conv, input, &blocked->output, &key, &err));
	const struct window *window = &conv->window;
	int64_t lanes = blocked->kernels->lanes;
	if (window->y.kernel > BLOCKED_TAPS_MAX || window->x.kernel > BLOCKED_TAPS_MAX ||
	    window->y.kernel * window->x.kernel > BLOCKED_TAPS_MAX ||
	    plane_values(input) > INT32_MAX / BLOCKED_LANES_MAX)
		return false;
	blocked->taps = window->y.kernel * window->x.kernel;
	if (blocked->is_depthwise) {
		blocked->channel_blocks = blocked->filter_blocks = div_ceil_int64(input.channels, lanes);
		blocked_depthwise_plan(blocked);
		return depth == lanes;
	}
	blocked->is_shallow = depth < lanes;
	blocked->is_dense = !blocked->is_shallow && is_pointwise(&window->y) && is_pointwise(&window->x);
	blocked->is_gathered = blocked->is_dense && (window->y.stride > 1 || window->x.stride > 1);
	if (blocked->is_shallow && !blocked_shallow_plan(blocked))
		return false;
	int64_t channels = input.channels / conv->groups;
	int64_t filters = conv->filters / conv->groups;
	if (conv->groups > 1 && (channels % depth != 0 || filters % lanes != 0))
		return false;
	blocked->channel_blocks = div_ceil_int64(channels, depth);
	blocked->filter_blocks = div_ceil_int64(filters, lanes);
	plan_filters(blocked);
	int64_t chunk_blocks = most_int64(BLOCKED_DEPTH / (blocked->taps * depth), 1);
	blocked->chunks = div_ceil_int64(blocked->channel_blocks, chunk_blocks);
	return true;
}

int64_t blocked_sets(const struct blocked_conv *blocked)
{
	return div_ceil_int64(blocked->filter_blocks, blocked->filters_step);
}

int64_t blocked_set_begin(const struct blocked_conv *blocked, int64_t set)
{
	int64_t sets = blocked_sets(blocked);
	if (set == sets)
		return blocked->filter_blocks;
	bool is_alone = set > 0 && set == sets - 1 && blocked->filter_blocks % blocked->filters_step == 1;
	return set * blocked->filters_step - (is_alone && blocked->filters_step > 2);
}

static int64_t block_weights(const struct blocked_conv *blocked)
{
	int64_t positions = blocked->is_winograd ? WINOGRAD_POINTS : blocked->taps;
	return positions * blocked->depth * blocked->kernels->lanes;
}

static int64_t group_weights(const struct blocked_conv *blocked)
{
	return blocked->channel_blocks * blocked->filter_blocks * block_weights(blocked);
}

static int64_t weight_values(const struct blocked_conv *blocked)
{
	if (blocked->is_depthwise)
		return blocked->channel_blocks * blocked->taps * blocked->kernels->lanes;
	return blocked->conv.groups * group_weights(blocked);
}

int64_t blocked_conv_packed_values(const struct blocked_conv *blocked)
{
	return weight_values(blocked) +
	       blocks_values((struct shape){blocked->conv.filters, 1, 1}, blocked->kernels->lanes);
}

static void pack_depthwise(const struct blocked_conv *blocked, const float *weights, float *packed)
{
	int64_t lanes = blocked->kernels->lanes;
	for (int64_t block = 0; block < blocked->channel_blocks; block++)
		for (int64_t tap = 0; tap < blocked->taps; tap++)
			for (int64_t lane = 0; lane < lanes; lane++) {
				int64_t channel = block * lanes + lane;
				*packed++ =
					channel < blocked->input.channels ? weights[channel * blocked->taps + tap] : 0;
			}
}

/* Filters [first, first + count * lanes) of one block of channels. */
static float *pack_block(const struct blocked_conv *blocked, const float *weights, int64_t block, int64_t first,
			 int64_t count, float *packed)
{
	int64_t channels = blocked->input.channels / blocked->conv.groups;
	int64_t filters = blocked->conv.filters / blocked->conv.groups;
	for (int64_t tap = 0; tap < blocked->taps; tap++)
		for (int64_t c = block * blocked->depth; c < (block + 1) * blocked->depth; c++)
			for (int64_t f = first; f < first + count * blocked->kernels->lanes; f++)
				*packed++ = c < channels && f < filters
						    ? weights[(f * channels + c) * blocked->taps + tap]
						    : 0;
	return packed;
}

/* By group, chunk and set of filter blocks: as the kernels read them. */
static void pack_groups(const struct blocked_conv *blocked, const float *weights, float *packed)
{
	int64_t group_values = blocked->input.channels / blocked->conv.groups *
			       (blocked->conv.filters / blocked->conv.groups) * blocked->taps;
	for (int64_t group = 0; group < blocked->conv.groups; group++) {
		if (blocked->is_winograd)
			winograd_pack(blocked, weights + group * group_values, packed + group * group_weights(blocked));
		for (int64_t chunk = 0; !blocked->is_winograd && chunk < blocked->chunks; chunk++) {
			int64_t begin = share_begin(blocked->channel_blocks, blocked->chunks, chunk);
			int64_t end = share_begin(blocked->channel_blocks, blocked->chunks, chunk + 1);
			for (int64_t set = 0; set < blocked_sets(blocked); set++) {
				int64_t f = blocked_set_begin(blocked, set);
				int64_t count = blocked_set_begin(blocked, set + 1) - f;
				for (int64_t block = begin; block < end; block++)
					packed = pack_block(blocked, weights + group * group_values, block,
							    f * blocked->kernels->lanes, count, packed);
			}
		}
	}
}

void blocked_conv_pack(const struct blocked_conv *blocked, const float *weights, const float *bias, float *packed)
{
	if (blocked->is_depthwise)
		pack_depthwise(blocked, weights, packed);
	else
		pack_groups(blocked, weights, packed);
	float *biases = packed + weight_values(blocked);
	int64_t count = blocked_conv_packed_values(blocked) - weight_values(blocked);
	for (int64_t i = 0; i < count; i++)
		biases[i] = bias && i < blocked->conv.filters ? bias[i] : 0;
}

/* How the work is cut into items: band by band, group by group, part of the sets of filters by part. */
struct cut {
	const struct blocked_job *job;
	int64_t runs;      /* of an image's pixels */
	int64_t bands;     /* of the runs of all images */
	int64_t band_runs; /* most that a band has */
	int64_t parts;
};

/* Neighbouring pixels of the output that one kernel sums. */
struct run {
	int64_t pixels;
	int64_t input;  /* where the image's blocks begin, in values */
	int64_t output; /* where the pixels' values in the image's first block are */
	int64_t taps;   /* that any of them reads inside the image */
	bool has_padding;
	const int32_t *offsets;
};

/* Where the run's pixels, from this one of the output on, read each tap; what all would read as padding is left out. */
static void fill_table(const struct blocked_conv *blocked, int64_t first, bool may_skip, struct run *run,
		       int32_t *table)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t rows[BLOCKED_PIXELS_MAX];
	int64_t columns[BLOCKED_PIXELS_MAX];
	int64_t row = first / blocked->output.width;
	int64_t column = first % blocked->output.width;
	for (int64_t i = 0; i < run->pixels; i++, column++) {
		if (column == blocked->output.width) {
			column = 0;
			row++;
		}
		rows[i] = row * y->stride - y->pad_before;
		columns[i] = column * x->stride - x->pad_before;
	}
	for (int64_t ky = 0; ky < y->kernel; ky++)
		for (int64_t kx = 0; kx < x->kernel; kx++) {
			int32_t lowest = INT32_MAX;
			int32_t highest = -1;
			for (int64_t i = 0; i < run->pixels; i++) {
				int64_t in_row = rows[i] + ky * y->dilation;
				int64_t in_column = columns[i] + kx * x->dilation;
				int64_t at = (in_row * blocked->input.width + in_column) * blocked->depth;
				bool is_inside = (uint64_t)in_row < (uint64_t)blocked->input.height &&
						 (uint64_t)in_column < (uint64_t)blocked->input.width;
				table[1 + i] = is_inside ? (int32_t)at : -1;
				lowest = table[1 + i] < lowest ? table[1 + i] : lowest;
				highest = table[1 + i] > highest ? table[1 + i] : highest;
			}
			if (highest < 0 && may_skip)
				continue;
			table[0] = (int32_t)((ky * x->kernel + kx) * blocked->depth * blocked->kernels->lanes);
			table += 1 + run->pixels;
			run->taps++;
			run->has_padding |= lowest < 0;
		}
}

/* Scratch memory of an item: its runs and their tables, or the pixels that a strided 1x1 window reads. */
struct workspace {
	struct run *runs;
	int32_t *tables;
	float *pixels;
};

static int64_t run_table_values(const struct blocked_conv *blocked)
{
	return blocked->is_dense ? 0 : blocked->taps * (1 + blocked->pixels_max);
}

static int64_t gathered_values(const struct cut *cut)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	return blocked->is_gathered
		       ? cut->band_runs * blocked->pixels_max * blocked->channel_blocks * blocked->kernels->lanes
		       : 0;
}

static size_t workspace_bytes(const struct cut *cut)
{
	size_t run_bytes = sizeof(struct run) + (size_t)run_table_values(cut->job->blocked) * sizeof(int32_t);
	return (size_t)cut->band_runs * run_bytes + (size_t)gathered_values(cut) * sizeof(float);
}

static struct workspace workspace_of(const struct cut *cut, struct team *team, int worker)
{
	float *scratch = team_scratch(team, worker, workspace_bytes(cut) / sizeof(float) + 1);
	struct run *runs = (void *)(scratch + gathered_values(cut));
	return (struct workspace){.runs = runs, .tables = (void *)(runs + cut->band_runs), .pixels = scratch};
}

/* The pixels [first, first + count) of the output read these, block by block. */
static void gather(const struct blocked_conv *blocked, const float *image, int64_t first, int64_t count, float *to)
{
	const struct window *window = &blocked->conv.window;
	size_t pixel_bytes = (size_t)blocked->kernels->lanes * sizeof(float);
	int64_t lanes = blocked->kernels->lanes;
	int64_t row = first / blocked->output.width;
	int64_t column = first % blocked->output.width;
	for (int64_t i = 0; i < count; i++, to += lanes, column++) {
		if (column == blocked->output.width) {
			column = 0;
			row++;
		}
		int64_t at = row * window->y.stride * blocked->input.width + column * window->x.stride;
		memcpy(to, image + at * lanes, pixel_bytes);
	}
}

/* Runs [begin, end) lie side by side in each block. */
static void gather_runs(const struct cut *cut, int64_t group, int64_t begin, int64_t end, const struct workspace *space)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int64_t pixels = plane_values(blocked->output);
	int64_t plane = plane_values(blocked->input) * blocked->kernels->lanes;
	float *to = space->pixels;
	for (int64_t block = 0; block < blocked->channel_blocks; block++)
		for (int64_t i = begin, next = begin; i < end; i = next) {
			int64_t image = i / cut->runs;
			next = least_int64((image + 1) * cut->runs, end);
			int64_t first = share_begin(pixels, cut->runs, i - image * cut->runs);
			int64_t last = share_begin(pixels, cut->runs, next - image * cut->runs);
			int64_t in_block = (image * blocked->conv.groups + group) * blocked->channel_blocks + block;
			gather(blocked, cut->job->input + in_block * plane, first, last - first, to);
			to += (last - first) * blocked->kernels->lanes;
		}
}

/* Returns the number of their pixels. */
static int64_t prepare_runs(const struct cut *cut, int64_t begin, int64_t end, const struct workspace *space)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int64_t pixels = plane_values(blocked->output);
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_values =
		blocked->conv.groups * blocked->channel_blocks * plane_values(blocked->input) * blocked->depth;
	int64_t out_values = blocked->conv.groups * blocked->filter_blocks * pixels * lanes;
	int64_t count = 0;
	for (int64_t i = begin; i < end; i++) {
		int64_t image = i / cut->runs;
		int64_t first = share_begin(pixels, cut->runs, i % cut->runs);
		int64_t last = share_begin(pixels, cut->runs, i % cut->runs + 1);
		int32_t *table = space->tables + (i - begin) * run_table_values(blocked);
		struct run *run = &space->runs[i - begin];
		*run = (struct run){
			.pixels = last - first,
			.input = blocked->is_gathered ? count * lanes
				 : blocked->is_dense  ? image * in_values + first * lanes
						      : image * in_values,
			.output = image * out_values + first * lanes,
			.offsets = table,
		};
		/* The first reads all filters, one after the other, which brings them into the cache. */
		if (!blocked->is_dense)
			fill_table(blocked, first, i > begin, run, table);
		count += last - first;
	}
	return count;
}

/* One group's sets [first_set, last_set) of filter blocks over some runs. */
struct piece {
	int64_t group;
	int64_t first_set;
	int64_t last_set;
	const float *input; /* the group's first block: what runs count from */
	int64_t block_step; /* from a block to the next, in values */
	const struct run *runs;
	int64_t run_count;
};

/* One chunk of channels for one set of filter blocks, over runs [first, last). */
static void sum_chunk(const struct cut *cut, const struct piece *piece, int64_t chunk, int64_t set, int64_t first,
		      int64_t last)
{
	const struct blocked_job *job = cut->job;
	const struct blocked_conv *blocked = job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t out_plane = plane_values(blocked->output) * lanes;
	int64_t begin = share_begin(blocked->channel_blocks, blocked->chunks, chunk);
	int64_t blocks = share_begin(blocked->channel_blocks, blocked->chunks, chunk + 1) - begin;
	int64_t filter = blocked_set_begin(blocked, set);
	int64_t count = blocked_set_begin(blocked, set + 1) - filter;
	int64_t out_block = piece->group * blocked->filter_blocks + filter;
	const float *input = piece->input + begin * piece->block_step;
	float *output = job->output + out_block * out_plane;
	struct blocked_product product = {
		.blocks = blocks,
		.weights = job->packed + piece->group * group_weights(blocked) +
			   (begin * blocked->filter_blocks + filter * blocks) * block_weights(blocked),
		.weights_step = count * block_weights(blocked),
		.block_step = piece->block_step,
		.bias = chunk == 0 ? job->biases + out_block * lanes : NULL,
		.bounds = chunk == blocked->chunks - 1 ? job->bounds : NULL,
		.out_step = out_plane,
	};
	blocked_kernel *const *kernels =
		blocked->is_dense ? blocked->kernels->run_dense[count - 1] : blocked->kernels->run[count - 1];
	for (int64_t i = first; i < last; i++) {
		const struct run *run = &piece->runs[i];
		product.taps = run->taps;
		product.has_padding = run->has_padding;
		product.image = input + run->input;
		product.offsets = run->offsets;
		product.out = output + run->output;
		/* Sets that follow find it in the cache. */
		product.ahead = set == piece->first_set ? run->pixels * lanes : 0;
		kernels[run->pixels - 1](&product);
	}
}

/*
 * Deep filters that stay in the cache go over run by run, so that each run is read once; others go over all runs, so
 * that few blocks of the output are written at a time.
 */
static void sum_piece(const struct cut *cut, const struct piece *piece)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int64_t blocks = div_ceil_int64(blocked->channel_blocks, blocked->chunks);
	int64_t depth = blocks * blocked->depth * blocked->taps;
	bool filters_stay =
		depth >= SHALLOW_DEPTH && depth * blocked->filter_blocks * blocked->kernels->lanes <= FILTER_VALUES_MAX;
	for (int64_t chunk = 0; chunk < blocked->chunks; chunk++) {
		int64_t step = filters_stay ? 1 : piece->run_count;
		for (int64_t run = 0; run < piece->run_count; run += step)
			for (int64_t set = piece->first_set; set < piece->last_set; set++)
				sum_chunk(cut, piece, chunk, set, run, run + step);
	}
}

static void sum_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct cut *cut = context;
	const struct blocked_conv *blocked = cut->job->blocked;
	struct workspace space = workspace_of(cut, team, worker);
	int64_t in_plane = plane_values(blocked->input) * blocked->depth;
	int64_t runs = cut->job->images * cut->runs;
	for (int64_t item = first; item < last; item++) {
		int64_t part = item % cut->parts;
		int64_t band = item / cut->parts / blocked->conv.groups;
		int64_t begin = share_begin(runs, cut->bands, band);
		int64_t end = share_begin(runs, cut->bands, band + 1);
		int64_t group = item / cut->parts % blocked->conv.groups;
		int64_t pixels = prepare_runs(cut, begin, end, &space);
		if (blocked->is_gathered)
			gather_runs(cut, group, begin, end, &space);
		const struct piece piece = {
			.group = group,
			.input = blocked->is_gathered ? space.pixels
						      : cut->job->input + group * blocked->channel_blocks * in_plane,
			.block_step = blocked->is_gathered ? pixels * blocked->kernels->lanes : in_plane,
			.first_set = share_begin(blocked_sets(blocked), cut->parts, part),
			.last_set = share_begin(blocked_sets(blocked), cut->parts, part + 1),
			.runs = space.runs,
			.run_count = end - begin,
		};
		sum_piece(cut, &piece);
	}
}

/*
 * As many runs as fit a cache with what they read and make. Where that makes few bands, filters that stay in a cache
 * are gone over by more of them, so that a thread reads what it made in the layer before, and others are shared out.
 */
static struct cut cut_items(const struct blocked_job *job)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window *window = &blocked->conv.window;
	int64_t pixels_max = blocked->pixels_max;
	int64_t pixel_values = blocked->channel_blocks * blocked->depth * window->y.stride * window->x.stride +
			       blocked->filter_blocks * blocked->kernels->lanes;
	int64_t fitting =
		least_int64(BAND_VALUES / (pixel_values * pixels_max), TABLE_VALUES_MAX / (blocked->taps * pixels_max));
	if (blocked->is_gathered)
		fitting = least_int64(fitting,
				      GATHERED_VALUES_MAX / (pixels_max * blocked->channel_blocks * blocked->depth));
	struct cut cut = {.job = job, .runs = div_ceil_int64(plane_values(blocked->output), pixels_max)};
	int64_t runs = job->images * cut.runs;
	cut.bands = div_ceil_int64(runs, most_int64(fitting, 1));
	if (group_weights(blocked) <= FILTER_VALUES_MAX)
		cut.bands = least_int64(most_int64(cut.bands, BLOCKED_ITEMS_WANTED), runs);
	cut.band_runs = div_ceil_int64(runs, cut.bands);
	cut.parts = least_int64(div_ceil_int64(BLOCKED_ITEMS_WANTED, cut.bands * blocked->conv.groups),
				blocked_sets(blocked));
	return cut;
}

void blocked_conv_run(const struct blocked_conv *blocked, const float *packed, const float *input, float *output,
		      int64_t images, struct team *team)
{
	const struct blocked_job job = {
		.blocked = blocked,
		.packed = packed,
		.biases = packed + weight_values(blocked),
		.bounds = blocked->is_clamped ? blocked->bounds : NULL,
		.input = input,
		.output = output,
		.images = images,
	};
	if (images == 0)
		return;
	if (blocked->is_depthwise) {
		blocked_depthwise_run(&job, team);
	} else if (blocked->is_shallow) {
		blocked_shallow_run(&job, team);
	} else if (blocked->is_winograd) {
		winograd_run(&job, team);
	} else {
		struct cut cut = cut_items(&job);
		team_run(team, cut.bands * blocked->conv.groups * cut.parts, 1, sum_items, &cut);
	}
}

size_t blocked_conv_workspace_bytes(const struct blocked_conv *blocked, int64_t images)
{
	const struct blocked_job job = {.blocked = blocked, .images = images};
	if (images == 0)
		return 0;
	if (blocked->is_depthwise)
		return blocked_depthwise_workspace_bytes(&job);
	if (blocked->is_shallow)
		return blocked_shallow_workspace_bytes(&job);
	if (blocked->is_winograd)
		return winograd_workspace_bytes(&job);
	struct cut cut = cut_items(&job);
	return workspace_bytes(&cut);
}
