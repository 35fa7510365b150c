/* What the ways to convolve blocked images share: deep ones, those of few channels, depthwise ones. */
#ifndef LAMINA_BLOCKED_PARTS_H
#define LAMINA_BLOCKED_PARTS_H /* private to kernels/conv */

#include "kernels/conv/blocked_conv.h"

/* Pieces that work is cut into at least, where it can be, so that threads end together. */
enum { BLOCKED_ITEMS_WANTED = 8 };

struct blocked_job {
	const struct blocked_conv *blocked;
	const float *packed;
	const float *biases;
	const float *bounds; /* the least and the most that outputs may be; NULL: none */
	const float *input;
	float *output;
	int64_t images;
};

static inline int64_t least_int64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t most_int64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Where the share of this number begins, of a total that is shared out evenly. */
static inline int64_t share_begin(int64_t total, int64_t shares, int64_t share)
{
	return total * share / shares;
}

/* Sets of filter blocks that one kernel sums, and the first block of each; of the number of sets, the blocks' end. */
int64_t blocked_sets(const struct blocked_conv *blocked);
int64_t blocked_set_begin(const struct blocked_conv *blocked, int64_t set);

/* Rows [first, last) of the window that lie inside the image under this row of the output. */
void blocked_rows_inside(const struct blocked_conv *blocked, int64_t row, int64_t *first, int64_t *last);

/* False where a row is too wide, or the window dilated, or there are groups. */
bool blocked_shallow_plan(struct blocked_conv *blocked);
void blocked_shallow_run(const struct blocked_job *job, struct team *team);
size_t blocked_shallow_workspace_bytes(const struct blocked_job *job);

bool winograd_serves(const struct blocked_conv *blocked);
bool winograd_pays(const struct blocked_conv *blocked, int64_t images);
void winograd_plan(struct blocked_conv *blocked);
void winograd_pack(const struct blocked_conv *blocked, const float *weights, float *packed);
void winograd_run(const struct blocked_job *job, struct team *team);
size_t winograd_workspace_bytes(const struct blocked_job *job);

void blocked_depthwise_plan(struct blocked_conv *blocked);
void blocked_depthwise_run(const struct blocked_job *job, struct team *team);
size_t blocked_depthwise_workspace_bytes(const struct blocked_job *job);

#endif
