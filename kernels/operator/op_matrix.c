#include "kernels/operator/op_matrix.h"

#include <cblas.h>
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/layer/kernels.h"
#include "kernels/layer/layer.h"

static bool set_mac(struct node_shapes *shapes, int64_t outputs, int64_t terms, struct err *err)
{
	if (outputs > 0 && terms > LAYER_MAC_MAX / outputs)
		return err_set(err, "the node needs more than %" PRId64 " multiply-accumulates", LAYER_MAC_MAX);
	shapes->mac = outputs * terms;
	return true;
}

/* As BLAS counts them. */
static bool are_ints(int64_t m, int64_t n, int64_t k)
{
	return m <= INT32_MAX && n <= INT32_MAX && k <= INT32_MAX;
}

static bool broadcasts_to(const struct dims *dims, const struct dims *out)
{
	struct dims both;
	return dims_broadcast(dims, out, &both) && dims_equal(&both, out);
}

static bool read_gemm(const struct node_shapes *shapes, struct gemm_settings *settings, struct err *err)
{
	double alpha, beta;
	int64_t transposes_a, transposes_b;
	if (!node_float(shapes->node, "alpha", 1, &alpha, err) || !node_float(shapes->node, "beta", 1, &beta, err) ||
	    !node_int(shapes->node, "transA", 0, &transposes_a, err) ||
	    !node_int(shapes->node, "transB", 0, &transposes_b, err))
		return false;
	settings->alpha = (float)alpha;
	settings->beta = (float)beta;
	settings->is_a_transposed = transposes_a != 0;
	settings->is_b_transposed = transposes_b != 0;
	return true;
}

bool infer_gemm(struct node_shapes *shapes, struct err *err)
{
	struct gemm_settings *settings = ARENA_NEW(shapes->arena, struct gemm_settings);
	const struct dims *a = &shapes->inputs[0]->dims;
	const struct dims *b = &shapes->inputs[1]->dims;
	char a_text[DIMS_TEXT_BYTES];
	char b_text[DIMS_TEXT_BYTES];
	shapes->settings = settings;
	if (!read_gemm(shapes, settings, err))
		return false;
	if (a->rank != 2 || b->rank != 2 || shapes->inputs[1]->type != VALUE_FLOAT)
		return err_set(err, "inputs of %s and %s are no two float matrices", dims_text(a, a_text),
			       dims_text(b, b_text));
	settings->m = a->sides[settings->is_a_transposed];
	settings->k = a->sides[!settings->is_a_transposed];
	settings->n = b->sides[!settings->is_b_transposed];
	if (b->sides[settings->is_b_transposed] != settings->k)
		return err_set(err, "matrices of %s and %s%s cannot be multiplied", dims_text(a, a_text),
			       dims_text(b, b_text), settings->is_b_transposed ? " (transposed)" : "");
	shapes->outputs[0].type = VALUE_FLOAT;
	shapes->outputs[0].dims = (struct dims){.rank = 2, .sides = {settings->m, settings->n}};
	if (node_has_input(shapes, 2) && (shapes->inputs[2]->type != VALUE_FLOAT ||
					  !broadcasts_to(&shapes->inputs[2]->dims, &shapes->outputs[0].dims)))
		return err_set(err, "input 3 is %s and cannot be added to %s",
			       dims_text(&shapes->inputs[2]->dims, a_text),
			       dims_text(&shapes->outputs[0].dims, b_text));
	if (!dims_is_valid(&shapes->outputs[0].dims) || !are_ints(settings->m, settings->n, settings->k))
		return err_set(err, "the matrices are too large");
	return set_mac(shapes, settings->m * settings->n, settings->k, err);
}

static const struct value *third_input(const struct node_run *run)
{
	return run->input_count > 2 ? run->inputs[2] : NULL;
}

