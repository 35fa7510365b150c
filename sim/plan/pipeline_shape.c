#include "plan/pipeline_shape.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"

/* How a shape's waves follow one another. */
struct rhythm {
	int64_t waves;
	int64_t at_once;      /* in the first wave */
	int64_t in_last_wave; /* records */
	bool last_is_alone;   /* in the last wave, which it makes shorter */
	bool is_pipelined;
};

/* How often each kind of visit to a function happens. */
struct visits {
	int64_t rounds; /* in which a wave passes the function, where it has fewer places */
	int64_t last_rounds;
	int64_t new_sandboxes;
	double cold; /* of full records */
	double warm;
	double kept;      /* on a provisioned sandbox, the first */
	double kept_warm; /* and later ones */
	bool last_is_cold;
	bool is_warm; /* the first wave meets sandboxes that have loaded everything */
	bool is_kept; /* or ones that are there, but have not */
};

static struct rhythm rhythm_of(const struct space *space, const struct shape *shape)
{
	const struct setting *setting = space->sizes[shape->size].setting;
	if (space->is_served)
		return (struct rhythm){.waves = 1, .at_once = 1, .in_last_wave = 1};
	int64_t records = setting->records;
	int64_t waves = div_ceil_int64(records, shape->parallel);
	int64_t in_last_wave = records - (waves - 1) * shape->parallel;
	return (struct rhythm){
		.waves = waves,
		.at_once = shape->parallel < records ? shape->parallel : records,
		.in_last_wave = in_last_wave,
		/* In a pipeline the wave before may be what counts: there it is taken for a full record. */
		.last_is_alone = shape->schedule == SCHEDULE_PER_RECORD && in_last_wave == 1,
		.is_pipelined = shape->schedule == SCHEDULE_PIPELINED,
	};
}

int64_t shape_places(const struct space *space, size_t size, int schedule, size_t function)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t own = setting->functions[function].reserved_concurrency;
	if (own > 0)
		return own;
	int64_t sharing = 0;
	for (size_t i = 0; i < setting->function_count; i++)
		sharing += setting->functions[i].reserved_concurrency == 0;
	int64_t places = setting_unreserved(setting) / (schedule == SCHEDULE_PIPELINED ? sharing : 1);
	return places > 1 ? places : 1;
}

/*
 * Provisioned sandboxes are used first, in every wave. Where a function has fewer places than a wave has records, the
 * wave passes it in rounds.
 */
static struct visits visits_of(const struct space *space, const struct shape *shape, const struct rhythm *rhythm,
			       size_t function)
{
	const struct setting *setting = space->sizes[shape->size].setting;
	int64_t places = shape_places(space, shape->size, shape->schedule, function);
	int64_t starting = min_int64(rhythm->at_once, places);
	int64_t provisioned = min_int64(setting->functions[function].sandbox.provisioned, starting);
	int64_t new_sandboxes = max_int64(0, starting - provisioned - setting->warm_sandboxes);
	bool last_is_cold = new_sandboxes > 0 && setting->records <= starting;
	double on_kept = (double)setting->records * (double)provisioned / (double)starting;
	double cold = (double)(new_sandboxes - last_is_cold);
	double kept = (double)provisioned;
	return (struct visits){
		.rounds = div_ceil_int64(rhythm->at_once, places),
		.last_rounds = div_ceil_int64(rhythm->in_last_wave, places),
		.new_sandboxes = new_sandboxes,
		.cold = cold,
		.warm = fmax(0, (double)(setting->records - 1) - cold - fmax(on_kept, kept)),
		.kept = kept,
		.kept_warm = fmax(on_kept - kept, 0),
		.last_is_cold = last_is_cold,
		.is_warm = new_sandboxes == 0 && provisioned == 0,
		.is_kept = new_sandboxes == 0 && provisioned > 0,
	};
}

int64_t shape_waves(const struct space *space, const struct shape *shape)
{
	return rhythm_of(space, shape).waves;
}

