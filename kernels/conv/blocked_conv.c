#include "kernels/conv/blocked_conv.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocks.h"

enum {
	/* What a band reads and makes: most of a second-level cache of 1 MiB. */
	BAND_VALUES = 192 * 1024,
	TABLE_VALUES_MAX = 64 * 1024,
	STRIP_VALUES_MAX = 128 * 1024,
	FILTER_VALUES_MAX = 96 * 1024,
	SHALLOW_DEPTH = 256,
	ITEMS_WANTED = 8,
	TAP_KINDS = 4,
};

static int64_t block_begin(int64_t total, int64_t blocks, int64_t block)
{
	return total * block / blocks;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t plane_values(struct shape shape)
{
	return shape.height * shape.width;
}

static int64_t window_extent(const struct window_axis *axis)
{
	return (axis->kernel - 1) * axis->dilation + 1;
}

static bool is_pointwise(const struct window_axis *axis)
{
	return axis->kernel == 1 && axis->stride == 1 && axis->pad_before == 0 && axis->pad_after == 0;
}

/* With the padding that is read. */
static void plan_strip(struct blocked_conv *blocked)
{
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t read = (blocked->output.width - 1) * x->stride + x->kernel;
	blocked->strip_row = read * blocked->depth;
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
		return depth == lanes;
	}
	blocked->is_shallow = depth < lanes;
	blocked->is_dense = !blocked->is_shallow && is_pointwise(&window->y) && is_pointwise(&window->x);
	if (blocked->is_shallow)
		plan_strip(blocked);
	if (blocked->is_shallow && (conv->groups > 1 || window->x.dilation > 1 ||
				    blocked->strip_row * (window_extent(&window->y)) > STRIP_VALUES_MAX))
		return false;
	int64_t channels = input.channels / conv->groups;
	int64_t filters = conv->filters / conv->groups;
	if (conv->groups > 1 && (channels % depth != 0 || filters % lanes != 0))
		return false;
	blocked->channel_blocks = div_ceil_int64(channels, depth);
	blocked->filter_blocks = div_ceil_int64(filters, lanes);
	int64_t chunk_blocks = most(BLOCKED_DEPTH / (blocked->taps * depth), 1);
	blocked->chunks = div_ceil_int64(blocked->channel_blocks, chunk_blocks);
	return true;
}

/* Filters that are summed by one kernel: BLOCKED_FILTERS_MAX blocks, the last of an odd number alone. */
static int64_t filters_at(const struct blocked_conv *blocked, int64_t block)
{
	return least(blocked->filter_blocks - block, BLOCKED_FILTERS_MAX);
}

