/* The MODEL operand of commands: a file, or the name of a network that comes with Lamina (configs/models/NAME.yaml). */
#ifndef LAMINA_MODEL_CHOICE_H
#define LAMINA_MODEL_CHOICE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * The path of the model's file, in the arena. A word with a slash or a dot is a path and comes back as it is. False
 * where no network has that name: message then holds what there is instead.
 */
bool model_choice_find(const char *word, struct arena *arena, const char **path, struct buf *message);

#endif