int64_t shape_parallel_max(const struct space *space, size_t size, int schedule)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t places = shape_places(space, size, schedule, 0);
	for (size_t i = 1; i < setting->function_count; i++) {
		int64_t own = shape_places(space, size, schedule, i);
		places = space->rulings.allows_refusals ? max_int64(places, own) : min_int64(places, own);
	}
	return min_int64(min_int64(space->parallel_to, places), setting->records);
}

static void add_shape(struct shape_list *list, const struct shape *shape)
{
	list->items[list->count++] = *shape;
}

static void add_batch_shapes(struct shape_list *list, const struct space *space, size_t size, int schedule)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t records = setting->records;
	int64_t parallel_max = shape_parallel_max(space, size, schedule);
	bool last_is_smaller = setting->images % setting->images_per_record != 0;
	int64_t first = space->parallel_from < records ? space->parallel_from : records;
	for (int64_t parallel = first; parallel <= parallel_max;) {
		int64_t waves = div_ceil_int64(records, parallel);
		add_shape(list, &(struct shape){size, schedule, parallel});
		if (waves == 1)
			break;
		int64_t alone = (records - 1) / (waves - 1);
		if (last_is_smaller && schedule == SCHEDULE_PER_RECORD && (records - 1) % (waves - 1) == 0 &&
		    alone > parallel && alone <= parallel_max)
			add_shape(list, &(struct shape){size, schedule, alone});
		parallel = div_ceil_int64(records, waves - 1);
	}
}

/* Numbers of waves are at most 2 * sqrt(records), and no more than parallelisms; twice that with the lone records. */
static size_t shapes_max(const struct space *space, size_t size)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t parallel_max = min_int64(setting->records, space->parallel_to);
	int64_t root = 1;
	while (root * root < setting->records)
		root++;
	int64_t waves = min_int64(2 * root, parallel_max);
	return 4 * (size_t)waves + 4;
}

void shape_list_init(struct shape_list *list, const struct space *space, struct arena *arena)
{
	size_t capacity = 0;
	for (size_t i = 0; i < space->size_count; i++)
		capacity += space->is_served ? 1 : shapes_max(space, i);
	*list = (struct shape_list){.items = ARENA_ARRAY(arena, struct shape, capacity)};
	for (size_t i = 0; i < space->size_count; i++) {
		const struct space_size *size = &space->sizes[i];
		if (!size->is_feasible)
			continue;
		if (space->is_served)
			add_shape(list, &(struct shape){i, size->setting->schedule, size->setting->parallel});
		for (int schedule = 0; schedule_names[schedule] && !space->is_served; schedule++) {
			/* With one function, or one job, a pipeline is the same under both schedules. */
			bool is_same = schedule == SCHEDULE_PIPELINED && size->setting->function_count == 1 &&
				       space->schedules[SCHEDULE_PER_RECORD];
			if (space->schedules[schedule] && !is_same)
				add_batch_shapes(list, space, i, schedule);
		}
	}
	CHECK(list->count <= capacity);
}

/* What stands is paid for by the makespan, which is known where requests come over time. */
static void fill_standing(const struct space_table *table, bool has_provisioned, struct arena *arena,
			  struct solve_stage *out)
{
	double *step_usd = ARENA_ARRAY(arena, double, table->count);
	double *clock_usd = ARENA_ARRAY(arena, double, table->count);
	for (size_t i = 0; i < table->count; i++) {
		step_usd[i] = table->figures[i].step_usd;
		clock_usd[i] = table->figures[i].clock_usd;
	}
	out->step_usd = has_provisioned ? step_usd : NULL;
	out->clock_usd = clock_usd;
}

/*
 * A call that is refused comes again by back-off with full jitter: a wait is even between 0 and a limit that doubles.
 * The limit is then about twice what has passed, and what is left of the wait in which a place becomes free a third of
 * the limit (the mean of its square over twice its mean).
 */
static double rounds_seconds(int64_t rounds, double seconds)
{
	static const double LATE = 2.0 / 3;
	return seconds * (1 + (1 + LATE) * (double)(rounds - 1));
}

