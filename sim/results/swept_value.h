/* The value of a swept key as tables and databases keep it: numbers stay numbers. */
#ifndef LAMINA_SWEPT_VALUE_H
#define LAMINA_SWEPT_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "doc/yaml.h"

enum swept_value_kind { VALUE_NONE, VALUE_INT, VALUE_DOUBLE, VALUE_TEXT };

struct swept_value {
	enum swept_value_kind kind;
	int64_t integer;
	double number;
	const char *text;
};

/* node may be NULL: no value. Texts point into the node or live in the arena. */
struct swept_value swept_value_of(const struct yaml_node *node, struct arena *arena);

/* As it is written; "" where there is none. In the arena. */
const char *swept_value_text(const struct swept_value *value, struct arena *arena);

/* The number, or NaN. */
double swept_value_number(const struct swept_value *value);

bool swept_value_equal(const struct swept_value *a, const struct swept_value *b);

#endif
