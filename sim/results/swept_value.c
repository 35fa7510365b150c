#include "results/swept_value.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "experiment/sweep.h"

struct swept_value swept_value_of(const struct yaml_node *node, struct arena *arena)
{
	int64_t integer;
	double number;
	if (!node)
		return (struct swept_value){.kind = VALUE_NONE};
	bool is_number = yaml_type_of(node) == YAML_TYPE_NUMBER;
	if (is_number && num_parse_int64(node->text, &integer))
		return (struct swept_value){.kind = VALUE_INT, .integer = integer};
	if (is_number && num_parse_double(node->text, &number) && isfinite(number))
		return (struct swept_value){.kind = VALUE_DOUBLE, .number = number};
	return (struct swept_value){.kind = VALUE_TEXT, .text = sweep_value_text(node, arena)};
}

const char *swept_value_text(const struct swept_value *value, struct arena *arena)
{
	char text[NUM_TEXT_BYTES];
	if (value->kind == VALUE_INT)
		return arena_printf(arena, "%lld", (long long)value->integer);
	if (value->kind == VALUE_DOUBLE)
		return arena_strdup(arena, num_format_double(value->number, text));
	return value->kind == VALUE_TEXT ? value->text : "";
}

double swept_value_number(const struct swept_value *value)
{
	if (value->kind == VALUE_INT)
		return (double)value->integer;
	return value->kind == VALUE_DOUBLE ? value->number : (double)NAN;
}

bool swept_value_equal(const struct swept_value *a, const struct swept_value *b)
{
	double number = swept_value_number(a);
	if (!isnan(number))
		return number == swept_value_number(b);
	return a->kind == b->kind && (a->kind == VALUE_NONE || strcmp(a->text, b->text) == 0);
}
