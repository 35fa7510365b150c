#include "kernels/operator/op_reduce.h"

#include "base/check.h"

/* The input's axes as two shapes, each with its steps in the input: what is kept and what is reduced. */
struct reduce_settings {
	struct dims kept;
	int64_t kept_steps[DIMS_MAX];
	struct dims reduced;
	int64_t reduced_steps[DIMS_MAX];
};

static bool mark_axes(const struct node_shapes *shapes, int64_t input_since, bool is_reduced[DIMS_MAX], struct err *err)
{
	int rank = shapes->inputs[0]->dims.rank;
	const int64_t *axes;
	size_t count;
	int64_t is_noop;
	if (!node_list(shapes, "axes", 1, input_since, &axes, &count, err) ||
	    !node_int(shapes->node, "noop_with_empty_axes", 0, &is_noop, err))
		return false;
	for (int i = 0; i < rank; i++)
		is_reduced[i] = count == 0 && !is_noop;
	for (size_t i = 0; i < count; i++) {
		int axis;
		if (!node_axis(axes[i], rank, false, &axis, err))
			return false;
		is_reduced[axis] = true;
	}
	return true;
}

static void add_axis(struct dims *dims, int64_t steps[DIMS_MAX], int64_t side, int64_t step)
{
	steps[dims->rank] = step;
	dims->sides[dims->rank++] = side;
}

static bool infer_since(struct node_shapes *shapes, int64_t input_since, struct err *err)
{
	struct reduce_settings *settings = ARENA_NEW(shapes->arena, struct reduce_settings);
	const struct dims *in = &shapes->inputs[0]->dims;
	struct dims *out = &shapes->outputs[0].dims;
	bool is_reduced[DIMS_MAX];
	int64_t keeps;
	shapes->settings = settings;
	if (!mark_axes(shapes, input_since, is_reduced, err) || !node_int(shapes->node, "keepdims", 1, &keeps, err))
		return false;
	shapes->outputs[0].type = shapes->inputs[0]->type;
	*out = (struct dims){.rank = 0};
	for (int i = 0; i < in->rank; i++) {
		int64_t step = dims_product(in, i + 1, in->rank);
		if (is_reduced[i])
			add_axis(&settings->reduced, settings->reduced_steps, in->sides[i], step);
		else
			add_axis(&settings->kept, settings->kept_steps, in->sides[i], step);
		if (!is_reduced[i] || keeps)
			out->sides[out->rank++] = is_reduced[i] ? 1 : in->sides[i];
	}
	return dims_elements(&settings->reduced) > 0 || err_set(err, "there is nothing to reduce: an axis has size 0");
}

bool infer_reduce(struct node_shapes *shapes, struct err *err)
{
	enum { AXES_ARE_INPUTS_SINCE = 18 };
	return infer_since(shapes, AXES_ARE_INPUTS_SINCE, err);
}

bool infer_reduce_sum(struct node_shapes *shapes, struct err *err)
{
	enum { AXES_ARE_INPUTS_SINCE = 13 };
	return infer_since(shapes, AXES_ARE_INPUTS_SINCE, err);
}

enum reduction { REDUCE_MEAN, REDUCE_SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD };

static double combine(enum reduction reduction, double so_far, double x)
{
	switch (reduction) {
	case REDUCE_MAX:
		return x > so_far ? x : so_far;
	case REDUCE_MIN:
		return x < so_far ? x : so_far;
	case REDUCE_PROD:
		return so_far * x;
	default:
		return so_far + x;
	}
}

struct reduce_job {
	const struct reduce_settings *settings;
	enum reduction reduction;
	const struct value *in;
	struct value *out;
};

static int64_t offset_of(const struct dims *dims, const int64_t steps[DIMS_MAX], int64_t index)
{
	int64_t offset = 0;
	for (int i = dims->rank - 1; i >= 0; i--) {
		offset += index % dims->sides[i] * steps[i];
		index /= dims->sides[i];
	}
	return offset;
}

static double load(const struct value *value, int64_t i)
{
	return value->type == VALUE_FLOAT ? (double)((const float *)value->data)[i] : (double)value_int(value, i);
}

static double reduce(const struct reduce_job *job, int64_t start)
{
	const struct reduce_settings *s = job->settings;
	double so_far = job->reduction == REDUCE_SUM || job->reduction == REDUCE_MEAN ? 0 : 1;
	if (job->reduction == REDUCE_MAX || job->reduction == REDUCE_MIN)
		so_far = load(job->in, start);
	int last = s->reduced.rank - 1;
	int64_t inner = last >= 0 ? s->reduced.sides[last] : 1;
	int64_t step = last >= 0 ? s->reduced_steps[last] : 0;
	int64_t count = dims_elements(&s->reduced);
	for (int64_t i = 0; i < count; i += inner) {
		int64_t offset = start + offset_of(&s->reduced, s->reduced_steps, i);
		for (int64_t j = 0; j < inner; j++)
			so_far = combine(job->reduction, so_far, load(job->in, offset + j * step));
	}
	return job->reduction == REDUCE_MEAN ? so_far / (double)count : so_far;
}

/* Doubles hold every integer of a shape; what is larger than they hold is cut. */
static int64_t whole(double x)
{
	if (x >= 0x1p62)
		return INT64_C(1) << 62;
	return x <= -0x1p62 ? -(INT64_C(1) << 62) : (int64_t)x;
}

static void reduce_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct reduce_job *job = context;
	const struct reduce_settings *s = job->settings;
	for (int64_t i = first; i < last; i++) {
		double x = reduce(job, offset_of(&s->kept, s->kept_steps, i));
		if (job->out->type == VALUE_FLOAT)
			((float *)job->out->data)[i] = (float)x;
		else if (job->out->type == VALUE_INT32)
			((int32_t *)job->out->data)[i] = (int32_t)whole(x);
		else
			((int64_t *)job->out->data)[i] = whole(x);
	}
}

static void run_reduction(const struct node_run *run, enum reduction reduction, struct team *team)
{
	enum { GRAIN = 16 };
	struct reduce_job job = {
		.settings = run->settings, .reduction = reduction, .in = run->inputs[0], .out = run->outputs[0]};
	team_run(team, value_elements(run->outputs[0]), GRAIN, reduce_items, &job);
}

void run_reduce_mean(const struct node_run *run, struct team *team)
{
	run_reduction(run, REDUCE_MEAN, team);
}

void run_reduce_sum(const struct node_run *run, struct team *team)
{
	run_reduction(run, REDUCE_SUM, team);
}

void run_reduce_max(const struct node_run *run, struct team *team)
{
	run_reduction(run, REDUCE_MAX, team);
}

void run_reduce_min(const struct node_run *run, struct team *team)
{
	run_reduction(run, REDUCE_MIN, team);
}

void run_reduce_prod(const struct node_run *run, struct team *team)
{
	run_reduction(run, REDUCE_PROD, team);
}
