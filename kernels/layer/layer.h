/*
 * One layer of a network: its kind and settings, and what follows from them once its input shape is known. Kinds are
 * a table (layer_kinds): adding one is one row and its kernel.
 */
#ifndef LAMINA_LAYER_H
#define LAMINA_LAYER_H

#include "kernels/layer/kernels.h"

enum layer_kind {
	LAYER_CONV,
	LAYER_MAXPOOL,
	LAYER_AVGPOOL,
	LAYER_LRN,
	LAYER_RELU,
	LAYER_FC,
	LAYER_SOFTMAX,
	LAYER_DROPOUT, /* nothing when serving */
	LAYER_KINDS,
};

/* Most multiply-accumulates of one layer for one image: sums over MODEL_LAYERS_MAX layers stay inside int64_t. */
#define LAYER_MAC_MAX (INT64_C(1) << 50)

struct layer {
	const char *name;
	enum layer_kind kind;
	union {
		struct conv conv;
		struct pool pool; /* both poolings */
		struct lrn lrn;
		struct fc fc;
	};
	/* From here on filled by layer_infer. */
	struct shape input;
	struct shape output;
	int64_t mac_per_image; /* multiply-accumulates of convolutions and fully connected layers; 0 for the others */
	int64_t weight_count;  /* float32 values */
	int64_t bias_count;
};

typedef void layer_kernel(const struct layer *layer, const struct layer_call *call);

struct layer_kind_row {
	const char *name; /* as written in model files */
	bool in_place;    /* output may overwrite input: takes no memory of its own */
	bool (*infer)(struct layer *layer, const char **key, struct err *err);
	layer_kernel *run;
	layer_kernel *reference; /* the plain loop that run is checked against; ignores team */
};

extern const struct layer_kind_row layer_kinds[LAYER_KINDS];

/* The kind with this name, or LAYER_KINDS. */
enum layer_kind layer_kind_find(const char *name);

/* Sets input and everything that follows. False with the setting at fault in *key and err saying why. */
bool layer_infer(struct layer *layer, struct shape input, const char **key, struct err *err);

int64_t layer_parameters(const struct layer *layer);
int64_t layer_parameter_bytes(const struct layer *layer);
bool layer_in_place(const struct layer *layer);

/*
 * Computes the output (of the layer's output shape, as many images as input) with the fast kernel. Output may be input
 * where layer_in_place, must not overlap it elsewhere.
 */
void layer_run(const struct layer *layer, const struct layer_call *call);

#endif
