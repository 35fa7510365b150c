#include "kernels/conv/direct_conv.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/panel.h"
#include "kernels/conv/slab.h"

enum {
	/* What rows and output of an item may hold: most of a second-level cache of 512 KiB. */
	BAND_VALUES = 96 * 1024,
	SLAB_VALUES_MAX = 160 * 1024,
	/* Below this depth, filters stay in the cache and panels come by; above, the other way round. */
	DEPTHWISE_VALUES = 16 * 1024, /* a channel's slab */
	SHALLOW_DEPTH = 64,
	ITEMS_WANTED = 8,
	FILTER_PARTS_MAX = 8,
};

/* Rows that fill whole vectors but for this part are read where they lie. */
static const double ROWS_WASTE_MOST = 0.05;

static int64_t block_begin(int64_t total, int64_t blocks, int64_t block)
{
	return total * block / blocks;
}

static int64_t row_vectors(const struct direct_conv *direct)
{
	return div_ceil_int64(direct->output.width, direct->kernels->lanes);
}

static bool is_pointwise(const struct conv *conv)
{
	const struct window_axis *axes[] = {&conv->window.y, &conv->window.x};
	for (int i = 0; i < 2; i++)
		if (axes[i]->kernel != 1 || axes[i]->stride != 1 || axes[i]->pad_before != 0 || axes[i]->pad_after != 0)
			return false;
	return true;
}

static enum direct_reading choose_reading(const struct direct_conv *direct)
{
	if (direct->group_channels == 1 && direct->group_filters == 1)
		return DIRECT_DEPTHWISE;
	int64_t lanes = row_vectors(direct) * direct->kernels->lanes;
	if (is_pointwise(&direct->conv))
		return DIRECT_PLANES;
	return (double)(lanes - direct->output.width) <= ROWS_WASTE_MOST * (double)direct->output.width ? DIRECT_ROWS
													: DIRECT_PACKED;
}

static void set_slab_steps(struct direct_conv *direct)
{
	const struct window_axis *x = &direct->conv.window.x;
	int64_t phases[DIRECT_TAPS_MAX];
	int64_t read = row_vectors(direct) * direct->kernels->lanes + SLAB_PIECE;
	direct->phases = slab_phases(x, phases);
	direct->phase_step = read + (x->kernel - 1) * x->dilation / x->stride;
	direct->row_step = direct->phases * direct->phase_step;
}

bool direct_conv_init(struct direct_conv *direct, const struct conv *conv, struct shape input, enum isa isa)
{
	const char *key;
	struct err err;
	*direct = (struct direct_conv){
		.kernels = micro_kernels_of(isa),
		.conv = *conv,
		.input = input,
		.group_channels = input.channels / conv->groups,
		.group_filters = conv->filters / conv->groups,
	};
	CHECK(conv_output(conv, input, &direct->output, &key, &err));
	if (conv->window.y.kernel > DIRECT_TAPS_MAX || conv->window.x.kernel > DIRECT_TAPS_MAX)
		return false;
	direct->taps = conv->window.y.kernel * conv->window.x.kernel;
	if (direct->taps > DIRECT_TAPS_MAX)
		return false;
	int64_t blocks = div_ceil_int64(direct->group_channels * direct->taps, DIRECT_DEPTH);
	int64_t channels = div_ceil_int64(direct->group_channels, blocks);
	direct->channel_blocks = div_ceil_int64(direct->group_channels, channels);
	direct->filter_blocks = div_ceil_int64(direct->group_filters, direct->kernels->filters_max);
	direct->reading = choose_reading(direct);
	set_slab_steps(direct);
	/* Where the output is narrower than a panel, one may need the rows of many images. */
	int64_t least_rows = slab_rows(direct, 1) * panel_images_max(direct, 1);
	return direct->reading == DIRECT_PLANES ||
	       (direct->row_step <= SLAB_VALUES_MAX && least_rows <= SLAB_VALUES_MAX / direct->row_step);
}

/* A group's channels [first, last) in one of its channel blocks; the deepest block has the most. */
static void channels_of(const struct direct_conv *direct, int64_t block, int64_t *first, int64_t *last)
{
	*first = block_begin(direct->group_channels, direct->channel_blocks, block);
	*last = block_begin(direct->group_channels, direct->channel_blocks, block + 1);
}

static int64_t channels_max(const struct direct_conv *direct)
{
	return div_ceil_int64(direct->group_channels, direct->channel_blocks);
}

static int64_t depth_max(const struct direct_conv *direct)
{
	return channels_max(direct) * direct->taps;
}

