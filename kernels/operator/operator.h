/*
 * The operators of a graph, as a table: name, versions, types, the rule that tells the shapes of outputs, and the
 * kernel that computes them. Adding an operator is adding a row and its two functions.
 * Versions are those of ONNX's default operator set; what each operator means is at https://onnx.ai/onnx/operators/.
 */
#ifndef LAMINA_OPERATOR_H
#define LAMINA_OPERATOR_H

#include "base/err.h"
#include "kernels/conv/isa.h"
#include "kernels/graph/graph.h"
#include "kernels/tensor/team.h"

enum { OPSET_MIN = 7, OPSET_MAX = 22 };

/* What a shape rule sees of its node and fills in. */
struct node_shapes {
	struct arena *arena;
	const struct graph_node *node;
	int64_t opset;
	size_t input_count;
	const struct value *const *inputs; /* NULL: not there; data is there for known constants only */
	size_t output_count;
	struct value *outputs; /* type and dims are to be set */
	const void *settings;  /* to be set where the kernel needs some */
	int64_t mac;           /* to be set where there are any */
};

typedef bool operator_infer(struct node_shapes *shapes, struct err *err);

/* What a kernel sees: every value has its data, outputs' data is to be filled. */
struct node_run {
	const void *settings;
	const void *prepared; /* what the operator's prepare made of its constants; NULL: nothing */
	size_t input_count;
	const struct value *const *inputs;
	size_t output_count;
	struct value *const *outputs; /* NULL: not wanted */
};

typedef void operator_kernel(const struct node_run *run, struct team *team);

/* What of a node's constants can be made ready once for kernels of this instruction set; NULL where nothing can. */
typedef const void *operator_prepare(const struct node_run *run, enum isa isa, struct arena *arena);

/* Types of the first input that the kernel computes with; numbers are float, int64 and int32. */
enum operator_types { TYPES_FLOAT, TYPES_NUMBERS, TYPES_BOOL, TYPES_ANY };

struct operator_row {
	const char *name;
	int since; /* first version of the operator set that has it */
	size_t inputs_min;
	size_t inputs_max;
	size_t outputs_max;
	enum operator_types types;
	operator_infer *infer;
	operator_kernel *run;
	operator_prepare *prepare; /* NULL: none */
	bool is_in_place;          /* the first output may overwrite the first input */
	bool is_activation;        /* a function of single values: can be computed with what makes its input */
	bool is_view;              /* the first output is the first input's data under another shape */
	bool is_foldable;          /* of constants it is computed when the graph is read */
	bool needs_shape_only;     /* of its input: the output is constant whatever the input is */
};

/* By name, NULL where there is none. */
const struct operator_row *operator_find(const char *name);

/* All, for listings. */
const struct operator_row *operator_rows(size_t *count);

/* --- for shape rules --------------------------------------------------------------------------------------------- */

/* Attributes by name; the fallback where there is none. False where the kind is another. */
const struct attribute *node_attribute(const struct graph_node *node, const char *name);
bool node_int(const struct graph_node *node, const char *name, int64_t fallback, int64_t *out, struct err *err);
bool node_float(const struct graph_node *node, const char *name, double fallback, double *out, struct err *err);
bool node_text(const struct graph_node *node, const char *name, const char *fallback, const char **out,
	       struct err *err);
/* *out is NULL and *count 0 where there is none. */
bool node_ints(const struct graph_node *node, const char *name, const int64_t **out, size_t *count, struct err *err);

/* An axis that may count from the end, brought into [0, rank); `rank` itself is allowed where may_be_rank. */
bool node_axis(int64_t given, int rank, bool may_be_rank, int *axis, struct err *err);

/* The list of an attribute before `input_since`, of an input that must be a known constant from then on. */
bool node_list(const struct node_shapes *shapes, const char *attribute, size_t input, int64_t input_since,
	       const int64_t **out, size_t *count, struct err *err);

/* The integers of a constant input; *out is NULL where the input is not there. False where it is not known. */
bool node_constant_ints(const struct node_shapes *shapes, size_t input, const char *what, const int64_t **out,
			size_t *count, struct err *err);

bool node_has_input(const struct node_shapes *shapes, size_t index);
bool node_rank_at_least(const struct node_shapes *shapes, size_t index, int rank, struct err *err);

#endif
