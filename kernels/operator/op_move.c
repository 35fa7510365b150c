#include "kernels/operator/op_move.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"

/* Elements of the output in order, and by which steps through the input they are found. */
struct strided_settings {
	struct dims dims; /* as many elements as the output, not always in its shape */
	int64_t steps[DIMS_MAX];
	int64_t start;
};

struct strided_job {
	const struct strided_settings *settings;
	const char *in;
	char *out;
	size_t bytes; /* of an element */
	int64_t row;  /* elements of the last dimension */
};

static void copy_row(const struct strided_job *job, int64_t from, int64_t step, char *out)
{
	const char *in = job->in + from * (int64_t)job->bytes;
	if (step == 1) {
		memcpy(out, in, (size_t)job->row * job->bytes);
	} else if (job->bytes == sizeof(float)) {
		const uint32_t *source = (const uint32_t *)(const void *)in;
		uint32_t *target = (uint32_t *)(void *)out;
		for (int64_t i = 0; i < job->row; i++)
			target[i] = source[i * step];
	} else {
		for (int64_t i = 0; i < job->row; i++)
			memcpy(out + i * (int64_t)job->bytes, in + i * step * (int64_t)job->bytes, job->bytes);
	}
}

static void strided_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct strided_job *job = context;
	const struct strided_settings *s = job->settings;
	int rank = s->dims.rank;
	for (int64_t item = first; item < last; item++) {
		int64_t from = s->start;
		int64_t rest = item;
		for (int i = rank - 2; i >= 0; i--) {
			from += rest % s->dims.sides[i] * s->steps[i];
			rest /= s->dims.sides[i];
		}
		copy_row(job, from, rank > 0 ? s->steps[rank - 1] : 1,
			 job->out + (size_t)(item * job->row) * job->bytes);
	}
}

void run_strided(const struct node_run *run, struct team *team)
{
	enum { GRAIN_BYTES = 64 * 1024 };
	const struct strided_settings *settings = run->settings;
	int rank = settings->dims.rank;
	struct strided_job job = {
		.settings = settings,
		.in = run->inputs[0]->data,
		.out = run->outputs[0]->data,
		.bytes = value_types[run->inputs[0]->type].bytes,
		.row = rank > 0 ? settings->dims.sides[rank - 1] : 1,
	};
	int64_t elements = dims_elements(&settings->dims);
	if (elements > 0)
		team_run(team, elements / job.row, 1 + GRAIN_BYTES / ((int64_t)job.bytes * job.row), strided_items,
			 &job);
}

static struct strided_settings *new_strided(struct node_shapes *shapes)
{
	struct strided_settings *settings = ARENA_NEW(shapes->arena, struct strided_settings);
	shapes->settings = settings;
	shapes->outputs[0].type = shapes->inputs[0]->type;
	return settings;
}

bool infer_transpose(struct node_shapes *shapes, struct err *err)
{
	struct strided_settings *settings = new_strided(shapes);
	const struct dims *in = &shapes->inputs[0]->dims;
	const int64_t *order;
	size_t count;
	bool is_used[DIMS_MAX] = {false};
	if (!node_ints(shapes->node, "perm", &order, &count, err))
		return false;
	if (order && count != (size_t)in->rank)
		return err_set(err, "attribute 'perm' has %zu numbers and the input %d dimensions", count, in->rank);
	settings->dims.rank = in->rank;
	for (int i = 0; i < in->rank; i++) {
		int64_t from = order ? order[i] : in->rank - 1 - i;
		if (from < 0 || from >= in->rank || is_used[from])
			return err_set(err, "attribute 'perm' is no order of the input's %d dimensions", in->rank);
		is_used[from] = true;
		settings->dims.sides[i] = in->sides[from];
		settings->steps[i] = dims_product(in, (int)from + 1, in->rank);
	}
	shapes->outputs[0].dims = settings->dims;
	return true;
}

