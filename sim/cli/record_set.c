/* A record is opened when its first image comes and put in place when it is full or the set ends. */
#include "cli/record_set.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "cli/result_file.h"

static const char *record_path(const struct record_set *set, int64_t index)
{
	if (!set->is_sharded)
		return set->path;
	return arena_printf(set->arena, "%s-%05" PRId64 "-of-%05" PRId64, set->path, index, set->records);
}

int record_set_init(struct record_set *set, struct cli *cli, int64_t images)
{
	*set = (struct record_set){
		.path = options_text(&cli->options, "output"),
		.format = (enum record_format)options_choice(&cli->options, "format"),
		.images_per_record = images,
		.is_sharded = options_given(&cli->options, "images-per-record"),
		.arena = &cli->arena,
	};
	if (!set->path)
		return cli_wrong_usage(cli, "--output is missing: where to write the record");
	if (set->is_sharded && strcmp(set->path, "-") == 0)
		return cli_wrong_usage(cli, "--images-per-record makes several files, which standard output is not");
	if (set->is_sharded)
		set->images_per_record = options_int(&cli->options, "images-per-record");
	set->records = div_ceil_int64(images, set->images_per_record);
	return result_file_try(cli, record_path(set, 0));
}

void record_set_discard(struct record_set *set)
{
	if (set->is_open)
		record_writer_discard(&set->writer);
	set->is_open = false;
	while (set->committed > 0)
		unlink(record_path(set, --set->committed));
}

static bool commit_record(struct record_set *set, struct err *err)
{
	set->is_open = false;
	if (!record_writer_commit(&set->writer, err)) {
		record_set_discard(set);
		return false;
	}
	set->committed++;
	return true;
}

bool record_set_append(struct record_set *set, const struct record_image *image, struct err *err)
{
	if (!set->is_open && !record_writer_open(&set->writer, record_path(set, set->committed), set->format, err)) {
		record_set_discard(set);
		return false;
	}
	set->is_open = true;
	if (!record_writer_append(&set->writer, image, err)) {
		record_set_discard(set);
		return false;
	}
	return set->writer.images < set->images_per_record || commit_record(set, err);
}

bool record_set_commit(struct record_set *set, struct err *err)
{
	return !set->is_open || commit_record(set, err);
}
