/* The comparison: claims as they stand, and the paper's statements in words, computed from the simulated points. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "report/paper.h"

static void add_row(struct paper *paper, struct paper_row row)
{
	CHECK(paper->row_count < PAPER_ROWS_MAX);
	paper->rows[paper->row_count++] = row;
}

static void add_claims(struct paper *paper, enum paper_part part)
{
	for (size_t i = 0; i < paper->claims[part].count; i++) {
		const struct claim *claim = &paper->claims[part].items[i];
		add_row(paper, (struct paper_row){
				       .quantity = claim->quantity,
				       .unit = claim->unit,
				       .paper = claim->measured,
				       .lamina = claim->predicted,
				       .half_width = claim->half_width,
				       .kind = claim_kind_names[claim->kind],
			       });
	}
}

static void add_statement(struct paper *paper, const char *quantity, bool holds)
{
	add_row(paper, (struct paper_row){
			       .quantity = quantity, .unit = "yes", .paper = 1, .lamina = holds, .kind = "statement"});
}

static void add_report(struct paper *paper, const char *quantity, const char *unit, double value)
{
	add_row(paper,
		(struct paper_row){
			.quantity = quantity, .unit = unit, .paper = (double)NAN, .lamina = value, .kind = "reported"});
}

/* The point of a study at images per record (fig3) or parallel jobs (fig5): the first whose setting says so. */
static const struct run_result *at_images(const struct study *study, int64_t images)
{
	for (size_t i = 0; i < study->sweep.point_count; i++)
		if (study->jobs[i].setting->images_per_record == images)
			return &study->jobs[i].result;
	CHECK(!"a point at these images per record");
	return NULL;
}

static double mean_of(const struct run_result *result, enum metric_id metric)
{
	return run_result_metric(result, metric)->mean;
}

static double duration_of(const struct run_result *result, size_t function)
{
	return function_result_metric(&result->functions[function], FUNCTION_METRIC_DURATION_MEAN_SECONDS)->mean;
}

static double memory_of(const struct run_result *result, size_t function)
{
	return result->functions[function].peak_memory_mb;
}

/* Whether a figure is largest (direction 1) or smallest (-1) for one function. */
static bool is_extreme(const struct run_result *result, size_t function, int direction,
		       double (*value)(const struct run_result *, size_t))
{
	for (size_t i = 0; i < result->function_count; i++)
		if (i != function && direction * (value(result, function) - value(result, i)) <= 0)
			return false;
	return true;
}

/* How much faster time falls than memory from 1000 to 100 images per record: the difference of the two ratios. */
static double gap_of(const struct study *study, size_t function)
{
	const struct run_result *small = at_images(study, 100);
	const struct run_result *large = at_images(study, 1000);
	return memory_of(small, function) / memory_of(large, function) -
	       duration_of(small, function) / duration_of(large, function);
}

/* Memory bought over memory used, less 1, over all functions. */
static double idle_over_used(const struct run_result *result)
{
	double bought = 0;
	double used = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		bought += (double)result->functions[i].memory_mb;
		used += memory_of(result, i);
	}
	return bought / used - 1;
}

static void add_fig3(struct paper *paper)
{
	const struct study *study = &paper->studies[PAPER_FIG3];
	const struct run_result *full = at_images(study, 1000);
	enum { CONV1, CONV2, CONV3, FC };
	CHECK(full->function_count == FC + 1);
	add_statement(paper, "Fig. 3: Conv_1 uses the most memory", is_extreme(full, CONV1, 1, memory_of));
	add_statement(paper, "Fig. 3: Conv_1 takes the most time", is_extreme(full, CONV1, 1, duration_of));
	add_statement(paper, "Fig. 3: FC uses the least memory", is_extreme(full, FC, -1, memory_of));
	add_statement(paper, "Fig. 3: FC takes the least time", is_extreme(full, FC, -1, duration_of));
	bool falls_faster = true;
	for (size_t i = 0; i < full->function_count; i++)
		falls_faster = falls_faster && gap_of(study, i) > 0;
	add_statement(paper, "Fig. 3: with fewer images, time falls faster than memory", falls_faster);
	add_statement(paper, "Fig. 3: more so in Conv_2 and Conv_3 than in Conv_1",
		      gap_of(study, CONV2) > gap_of(study, CONV1) && gap_of(study, CONV3) > gap_of(study, CONV1));
	add_statement(paper, "Fig. 3: more so in FC than in Conv_1", gap_of(study, FC) > gap_of(study, CONV1));
	double below = (idle_over_used(at_images(study, 100)) - idle_over_used(at_images(study, 500))) / 400;
	double above = (idle_over_used(at_images(study, 500)) - idle_over_used(at_images(study, 1000))) / 500;
	add_statement(paper, "Fig. 3: below 500 images, idle memory grows faster than above", below > above);
}

