/*
 * Reading a model file: the document is bound by table, then layers are chained by their shapes and functions are
 * checked to take them all in order. What depends on a broken layer is not reported a second time.
 */
#include <inttypes.h>
#include <string.h>

#include "doc/bind.h"
#include "kernels/model/model.h"
#include "kernels/model/settings.h"

enum { FUNCTIONS_MAX = 100 };

struct function_text {
	const char *name;
	struct bind_texts layers;
};

struct model_text {
	const char *name;
	const char *description;
	struct shape input;
	const struct yaml_node *layers;
	struct bind_structs functions;
};

#define SIDE_MAX ((double)SHAPE_SIDE_MAX)

static const struct bind_field input_fields[] = {
	BIND_FIELD(struct shape, channels, BIND_INT, .required = true, .min = 1, .max = SIDE_MAX,
		   .help = "channels of an image: 3 for colour"),
	BIND_FIELD(struct shape, height, BIND_INT, .min = 1, .max = SIDE_MAX, .fallback = "1", .help = "pixels"),
	BIND_FIELD(struct shape, width, BIND_INT, .min = 1, .max = SIDE_MAX, .fallback = "1", .help = "pixels"),
	BIND_END,
};

static const struct bind_schema input_schema = {
	.title = "an input shape",
	.bytes = sizeof(struct shape),
	.fields = input_fields,
};

static const struct bind_field function_fields[] = {
	BIND_FIELD(struct function_text, layers, BIND_TEXT_LIST, .required = true, .count_max = MODEL_LAYERS_MAX,
		   .help = "names of the layers that the function computes, in network order"),
	BIND_END,
};

static const struct bind_schema function_schema = {
	.title = "a function",
	.bytes = sizeof(struct function_text),
	.fields = function_fields,
	.name_offset_plus_one = offsetof(struct function_text, name) + 1,
};

static const struct bind_field model_fields[] = {
	BIND_FIELD(struct model_text, name, BIND_TEXT, .required = true, .help = "the network's name"),
	BIND_FIELD(struct model_text, description, BIND_TEXT, .help = "one line on where the network comes from"),
	BIND_FIELD(struct model_text, input, BIND_STRUCT, .required = true, .schema = &input_schema,
		   .help = "shape of one input image"),
	BIND_FIELD(struct model_text, layers, BIND_NODE, .required = true, .help = "the layers, in order"),
	BIND_FIELD(struct model_text, functions, BIND_STRUCT_MAP, .schema = &function_schema,
		   .count_max = FUNCTIONS_MAX, .help = "how the layers are split over functions, in order"),
	BIND_END,
};

const struct bind_schema model_schema = {
	.title = "a model",
	.bytes = sizeof(struct model_text),
	.fields = model_fields,
};

/* What the steps of reading share. */
struct reader {
	struct arena *arena;
	struct diag *diag;
	struct model *model;
	const struct yaml_node *root;
};

static struct diag_place name_place(const struct yaml_node *node)
{
	return bind_place(node, "name");
}

/* Names stand in tables, CSV and dotted keys: a dot or a blank in one would break them. */
static void check_name(struct reader *reader, const char *what, const char *name, struct diag_place place)
{
	enum { NAME_BYTES_MAX = 64 };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t length = strlen(name);
	if (length == 0 || length > NAME_BYTES_MAX)
		diag_error(reader->diag, place, "the name of a %s must have 1 to %d characters", what, NAME_BYTES_MAX);
	else if (strspn(name, letters) != length)
		diag_error(reader->diag, place, "the name '%s' may have letters, digits, '_' and '-' only", name);
}

static void check_unique_layer(struct reader *reader, const struct layer_settings *settings,
			       const struct yaml_node *node)
{
	int first = model_find_layer(reader->model, settings->name);
	if (first >= 0)
		diag_error(reader->diag, name_place(node), "a layer named '%.80s' is already there, as number %d",
			   settings->name, first + 1);
}

/* Appends the layer; *shape becomes its output. False when no later shape can be told. */
static bool add_layer(struct reader *reader, const struct layer_settings *settings, const struct yaml_node *node,
		      struct shape *shape)
{
	struct layer layer = layer_settings_make(settings, *shape);
	const char *key;
	struct err err;
	bool ok = layer_infer(&layer, *shape, &key, &err);
	if (ok)
		*shape = layer.output;
	else
		diag_error(reader->diag, bind_place(node, key), "layer '%s': %s", settings->name, err.text);
	reader->model->layers[reader->model->layer_count++] = layer;
	return ok;
}

static void read_layers(struct reader *reader, const struct yaml_node *list, bool has_input)
{
	if (list->kind != YAML_LIST || list->count == 0) {
		diag_error(reader->diag, list->place, "'layers' must be a list of at least one layer");
		return;
	}
	if (list->count > MODEL_LAYERS_MAX) {
		diag_error(reader->diag, list->place, "%zu layers; a model has at most %d", list->count,
			   MODEL_LAYERS_MAX);
		return;
	}
	struct shape shape = reader->model->input;
	bool has_shape = has_input;
	reader->model->layers = ARENA_ARRAY(reader->arena, struct layer, list->count);
	for (const struct yaml_node *node = list->first; node; node = node->next) {
		struct layer_settings settings;
		bool ok = layer_settings_read(node, reader->arena, reader->diag, &settings);
		if (ok) {
			check_name(reader, "layer", settings.name, name_place(node));
			check_unique_layer(reader, &settings, node);
		}
		if (ok && has_shape)
			has_shape = add_layer(reader, &settings, node, &shape);
		else
			has_shape = false;
	}
}

