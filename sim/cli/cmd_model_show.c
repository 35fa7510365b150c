/* `lamina model show MODEL`: the network layer by layer, then summed up by function. */
#include <stdio.h>

#include "base/check.h"
#include "base/json.h"
#include "cli/cmd_model.h"
#include "cli/cmd_model_cuts.h"
#include "cli/cmd_model_graph.h"
#include "cli/graph_options.h"
#include "cli/names.h"
#include "cli/result_file.h"
#include "kernels/model/model.h"
#include "kernels/onnx/onnx_model.h"

static const struct table_column layer_columns[] = {
	{.name = "function"},
	{.name = "layer"},
	{.name = "kind"},
	{.name = "window"},
	{.name = "output"},
	{.name = "mac_per_image", .heading = "MAC/image", .align = TABLE_RIGHT},
	{.name = "parameters", .align = TABLE_RIGHT},
	{.name = "parameter_bytes", .heading = "parameter bytes", .align = TABLE_RIGHT},
	{.name = "input_bytes_per_image", .align = TABLE_RIGHT, .is_data_only = true},
	{.name = "output_bytes_per_image", .heading = "output bytes/image", .align = TABLE_RIGHT},
};

static const struct table_column function_columns[] = {
	{.name = "function"},
	{.name = "layers", .align = TABLE_RIGHT},
	{.name = "mac_per_image", .heading = "MAC/image", .align = TABLE_RIGHT},
	{.name = "parameters", .align = TABLE_RIGHT},
	{.name = "parameter_bytes", .heading = "parameter bytes", .align = TABLE_RIGHT},
	{.name = "input_bytes_per_image", .heading = "input bytes/image", .align = TABLE_RIGHT},
	{.name = "output_bytes_per_image", .heading = "output bytes/image", .align = TABLE_RIGHT},
	{.name = "peak_bytes_per_image", .heading = "peak bytes/image", .align = TABLE_RIGHT},
};

enum {
	LAYER_COLUMNS = ARRAY_LEN(layer_columns),
	FUNCTION_COLUMNS = ARRAY_LEN(function_columns),
};

static void put_shape(struct table *table, struct shape shape)
{
	if (shape.height == 1 && shape.width == 1)
		table_printf(table, "%lld", (long long)shape.channels);
	else
		table_printf(table, "%lldx%lldx%lld", (long long)shape.channels, (long long)shape.height,
			     (long long)shape.width);
}

/* "11x11/4" as papers write it; a step is named where it is not 1, twice where it differs. */
static void put_window(struct table *table, const struct layer *layer)
{
	const struct window *window = NULL;
	if (layer->kind == LAYER_CONV)
		window = &layer->conv.window;
	else if (layer->kind == LAYER_MAXPOOL || layer->kind == LAYER_AVGPOOL)
		window = &layer->pool.window;
	if (!window) {
		table_missing(table);
		return;
	}
	long long height = window->y.kernel;
	long long width = window->x.kernel;
	if (window->y.stride == 1 && window->x.stride == 1)
		table_printf(table, "%lldx%lld", height, width);
	else if (window->y.stride == window->x.stride)
		table_printf(table, "%lldx%lld/%lld", height, width, (long long)window->y.stride);
	else
		table_printf(table, "%lldx%lld/%lldx%lld", height, width, (long long)window->y.stride,
			     (long long)window->x.stride);
}

static void put_layer(struct table *table, const struct model_function *function, const struct layer *layer)
{
	table_text(table, function->name);
	table_text(table, layer->name);
	table_text(table, layer_kinds[layer->kind].name);
	put_window(table, layer);
	put_shape(table, layer->output);
	table_int(table, layer->mac_per_image);
	table_int(table, layer_parameters(layer));
	table_int(table, layer_parameter_bytes(layer));
	table_int(table, shape_bytes(layer->input));
	table_int(table, shape_bytes(layer->output));
	table_end_row(table);
}

static void put_function(struct table *table, const struct model *model, const struct model_function *function,
			 const char *name)
{
	int64_t parameters = model_function_parameters(model, function);
	table_text(table, name);
	table_int(table, (int64_t)function->count);
	table_int(table, model_function_mac(model, function));
	table_int(table, parameters);
	table_int(table, parameters * (int64_t)sizeof(float));
	table_int(table, shape_bytes(model_function_input(model, function)));
	table_int(table, shape_bytes(model_function_output(model, function)));
	table_int(table, model_function_peak_bytes(model, function, 1));
	table_end_row(table);
}

static void fill_layers(struct table *table, const struct model *model)
{
	for (size_t i = 0; i < model->function_count; i++) {
		const struct model_function *function = &model->functions[i];
		for (size_t layer = 0; layer < function->count; layer++)
			put_layer(table, function, &model->layers[function->first + layer]);
	}
}

static void fill_functions(struct table *table, const struct model *model)
{
	struct model_function whole = model_whole(model);
	for (size_t i = 0; i < model->function_count; i++)
		put_function(table, model, &model->functions[i], model->functions[i].name);
	put_function(table, model, &whole, "(all)");
}

/* A network in either form: one is NULL. */
struct shown {
	const struct model *model;
	const struct graph *graph;
};

