#include "kernels/conv/blocked_conv.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocked_parts.h"
#include "kernels/conv/blocks.h"

enum {
	/* What a band reads and makes: most of a second-level cache of 1 MiB. */
	BAND_VALUES = 192 * 1024,
	TABLE_VALUES_MAX = 96 * 1024,
	FILTER_VALUES_MAX = 96 * 1024,
	SET_VALUES = 8 * 1024, /* of filters that are summed at a time: two thirds of a first-level cache of 48 KiB */
	GATHERED_VALUES_MAX = 96 * 1024,
	/* Filters that come from memory, and runs too few to hide it: the next set is fetched beside the first run. */
	FETCHED_VALUES_MIN = 768 * 1024,
	FETCHED_RUNS_MAX = 16,
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

/* --- where pixels read ------------------------------------------------------------------------------------------- */

void blocked_rows_inside(const struct blocked_conv *blocked, int64_t row, int64_t *first, int64_t *last)
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

/* Runs that a row of the output is cut into; where windows are 1x1, all rows are one. */
static int64_t row_pixels(const struct blocked_conv *blocked)
{
	return blocked->is_dense ? plane_values(blocked->output) : blocked->output.width;
}

static int64_t row_runs(const struct blocked_conv *blocked)
{
	return div_ceil_int64(row_pixels(blocked), blocked->pixels_max);
}

static int64_t table_values(const struct blocked_conv *blocked)
{
	return blocked->is_dense ? 0 : blocked->taps * (BLOCKED_PIXEL * row_runs(blocked) + row_pixels(blocked));
}

/* All places that windows may read, in the image and around it, count in 32 bits; the table is not larger than this. */
static bool table_serves(const struct blocked_conv *blocked)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	double rows = (double)(blocked->input.height + y->pad_before + y->pad_after);
	double columns = (double)(blocked->input.width + x->pad_before + x->pad_after);
	return rows * columns * BLOCKED_LANES_MAX < INT32_MAX && table_values(blocked) <= TABLE_VALUES_MAX;
}

/* How the pixels [begin, end) of a row read one column of the window; false where all would read padding. */
static bool fill_read(const struct blocked_conv *blocked, int64_t begin, int64_t end, int64_t kx, int32_t row,
		      int32_t *entry)
{
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t first, last;
	window_axis_inside(x, kx, blocked->input.width, blocked->output.width, &first, &last);
	first = most_int64(first, begin);
	last = least_int64(last, end);
	if (first >= last)
		return false;
	bool is_beside = x->stride == 1;
	entry[BLOCKED_READ] = is_beside && first == begin && last == end       ? READ_ALL
			      : is_beside && first == begin + 1 && last == end ? READ_BUT_FIRST
			      : is_beside && first == begin && last == end - 1 ? READ_BUT_LAST
									       : READ_EACH;
	for (int64_t i = begin; i < end; i++) {
		int64_t column = i * x->stride + kx * x->dilation - x->pad_before;
		bool is_padding = entry[BLOCKED_READ] == READ_EACH && (i < first || i >= last);
		entry[BLOCKED_PIXEL + i - begin] =
			is_padding ? BLOCKED_PADDING : row + (int32_t)(column * blocked->depth);
	}
	return true;
}

/*
 * Of one run of a row, whose pixels are [begin, end): where they read each tap, counted from what the row's first
 * window would read without padding. Returns the taps of each row of the window.
 */
static int64_t fill_table(const struct blocked_conv *blocked, int64_t begin, int64_t end, int32_t *table)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t taps = 0;
	for (int64_t ky = 0; ky < y->kernel; ky++)
		for (int64_t kx = 0; kx < x->kernel; kx++) {
			int64_t row = (ky * y->dilation - y->pad_before) * blocked->input.width * blocked->depth;
			table[BLOCKED_WEIGHTS] =
				(int32_t)((ky * x->kernel + kx) * blocked->depth * blocked->kernels->lanes);
			if (!fill_read(blocked, begin, end, kx, (int32_t)row, table))
				continue;
			table += BLOCKED_PIXEL + end - begin;
			taps += ky == 0;
		}
	return taps;
}

/* --- the plan ---------------------------------------------------------------------------------------------------- */

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

static void set_step(struct blocked_conv *blocked, int64_t step)
{
	blocked->filters_step = step;
	blocked->pixels_max = blocked->kernels->pixels_max[step - 1];
}

/*
 * What a row's sums of one channel take with so many blocks of filters at a time, in products' time: the squarer a
 * kernel, the less it reads, and with few sums each waits for its last product. Reading a pixel's value costs less than
 * a filter's vector, which comes from the second-level cache. Fitted by eye on an Intel Xeon with AVX-512.
 */
static double step_cost(const struct blocked_conv *blocked)
{
	static const double SUMS_LEAST = 10, READ_FILTER = 0.75, READ_PIXEL = 0.375;
	double pixels = (double)row_pixels(blocked) / (double)row_runs(blocked);
	double cost = 0;
	for (int64_t set = 0; set < blocked_sets(blocked); set++) {
		double filters = (double)(blocked_set_begin(blocked, set + 1) - blocked_set_begin(blocked, set));
		cost += fmax(filters * pixels, SUMS_LEAST) + READ_FILTER * filters + READ_PIXEL * pixels;
	}
	return cost * (double)row_runs(blocked);
}

