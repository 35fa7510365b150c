/*
 * An application as an experiment: the functions, event sources and state machine of a deployment's file (inventory.h)
 * with all that it says of them, each value with a comment of where it stands. What no such file can know, the work
 * that functions do and how much comes, is left as blanks (scenario/blank.h).
 */
#ifndef LAMINA_IMPORT_H
#define LAMINA_IMPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "platform/platform.h"

struct import_request {
	const char *path;              /* "-" is standard input */
	const char *const *more_paths; /* files with functions that a state machine of the first calls */
	size_t more_count;
	const char *name; /* of the experiment; NULL: after the file or its service */
	const struct platform *platform;
	const char *platform_name;     /* as the experiment is to name it */
	const char *const *parameters; /* "NAME=VALUE": of the template */
	size_t parameter_count;
	const char *const *functions; /* only these; none: all, or those of the state machine */
	size_t function_count;
	const char *machine; /* the state machine, where there are several; NULL: the only one */
	const char *output;  /* the file's name, for the commands in its head; NULL: standard output */
	const char *version; /* of the program */
};

/*
 * Adds the experiment's text to out. False with diag errors, where a file cannot be read (*io_failed) or is wrong.
 * What is left out or left blank for want of a value is a warning at its place. Paths must outlive the diag.
 */
bool import_template(const struct import_request *request, struct arena *arena, struct diag *diag, struct buf *out,
		     bool *io_failed);

#endif
