/* The comparison: claims as they stand, and the paper's statements in words, computed from the simulated points. */
#include <math.h>
#include <string.h>

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
		      mean_of(at_64, METRIC_MAKESPAN_SECONDS) > 0.9 * mean_of(at_32, METRIC_MAKESPAN_SECONDS));
}

/* In the order of the zip in fig5-mechanisms.yaml. */
static const char *const mechanism_names[] = {"waves alone, all sandboxes warm", "with cold starts",
					      "with cold starts and a driver of 20 calls a second"};
enum { MECHANISMS = sizeof mechanism_names / sizeof mechanism_names[0] };

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

void paper_fill_rows(struct paper *paper, struct arena *arena)
{
	add_claims(paper, PAPER_TABLE1);
	add_claims(paper, PAPER_TABLE2);
	add_fig3(paper);
	add_claims(paper, PAPER_FIG4);
	add_claims(paper, PAPER_GPU);
	add_fig5(paper);
	add_mechanisms(paper, arena);
}
