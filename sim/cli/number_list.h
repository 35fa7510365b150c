/* Options that take several numbers: "1,10,100". */
#ifndef LAMINA_NUMBER_LIST_H
#define LAMINA_NUMBER_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Integers in [min, max], separated by commas, at most count_max of them, sorted and without doubles. False with err
 * naming the part that is wrong.
 */
bool number_list_parse(const char *text, int64_t min, int64_t max, int64_t *values, size_t count_max, size_t *count,
		       struct err *err);

#endif
