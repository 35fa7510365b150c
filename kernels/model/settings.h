/*
 * A layer as it is written in a model file, before its input shape is known. Each kind has its own table of keys, so
 * that a key of another kind is as unknown as a misspelt one.
 */
#ifndef LAMINA_SETTINGS_H
#define LAMINA_SETTINGS_H

#include "doc/bind.h"
#include "kernels/layer/layer.h"

enum layer_padding { PADDING_VALID, PADDING_SAME };

struct layer_settings {
	const char *name;
	const char *kind;
	/* Windows: [height, width], or one number for both. */
	struct bind_ints kernel;
	struct bind_ints stride;
	struct bind_ints dilation;
	struct bind_ints pads; /* [top, left, bottom, right], or one number for all */
	int padding;           /* enum layer_padding; pads are given with PADDING_VALID only */
	bool ceil;
	bool count_include_pad;
	/* Convolution. */
	int64_t filters;
	int64_t groups;
	/* Fully connected. */
	int64_t outputs;
	bool bias; /* convolution and fully connected */
	/* Local response normalisation. */
	int64_t size;
	double alpha;
	double beta;
	double k;
};

/* Binds one element of `layers:`. False when it added errors to the diag. */
bool layer_settings_read(const struct yaml_node *node, struct arena *arena, struct diag *diag,
			 struct layer_settings *settings);

/* The layer that the settings make of this input; layer_infer is the next step. */
struct layer layer_settings_make(const struct layer_settings *settings, struct shape input);

#endif
