/* Plans of many random pipelines, with up to 16 sizes per function, against all their combinations. */
#include "plan/search.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { SIZES_MAX = 16, FUNCTIONS_MAX = 3, PIPELINES = 200 };

static double between(struct stream *luck, double low, double high)
{
	return low + (high - low) * stream_uniform(luck);
}

static void random_pipeline(struct toy *toy, struct stream *luck)
{
	size_t functions = 1 + stream_below(luck, 3);
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.price.granularity_seconds = stream_below(luck, 2) ? 0.1 : 0.001;
	toy->platform.limits.burst = 5 + (int64_t)stream_below(luck, 60);
	toy->setting.images_per_record = 10;
	for (size_t i = 0; i < functions; i++) {
		struct toy_work work = {
			.cpu_seconds = between(luck, 0.05, 8),
			.threads = 1 + (int64_t)stream_below(luck, 3),
			.download_mb = between(luck, 0, 60),
			.upload_mb = between(luck, 0, 30),
			.import_seconds = between(luck, 0, 3),
			.weights_mb = stream_below(luck, 2) ? between(luck, 0, 100) : 0,
			.memory_mb = between(luck, 10, 900),
		};
		struct setting_function *function = toy_function(toy, "f", 1000, &work);
		for (int k = 0; k < WORK_PHASES; k++) {
			function->last_work.phases[k].cpu_ns /= 2;
			function->last_work.phases[k].bytes /= 2;
		}
	}
	toy->setting.records = 1 + (int64_t)stream_below(luck, 12);
	toy->setting.images = toy->setting.records * 10 - 5;
	toy->setting.pause_ns = stream_below(luck, 3) == 0 ? ns_from_seconds(between(luck, 0, 2)) : 0;
	toy->setting.warm_sandboxes = stream_below(luck, 4) == 0 ? (int64_t)stream_below(luck, 12) : 0;
}

/* The figures of every size, beaten or not, and a pipeline's times by walking through its waves one by one. */
struct oracle {
	const struct setting *setting;
	const struct lateness *lateness;
	struct stage stages[FUNCTIONS_MAX];
	struct stage_figures figures[FUNCTIONS_MAX][SIZES_MAX];
	bool is_possible[FUNCTIONS_MAX][SIZES_MAX];
};

static void oracle_init(struct oracle *oracle, const struct space *space, const struct setting *setting,
			const struct plan_memory *memory)
{
	oracle->setting = setting;
	oracle->lateness = &space->sizes[0].lateness;
	for (size_t i = 0; i < setting->function_count; i++) {
		struct stage *stage = &oracle->stages[i];
		stage_init(stage, setting, i);
		for (int k = 0; k < SIZES_MAX; k++) {
			int64_t memory_mb = memory->from_mb + k * memory->step_mb;
			struct stage_figures *figures = &oracle->figures[i][k];
			stage_at(stage, memory_mb, figures);
			oracle->is_possible[i][k] = (double)memory_mb >= 1.03 * stage->memory_floor_mb &&
						    figures->handler_seconds <= stage->timeout_seconds;
		}
	}
}

/* A record visits the functions in order; under both schedules a wave waits for the one before it where it must. */
static void walk(const struct oracle *oracle, const int *sizes, int schedule, int64_t parallel, double *seconds,
		 double *usd)
{
	const struct setting *setting = oracle->setting;
	size_t functions = setting->function_count;
	int64_t records = setting->records;
	double pause = seconds_from_ns(setting->pause_ns);
	double free_at[FUNCTIONS_MAX] = {0};
	double made = 0;
	*seconds = 0;
	*usd = 0;
	for (int64_t first = 0; first < records; first += parallel) {
		int64_t in_wave = records - first < parallel ? records - first : parallel;
		bool has_last = first + in_wave == records;
		bool is_first = first == 0;
		int64_t cold = is_first && in_wave > setting->warm_sandboxes ? in_wave - setting->warm_sandboxes : 0;
		bool is_lone_last = has_last && in_wave == 1 && schedule == SCHEDULE_PER_RECORD;
		double at = schedule == SCHEDULE_PER_RECORD ? free_at[0] : 0;
		for (size_t i = 0; i < functions; i++) {
			const struct stage_figures *f = &oracle->figures[i][sizes[i]];
			double warm_seconds = is_lone_last && !is_first ? f->last_warm_seconds : f->warm_seconds;
			if (schedule == SCHEDULE_PIPELINED)
				at = fmax(at, free_at[i]);
			made += (double)cold;
			double ready = stage_sandboxes_ready_seconds(setting->platform, (int64_t)made);
			at = (is_first ? fmax(at, ready) : at) + (cold > 0 ? f->cold_seconds : warm_seconds);
			if (is_first && (schedule == SCHEDULE_PER_RECORD || has_last || functions == 1))
				at += lateness_of(oracle->lateness, i, div_ceil_int64(records, parallel),
						  f->cold_seconds);
			free_at[i] = at + pause;
			bool last_is_cold = has_last && cold > 0;
			*usd += (double)(cold - last_is_cold) * f->cold_usd +
				(double)(in_wave - cold - (has_last && !last_is_cold)) * f->warm_usd;
			if (has_last)
				*usd += last_is_cold ? f->last_cold_usd : f->last_warm_usd;
		}
		free_at[0] = schedule == SCHEDULE_PER_RECORD ? at + pause : free_at[0];
		*seconds = fmax(*seconds, at);
	}
}