/* The function before `end` that has this layer; NULL where there is none. */
static const struct model_function *owner_of(const struct model *model, size_t end, size_t layer)
{
	for (size_t i = 0; i < end; i++) {
		const struct model_function *function = &model->functions[i];
		if (layer >= function->first && layer < function->first + function->count)
			return function;
	}
	return NULL;
}

static void report_unknown_layer(struct reader *reader, const char *name, struct diag_place place)
{
	const char *names[MODEL_LAYERS_MAX];
	size_t count = reader->model->layer_count;
	for (size_t i = 0; i < count; i++)
		names[i] = reader->model->layers[i].name;
	const char *meant = did_you_mean(name, names, count);
	if (meant)
		diag_error(reader->diag, place, "the model has no layer '%.80s'; did you mean '%s'?", name, meant);
	else
		diag_error(reader->diag, place, "the model has no layer '%.80s'", name);
}

/* Function number `index` names `name` where the layer `expected` should come. False when it does not fit. */
static bool check_member(struct reader *reader, size_t index, const char *name, size_t expected,
			 struct diag_place place)
{
	const struct model *model = reader->model;
	int layer = model_find_layer(model, name);
	if (layer < 0) {
		report_unknown_layer(reader, name, place);
		return false;
	}
	if ((size_t)layer == expected)
		return true;
	const struct model_function *owner = owner_of(model, index + 1, (size_t)layer);
	if (owner)
		diag_error(reader->diag, place, "layer '%s' is already in function '%s'", name, owner->name);
	else
		diag_error(reader->diag, place,
			   "layer '%s' cannot come here: the next layer of the network is '%s', and functions take all "
			   "layers in order",
			   name, model->layers[expected].name);
	return false;
}

/* Adds the function's layers from *next on; false, with *next undefined, after the first that does not fit. */
static bool add_function(struct reader *reader, size_t index, const struct function_text *text,
			 const struct yaml_node *node, size_t *next)
{
	struct model_function *function = &reader->model->functions[index];
	*function = (struct model_function){.name = text->name, .first = *next};
	check_name(reader, "function", text->name, node->key_place);
	const struct yaml_node *list = yaml_get(node, "layers");
	if (text->layers.count == 0) {
		diag_error(reader->diag, list->place, "function '%.80s' has no layer", text->name);
		return false;
	}
	size_t i = 0;
	for (const struct yaml_node *member = list->first; member; member = member->next, i++) {
		if (!check_member(reader, index, text->layers.values[i], *next, member->place))
			return false;
		function->count++;
		(*next)++;
	}
	return true;
}

static void read_functions(struct reader *reader, const struct bind_structs *functions)
{
	struct model *model = reader->model;
	const struct yaml_node *map = yaml_get(reader->root, "functions");
	if (!map) {
		model->functions = ARENA_NEW(reader->arena, struct model_function);
		model->functions[0] = (struct model_function){.name = "network", .count = model->layer_count};
		model->function_count = 1;
		return;
	}
	if (functions->count == 0) {
		diag_error(reader->diag, map->place,
			   "'functions' is empty; leave it out for one function of all layers");
		return;
	}
	const struct function_text *texts = functions->items;
	model->functions = ARENA_ARRAY(reader->arena, struct model_function, functions->count);
	size_t next = 0;
	const struct yaml_node *node = map->first;
	for (size_t i = 0; i < functions->count; i++, node = node->next) {
		if (!add_function(reader, i, &texts[i], node, &next))
			return;
		model->function_count++;
	}
	if (next < model->layer_count)
		diag_error(reader->diag, map->place, "layer '%s' is in no function", model->layers[next].name);
}

bool model_from_yaml(const struct yaml_node *root, const char *path, struct arena *arena, struct diag *diag,
		     struct model *model)
{
	struct model_text text;
	*model = (struct model){.path = path};
	struct reader reader = {.arena = arena, .diag = diag, .model = model, .root = root};
	bind_map(&model_schema, root, &text, arena, diag);
	model->name = text.name;
	model->description = text.description;
	model->input = text.input;
	bool has_input = shape_is_valid(text.input);
	if (!diag_has_errors(diag) && !has_input)
		diag_error(diag, bind_place(root, "input"), "the input is larger than %" PRId64 " values",
			   SHAPE_VALUES_MAX);
	if (text.layers)
		read_layers(&reader, text.layers, has_input);
	/* With a broken layer every function that names one would seem wrong. */
	if (!diag_has_errors(diag))
		read_functions(&reader, &text.functions);
	return !diag_has_errors(diag);
}

bool model_read(const char *path, struct arena *arena, struct diag *diag, struct model *model)
{
	const struct yaml_node *root = yaml_read(path, arena, diag, NULL);
	return root && model_from_yaml(root, path, arena, diag, model);
}
