#include "platform/cold_start.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "random/stream.h"

static void add_part(struct cold_start *start, struct cold_start_part part)
{
	CHECK(start->count < COLD_START_PARTS_MAX);
	start->parts[start->count++] = part;
}

/* A quantity that a platform does not have takes no time. */
static void add_drawn(struct cold_start *start, const struct quantiles *seconds, double times, bool is_init)
{
	if (seconds->table.count > 0)
		add_part(start, (struct cold_start_part){.seconds = seconds, .times = times, .is_init = is_init});
}

static const struct quantiles *runtime_seconds(const struct sandbox_spec *spec)
{
	bool has_own = spec->runtime->image_init_seconds.table.count > 0;
	return spec->is_image && has_own ? &spec->runtime->image_init_seconds : &spec->runtime->init_seconds;
}

static void add_init(struct cold_start *start, const struct platform *platform, const struct sandbox_spec *spec)
{
	if (spec->has_snapshot) {
		add_drawn(start, &platform->sandbox.restore_seconds, 1, true);
	} else if (spec->measured_init) {
		add_drawn(start, spec->measured_init, 1, true);
	} else {
		if (spec->runtime)
			add_drawn(start, runtime_seconds(spec), 1, true);
		start->init_cpu_ns = spec->init_cpu_ns;
		start->init_longest_ns = ns_from_seconds(platform->limits.init_seconds);
	}
}

void cold_start_init(struct cold_start *start, const struct platform *platform, const struct sandbox_spec *spec)
{
	const struct platform_sandbox *sandbox = &platform->sandbox;
	bool loads_zip = !spec->is_image && !spec->has_snapshot;
	*start = (struct cold_start){0};
	add_drawn(start, &sandbox->cold_start_seconds, 1, false);
	/* Also where nothing is loaded, so that settings with and without a package meet the same luck. */
	add_drawn(start, &sandbox->package_seconds, loads_zip ? spec->package_mb / sandbox->package_reference_mb : 0,
		  false);
	if (spec->is_image && !spec->has_snapshot)
		add_drawn(start, &sandbox->image_seconds, 1, false);
	if (spec->is_image && !spec->has_snapshot && sandbox->image_mb_per_second > 0)
		add_part(start, (struct cold_start_part){.fixed_seconds = spec->package_mb * sandbox->image_read_share /
									  sandbox->image_mb_per_second});
	if (spec->has_device)
		add_drawn(start, &platform->device.start_seconds, 1, false);
	add_init(start, platform, spec);
}

static double part_seconds(const struct cold_start_part *part, struct stream *luck)
{
	if (!part->seconds)
		return part->fixed_seconds;
	const struct quantile_table *table = &part->seconds->table;
	return part->times * (luck ? quantile_draw(table, luck) : quantile_mean(table));
}

void cold_start_add_up(const struct cold_start *start, double slowness, struct stream *luck,
		       struct cold_start_times *out)
{
	double placed = 0;
	double init = 0;
	for (size_t i = 0; i < start->count; i++)
		*(start->parts[i].is_init ? &init : &placed) += part_seconds(&start->parts[i], luck);
	*out = (struct cold_start_times){
		.placed_ns = ns_from_seconds(placed),
		.init_ns = ns_from_seconds(init) + round_int64((double)start->init_cpu_ns * slowness),
	};
	if (start->init_longest_ns > 0 && out->init_ns > start->init_longest_ns) {
		out->init_ns = start->init_longest_ns;
		out->repeat_init_ns = start->init_cpu_ns;
	}
}