/* Every memory, schedule and parallelism, one after the other; HUGE_VAL where nothing is within the bounds. */
static double best_of_all(const struct oracle *oracle, const struct space *space, const struct search_goal *goal)
{
	double best = HUGE_VAL;
	int sizes[FUNCTIONS_MAX] = {0};
	for (size_t i = 0; i < space->function_count;) {
		bool is_possible = true;
		for (size_t k = 0; k < space->function_count; k++)
			is_possible = is_possible && oracle->is_possible[k][sizes[k]];
		for (int schedule = 0; schedule < 2 && is_possible; schedule++) {
			int64_t most = shape_parallel_max(space, 0, schedule);
			for (int64_t parallel = 1; parallel <= most; parallel++) {
				double seconds;
				double usd;
				walk(oracle, sizes, schedule, parallel, &seconds, &usd);
				double objective = goal->usd_weight * usd + goal->seconds_weight * seconds;
				if (seconds <= goal->seconds_max && usd <= goal->usd_max)
					best = fmin(best, objective);
			}
		}
		for (i = 0; i < space->function_count && ++sizes[i] == SIZES_MAX; i++)
			sizes[i] = 0;
	}
	return best;
}

static struct search_goal random_goal(struct stream *luck, double least_seconds, double least_usd)
{
	struct search_goal goals[] = {search_cheapest(), search_fastest(), search_cheapest(), search_fastest(),
				      search_cheapest()};
	goals[0].seconds_max = least_seconds * between(luck, 0.9, 4);
	goals[1].usd_max = least_usd * between(luck, 0.9, 2);
	goals[4] = (struct search_goal){
		.usd_weight = between(luck, 0.1, 1) / least_usd,
		.seconds_weight = between(luck, 0.1, 1) / least_seconds,
		.seconds_max = stream_below(luck, 2) ? least_seconds * between(luck, 1, 3) : HUGE_VAL,
		.usd_max = stream_below(luck, 2) ? least_usd * between(luck, 1, 3) : HUGE_VAL,
	};
	return goals[stream_below(luck, 5)];
}

/* Adds what differs to the diagnostics; true where search and exhaustion agree. */
static bool agrees(struct stream *luck, int number)
{
	struct toy toy;
	struct space space;
	random_pipeline(&toy, luck);
	struct plan_memory memory = {.from_mb = 200, .to_mb = 200 + (SIZES_MAX - 1) * 130, .step_mb = 130};
	space_init_of_setting(&space, &toy.setting, &memory, 0.03, &toy.arena);
	double least_seconds = 0;
	double least_usd = 0;
	bool has_any = search_extremes(&space, &least_seconds, &least_usd);
	struct search_request request = {.space = &space, .goal = random_goal(luck, least_seconds, least_usd)};
	struct search_answer answer;
	search(&request, &answer);
	struct oracle *oracle = ARENA_NEW(&toy.arena, struct oracle);
	oracle_init(oracle, &space, &toy.setting, &memory);
	double best = best_of_all(oracle, &space, &request.goal);
	bool ok = has_any && answer.found == (best < HUGE_VAL) &&
		  (!answer.found || fabs(answer.objective - best) <= 1e-9 * best) &&
		  (!answer.found || answer.objective - answer.bound <= 1e-9 * best);
	if (!ok)
		printf("# pipeline %d: %zu functions, %lld records: got %.17g (bound %.17g), want %.17g\n", number,
		       space.function_count, (long long)toy.setting.records, answer.objective, answer.bound, best);
	toy_release(&toy);
	return ok;
}

int main(void)
{
	struct stream luck;
	stream_init(&luck, 5, 0, stream_id_from_name("pipelines"), 0);
	int agreed = 0;
	for (int i = 0; i < PIPELINES; i++)
		agreed += agrees(&luck, i);
	t_int(agreed, PIPELINES, "the search finds and proves the best of all combinations");
	return t_done();
}
