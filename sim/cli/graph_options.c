#include "cli/graph_options.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"

bool graph_options_take(struct cli *cli, struct graph_options *options, struct err *err)
{
	size_t count;
	const char *const *pairs = options_list(&cli->options, "dimension", &count);
	struct graph_dimension *dimensions = ARENA_ARRAY(&cli->arena, struct graph_dimension, count);
	for (size_t i = 0; i < count; i++) {
		const char *equals = strchr(pairs[i], '=');
		dimensions[i].name = arena_strndup(&cli->arena, pairs[i], (size_t)(equals - pairs[i]));
		if (!num_parse_int64(equals + 1, &dimensions[i].size) || dimensions[i].size < 1 ||
		    dimensions[i].size > VALUE_ELEMENTS_MAX)
			return err_set(err, "--dimension: '%.60s' is no size from 1 to %" PRId64, equals + 1,
				       VALUE_ELEMENTS_MAX);
	}
	options->dimensions = dimensions;
	options->dimension_count = count;
	return true;
}

const char *const kernel_choices[] = {"openblas", "lamina", NULL};

bool kernel_choice_take(const struct cli *cli, struct kernel_choice *choice, struct err *err)
{
	bool is_told = options_given(&cli->options, "isa");
	choice->are_lamina = options_choice(&cli->options, "kernels") == 1;
	choice->isa = is_told ? (enum isa)options_choice(&cli->options, "isa") : isa_usual();
	if (is_told && !choice->are_lamina)
		return err_set(err, "--isa is of Lamina's own kernels: --kernels lamina");
	if (!isa_is_supported(choice->isa))
		return err_set(err, "--isa: this processor does not run %s", isa_names[choice->isa]);
	return true;
}
