/*
 * A network as a straight line of layers, read from a YAML file (configs/models/), with the functions that a
 * serving pipeline splits it into. Shapes, multiply-accumulates, parameters and bytes follow from the layers.
 * Functions take all layers, in order, each once: function i ends where function i + 1 begins.
 */
#ifndef LAMINA_MODEL_H
#define LAMINA_MODEL_H

#include "base/arena.h"
#include "base/diag.h"
#include "kernels/layer/layer.h"

enum { MODEL_LAYERS_MAX = 1000 };

struct model_function {
	const char *name;
	size_t first; /* index of its first layer */
	size_t count; /* layers; at least 1 */
};

struct model {
	const char *path;
	const char *name;
	const char *description; /* one line, may be NULL */
	struct shape input;
	struct layer *layers; /* in network order */
	size_t layer_count;
	struct model_function *functions; /* in pipeline order; one of all layers where the file names none */
	size_t function_count;
};

/* The table that model files are read by. */
struct bind_schema;
extern const struct bind_schema model_schema;

/* Reads and checks a model file into the arena. False when the diag has errors, be they older ones. */
bool model_read(const char *path, struct arena *arena, struct diag *diag, struct model *model);

struct yaml_node;
/* The same from a parsed document; path is kept for messages. */
bool model_from_yaml(const struct yaml_node *root, const char *path, struct arena *arena, struct diag *diag,
		     struct model *model);

/* By name; NULL or -1 where there is none. */
const struct model_function *model_function(const struct model *model, const char *name);
int model_find_layer(const struct model *model, const char *name);

/* What the function takes and gives, per image. */
struct shape model_function_input(const struct model *model, const struct model_function *function);
struct shape model_function_output(const struct model *model, const struct model_function *function);

/* Sums over the function's layers; parameters are float32 values. */
int64_t model_function_mac(const struct model *model, const struct model_function *function);
int64_t model_function_parameters(const struct model *model, const struct model_function *function);

/*
 * Bytes of tensors, the input included, that running the function on so many images holds at its peak, where the caller
 * keeps the input, a tensor lives until the next layer has read it, and layers that can overwrite their input do so.
 */
int64_t model_function_peak_bytes(const struct model *model, const struct model_function *function, int64_t images);

/* All layers as one function, for sums and runs over the whole network. */
struct model_function model_whole(const struct model *model);

#endif
