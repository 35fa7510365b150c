#include "results/swept_value.h"

#include <math.h>

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