/* A layer's usual form: a row of inputs for every image, a row of weights for every output. */
static bool is_fully_connected(const struct gemm_settings *settings, const struct node_run *run)
{
	return settings->alpha == 1.0f && settings->beta == 1.0f && !settings->is_a_transposed &&
	       settings->is_b_transposed && (!third_input(run) || value_elements(third_input(run)) == settings->n) &&
	       settings->n > 1;
}

static void run_as_layer(const struct gemm_settings *settings, const struct node_run *run, struct team *team)
{
	const struct value *bias = third_input(run);
	struct fc fc = {.outputs = settings->n, .has_bias = bias != NULL};
	struct tensor input = {.images = settings->m, .shape = {settings->k, 1, 1}, .data = run->inputs[0]->data};
	struct tensor output = {.images = settings->m, .shape = {settings->n, 1, 1}, .data = run->outputs[0]->data};
	fc_run(&fc, &(struct layer_call){run->inputs[1]->data, bias ? bias->data : NULL, &input, &output, team});
}

/* The output starts as beta times the third input. */
static void fill_output(const struct gemm_settings *settings, const struct node_run *run)
{
	float *out = run->outputs[0]->data;
	if (!third_input(run)) {
		memset(out, 0, value_bytes(run->outputs[0]));
		return;
	}
	int64_t steps[DIMS_MAX];
	const float *added = run->inputs[2]->data;
	dims_steps(&run->inputs[2]->dims, &run->outputs[0]->dims, steps);
	for (int64_t i = 0; i < settings->m; i++)
		for (int64_t j = 0; j < settings->n; j++)
			out[i * settings->n + j] = settings->beta * added[i * steps[0] + j * steps[1]];
}

struct slice_job {
	const struct gemm_settings *settings;
	const float *a;
	const float *b;
	float *out;
	int64_t slice; /* columns of the output that are computed at a time */
};

static void gemm_slices(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct slice_job *job = context;
	const struct gemm_settings *s = job->settings;
	for (int64_t item = first; item < last; item++) {
		int64_t column = item * job->slice;
		int64_t count = s->n - column < job->slice ? s->n - column : job->slice;
		const float *b = job->b + (s->is_b_transposed ? column * s->k : column);
		cblas_sgemm(CblasRowMajor, s->is_a_transposed ? CblasTrans : CblasNoTrans,
			    s->is_b_transposed ? CblasTrans : CblasNoTrans, (int)s->m, (int)count, (int)s->k, s->alpha,
			    job->a, (int)(s->is_a_transposed ? s->m : s->k), b, (int)(s->is_b_transposed ? s->k : s->n),
			    1.0f, job->out + column, (int)s->n);
	}
}

enum { SLICE_COLUMNS = 512 };

void run_gemm(const struct node_run *run, struct team *team)
{
	const struct gemm_settings *settings = run->settings;
	if (settings->m == 0 || settings->n == 0)
		return;
	if (settings->k > 0 && is_fully_connected(settings, run)) {
		run_as_layer(settings, run, team);
		return;
	}
	fill_output(settings, run);
	struct slice_job job = {
		.settings = settings,
		.a = run->inputs[0]->data,
		.b = run->inputs[1]->data,
		.out = run->outputs[0]->data,
		.slice = SLICE_COLUMNS,
	};
	if (settings->k > 0)
		team_run(team, (settings->n + job.slice - 1) / job.slice, 1, gemm_slices, &job);
}

struct matmul_settings {
	struct dims outer; /* the products, one after another */
	int64_t a_steps[DIMS_MAX];
	int64_t b_steps[DIMS_MAX];
	int64_t m, n, k;
};

/* The dimensions before the matrix. */
static struct dims outer_of(const struct dims *dims)
{
	struct dims outer = *dims;
	outer.rank = dims->rank > 2 ? dims->rank - 2 : 0;
	return outer;
}

/* Matrices that are repeated for no product of their own are one tall matrix. */
static void join_products(struct matmul_settings *settings, const struct dims *b)
{
	if (dims_elements(b) != settings->k * settings->n)
		return;
	settings->m *= dims_elements(&settings->outer);
	settings->outer.rank = 0;
}

