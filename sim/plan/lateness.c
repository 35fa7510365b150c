#include "plan/lateness.h"

#include <math.h>

#include "base/num.h"

static const int64_t wave_counts[LATENESS_WAVES] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

/* What each of many records would take, over all stages; at one step of memory. */
struct visit_lengths {
	double *first_seconds;       /* on new sandboxes */
	double *ready_seconds;       /* on those that are there before, where a function has any */
	double *later_fixed_seconds; /* without what the job's sandboxes scale */
	double *later_cpu_seconds;   /* of a job for life */
	double later_mean;
	size_t ready; /* jobs that find such sandboxes */
};

/* The jobs under way by the time at which they are free: a binary heap, the first of them on top. */
struct busy_job {
	double free_seconds;
	size_t draw; /* its sandboxes' */
};

static void sift_down(struct busy_job *jobs, size_t count, size_t at)
{
	struct busy_job moved = jobs[at];
	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && jobs[child + 1].free_seconds < jobs[child].free_seconds)
			child++;
		if (moved.free_seconds <= jobs[child].free_seconds)
			break;
		jobs[at] = jobs[child];
	}
	jobs[at] = moved;
}

/* When the last of so many records ends; the draws from *next on are used up. */
static double batch_seconds(const struct visit_lengths *lengths, struct busy_job *jobs, size_t job_count,
			    size_t records, size_t *next)
{
	double end = 0;
	for (size_t j = 0; j < job_count; j++) {
		size_t draw = (*next)++ % LATENESS_DRAWS;
		const double *first = j < lengths->ready ? lengths->ready_seconds : lengths->first_seconds;
		jobs[j] = (struct busy_job){first[draw], draw};
	}
	for (size_t at = job_count / 2; at-- > 0;)
		sift_down(jobs, job_count, at);
	for (size_t record = job_count; record < records; record++) {
		size_t draw = (*next)++ % LATENESS_DRAWS;
		jobs[0].free_seconds += lengths->later_fixed_seconds[draw] + lengths->later_cpu_seconds[jobs[0].draw];
		sift_down(jobs, job_count, 0);
	}
	for (size_t j = 0; j < job_count; j++)
		end = fmax(end, jobs[j].free_seconds);
	return end;
}

static double mean_of(const double *values)
{
	double sum = 0;
	for (size_t k = 0; k < LATENESS_DRAWS; k++)
		sum += values[k];
	return sum / LATENESS_DRAWS;
}

/* A batch of more records than that is taken for a smaller one of as many waves. */
static double mean_lateness(const struct visit_lengths *lengths, int64_t records, int64_t waves, struct busy_job *jobs)
{
	int64_t fewer = records < LATENESS_RECORDS ? records : LATENESS_RECORDS;
	int64_t job_count = div_ceil_int64(fewer, waves);
	int64_t batches = div_ceil_int64(LATENESS_RECORDS, fewer);
	if (job_count == 1)
		return 0;
	size_t next = 0;
	double sum = 0;
	for (int64_t i = 0; i < batches; i++)
		sum += batch_seconds(lengths, jobs, (size_t)job_count, (size_t)fewer, &next);
	const double *first = (size_t)job_count <= lengths->ready ? lengths->ready_seconds : lengths->first_seconds;
	double in_step = mean_of(first) + (double)(div_ceil_int64(fewer, job_count) - 1) * lengths->later_mean;
	return fmax(0, sum / (double)batches - in_step);
}

static double draw_variation(double variation, struct stream *luck)
{
	return variation > 0 ? stream_gamma(luck, 1 / (variation * variation), variation * variation) : 1;
}

/* Adds a stage's visits; the same luck at every step of memory. */
static void add_stage(struct visit_lengths lengths[LATENESS_STEPS], const struct stage *stage, size_t index,
		      const struct lateness_steps *steps)
{
	enum stage_visit_kind ready_kind = stage->function->sandbox.provisioned > 0 ? STAGE_KEPT
					   : stage->is_warm                         ? STAGE_WARM
										    : STAGE_COLD;
	double variation = stage->visits[STAGE_WARM].variation;
	bool cpu_varies = stage->visits[STAGE_WARM].work->varying != VARYING_WAIT;
	double first_cpu[LATENESS_STEPS];
	double ready_cpu[LATENESS_STEPS];
	double later_cpu[LATENESS_STEPS];
	struct stream luck;
	stream_init(&luck, 1, 0, stream_id_from_name("lateness"), index);
	for (size_t s = 0; s < LATENESS_STEPS; s++) {
		first_cpu[s] = stage_cpu_seconds(stage, STAGE_COLD, steps->memory_mb[s]);
		ready_cpu[s] = stage_cpu_seconds(stage, ready_kind, steps->memory_mb[s]);
		later_cpu[s] = stage_cpu_seconds(stage, STAGE_WARM, steps->memory_mb[s]);
	}
	for (size_t k = 0; k < LATENESS_DRAWS; k++) {
		double over_mean;
		double slowness = stage_draw_slowness(stage, &luck, &over_mean);
		double first_varies = draw_variation(variation, &luck);
		double later_varies = draw_variation(variation, &luck);
		double first = stage_draw_fixed(stage, STAGE_COLD, slowness, first_varies, &luck);
		double ready = stage_draw_fixed(stage, ready_kind, slowness, first_varies, &luck);
		double later = stage_draw_fixed(stage, STAGE_WARM, slowness, later_varies, &luck);
		double first_factor = cpu_varies ? first_varies : 1;
		double later_factor = cpu_varies ? later_varies : 1;
		for (size_t s = 0; s < LATENESS_STEPS; s++) {
			lengths[s].first_seconds[k] += first + first_cpu[s] * over_mean * first_factor;
			lengths[s].ready_seconds[k] += ready + ready_cpu[s] * over_mean * first_factor;
			lengths[s].later_fixed_seconds[k] += later + later_cpu[s] * (later_factor - 1);
			lengths[s].later_cpu_seconds[k] += later_cpu[s] * over_mean;
		}
	}
}