/* By group, block of channels and block of filters: [channel][tap][filter]. */
void direct_conv_pack(const struct direct_conv *direct, const float *weights, float *packed)
{
	int64_t filter_values = direct->group_channels * direct->taps;
	for (int64_t group = 0; group < direct->conv.groups; group++)
		for (int64_t c = 0; c < direct->channel_blocks; c++) {
			int64_t first, last;
			channels_of(direct, c, &first, &last);
			for (int64_t f = 0; f < direct->filter_blocks; f++) {
				int64_t begin = block_begin(direct->group_filters, direct->filter_blocks, f);
				int64_t end = block_begin(direct->group_filters, direct->filter_blocks, f + 1);
				const float *filters = weights + group * direct->group_filters * filter_values;
				for (int64_t k = first * direct->taps; k < last * direct->taps; k++)
					for (int64_t m = begin; m < end; m++)
						*packed++ = filters[m * filter_values + k];
			}
		}
}

/* How the work is cut into items: pixels by pixels, group by group, part of the filters by part. */
struct job {
	const struct direct_conv *direct;
	const float *packed;
	const float *bias;
	const struct tensor *input;
	struct tensor *output;
	int64_t bands;       /* of rows, of an image; or runs of panels, of all images */
	int64_t band_panels; /* most that a band has */
	int64_t filter_parts;
	int64_t slab_values; /* most that an item needs */
};

/* What is summed at a time: a block of a group's channels, for some blocks of its filters. */
struct block {
	int64_t group;
	int64_t first_channel;
	int64_t channels;
	int64_t first_filter_block;
	int64_t last_filter_block;
};

/* One block of filters over one panel. */
static void multiply(const struct job *job, const struct block *block, int64_t filter_block, const struct panel *panel)
{
	const struct direct_conv *direct = job->direct;
	int64_t begin = block_begin(direct->group_filters, direct->filter_blocks, filter_block);
	int64_t end = block_begin(direct->group_filters, direct->filter_blocks, filter_block + 1);
	int64_t depth = block->channels * direct->taps;
	int64_t filter = block->group * direct->group_filters + begin;
	int64_t filter_values = direct->group_channels * direct->taps;
	static const float zeros[MICRO_FILTERS_MAX];
	bool is_first = block->first_channel == 0;
	struct micro_product product = {
		.depth = depth,
		.filters = job->packed + block->group * direct->group_filters * filter_values +
			   direct->group_filters * block->first_channel * direct->taps + begin * depth,
		.pixels = panel->pixels,
		.offsets = panel->offsets,
		.bias = !is_first   ? NULL
			: job->bias ? job->bias + filter
				    : zeros,
	};
	panel_multiply(panel, direct->kernels->run[panel->vectors - 1][end - begin - 1], &product, filter, end - begin,
		       job->output);
}

/* What is small stays in the cache while what is large comes by. */
static void multiply_all(const struct job *job, const struct block *block, const struct panel *panels, int64_t count)
{
	if (block->channels * job->direct->taps <= SHALLOW_DEPTH) {
		for (int64_t f = block->first_filter_block; f < block->last_filter_block; f++)
			for (int64_t i = 0; i < count; i++)
				multiply(job, block, f, &panels[i]);
		return;
	}
	for (int64_t i = 0; i < count; i++)
		for (int64_t f = block->first_filter_block; f < block->last_filter_block; f++)
			multiply(job, block, f, &panels[i]);
}

/* Scratch memory of an item: a slab, packed panels, tables of offsets. */
struct workspace {
	float *slab;
	float *panels;
	int32_t *offsets;
};

static size_t offsets_values(const struct direct_conv *direct)
{
	return (size_t)(MICRO_VECTORS_MAX * depth_max(direct));
}

static size_t packed_values(const struct job *job)
{
	return job->direct->reading == DIRECT_ROWS || job->direct->reading == DIRECT_DEPTHWISE
		       ? 0
		       : (size_t)(job->band_panels * panel_values(job->direct, depth_max(job->direct)));
}

static struct workspace workspace_of(const struct job *job, struct team *team, int worker)
{
	size_t slab = (size_t)job->slab_values;
	size_t panels = packed_values(job);
	float *scratch = team_scratch(team, worker, slab + panels + offsets_values(job->direct));
	return (struct workspace){
		.slab = scratch, .panels = scratch + slab, .offsets = (void *)(scratch + slab + panels)};
}

/* Where each channel and tap of a slab of so many rows a channel lies. */
static void rows_offsets(const struct direct_conv *direct, int64_t channels, int64_t slab_values, int32_t *offsets)
{
	const struct window *window = &direct->conv.window;
	int32_t taps[DIRECT_TAPS_MAX];
	int64_t count = 0;
	for (int64_t y = 0; y < window->y.kernel; y++)
		for (int64_t x = 0; x < window->x.kernel; x++)
			taps[count++] = (int32_t)slab_tap_offset(direct, y, x);
	for (int64_t c = 0; c < channels; c++)
		for (int64_t t = 0; t < count; t++)
			*offsets++ = (int32_t)(c * slab_values) + taps[t];
}