static void write_json(const struct shown *shown, const struct table *layers, const struct table *functions,
		       struct buf *out)
{
	struct json json;
	json_document_begin(&json, out);
	if (shown->graph) {
		model_graph_write_json(shown->graph, &json);
	} else {
		json_field_text(&json, "model", shown->model->name);
		json_field_int(&json, "input_channels", shown->model->input.channels);
		json_field_int(&json, "input_height", shown->model->input.height);
		json_field_int(&json, "input_width", shown->model->input.width);
	}
	json_key(&json, "layers");
	table_write_json(layers, &json);
	json_key(&json, "functions");
	table_write_json(functions, &json);
	json_document_end(&json);
}

static void write_head(const struct model *model, struct buf *out)
{
	buf_printf(out, "%s, input %lldx%lldx%lld%s%s\n\n", model->name, (long long)model->input.channels,
		   (long long)model->input.height, (long long)model->input.width, model->description ? ": " : "",
		   model->description ? model->description : "");
}

static void write_text(const struct shown *shown, const struct table *layers, const struct table *functions,
		       struct buf *out)
{
	if (shown->graph)
		model_graph_write_head(shown->graph, out);
	else
		write_head(shown->model, out);
	table_render(layers, TABLE_TEXT, out);
	buf_add_char(out, '\n');
	table_render(functions, TABLE_TEXT, out);
}

static int print_model(struct cli *cli, const struct shown *shown)
{
	struct table layers;
	struct table functions;
	struct buf out;
	buf_init(&out);
	table_init(&layers, layer_columns, LAYER_COLUMNS);
	table_init(&functions, function_columns, FUNCTION_COLUMNS);
	if (shown->graph) {
		model_graph_fill_layers(&layers, shown->graph);
		model_graph_fill_functions(&functions, shown->graph, &cli->arena);
	} else {
		fill_layers(&layers, shown->model);
		fill_functions(&functions, shown->model);
	}
	const char *path = options_text(&cli->options, "output");
	enum table_format format = cli_format_of(cli, path);
	if (format == TABLE_JSON)
		write_json(shown, &layers, &functions, &out);
	else if (format == TABLE_CSV)
		table_render(options_flag(&cli->options, "functions") ? &functions : &layers, TABLE_CSV, &out);
	else
		write_text(shown, &layers, &functions, &out);
	int status = result_file_write(cli, path, &out);
	table_release(&layers);
	table_release(&functions);
	buf_release(&out);
	return status;
}

/* Both return an enum cli_exit; CLI_WRONG where the diag says why. */
static int show_model(struct cli *cli, const char *path, struct diag *diag)
{
	struct model model;
	if (!model_read(path, &cli->arena, diag, &model))
		return CLI_WRONG;
	return print_model(cli, &(struct shown){.model = &model});
}

static int show_graph(struct cli *cli, const char *path, const struct graph_options *options, struct diag *diag)
{
	struct onnx_model onnx;
	struct graph graph;
	if (!onnx_read(path, options, &cli->arena, diag, &onnx, &graph))
		return CLI_WRONG;
	int status = print_model(cli, &(struct shown){.graph = &graph});
	onnx_release(&onnx);
	return status;
}

static int show_named_model(struct cli *cli, int argc, char **argv)
{
	struct graph_options how = {.images = 1};
	const char *path;
	struct buf message;
	struct err err;
	if (options_flag(&cli->options, "cuts"))
		return model_cuts_show(cli, argv[0]);
	if (!graph_options_take(cli, &how, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	buf_init(&message);
	bool found = names_find_model(argv[0], &cli->arena, &path, &message);
	int status = found ? CLI_OK : cli_wrong_usage(cli, "%s", buf_text(&message));
	buf_release(&message);
	if (found)
		status = result_file_try(cli, options_text(&cli->options, "output"));
	if (status != CLI_OK)
		return status;
	struct diag diag;
	diag_init(&diag);
	status = onnx_is_named(path) ? show_graph(cli, path, &how, &diag) : show_model(cli, path, &diag);
	int reported = cli_report(cli, &diag);
	diag_release(&diag);
	return status == CLI_FAILED ? status : reported;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	OPTION_ROW_DIMENSION,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write to a file instead of standard output; without --format, .csv and .json say which"},
	{.name = "cuts",
	 .kind = OPTION_FLAG,
	 .help = "where the network can be cut into functions, and the bytes that would cross the store there"},
	{.name = "functions", .kind = OPTION_FLAG, .help = "in CSV, one row per function instead of one per layer"},
	OPTION_END,
};

const struct command cmd_model_show = {
	.name = "show",
	.summary = "print a network's layers, work, parameters and memory",
	.operands = "MODEL",
	.operand_names = names_of_models,
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Prints the network layer by layer (channels x height x width), then summed up by function. Bytes are "
		"those of float32 values. Peak bytes are what a function holds of tensors at once, its input included "
		"and its parameters not. MODEL is a file or the name of one of configs/models/; - is standard input. A "
		"file whose name ends in .onnx is an ONNX network, whose nodes are its layers; its weights may be in "
		"other files, which are not opened. Cuts are told between the layers that `lamina profile` times: "
		"those that are left when an ONNX network was fused.",
	.examples = "lamina model show vgg16\n"
		    "lamina model show resnet50.onnx\n"
		    "lamina model show --format csv --functions my-model.yaml\n",
	.options = options,
	.run = show_named_model,
};
