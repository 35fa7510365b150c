/*
 * A network that is timed or run on records: its graph for any number of images, the layers that are timed one by one,
 * and the functions of its pipeline. It comes from a chain of layers or from an ONNX file; of the latter the graph is
 * optimised first, and a layer is what is left of nodes then, with the views around it.
 */
#ifndef LAMINA_TIMED_NETWORK_H
#define LAMINA_TIMED_NETWORK_H

#include "kernels/graph/execute.h"
#include "kernels/model/model.h"
#include "kernels/onnx/onnx_model.h"

struct timed_layer {
	const char *name;
	const char *kind;
	int64_t mac_per_image;
	int64_t parameter_bytes;
	int64_t input_bytes_per_image;
	int64_t output_bytes_per_image;
	bool in_place;
	const char *fused; /* names of what went into it; NULL: nothing */
	/* What a cut after the layer would carry over; what is alive while it runs, of ONNX files only. */
	const char *const *crossing; /* names of tensors */
	size_t crossing_count;
	int64_t crossing_bytes_per_image;
	bool can_be_cut;
	int64_t live_bytes_per_image;
	size_t first_node;
	size_t end_node;
};

/* A function's nodes on a record of so many images. */
struct timed_function {
	const struct model_function *function;
	int64_t images;
	int64_t runs; /* of the graph: more than one where the file fixes the batch */
	struct execution execution;
	size_t *inputs; /* tensors that come in the record, in its order, and that go into the next one */
	size_t input_count;
	size_t *outputs;
	size_t output_count;
	struct timed_function *next;
};

struct bound_graph;

struct timed_network {
	const char *path;
	const char *name;
	struct arena *arena;
	struct timed_layer *layers;
	size_t layer_count;
	struct model_function *functions; /* of layers */
	size_t function_count;
	bool takes_pictures;       /* its input is an image: records hold bytes, not floats */
	const struct model *chain; /* NULL for an ONNX file */
	struct onnx_model onnx;
	struct graph_options options;
	struct kernel_choice kernels;
	struct bound_graph *bound; /* by number of images */
	struct timed_function *timed;
};

/* Everything in the arena, which the network's release does not touch. */
void timed_network_from_model(struct timed_network *network, const struct model *model, struct arena *arena);

/* False when the diag has errors: then there is nothing to release. */
bool timed_network_from_onnx(struct timed_network *network, const char *path, const struct graph_options *options,
			     struct arena *arena, struct diag *diag);
void timed_network_release(struct timed_network *network);

/*
 * The function on records of so many images, planned once and kept. NULL with err where the network cannot run on so
 * many, or its record would be larger than any.
 */
struct timed_function *timed_network_function(struct timed_network *network, const struct model_function *function,
					      int64_t images, struct err *err);

/* One image of the function's input and output records. */
struct shape timed_function_input(const struct timed_function *timed);
struct shape timed_function_output(const struct timed_function *timed);

/*
 * What a process that runs the function on a record must hold at once, by the plan of its tensors' lives: parameters,
 * those copies of them that kernels want, tensors and the larger of its two records.
 */
int64_t timed_network_planned_bytes(const struct timed_network *network, const struct timed_function *timed,
				    int64_t record_bytes);

int64_t timed_network_parameter_bytes(const struct timed_network *network, const struct model_function *function);

#endif
