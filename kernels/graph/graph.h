/*
 * A network as a graph: nodes, each an operator (operator.h) that makes tensors of others, in an order in which every
 * tensor is made before it is used. kernels/README.md draws the way of a graph from a file to its run.
 *
 * Constants are tensors that do not depend on an input. One may be known by its shape only (weights in another file,
 * or not read at all): that is enough to time a network.
 */
#ifndef LAMINA_GRAPH_H
#define LAMINA_GRAPH_H

#include "base/diag.h"
#include "kernels/graph/value.h"

enum {
	GRAPH_NODES_MAX = 20000,
	GRAPH_PORTS_MAX = 1000, /* inputs, and outputs, of one node */
};

/* In place of a tensor's index: an optional input or output that is not there. */
#define GRAPH_NONE SIZE_MAX

enum attribute_kind {
	ATTRIBUTE_FLOAT,
	ATTRIBUTE_INT,
	ATTRIBUTE_TEXT,
	ATTRIBUTE_TENSOR,
	ATTRIBUTE_FLOATS,
	ATTRIBUTE_INTS,
	ATTRIBUTE_OTHER, /* graphs, types, lists of texts: nothing that a supported operator has */
};

struct attribute {
	const char *name;
	enum attribute_kind kind;
	double number; /* a float */
	int64_t integer;
	const char *text;
	struct value tensor;
	const double *floats;
	const int64_t *ints;
	size_t count; /* of the lists */
};

struct graph_tensor {
	const char *name;
	struct value value;
	size_t producer;   /* the node that makes it, or GRAPH_NONE: an input or a constant of the file */
	size_t first_user; /* the first node that uses it, or GRAPH_NONE; set by graph_find_users */
	bool is_known;     /* type and shape are */
	bool is_constant;  /* depends on no input */
	bool is_parameter; /* a constant that came with the file, or follows from such: what a network has learnt */
};

struct operator_row;

struct graph_node {
	const char *name;
	const struct operator_row *operator;
	const struct attribute *attributes;
	size_t attribute_count;
	size_t *inputs; /* tensors, or GRAPH_NONE */
	size_t input_count;
	size_t *outputs;
	size_t output_count;
	const void *settings; /* what the operator made of its attributes and constants; its own struct */
	int64_t mac;          /* multiply-accumulates of one run */
	/* An activation that is computed on the first output as soon as it is there; its settings. NULL: none. */
	const struct operator_row *activation;
	const void *activation_settings;
	const char *fused; /* names of the nodes that went into this one, "bn1 + relu1"; NULL: none */
};

struct graph {
	const char *path;
	const char *name;
	int64_t opset;
	int64_t batch;       /* the first dimension of the first input: images of one run */
	bool is_batch_fixed; /* by the file; otherwise as many images as asked for */
	struct graph_tensor *tensors;
	size_t tensor_count;
	size_t tensor_limit; /* passes that make tensors have room for these */
	struct graph_node *nodes;
	size_t node_count;
	size_t *inputs; /* tensors that are fed, in the file's order; constants are not among them */
	size_t input_count;
	size_t *outputs;
	size_t output_count;
};

/* The node's tensor, or NULL where the optional input is not there. */
struct graph_tensor *graph_input(const struct graph *graph, const struct graph_node *node, size_t index);
struct graph_tensor *graph_output(const struct graph *graph, const struct graph_node *node, size_t index);

/* Says of every tensor which node uses it first. To be called when nodes have changed. */
void graph_find_users(struct graph *graph);

/* Sums over all nodes: multiply-accumulates of one run; elements of the float parameters that nodes use, each once. */
int64_t graph_mac(const struct graph *graph);
int64_t graph_parameters(const struct graph *graph);

/* Elements of the float parameters that this node is the first to use. */
int64_t graph_node_parameters(const struct graph *graph, size_t node);

/* What a graph is read for. */
struct graph_dimension {
	const char *name; /* as the file calls it */
	int64_t size;
};

struct graph_known_input {
	const char *name;
	struct value value; /* with its data */
};

struct graph_options {
	int64_t images;    /* of one run, where the file leaves it open */
	bool needs_values; /* else shapes are enough: the values of large constants are left out */
	const struct graph_dimension *dimensions; /* sizes of other dimensions that the file leaves open */
	size_t dimension_count;
	const struct graph_known_input *known_inputs; /* constants for this time, as where a shape is computed of one */
	size_t known_input_count;
};

/*
 * Tells types and shapes of all tensors from those of inputs and constants, and computes constants of constants: what
 * shapes are made of always, the rest as far as options say. False when the diag has errors; what depends on a wrong
 * node is not told a second time.
 */
bool graph_infer(struct graph *graph, const struct graph_options *options, struct arena *arena, struct diag *diag);

#endif
