#include "cli/network_choice.h"

#include "cli/graph_options.h"
#include "cli/names.h"

static bool read_network(struct cli *cli, const char *path, const struct graph_options *options, struct diag *diag,
			 struct timed_network *network)
{
	if (onnx_is_named(path))
		return timed_network_from_onnx(network, path, options, &cli->arena, diag);
	struct model *model = ARENA_NEW(&cli->arena, struct model);
	if (!model_read(path, &cli->arena, diag, model))
		return false;
	timed_network_from_model(network, model, &cli->arena);
	return true;
}

int network_choice_open(struct cli *cli, const char *word, bool needs_values, struct diag *diag,
			struct timed_network *network)
{
	struct graph_options options = {.images = 1, .needs_values = needs_values};
	struct buf message;
	const char *path;
	struct err err;
	if (!graph_options_take(cli, &options, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	buf_init(&message);
	bool is_found = names_find_model(word, &cli->arena, &path, &message);
	if (!is_found)
		cli_wrong_usage(cli, "%s", buf_text(&message));
	buf_release(&message);
	if (!is_found)
		return CLI_WRONG;
	return read_network(cli, path, &options, diag, network) ? CLI_OK : cli_report(cli, diag);
}