/* Blocks of the channels become blocks of pixels, or the reverse: a transposition of six dimensions. */
static bool infer_blocks(struct node_shapes *shapes, bool is_to_space, bool is_crd, struct err *err)
{
	struct strided_settings *settings = new_strided(shapes);
	const struct dims *in = &shapes->inputs[0]->dims;
	char text[DIMS_TEXT_BYTES];
	int64_t b;
	if (!node_int(shapes->node, "blocksize", 0, &b, err))
		return false;
	if (in->rank != 4 || b < 1 || b > 1 << 12 || (is_to_space && in->sides[1] % (b * b) != 0) ||
	    (!is_to_space && (in->sides[2] % b != 0 || in->sides[3] % b != 0)))
		return err_set(err, "an input of %s cannot be cut into blocks of %" PRId64, dims_text(in, text), b);
	int64_t c = in->sides[1], h = in->sides[2], w = in->sides[3];
	int64_t plane = h * w, image = c * plane;
	int64_t d = c / (b * b);
	if (is_to_space) {
		int64_t y = is_crd ? b * plane : d * b * plane;
		int64_t x = is_crd ? plane : d * plane;
		int64_t channel = is_crd ? b * b * plane : plane;
		*settings = (struct strided_settings){.dims = {6, {in->sides[0], d, h, b, w, b}},
						      .steps = {image, channel, w, y, 1, x}};
		shapes->outputs[0].dims = (struct dims){4, {in->sides[0], d, h * b, w * b}};
	} else {
		*settings = (struct strided_settings){.dims = {6, {in->sides[0], b, b, c, h / b, w / b}},
						      .steps = {image, w, 1, plane, b * w, b}};
		shapes->outputs[0].dims = (struct dims){4, {in->sides[0], c * b * b, h / b, w / b}};
	}
	return true;
}

bool infer_depth_to_space(struct node_shapes *shapes, struct err *err)
{
	const char *mode;
	if (!node_text(shapes->node, "mode", "DCR", &mode, err))
		return false;
	if (strcmp(mode, "DCR") != 0 && strcmp(mode, "CRD") != 0)
		return err_set(err, "mode '%.20s' is neither DCR nor CRD", mode);
	return infer_blocks(shapes, true, strcmp(mode, "CRD") == 0, err);
}

bool infer_space_to_depth(struct node_shapes *shapes, struct err *err)
{
	return infer_blocks(shapes, false, false, err);
}

bool infer_expand(struct node_shapes *shapes, struct err *err)
{
	struct strided_settings *settings = new_strided(shapes);
	const struct dims *in = &shapes->inputs[0]->dims;
	char in_text[DIMS_TEXT_BYTES];
	char text[DIMS_TEXT_BYTES];
	struct dims wanted;
	const int64_t *sides;
	size_t count;
	if (!node_constant_ints(shapes, 1, "shape", &sides, &count, err))
		return false;
	if (count > DIMS_MAX)
		return err_set(err, "the shape has %zu dimensions; at most %d can be computed", count, DIMS_MAX);
	wanted.rank = (int)count;
	for (size_t i = 0; i < count; i++)
		wanted.sides[i] = sides[i];
	if (!dims_is_valid(&wanted) || !dims_broadcast(in, &wanted, &settings->dims))
		return err_set(err, "%s cannot be expanded to %s", dims_text(in, in_text), dims_text(&wanted, text));
	dims_steps(in, &settings->dims, settings->steps);
	shapes->outputs[0].dims = settings->dims;
	return true;
}

