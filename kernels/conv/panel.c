#include "kernels/conv/panel.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/slab.h"

/* A panel of pixels of several images is multiplied beside them, and its rows are copied from and to each. */
static void copy_rows(const struct panel *panel, int64_t filter, int64_t filters, int64_t width, struct tensor *output,
		      float *tile, bool is_out)
{
	int64_t plane = output->shape.height * output->shape.width;
	int64_t image = panel->image;
	int64_t pixel = panel->pixel;
	for (int64_t i = 0; i < panel->columns; image++, pixel = 0) {
		int64_t count = plane - pixel < panel->columns - i ? plane - pixel : panel->columns - i;
		float *out = tensor_image(output, image) + filter * plane + pixel;
		for (int64_t f = 0; f < filters; f++) {
			float *row = tile + f * width + i;
			memcpy(is_out ? out + f * plane : row, is_out ? row : out + f * plane,
			       (size_t)count * sizeof *row);
		}
		i += count;
	}
}

void panel_multiply(const struct panel *panel, micro_kernel *kernel, struct micro_product *product, int64_t filter,
		    int64_t filters, struct tensor *output)
{
	int64_t plane = output->shape.height * output->shape.width;
	product->columns = panel->columns;
	if (panel->pixel + panel->columns <= plane) {
		product->out = tensor_image(output, panel->image) + filter * plane + panel->pixel;
		product->out_step = plane;
		kernel(product);
		return;
	}
	float tile[MICRO_FILTERS_MAX * MICRO_PIXELS_MAX];
	product->out = tile;
	product->out_step = MICRO_PIXELS_MAX;
	if (!product->bias)
		copy_rows(panel, filter, filters, MICRO_PIXELS_MAX, output, tile, false);
	kernel(product);
	copy_rows(panel, filter, filters, MICRO_PIXELS_MAX, output, tile, true);
}

/* Panels share so many vectors as evenly as they can: one of few vectors is slow. */
static int64_t panels_for(int64_t vectors)
{
	return div_ceil_int64(vectors, MICRO_VECTORS_MAX);
}

static int64_t vectors_for(const struct direct_conv *direct, int64_t pixels)
{
	return div_ceil_int64(pixels, direct->kernels->lanes);
}

int64_t panels_of_row(const struct direct_conv *direct)
{
	return panels_for(vectors_for(direct, direct->output.width));
}

/* The panel's vectors and columns among those of `pixels`; returns its first pixel. */
static int64_t set_extent(const struct direct_conv *direct, int64_t pixels, int64_t index, struct panel *panel)
{
	int64_t vectors = vectors_for(direct, pixels);
	int64_t panels = panels_for(vectors);
	int64_t first = vectors * index / panels;
	int64_t last = vectors * (index + 1) / panels;
	int64_t begin = first * direct->kernels->lanes;
	int64_t end = last * direct->kernels->lanes;
	panel->vectors = (int)(last - first);
	panel->columns = (int)((end < pixels ? end : pixels) - begin);
	return begin;
}

int64_t panels_of_rows(const struct direct_conv *direct, int64_t image, int64_t first_row, int64_t rows,
		       const float *slab, const int32_t *offsets, struct panel panels[PANELS_MAX])
{
	int64_t width = direct->output.width;
	int64_t in_row = panels_of_row(direct);
	CHECK(rows * in_row <= PANELS_MAX);
	for (int64_t y = 0; y < rows; y++)
		for (int64_t i = 0; i < in_row; i++) {
			struct panel *panel = &panels[y * in_row + i];
			int64_t x = set_extent(direct, width, i, panel);
			panel->image = image;
			panel->pixel = (first_row + y) * width + x;
			panel->pixels = slab + y * direct->conv.window.y.stride * direct->row_step + x;
			panel->offsets = offsets;
		}
	return rows * in_row;
}

static int64_t plane_pixels(const struct direct_conv *direct)
{
	return direct->output.height * direct->output.width;
}

