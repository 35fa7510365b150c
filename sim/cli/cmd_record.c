/* `lamina record`: files of many images, as the functions of a pipeline read and write them. */
#include "base/check.h"
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "cli/image_list.h"
#include "cli/interrupt.h"
#include "cli/record_set.h"
#include "cli/terminal.h"
#include "kernels/record/image_synth.h"
#include "kernels/record/jpeg.h"
#include "kernels/record/record.h"

/*
 * `lamina record pack`: JPEG files into records, as they are. All files are looked at before anything is written, so
 * that every one that is no JPEG is named at once.
 */

/* Reads a file into the arena and makes it an image. False without a message where the file cannot be read. */
static bool load_image(const struct image_file *file, struct arena *arena, struct record_image *image, bool *io_failed,
		       struct err *err)
{
	char *text = NULL;
	size_t length = 0;
	*io_failed = !file_read(file->path, RECORD_IMAGE_BYTES_MAX, arena, &text, &length, err);
	if (*io_failed)
		return false;
	*image = (struct record_image){.encoding = RECORD_JPEG, .label = file->label};
	image->data = (const uint8_t *)text;
	image->data_bytes = length;
	return jpeg_read_shape(image->data, length, &image->shape, err) && record_image_check(image, err);
}

/* Names every file that cannot be packed; returns an enum cli_exit. */
static int check_files(struct cli *cli, const struct image_list *list)
{
	struct diag diag;
	diag_init(&diag);
	bool any_io_failed = false;
	for (size_t i = 0; i < list->count && !interrupt_requested(); i++) {
		struct arena arena;
		struct record_image image;
		struct err err;
		bool io_failed;
		arena_init(&arena);
		if (!load_image(&list->files[i], &arena, &image, &io_failed, &err))
			diag_error(&diag, (struct diag_place){list->files[i].path, 0, 0}, "%s", err.text);
		any_io_failed |= io_failed;
		arena_release(&arena);
	}
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return status == CLI_WRONG && any_io_failed ? CLI_FAILED : status;
}

static bool append_file(struct record_set *set, const struct image_file *file, struct err *err)
{
	struct arena arena;
	struct record_image image;
	bool io_failed;
	arena_init(&arena);
	bool ok = load_image(file, &arena, &image, &io_failed, err);
	if (ok)
		ok = record_set_append(set, &image, err);
	else
		record_set_discard(set);
	arena_release(&arena);
	return ok;
}

static int write_files(struct cli *cli, struct record_set *set, const struct image_list *list)
{
	struct progress progress;
	struct err err;
	bool ok = true;
	progress_init(&progress, cli->name, (double)list->count, false);
	for (size_t i = 0; ok && i < list->count; i++) {
		ok = append_file(set, &list->files[i], &err);
		if (ok && interrupt_requested()) {
			record_set_discard(set);
			ok = err_set(&err, "interrupted; nothing was written");
		}
		progress_update(&progress, (double)(i + 1), NULL);
	}
	progress_release(&progress);
	ok = ok && record_set_commit(set, &err);
	return ok ? CLI_OK : cli_failed(cli, &err);
}

static int pack_images(struct cli *cli, const struct image_list *list)
{
	struct record_set set;
	int status = record_set_init(&set, cli, (int64_t)list->count);
	if (status == CLI_OK)
		status = check_files(cli, list);
	return status == CLI_OK ? write_files(cli, &set, list) : status;
}

static int run_pack(struct cli *cli, int argc, char **argv)
{
	struct image_list list;
	struct err err;
	bool ok = true;
	interrupt_catch();
	image_list_init(&list, &cli->arena);
	for (int i = 0; ok && i < argc; i++)
		ok = image_list_add(&list, argv[i], &err);
	int status = ok ? pack_images(cli, &list) : cli_failed(cli, &err);
	image_list_release(&list);
	return status;
}

static const struct option_row pack_options[] = {RECORD_SET_OPTION_ROWS, OPTION_END};