/* One axis of a slice: how many elements, from where. Bounds beyond the axis are cut to it. */
static bool slice_axis(int64_t side, int64_t start, int64_t end, int64_t step, int64_t *first, int64_t *count,
		       struct err *err)
{
	*first = *count = 0;
	if (step == 0 || step < -VALUE_ELEMENTS_MAX || step > VALUE_ELEMENTS_MAX)
		return err_set(err, "a slice cannot have the step %" PRId64, step);
	start = start < 0 ? start + side : start;
	end = end < 0 ? end + side : end;
	int64_t least = step > 0 ? 0 : -1;
	int64_t most = step > 0 ? side : side - 1;
	start = start < 0 ? 0 : start;
	start = start > most ? most : start;
	end = end < least ? least : end;
	end = end > side ? side : end;
	int64_t span = step > 0 ? end - start : start - end;
	int64_t size = step > 0 ? step : -step;
	*first = start;
	*count = span > 0 ? (span + size - 1) / size : 0;
	return true;
}

struct slice_lists {
	const int64_t *starts, *ends, *axes, *steps;
	size_t count, end_count, axis_count, step_count;
};

static bool read_slice(const struct node_shapes *shapes, struct slice_lists *lists, struct err *err)
{
	enum { LISTS_ARE_INPUTS_SINCE = 10 };
	if (!node_list(shapes, "starts", 1, LISTS_ARE_INPUTS_SINCE, &lists->starts, &lists->count, err) ||
	    !node_list(shapes, "ends", 2, LISTS_ARE_INPUTS_SINCE, &lists->ends, &lists->end_count, err) ||
	    !node_list(shapes, "axes", 3, LISTS_ARE_INPUTS_SINCE, &lists->axes, &lists->axis_count, err))
		return false;
	lists->steps = NULL;
	lists->step_count = 0;
	if (shapes->opset >= LISTS_ARE_INPUTS_SINCE &&
	    !node_constant_ints(shapes, 4, "steps", &lists->steps, &lists->step_count, err))
		return false;
	if (!lists->starts || !lists->ends || lists->end_count != lists->count ||
	    (lists->axes && lists->axis_count != lists->count) || (lists->steps && lists->step_count != lists->count))
		return err_set(err, "starts, ends, axes and steps must be lists of one length");
	return true;
}

bool infer_slice(struct node_shapes *shapes, struct err *err)
{
	struct strided_settings *settings = new_strided(shapes);
	const struct dims *in = &shapes->inputs[0]->dims;
	struct slice_lists lists;
	if (!read_slice(shapes, &lists, err))
		return false;
	settings->dims = *in;
	dims_steps(in, in, settings->steps);
	for (size_t i = 0; i < lists.count; i++) {
		int axis;
		int64_t first, count;
		int64_t step = lists.steps ? lists.steps[i] : 1;
		if (!node_axis(lists.axes ? lists.axes[i] : (int64_t)i, in->rank, false, &axis, err) ||
		    !slice_axis(in->sides[axis], lists.starts[i], lists.ends[i], step, &first, &count, err))
			return false;
		settings->dims.sides[axis] = count;
		settings->start += first * settings->steps[axis];
		settings->steps[axis] *= count > 1 ? step : 1;
	}
	shapes->outputs[0].dims = settings->dims;
	return true;
}

/* Values side by side: for every outer element, what each has from the axis on. */
struct join_settings {
	int64_t outer;
	int64_t inner; /* elements after the axis */
	int axis;
};

bool infer_concat(struct node_shapes *shapes, struct err *err)
{
	struct join_settings *settings = ARENA_NEW(shapes->arena, struct join_settings);
	struct dims *out = &shapes->outputs[0].dims;
	char a[DIMS_TEXT_BYTES];
	char b[DIMS_TEXT_BYTES];
	int64_t given;
	shapes->settings = settings;
	*out = shapes->inputs[0]->dims;
	shapes->outputs[0].type = shapes->inputs[0]->type;
	if (!node_int(shapes->node, "axis", 1, &given, err) ||
	    !node_axis(given, out->rank, false, &settings->axis, err))
		return false;
	for (size_t i = 1; i < shapes->input_count; i++) {
		const struct value *value = shapes->inputs[i];
		if (!value || value->type != shapes->outputs[0].type)
			return err_set(err, "input %zu is missing or of another type than the first", i + 1);
		struct dims with = value->dims;
		int64_t side = with.sides[settings->axis];
		with.sides[settings->axis] = out->sides[settings->axis];
		if (!dims_equal(&with, out))
			return err_set(err, "%s and %s cannot be joined along axis %d", dims_text(out, a),
				       dims_text(&value->dims, b), settings->axis);
		out->sides[settings->axis] += side;
		if (!dims_is_valid(out))
			return err_set(err, "the output is too large");
	}
	settings->outer = dims_product(out, 0, settings->axis);
	settings->inner = dims_product(out, settings->axis + 1, out->rank);
	return true;
}

