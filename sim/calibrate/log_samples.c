#include "calibrate/log_samples.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"

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
	function->groups = ARENA_ARRAY(samples->arena, struct sample_group, SAMPLES_GROUPS_MAX);
	histogram_init(&function->init_ns, samples->arena);
	summary_init(&function->init_seconds);
	summary_init(&function->received_mb);
	summary_init(&function->sent_mb);
	return function;
}

/* Less than 0: one comes before the other. */
static int64_t order(const struct sample_group *one, const struct sample_group *other)
{
	if (one->memory_mb != other->memory_mb)
		return one->memory_mb - other->memory_mb;
	if (one->is_cold != other->is_cold)
		return one->is_cold - other->is_cold;
	return one->images - other->images;
}

/* NULL where there is no room for another. */
static struct sample_group *find_group(struct function_samples *function, const struct sample_group *like,
				       struct arena *arena)
{
	size_t at = 0;
	while (at < function->group_count && order(&function->groups[at], like) < 0)
		at++;
	struct sample_group *group = &function->groups[at];
	if (at < function->group_count && order(group, like) == 0)
		return group;
	if (function->group_count == SAMPLES_GROUPS_MAX)
		return NULL;
	memmove(group + 1, group, (function->group_count - at) * sizeof *group);
	function->group_count++;
	*group = *like;
	summary_init(&group->seconds);
	summary_init(&group->cpu_seconds);
	histogram_init(&group->times_ns, arena);
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

static void add_known(struct summary *summary, double value)
{
	if (!isnan(value))
		summary_add(summary, value);
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
	if (!isnan(row->broken_init_ms)) {
		function->broken_inits++;
		function->broken_init_seconds = fmax(function->broken_init_seconds, row->broken_init_ms / 1e3);
	}
	function->ended[row->status]++;
	function->failed += report_status_is_failure(row->status);
	if (row->status != REPORT_OK)
		return;
	const struct sample_group like = {
		.memory_mb = row->memory_mb,
		.is_cold = report_row_is_cold(row),
		.images = isnan(row->images) ? 0 : (int64_t)row->images,
	};
	struct sample_group *group = find_group(function, &like, samples->arena);
	if (!group) {
		tell_overflow(samples, diag);
		return;
	}
	function->completed++;
	function->averages += row->is_average;
	summary_add(&group->seconds, row->duration_ms / 1000);
	group->center_seconds = group->seconds.mean;
	if (row->sandbox[0] && !group->is_cold && !row->is_average)
		sandbox_table_add(&function->sandboxes, row->sandbox, row->memory_mb, row->duration_ms / 1000,
				  samples->arena);
	if (!row->is_average)
		histogram_add(&group->times_ns, llround(row->duration_ms * 1e6));
	add_known(&group->cpu_seconds, row->cpu_ms / 1e3);
	add_known(&function->received_mb, row->received_bytes / 1e6);
	add_known(&function->sent_mb, row->sent_bytes / 1e6);
}

bool log_samples_have_images(const struct function_samples *samples)
{
	for (size_t i = 1; i < samples->group_count; i++)
		if (samples->groups[i].images != samples->groups[0].images)
			return true;
	return false;
}

static void add_failures(const struct function_samples *function, struct buf *out)
{
	int64_t total = 0;
	for (int i = 0; i < REPORT_STATUSES; i++)
		total += function->ended[i];
	buf_printf(out, "%lld of %lld failed", (long long)function->failed, (long long)total);
	const char *separator = ": ";
	for (int i = 0; i < REPORT_STATUSES; i++) {
		int64_t count = function->ended[i];
		if (count == 0 || !report_status_is_failure((enum report_status)i))
			continue;
		bool is_plural = count > 1 && (i == REPORT_ERROR || i == REPORT_UNHANDLED);
		buf_printf(out, "%s%lld %s%s", separator, (long long)count, report_status_names[i],
			   is_plural ? "s" : "");
		separator = ", ";
	}
}

const char *log_samples_endings(const struct function_samples *function, struct arena *arena)
{
	struct buf out;
	buf_init(&out);
	if (function->failed > 0)
		add_failures(function, &out);
	if (function->ended[REPORT_HOLDS_INIT] > 0)
		buf_printf(&out, "%s%lld left out for a second init of unknown length", out.length > 0 ? "; " : "",
			   (long long)function->ended[REPORT_HOLDS_INIT]);
	if (function->broken_inits > 0)
		buf_printf(&out, "%s%lld first init%s broken off, after %.3g s at most", out.length > 0 ? "; " : "",
			   (long long)function->broken_inits, function->broken_inits > 1 ? "s" : "",
			   function->broken_init_seconds);
	const char *text = arena_strdup(arena, buf_text(&out));
	buf_release(&out);
	return text;
}

void log_samples_finish(struct log_samples *samples, const struct platform_cpu *cpu)
{
	for (size_t i = 0; i < samples->function_count; i++) {
		histogram_sort(&samples->functions[i].init_ns);
		scatter_measure(&samples->functions[i], cpu, samples->arena);
	}
}
