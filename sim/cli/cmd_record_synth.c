/* `lamina record synth`: records of synthetic photographs, the same bytes for the same seed. */
#include <string.h>

#include "base/num.h"
#include "cli/cmd_record.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/record_set.h"
#include "kernels/record/image_synth.h"

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

static int run(struct cli *cli, int argc, char **argv)
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
	if (!record_set_init(&set, cli, count))
		return CLI_WRONG;
	interrupt_catch();
	image_synth_init(&synth, (uint64_t)options_int(&cli->options, "seed"), shape,
			 (enum record_encoding)options_choice(&cli->options, "encoding"));
	bool ok = write_images(cli, &set, &synth, count, &err);
	image_synth_release(&synth);
	return ok ? CLI_OK : cli_failed(cli, &err);
}

static const struct option_row options[] = {
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

const struct command cmd_record_synth = {
	.name = "synth",
	.summary = "make records of seeded synthetic photographs",
	.description = "Makes images with the spectrum and the JPEG size of photographs, for where there are no real "
		       "ones. Pixels are the same on every machine; JPEG bytes also depend on libjpeg's version.",
	.examples = "lamina record synth -o synthetic.record --images 1000\n"
		    "lamina record synth -o input --images-per-record 100 --encoding uint8 --size 227x227\n",
	.options = options,
	.run = run,
};
