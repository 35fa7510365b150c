/*
 * Resize (https://onnx.ai/onnx/operators/onnx__Resize.html) and its forerunner Upsample: along every axis an output
 * element is a sum of one (nearest), two (linear) or four (cubic, Keys 1981) input elements. The axes' tables are made
 * when the kernel starts.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_move.h"

enum resize_mode { RESIZE_NEAREST, RESIZE_LINEAR, RESIZE_CUBIC, RESIZE_MODES };
static const char *const mode_names[RESIZE_MODES] = {
	[RESIZE_NEAREST] = "nearest", [RESIZE_LINEAR] = "linear", [RESIZE_CUBIC] = "cubic"};

enum coordinates {
	HALF_PIXEL,
	PYTORCH_HALF_PIXEL,
	ALIGN_CORNERS,
	ASYMMETRIC,
	HALF_PIXEL_SYMMETRIC,
	COORDINATES,
};
static const char *const coordinate_names[COORDINATES] = {
	[HALF_PIXEL] = "half_pixel", [PYTORCH_HALF_PIXEL] = "pytorch_half_pixel",     [ALIGN_CORNERS] = "align_corners",
	[ASYMMETRIC] = "asymmetric", [HALF_PIXEL_SYMMETRIC] = "half_pixel_symmetric",
};

enum rounding { ROUND_PREFER_FLOOR, ROUND_PREFER_CEIL, FLOOR, CEIL, ROUNDINGS };
static const char *const rounding_names[ROUNDINGS] = {
	[ROUND_PREFER_FLOOR] = "round_prefer_floor",
	[ROUND_PREFER_CEIL] = "round_prefer_ceil",
	[FLOOR] = "floor",
	[CEIL] = "ceil",
};

struct resize_settings {
	int mode;
	int coordinates;
	int rounding;
	double cubic_a;
	bool excludes_outside;
	struct dims in;
	struct dims out;
	double scales[DIMS_MAX];
};

static bool read_choice(const struct node_shapes *shapes, const char *attribute, const char *const *names, int count,
			int *choice, struct err *err)
{
	const char *text;
	if (!node_text(shapes->node, attribute, names[*choice], &text, err))
		return false;
	for (*choice = 0; *choice < count; (*choice)++)
		if (strcmp(text, names[*choice]) == 0)
			return true;
	return err_set(err, "%s '%.40s' is not supported", attribute, text);
}

/* A list of floats in an input; NULL where it is empty or not there. */
static bool read_scales(const struct node_shapes *shapes, size_t input, const float **scales, struct err *err)
{
	*scales = NULL;
	if (!node_has_input(shapes, input) || value_elements(shapes->inputs[input]) == 0)
		return true;
	const struct value *value = shapes->inputs[input];
	if (value->type != VALUE_FLOAT || value_elements(value) != shapes->inputs[0]->dims.rank)
		return err_set(err, "the scales must be as many floats as the input has dimensions");
	if (!value->data)
		return err_set(err, "the scales must be known before the network runs");
	*scales = value->data;
	return true;
}

static bool apply_scales(struct resize_settings *settings, const float *scales, struct err *err)
{
	for (int i = 0; i < settings->in.rank; i++) {
		double side = floor((double)settings->in.sides[i] * (double)scales[i]);
		if (!(scales[i] > 0) || side > (double)VALUE_ELEMENTS_MAX)
			return err_set(err, "an axis cannot be scaled by %g", (double)scales[i]);
		settings->scales[i] = (double)scales[i];
		settings->out.sides[i] = (int64_t)side;
	}
	return true;
}

static bool apply_sizes(struct resize_settings *settings, const int64_t *sizes, size_t count, struct err *err)
{
	if (count != (size_t)settings->in.rank)
		return err_set(err, "the sizes must be as many as the input has dimensions");
	for (int i = 0; i < settings->in.rank; i++) {
		if (sizes[i] < 0 || sizes[i] > VALUE_ELEMENTS_MAX || (sizes[i] > 0 && settings->in.sides[i] == 0))
			return err_set(err, "an axis cannot have the size %" PRId64, sizes[i]);
		settings->out.sides[i] = sizes[i];
		settings->scales[i] = (double)sizes[i] / (double)(settings->in.sides[i] ? settings->in.sides[i] : 1);
	}
	return true;
}

static struct resize_settings *new_resize(struct node_shapes *shapes)
{
	struct resize_settings *settings = ARENA_NEW(shapes->arena, struct resize_settings);
	shapes->settings = settings;
	settings->in = settings->out = shapes->inputs[0]->dims;
	return settings;
}

