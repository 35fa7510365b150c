/* `lamina infer MODEL.onnx`: runs a network on given or made-up inputs and says what comes out. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/graph_options.h"
#include "cli/table.h"
#include "kernels/graph/execute.h"
#include "kernels/graph/optimise.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/onnx/value_file.h"

enum { IMAGES_MAX = 100000 };

static const struct table_column columns[] = {
	{.name = "output"},
	{.name = "type"},
	{.name = "shape"},
	{.name = "least", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "mean", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "most", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "most_at", .heading = "most at", .align = TABLE_RIGHT},
};

enum { COLUMNS = ARRAY_LEN(columns) };

/* The state of the command: the graph, its inputs' values and where its tensors are. */
struct inference {
	struct cli *cli;
	struct onnx_model onnx;
	struct graph graph;
	struct execution execution;
};

/* The file that --input names for it; NULL where there is none. */
static const char *file_of(const struct cli *cli, const char *name)
{
	size_t count;
	size_t length = strlen(name);
	const char *const *pairs = options_list(&cli->options, "input", &count);
	for (size_t i = 0; i < count; i++)
		if (strncmp(pairs[i], name, length) == 0 && pairs[i][length] == '=')
			return pairs[i] + length + 1;
	return NULL;
}

/* An --input for something that the network does not take is a mistake. */
static bool names_are_known(const struct inference *inference, struct err *err)
{
	size_t count;
	const char *const *pairs = options_list(&inference->cli->options, "input", &count);
	const struct graph *graph = &inference->graph;
	const char **names = ARENA_ARRAY(&inference->cli->arena, const char *, graph->input_count);
	for (size_t i = 0; i < graph->input_count; i++)
		names[i] = graph->tensors[graph->inputs[i]].name;
	for (size_t i = 0; i < count; i++) {
		const char *name = arena_strndup(&inference->cli->arena, pairs[i], strcspn(pairs[i], "="));
		size_t input = 0;
		while (input < graph->input_count && strcmp(names[input], name) != 0)
			input++;
		if (input < graph->input_count)
			continue;
		const char *meant = did_you_mean(name, names, graph->input_count);
		return err_set(err, "--input: the network has no input '%.80s'%s%s%s", name,
			       meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
	}
	return true;
}

static bool take_input(struct inference *inference, size_t index, struct err *err)
{
	const struct graph_tensor *tensor = &inference->graph.tensors[index];
	struct arena *arena = &inference->cli->arena;
	struct value value = tensor->value;
	const char *path = file_of(inference->cli, tensor->name);
	char got[DIMS_TEXT_BYTES];
	char want[DIMS_TEXT_BYTES];
	if (!path)
		value_make_up(&value, tensor->name, arena);
	else if (!value_file_read(path, &value, arena, err))
		return err_prefix(err, "input '%.80s'", tensor->name);
	if (!dims_equal(&value.dims, &tensor->value.dims))
		return err_set(err,
			       "input '%.80s': '%s' is %s and must be %s; --images and --dimension say how large "
			       "open dimensions are",
			       tensor->name, path, dims_text(&value.dims, got), dims_text(&tensor->value.dims, want));
	execution_set_data(&inference->execution, index, value.data);
	return true;
}

/* Every constant that a node uses must have its values. */
static bool values_are_there(const struct graph *graph, struct diag *diag)
{
	bool ok = true;
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++) {
			const struct graph_tensor *tensor = graph_input(graph, &graph->nodes[i], input);
			if (!tensor || !tensor->is_constant || tensor->value.data)
				continue;
			diag_error(
				diag, (struct diag_place){.file = graph->path},
				"the values of constant '%.80s' are not in this file; to run the network they must be",
				tensor->name);
			ok = false;
		}
	return ok;
}

static void compute(struct inference *inference, int threads)
{
	struct team team;
	team_init(&team, threads);
	for (size_t i = 0; i < inference->graph.node_count; i++)
		execution_run_node(&inference->execution, i, &team);
	team_release(&team);
}

static double element(const struct value *value, int64_t i)
{
	if (value->type == VALUE_FLOAT)
		return (double)((const float *)value->data)[i];
	return value->type == VALUE_DOUBLE ? ((const double *)value->data)[i] : (double)value_int(value, i);
}

static void put_output(struct table *table, const char *name, const struct value *value)
{
	char dims[DIMS_TEXT_BYTES];
	int64_t elements = value_elements(value);
	int64_t most_at = 0;
	double least = INFINITY, most = -INFINITY, sum = 0;
	for (int64_t i = 0; i < elements; i++) {
		double x = element(value, i);
		if (x > most)
			most_at = i;
		most = fmax(most, x);
		least = fmin(least, x);
		sum += x;
	}
	table_text(table, name);
	table_text(table, value_types[value->type].name);
	table_text(table, dims_text(&value->dims, dims));
	table_double(table, least);
	table_double(table, sum / (double)(elements ? elements : 1));
	table_double(table, most);
	table_int(table, most_at);
	table_end_row(table);
}

