/* Names that operands and options take, for completions: each function adds its words with blanks between them. */
#ifndef LAMINA_NAMES_H
#define LAMINA_NAMES_H

#include "base/buf.h"

typedef void names_writer(struct buf *out);

names_writer names_of_platforms;
names_writer names_of_profiles;
names_writer names_of_models;
names_writer names_of_emit_formats;

/* What --set can name: "platform=NAME" and "profile=NAME" for all of them. */
names_writer names_of_settings;

#endif