static int64_t block_weights(const struct blocked_conv *blocked)
{
	return blocked->taps * blocked->depth * blocked->kernels->lanes;
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

/* By group, chunk and pair of filter blocks: as the kernels read them. */
static void pack_groups(const struct blocked_conv *blocked, const float *weights, float *packed)
{
	int64_t group_values = blocked->input.channels / blocked->conv.groups *
			       (blocked->conv.filters / blocked->conv.groups) * blocked->taps;
	for (int64_t group = 0; group < blocked->conv.groups; group++)
		for (int64_t chunk = 0; chunk < blocked->chunks; chunk++) {
			int64_t begin = block_begin(blocked->channel_blocks, blocked->chunks, chunk);
			int64_t end = block_begin(blocked->channel_blocks, blocked->chunks, chunk + 1);
			for (int64_t f = 0; f < blocked->filter_blocks; f += BLOCKED_FILTERS_MAX)
				for (int64_t block = begin; block < end; block++)
					packed =
						pack_block(blocked, weights + group * group_values, block,
							   f * blocked->kernels->lanes, filters_at(blocked, f), packed);
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

/* How the work is cut into items: band by band, group by group, part of the filters by part. */
struct job {
	const struct blocked_conv *blocked;
	const float *packed;
	const float *biases;
	const float *input;
	float *output;
	int64_t images;
	int64_t runs;      /* of an image's pixels */
	int64_t bands;     /* of the runs of all images; of shallow images, a number for each */
	int64_t band_runs; /* most that a band has */
	int64_t parts;     /* of the filter blocks */
};

/* Neighbouring pixels of the output that one kernel sums. */
struct run {
	int64_t pixels;
	int64_t input;  /* where the image's blocks begin, in values */
	int64_t output; /* where the pixels' values in the image's first block are */
	const int32_t *offsets;
};

/* Where the pixels [first, first + count) of the output read each tap. */
static void fill_table(const struct blocked_conv *blocked, int64_t first, int64_t count, int32_t *table)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t rows[BLOCKED_PIXELS_MAX];
	int64_t columns[BLOCKED_PIXELS_MAX];
	for (int64_t i = 0; i < count; i++) {
		rows[i] = (first + i) / blocked->output.width * y->stride - y->pad_before;
		columns[i] = (first + i) % blocked->output.width * x->stride - x->pad_before;
	}
	for (int64_t ky = 0; ky < y->kernel; ky++)
		for (int64_t kx = 0; kx < x->kernel; kx++)
			for (int64_t i = 0; i < count; i++) {
				int64_t row = rows[i] + ky * y->dilation;
				int64_t column = columns[i] + kx * x->dilation;
				bool is_inside = row >= 0 && row < blocked->input.height && column >= 0 &&
						 column < blocked->input.width;
				*table++ = is_inside ? (int32_t)((row * blocked->input.width + column) * blocked->depth)
						     : -1;
			}
}

/* Of a strip that begins with what this row of the output reads: a tap is a row of the window. */
static void fill_strip_table(const struct blocked_conv *blocked, int64_t strip, int64_t first, int64_t count,
			     int32_t *table)
{
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t pixel_step = blocked->conv.window.x.stride * blocked->depth;
	for (int64_t ky = 0; ky < y->kernel; ky++)
		for (int64_t i = 0; i < count; i++) {
			int64_t row = ((first + i) / blocked->output.width - strip) * y->stride + ky * y->dilation;
			int64_t column = (first + i) % blocked->output.width;
			*table++ = (int32_t)(row * blocked->strip_row + column * pixel_step);
		}
}

/* Rows of a shallow image with their padding, from the first that the output's row `begin` reads on. */
static void fill_strip(const struct blocked_conv *blocked, const float *image, int64_t begin, int64_t rows,
		       float *strip)
{
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t before = blocked->conv.window.x.pad_before * blocked->depth;
	int64_t row_values = blocked->input.width * blocked->depth;
	int64_t copied = least(row_values, blocked->strip_row - before);
	memset(strip, 0, (size_t)(rows * blocked->strip_row) * sizeof *strip);
	for (int64_t i = 0; i < rows && copied > 0; i++) {
		int64_t row = begin * y->stride - y->pad_before + i;
		if (row >= 0 && row < blocked->input.height)
			memcpy(strip + i * blocked->strip_row + before, image + row * row_values,
			       (size_t)copied * sizeof *strip);
	}
}

/* Scratch memory of an item: its runs, their tables, and of shallow images a strip of rows. */
struct workspace {
	struct run *runs;
	int32_t *tables;
	float *strip;
};

static int64_t run_table_values(const struct blocked_conv *blocked)
{
	return blocked->taps * blocked->kernels->pixels_max;
}

/* Rows of the input under so many neighbouring runs. */
static int64_t strip_rows(const struct blocked_conv *blocked, int64_t runs)
{
	int64_t rows = least(runs * blocked->kernels->pixels_max / blocked->output.width + 2, blocked->output.height);
	return (rows - 1) * blocked->conv.window.y.stride + window_extent(&blocked->conv.window.y);
}

static size_t strip_values(const struct job *job)
{
	const struct blocked_conv *blocked = job->blocked;
	return blocked->is_shallow ? (size_t)(strip_rows(blocked, job->band_runs) * blocked->strip_row) : 0;
}

static size_t workspace_bytes(const struct job *job)
{
	size_t run_bytes = sizeof(struct run) + (size_t)run_table_values(job->blocked) * sizeof(int32_t);
	return (size_t)job->band_runs * run_bytes + strip_values(job) * sizeof(float);
}

static struct workspace workspace_of(const struct job *job, struct team *team, int worker)
{
	float *scratch = team_scratch(team, worker, workspace_bytes(job) / sizeof(float) + 1);
	struct run *runs = (void *)scratch;
	int32_t *tables = (void *)(runs + job->band_runs);
	float *strip = (void *)(tables + job->band_runs * run_table_values(job->blocked));
	return (struct workspace){.runs = runs, .tables = tables, .strip = strip};
}

static void prepare_runs(const struct job *job, int64_t begin, int64_t end, const struct workspace *space)
{
	const struct blocked_conv *blocked = job->blocked;
	int64_t pixels = plane_values(blocked->output);
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_values =
		blocked->conv.groups * blocked->channel_blocks * plane_values(blocked->input) * blocked->depth;
	int64_t out_values = blocked->conv.groups * blocked->filter_blocks * pixels * lanes;
	int64_t strip = block_begin(pixels, job->runs, begin % job->runs) / blocked->output.width;
	for (int64_t i = begin; i < end; i++) {
		int64_t image = i / job->runs;
		int64_t first = block_begin(pixels, job->runs, i % job->runs);
		int64_t last = block_begin(pixels, job->runs, i % job->runs + 1);
		int32_t *table = space->tables + (i - begin) * run_table_values(blocked);
		space->runs[i - begin] = (struct run){
			.pixels = last - first,
			.input = blocked->is_shallow ? 0
				 : blocked->is_dense ? image * in_values + first * lanes
						     : image * in_values,
			.output = image * out_values + first * lanes,
			.offsets = table,
		};
		if (blocked->is_shallow)
			fill_strip_table(blocked, strip, first, last - first, table);
		else if (!blocked->is_dense)
			fill_table(blocked, first, last - first, table);
	}
	if (blocked->is_shallow)
		fill_strip(blocked, job->input + begin / job->runs * in_values, strip, strip_rows(blocked, end - begin),
			   space->strip);
}

/* One group's filter blocks [first_filter, last_filter) over some runs. */
struct piece {
	int64_t group;
	int64_t first_filter;
	int64_t last_filter;
	const float *input; /* what runs count from */
	const struct run *runs;
	int64_t run_count;
};

/* One chunk of channels for one or two blocks of filters, over runs [first, last). */
static void sum_chunk(const struct job *job, const struct piece *piece, int64_t chunk, int64_t filter, int64_t first,
		      int64_t last)
{
	const struct blocked_conv *blocked = job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_plane = plane_values(blocked->input) * blocked->depth;
	int64_t out_plane = plane_values(blocked->output) * lanes;
	int64_t begin = block_begin(blocked->channel_blocks, blocked->chunks, chunk);
	int64_t blocks = block_begin(blocked->channel_blocks, blocked->chunks, chunk + 1) - begin;
	int64_t count = filters_at(blocked, filter);
	int64_t out_block = piece->group * blocked->filter_blocks + filter;
	const float *input = piece->input + (piece->group * blocked->channel_blocks + begin) * in_plane;
	float *output = job->output + out_block * out_plane;
	struct blocked_product product = {
		.blocks = blocks,
		.taps = blocked->is_shallow ? blocked->conv.window.y.kernel : blocked->taps,
		.depth = blocked->is_shallow ? blocked->conv.window.x.kernel * blocked->depth : blocked->depth,
		.weights = job->packed + piece->group * group_weights(blocked) +
			   (begin * blocked->filter_blocks + filter * blocks) * block_weights(blocked),
		.block_step = in_plane,
		.bias = chunk == 0 ? job->biases + out_block * lanes : NULL,
		.out_step = out_plane,
	};
	blocked_kernel *const *kernels = blocked->is_shallow ? blocked->kernels->run_shallow[count - 1]
					 : blocked->is_dense ? blocked->kernels->run_dense[count - 1]
							     : blocked->kernels->run[count - 1];
	for (int64_t i = first; i < last; i++) {
		const struct run *run = &piece->runs[i];
		product.image = input + run->input;
		product.offsets = run->offsets;
		product.out = output + run->output;
		kernels[run->pixels - 1](&product);
	}
}

/*
 * Deep filters that stay in the cache go over run by run, so that each run is read once; others go over all runs, so
 * that few blocks of the output are written at a time.
 */
static void sum_piece(const struct job *job, const struct piece *piece)
{
	const struct blocked_conv *blocked = job->blocked;
	int64_t blocks = div_ceil_int64(blocked->channel_blocks, blocked->chunks);
	int64_t depth = blocks * blocked->depth * blocked->taps;
	bool filters_stay =
		depth >= SHALLOW_DEPTH && depth * blocked->filter_blocks * blocked->kernels->lanes <= FILTER_VALUES_MAX;
	for (int64_t chunk = 0; chunk < blocked->chunks; chunk++) {
		int64_t step = filters_stay ? 1 : piece->run_count;
		for (int64_t run = 0; run < piece->run_count; run += step)
			for (int64_t f = piece->first_filter; f < piece->last_filter; f += BLOCKED_FILTERS_MAX)
				sum_chunk(job, piece, chunk, f, run, run + step);
	}
}

static void run_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct job *job = context;
	const struct blocked_conv *blocked = job->blocked;
	struct workspace space = workspace_of(job, team, worker);
	int64_t pairs = div_ceil_int64(blocked->filter_blocks, BLOCKED_FILTERS_MAX);
	int64_t runs = job->images * job->runs;
	for (int64_t item = first; item < last; item++) {
		int64_t part = item % job->parts;
		int64_t band = item / job->parts / blocked->conv.groups;
		int64_t begin = block_begin(runs, job->bands, band);
		int64_t end = block_begin(runs, job->bands, band + 1);
		const struct piece piece = {
			.group = item / job->parts % blocked->conv.groups,
			.first_filter = block_begin(pairs, job->parts, part) * BLOCKED_FILTERS_MAX,
			.last_filter = least(block_begin(pairs, job->parts, part + 1) * BLOCKED_FILTERS_MAX,
					     blocked->filter_blocks),
			.input = blocked->is_shallow ? space.strip : job->input,
			.runs = space.runs,
			.run_count = end - begin,
		};
		prepare_runs(job, begin, end, &space);
		sum_piece(job, &piece);
	}
}

/* --- depthwise ------------------------------------------------------------------------------------------------ */

/* Taps of rows of the output that read rows [first, last) of their window inside the image. */
struct row_taps {
	int64_t first;
	int64_t last;
	int64_t count;
	struct blocked_tap taps[BLOCKED_TAPS_MAX];
};

/* Rows of the window that lie inside the image under this row of the output. */
static void find_rows(const struct blocked_conv *blocked, int64_t row, int64_t *first, int64_t *last)
{
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t in_row = row * y->stride - y->pad_before;
	*first = 0;
	*last = y->kernel;
	while (*first < *last && in_row + *first * y->dilation < 0)
		++*first;
	while (*last > *first && in_row + (*last - 1) * y->dilation >= blocked->input.height)
		--*last;
}

/* Of most rows they are the same, counted from the input's row that the first of them reads. */
static void find_taps(const struct blocked_conv *blocked, int64_t first, int64_t last, struct row_taps *taps)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t lanes = blocked->kernels->lanes;
	taps->first = first;
	taps->last = last;
	taps->count = 0;
	for (int64_t ky = first; ky < last; ky++)
		for (int64_t kx = 0; kx < x->kernel; kx++) {
			struct blocked_tap *tap = &taps->taps[taps->count++];
			int64_t row = (ky - first) * y->dilation;
			tap->weight = (ky * x->kernel + kx) * lanes;
			tap->input = (row * blocked->input.width + kx * x->dilation - x->pad_before) * lanes;
			window_axis_inside(x, kx, blocked->input.width, blocked->output.width, &tap->first, &tap->last);
		}
}

