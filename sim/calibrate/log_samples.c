#include "calibrate/log_samples.h"

#include <math.h>
#include <string.h>

void log_samples_init(struct log_samples *samples, struct arena *arena)
{
	*samples = (struct log_samples){.arena = arena};
}

static void tell_overflow(struct log_samples *samples, struct diag *diag)
{
	if (!samples->is_overflow_told)
		diag_error(diag, (struct diag_place){0},
			   "the logs hold more than %d functions or more than %d memory sizes of one; give fewer at "
			   "once",
			   SAMPLES_FUNCTIONS_MAX, SAMPLES_SIZES_MAX);
	samples->is_overflow_told = true;
}

/* NULL where there is no room for another. */
static struct function_samples *find_function(struct log_samples *samples, const char *name)
{
	for (size_t i = 0; i < samples->function_count; i++)
		if (strcmp(samples->functions[i].name, name) == 0)
			return &samples->functions[i];
	if (samples->function_count == SAMPLES_FUNCTIONS_MAX)
		return NULL;
	struct function_samples *function = &samples->functions[samples->function_count++];
	function->name = arena_strdup(samples->arena, name);
	function->groups = ARENA_ARRAY(samples->arena, struct sample_group, 2 * SAMPLES_SIZES_MAX);
	histogram_init(&function->init_ns, samples->arena);
	summary_init(&function->init_seconds);
	return function;
}

static bool is_before(const struct sample_group *group, int64_t memory_mb, bool is_cold)
{
	return group->memory_mb != memory_mb ? group->memory_mb < memory_mb : group->is_cold < is_cold;
}

/* NULL where there is no room for another. */
static struct sample_group *find_group(struct function_samples *function, int64_t memory_mb, bool is_cold)
{
	size_t at = 0;
	while (at < function->group_count && is_before(&function->groups[at], memory_mb, is_cold))
		at++;
	struct sample_group *group = &function->groups[at];
	if (at < function->group_count && group->memory_mb == memory_mb && group->is_cold == is_cold)
		return group;
	if (function->group_count == 2 * SAMPLES_SIZES_MAX)
		return NULL;
	memmove(group + 1, group, (function->group_count - at) * sizeof *group);
	function->group_count++;
	*group = (struct sample_group){.memory_mb = memory_mb, .is_cold = is_cold};
	summary_init(&group->seconds);
	return group;
}

static void add_memory(struct function_samples *function, const struct report_row *row)
{
	if (report_row_is_at_ceiling(row)) {
		function->at_ceiling++;
		function->ceiling_memory_mb = fmax(function->ceiling_memory_mb, (double)row->memory_mb);
	} else if (row->max_memory_mb > 0) {
		function->max_memory_mb = fmax(function->max_memory_mb, row->max_memory_mb);
	}
}

void log_samples_add(struct log_samples *samples, const char *name, const struct report_row *row, struct diag *diag)
{
	struct function_samples *function = find_function(samples, name);
	if (!function) {
		tell_overflow(samples, diag);
		return;
	}
	add_memory(function, row);
	function->eras[report_row_era(row)]++;
	if (row->init_ms > 0) {
		histogram_add(&function->init_ns, llround(row->init_ms * 1e6));
		summary_add(&function->init_seconds, row->init_ms / 1e3);
	}
	if (row->status != REPORT_OK) {
		*(row->status == REPORT_TIMEOUT ? &function->timeouts : &function->errors) += 1;
		return;
	}
	struct sample_group *group = find_group(function, row->memory_mb, report_row_is_cold(row));
	if (!group) {
		tell_overflow(samples, diag);
		return;
	}
	function->completed++;
	function->averages += row->is_average;
	summary_add(&group->seconds, row->duration_ms / 1000);
}

void log_samples_finish(struct log_samples *samples)
{
	for (size_t i = 0; i < samples->function_count; i++)
		histogram_sort(&samples->functions[i].init_ns);
}