bool infer_matmul(struct node_shapes *shapes, struct err *err)
{
	struct matmul_settings *settings = ARENA_NEW(shapes->arena, struct matmul_settings);
	const struct dims *a = &shapes->inputs[0]->dims;
	const struct dims *b = &shapes->inputs[1]->dims;
	char a_text[DIMS_TEXT_BYTES];
	char b_text[DIMS_TEXT_BYTES];
	shapes->settings = settings;
	struct dims a_outer = outer_of(a);
	struct dims b_outer = outer_of(b);
	if (a->rank < 1 || b->rank < 1 || shapes->inputs[1]->type != VALUE_FLOAT)
		return err_set(err, "inputs of %s and %s are no float matrices", dims_text(a, a_text),
			       dims_text(b, b_text));
	settings->m = a->rank == 1 ? 1 : a->sides[a->rank - 2];
	settings->k = a->sides[a->rank - 1];
	settings->n = b->rank == 1 ? 1 : b->sides[b->rank - 1];
	if (b->sides[b->rank == 1 ? 0 : b->rank - 2] != settings->k ||
	    !dims_broadcast(&a_outer, &b_outer, &settings->outer))
		return err_set(err, "values of %s and %s cannot be multiplied", dims_text(a, a_text),
			       dims_text(b, b_text));
	struct dims *out = &shapes->outputs[0].dims;
	*out = settings->outer;
	if (a->rank > 1)
		out->sides[out->rank++] = settings->m;
	if (b->rank > 1)
		out->sides[out->rank++] = settings->n;
	shapes->outputs[0].type = VALUE_FLOAT;
	if (!dims_is_valid(out) || !are_ints(settings->m, settings->n, settings->k))
		return err_set(err, "the matrices are too large");
	dims_steps(&a_outer, &settings->outer, settings->a_steps);
	dims_steps(&b_outer, &settings->outer, settings->b_steps);
	join_products(settings, b);
	return set_mac(shapes, dims_elements(out), settings->k, err);
}

struct matmul_job {
	const struct matmul_settings *settings;
	const float *a;
	const float *b;
	float *out;
	int64_t slices; /* of every product */
	int64_t slice;  /* rows */
};

static void matmul_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct matmul_job *job = context;
	const struct matmul_settings *s = job->settings;
	for (int64_t item = first; item < last; item++) {
		int64_t product = item / job->slices;
		int64_t row = item % job->slices * job->slice;
		int64_t rows = s->m - row < job->slice ? s->m - row : job->slice;
		int64_t a = 0, b = 0, rest = product;
		for (int i = s->outer.rank - 1; i >= 0; i--) {
			a += rest % s->outer.sides[i] * s->a_steps[i];
			b += rest % s->outer.sides[i] * s->b_steps[i];
			rest /= s->outer.sides[i];
		}
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)s->n, (int)s->k, 1.0f,
			    job->a + (a * s->m + row) * s->k, (int)s->k, job->b + b * s->k * s->n, (int)s->n, 0.0f,
			    job->out + (product * s->m + row) * s->n, (int)s->n);
	}
}

void run_matmul(const struct node_run *run, struct team *team)
{
	enum { SLICE_ROWS = 256 };
	const struct matmul_settings *settings = run->settings;
	struct matmul_job job = {
		.settings = settings,
		.a = run->inputs[0]->data,
		.b = run->inputs[1]->data,
		.out = run->outputs[0]->data,
		.slice = SLICE_ROWS,
	};
	if (settings->k == 0) {
		memset(job.out, 0, value_bytes(run->outputs[0]));
		return;
	}
	if (value_elements(run->outputs[0]) == 0)
		return;
	job.slices = (settings->m + SLICE_ROWS - 1) / SLICE_ROWS;
	team_run(team, dims_elements(&settings->outer) * job.slices, 1, matmul_items, &job);
}