static void run_band_of_rows(const struct job *job, int64_t band, struct block *block, const struct workspace *space)
{
	const struct direct_conv *direct = job->direct;
	struct panel panels[PANELS_MAX];
	int64_t image = band / job->bands;
	int64_t height = direct->output.height;
	int64_t first = block_begin(height, job->bands, band % job->bands);
	int64_t rows = block_begin(height, job->bands, band % job->bands + 1) - first;
	int64_t values = slab_rows(direct, rows) * direct->row_step;
	int64_t plane_values = direct->input.height * direct->input.width;
	int64_t count = panels_of_rows(direct, image, first, rows, space->slab, space->offsets, panels);
	memset(space->slab, 0, (size_t)(channels_max(direct) * values) * sizeof *space->slab);
	for (int64_t c = 0; c < direct->channel_blocks; c++) {
		int64_t last;
		channels_of(direct, c, &block->first_channel, &last);
		block->channels = last - block->first_channel;
		const float *plane = tensor_image(job->input, image) +
				     (block->group * direct->group_channels + block->first_channel) * plane_values;
		for (int64_t i = 0; i < block->channels; i++)
			slab_fill(direct, plane + i * plane_values, first, rows, space->slab + i * values);
		rows_offsets(direct, block->channels, values, space->offsets);
		multiply_all(job, block, panels, count);
	}
}

static void run_band_of_pixels(const struct job *job, int64_t band, struct block *block, const struct workspace *space)
{
	const struct direct_conv *direct = job->direct;
	struct panel_run run;
	int64_t total = panels_count(direct, job->input->images);
	int64_t first = block_begin(total, job->bands, band);
	int64_t last = block_begin(total, job->bands, band + 1);
	panel_run_init(&run, direct, job->input->images, first, last, depth_max(direct), space->panels, space->offsets);
	memset(space->slab, 0, (size_t)job->slab_values * sizeof *space->slab);
	for (int64_t c = 0; c < direct->channel_blocks; c++) {
		int64_t end;
		channels_of(direct, c, &block->first_channel, &end);
		block->channels = end - block->first_channel;
		panel_run_pack(&run, job->input, block->group * direct->group_channels + block->first_channel,
			       block->channels, space->slab);
		multiply_all(job, block, run.panels, run.count);
	}
}

/* A channel has one filter: nothing is shared but the slab's memory and the table of taps. */
static void run_channels(const struct job *job, int64_t image, int64_t first, int64_t last,
			 const struct workspace *space)
{
	const struct direct_conv *direct = job->direct;
	int64_t in_plane = direct->input.height * direct->input.width;
	int64_t out_plane = direct->output.height * direct->output.width;
	int64_t rows = div_ceil_int64(direct->output.height, job->bands);
	memset(space->slab, 0, (size_t)job->slab_values * sizeof *space->slab);
	rows_offsets(direct, 1, 0, space->offsets);
	for (int64_t band = 0; band < direct->output.height; band += rows) {
		int64_t count = direct->output.height - band < rows ? direct->output.height - band : rows;
		if (band > 0)
			memset(space->slab, 0, (size_t)job->slab_values * sizeof *space->slab);
		for (int64_t channel = first; channel < last; channel++) {
			struct micro_rows product = {
				.taps = direct->taps,
				.filter = job->packed + channel * direct->taps,
				.pixels = space->slab,
				.offsets = space->offsets,
				.pixels_step = direct->conv.window.y.stride * direct->row_step,
				.bias = job->bias ? job->bias[channel] : 0,
				.out = tensor_image(job->output, image) + channel * out_plane +
				       band * direct->output.width,
				.rows = count,
				.columns = direct->output.width,
			};
			slab_fill(direct, tensor_image(job->input, image) + channel * in_plane, band, count,
				  space->slab);
			direct->kernels->run_rows(&product);
		}
	}
}

static void run_depthwise(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct job *job = context;
	const struct direct_conv *direct = job->direct;
	struct workspace space = workspace_of(job, team, worker);
	for (int64_t item = first; item < last; item++) {
		int64_t part = item % job->filter_parts;
		run_channels(job, item / job->filter_parts, block_begin(direct->conv.groups, job->filter_parts, part),
			     block_begin(direct->conv.groups, job->filter_parts, part + 1), &space);
	}
}

static void run_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct job *job = context;
	const struct direct_conv *direct = job->direct;
	struct workspace space = workspace_of(job, team, worker);
	for (int64_t item = first; item < last; item++) {
		int64_t part = item % job->filter_parts;
		int64_t group = item / job->filter_parts % direct->conv.groups;
		int64_t band = item / job->filter_parts / direct->conv.groups;
		struct block block = {
			.group = group,
			.first_filter_block = block_begin(direct->filter_blocks, job->filter_parts, part),
			.last_filter_block = block_begin(direct->filter_blocks, job->filter_parts, part + 1),
		};
		if (direct->reading == DIRECT_ROWS)
			run_band_of_rows(job, band, &block, &space);
		else
			run_band_of_pixels(job, band, &block, &space);
	}
}

