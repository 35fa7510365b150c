/*
 * Presets of what a language and a framework cost beyond a network's arithmetic (configs/frameworks/): an experiment
 * names one, and the keys that it states itself go over those of the preset.
 */
#ifndef LAMINA_FRAMEWORK_FILE_H
#define LAMINA_FRAMEWORK_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "scenario/experiment_file.h"

struct framework_preset {
	const char *path;
	int apiVersion; /* 0: lamina/v1 */
	const char *name;
	const char *title;
	struct framework framework;   /* unknown numbers are 0 */
	const struct yaml_node *node; /* of framework, as written */
};

extern const struct bind_schema framework_preset_schema;

/* From text in memory; file is its name in messages and outlives the preset. False when errors were added. */
bool framework_preset_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
			    struct framework_preset *out);

/*
 * The experiment's framework over the preset; stated is the experiment's mapping. False, with a diag error for each,
 * where a number is unknown and not stated.
 */
bool framework_over_preset(const struct framework_preset *preset, const struct yaml_node *stated, struct arena *arena,
			   struct diag *diag, struct framework *out);

#endif
