#include "deploy/deployment.h"

#include <math.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/num.h"
#include "plan/stage.h"

/* powerValues of the tool's README, and the sizes that are sold since December 2020. */
static const int64_t usual_sizes_mb[] = {128, 256, 512, 1024, 1536, 2048, 3008, 4096, 6144, 8192, 10240};

enum { USUAL_SIZES = ARRAY_LEN(usual_sizes_mb) };

static struct deployment_point point_at(const struct stage *stage, int64_t memory_mb)
{
	struct stage_figures figures;
	stage_at(stage, memory_mb, &figures);
	return (struct deployment_point){memory_mb, figures.warm_seconds, figures.warm_usd};
}

static int by_memory(const void *a, const void *b)
{
	const struct deployment_point *x = a;
	const struct deployment_point *y = b;
	return (x->memory_mb > y->memory_mb) - (x->memory_mb < y->memory_mb);
}

static void add_points(struct deployed_function *out, const struct setting *setting, const struct stage *stage,
		       struct arena *arena)
{
	struct deployment_point *points = ARENA_ARRAY(arena, struct deployment_point, USUAL_SIZES + 1);
	size_t count = 0;
	points[count++] = point_at(stage, out->memory_mb);
	for (size_t i = 0; i < USUAL_SIZES; i++) {
		int64_t nearest_mb;
		bool is_sold = platform_sells_memory(setting->platform, usual_sizes_mb[i], &nearest_mb);
		if (is_sold && (double)usual_sizes_mb[i] >= stage->memory_floor_mb &&
		    usual_sizes_mb[i] != out->memory_mb)
			points[count++] = point_at(stage, usual_sizes_mb[i]);
	}
	qsort(points, count, sizeof *points, by_memory);
	out->points = points;
	out->point_count = count;
}

static int64_t reserved_of(const struct setting *setting, const struct setting_function *function)
{
	const struct platform_limits *limits = &setting->platform->limits;
	/* A workflow's blocks may call a function many times at once for each job. */
	if (function->reserved_concurrency > 0 || setting->graph)
		return function->reserved_concurrency;
	int64_t most = (limits->concurrency - limits->unreserved) / (int64_t)setting->function_count;
	return setting->parallel <= most ? setting->parallel : 0;
}

void deployment_init(struct deployment *deployment, const struct setting *setting, const double *calls_per_month,
		     struct arena *arena)
{
	struct deployed_function *functions = ARENA_ARRAY(arena, struct deployed_function, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		struct stage stage;
		stage_init(&stage, setting, i);
		struct deployment_point own = point_at(&stage, function->memory_mb);
		functions[i] = (struct deployed_function){
			.name = function->name,
			.resource = function->resource && function->resource[0] ? function->resource : NULL,
			.provisioned_resource = function->provisioned_resource && function->provisioned_resource[0]
							? function->provisioned_resource
							: NULL,
			.deployed_name = function->deployed_name && function->deployed_name[0] ? function->deployed_name
											       : function->name,
			.memory_mb = function->memory_mb,
			.timeout_seconds = div_ceil_int64(function->timeout_ns, NS_PER_SECOND),
			.tmp_mb = function->tmp_mb,
			.reserved_concurrency = reserved_of(setting, function),
			.provisioned_concurrency = function->sandbox.provisioned,
			.has_snapshot = function->sandbox.has_snapshot,
			.is_arm64 = function->sandbox.is_arm64,
			.monthly_requests = llround(fmin(calls_per_month[i], 1e18)),
			.seconds = own.seconds,
			.usd = own.usd,
		};
		add_points(&functions[i], setting, &stage, arena);
	}
	*deployment = (struct deployment){
		.platform = setting->platform->name,
		.images_per_record = setting->images_per_record,
		.parallel = setting->parallel,
		.service = &setting->platform->workflow,
		.schedule = schedule_names[setting->schedule],
		.graph = setting->graph,
		.functions = functions,
		.function_count = setting->function_count,
	};
}
