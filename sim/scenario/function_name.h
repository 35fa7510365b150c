/*
 * Names that deployments, templates and logs give to functions, matched to those of an experiment: Conv1Function,
 * conv-1, /aws/lambda/shop-prod-conv1 and stack-Conv1Function-1A2B3C4D5E6F all mean conv1.
 */
#ifndef LAMINA_FUNCTION_NAME_H
#define LAMINA_FUNCTION_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/*
 * Index of the name that `given` means, or -1 where it means none or more than one. Case and punctuation do not count,
 * nor does the random ending that CloudFormation makes. A path, an ARN or a log group counts by its last part. The
 * longest part from a word on that is a name is taken, if need be without endings such as "Function".
 */
int function_name_match(const char *given, const char *const *names, size_t count);

/* The last part of a path, an ARN or a log group ("123:/aws/lambda/conv1" is "conv1"); points into given. */
const char *function_name_last_part(const char *given);

/* The last part as it may be shown and written: of printable characters, "function" where there are none. */
const char *function_name_of_log_group(const char *given, struct arena *arena);

/* The same of a file by its name: "logs/conv1.log.gz" is of conv1, standard input ("-") of "function". */
const char *function_name_of_file(const char *path, struct arena *arena);

/*
 * Whether a dotted key below `functions` speaks of a function that there is; else a diag error at place, for a key that
 * is misspelt would make another function. `functions.NAME` itself may be new. Other keys are right.
 */
bool function_name_check_key(const char *dotted_key, const char *const *names, size_t count, struct diag_place place,
			     struct diag *diag);

/* "; did you mean 'resize'?" or "; there are resize and store", in the arena. */
const char *function_name_advice(const char *name, const char *const *names, size_t count, struct arena *arena);

#endif
