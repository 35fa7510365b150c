/*
 * A platform and settings made by hand for tests: round numbers, and no luck unless a test asks for it. A sandbox of
 * 1000 MB has one vCPU; it starts in 0.5 s cold and 0.01 s warm; the store answers a GET in 0.02 s and a PUT in 0.04 s
 * and carries 100 MB/s.
 */
#ifndef LAMINA_TOY_H
#define LAMINA_TOY_H

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "serving/simulate.h"

struct toy {
	struct arena arena;
	struct platform platform;
	struct setting setting;
	struct setting_function functions[SETTING_FUNCTIONS_MAX];
};

/* Uniform between low and high; constant where they are equal. */
static inline struct quantiles toy_between(struct arena *arena, double low, double high)
{
	struct quantiles q = {.probability = {ARENA_ARRAY(arena, double, 2), 2},
			      .value = {ARENA_ARRAY(arena, double, 2), 2}};
	q.probability.values[1] = 1;
	q.value.values[0] = low;
	q.value.values[1] = high;
	q.table = (struct quantile_table){.probability = q.probability.values, .value = q.value.values, .count = 2};
	return q;
}

static inline struct quantiles toy_constant(struct arena *arena, double value)
{
	return toy_between(arena, value, value);
}

static inline struct platform_cpu toy_cpu(struct arena *arena, double period_seconds)
{
	struct platform_cpu cpu = {
		.mb_per_vcpu = 1000,
		.visible_up_to_mb = {ARENA_ARRAY(arena, int64_t, 1), 1},
		.visible_vcpus = {ARENA_ARRAY(arena, int64_t, 1), 1},
		.period_seconds = period_seconds,
		.sgemm_gflop_per_vcpu_second = 50,
	};
	cpu.visible_up_to_mb.values[0] = 4000;
	cpu.visible_vcpus.values[0] = 2;
	return cpu;
}

/* No function yet; one image, one record, one job. */
static inline void toy_init(struct toy *toy)
{
	*toy = (struct toy){0};
	struct arena *arena = &toy->arena;
	arena_init(arena);
	toy->platform = (struct platform){
		.name = "toy",
		.kind = PLATFORM_FUNCTIONS,
		.memory = {.min_mb = 100, .max_mb = 4000, .step_mb = 100},
		.cpu = toy_cpu(arena, 0.02),
		.sandbox = {.cold_start_seconds = toy_constant(arena, 0.5),
			    .package_reference_mb = 250,
			    .package_seconds = toy_constant(arena, 1),
			    .warm_start_seconds = toy_constant(arena, 0.01),
			    .keep_alive_seconds = toy_constant(arena, 600),
			    .halving_share = 0.5,
			    .halving_spares = 2,
			    .target_looks = 12},
		.limits = {.timeout_seconds = 900,
			   .tmp_mb = 512,
			   .concurrency = 1000,
			   .burst = 500,
			   .burst_per_minute = 500,
			   .retry_min_seconds = 0.05,
			   .retry_max_seconds = 20},
		.network = {.burst_mb_per_second = 100, .refill_mb_per_second = 100},
		.store = {.get_seconds = toy_constant(arena, 0.02),
			  .put_seconds = toy_constant(arena, 0.04),
			  .connection_mb_per_second = 1e6},
		.price = {.usd_per_gb_second = 0.0000166667,
			  .usd_per_million_requests = 0.20,
			  .granularity_seconds = 0.1,
			  .provisioned_step_seconds = 300,
			  .usd_per_1000_puts = 0.005,
			  .usd_per_1000_gets = 0.0004},
	};
	toy->setting = (struct setting){
		.platform = &toy->platform,
		.functions = toy->functions,
		.images = 1,
		.images_per_record = 1,
		.records = 1,
		.schedule = SCHEDULE_PER_RECORD,
		.parallel = 1,
		.event_budget = 1000000000,
		.horizon_ns = 1000000 * NS_PER_SECOND,
	};
}

static inline void toy_release(struct toy *toy)
{
	arena_release(&toy->arena);
}

/* What toy_function is told; everything that is left out costs nothing. */
struct toy_work {
	double cpu_seconds;
	int64_t threads;
	double download_mb;
	double upload_mb;
	double import_seconds;
	double weights_mb;
	double memory_mb;
};

static inline struct phase toy_transfer(double mb, bool is_put)
{
	return (struct phase){
		.gets = mb > 0 && !is_put,
		.puts = mb > 0 && is_put,
		.bytes = llround(mb * 1e6),
		.stream_mb_per_second = HUGE_VAL,
	};
}