static void plan_filters(struct blocked_conv *blocked)
{
	int64_t best = 1;
	double least = INFINITY;
	for (int64_t step = 1; step <= BLOCKED_FILTERS_MAX; step++) {
		set_step(blocked, step);
		double cost = step_cost(blocked);
		best = cost < least ? step : best;
		least = fmin(cost, least);
	}
	set_step(blocked, best);
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
	if (!blocked->is_dense && !blocked->is_shallow && !table_serves(blocked))
		return false;
	int64_t set_values = blocked->filters_step * lanes * blocked->taps * depth;
	int64_t chunk_blocks = most_int64(SET_VALUES / set_values, 1);
	blocked->chunks = div_ceil_int64(blocked->channel_blocks, chunk_blocks);
	return true;
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
	int64_t row_runs;
	int64_t runs;      /* of an image */
	int64_t bands;     /* of the runs of all images */
	int64_t band_runs; /* most that a band has */
	int64_t parts;
	int64_t *held; /* of every worker: the band and group that it has prepared, or -1 */
};

/* Neighbouring pixels of a row of the output that one kernel sums. */
struct run {
	int64_t pixels;
	int64_t input;  /* where in the image's blocks offsets count from, in values */
	int64_t output; /* where the pixels' values in the image's first block are */
	int64_t taps;   /* that any of them reads inside the image */
	const int32_t *offsets;
};

/* Scratch memory of an item: its runs and the table of a row's, or the pixels that a strided 1x1 window reads. */
struct workspace {
	struct run *row;  /* those of one row of the output */
	struct run *runs; /* those of the item */
	int32_t *table;
	float *pixels;
};

static int64_t gathered_values(const struct cut *cut)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	return blocked->is_gathered
		       ? cut->band_runs * blocked->pixels_max * blocked->channel_blocks * blocked->kernels->lanes
		       : 0;
}

static size_t workspace_bytes(const struct cut *cut)
{
	return (size_t)(cut->row_runs + cut->band_runs) * sizeof(struct run) +
	       (size_t)table_values(cut->job->blocked) * sizeof(int32_t) + (size_t)gathered_values(cut) * sizeof(float);
}

static struct workspace workspace_of(const struct cut *cut, struct team *team, int worker)
{
	float *scratch = team_scratch(team, worker, workspace_bytes(cut) / sizeof(float) + 1);
	struct run *row = (void *)(scratch + gathered_values(cut));
	struct run *runs = row + cut->row_runs;
	return (struct workspace){
		.row = row, .runs = runs, .table = (void *)(runs + cut->band_runs), .pixels = scratch};
}

/* So many pixels that lie `step` values apart; lanes known to the compiler make of it a few vectors. */
static inline __attribute__((always_inline)) void copy_pixels(const float *from, int64_t step, int64_t count,
							      int64_t lanes, float *to)
{
	for (int64_t i = 0; i < count; i++)
		memcpy(to + i * lanes, from + i * step, (size_t)lanes * sizeof *to);
}

