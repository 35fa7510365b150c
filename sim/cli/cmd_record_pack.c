/*
 * `lamina record pack`: JPEG files into records, as they are. All files are looked at before anything is written, so
 * that every one that is no JPEG is named at once.
 */
#include "cli/cmd_record.h"
#include "cli/image_list.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/record_set.h"
#include "kernels/record/jpeg.h"

/* Reads a file into the arena and makes it an image. False without a message where the file cannot be read. */
static bool load(const struct image_file *file, struct arena *arena, struct record_image *image, bool *io_failed,
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
		if (!load(&list->files[i], &arena, &image, &io_failed, &err))
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
	bool ok = load(file, &arena, &image, &io_failed, err);
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

static int pack(struct cli *cli, const struct image_list *list)
{
	struct record_set set;
	if (!record_set_init(&set, cli, (int64_t)list->count))
		return CLI_WRONG;
	int status = check_files(cli, list);
	return status == CLI_OK ? write_files(cli, &set, list) : status;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct image_list list;
	struct err err;
	bool ok = true;
	interrupt_catch();
	image_list_init(&list, &cli->arena);
	for (int i = 0; ok && i < argc; i++)
		ok = image_list_add(&list, argv[i], &err);
	int status = ok ? pack(cli, &list) : cli_failed(cli, &err);
	image_list_release(&list);
	return status;
}

static const struct option_row options[] = {RECORD_SET_OPTION_ROWS, OPTION_END};

const struct command cmd_record_pack = {
	.name = "pack",
	.summary = "pack JPEG files into records",
	.operands = "JPEG|FOLDER...",
	.operands_min = 1,
	.operands_max = -1,
	.description = "Packs JPEG files as they are, in the order given. A folder stands for its *.jpg and *.jpeg in "
		       "the order "
		       "of their names; folders in it are classes, numbered from 0, which label the images they hold.",
	.examples = "lamina record pack -o photos.record photos/\n"
		    "lamina record pack -o train --format tfrecord --images-per-record 1000 imagenet/train/\n",
	.options = options,
	.run = run,
};
