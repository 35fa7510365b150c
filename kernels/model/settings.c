#include "kernels/model/settings.h"

#include <string.h>

#include "base/check.h"

static const char *const paddings[] = {[PADDING_VALID] = "valid", [PADDING_SAME] = "same", NULL};

#define SIDE_MAX ((double)SHAPE_SIDE_MAX)
#define FIELD(member, type, ...) BIND_FIELD(struct layer_settings, member, type, __VA_ARGS__)

#define NAME_AND_KIND \
	FIELD(name, BIND_TEXT, .required = true, .help = "the layer's name, unique in the network"), \
		FIELD(kind, BIND_TEXT, .required = true, .help = "what the layer computes")

#define WINDOW(kernel_help) \
	FIELD(kernel, BIND_INT_LIST, .required = true, .min = 1, .max = SIDE_MAX, .count_max = 2, \
	      .help = kernel_help), \
		FIELD(stride, BIND_INT_LIST, .min = 1, .max = SIDE_MAX, .count_max = 2, .fallback = "[1, 1]", \
		      .help = "steps of the window, [height, width] in pixels"), \
		FIELD(dilation, BIND_INT_LIST, .min = 1, .max = SIDE_MAX, .count_max = 2, .fallback = "[1, 1]", \
		      .help = "distance between the window's pixels, [height, width]"), \
		FIELD(padding, BIND_CHOICE, .choices = paddings, .fallback = "valid", \
		      .help = "valid: none but pads; same: output is input / stride, rounded up (TensorFlow's SAME)"), \
		FIELD(pads, BIND_INT_LIST, .min = 0, .max = SIDE_MAX, .count_max = 4, .fallback = "[0, 0, 0, 0]", \
		      .help = "pixels around the image, [top, left, bottom, right]")

#define BIAS FIELD(bias, BIND_BOOL, .fallback = "true", .help = "whether a bias is added to every output")

static const struct bind_field plain_fields[] = {NAME_AND_KIND, BIND_END};

static const struct bind_field conv_fields[] = {
	NAME_AND_KIND,
	FIELD(filters, BIND_INT, .required = true, .min = 1, .max = SIDE_MAX, .help = "output channels"),
	WINDOW("size of a filter, [height, width] in pixels"),
	FIELD(groups, BIND_INT, .min = 1, .max = SIDE_MAX, .fallback = "1",
	      .help = "channels are split into so many independent convolutions"),
	BIAS,
	BIND_END,
};

static const struct bind_field maxpool_fields[] = {
	NAME_AND_KIND,
	WINDOW("size of the window, [height, width] in pixels"),
	FIELD(ceil, BIND_BOOL, .fallback = "false", .help = "round output sizes up, as Caffe does"),
	BIND_END,
};

static const struct bind_field avgpool_fields[] = {
	NAME_AND_KIND,
	WINDOW("size of the window, [height, width] in pixels"),
	FIELD(ceil, BIND_BOOL, .fallback = "false", .help = "round output sizes up, as Caffe does"),
	FIELD(count_include_pad, BIND_BOOL, .fallback = "false", .help = "padding counts as zeros in the average"),
	BIND_END,
};

static const struct bind_field lrn_fields[] = {
	NAME_AND_KIND,
	FIELD(size, BIND_INT, .min = 1, .max = SIDE_MAX, .fallback = "5", .help = "channels that are summed over"),
	FIELD(alpha, BIND_DOUBLE, .min = 0, .max = 1e6, .fallback = "0.0001",
	      .help = "weight of the mean of squares (divided by size)"),
	FIELD(beta, BIND_DOUBLE, .min = 0, .max = 100, .fallback = "0.75", .help = "exponent"),
	FIELD(k, BIND_DOUBLE, .min = 1e-6, .max = 1e6, .fallback = "1", .help = "what the sum starts from"),
	BIND_END,
};

static const struct bind_field fc_fields[] = {
	NAME_AND_KIND,
	FIELD(outputs, BIND_INT, .required = true, .min = 1, .max = SIDE_MAX, .help = "output values"),
	BIAS,
	BIND_END,
};

#define SCHEMA(table, words) \
	{ \
		.title = words, .bytes = sizeof(struct layer_settings), .fields = table \
	}

static const struct bind_schema schemas[LAYER_KINDS] = {
	[LAYER_CONV] = SCHEMA(conv_fields, "a conv layer"),
	[LAYER_MAXPOOL] = SCHEMA(maxpool_fields, "a maxpool layer"),
	[LAYER_AVGPOOL] = SCHEMA(avgpool_fields, "an avgpool layer"),
	[LAYER_LRN] = SCHEMA(lrn_fields, "an lrn layer"),
	[LAYER_RELU] = SCHEMA(plain_fields, "a relu layer"),
	[LAYER_FC] = SCHEMA(fc_fields, "an fc layer"),
	[LAYER_SOFTMAX] = SCHEMA(plain_fields, "a softmax layer"),
	[LAYER_DROPOUT] = SCHEMA(plain_fields, "a dropout layer"),
};