/* The pixels [first, first + count) of the output read these of a block. */
static void gather(const struct blocked_conv *blocked, const float *plane, int64_t first, int64_t count, float *to)
{
	const struct window *window = &blocked->conv.window;
	int64_t width = blocked->output.width;
	int64_t lanes = blocked->kernels->lanes;
	int64_t step = window->x.stride * lanes;
	for (int64_t i = first, next = first; i < first + count; i = next) {
		next = least_int64((i / width + 1) * width, first + count);
		const float *from =
			plane + i / width * window->y.stride * blocked->input.width * lanes + i % width * step;
		if (lanes == 16)
			copy_pixels(from, step, next - i, 16, to);
		else if (lanes == 8)
			copy_pixels(from, step, next - i, 8, to);
		else
			copy_pixels(from, step, next - i, lanes, to);
		to += (next - i) * lanes;
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

/* The runs of a row of the output and their table; `taps` are those of one row of the window. */
static void prepare_row(const struct cut *cut, const struct workspace *space)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int32_t *table = space->table;
	for (int64_t i = 0; i < cut->row_runs; i++) {
		int64_t begin = share_begin(row_pixels(blocked), cut->row_runs, i);
		int64_t end = share_begin(row_pixels(blocked), cut->row_runs, i + 1);
		space->row[i] = (struct run){.pixels = end - begin, .offsets = table};
		if (blocked->is_dense)
			continue;
		space->row[i].taps = fill_table(blocked, begin, end, table);
		table += blocked->taps * (BLOCKED_PIXEL + end - begin);
	}
}

/* Where a run in this row of the output reads: rows of the window outside the image are left out. */
static void place_run(const struct blocked_conv *blocked, int64_t row, struct run *run)
{
	int64_t first, last;
	blocked_rows_inside(blocked, row, &first, &last);
	run->input += row * blocked->conv.window.y.stride * blocked->input.width * blocked->depth;
	run->offsets += first * run->taps * (BLOCKED_PIXEL + run->pixels);
	run->taps *= last - first;
}

static void prepare_runs(const struct cut *cut, int64_t begin, int64_t end, const struct workspace *space)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_values =
		blocked->conv.groups * blocked->channel_blocks * plane_values(blocked->input) * blocked->depth;
	int64_t out_values = blocked->conv.groups * blocked->filter_blocks * plane_values(blocked->output) * lanes;
	int64_t count = 0;
	for (int64_t i = begin; i < end; i++) {
		int64_t image = i / cut->runs;
		int64_t row = i % cut->runs / cut->row_runs;
		int64_t of_row = i % cut->row_runs;
		int64_t first = share_begin(row_pixels(blocked), cut->row_runs, of_row);
		struct run *run = &space->runs[i - begin];
		*run = space->row[of_row];
		run->output = image * out_values + (row * row_pixels(blocked) + first) * lanes;
		run->input = image * in_values;
		if (blocked->is_gathered)
			run->input = count * lanes;
		else if (blocked->is_dense)
			run->input += first * lanes;
		else
			place_run(blocked, row, run);
		count += run->pixels;
	}
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

/* One chunk of channels for one set of filter blocks, over all runs. */
static void sum_chunk(const struct cut *cut, const struct piece *piece, int64_t chunk, int64_t set)
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
	bool is_fetched = group_weights(blocked) >= FETCHED_VALUES_MIN && piece->run_count <= FETCHED_RUNS_MAX;
	for (int64_t i = 0; i < piece->run_count; i++) {
		const struct run *run = &piece->runs[i];
		product.taps = run->taps;
		product.image = input + run->input;
		product.offsets = run->offsets;
		product.out = output + run->output;
		product.weights_ahead = i == 0 && is_fetched ? blocks * product.weights_step : 0;
		/* Sets that follow find it in the cache. */
		product.ahead = set == piece->first_set ? run->pixels * lanes : 0;
		kernels[run->pixels - 1](&product);
	}
}

/* A few filters of a chunk over all runs: they stay in the first-level cache, what the runs read in the second. */
static void sum_piece(const struct cut *cut, const struct piece *piece)
{
	for (int64_t chunk = 0; chunk < cut->job->blocked->chunks; chunk++)
		for (int64_t set = piece->first_set; set < piece->last_set; set++)
			sum_chunk(cut, piece, chunk, set);
}

/* Prepares a band of a group, unless the worker's last item was another part of it; returns its pixels' step. */
static int64_t prepare_band(const struct cut *cut, int64_t band, int64_t group, int64_t *held,
			    const struct workspace *space)
{
	const struct blocked_conv *blocked = cut->job->blocked;
	int64_t runs = cut->job->images * cut->runs;
	int64_t begin = share_begin(runs, cut->bands, band);
	int64_t end = share_begin(runs, cut->bands, band + 1);
	const struct run *last = &space->runs[end - begin - 1];
	int64_t index = band * blocked->conv.groups + group;
	if (*held < 0)
		prepare_row(cut, space);
	if (*held != index) {
		prepare_runs(cut, begin, end, space);
		if (blocked->is_gathered)
			gather_runs(cut, group, begin, end, space);
	}
	*held = index;
	return blocked->is_gathered ? last->input + last->pixels * blocked->kernels->lanes
				    : plane_values(blocked->input) * blocked->depth;
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
		int64_t group = item / cut->parts % blocked->conv.groups;
		int64_t step = prepare_band(cut, band, group, &cut->held[worker], &space);
		const struct piece piece = {
			.group = group,
			.input = blocked->is_gathered ? space.pixels
						      : cut->job->input + group * blocked->channel_blocks * in_plane,
			.block_step = step,
			.first_set = share_begin(blocked_sets(blocked), cut->parts, part),
			.last_set = share_begin(blocked_sets(blocked), cut->parts, part + 1),
			.runs = space.runs,
			.run_count = share_begin(runs, cut->bands, band + 1) - share_begin(runs, cut->bands, band),
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
	int64_t strides = blocked->is_gathered ? 1 : window->y.stride * window->x.stride;
	int64_t channels = blocked->channel_blocks * blocked->depth;
	int64_t pixel_values = channels * strides + blocked->filter_blocks * blocked->kernels->lanes;
	int64_t fitting = BAND_VALUES / (pixel_values * pixels_max);
	if (blocked->is_gathered)
		fitting = least_int64(fitting, GATHERED_VALUES_MAX / (pixels_max * channels));
	struct cut cut = {.job = job, .row_runs = row_runs(blocked)};
	cut.runs = plane_values(blocked->output) / row_pixels(blocked) * cut.row_runs;
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
		int64_t held[TEAM_THREADS_MAX];
		struct cut cut = cut_items(&job);
		cut.held = held;
		for (int i = 0; i < team->threads; i++)
			held[i] = -1;
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