/* An orchestrator's hop holds up a record, but not the place of a pipeline's function. */
static void fill_stage(const struct space_size *size, size_t function, const struct rhythm *rhythm,
		       const struct visits *visits, double pause_seconds, struct arena *arena, struct solve_stage *out)
{
	const struct space_table *table = &size->tables[function];
	double hop_seconds = size->stages[function].hop_seconds;
	double *cold = ARENA_ARRAY(arena, double, table->count);
	double *tail = ARENA_ARRAY(arena, double, table->count);
	double *pass = ARENA_ARRAY(arena, double, table->count);
	double *usd = ARENA_ARRAY(arena, double, table->count);
	double between = (double)(rhythm->waves - 2);
	double hops = rhythm->is_pipelined ? 0 : (double)(rhythm->waves - 1) * hop_seconds;
	bool has_queues = rhythm->is_pipelined && rhythm->waves > 1 && size->setting->function_count > 1;
	for (size_t i = 0; i < table->count; i++) {
		const struct stage_figures *figures = &table->figures[i];
		double first = visits->is_warm   ? figures->warm_seconds
			       : visits->is_kept ? figures->kept_seconds
						 : figures->cold_seconds;
		double last = rhythm->last_is_alone ? figures->last_warm_seconds
						    : rounds_seconds(visits->last_rounds, figures->warm_seconds);
		double warm = rounds_seconds(visits->rounds, figures->warm_seconds);
		cold[i] = first + warm - figures->warm_seconds + hop_seconds;
		cold[i] +=
			has_queues ? 0 : lateness_of(&size->lateness, function, rhythm->waves, figures->cold_seconds);
		if (rhythm->waves > 1) {
			tail[i] = between * (warm + pause_seconds) + pause_seconds + last + hops;
			pass[i] = last + hop_seconds;
		}
		usd[i] = visits->cold * figures->cold_usd + visits->warm * figures->warm_usd +
			 visits->kept * figures->kept_usd + visits->kept_warm * figures->kept_warm_usd +
			 (visits->last_is_cold ? figures->last_cold_usd : figures->last_warm_usd);
	}
	*out = (struct solve_stage){
		.cold_seconds = cold,
		.tail_seconds = tail,
		.pass_seconds = pass,
		.usd = usd,
		.count = table->count,
		.first = table->first,
	};
}

/* Driver, places and store take only so many calls and requests a second, after a second's worth at once. */
static double least_seconds(const struct setting *setting)
{
	const struct platform *platform = setting->platform;
	double records = (double)setting->records;
	double calls = records * (double)setting->function_count;
	double gets = 0;
	double puts = 0;
	double longest = calls * seconds_from_ns(setting->dispatch_ns + setting->answer_ns);
	double unreserved_calls = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		for (int k = 0; k < WORK_PHASES; k++) {
			const struct phase *phase = &function->work.phases[k];
			gets += phase->cold_only ? 0 : records * (double)phase->gets;
			puts += phase->cold_only ? 0 : records * (double)phase->puts;
		}
		if (function->reserved_concurrency == 0)
			unreserved_calls += records;
	}
	const struct {
		double count;
		double per_second;
	} rates[] = {
		{gets, platform->store.gets_per_second},
		{puts, platform->store.puts_per_second},
		{setting->invocation == INVOCATION_SYNC ? unreserved_calls : 0,
		 platform->limits.invocations_per_place * (double)setting_unreserved(setting)},
	};
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		if (rates[i].per_second > 0)
			longest = fmax(longest, rates[i].count / rates[i].per_second - 1);
	}
	for (size_t i = 0; i < setting->function_count && setting->invocation == INVOCATION_SYNC; i++) {
		double a_second =
			platform->limits.invocations_per_place * (double)setting->functions[i].reserved_concurrency;
		if (a_second > 0)
			longest = fmax(longest, records / a_second - 1);
	}
	return longest;
}

/*
 * The time that counts of visits of which a share is cold: in the mean, or at a quantile that most are below. Warm
 * requests are the faster ones, so that of them a larger share is below it; one function's visits are then as long as
 * this request's work is over its mean. Over several functions quantiles do not add up, and means stand for them.
 */