static bool finish(struct node_shapes *shapes, const struct resize_settings *settings)
{
	shapes->outputs[0].type = VALUE_FLOAT;
	shapes->outputs[0].dims = settings->out;
	return true;
}

/* What is not computed must not be asked for. */
static bool refuse_extras(const struct node_shapes *shapes, struct err *err)
{
	int64_t antialias;
	const char *policy;
	if (!node_int(shapes->node, "antialias", 0, &antialias, err) ||
	    !node_text(shapes->node, "keep_aspect_ratio_policy", "stretch", &policy, err))
		return false;
	if (antialias || strcmp(policy, "stretch") != 0 || node_attribute(shapes->node, "axes"))
		return err_set(err, "antialias, axes and keep_aspect_ratio_policy are not supported");
	return true;
}

bool infer_resize(struct node_shapes *shapes, struct err *err)
{
	enum { SIZES_SINCE = 11 };
	struct resize_settings *settings = new_resize(shapes);
	const float *scales;
	const int64_t *sizes = NULL;
	size_t count = 0;
	int64_t excludes;
	bool has_sizes = shapes->opset >= SIZES_SINCE;
	settings->coordinates = has_sizes ? HALF_PIXEL : ASYMMETRIC;
	settings->rounding = has_sizes ? ROUND_PREFER_FLOOR : FLOOR;
	if (!refuse_extras(shapes, err) ||
	    !read_choice(shapes, "mode", mode_names, RESIZE_MODES, &settings->mode, err) ||
	    !read_choice(shapes, "coordinate_transformation_mode", coordinate_names, COORDINATES,
			 &settings->coordinates, err) ||
	    !read_choice(shapes, "nearest_mode", rounding_names, ROUNDINGS, &settings->rounding, err) ||
	    !node_float(shapes->node, "cubic_coeff_a", -0.75, &settings->cubic_a, err) ||
	    !node_int(shapes->node, "exclude_outside", 0, &excludes, err) ||
	    !read_scales(shapes, has_sizes ? 2 : 1, &scales, err))
		return false;
	settings->excludes_outside = excludes != 0;
	if (!scales && has_sizes && !node_constant_ints(shapes, 3, "sizes", &sizes, &count, err))
		return false;
	if (!scales && !sizes)
		return err_set(err, "there are neither scales nor sizes");
	return (scales ? apply_scales(settings, scales, err) : apply_sizes(settings, sizes, count, err)) &&
	       finish(shapes, settings);
}

bool infer_upsample(struct node_shapes *shapes, struct err *err)
{
	enum { SCALES_ARE_INPUTS_SINCE = 9, MODES = 2 };
	struct resize_settings *settings = new_resize(shapes);
	const struct attribute *attribute = node_attribute(shapes->node, "scales");
	const float *scales;
	float from_attribute[DIMS_MAX];
	settings->coordinates = ASYMMETRIC;
	settings->rounding = FLOOR;
	if (shapes->opset >= 10)
		return err_set(err, "the operator set of this file has Resize instead");
	if (!read_choice(shapes, "mode", mode_names, MODES, &settings->mode, err) ||
	    !read_scales(shapes, 1, &scales, err))
		return false;
	if (shapes->opset < SCALES_ARE_INPUTS_SINCE && attribute && attribute->kind == ATTRIBUTE_FLOATS &&
	    attribute->count == (size_t)settings->in.rank) {
		for (int i = 0; i < settings->in.rank; i++)
			from_attribute[i] = (float)attribute->floats[i];
		scales = from_attribute;
	}
	if (!scales)
		return err_set(err, "there must be a scale for every dimension of the input");
	return apply_scales(settings, scales, err) && finish(shapes, settings);
}

/* For every output element along an axis: which input elements it is made of, by which weights. */
struct axis_table {
	int taps;
	int64_t *indices; /* side x taps */
	double *weights;
};

enum { TAPS_MAX = 4 };

/* Where the output element lies on the input's axis. */
static double source_position(const struct resize_settings *s, int axis, int64_t out)
{
	double scale = s->scales[axis];
	double in_side = (double)s->in.sides[axis];
	double out_side = (double)s->out.sides[axis];
	double x = (double)out;
	switch (s->coordinates) {
	case ALIGN_CORNERS:
		/* By the scale itself, as ONNX's tests have it, and not by the whole number of elements. */
		return out_side > 1 ? x * (in_side - 1) / (in_side * scale - 1) : 0;
	case ASYMMETRIC:
		return x / scale;
	case PYTORCH_HALF_PIXEL:
		return out_side > 1 ? (x + 0.5) / scale - 0.5 : 0;
	case HALF_PIXEL_SYMMETRIC: {
		double adjustment = out_side / (in_side * scale);
		return in_side / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5;
	}
	default:
		return (x + 0.5) / scale - 0.5;
	}
}