static const struct run_result *at_parallel(const struct study *study, int schedule, int64_t parallel)
{
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct setting *setting = study->jobs[i].setting;
		if (setting->schedule == schedule && setting->parallel == parallel)
			return &study->jobs[i].result;
	}
	CHECK(!"a point at this schedule and parallelism");
	return NULL;
}

/* The fewest parallel jobs of the sweep that need less time than the GPU; 0 where none does. */
static double first_faster(const struct study *study, int schedule, double gpu_seconds)
{
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct setting *setting = study->jobs[i].setting;
		if (setting->schedule == schedule &&
		    mean_of(&study->jobs[i].result, METRIC_MAKESPAN_SECONDS) < gpu_seconds)
			return (double)setting->parallel;
	}
	return 0;
}

const struct run_result *paper_gpu_at(const struct paper *paper, int64_t images)
{
	const struct study *study = &paper->studies[PAPER_GPU];
	for (size_t i = 0; i < study->sweep.point_count; i++)
		if (study->jobs[i].setting->images == images)
			return &study->jobs[i].result;
	CHECK(!"a GPU run with this many images");
	return NULL;
}

/* Time from 32 to 64 jobs falls by less than this part of itself: the strict reading of "hardly changes". */
static const double FLAT = 0.1;

/* ... and by less than this part of a linear axis that begins at one job: what the eye does not see. */
static const double FLAT_TO_THE_EYE = 0.03;

/*
 * The paper says of a figure that time hardly changes: cost on its left axis, time on its right, neither called
 * logarithmic, from one job on. Beside the strict reading stands what such a figure shows.
 */
static void add_readings(struct paper *paper, double gpu_seconds)
{
	const struct study *study = &paper->studies[PAPER_FIG5];
	double axis = mean_of(at_parallel(study, SCHEDULE_PIPELINED, 1), METRIC_MAKESPAN_SECONDS);
	const struct run_result *at_32 = at_parallel(study, SCHEDULE_PIPELINED, 32);
	const struct run_result *at_64 = at_parallel(study, SCHEDULE_PIPELINED, 64);
	double fall = mean_of(at_32, METRIC_MAKESPAN_SECONDS) - mean_of(at_64, METRIC_MAKESPAN_SECONDS);
	add_statement(paper, "Fig. 5: on a linear axis from one job, the same to the eye (less than 3 % of its height)",
		      fall < FLAT_TO_THE_EYE * axis);
	add_report(paper, "Fig. 5, from 32 to 64 jobs time falls by", "s", fall);
	add_report(paper, "Fig. 5, the same as part of the time at 32 jobs", "%",
		   100 * fall / mean_of(at_32, METRIC_MAKESPAN_SECONDS));
	add_report(paper, "Fig. 5, the same as part of a linear axis that begins at one job", "%", 100 * fall / axis);
	add_report(paper, "Fig. 5, the same as part of the GPU's time", "%", 100 * fall / gpu_seconds);
	add_report(paper, "Fig. 5, from 32 to 64 jobs cost rises by", "%",
		   100 * (mean_of(at_64, METRIC_COST_USD) / mean_of(at_32, METRIC_COST_USD) - 1));
}

static void add_fig5(struct paper *paper)
{
	const struct study *study = &paper->studies[PAPER_FIG5];
	double gpu = mean_of(paper_gpu_at(paper, 100000), METRIC_MAKESPAN_SECONDS);
	add_row(paper, (struct paper_row){
			       .quantity = "Fig. 5, parallel jobs from which Lambda beats the GPU, pipelined",
			       .unit = "jobs",
			       .paper = 8,
			       .lamina = first_faster(study, SCHEDULE_PIPELINED, gpu),
			       .kind = "predicted",
		       });
	add_report(paper, "Fig. 5, the same when a job carries its record through all functions", "jobs",
		   first_faster(study, SCHEDULE_PER_RECORD, gpu));
	const struct run_result *at_32 = at_parallel(study, SCHEDULE_PIPELINED, 32);
	const struct run_result *at_64 = at_parallel(study, SCHEDULE_PIPELINED, 64);
	add_statement(paper, "Fig. 5: from 32 to 64 parallel jobs cost rises",
		      mean_of(at_64, METRIC_COST_USD) > mean_of(at_32, METRIC_COST_USD));
	add_statement(paper, "Fig. 5: from 32 to 64 parallel jobs time hardly changes (less than 10 %)",
		      mean_of(at_64, METRIC_MAKESPAN_SECONDS) > (1 - FLAT) * mean_of(at_32, METRIC_MAKESPAN_SECONDS));
	add_readings(paper, gpu);
}

/* In the order of the zip in fig5-mechanisms.yaml. */
static const char *const mechanism_names[] = {"waves alone, all sandboxes warm", "with cold starts",
					      "with cold starts and a driver of 20 calls a second"};
enum { MECHANISMS = ARRAY_LEN(mechanism_names) };

