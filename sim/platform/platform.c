#include "platform/platform.h"

#include <string.h>

#include "base/num.h"
#include "platform/keys.h"

static const struct bind_field memory_fields[] = {
	INTEGER(struct platform_memory, min_mb, 1, 1048576, "smallest size sold, MB (1 MB = 1024 kB)"),
	INTEGER(struct platform_memory, max_mb, 1, 1048576, "largest size sold, MB"),
	INTEGER(struct platform_memory, step_mb, 1, 65536, "distance between sizes, MB"),
	BIND_FIELD(struct platform_memory, sizes_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		   .help = "the sizes themselves, where they are no even steps, MB, ascending"),
	BIND_END,
};

static void check_memory(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_memory *memory = value;
	if (memory->max_mb < memory->min_mb)
		diag_error(diag, bind_place(node, "max_mb"), "'max_mb' is below 'min_mb' (%lld)",
			   (long long)memory->min_mb);
}

const struct bind_schema platform_memory_schema = {
	.title = "memory",
	.bytes = sizeof(struct platform_memory),
	.fields = memory_fields,
	.check = check_memory,
};

bool platform_sells_memory(const struct platform *platform, int64_t memory_mb, int64_t *nearest_mb)
{
	const struct platform_memory *sold = &platform->memory;
	for (size_t i = 0; i < sold->sizes_mb.count; i++) {
		*nearest_mb = sold->sizes_mb.values[i];
		if (*nearest_mb >= memory_mb)
			break;
	}
	if (sold->sizes_mb.count > 0)
		return *nearest_mb == memory_mb;
	if (memory_mb <= sold->min_mb) {
		*nearest_mb = sold->min_mb;
	} else if (memory_mb >= sold->max_mb) {
		*nearest_mb = sold->max_mb;
	} else {
		int64_t steps = div_ceil_int64(memory_mb - sold->min_mb, sold->step_mb);
		*nearest_mb = sold->min_mb + steps * sold->step_mb;
		if (*nearest_mb > sold->max_mb)
			*nearest_mb = sold->max_mb;
	}
	return *nearest_mb == memory_mb;
}

bool platform_is_unknown(const struct platform *platform, const char *key)
{
	for (size_t i = 0; i < platform->unknown.count; i++) {
		if (strcmp(platform->unknown.values[i], key) == 0)
			return true;
	}
	return false;
}

const struct platform_runtime *platform_find_runtime(const struct platform *platform, const char *name)
{
	const struct platform_runtime *runtimes = platform->sandbox.runtimes.items;
	for (size_t i = 0; i < platform->sandbox.runtimes.count; i++) {
		size_t length = strlen(runtimes[i].name);
		if (strncmp(runtimes[i].name, name, length) == 0 &&
		    (name[length] == '\0' || strcmp(name + length, ".x") == 0))
			return &runtimes[i];
	}
	return NULL;
}
