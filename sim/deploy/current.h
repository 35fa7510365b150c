/*
 * What is deployed now, from the file that deployed it or from what the AWS command line prints (inventory.h). Its
 * functions are matched to the experiment's by name. What a file leaves out has the tool's default; what it leaves to
 * be resolved is skipped with a warning that names it, and so is a function that it lacks.
 */
#ifndef LAMINA_CURRENT_H
#define LAMINA_CURRENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"
#include "serving/setting.h"

enum { CURRENT_UNKNOWN = -1 };

struct current_function {
	const char *name; /* the experiment's */
	bool is_found;
	/* Numbers are CURRENT_UNKNOWN where the file leaves them to be resolved; concurrency of 0 is none. */
	int64_t memory_mb;
	int64_t timeout_seconds;
	int64_t tmp_mb;
	int64_t reserved_concurrency;
	int64_t provisioned_concurrency;
	const char *architecture;             /* "x86_64" or "arm64"; NULL: unknown */
	struct diag_place architecture_place; /* line 0 where the file does not say */
	int64_t has_snapshot;                 /* 1 or 0 */
	struct diag_place snapshot_place;
};

struct current {
	const char *file;                   /* for messages about its values */
	struct current_function *functions; /* in the experiment's order */
	size_t function_count;
	int64_t parallel; /* the state machine's map; CURRENT_UNKNOWN where there is none, or no bound */
};

/*
 * Reads path ("-" is standard input) for the experiment's functions. False with diag errors, where the file cannot be
 * read (*io_failed), is of no kind that is known or says nothing about them. path must outlive the diag.
 */
bool current_read(const char *path, const char *const *names, size_t count, struct arena *arena, struct diag *diag,
		  struct current *out, bool *io_failed);

/*
 * Where arm64 has no known speed: what is deployed on it is compared on what the experiment says, with a warning at the
 * line that says arm64.
 */
void current_forget_arm64(struct current *current, struct diag *diag);

/*
 * The same of snapshots, where the setting's platform or runtime has none. The setting is that of the experiment whose
 * function names current_read was given.
 */
void current_forget_snapshots(struct current *current, const struct setting *setting, struct diag *diag);

/*
 * The functions whose memory the file does not tell, so that the experiment's stands for it: "front, back"; "" for
 * none.
 */
const char *current_lacking(const struct current *current, struct arena *arena);

/* What was read, as parts of an experiment to be put over it (yaml_merge). */
struct yaml_node *current_overlay(const struct current *current, struct arena *arena);

#endif
