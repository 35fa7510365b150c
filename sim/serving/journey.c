/*
 * A record from its arrival to its result: it waits for a place (a job, or a function's place), visits its functions
 * in order and makes room for the next. Between functions an orchestrator may pass it on with a delay of its own.
 */
#include "base/num.h"
#include "base/sort.h"
#include "serving/billing.h"
#include "serving/simulation.h"

static struct resource *places_of(const struct invocation *invocation)
{
	const struct simulation *simulation = invocation->simulation;
	bool is_pipelined = simulation->setting->schedule == SCHEDULE_PIPELINED;
	return &simulation->places[is_pipelined ? invocation->function : 0];
}

static void visit_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	if (invocation->function == 0)
		invocation->begun_ns = engine_now_ns(engine);
	call_soon(invocation);
}

/* The orchestrator's delay before the current function is called. */
static int64_t hop_ns(const struct invocation *invocation)
{
	const struct quantiles *hop = setting_hop(invocation->simulation->setting, invocation->function);
	if (!hop)
		return 0;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_HOP);
	return ns_from_seconds(quantile_draw(&hop->table, &luck));
}

static void ask_for_place(struct invocation *invocation)
{
	invocation->asked_ns = engine_now_ns(&invocation->simulation->engine);
	resource_acquire(places_of(invocation), 1, visit_granted, invocation, 0);
}

static void passed_on(struct engine *engine, void *subject, int64_t keeps_place)
{
	struct invocation *invocation = subject;
	if (!keeps_place) {
		ask_for_place(invocation);
		return;
	}
	invocation->asked_ns = engine_now_ns(engine);
	call_soon(invocation);
}

/* Takes the record to its current function, for which it may still hold a place. */
static void pass_on(struct invocation *invocation, bool keeps_place)
{
	struct engine *engine = &invocation->simulation->engine;
	int64_t delay_ns = hop_ns(invocation);
	if (delay_ns > 0)
		engine_schedule(engine, delay_ns, 0, passed_on, invocation, keeps_place);
	else
		passed_on(engine, invocation, keeps_place);
}

static struct invocation *new_invocation(struct simulation *simulation, const struct arrival *arrival)
{
	struct invocation *invocation = simulation->free_list;
	if (invocation)
		simulation->free_list = invocation->next_free;
	else
		invocation = ARENA_NEW(simulation->arena, struct invocation);
	*invocation = (struct invocation){
		.simulation = simulation,
		.record = simulation->intake.arrivals.made - 1,
		.submitted_ns = arrival->time_ns,
		.wait_ns = arrival->duration_ns > 0 ? arrival->duration_ns : 0,
		.size = arrival->size,
	};
	return invocation;
}

static void record_came(void *subject, const struct arrival *arrival)
{
	struct simulation *simulation = subject;
	if (simulation->source) {
		source_take(simulation, engine_now_ns(&simulation->engine));
		return;
	}
	struct invocation *invocation = new_invocation(simulation, arrival);
	invocation->submitted_ns = engine_now_ns(&simulation->engine);
	pass_on(invocation, false);
}

void journey_batch_formed(struct simulation *simulation, struct batch *batch)
{
	const struct arrival arrival = {.time_ns = batch->first_came_ns, .size = (int)batch->count - 1};
	struct invocation *invocation = new_invocation(simulation, &arrival);
	invocation->record = batch->number;
	invocation->batch = batch;
	pass_on(invocation, false);
}

/* When which record of a batch asks for its first place. */
struct turn {
	int64_t asked_ns;
	int64_t record;
};

static int compare_turns(const void *a, const void *b)
{
	const struct turn *first = a;
	const struct turn *second = b;
	if (first->asked_ns != second->asked_ns)
		return first->asked_ns < second->asked_ns ? -1 : 1;
	return first->record < second->record ? -1 : first->record > second->record;
}

/* The store's events of a batch arrive in an order that luck decides. */
static void draw_turns(struct simulation *simulation)
{
	const volatile sig_atomic_t *interrupt = simulation->options->interrupt;
	int64_t records = simulation->intake.process.requests;
	struct invocation probe = {.simulation = simulation};
	simulation->turns = ARENA_ARRAY(simulation->arena, struct turn, (size_t)records);
	for (int64_t i = 0; i < records; i++) {
		if (interrupt && *interrupt)
			return;
		probe.record = i;
		simulation->turns[i] = (struct turn){hop_ns(&probe), i};
	}
	sort_values(simulation->turns, (size_t)records, sizeof simulation->turns[0], compare_turns, interrupt);
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument);

static bool turn_has_come(struct simulation *simulation)
{
	if (!simulation->turns)
		return true;
	int64_t rest_ns =
		simulation->turns[simulation->intake.arrivals.made].asked_ns - engine_now_ns(&simulation->engine);
	if (rest_ns > 0 && !simulation->is_turn_awaited) {
		engine_schedule(&simulation->engine, rest_ns, 0, turn_comes, simulation, 0);
		simulation->is_turn_awaited = true;
	}
	return rest_ns <= 0;
}