static bool write_outputs(const struct inference *inference, struct err *err)
{
	const char *folder = options_text(&inference->cli->options, "output");
	const struct graph *graph = &inference->graph;
	if (!folder)
		return true;
	if (!file_make_directories(folder, err))
		return false;
	for (size_t i = 0; i < graph->output_count; i++) {
		const char *path = arena_printf(&inference->cli->arena, "%s/output_%zu.pb", folder, i);
		if (!value_file_write(path, graph->tensors[graph->outputs[i]].name,
				      &inference->execution.values[graph->outputs[i]], err))
			return false;
	}
	return true;
}

static void print_outputs(const struct inference *inference)
{
	const struct graph *graph = &inference->graph;
	struct table table;
	struct buf out;
	table_init(&table, columns, COLUMNS);
	buf_init(&out);
	for (size_t i = 0; i < graph->output_count; i++)
		put_output(&table, graph->tensors[graph->outputs[i]].name,
			   &inference->execution.values[graph->outputs[i]]);
	table_render(&table, cli_format(inference->cli), &out);
	cli_print(&out);
	table_release(&table);
	buf_release(&out);
}

static int run_network(struct inference *inference, struct diag *diag)
{
	struct cli *cli = inference->cli;
	struct graph *graph = &inference->graph;
	struct kernel_choice kernels;
	struct err err;
	if (!names_are_known(inference, &err) || !kernel_choice_take(cli, &kernels, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	if (!options_flag(&cli->options, "unfused"))
		graph_optimise(graph, &cli->arena);
	if (!values_are_there(graph, diag))
		return cli_report(cli, diag);
	execution_init(&inference->execution, graph, 0, graph->node_count, false, &kernels, &cli->arena);
	execution_set_block(&inference->execution,
			    arena_alloc(&cli->arena, (size_t)inference->execution.plan.bytes + 1));
	for (size_t i = 0; i < graph->input_count; i++)
		if (!take_input(inference, graph->inputs[i], &err))
			return cli_failed(cli, &err), CLI_WRONG;
	execution_prepare(&inference->execution, &cli->arena);
	compute(inference, (int)options_int(&cli->options, "threads"));
	if (!write_outputs(inference, &err))
		return cli_failed(cli, &err);
	print_outputs(inference);
	return CLI_OK;
}

static int infer_network(struct cli *cli, int argc, char **argv)
{
	struct inference *inference = ARENA_NEW(&cli->arena, struct inference);
	struct graph_options options = {.images = options_int(&cli->options, "images"), .needs_values = true};
	struct diag diag;
	struct err err;
	inference->cli = cli;
	if (!graph_options_take(cli, &options, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	diag_init(&diag);
	bool ok = onnx_read(argv[0], &options, &cli->arena, &diag, &inference->onnx, &inference->graph);
	int status = ok ? run_network(inference, &diag) : cli_report(cli, &diag);
	if (ok)
		onnx_release(&inference->onnx);
	diag_release(&diag);
	return status;
}

static const struct option_row options[] = {
	{.name = "input",
	 .letter = 'i',
	 .kind = OPTION_PAIRS,
	 .metavar = "NAME=FILE",
	 .help = "values of an input: a TensorProto where FILE ends in .pb, else its bare elements"},
	{.name = "images",
	 .letter = 'n',
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .fallback = "1",
	 .min = 1,
	 .max = IMAGES_MAX,
	 .help = "images at once, where the file leaves that open"},
	OPTION_ROW_DIMENSION,
	OPTION_ROWS_KERNELS,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FOLDER",
	 .help = "write the outputs there, as output_0.pb and so on"},
	{.name = "threads",
	 .letter = 't',
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .fallback = "1",
	 .min = 1,
	 .max = TEAM_THREADS_MAX,
	 .help = "threads to compute with"},
	{.name = "unfused", .kind = OPTION_FLAG, .help = "run every node of the file as it stands there"},
	OPTION_ROW_FORMAT,
	OPTION_END,
};

const struct command cmd_infer = {
	.name = "infer",
	.summary = "run an ONNX network and print what comes out",
	.operands = "MODEL",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Runs the network once, with the kernels that `lamina profile` times, and prints for every output its "
		"shape, its least, mean and largest element, and where that is. Inputs that no --input gives are "
		"made up: seeded numbers from -1 to 1, and 0 for integers. The network's weights must be in the file.",
	.examples = "lamina infer squeezenet.onnx\n"
		    "lamina infer --input data_0=cat.f32 --output answers squeezenet.onnx\n",
	.options = options,
	.run = infer_network,
};