struct part_job {
	char *whole;
	char *part;
	bool is_split;      /* the part is written, else the whole */
	size_t whole_bytes; /* of one outer element */
	size_t part_bytes;
};

static void part_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct part_job *job = context;
	for (int64_t i = first; i < last; i++) {
		char *whole = job->whole + (size_t)i * job->whole_bytes;
		char *part = job->part + (size_t)i * job->part_bytes;
		memcpy(job->is_split ? part : whole, job->is_split ? whole : part, job->part_bytes);
	}
}

static void run_parts(const struct join_settings *settings, const struct value *whole, const struct value *const *parts,
		      size_t count, bool is_split, struct team *team)
{
	size_t bytes = value_types[whole->type].bytes;
	size_t offset = 0;
	size_t whole_bytes = (size_t)(whole->dims.sides[settings->axis] * settings->inner) * bytes;
	for (size_t i = 0; i < count; i++) {
		if (!parts[i])
			continue;
		struct part_job job = {
			.whole = (char *)whole->data + offset,
			.part = parts[i]->data,
			.is_split = is_split,
			.whole_bytes = whole_bytes,
			.part_bytes = (size_t)(parts[i]->dims.sides[settings->axis] * settings->inner) * bytes,
		};
		team_run(team, settings->outer, 1, part_items, &job);
		offset += job.part_bytes;
	}
}

void run_concat(const struct node_run *run, struct team *team)
{
	run_parts(run->settings, run->outputs[0], run->inputs, run->input_count, false, team);
}

/* The sizes of a split's parts: as listed, or as equal as they can be. */
static bool read_sizes(struct node_shapes *shapes, int64_t side, const int64_t **sizes, struct err *err)
{
	enum { SIZES_ARE_INPUTS_SINCE = 13 };
	size_t count;
	int64_t sum = 0;
	if (!node_list(shapes, "split", 1, SIZES_ARE_INPUTS_SINCE, sizes, &count, err))
		return false;
	if (!*sizes) {
		int64_t parts = (int64_t)shapes->output_count;
		int64_t *equal = ARENA_ARRAY(shapes->arena, int64_t, shapes->output_count);
		int64_t size = (side + parts - 1) / parts;
		for (int64_t i = 0; i < parts; i++)
			equal[i] = side - i * size < size ? side - i * size : size;
		*sizes = equal;
		count = shapes->output_count;
	}
	if (count != shapes->output_count)
		return err_set(err, "the list of parts has %zu numbers, and there are %zu outputs", count,
			       shapes->output_count);
	for (size_t i = 0; i < count; i++) {
		if ((*sizes)[i] < 0 || (*sizes)[i] > side)
			return err_set(err, "a part of %" PRId64 " elements does not fit an axis of %" PRId64,
				       (*sizes)[i], side);
		sum += (*sizes)[i];
	}
	return sum == side || err_set(err, "the parts have %" PRId64 " elements, and the axis has %" PRId64, sum, side);
}

