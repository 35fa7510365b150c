#include "plan/shape.h"

#include "base/num.h"

/* How often each kind of visit happens, and how a wave's times add up. */
struct rhythm {
	int64_t waves;
	double new_sandboxes; /* per function */
	double cold_visits;   /* of full records */
	double warm_visits;
	bool last_is_cold;
	bool last_is_alone; /* in the last wave, which it makes shorter */
	bool is_pipelined;
	bool is_warm; /* the first wave meets warm sandboxes */
};

static struct rhythm rhythm_of(const struct space *space, const struct shape *shape)
{
	const struct space_size *size = &space->sizes[shape->size];
	const struct setting *setting = size->setting;
	if (space->is_served)
		return (struct rhythm){.waves = 1, .warm_visits = size->requests, .is_warm = true};
	int64_t records = setting->records;
	int64_t at_once = shape->parallel < records ? shape->parallel : records;
	int64_t waves = div_ceil_int64(records, shape->parallel);
	int64_t new_sandboxes = at_once > setting->warm_sandboxes ? at_once - setting->warm_sandboxes : 0;
	bool last_is_cold = new_sandboxes > 0 && records <= at_once;
	int64_t cold_visits = new_sandboxes - (last_is_cold ? 1 : 0);
	return (struct rhythm){
		.waves = waves,
		.new_sandboxes = (double)new_sandboxes,
		.cold_visits = (double)cold_visits,
		.warm_visits = (double)(records - 1 - cold_visits),
		.last_is_cold = last_is_cold,
		/* In a pipeline the wave before may be what counts: there it is taken for a full record. */
		.last_is_alone = shape->schedule == SCHEDULE_PER_RECORD && records - (waves - 1) * shape->parallel == 1,
		.is_pipelined = shape->schedule == SCHEDULE_PIPELINED,
		.is_warm = new_sandboxes == 0,
	};
}

int64_t shape_waves(const struct space *space, const struct shape *shape)
{
	return rhythm_of(space, shape).waves;
}

int64_t shape_parallel_max(const struct space *space, size_t size, int schedule)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t most = space->parallel_to;
	int64_t limit = setting->platform->limits.concurrency;
	if (schedule == SCHEDULE_PIPELINED)
		limit /= (int64_t)setting->function_count;
	most = most < limit ? most : limit;
	return most < setting->records ? most : setting->records;
}

static void add_shape(struct shape_list *list, const struct shape *shape)
{
	list->items[list->count++] = *shape;
}

static void add_batch_shapes(struct shape_list *list, const struct space *space, size_t size, int schedule)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t records = setting->records;
	int64_t most = shape_parallel_max(space, size, schedule);
	bool last_is_smaller = setting->images % setting->images_per_record != 0;
	int64_t first = space->parallel_from < records ? space->parallel_from : records;
	for (int64_t parallel = first; parallel <= most;) {
		int64_t waves = div_ceil_int64(records, parallel);
		add_shape(list, &(struct shape){size, schedule, parallel});
		if (waves == 1)
			break;
		int64_t alone = (records - 1) / (waves - 1);
		if (last_is_smaller && schedule == SCHEDULE_PER_RECORD && (records - 1) % (waves - 1) == 0 &&
		    alone > parallel && alone <= most)
			add_shape(list, &(struct shape){size, schedule, alone});
		parallel = div_ceil_int64(records, waves - 1);
	}
}

/* Numbers of waves are at most 2 * sqrt(records), and no more than parallelisms; twice that with the lone records. */
static size_t shapes_max(const struct space *space, size_t size)
{
	const struct setting *setting = space->sizes[size].setting;
	int64_t most = setting->records < space->parallel_to ? setting->records : space->parallel_to;
	int64_t root = 1;
	while (root * root < setting->records)
		root++;
	int64_t waves = 2 * root < most ? 2 * root : most;
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

/* An orchestrator's hop holds up a record, but not the place of a pipeline's function. */
static void fill_stage(const struct space_table *table, const struct rhythm *rhythm, double pause_seconds,
		       double hop_seconds, struct arena *arena, struct solve_stage *out)
{
	double *cold = ARENA_ARRAY(arena, double, table->count);
	double *tail = ARENA_ARRAY(arena, double, table->count);
	double *pass = ARENA_ARRAY(arena, double, table->count);
	double *usd = ARENA_ARRAY(arena, double, table->count);
	const double *first = rhythm->is_warm ? table->warm_seconds : table->cold_seconds;
	const double *last = rhythm->last_is_alone ? table->last_warm_seconds : table->warm_seconds;
	const double *last_usd = rhythm->last_is_cold ? table->last_cold_usd : table->last_warm_usd;
	double between = (double)(rhythm->waves - 2);
	double hops = rhythm->is_pipelined ? 0 : (double)(rhythm->waves - 1) * hop_seconds;
	for (size_t i = 0; i < table->count; i++) {
		cold[i] = first[i] + hop_seconds;
		if (rhythm->waves > 1) {
			tail[i] = between * (table->warm_seconds[i] + pause_seconds) + pause_seconds + last[i] + hops;
			pass[i] = last[i] + hop_seconds;
		}
		usd[i] = rhythm->cold_visits * table->cold_usd[i] + rhythm->warm_visits * table->warm_usd[i] +
			 last_usd[i];
	}
	*out = (struct solve_stage){cold, tail, pass, usd, table->count, table->first};
}

void shape_task(const struct space *space, const struct shape *shape, struct arena *arena, struct solve_task *out)
{
	const struct space_size *size = &space->sizes[shape->size];
	const struct setting *setting = size->setting;
	struct rhythm rhythm = rhythm_of(space, shape);
	double pause_seconds = seconds_from_ns(setting->pause_ns);
	bool is_pipelined = shape->schedule == SCHEDULE_PIPELINED && !space->is_served;
	int64_t in_last_wave = setting->records - (rhythm.waves - 1) * shape->parallel;
	*out = (struct solve_task){
		.stage_count = setting->function_count,
		.is_pipelined = is_pipelined,
	};
	if (!space->is_served) {
		/* The driver starts a wave's calls one after the other. */
		out->extra_seconds = (double)(in_last_wave - 1) * seconds_from_ns(setting->dispatch_ns);
		if (!is_pipelined)
			out->extra_seconds += (double)(rhythm.waves - 1) * pause_seconds;
	}
	for (size_t i = 0; i < setting->function_count; i++) {
		fill_stage(&size->tables[i], &rhythm, is_pipelined ? pause_seconds : 0, size->stages[i].hop_seconds,
			   arena, &out->stages[i]);
		out->ready_seconds[i] = stage_sandboxes_ready_seconds(setting->platform,
								      (int64_t)rhythm.new_sandboxes * (int64_t)(i + 1));
	}
}
