/* Whatever the bytes, a platform is refused with reasons or read; what was read keeps its rules. */
#include <stdint.h>

#include "scenario/platform_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_functions(const struct platform *platform)
{
	int64_t nearest_mb;
	CHECK(platform_sells_memory(platform, platform->memory.min_mb, &nearest_mb));
	CHECK(cpu_share(&platform->cpu, platform->memory.min_mb) > 0);
	CHECK(platform->network.burst_mb_per_second >= platform->network.refill_mb_per_second);
	CHECK(quantile_table_is_valid(&platform->sandbox.cold_start_seconds.table));
	CHECK(quantile_table_is_valid(&platform->sandbox.keep_alive_seconds.table));
	CHECK(quantile_table_is_valid(&platform->store.get_seconds.table));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct diag diag;
	struct platform platform;
	arena_init(&arena);
	diag_init(&diag);
	bool ok = platform_parse("fuzz", (const char *)data, size, NULL, &arena, &diag, &platform);
	CHECK(ok != diag_has_errors(&diag));
	if (ok && platform.kind == PLATFORM_FUNCTIONS)
		check_functions(&platform);
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