bool infer_split(struct node_shapes *shapes, struct err *err)
{
	struct join_settings *settings = ARENA_NEW(shapes->arena, struct join_settings);
	const struct dims *in = &shapes->inputs[0]->dims;
	const int64_t *sizes;
	int64_t given;
	shapes->settings = settings;
	if (!node_int(shapes->node, "axis", 0, &given, err) ||
	    !node_axis(given, in->rank, false, &settings->axis, err) ||
	    !read_sizes(shapes, in->sides[settings->axis], &sizes, err))
		return false;
	for (size_t i = 0; i < shapes->output_count; i++) {
		shapes->outputs[i].type = shapes->inputs[0]->type;
		shapes->outputs[i].dims = *in;
		shapes->outputs[i].dims.sides[settings->axis] = sizes[i];
	}
	settings->outer = dims_product(in, 0, settings->axis);
	settings->inner = dims_product(in, settings->axis + 1, in->rank);
	return true;
}

void run_split(const struct node_run *run, struct team *team)
{
	const struct value *parts[GRAPH_PORTS_MAX];
	for (size_t i = 0; i < run->output_count; i++)
		parts[i] = run->outputs[i];
	run_parts(run->settings, run->inputs[0], parts, run->output_count, true, team);
}

struct gather_settings {
	int64_t outer;
	int64_t side; /* of the axis that is looked up */
	int64_t inner;
};

bool infer_gather(struct node_shapes *shapes, struct err *err)
{
	struct gather_settings *settings = ARENA_NEW(shapes->arena, struct gather_settings);
	const struct dims *in = &shapes->inputs[0]->dims;
	const struct value *indices = shapes->inputs[1];
	struct dims *out = &shapes->outputs[0].dims;
	int64_t given;
	int axis;
	shapes->settings = settings;
	if (!node_int(shapes->node, "axis", 0, &given, err) || !node_axis(given, in->rank, false, &axis, err))
		return false;
	if (indices->type != VALUE_INT64 && indices->type != VALUE_INT32)
		return err_set(err, "the indices must be of type int64 or int32");
	if (in->rank - 1 + indices->dims.rank > DIMS_MAX)
		return err_set(err, "the output would have more than %d dimensions", DIMS_MAX);
	*settings = (struct gather_settings){dims_product(in, 0, axis), in->sides[axis],
					     dims_product(in, axis + 1, in->rank)};
	if (settings->side == 0 && value_elements(indices) > 0)
		return err_set(err, "the axis that is looked up is empty");
	for (int i = 0; i < axis; i++)
		out->sides[out->rank++] = in->sides[i];
	for (int i = 0; i < indices->dims.rank; i++)
		out->sides[out->rank++] = indices->dims.sides[i];
	for (int i = axis + 1; i < in->rank; i++)
		out->sides[out->rank++] = in->sides[i];
	shapes->outputs[0].type = shapes->inputs[0]->type;
	for (int64_t i = 0; indices->data && i < value_elements(indices); i++) {
		int64_t index = value_int(indices, i);
		if (index < -settings->side || index >= settings->side)
			return err_set(err, "index %" PRId64 " is outside of an axis of %" PRId64, index,
				       settings->side);
	}
	return true;
}

/* Indices that are computed while the network runs are brought into the axis, whatever they are. */
static int64_t index_within(int64_t index, int64_t side)
{
	index = index < 0 ? index + side : index;
	return index < 0 ? 0 : index >= side ? side - 1 : index;
}

void run_gather(const struct node_run *run, struct team *team)
{
	const struct gather_settings *s = run->settings;
	const struct value *indices = run->inputs[1];
	size_t bytes = (size_t)s->inner * value_types[run->inputs[0]->type].bytes;
	const char *in = run->inputs[0]->data;
	char *out = run->outputs[0]->data;
	int64_t count = value_elements(indices);
	for (int64_t outer = 0; outer < s->outer; outer++)
		for (int64_t i = 0; i < count; i++, out += bytes)
			memcpy(out,
			       in + (size_t)(outer * s->side + index_within(value_int(indices, i), s->side)) * bytes,
			       bytes);
}
