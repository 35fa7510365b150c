/*
 * Two values, broadcast to each other. The last dimensions that both walk alike are one inner loop; every operation is
 * a loop over such a stretch.
 */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_elementwise.h"

/* How two values are walked to make the output. */
struct pairing {
	struct dims outer; /* sides around the inner loop */
	int64_t a_steps[DIMS_MAX];
	int64_t b_steps[DIMS_MAX];
	int64_t inner;  /* elements of the inner loop */
	int64_t a_step; /* of the inner loop: 0 or 1 */
	int64_t b_step;
};

static struct pairing pair(const struct dims *a, const struct dims *b, const struct dims *out)
{
	struct pairing pairing = {.outer = *out, .inner = 1};
	dims_steps(a, out, pairing.a_steps);
	dims_steps(b, out, pairing.b_steps);
	int i = out->rank - 1;
	for (; i >= 0; i--) {
		int64_t side = out->sides[i];
		int64_t a_step = pairing.inner == 1 ? (pairing.a_steps[i] != 0) : pairing.a_step;
		int64_t b_step = pairing.inner == 1 ? (pairing.b_steps[i] != 0) : pairing.b_step;
		if (side == 1)
			continue;
		if (pairing.a_steps[i] != a_step * pairing.inner || pairing.b_steps[i] != b_step * pairing.inner)
			break;
		pairing.inner *= side;
		pairing.a_step = a_step;
		pairing.b_step = b_step;
	}
	pairing.outer.rank = i + 1;
	return pairing;
}

/* Where the stretch of this number starts in a value with these steps. */
static int64_t start_of(const struct dims *outer, const int64_t steps[DIMS_MAX], int64_t stretch)
{
	int64_t start = 0;
	for (int i = outer->rank - 1; i >= 0; i--) {
		start += stretch % outer->sides[i] * steps[i];
		stretch /= outer->sides[i];
	}
	return start;
}

/* Computes count elements: out[i] of a[i * a_step] and b[i * b_step]. */
typedef void stretch_function(const void *a, int64_t a_step, const void *b, int64_t b_step, void *out, int64_t count);

struct binary_job {
	struct pairing pairing;
	stretch_function *function;
	const char *a;
	const char *b;
	char *out;
	size_t in_bytes; /* of an element */
	size_t out_bytes;
	int64_t pieces; /* of every stretch */
	int64_t piece;  /* elements of one */
};

static void binary_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct binary_job *job = context;
	const struct pairing *pairing = &job->pairing;
	for (int64_t item = first; item < last; item++) {
		int64_t stretch = item / job->pieces;
		int64_t begin = item % job->pieces * job->piece;
		int64_t count = pairing->inner - begin < job->piece ? pairing->inner - begin : job->piece;
		int64_t a = start_of(&pairing->outer, pairing->a_steps, stretch) + begin * pairing->a_step;
		int64_t b = start_of(&pairing->outer, pairing->b_steps, stretch) + begin * pairing->b_step;
		job->function(job->a + (size_t)a * job->in_bytes, pairing->a_step, job->b + (size_t)b * job->in_bytes,
			      pairing->b_step, job->out + (size_t)(stretch * pairing->inner + begin) * job->out_bytes,
			      count);
	}
}

/* Elements that a worker takes at a time, about. */
enum { PIECE = 16 * 1024 };

static void run_pair(const struct value *a, const struct value *b, struct value *out, stretch_function *function,
		     struct team *team)
{
	if (value_elements(out) == 0)
		return;
	struct binary_job job = {
		.pairing = pair(&a->dims, &b->dims, &out->dims),
		.function = function,
		.a = a->data,
		.b = b->data,
		.out = out->data,
		.in_bytes = value_types[a->type].bytes,
		.out_bytes = value_types[out->type].bytes,
		.piece = PIECE,
	};
	job.pieces = (job.pairing.inner + PIECE - 1) / PIECE;
	int64_t grain = job.pairing.inner < PIECE ? PIECE / job.pairing.inner : 1;
	team_run(team, dims_elements(&job.pairing.outer) * job.pieces, grain, binary_items, &job);
}

/* Loops of their own where one side is a single value: they vectorise. */
#define STRETCH(name, in_type, out_type, expression) \
	static void name(const void *va, int64_t a_step, const void *vb, int64_t b_step, void *vout, int64_t count) \
	{ \
		const in_type *a = va; \
		const in_type *b = vb; \
		out_type *out = vout; \
		if (a_step == 1 && b_step == 1) { \
			for (int64_t i = 0; i < count; i++) { \
				in_type x = a[i], y = b[i]; \
				out[i] = (out_type)(expression); \
			} \
		} else if (a_step == 1) { \
			in_type y = b[0]; \
			for (int64_t i = 0; i < count; i++) { \
				in_type x = a[i]; \
				out[i] = (out_type)(expression); \
			} \
		} else { \
			in_type x = a[0]; \
			for (int64_t i = 0; i < count; i++) { \
				in_type y = b[i * b_step]; \
				out[i] = (out_type)(expression); \
			} \
		} \
	}