/* Those of rows at the top, in the middle and at the bottom, as they were last met. */
struct tap_cache {
	struct row_taps kinds[TAP_KINDS];
	int next;
};

static const struct row_taps *cached_taps(const struct blocked_conv *blocked, int64_t row, struct tap_cache *cache)
{
	int64_t first, last;
	find_rows(blocked, row, &first, &last);
	for (int i = 0; i < TAP_KINDS; i++)
		if (cache->kinds[i].first == first && cache->kinds[i].last == last)
			return &cache->kinds[i];
	struct row_taps *taps = &cache->kinds[cache->next];
	cache->next = (cache->next + 1) % TAP_KINDS;
	find_taps(blocked, first, last, taps);
	return taps;
}

static void sum_plane(const struct job *job, int64_t plane, int64_t block, struct tap_cache *cache)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_row = blocked->input.width * lanes;
	const float *input = job->input + plane * blocked->input.height * in_row;
	struct blocked_depthwise product = {
		.weights = job->packed + block * blocked->taps * lanes,
		.bias = job->biases + block * lanes,
		.pixel_step = blocked->conv.window.x.stride * lanes,
		.pixels = blocked->output.width,
		.out = job->output + plane * plane_values(blocked->output) * lanes,
	};
	for (int64_t row = 0; row < blocked->output.height; row++) {
		const struct row_taps *taps = cached_taps(blocked, row, cache);
		int64_t first_row = row * y->stride - y->pad_before + taps->first * y->dilation;
		product.taps = taps->taps;
		product.tap_count = taps->count;
		product.image = input + (taps->count > 0 ? first_row * in_row : 0);
		blocked->kernels->run_depthwise(&product);
		product.out += blocked->output.width * lanes;
	}
}