int64_t panels_count(const struct direct_conv *direct, int64_t images)
{
	return panels_for(vectors_for(direct, images * plane_pixels(direct)));
}

static int64_t pixels_max(const struct direct_conv *direct, int64_t panels)
{
	return panels * MICRO_VECTORS_MAX * direct->kernels->lanes;
}

int64_t panel_images_max(const struct direct_conv *direct, int64_t panels)
{
	return direct->reading == DIRECT_ROWS || direct->reading == DIRECT_DEPTHWISE
		       ? 1
		       : pixels_max(direct, panels) / plane_pixels(direct) + 2;
}

int64_t panel_values(const struct direct_conv *direct, int64_t depth)
{
	return depth * pixels_max(direct, 1) + SLAB_PIECE;
}

int64_t panel_slab_values(const struct direct_conv *direct, int64_t panels)
{
	int64_t rows = pixels_max(direct, panels) / direct->output.width + 2;
	rows = rows < direct->output.height ? rows : direct->output.height;
	return panel_images_max(direct, panels) * slab_rows(direct, rows) * direct->row_step;
}

/* The segment of this image's row, begun with it where there is none yet. */
static struct panel_segment *segment_at(struct panel_run *run, int64_t image, int64_t row)
{
	struct panel_segment *last = run->segment_count > 0 ? &run->segments[run->segment_count - 1] : NULL;
	if (last && last->image == image) {
		last->rows = row - last->first_row + 1;
		return last;
	}
	struct panel_segment *next = &run->segments[run->segment_count++];
	int64_t slab = last ? last->slab + slab_rows(run->direct, last->rows) * run->direct->row_step : 0;
	*next = (struct panel_segment){.image = image, .first_row = row, .rows = 1, .slab = slab};
	return next;
}

/* The pixels of one panel as stretches of rows, or of planes. */
static int64_t add_stretches(struct panel_run *run, const struct panel *panel, int64_t count)
{
	const struct direct_conv *direct = run->direct;
	int64_t plane = plane_pixels(direct);
	int64_t width = direct->output.width;
	int64_t image = panel->image;
	int64_t pixel = panel->pixel;
	for (int64_t i = 0; i < panel->columns;) {
		bool is_plane = direct->reading == DIRECT_PLANES;
		int64_t left = is_plane ? plane - pixel : width - pixel % width;
		left = left < panel->columns - i ? left : panel->columns - i;
		int64_t from = pixel;
		if (!is_plane) {
			const struct panel_segment *segment = segment_at(run, image, pixel / width);
			int64_t row = (pixel / width - segment->first_row) * direct->conv.window.y.stride;
			from = segment->slab + row * direct->row_step + pixel % width;
		}
		run->stretches[count++] = (struct panel_stretch){
			.image = image, .from = (int32_t)from, .count = (int16_t)left, .to = (int16_t)i};
		i += left;
		pixel += left;
		image += pixel == plane;
		pixel = pixel == plane ? 0 : pixel;
	}
	return count;
}

void panel_run_init(struct panel_run *run, const struct direct_conv *direct, int64_t images, int64_t first,
		    int64_t last, int64_t depth, float *packed, int32_t *offsets)
{
	int64_t plane = plane_pixels(direct);
	int64_t stretches = 0;
	CHECK(last - first <= PANEL_RUN_MAX);
	run->direct = direct;
	run->count = last - first;
	run->segment_count = 0;
	for (int64_t v = 0; v < MICRO_VECTORS_MAX; v++)
		for (int64_t k = 0; k < depth; k++)
			offsets[v * depth + k] = (int32_t)(k * (v + 1) * direct->kernels->lanes);
	for (int64_t i = 0; i < run->count; i++) {
		struct panel *panel = &run->panels[i];
		int64_t pixel = set_extent(direct, images * plane, first + i, panel);
		panel->image = pixel / plane;
		panel->pixel = pixel % plane;
		panel->pixels = run->packed[i] = packed + i * panel_values(direct, depth);
		panel->offsets = offsets + (panel->vectors - 1) * depth;
		run->first_stretch[i] = stretches;
		stretches = add_stretches(run, panel, stretches);
	}
	run->first_stretch[run->count] = stretches;
}

