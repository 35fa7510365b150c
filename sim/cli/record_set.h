/*
 * Images written to one record, or to several of a fixed number of images each, which are then called
 * OUT-00000-of-00003 and so on, as TensorFlow names its shards. All or nothing: where one record cannot be written,
 * those of the same set that already were are removed.
 */
#ifndef LAMINA_RECORD_SET_H
#define LAMINA_RECORD_SET_H /* private to cli */

#include "base/arena.h"
#include "cli/options.h"
#include "kernels/record/record.h"

/* The options of every command that writes records. */
/* clang-format off */
#define RECORD_SET_OPTION_ROWS \
	{ .name = "output", .letter = 'o', .kind = OPTION_TEXT, .metavar = "OUT", \
	  .help = "the record to write, - for standard output (required)" }, \
	{ .name = "format", .letter = 'f', .kind = OPTION_CHOICE, .metavar = "FORMAT", .fallback = "protobuf", \
	  .choices = record_format_names, .help = "one message with all images, or TensorFlow's framed Examples" }, \
	{ .name = "images-per-record", .kind = OPTION_INT, .metavar = "N", .min = 1, .max = RECORD_IMAGES_MAX, \
	  .help = "write records OUT-00000-of-... of N images each; without it, all images go into OUT" }
/* clang-format on */

struct record_set {
	const char *path;
	enum record_format format;
	int64_t images_per_record;
	int64_t records;
	int64_t committed; /* records that are in place */
	bool is_sharded;
	bool is_open;
	struct record_writer writer;
	struct arena *arena;
};

struct cli;

/*
 * Takes the options; images are how many will be appended. Returns an enum cli_exit, with a message where the options
 * do not fit or the first record cannot be written.
 */
int record_set_init(struct record_set *set, struct cli *cli, int64_t images);

/* On failure the set is gone. */
bool record_set_append(struct record_set *set, const struct record_image *image, struct err *err);
bool record_set_commit(struct record_set *set, struct err *err);

/* Removes the records of this set. */
void record_set_discard(struct record_set *set);

#endif