static void run_depthwise(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct job *job = context;
	const struct blocked_conv *blocked = job->blocked;
	struct tap_cache cache;
	for (int i = 0; i < TAP_KINDS; i++)
		cache.kinds[i].first = -1;
	cache.next = 0;
	for (int64_t plane = first; plane < last; plane++)
		sum_plane(job, plane, plane % blocked->channel_blocks, &cache);
}

/* --- all ------------------------------------------------------------------------------------------------------ */

/* As many runs as fit a cache with what they read and make; where bands are few, filters are shared out, too. */
static void cut_items(struct job *job)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window *window = &blocked->conv.window;
	int64_t pixels_max = blocked->kernels->pixels_max;
	int64_t pixel_values = blocked->channel_blocks * blocked->depth * window->y.stride * window->x.stride +
			       blocked->filter_blocks * blocked->kernels->lanes;
	int64_t fitting =
		least(BAND_VALUES / (pixel_values * pixels_max), TABLE_VALUES_MAX / (blocked->taps * pixels_max));
	job->runs = div_ceil_int64(plane_values(blocked->output), pixels_max);
	int64_t runs = job->images * job->runs;
	job->bands = blocked->is_shallow ? job->images * div_ceil_int64(job->runs, most(fitting, 1))
					 : div_ceil_int64(runs, most(fitting, 1));
	job->band_runs = div_ceil_int64(runs, job->bands);
	job->parts = least(div_ceil_int64(ITEMS_WANTED, job->bands * blocked->conv.groups),
			   div_ceil_int64(blocked->filter_blocks, BLOCKED_FILTERS_MAX));
}

void blocked_conv_run(const struct blocked_conv *blocked, const float *packed, const float *input, float *output,
		      int64_t images, struct team *team)
{
	struct job job = {
		.blocked = blocked,
		.packed = packed,
		.biases = packed + weight_values(blocked),
		.input = input,
		.output = output,
		.images = images,
	};
	if (images == 0)
		return;
	if (blocked->is_depthwise) {
		int64_t planes = images * blocked->channel_blocks;
		team_run(team, planes, div_ceil_int64(planes, ITEMS_WANTED), run_depthwise, &job);
		return;
	}
	cut_items(&job);
	team_run(team, job.bands * blocked->conv.groups * job.parts, 1, run_items, &job);
}

size_t blocked_conv_workspace_bytes(const struct blocked_conv *blocked, int64_t images)
{
	struct job job = {.blocked = blocked, .images = images};
	if (blocked->is_depthwise || images == 0)
		return 0;
	cut_items(&job);
	return workspace_bytes(&job);
}