static double nearest(const struct resize_settings *s, double x)
{
	switch (s->rounding) {
	case FLOOR:
		return floor(x);
	case CEIL:
		return ceil(x);
	case ROUND_PREFER_CEIL:
		return floor(x + 0.5);
	default:
		return ceil(x - 0.5);
	}
}

static double cubic_weight(double a, double distance)
{
	double d = fabs(distance);
	if (d <= 1)
		return ((a + 2) * d - (a + 3)) * d * d + 1;
	return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static void fill_taps(const struct resize_settings *s, int axis, int64_t out, struct axis_table *table)
{
	double x = source_position(s, axis, out);
	int64_t side = s->in.sides[axis];
	double first = table->taps == 1 ? nearest(s, x) : floor(x) - (table->taps == TAPS_MAX ? 1 : 0);
	int64_t *indices = table->indices + out * table->taps;
	double *weights = table->weights + out * table->taps;
	double sum = 0;
	for (int tap = 0; tap < table->taps; tap++) {
		double at = first + tap;
		double weight = table->taps == 1   ? 1
				: table->taps == 2 ? 1 - fabs(x - at)
						   : cubic_weight(s->cubic_a, x - at);
		bool is_outside = at < 0 || at >= (double)side;
		weights[tap] = is_outside && s->excludes_outside ? 0 : weight;
		sum += weights[tap];
		indices[tap] = at < 0 ? 0 : at >= (double)side ? side - 1 : (int64_t)at;
	}
	for (int tap = 0; s->excludes_outside && tap < table->taps; tap++)
		weights[tap] /= sum;
}

static void make_table(const struct resize_settings *s, int axis, struct axis_table *table)
{
	static const int taps[RESIZE_MODES] = {1, 2, TAPS_MAX};
	int64_t side = s->out.sides[axis];
	table->taps = s->scales[axis] == 1.0 ? 1 : taps[s->mode];
	table->indices = mem_alloc((size_t)(side * table->taps) * sizeof *table->indices);
	table->weights = mem_alloc((size_t)(side * table->taps) * sizeof *table->weights);
	for (int64_t i = 0; i < side; i++) {
		if (s->scales[axis] == 1.0) {
			table->indices[i] = i;
			table->weights[i] = 1;
		} else {
			fill_taps(s, axis, i, table);
		}
	}
}

struct resize_job {
	const struct resize_settings *settings;
	struct axis_table tables[DIMS_MAX];
	const float *in;
	float *out;
};

/* The sum over the taps of this axis and those after it. */
static double sum_of(const struct resize_job *job, int axis, int64_t in, const int64_t position[DIMS_MAX])
{
	const struct dims *dims = &job->settings->in;
	if (axis == dims->rank)
		return (double)job->in[in];
	const struct axis_table *table = &job->tables[axis];
	double sum = 0;
	for (int tap = 0; tap < table->taps; tap++) {
		int64_t at = position[axis] * table->taps + tap;
		sum += table->weights[at] *
		       sum_of(job, axis + 1, in * dims->sides[axis] + table->indices[at], position);
	}
	return sum;
}

static void resize_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct resize_job *job = context;
	const struct dims *out = &job->settings->out;
	for (int64_t item = first; item < last; item++) {
		int64_t position[DIMS_MAX];
		int64_t rest = item;
		for (int i = out->rank - 1; i >= 0; i--) {
			position[i] = rest % out->sides[i];
			rest /= out->sides[i];
		}
		job->out[item] = (float)sum_of(job, 0, 0, position);
	}
}

void run_resize(const struct node_run *run, struct team *team)
{
	enum { GRAIN = 1024 };
	const struct resize_settings *settings = run->settings;
	struct resize_job job = {.settings = settings, .in = run->inputs[0]->data, .out = run->outputs[0]->data};
	if (value_elements(run->outputs[0]) == 0)
		return;
	for (int i = 0; i < settings->in.rank; i++)
		make_table(settings, i, &job.tables[i]);
	team_run(team, value_elements(run->outputs[0]), GRAIN, resize_items, &job);
	for (int i = 0; i < settings->in.rank; i++) {
		mem_free(job.tables[i].indices);
		mem_free(job.tables[i].weights);
	}
}
