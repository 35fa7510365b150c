/* Whatever the bytes, a framework is refused or read; over it, what an experiment states is what counts. */
#include <stdint.h>

#include "scenario/framework_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char stated[] = "{preset: x, memory_mb: 100, package_mb: 50, import_cpu_seconds: 2}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct diag diag;
	struct framework_preset preset;
	struct framework framework;
	arena_init(&arena);
	diag_init(&diag);
	const struct yaml_node *own = yaml_parse("own", stated, sizeof stated - 1, &arena, &diag);
	bool ok = framework_preset_parse("fuzz", (const char *)data, size, &arena, &diag, &preset);
	CHECK(ok != diag_has_errors(&diag));
	if (ok && framework_over_preset(&preset, own, &arena, &diag, &framework))
		CHECK(framework.memory_mb == 100 && framework.package_mb == 50);
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