/*
 * Of a batch, only records that have a place are held: of those behind them it is known which is the next in line, and
 * since when. Memory thus grows with what is under way.
 */
static void submit_next_in_line(struct simulation *simulation)
{
	struct intake *intake = &simulation->intake;
	struct arrival arrival;
	while (!intake->is_over && resource_free_units(&simulation->places[0]) > 0 && turn_has_come(simulation)) {
		const struct turn *turn = simulation->turns ? &simulation->turns[intake->arrivals.made] : NULL;
		intake_take(intake, &arrival);
		struct invocation *invocation = new_invocation(simulation, &arrival);
		if (turn)
			invocation->record = turn->record;
		invocation->asked_ns = turn ? turn->asked_ns : invocation->submitted_ns;
		resource_acquire(&simulation->places[0], 1, visit_granted, invocation, 0);
	}
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument)
{
	struct simulation *simulation = subject;
	simulation->is_turn_awaited = false;
	submit_next_in_line(simulation);
}

static void release_place(struct simulation *simulation, struct resource *places)
{
	resource_release(places, 1);
	if (simulation->is_line && places == &simulation->places[0])
		submit_next_in_line(simulation);
}

/* Messages that are there when the run begins. */
static void take_all_messages(struct simulation *simulation)
{
	const volatile sig_atomic_t *interrupt = simulation->options->interrupt;
	struct arrival arrival;
	while (!simulation->intake.is_over && !(interrupt && *interrupt)) {
		intake_take(&simulation->intake, &arrival);
		source_take(simulation, 0);
	}
}

void journey_begin(struct simulation *simulation)
{
	bool is_batch = simulation->setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (setting_is_polled(simulation->setting))
		source_begin(simulation);
	if (simulation->source && is_batch) {
		take_all_messages(simulation);
		return;
	}
	if (!is_batch) {
		intake_open(&simulation->intake, simulation->setting->in_flight_max, record_came, simulation);
		return;
	}
	simulation->is_line = true;
	if (setting_hop(simulation->setting, 0))
		draw_turns(simulation);
	submit_next_in_line(simulation);
}

void journey_record_ended(struct simulation *simulation, int64_t came_ns, bool is_completed)
{
	struct outcome *outcome = simulation->outcome;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	if (is_completed) {
		int64_t taken_ns = now_ns - came_ns;
		const struct record_sink *records = simulation->options->records;
		if (records)
			records->completed(records->context, came_ns, taken_ns);
		histogram_add(&outcome->record_times, taken_ns);
		outcome->records_completed++;
		outcome->record_ns += taken_ns;
	} else {
		outcome->records_failed++;
	}
	outcome->makespan_ns = now_ns;
	if (intake_done(&simulation->intake))
		engine_stop(&simulation->engine);
}

static void record_done(struct invocation *invocation, bool completed)
{
	struct simulation *simulation = invocation->simulation;
	struct outcome *outcome = simulation->outcome;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	struct batch *batch = invocation->batch;
	int64_t submitted_ns = invocation->submitted_ns;
	outcome->images_completed += completed ? invocation_work(invocation)->images : 0;
	outcome->dead_letters += !completed && simulation->setting->invocation == INVOCATION_ASYNC;
	billing_child(simulation->setting, now_ns - invocation->begun_ns, &outcome->functions[0].usage);
	billing_record(simulation->setting, completed, &outcome->functions[0].usage);
	invocation->next_free = simulation->free_list;
	simulation->free_list = invocation;
	if (batch)
		source_batch_ended(simulation, batch, completed);
	else
		journey_record_ended(simulation, submitted_ns, completed);
}

static void place_freed(struct engine *engine, void *subject, int64_t queue)
{
	struct simulation *simulation = subject;
	release_place(simulation, &simulation->places[queue]);
}

/* Gives the place back after a visit, or keeps the job for the record's next function. */
void journey_call_ended(struct invocation *invocation, bool is_completed)
{
	struct simulation *simulation = invocation->simulation;
	const struct setting *setting = simulation->setting;
	bool is_last = invocation->function + 1 == setting->function_count;
	bool keeps_place = setting->schedule == SCHEDULE_PER_RECORD && is_completed && !is_last;
	struct resource *places = places_of(invocation);
	if (is_completed && !is_last) {
		invocation->function++;
		invocation->attempts = 0;
		invocation->failures = 0;
		pass_on(invocation, keeps_place);
	} else {
		record_done(invocation, is_completed);
	}
	if (keeps_place)
		return;
	if (setting->pause_ns > 0)
		engine_schedule(&simulation->engine, setting->pause_ns, 0, place_freed, simulation,
				places - simulation->places);
	else
		release_place(simulation, places);
}
