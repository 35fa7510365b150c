/*
 * Panels, each some vectors of output pixels that follow each other, and what their taps read.
 * Panels of rows stay inside a row; others run on over rows and images, and differ by a vector at most.
 */
#ifndef LAMINA_PANEL_H
#define LAMINA_PANEL_H /* private to kernels/conv */

#include "kernels/conv/direct_conv.h"

enum {
	PANELS_MAX = 512,   /* of a band of rows */
	PANEL_RUN_MAX = 32, /* packed at a time */
};

struct panel {
	int64_t image;
	int64_t pixel; /* of the image's output plane, the first */
	int vectors;
	int columns; /* pixels: fewer than the vectors hold at the end of a row, or of all images */
	const float *pixels;
	const int32_t *offsets;
};

/* One product of the panel: bias or sums so far, filters and depth are set, where it goes is the panel's. */
void panel_multiply(const struct panel *panel, micro_kernel *kernel, struct micro_product *product, int64_t filter,
		    int64_t filters, struct tensor *output);

int64_t panels_of_row(const struct direct_conv *direct);

/* Panels of output rows that read a slab of these rows; returns how many. */
int64_t panels_of_rows(const struct direct_conv *direct, int64_t image, int64_t first_row, int64_t rows,
		       const float *slab, const int32_t *offsets, struct panel panels[PANELS_MAX]);

/* Over all images; and the most images that so many of them may touch. */
int64_t panels_count(const struct direct_conv *direct, int64_t images);
int64_t panel_images_max(const struct direct_conv *direct, int64_t panels);

/* Values of one packed panel, and the most of a slab under so many panels. */
int64_t panel_values(const struct direct_conv *direct, int64_t depth);
int64_t panel_slab_values(const struct direct_conv *direct, int64_t panels);

/* Pixels of a panel in one row, or in one plane where the window is a single pixel. */
struct panel_stretch {
	int64_t image;
	int32_t from; /* in the slab; in planes, the first pixel */
	int16_t count;
	int16_t to; /* in the panel's rows */
};

/* The output rows of one image under a run of panels, and where their slab is. */
struct panel_segment {
	int64_t image;
	int64_t first_row;
	int64_t rows;
	int64_t slab;
};

enum { STRETCHES_MAX = PANEL_RUN_MAX * MICRO_PIXELS_MAX };

/* Panels that are packed together, from `first` to before `last` of all. */
struct panel_run {
	const struct direct_conv *direct;
	struct panel panels[PANEL_RUN_MAX];
	float *packed[PANEL_RUN_MAX];
	int64_t count;
	struct panel_stretch stretches[STRETCHES_MAX];
	int64_t first_stretch[PANEL_RUN_MAX + 1];
	struct panel_segment segments[STRETCHES_MAX];
	int64_t segment_count;
};

/* packed: panel_values of this depth for each panel; offsets: MICRO_VECTORS_MAX tables of the depth, filled here. */
void panel_run_init(struct panel_run *run, const struct direct_conv *direct, int64_t images, int64_t first,
		    int64_t last, int64_t depth, float *packed, int32_t *offsets);

/* Packs what the panels read of so many channels from `channel` on. */
void panel_run_pack(struct panel_run *run, const struct tensor *input, int64_t channel, int64_t channels, float *slab);

#endif