static void add_mechanisms(struct paper *paper, struct arena *arena)
{
	const struct study *study = &paper->studies[PAPER_MECHANISMS];
	CHECK(study->sweep.point_count == 2 * MECHANISMS);
	for (size_t i = 0; i < MECHANISMS; i++) {
		const struct run_result *at_32 = &study->jobs[i].result;
		const struct run_result *at_64 = &study->jobs[MECHANISMS + i].result;
		add_report(
			paper, arena_printf(arena, "Fig. 5, time from 32 to 64, %s", mechanism_names[i]), "%",
			100 * (mean_of(at_64, METRIC_MAKESPAN_SECONDS) / mean_of(at_32, METRIC_MAKESPAN_SECONDS) - 1));
		add_report(paper, arena_printf(arena, "Fig. 5, cost from 32 to 64, %s", mechanism_names[i]), "%",
			   100 * (mean_of(at_64, METRIC_COST_USD) / mean_of(at_32, METRIC_COST_USD) - 1));
	}
}

static double dispatch_of(const struct setting *setting)
{
	return seconds_from_ns(setting->dispatch_ns);
}

static double card_of(const struct setting *setting)
{
	return setting->platform->hosts.card_mb_per_second;
}

static double concurrency_of(const struct setting *setting)
{
	return (double)setting->platform->limits.concurrency;
}

static double gets_of(const struct setting *setting)
{
	return setting->platform->store.gets_per_second;
}

static double burst_of(const struct setting *setting)
{
	return (double)setting->platform->limits.burst;
}

/* In the order of the zip in fig5-plateau.yaml, each from a value that changes nothing on. */
static const struct flattener {
	const char *name;
	const char *unit;
	size_t count;
	double (*value)(const struct setting *);
} flatteners[] = {
	{"a driver that needs for a call", "s", 6, dispatch_of},
	{"one network card of all sandboxes with", "MB/s", 5, card_of},
	{"sandboxes at once in the account", "", 5, concurrency_of},
	{"GETs a second that the store allows", "1/s", 5, gets_of},
	{"new sandboxes at once, then 500 a minute", "", 3, burst_of},
};
enum { FLATTENERS = ARRAY_LEN(flatteners) };

/* 64 jobs over 32, less 1. */
static double step_of(const struct study *study, size_t at_32, enum metric_id metric)
{
	size_t at_64 = at_32 + study->sweep.point_count / 2;
	return mean_of(&study->jobs[at_64].result, metric) / mean_of(&study->jobs[at_32].result, metric) - 1;
}

/* The value at which the step is no longer worth FLAT, on a line between the two values around it; NaN: none does. */
static void find_flat(const struct study *study, const struct flattener *flattener, size_t first, double *value,
		      double *cost)
{
	*value = *cost = (double)NAN;
	for (size_t i = first + 1; i < first + flattener->count; i++) {
		double before = step_of(study, i - 1, METRIC_MAKESPAN_SECONDS);
		double after = step_of(study, i, METRIC_MAKESPAN_SECONDS);
		if (before >= -FLAT || after < -FLAT)
			continue;
		double part = (-FLAT - before) / (after - before);
		double from = flattener->value(study->jobs[i - 1].setting);
		double cost_from = step_of(study, i - 1, METRIC_COST_USD);
		*value = from + part * (flattener->value(study->jobs[i].setting) - from);
		*cost = cost_from + part * (step_of(study, i, METRIC_COST_USD) - cost_from);
		return;
	}
}

/* Records that pass through the driver, which would have to hold it up as long as its calls do. */
static double link_mb_per_second(const struct setting *setting, double dispatch_seconds)
{
	const struct phase *get = &setting->functions[0].work.phases[WORK_RECORD_GET];
	return (double)get->bytes / 1e6 / (dispatch_seconds * (double)setting->function_count);
}

static void add_plateau(struct paper *paper, struct arena *arena)
{
	const struct study *study = &paper->studies[PAPER_PLATEAU];
	size_t first = 0;
	for (size_t i = 0; i < FLATTENERS; first += flatteners[i++].count) {
		double value;
		double cost;
		find_flat(study, &flatteners[i], first, &value, &cost);
		add_report(paper, arena_printf(arena, "Fig. 5, flat (less than 10 %%) with %s", flatteners[i].name),
			   flatteners[i].unit, value);
		add_report(paper,
			   arena_printf(arena, "Fig. 5, then from 32 to 64 jobs cost rises by, %s", flatteners[i].name),
			   "%", 100 * cost);
		if (i == 0)
			add_report(paper, "Fig. 5, flat with a driver's own link, if records went through it, of",
				   "MB/s", link_mb_per_second(study->jobs[0].setting, value));
	}
	CHECK(study->sweep.point_count == 2 * first);
}

void paper_fill_rows(struct paper *paper, struct arena *arena)
{
	add_claims(paper, PAPER_TABLE1);
	add_claims(paper, PAPER_TABLE2);
	add_fig3(paper);
	add_claims(paper, PAPER_FIG4);
	add_claims(paper, PAPER_GPU);
	add_fig5(paper);
	add_mechanisms(paper, arena);
	add_plateau(paper, arena);
}