/* Whole pieces; what a row has too much is overwritten by what comes behind it, or is read by nobody. */
static void copy_pieces(const float *from, int64_t count, float *out)
{
	for (int64_t i = 0; i < count; i += SLAB_PIECE)
		memcpy(out + i, from + i, SLAB_PIECE * sizeof *out);
}

static void pack_channel(const struct panel_run *run, const int64_t *tap_offsets, const float *slab, int64_t channel)
{
	const struct direct_conv *direct = run->direct;
	for (int64_t i = 0; i < run->count; i++) {
		int64_t width = run->panels[i].vectors * direct->kernels->lanes;
		float *out = run->packed[i] + channel * direct->taps * width;
		const struct panel_stretch *end = &run->stretches[run->first_stretch[i + 1]];
		for (int64_t t = 0; t < direct->taps; t++, out += width)
			for (const struct panel_stretch *s = &run->stretches[run->first_stretch[i]]; s < end; s++)
				copy_pieces(slab + tap_offsets[t] + s->from, s->count, out + s->to);
	}
}

static void pack_from_slab(const struct panel_run *run, const struct tensor *input, int64_t channel, int64_t channels,
			   float *slab)
{
	const struct direct_conv *direct = run->direct;
	const struct window *window = &direct->conv.window;
	int64_t plane = direct->input.height * direct->input.width;
	int64_t tap_offsets[DIRECT_TAPS_MAX];
	for (int64_t t = 0; t < direct->taps; t++)
		tap_offsets[t] = slab_tap_offset(direct, t / window->x.kernel, t % window->x.kernel);
	for (int64_t c = 0; c < channels; c++) {
		for (int64_t i = 0; i < run->segment_count; i++) {
			const struct panel_segment *segment = &run->segments[i];
			slab_fill(direct, tensor_image(input, segment->image) + (channel + c) * plane,
				  segment->first_row, segment->rows, slab + segment->slab);
		}
		pack_channel(run, tap_offsets, slab, c);
	}
}

/* A stretch of every plane. Full panels have lengths that compilers know. */
#define COPY_PLANES(COUNT) \
	for (int64_t c = 0; c < channels; c++, from += plane, out += width) { \
		__builtin_prefetch(from + 2 * (COUNT)); \
		memcpy(out, from, (COUNT) * sizeof *out); \
	}

static void copy_planes(const float *from, int64_t plane, int64_t channels, int64_t count, int64_t width, float *out)
{
	switch (count) {
	case 16:
		COPY_PLANES(16)
		break;
	case 24:
		COPY_PLANES(24)
		break;
	case 32:
		COPY_PLANES(32)
		break;
	case 48:
		COPY_PLANES(48)
		break;
	default:
		COPY_PLANES((size_t)count)
	}
}

static void pack_from_planes(const struct panel_run *run, const struct tensor *input, int64_t channel, int64_t channels)
{
	int64_t plane = plane_pixels(run->direct);
	for (int64_t i = 0; i < run->count; i++)
		for (int64_t s = run->first_stretch[i]; s < run->first_stretch[i + 1]; s++) {
			const struct panel_stretch *stretch = &run->stretches[s];
			copy_planes(tensor_image(input, stretch->image) + channel * plane + stretch->from, plane,
				    channels, stretch->count, run->panels[i].vectors * run->direct->kernels->lanes,
				    run->packed[i] + stretch->to);
		}
}

void panel_run_pack(struct panel_run *run, const struct tensor *input, int64_t channel, int64_t channels, float *slab)
{
	if (run->direct->reading == DIRECT_PLANES)
		pack_from_planes(run, input, channel, channels);
	else
		pack_from_slab(run, input, channel, channels, slab);
}