/* Integers wrap around, as in C's unsigned arithmetic. What is divided by 0 is 0: shapes must not stop the program. */
#define WRAPPED(type, operation) (type)((uint64_t)x operation(uint64_t) y)

static int64_t divided(int64_t x, int64_t y)
{
	if (y == 0)
		return 0;
	return y == -1 ? (int64_t)(0 - (uint64_t)x) : x / y;
}

static int64_t power(int64_t x, int64_t y)
{
	uint64_t result = 1;
	uint64_t base = (uint64_t)x;
	if (y < 0)
		return x == 1 ? 1 : 0;
	for (; y > 0; y >>= 1, base *= base)
		if (y & 1)
			result *= base;
	return (int64_t)result;
}

#define NUMBERS(name, of_floats, of_int64, of_int32) \
	STRETCH(name##_float, float, float, of_floats) \
	STRETCH(name##_int64, int64_t, int64_t, of_int64) \
	STRETCH(name##_int32, int32_t, int32_t, of_int32) \
	static stretch_function *const name##_by_type[VALUE_TYPES] = { \
		[VALUE_FLOAT] = name##_float, \
		[VALUE_INT64] = name##_int64, \
		[VALUE_INT32] = name##_int32, \
	};

NUMBERS(add, x + y, WRAPPED(int64_t, +), WRAPPED(int32_t, +))
NUMBERS(sub, x - y, WRAPPED(int64_t, -), WRAPPED(int32_t, -))
NUMBERS(mul, x *y, WRAPPED(int64_t, *), WRAPPED(int32_t, *))
NUMBERS(div, x / y, divided(x, y), divided(x, y))
NUMBERS(pow, powf(x, y), power(x, y), power(x, y))
NUMBERS(max, x > y ? x : y, x > y ? x : y, x > y ? x : y)
NUMBERS(min, x < y ? x : y, x < y ? x : y, x < y ? x : y)

#define COMPARISONS(name, expression) \
	STRETCH(name##_float, float, bool, expression) \
	STRETCH(name##_int64, int64_t, bool, expression) \
	STRETCH(name##_int32, int32_t, bool, expression) \
	STRETCH(name##_bool, bool, bool, expression) \
	static stretch_function *const name##_by_type[VALUE_TYPES] = { \
		[VALUE_FLOAT] = name##_float, \
		[VALUE_INT64] = name##_int64, \
		[VALUE_INT32] = name##_int32, \
		[VALUE_BOOL] = name##_bool, \
	};

COMPARISONS(equal, x == y)
COMPARISONS(greater, x > y)
COMPARISONS(less, x < y)
COMPARISONS(greater_or_equal, x >= y)
COMPARISONS(less_or_equal, x <= y)

STRETCH(and_bool, bool, bool, x &&y)
STRETCH(or_bool, bool, bool, x || y)
STRETCH(xor_bool, bool, bool, x != y)
STRETCH(prelu_float, float, float, x < 0 ? x * y : x)
STRETCH(mean_step, float, float, x + y)

#define KERNEL(kernel, table) \
	void kernel(const struct node_run *run, struct team *team) \
	{ \
		run_pair(run->inputs[0], run->inputs[1], run->outputs[0], table[run->inputs[0]->type], team); \
	}

KERNEL(run_add, add_by_type)
KERNEL(run_sub, sub_by_type)
KERNEL(run_mul, mul_by_type)
KERNEL(run_div, div_by_type)
KERNEL(run_pow, pow_by_type)
KERNEL(run_equal, equal_by_type)
KERNEL(run_greater, greater_by_type)
KERNEL(run_less, less_by_type)
KERNEL(run_greater_or_equal, greater_or_equal_by_type)
KERNEL(run_less_or_equal, less_or_equal_by_type)

#define KERNEL_OF_ONE_TYPE(kernel, function) \
	void kernel(const struct node_run *run, struct team *team) \
	{ \
		run_pair(run->inputs[0], run->inputs[1], run->outputs[0], function, team); \
	}

KERNEL_OF_ONE_TYPE(run_and, and_bool)
KERNEL_OF_ONE_TYPE(run_or, or_bool)
KERNEL_OF_ONE_TYPE(run_xor, xor_bool)
KERNEL_OF_ONE_TYPE(run_prelu, prelu_float)

/* Any number of values: the first two make the output, then each is added to it. */
static void run_variadic(const struct node_run *run, stretch_function *function, struct team *team)
{
	struct value *out = run->outputs[0];
	const struct value *so_far = run->inputs[0];
	const struct value one = {.type = so_far->type, .data = &(int64_t){0}};
	if (run->input_count == 1 || !dims_equal(&so_far->dims, &out->dims)) {
		/* The output starts as the first input, repeated as it is broadcast. */
		struct pairing pairing = pair(&so_far->dims, &one.dims, &out->dims);
		size_t bytes = value_types[so_far->type].bytes;
		const char *in = so_far->data;
		char *to = out->data;
		for (int64_t stretch = 0; stretch < dims_elements(&pairing.outer); stretch++) {
			int64_t start = start_of(&pairing.outer, pairing.a_steps, stretch);
			for (int64_t i = 0; i < pairing.inner; i++, to += bytes)
				memcpy(to, in + (size_t)(start + i * pairing.a_step) * bytes, bytes);
		}
		so_far = out;
	}
	for (size_t i = 1; i < run->input_count; i++) {
		run_pair(so_far, run->inputs[i], out, function, team);
		so_far = out;
	}
}

void run_sum(const struct node_run *run, struct team *team)
{
	run_variadic(run, add_by_type[run->inputs[0]->type], team);
}

void run_max(const struct node_run *run, struct team *team)
{
	run_variadic(run, max_by_type[run->inputs[0]->type], team);
}

void run_min(const struct node_run *run, struct team *team)
{
	run_variadic(run, min_by_type[run->inputs[0]->type], team);
}

void run_mean(const struct node_run *run, struct team *team)
{
	run_variadic(run, mean_step, team);
	float share = 1.0f / (float)run->input_count;
	struct value factor = {.type = VALUE_FLOAT, .data = &share};
	run_pair(run->outputs[0], &factor, run->outputs[0], mul_float, team);
}

/* The shape of all inputs together, which are of the first one's type. */
static bool infer_broadcast(struct node_shapes *shapes, size_t first, struct err *err)
{
	char a[DIMS_TEXT_BYTES];
	char b[DIMS_TEXT_BYTES];
	struct dims *out = &shapes->outputs[0].dims;
	*out = shapes->inputs[first]->dims;
	for (size_t i = first + 1; i < shapes->input_count; i++) {
		if (!shapes->inputs[i])
			return err_set(err, "input %zu is missing", i + 1);
		struct dims so_far = *out;
		if (shapes->inputs[i]->type != shapes->inputs[first]->type)
			return err_set(err, "inputs of types %s and %s cannot be combined",
				       value_types[shapes->inputs[first]->type].name,
				       value_types[shapes->inputs[i]->type].name);
		if (!dims_broadcast(&so_far, &shapes->inputs[i]->dims, out))
			return err_set(err, "shapes %s and %s cannot be combined", dims_text(&so_far, a),
				       dims_text(&shapes->inputs[i]->dims, b));
	}
	return true;
}

bool infer_binary(struct node_shapes *shapes, struct err *err)
{
	shapes->outputs[0].type = shapes->inputs[0]->type;
	return infer_broadcast(shapes, 0, err);
}

bool infer_variadic(struct node_shapes *shapes, struct err *err)
{
	return infer_binary(shapes, err);
}

bool infer_compare(struct node_shapes *shapes, struct err *err)
{
	enum value_type type = shapes->inputs[0]->type;
	shapes->outputs[0].type = VALUE_BOOL;
	if (!equal_by_type[type])
		return err_set(err, "values of type %s cannot be compared", value_types[type].name);
	return infer_broadcast(shapes, 0, err);
}

bool infer_prelu(struct node_shapes *shapes, struct err *err)
{
	if (!infer_binary(shapes, err))
		return false;
	return dims_equal(&shapes->outputs[0].dims, &shapes->inputs[0]->dims) ||
	       err_set(err, "the slope is larger than the input");
}

bool infer_where(struct node_shapes *shapes, struct err *err)
{
	char a[DIMS_TEXT_BYTES];
	char b[DIMS_TEXT_BYTES];
	if (shapes->inputs[0]->type != VALUE_BOOL)
		return err_set(err, "the condition must be of type bool");
	if (!infer_broadcast(shapes, 1, err))
		return false;
	struct dims chosen = shapes->outputs[0].dims;
	shapes->outputs[0].type = shapes->inputs[1]->type;
	return dims_broadcast(&chosen, &shapes->inputs[0]->dims, &shapes->outputs[0].dims) ||
	       err_set(err, "shapes %s and %s cannot be combined", dims_text(&shapes->inputs[0]->dims, a),
		       dims_text(&chosen, b));
}

void run_where(const struct node_run *run, struct team *team)
{
	struct value *out = run->outputs[0];
	size_t bytes = value_types[out->type].bytes;
	int64_t steps[3][DIMS_MAX];
	for (size_t i = 0; i < 3; i++)
		dims_steps(&run->inputs[i]->dims, &out->dims, steps[i]);
	char *to = out->data;
	for (int64_t i = 0; i < value_elements(out); i++, to += bytes) {
		bool chosen = ((const bool *)run->inputs[0]->data)[start_of(&out->dims, steps[0], i)];
		size_t from = chosen ? 1 : 2;
		memcpy(to, (const char *)run->inputs[from]->data + (size_t)start_of(&out->dims, steps[from], i) * bytes,
		       bytes);
	}
}