static double served_seconds(const struct space *space, const struct work *work, const struct stage_figures *figures,
			     double cold_share)
{
	if (space->quantile == 0)
		return cold_share * figures->cold_seconds + (1 - cold_share) * figures->warm_seconds;
	if (cold_share > 1 - space->quantile)
		return figures->cold_seconds;
	if (!work)
		return figures->warm_seconds;
	double share = fmin(space->quantile / (1 - cold_share), space->quantile + (1 - space->quantile) / 2);
	return figures->warm_seconds + (work_factor_at(work, share) - 1) * figures->varying_seconds;
}

/* Where requests come over time, none waits for another; how they find the sandboxes was measured. */
static void served_task(const struct space *space, const struct shape *shape, struct arena *arena,
			struct solve_task *out)
{
	const struct space_size *size = &space->sizes[shape->size];
	const struct served *served = &size->served;
	const struct work *work = size->setting->function_count == 1 ? &size->setting->functions[0].work : NULL;
	*out = (struct solve_task){.stage_count = size->setting->function_count};
	for (size_t i = 0; i < size->setting->function_count; i++) {
		const struct space_table *table = &size->tables[i];
		double *seconds = ARENA_ARRAY(arena, double, table->count);
		double *none = ARENA_ARRAY(arena, double, table->count);
		double *usd = ARENA_ARRAY(arena, double, table->count);
		double cold = served->cold_share[i];
		double provisioned = fmin(served->provisioned_share[i], 1 - cold);
		for (size_t o = table->first; o < table->count; o++) {
			const struct stage_figures *figures = &table->figures[o];
			double visit_usd = cold * figures->cold_usd + provisioned * figures->kept_warm_usd +
					   (1 - cold - provisioned) * figures->warm_usd;
			const struct stage_standing standing = {
				.step_seconds = size->setting->platform->price.provisioned_step_seconds,
				.clock_least_seconds = size->setting->platform->price.cached_minimum_seconds,
				.step_usd = figures->step_usd,
				.clock_usd = figures->clock_usd,
				.beside_usd = i == 0 ? stage_beside_usd(size->setting) : 0,
			};
			seconds[o] = served_seconds(space, work, figures, cold) + size->stages[i].hop_seconds;
			usd[o] = size->requests * visit_usd + stage_standing_usd(&standing, served->seconds);
		}
		out->stages[i] = (struct solve_stage){
			.cold_seconds = seconds,
			.tail_seconds = none,
			.pass_seconds = none,
			.usd = usd,
			.count = table->count,
			.first = table->first,
		};
	}
}

void shape_task(const struct space *space, const struct shape *shape, struct arena *arena, struct solve_task *out)
{
	const struct space_size *size = &space->sizes[shape->size];
	const struct setting *setting = size->setting;
	struct rhythm rhythm = rhythm_of(space, shape);
	double pause_seconds = seconds_from_ns(setting->pause_ns);
	int64_t made = 0;
	if (space->is_served) {
		served_task(space, shape, arena, out);
		return;
	}
	*out = (struct solve_task){
		.stage_count = setting->function_count,
		.is_pipelined = rhythm.is_pipelined,
		/* The driver starts a wave's calls one after the other. */
		.extra_seconds = (double)(rhythm.in_last_wave - 1) * seconds_from_ns(setting->dispatch_ns),
		.least_seconds = least_seconds(setting),
		.step_seconds = setting->platform->price.provisioned_step_seconds,
		.clock_least_seconds = setting->platform->price.cached_minimum_seconds,
		.beside_usd = stage_beside_usd(setting),
	};
	if (!rhythm.is_pipelined)
		out->extra_seconds += (double)(rhythm.waves - 1) * pause_seconds;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *spec = &setting->functions[i].sandbox;
		struct visits visits = visits_of(space, shape, &rhythm, i);
		fill_stage(size, i, &rhythm, &visits, rhythm.is_pipelined ? pause_seconds : 0, arena, &out->stages[i]);
		if (spec->provisioned > 0 || spec->has_snapshot)
			fill_standing(&size->tables[i], spec->provisioned > 0, arena, &out->stages[i]);
		bool is_own = setting->platform->limits.burst_scope == BURST_OF_FUNCTION;
		made = is_own ? visits.new_sandboxes : made + visits.new_sandboxes;
		out->ready_seconds[i] = stage_sandboxes_ready_seconds(setting->platform, made);
	}
}
