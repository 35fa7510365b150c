#include "cli/cmd_model_cuts.h"

#include "base/check.h"
#include "cli/network_choice.h"
#include "cli/table.h"

static const struct table_column columns[] = {
	{.name = "after"},
	{.name = "kind"},
	{.name = "mac_per_image_before", .heading = "MAC/image before", .align = TABLE_RIGHT},
	{.name = "parameter_bytes_before", .heading = "parameter bytes before", .align = TABLE_RIGHT},
	{.name = "crossing_bytes_per_image", .heading = "crossing bytes/image", .align = TABLE_RIGHT},
	{.name = "crossing"},
	{.name = "can_be_cut", .heading = "can be cut"},
};

enum { COLUMNS = ARRAY_LEN(columns) };

static void put_crossing(struct table *table, const struct timed_layer *layer)
{
	struct buf names;
	buf_init(&names);
	for (size_t i = 0; i < layer->crossing_count; i++)
		buf_printf(&names, "%s%s", i ? " " : "", layer->crossing[i]);
	table_text(table, buf_text(&names));
	buf_release(&names);
}

static void fill_cuts(struct table *table, const struct timed_network *network)
{
	int64_t mac = 0;
	int64_t bytes = 0;
	for (size_t i = 0; i + 1 < network->layer_count; i++) {
		const struct timed_layer *layer = &network->layers[i];
		mac += layer->mac_per_image;
		bytes += layer->parameter_bytes;
		table_text(table, layer->name);
		table_text(table, layer->kind);
		table_int(table, mac);
		table_int(table, bytes);
		table_int(table, layer->crossing_bytes_per_image);
		put_crossing(table, layer);
		table_text(table, layer->can_be_cut ? "yes" : "no");
		table_end_row(table);
	}
}

int model_cuts_show(struct cli *cli, const char *word)
{
	struct timed_network network;
	struct table table;
	struct diag diag;
	struct buf out;
	diag_init(&diag);
	int status = network_choice_open(cli, word, false, &diag, &network);
	diag_release(&diag);
	if (status != CLI_OK)
		return status;
	table_init(&table, columns, COLUMNS);
	buf_init(&out);
	fill_cuts(&table, &network);
	table_render(&table, cli_format(cli), &out);
	cli_print(&out);
	table_release(&table);
	buf_release(&out);
	timed_network_release(&network);
	return CLI_OK;
}
