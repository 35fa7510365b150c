/* `lamina record show`: what is in a record, read and checked to its end. One row a record, or one an image. */
#include <stdio.h>

#include "base/num.h"
#include "cli/cmd_record.h"
#include "kernels/record/record.h"

static const struct table_column record_columns[] = {
	{.name = "file"},
	{.name = "format"},
	{.name = "images", .align = TABLE_RIGHT},
	{.name = "encoding"},
	{.name = "channels_min", .heading = "channels", .align = TABLE_RIGHT},
	{.name = "channels_max", .align = TABLE_RIGHT, .is_data_only = true},
	{.name = "width_min", .heading = "width", .align = TABLE_RIGHT},
	{.name = "width_max", .heading = "to", .align = TABLE_RIGHT},
	{.name = "height_min", .heading = "height", .align = TABLE_RIGHT},
	{.name = "height_max", .heading = "to", .align = TABLE_RIGHT},
	{.name = "label_min", .heading = "label", .align = TABLE_RIGHT},
	{.name = "label_max", .heading = "to", .align = TABLE_RIGHT},
	{.name = "unlabelled", .align = TABLE_RIGHT},
	{.name = "data_bytes", .heading = "data bytes", .align = TABLE_RIGHT},
	{.name = "data_bytes_per_image", .heading = "per image", .align = TABLE_RIGHT, .decimals = 0},
};

static const struct table_column image_columns[] = {
	{.name = "file"},
	{.name = "image", .align = TABLE_RIGHT},
	{.name = "offset", .align = TABLE_RIGHT},
	{.name = "encoding"},
	{.name = "channels", .align = TABLE_RIGHT},
	{.name = "width", .align = TABLE_RIGHT},
	{.name = "height", .align = TABLE_RIGHT},
	{.name = "label", .align = TABLE_RIGHT},
	{.name = "data_bytes", .heading = "data bytes", .align = TABLE_RIGHT},
};

enum {
	RECORD_COLUMNS = sizeof record_columns / sizeof record_columns[0],
	IMAGE_COLUMNS = sizeof image_columns / sizeof image_columns[0],
};

/* Of the images seen so far. */
struct span {
	int64_t low;
	int64_t high;
	bool has_any;
};

struct summary {
	int64_t images;
	int64_t unlabelled;
	int64_t data_bytes;
	struct span channels;
	struct span width;
	struct span height;
	struct span label;
	bool has_encoding[RECORD_ENCODINGS];
};

static void span_add(struct span *span, int64_t value)
{
	if (!span->has_any || value < span->low)
		span->low = value;
	if (!span->has_any || value > span->high)
		span->high = value;
	span->has_any = true;
}

static void summary_add(struct summary *summary, const struct record_image *image)
{
	summary->images++;
	summary->data_bytes += (int64_t)image->data_bytes;
	summary->has_encoding[image->encoding] = true;
	span_add(&summary->channels, image->shape.channels);
	span_add(&summary->width, image->shape.width);
	span_add(&summary->height, image->shape.height);
	if (image->label == RECORD_NO_LABEL)
		summary->unlabelled++;
	else
		span_add(&summary->label, image->label);
}

static void put_span(struct table *table, const struct span *span)
{
	if (span->has_any) {
		table_int(table, span->low);
		table_int(table, span->high);
	} else {
		table_missing(table);
		table_missing(table);
	}
}

static void put_encodings(struct table *table, const struct summary *summary, struct arena *arena)
{
	const char *text = "";
	for (int i = 0; i < RECORD_ENCODINGS; i++)
		if (summary->has_encoding[i])
			text = arena_printf(arena, "%s%s%s", text, *text ? "+" : "", record_encoding_names[i]);
	table_text(table, text);
}

static void put_record(struct table *table, const struct record_reader *reader, const struct summary *summary,
		       struct arena *arena)
{
	table_text(table, reader->name);
	table_text(table, record_format_names[reader->format]);
	table_int(table, summary->images);
	put_encodings(table, summary, arena);
	put_span(table, &summary->channels);
	put_span(table, &summary->width);
	put_span(table, &summary->height);
	put_span(table, &summary->label);
	table_int(table, summary->unlabelled);
	table_int(table, summary->data_bytes);
	if (summary->images > 0)
		table_double(table, (double)summary->data_bytes / (double)summary->images);
	else
		table_missing(table);
	table_end_row(table);
}

static void put_image(struct table *table, const char *file, int64_t index, const struct record_image *image)
{
	table_text(table, file);
	table_int(table, index);
	table_int(table, (int64_t)image->offset);
	table_text(table, record_encoding_names[image->encoding]);
	table_int(table, image->shape.channels);
	table_int(table, image->shape.width);
	table_int(table, image->shape.height);
	if (image->label == RECORD_NO_LABEL)
		table_missing(table);
	else
		table_int(table, image->label);
	table_int(table, (int64_t)image->data_bytes);
	table_end_row(table);
}

/* Returns an enum cli_exit: a broken record is wrong input, one that cannot be read is the world's failure. */
static int show_file(struct cli *cli, const char *path, struct table *table)
{
	bool is_per_image = options_flag(&cli->options, "images");
	struct record_reader reader;
	struct record_image image;
	struct summary summary = {0};
	struct err err;
	bool found = false;
	bool ok = record_reader_open(&reader, path, &err);
	if (!ok) {
		cli_failed(cli, &err);
		return reader.io_failed ? CLI_FAILED : CLI_WRONG;
	}
	while ((ok = record_reader_next(&reader, &image, &found, &err)) && found) {
		if (is_per_image)
			put_image(table, reader.name, summary.images, &image);
		summary_add(&summary, &image);
	}
	if (ok && !is_per_image)
		put_record(table, &reader, &summary, &cli->arena);
	bool io_failed = reader.io_failed;
	record_reader_release(&reader);
	if (ok)
		return CLI_OK;
	cli_failed(cli, &err);
	return io_failed ? CLI_FAILED : CLI_WRONG;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct table table;
	struct buf out;
	int status = CLI_OK;
	buf_init(&out);
	if (options_flag(&cli->options, "images"))
		table_init(&table, image_columns, IMAGE_COLUMNS);
	else
		table_init(&table, record_columns, RECORD_COLUMNS);
	for (int i = 0; i < argc; i++) {
		int file_status = show_file(cli, argv[i], &table);
		status = status == CLI_OK ? file_status : status;
	}
	if (table_row_count(&table) > 0)
		table_render(&table, cli_format(cli), &out);
	cli_print(&out);
	table_release(&table);
	buf_release(&out);
	return status;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	{.name = "images", .kind = OPTION_FLAG, .help = "one row per image instead of one per record"},
	OPTION_END,
};

const struct command cmd_record_show = {
	.name = "show",
	.summary = "say what records hold, and where they are broken",
	.operands = "FILE...",
	.operands_min = 1,
	.operands_max = -1,
	.description =
		"Reads and checks whole records of either format, which is told by their first bytes. Where a record "
		"is broken, says the offset of the first broken byte. - is standard input.",
	.examples = "lamina record show photos.record\n"
		    "lamina record show --images --format csv photos.record\n",
	.options = options,
	.run = run,
};
