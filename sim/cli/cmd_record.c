/* `lamina record`: files of many images, as the functions of a pipeline read and write them. */
#include "cli/cmd_record.h"

#include "cli/commands.h"

static const struct command *const subcommands[] = {&cmd_record_pack, &cmd_record_synth, &cmd_record_show, NULL};

const struct command cmd_record = {
	.name = "record",
	.summary = "make and inspect records: files of many images",
	.description =
		"A record holds many images in one file, because moving them one by one through an object store costs "
		"more. There are two formats: one Protocol Buffers message with all images (protobuf), or TensorFlow's "
		"framing with one tf.train.Example per image (tfrecord), which TensorFlow reads and writes.",
	.subcommands = subcommands,
};
