/*
 * Padding (https://onnx.ai/onnx/operators/onnx__Pad.html). Every output element knows, axis by axis, which input
 * element it repeats or that it is the constant; negative pads cut.
 */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_move.h"

enum pad_mode { PAD_CONSTANT, PAD_REFLECT, PAD_EDGE, PAD_WRAP, PAD_MODES };
static const char *const mode_names[PAD_MODES] = {
	[PAD_CONSTANT] = "constant", [PAD_REFLECT] = "reflect", [PAD_EDGE] = "edge", [PAD_WRAP] = "wrap"};

struct pad_settings {
	enum pad_mode mode;
	struct dims in;
	struct dims out;
	int64_t before[DIMS_MAX];
	double constant; /* where it is an attribute or nothing */
	bool has_constant_input;
};

static bool read_mode(const struct node_shapes *shapes, struct pad_settings *settings, struct err *err)
{
	const char *mode;
	int found = 0;
	if (!node_text(shapes->node, "mode", "constant", &mode, err))
		return false;
	while (found < PAD_MODES && strcmp(mode, mode_names[found]) != 0)
		found++;
	settings->mode = (enum pad_mode)found;
	return found < PAD_MODES || err_set(err, "mode '%.20s' is none of constant, reflect, edge and wrap", mode);
}

static bool apply_pads(struct pad_settings *settings, int axis, int64_t before, int64_t after, struct err *err)
{
	int64_t side = settings->in.sides[axis];
	if (before < -VALUE_ELEMENTS_MAX || before > VALUE_ELEMENTS_MAX || after < -VALUE_ELEMENTS_MAX ||
	    after > VALUE_ELEMENTS_MAX || side + before + after < 0)
		return err_set(err, "pads of %" PRId64 " and %" PRId64 " do not fit an axis of %" PRId64, before, after,
			       side);
	if (settings->mode == PAD_REFLECT && (before >= side || after >= side) && (before > 0 || after > 0))
		return err_set(err, "an axis of %" PRId64 " cannot be reflected over %" PRId64 " elements", side,
			       before > after ? before : after);
	if (settings->mode != PAD_CONSTANT && side == 0 && before + after > 0)
		return err_set(err, "there is nothing to pad an empty axis with");
	settings->before[axis] = before;
	settings->out.sides[axis] = side + before + after;
	return true;
}

bool infer_pad(struct node_shapes *shapes, struct err *err)
{
	enum { PADS_ARE_INPUTS_SINCE = 11 };
	struct pad_settings *settings = ARENA_NEW(shapes->arena, struct pad_settings);
	const struct dims *in = &shapes->inputs[0]->dims;
	const int64_t *pads, *axes = NULL;
	size_t count, axis_count = (size_t)in->rank;
	shapes->settings = settings;
	settings->in = settings->out = *in;
	if (!read_mode(shapes, settings, err) ||
	    !node_list(shapes, "pads", 1, PADS_ARE_INPUTS_SINCE, &pads, &count, err) ||
	    !node_float(shapes->node, "value", 0, &settings->constant, err))
		return false;
	settings->has_constant_input = node_has_input(shapes, 2);
	if (settings->has_constant_input &&
	    (shapes->inputs[2]->type != shapes->inputs[0]->type || value_elements(shapes->inputs[2]) != 1))
		return err_set(err, "input 3, the constant, must be one number of the first input's type");
	if (node_has_input(shapes, 3) && !node_constant_ints(shapes, 3, "axes", &axes, &axis_count, err))
		return false;
	if (!pads || count != 2 * axis_count)
		return err_set(err, "there must be %zu pads", 2 * axis_count);
	for (size_t i = 0; i < axis_count; i++) {
		int axis;
		if (!node_axis(axes ? axes[i] : (int64_t)i, in->rank, false, &axis, err) ||
		    !apply_pads(settings, axis, pads[i], pads[axis_count + i], err))
			return false;
	}
	shapes->outputs[0].type = shapes->inputs[0]->type;
	shapes->outputs[0].dims = settings->out;
	return true;
}

/* The input element of an axis that the output element repeats; -1: the constant. */
static int64_t source_of(const struct pad_settings *settings, int axis, int64_t out)
{
	int64_t side = settings->in.sides[axis];
	int64_t i = out - settings->before[axis];
	if (i >= 0 && i < side)
		return i;
	switch (settings->mode) {
	case PAD_REFLECT:
		return i < 0 ? -i : 2 * (side - 1) - i;
	case PAD_EDGE:
		return i < 0 ? 0 : side - 1;
	case PAD_WRAP:
		return (i % side + side) % side;
	default:
		return -1;
	}
}

struct pad_job {
	const struct pad_settings *settings;
	const char *in;
	char *out;
	size_t bytes;
	const void *constant;
};

/* One row: the elements of the last axis. */
static void pad_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct pad_job *job = context;
	const struct pad_settings *s = job->settings;
	int last_axis = s->out.rank - 1;
	int64_t width = s->out.sides[last_axis];
	for (int64_t row = first; row < last; row++) {
		int64_t from = 0, rest = row, step = s->in.sides[last_axis];
		for (int i = last_axis - 1; i >= 0; i--) {
			int64_t source = source_of(s, i, rest % s->out.sides[i]);
			from = source < 0 || from < 0 ? -1 : from + source * step;
			rest /= s->out.sides[i];
			step *= s->in.sides[i];
		}
		for (int64_t x = 0; x < width; x++) {
			int64_t source = from < 0 ? -1 : source_of(s, last_axis, x);
			const void *value = source < 0 ? job->constant : job->in + (size_t)(from + source) * job->bytes;
			memcpy(job->out + (size_t)(row * width + x) * job->bytes, value, job->bytes);
		}
	}
}

void run_pad(const struct node_run *run, struct team *team)
{
	const struct pad_settings *settings = run->settings;
	struct value constant = {.type = run->inputs[0]->type};
	int64_t bits = 0;
	float number = (float)settings->constant;
	memcpy(&bits, &number, constant.type == VALUE_FLOAT ? sizeof number : 0);
	constant.data = settings->has_constant_input ? run->inputs[2]->data : &bits;
	struct pad_job job = {
		.settings = settings,
		.in = run->inputs[0]->data,
		.out = run->outputs[0]->data,
		.bytes = value_types[constant.type].bytes,
		.constant = constant.data,
	};
	int64_t elements = value_elements(run->outputs[0]);
	if (settings->out.rank == 0)
		memcpy(job.out, job.in, job.bytes);
	else if (elements > 0)
		team_run(team, elements / settings->out.sides[settings->out.rank - 1], 64, pad_items, &job);
}
