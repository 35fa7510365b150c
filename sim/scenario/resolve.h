/*
 * Turns an experiment into a setting: finds its platform and profile, checks what only makes sense together, and works
 * out what every function does to a record. Files are read once per library and shared by all points of a sweep.
 */
#ifndef LAMINA_RESOLVE_H
#define LAMINA_RESOLVE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/digest.h"
#include "profile/profile.h"
#include "scenario/experiment_file.h"
#include "scenario/framework_file.h"
#include "scenario/platform_file.h"
#include "serving/setting.h"

enum { LIBRARY_FILES_MAX = 1024, LIBRARY_DIGESTS_MAX = 4 * LIBRARY_FILES_MAX };

struct library_platform {
	const char *key; /* path and changes */
	const struct platform *platform;
};

struct library_trace {
	const char *key; /* path, function and columns */
	const struct trace *trace;
};

/* What a platform, a profile, a preset or a trace holds, in short. */
struct library_digest {
	const void *content;
	struct digest digest;
};

/* A profile that was cut into other functions. */
struct library_split {
	const struct profile *of;
	const char *key; /* how, as a text */
	const struct profile *profile;
};

/* The name that was looked up last, and where it was found. */
struct library_found {
	const char *name; /* NULL: none was */
	const char *path;
};

/* Platforms, profiles and traces that were read, by path. */
struct library {
	struct arena *arena;
	struct library_platform platforms[LIBRARY_FILES_MAX];
	size_t platform_count;
	const struct profile *profiles[LIBRARY_FILES_MAX];
	size_t profile_count;
	struct library_split splits[LIBRARY_FILES_MAX];
	size_t split_count;
	double profile_spreads; /* by which profiles are moved when they are read (profile_shift) */
	const struct framework_preset *presets[LIBRARY_FILES_MAX];
	size_t preset_count;
	const char *preset_names; /* once they were asked for */
	struct library_trace traces[LIBRARY_FILES_MAX];
	size_t trace_count;
	struct library_digest digests[LIBRARY_DIGESTS_MAX]; /* of those that were asked for */
	size_t digest_count;
	const struct plan_uncertainty *uncertainty; /* the usual one, once it was asked for */
	bool admits_unknown; /* settings may need what nobody has published; experiment_unknown() tells what */
	struct library_found last_platform;
	struct library_found last_profile;
	struct library_found last_preset;
};

void library_init(struct library *library, struct arena *arena);

/*
 * By name, or by a path from the folder of the file that names it (place.file). NULL with diag errors (at place) where
 * the file is missing or wrong. changes may be NULL.
 */
const struct platform *library_platform(struct library *library, const char *name,
					const struct platform_changes *changes, struct diag_place place,
					struct diag *diag);
const struct profile *library_profile(struct library *library, const char *name, struct diag_place place,
				      struct diag *diag);
/* The file of a profile that an operand names: its path, or the name of one that comes with the program. */
const char *library_profile_path(struct library *library, const char *given, struct diag *diag);

const struct framework_preset *library_preset(struct library *library, const char *name, struct diag_place place,
					      struct diag *diag);

struct trace_request;

/* The trace whose path the request names from the folder of the file that does; NULL with diag errors. */
const struct trace *library_trace(struct library *library, const struct trace_request *request, struct diag *diag);

/* The usual uncertainties of what plans are made of; NULL with diag errors where their file is missing or wrong. */
const struct plan_uncertainty *library_uncertainty(struct library *library, struct diag *diag);

/* The names of the frameworks that come with the program, in one text. */
const char *library_preset_names(struct library *library);

/*
 * Looks up the platform and the profile that a tree names and reports the mistakes in them: for an experiment with
 * other mistakes, which is not resolved. root may be NULL.
 */
void library_check_names(struct library *library, const struct yaml_node *root, struct diag *diag);

/*
 * Fills *out; it points into the experiment, the library and the arena. False when errors were added to the diag. A
 * function that will run out of memory is a warning: the simulation shows what that costs.
 */
bool experiment_resolve(const struct experiment *experiment, struct library *library, struct arena *arena,
			struct diag *diag, struct setting *out);

/*
 * The dotted keys of its platform that a setting needs and nobody has published; a setting that a library which admits
 * them resolved has the least value of their rows in their place.
 */
void experiment_unknown(const struct experiment *experiment, const struct setting *setting, struct arena *arena,
			struct bind_texts *out);

#endif
