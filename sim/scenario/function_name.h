/*
 * Names that deployments, templates and logs give to functions, matched to those of an experiment: Conv1Function,
 * conv-1, /aws/lambda/shop-prod-conv1 and stack-Conv1Function-1A2B3C4D5E6F all mean conv1.
 */
#ifndef LAMINA_FUNCTION_NAME_H
#define LAMINA_FUNCTION_NAME_H

#include <stddef.h>

/*
 * Index of the name that `given` means, or -1 where it means none or more than one. Case and punctuation do not count,
 * nor does the random ending that CloudFormation makes. A path, an ARN or a log group counts by its last part. The
 * longest part from a word on that is a name is taken, if need be without endings such as "Function".
 */
int function_name_match(const char *given, const char *const *names, size_t count);

/* The last part of a path, an ARN or a log group ("123:/aws/lambda/conv1" is "conv1"); points into given. */
const char *function_name_last_part(const char *given);

#endif