static const struct command pack_command = {
	.name = "pack",
	.summary = "pack JPEG files into records",
	.operands = "JPEG|FOLDER...",
	.operands_min = 1,
	.operands_max = -1,
	.description =
		"Packs JPEG files as they are, in the order given. A folder stands for its *.jpg and *.jpeg in the "
		"order of their names; folders in it are classes, numbered from 0, which label the images they hold.",
	.examples = "lamina record pack -o photos.record photos/\n"
		    "lamina record pack -o train --format tfrecord --images-per-record 1000 imagenet/train/\n",
	.options = pack_options,
	.run = run_pack,
};

/* `lamina record show`: what is in a record, read and checked to its end. One row a record, or one an image. */

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
	RECORD_COLUMNS = ARRAY_LEN(record_columns),
	IMAGE_COLUMNS = ARRAY_LEN(image_columns),
};

/* Of the images seen so far. */
struct span {
	int64_t low;
	int64_t high;
	bool has_any;
};

struct contents {
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

static void contents_add(struct contents *contents, const struct record_image *image)
{
	contents->images++;
	contents->data_bytes += (int64_t)image->data_bytes;
	contents->has_encoding[image->encoding] = true;
	span_add(&contents->channels, image->shape.channels);
	span_add(&contents->width, image->shape.width);
	span_add(&contents->height, image->shape.height);
	if (image->label == RECORD_NO_LABEL)
		contents->unlabelled++;
	else
		span_add(&contents->label, image->label);
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

static void put_encodings(struct table *table, const struct contents *contents, struct arena *arena)
{
	const char *text = "";
	for (int i = 0; i < RECORD_ENCODINGS; i++)
		if (contents->has_encoding[i])
			text = arena_printf(arena, "%s%s%s", text, *text ? "+" : "", record_encoding_names[i]);
	table_text(table, text);
}

static void put_record(struct table *table, const struct record_reader *reader, const struct contents *contents,
		       struct arena *arena)
{
	table_text(table, reader->name);
	table_text(table, record_format_names[reader->format]);
	table_int(table, contents->images);
	put_encodings(table, contents, arena);
	put_span(table, &contents->channels);
	put_span(table, &contents->width);
	put_span(table, &contents->height);
	put_span(table, &contents->label);
	table_int(table, contents->unlabelled);
	table_int(table, contents->data_bytes);
	if (contents->images > 0)
		table_double(table, (double)contents->data_bytes / (double)contents->images);
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
	struct contents contents = {0};
	struct err err;
	bool found = false;
	bool ok = record_reader_open(&reader, path, &err);
	if (!ok) {
		cli_failed(cli, &err);
		return reader.io_failed ? CLI_FAILED : CLI_WRONG;
	}
	while ((ok = record_reader_next(&reader, &image, &found, &err)) && found) {
		if (is_per_image)
			put_image(table, reader.name, contents.images, &image);
		contents_add(&contents, &image);
	}
	if (ok && !is_per_image)
		put_record(table, &reader, &contents, &cli->arena);
	bool io_failed = reader.io_failed;
	record_reader_release(&reader);
	if (ok)
		return CLI_OK;
	cli_failed(cli, &err);
	return io_failed ? CLI_FAILED : CLI_WRONG;
}

static int run_show(struct cli *cli, int argc, char **argv)
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

static const struct option_row show_options[] = {
	OPTION_ROW_FORMAT,
	{.name = "images", .kind = OPTION_FLAG, .help = "one row per image instead of one per record"},
	OPTION_END,
};

static const struct command show_command = {
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
	.options = show_options,
	.run = run_show,
};

/* `lamina record synth`: records of synthetic photographs, the same bytes for the same seed. */

enum { CHANNELS = 3 };

/* "500x375" */
static bool parse_size(const char *text, struct shape *shape, struct arena *arena)
{
	const char *x = strchr(text, 'x');
	*shape = (struct shape){.channels = CHANNELS};
	return x && num_parse_int64(arena_strndup(arena, text, (size_t)(x - text)), &shape->width) &&
	       num_parse_int64(x + 1, &shape->height);
}

static bool write_images(struct cli *cli, struct record_set *set, struct image_synth *synth, int64_t count,
			 struct err *err)
{
	struct progress progress;
	bool ok = true;
	progress_init(&progress, cli->name, (double)count, false);
	for (int64_t i = 0; ok && i < count; i++) {
		struct record_image image = image_synth_make(synth, i);
		ok = record_set_append(set, &image, err);
		if (ok && interrupt_requested()) {
			record_set_discard(set);
			ok = err_set(err, "interrupted; nothing was written");
		}
		progress_update(&progress, (double)(i + 1), NULL);
	}
	progress_release(&progress);
	return ok && record_set_commit(set, err);
}

static int run_synth(struct cli *cli, int argc, char **argv)
{
	const char *size = options_text(&cli->options, "size");
	int64_t count = options_int(&cli->options, "images");
	struct shape shape;
	struct record_set set;
	struct image_synth synth;
	struct err err;
	int64_t values_max = (int64_t)(RECORD_IMAGE_BYTES_MAX / sizeof(float));
	if (!parse_size(size, &shape, &cli->arena))
		return cli_wrong_usage(cli, "--size must be WIDTHxHEIGHT, such as 500x375, not '%s'", size);
	if (shape.width < 1 || shape.height < 1 || shape.width > RECORD_SIDE_MAX || shape.height > RECORD_SIDE_MAX ||
	    shape_values(shape) > values_max)
		return cli_wrong_usage(cli, "--size %s: sides must be in 1..%d and width x height at most %lld", size,
				       RECORD_SIDE_MAX, (long long)(values_max / CHANNELS));
	int status = record_set_init(&set, cli, count);
	if (status != CLI_OK)
		return status;
	interrupt_catch();
	image_synth_init(&synth, (uint64_t)options_int(&cli->options, "seed"), shape,
			 (enum record_encoding)options_choice(&cli->options, "encoding"));
	bool ok = write_images(cli, &set, &synth, count, &err);
	image_synth_release(&synth);
	return ok ? CLI_OK : cli_failed(cli, &err);
}

static const struct option_row synth_options[] = {
	RECORD_SET_OPTION_ROWS,
	{.name = "images",
	 .letter = 'n',
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .fallback = "1000",
	 .min = 1,
	 .max = RECORD_IMAGES_MAX,
	 .help = "how many images"},
	{.name = "size",
	 .kind = OPTION_TEXT,
	 .metavar = "WIDTHxHEIGHT",
	 .fallback = "500x375",
	 .help = "pixels of each image, in three channels"},
	{.name = "seed",
	 .kind = OPTION_INT,
	 .metavar = "SEED",
	 .fallback = "1",
	 .min = 0,
	 .max = 9e15,
	 .help = "the same seed gives the same bytes"},
	{.name = "encoding",
	 .kind = OPTION_CHOICE,
	 .metavar = "ENCODING",
	 .fallback = "jpeg",
	 .choices = record_encoding_names,
	 .help = "how images are kept in the record"},
	OPTION_END,
};

static const struct command synth_command = {
	.name = "synth",
	.summary = "make records of seeded synthetic photographs",
	.description = "Makes images with the spectrum and the JPEG size of photographs, for where there are no real "
		       "ones. Pixels are the same on every machine; JPEG bytes also depend on libjpeg's version.",
	.examples = "lamina record synth -o synthetic.record --images 1000\n"
		    "lamina record synth -o input --images-per-record 100 --encoding uint8 --size 227x227\n",
	.options = synth_options,
	.run = run_synth,
};

static const struct command *const subcommands[] = {&pack_command, &synth_command, &show_command, NULL};

const struct command cmd_record = {
	.name = "record",
	.summary = "make and inspect records: files of many images",
	.description =
		"A record holds many images in one file, because moving them one by one through an object store costs "
		"more. There are two formats: one Protocol Buffers message with all images (protobuf), or TensorFlow's "
		"framing with one tf.train.Example per image (tfrecord), which TensorFlow reads and writes.",
	.subcommands = subcommands,
};