/* Those whose every function that has sandboxes ready has one for them. */
static size_t ready_jobs(const struct setting *setting)
{
	int64_t least = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		int64_t provisioned = setting->functions[i].sandbox.provisioned;
		if (provisioned > 0 && (least == 0 || provisioned < least))
			least = provisioned;
	}
	return (size_t)(least + setting->warm_sandboxes);
}

static void lengths_init(struct visit_lengths *lengths, size_t ready, struct arena *arena)
{
	*lengths = (struct visit_lengths){
		.ready = ready,
		.ready_seconds = ARENA_ARRAY(arena, double, LATENESS_DRAWS),
		.first_seconds = ARENA_ARRAY(arena, double, LATENESS_DRAWS),
		.later_fixed_seconds = ARENA_ARRAY(arena, double, LATENESS_DRAWS),
		.later_cpu_seconds = ARENA_ARRAY(arena, double, LATENESS_DRAWS),
	};
}

/* The lateness of the batch at every step, put down to its functions. */
static void divide(const double batch[LATENESS_STEPS], const struct lateness_steps *steps, size_t function_count,
		   size_t w, struct lateness_part *parts)
{
	for (size_t s = LATENESS_STEPS; s-- > 0;) {
		double total = 0;
		for (size_t i = 0; i < function_count; i++)
			total += steps[i].cold_seconds[s];
		for (size_t i = 0; i < function_count; i++) {
			double *own = parts[i].seconds[w];
			own[s] = total > 0 ? batch[s] * steps[i].cold_seconds[s] / total : 0;
			if (s + 1 < LATENESS_STEPS && own[s] < own[s + 1])
				own[s] = own[s + 1];
		}
	}
}

void lateness_measure(const struct setting *setting, const struct stage *stages, const struct lateness_steps *steps,
		      int64_t parallel_max, struct arena *arena, struct lateness *out)
{
	struct arena scratch;
	struct visit_lengths lengths[LATENESS_STEPS];
	struct lateness_part *parts = ARENA_ARRAY(arena, struct lateness_part, setting->function_count);
	arena_init(&scratch);
	struct busy_job *jobs = ARENA_ARRAY(&scratch, struct busy_job, LATENESS_RECORDS);
	for (size_t s = 0; s < LATENESS_STEPS; s++)
		lengths_init(&lengths[s], ready_jobs(setting), &scratch);
	for (size_t i = 0; i < setting->function_count; i++)
		add_stage(lengths, &stages[i], i, &steps[i]);
	for (size_t s = 0; s < LATENESS_STEPS; s++)
		lengths[s].later_mean = mean_of(lengths[s].later_fixed_seconds) + mean_of(lengths[s].later_cpu_seconds);
	for (size_t w = 0; w < LATENESS_WAVES && wave_counts[w] <= setting->records; w++) {
		double batch[LATENESS_STEPS];
		if (div_ceil_int64(setting->records, wave_counts[w]) > parallel_max)
			continue;
		for (size_t s = 0; s < LATENESS_STEPS; s++)
			batch[s] = mean_lateness(&lengths[s], setting->records, wave_counts[w], jobs);
		divide(batch, steps, setting->function_count, w, parts);
	}
	arena_release(&scratch);
	*out = (struct lateness){.steps = steps, .parts = parts};
}

/* Between the numbers of waves that it was measured for; with more of them it hardly grows. */
static double at_waves(const struct lateness_part *part, int64_t waves, size_t step)
{
	size_t w = 0;
	while (w + 1 < LATENESS_WAVES && wave_counts[w] < waves)
		w++;
	double after = part->seconds[w][step];
	double before = w > 0 ? part->seconds[w - 1][step] : after;
	if (wave_counts[w] <= waves)
		return after;
	double share = (double)(waves - wave_counts[w - 1]) / (double)(wave_counts[w] - wave_counts[w - 1]);
	return before + share * (after - before);
}

double lateness_of(const struct lateness *lateness, size_t function, int64_t waves, double cold_seconds)
{
	if (!lateness->steps)
		return 0;
	const double *lengths = lateness->steps[function].cold_seconds;
	size_t s = 0;
	while (s + 2 < LATENESS_STEPS && lengths[s + 1] > cold_seconds)
		s++;
	double from = at_waves(&lateness->parts[function], waves, s);
	double to = at_waves(&lateness->parts[function], waves, s + 1);
	double range = lengths[s] - lengths[s + 1];
	double share = range > 0 ? fmin(1, fmax(0, (lengths[s] - cold_seconds) / range)) : 0;
	return from + share * (to - from);
}