/* As many rows as fit a cache with their output, fewer where there is little to share out. */
static void cut_rows(struct job *job)
{
	const struct direct_conv *direct = job->direct;
	int64_t height = direct->output.height;
	int64_t channels = channels_max(direct);
	int64_t panels = panels_of_row(direct);
	int64_t rows = 1;
	while (rows < height && (rows + 1) * panels <= PANELS_MAX &&
	       channels * slab_rows(direct, rows + 1) * direct->row_step +
			       direct->group_filters * (rows + 1) * direct->output.width <=
		       BAND_VALUES)
		rows++;
	int64_t wanted = div_ceil_int64(ITEMS_WANTED, job->input->images * direct->conv.groups);
	job->bands = div_ceil_int64(height, rows);
	if (job->bands < wanted)
		job->bands = wanted < height ? wanted : height;
	job->slab_values = channels * slab_rows(direct, div_ceil_int64(height, job->bands)) * direct->row_step;
}

/* Likewise; where even single panels are few, the filters are shared out too. */
static void cut_pixels(struct job *job)
{
	const struct direct_conv *direct = job->direct;
	int64_t total = panels_count(direct, job->input->images);
	int64_t pixels = MICRO_VECTORS_MAX * direct->kernels->lanes;
	int64_t panels = BAND_VALUES / (panel_values(direct, depth_max(direct)) + direct->group_filters * pixels);
	panels = panels < 1 ? 1 : panels < PANEL_RUN_MAX ? panels : PANEL_RUN_MAX;
	panels = panels < total ? panels : total;
	while (panels > 1 && panel_slab_values(direct, panels) > BAND_VALUES)
		panels--;
	job->bands = div_ceil_int64(total, panels);
	int64_t wanted = div_ceil_int64(ITEMS_WANTED, direct->conv.groups);
	if (job->bands < wanted)
		job->bands = wanted < total ? wanted : total;
	job->band_panels = div_ceil_int64(total, job->bands);
	job->slab_values = direct->reading == DIRECT_PLANES ? 0 : panel_slab_values(direct, job->band_panels);
	int64_t parts = div_ceil_int64(wanted, job->bands);
	parts = parts < FILTER_PARTS_MAX ? parts : FILTER_PARTS_MAX;
	job->filter_parts = parts < direct->filter_blocks ? parts : direct->filter_blocks;
}

/* Part of an image's channels by part; bands of rows only where a plane is large. */
static void cut_channels(struct job *job)
{
	const struct direct_conv *direct = job->direct;
	int64_t rows = direct->output.height;
	while (rows > 1 && slab_rows(direct, rows) * direct->row_step > DEPTHWISE_VALUES)
		rows = div_ceil_int64(rows, 2);
	job->bands = div_ceil_int64(direct->output.height, rows);
	job->slab_values = slab_rows(direct, rows) * direct->row_step;
	int64_t parts = div_ceil_int64(ITEMS_WANTED, job->input->images > 0 ? job->input->images : 1);
	job->filter_parts = parts < direct->conv.groups ? parts : direct->conv.groups;
}

static void cut_items(struct job *job)
{
	job->filter_parts = 1;
	if (job->direct->reading == DIRECT_DEPTHWISE)
		cut_channels(job);
	else if (job->direct->reading == DIRECT_ROWS)
		cut_rows(job);
	else
		cut_pixels(job);
}

void direct_conv_run(const struct direct_conv *direct, const float *packed, const float *bias,
		     const struct tensor *input, struct tensor *output, struct team *team)
{
	CHECK(input->images == output->images);
	CHECK(shape_equal(input->shape, direct->input) && shape_equal(output->shape, direct->output));
	if (input->images == 0)
		return;
	struct job job = {.direct = direct, .packed = packed, .bias = bias, .input = input, .output = output};
	cut_items(&job);
	if (direct->reading == DIRECT_DEPTHWISE) {
		team_run(team, input->images * job.filter_parts, 1, run_depthwise, &job);
		return;
	}
	int64_t bands = direct->reading == DIRECT_ROWS ? job.bands * input->images : job.bands;
	team_run(team, bands * direct->conv.groups * job.filter_parts, 1, run_items, &job);
}

size_t direct_conv_workspace_bytes(const struct direct_conv *direct, int64_t images)
{
	const struct tensor input = {.images = images, .shape = direct->input};
	struct job job = {.direct = direct, .input = &input};
	cut_items(&job);
	return sizeof(float) * ((size_t)job.slab_values + packed_values(&job) + offsets_values(direct));
}