/* Adds a function with the same work for every record. */
static inline struct setting_function *toy_function(struct toy *toy, const char *name, int64_t memory_mb,
						    const struct toy_work *todo)
{
	struct setting_function *function = &toy->functions[toy->setting.function_count++];
	*function = (struct setting_function){
		.name = name,
		.memory_mb = memory_mb,
		.tmp_mb = toy->platform.limits.tmp_mb,
		.timeout_ns = ns_from_seconds(toy->platform.limits.timeout_seconds),
		.work = {.images = toy->setting.images_per_record, .peak_memory_mb = todo->memory_mb},
	};
	struct phase *phases = function->work.phases;
	phases[WORK_IMPORT] =
		(struct phase){.cpu_ns = ns_from_seconds(todo->import_seconds), .threads = 1, .cold_only = true};
	phases[WORK_WEIGHTS_GET] = toy_transfer(todo->weights_mb, false);
	phases[WORK_WEIGHTS_GET].cold_only = true;
	phases[WORK_RECORD_GET] = toy_transfer(todo->download_mb, false);
	phases[WORK_COMPUTE] = (struct phase){.cpu_ns = ns_from_seconds(todo->cpu_seconds),
					      .threads = todo->threads > 0 ? todo->threads : 1};
	phases[WORK_RECORD_PUT] = toy_transfer(todo->upload_mb, true);
	function->last_work = function->work;
	return function;
}

static inline void toy_records(struct toy *toy, int64_t records)
{
	toy->setting.images = records * toy->setting.images_per_record;
	toy->setting.records = records;
}

/* Luck of every kind, about as the 2019 platform has it. */
static inline void toy_lucky(struct toy *toy)
{
	struct platform *platform = &toy->platform;
	platform->cpu.speed_spread = 0.02;
	platform->sandbox.cold_start_seconds = toy_between(&toy->arena, 0.17, 0.57);
	platform->sandbox.package_seconds = toy_between(&toy->arena, 0.5, 7);
	platform->sandbox.warm_start_seconds = toy_between(&toy->arena, 0.01, 0.04);
	platform->sandbox.keep_alive_seconds = toy_between(&toy->arena, 540, 660);
	platform->store.get_seconds = toy_between(&toy->arena, 0.015, 0.1);
	platform->store.put_seconds = toy_between(&toy->arena, 0.024, 0.12);
}

/* Four functions of a convolutional network over records of 100 images, much as the paper's, with luck. */
static inline void toy_network(struct toy *toy, int64_t records, int schedule, int64_t parallel)
{
	static const struct toy_work works[] = {
		{.cpu_seconds = 6,
		 .threads = 2,
		 .download_mb = 15,
		 .upload_mb = 28,
		 .import_seconds = 2,
		 .memory_mb = 900},
		{.cpu_seconds = 9,
		 .threads = 2,
		 .download_mb = 28,
		 .upload_mb = 17,
		 .import_seconds = 2,
		 .memory_mb = 800},
		{.cpu_seconds = 5,
		 .threads = 2,
		 .download_mb = 17,
		 .upload_mb = 4,
		 .import_seconds = 2,
		 .memory_mb = 700},
		{.cpu_seconds = 3,
		 .download_mb = 4,
		 .upload_mb = 0.4,
		 .import_seconds = 2,
		 .weights_mb = 230,
		 .memory_mb = 1000},
	};
	static const char *const names[] = {"conv1", "conv2", "conv3", "fc"};
	toy_init(toy);
	toy_lucky(toy);
	toy->setting.images_per_record = 100;
	for (size_t i = 0; i < ARRAY_LEN(works); i++)
		toy_function(toy, names[i], 1500, &works[i])->sandbox.package_mb = 200;
	toy_records(toy, records);
	toy->setting.schedule = schedule;
	toy->setting.parallel = parallel;
}

static inline void toy_memory(struct toy *toy, int64_t memory_mb)
{
	for (size_t i = 0; i < toy->setting.function_count; i++)
		toy->functions[i].memory_mb = memory_mb;
}

static inline struct outcome toy_simulate(struct toy *toy, uint64_t seed)
{
	struct simulate_options options = {.seed = seed};
	struct outcome outcome;
	simulate(&toy->setting, &options, &toy->arena, &outcome);
	return outcome;
}

#endif
