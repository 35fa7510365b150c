/* Names that operands and options take, for completions: each function adds its words with blanks between them. */
#ifndef LAMINA_NAMES_H
#define LAMINA_NAMES_H /* private to cli */

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

typedef void names_writer(struct buf *out);

names_writer names_of_platforms;
names_writer names_of_profiles;
names_writer names_of_models;
names_writer names_of_emit_formats;
names_writer names_of_figures;

/* What --set can name: "platform=NAME", "profile=NAME" and "framework.preset=NAME" for all of them. */
names_writer names_of_settings;

/*
 * The MODEL operand of commands: a file, or the name of a network that comes with Lamina (configs/models/NAME.yaml).
 * *path gets the path of the model's file, in the arena. A word with a slash or a dot is a path and comes back as it
 * is. False where no network has that name: message then holds what there is instead.
 */
bool names_find_model(const char *word, struct arena *arena, const char **path, struct buf *message);

#endif
