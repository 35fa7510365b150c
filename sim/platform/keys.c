#include "platform/keys.h"

static const struct bind_field fields[] = {
	BIND_FIELD(struct quantiles, probability, BIND_DOUBLE_LIST, .required = true, .min = 0, .max = 1,
		   .help = "cumulative probabilities, ascending"),
	BIND_FIELD(struct quantiles, value, BIND_DOUBLE_LIST, .required = true, .min = 0, .max = 1e12,
		   .help = "the value at each probability, not descending"),
	BIND_END,
};

static void check_quantiles(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct quantiles *quantiles = value;
	const struct bind_doubles *p = &quantiles->probability;
	const struct bind_doubles *x = &quantiles->value;
	if (p->count == 0 || p->count != x->count) {
		diag_error(diag, bind_place(node, "value"),
			   "'probability' has %zu entries and 'value' %zu; both need the "
			   "same number, at least one",
			   p->count, x->count);
		return;
	}
	for (size_t i = 1; i < p->count; i++) {
		if (p->values[i] <= p->values[i - 1])
			diag_error(diag, bind_place(node, "probability"), "'probability' must ascend (entry %zu)",
				   i + 1);
		if (x->values[i] < x->values[i - 1])
			diag_error(diag, bind_place(node, "value"), "'value' must not descend (entry %zu)", i + 1);
	}
	quantiles->table = (struct quantile_table){.probability = p->values, .value = x->values, .count = p->count};
}

const struct bind_schema quantiles_schema = {
	.title = "a distribution",
	.bytes = sizeof(struct quantiles),
	.fields = fields,
	.check = check_quantiles,
};

void keys_need(const struct yaml_node *node, const char *key, double value, const char *const needed[],
	       struct diag *diag)
{
	for (size_t i = 0; needed[i] && value > 0; i++) {
		if (!yaml_get(node, needed[i]))
			diag_error(diag, bind_place(node, key), "'%s' needs '%s' beside it", key, needed[i]);
	}
}