/* The kind decides which keys there are, so it is read first. */
static enum layer_kind read_kind(const struct yaml_node *node, struct diag *diag)
{
	const struct yaml_node *kind = yaml_get(node, "kind");
	if (!kind) {
		diag_error(diag, node->place, "a layer needs a 'kind'");
		return LAYER_KINDS;
	}
	if (kind->kind != YAML_SCALAR) {
		diag_error(diag, kind->place, "'kind' must be text, not %s", yaml_describe(kind, &diag->arena));
		return LAYER_KINDS;
	}
	enum layer_kind found = layer_kind_find(kind->text);
	if (found < LAYER_KINDS)
		return found;
	const char *names[LAYER_KINDS];
	const char *list = "";
	for (int i = 0; i < LAYER_KINDS; i++) {
		names[i] = layer_kinds[i].name;
		list = arena_printf(&diag->arena, "%s%s%s", list, i ? ", " : "", names[i]);
	}
	const char *meant = did_you_mean(kind->text, names, LAYER_KINDS);
	if (meant)
		diag_error(diag, kind->place, "unknown kind '%.80s'; did you mean '%s'?", kind->text, meant);
	else
		diag_error(diag, kind->place, "unknown kind '%.80s'; there are %s", kind->text, list);
	return LAYER_KINDS;
}

static void check_count(const struct yaml_node *node, const char *key, size_t count, size_t all, const char *order,
			struct diag *diag)
{
	if (count != 1 && count != all)
		diag_error(diag, bind_place(node, key), "'%s' has %zu numbers; it needs %zu, %s, or one for all", key,
			   count, all, order);
}

static void check_window(const struct yaml_node *node, const struct layer_settings *settings, struct diag *diag)
{
	check_count(node, "kernel", settings->kernel.count, 2, "[height, width]", diag);
	check_count(node, "stride", settings->stride.count, 2, "[height, width]", diag);
	check_count(node, "dilation", settings->dilation.count, 2, "[height, width]", diag);
	check_count(node, "pads", settings->pads.count, 4, "[top, left, bottom, right]", diag);
	if (settings->padding == PADDING_SAME && yaml_get(node, "pads"))
		diag_error(diag, bind_place(node, "pads"), "'pads' contradicts 'padding: same'; write one of the two");
}

bool layer_settings_read(const struct yaml_node *node, struct arena *arena, struct diag *diag,
			 struct layer_settings *settings)
{
	size_t errors = diag->error_count;
	*settings = (struct layer_settings){0};
	if (node->kind != YAML_MAP) {
		diag_error(diag, node->place, "a layer must be a mapping, not %s", yaml_describe(node, &diag->arena));
		return false;
	}
	enum layer_kind kind = read_kind(node, diag);
	if (kind == LAYER_KINDS)
		return false;
	bind_map(&schemas[kind], node, settings, arena, diag);
	bool has_window = kind == LAYER_CONV || kind == LAYER_MAXPOOL || kind == LAYER_AVGPOOL;
	if (has_window && diag->error_count == errors)
		check_window(node, settings, diag);
	return diag->error_count == errors;
}

static int64_t element(const struct bind_ints *list, size_t index)
{
	return list->values[list->count == 1 ? 0 : index];
}

static struct window make_window(const struct layer_settings *settings, struct shape input)
{
	enum { TOP, LEFT, BOTTOM, RIGHT };
	struct window window = {
		.y =
			{
				.kernel = element(&settings->kernel, 0),
				.stride = element(&settings->stride, 0),
				.pad_before = element(&settings->pads, TOP),
				.pad_after = element(&settings->pads, BOTTOM),
				.dilation = element(&settings->dilation, 0),
			},
		.x =
			{
				.kernel = element(&settings->kernel, 1),
				.stride = element(&settings->stride, 1),
				.pad_before = element(&settings->pads, LEFT),
				.pad_after = element(&settings->pads, RIGHT),
				.dilation = element(&settings->dilation, 1),
			},
		.ceil = settings->ceil,
	};
	if (settings->padding == PADDING_SAME)
		window_pad_same(&window, input);
	return window;
}

struct layer layer_settings_make(const struct layer_settings *settings, struct shape input)
{
	struct layer layer = {.name = settings->name, .kind = layer_kind_find(settings->kind)};
	CHECK(layer.kind < LAYER_KINDS);
	if (layer.kind == LAYER_CONV)
		layer.conv = (struct conv){
			.window = make_window(settings, input),
			.filters = settings->filters,
			.groups = settings->groups,
			.has_bias = settings->bias,
		};
	else if (layer.kind == LAYER_MAXPOOL || layer.kind == LAYER_AVGPOOL)
		layer.pool = (struct pool){
			.window = make_window(settings, input),
			.count_include_pad = settings->count_include_pad,
		};
	else if (layer.kind == LAYER_LRN)
		layer.lrn = (struct lrn){
			.size = settings->size,
			.alpha = (float)settings->alpha,
			.beta = (float)settings->beta,
			.k = (float)settings->k,
		};
	else if (layer.kind == LAYER_FC)
		layer.fc = (struct fc){.outputs = settings->outputs, .has_bias = settings->bias};
	return layer;
}
