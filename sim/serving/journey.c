/*
 * A record from its arrival to its result: it waits for a place (a job, or its first function's), walks through its
 * graph and makes room for the next.
 */
#include "base/num.h"
#include "base/sort.h"
#include "serving/billing.h"
#include "serving/simulation.h"

static void place_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *record = subject;
	record->begun_ns = engine_now_ns(engine);
	record->place = record->simulation->entry;
	if (record->batch && record->simulation->setting->source.is_handed_over)
		source_batch_handed_over(record->simulation, record->batch);
	walk_begin(record);
}

static void ask_for_place(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *record = subject;
	struct simulation *simulation = record->simulation;
	record->asked_ns = engine_now_ns(engine);
	resource_acquire(&simulation->places[simulation->entry], 1, place_granted, record, 0);
}

static struct invocation *new_invocation(struct simulation *simulation, const struct arrival *arrival)
{
	struct invocation *invocation = invocation_new(simulation);
	struct work *own_work = invocation->own_work;
	*invocation = (struct invocation){
		.simulation = simulation,
		.place = NO_PLACE,
		.own_work = own_work,
		.record = simulation->intake.arrivals.made - 1,
		.submitted_ns = arrival->time_ns,
		.wait_ns = arrival->duration_ns > 0 ? arrival->duration_ns : 0,
		.size = arrival->size,
	};
	return invocation;
}

/* Takes it to its first step, by way of the orchestrator. */
static void pass_in(struct invocation *record)
{
	struct engine *engine = &record->simulation->engine;
	int64_t delay_ns = walk_hop_ns(record);
	if (delay_ns > 0)
		engine_schedule(engine, delay_ns, 0, ask_for_place, record, 0);
	else
		ask_for_place(engine, record, 0);
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
	pass_in(invocation);
}

void journey_batch_formed(struct simulation *simulation, struct batch *batch)
{
	const struct arrival arrival = {.time_ns = batch->first_came_ns, .size = (int)batch->count - 1};
	struct invocation *invocation = new_invocation(simulation, &arrival);
	invocation->record = batch->number;
	invocation->batch = batch;
	pass_in(invocation);
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
		simulation->turns[i] = (struct turn){walk_hop_ns(&probe), i};
	}
	sort_values(simulation->turns, (size_t)records, sizeof simulation->turns[0], compare_turns, interrupt);
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument);

/* A workflow's map that is distributed starts an execution for each record. */
static bool begins_child(const struct simulation *simulation)
{
	return simulation->setting->map != MAP_INLINE;
}

static bool is_child_express(const struct simulation *simulation)
{
	return simulation->setting->map == MAP_OF_EXPRESS_CHILDREN;
}

static bool turn_has_come(struct simulation *simulation)
{
	int64_t rest_ns = 0;
	if (simulation->turns)
		rest_ns = simulation->turns[simulation->intake.arrivals.made].asked_ns -
			  engine_now_ns(&simulation->engine);
	else if (begins_child(simulation))
		rest_ns = execution_child_rest_ns(simulation, is_child_express(simulation));
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
	struct resource *places = &simulation->places[simulation->entry];
	while (!intake->is_over && resource_free_units(places) > 0 && turn_has_come(simulation)) {
		const struct turn *turn = simulation->turns ? &simulation->turns[intake->arrivals.made] : NULL;
		intake_take(intake, &arrival);
		if (begins_child(simulation))
			execution_count_child(simulation, is_child_express(simulation));
		struct invocation *invocation = new_invocation(simulation, &arrival);
		if (turn)
			invocation->record = turn->record;
		invocation->asked_ns = turn ? turn->asked_ns : invocation->submitted_ns;
		resource_acquire(places, 1, place_granted, invocation, 0);
	}
}

static void turn_comes(struct engine *engine, void *subject, int64_t argument)
{
	struct simulation *simulation = subject;
	simulation->is_turn_awaited = false;
	submit_next_in_line(simulation);
}

static void release_place(struct simulation *simulation, int32_t place)
{
	resource_release(&simulation->places[place], 1);
	if (simulation->is_line && place == simulation->entry)
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

static void place_freed(struct engine *engine, void *subject, int64_t place)
{
	release_place(subject, (int32_t)place);
}

void journey_place_left(struct simulation *simulation, int32_t place)
{
	int64_t pause_ns = simulation->setting->pause_ns;
	if (pause_ns > 0)
		engine_schedule(&simulation->engine, pause_ns, 0, place_freed, simulation, place);
	else
		release_place(simulation, place);
}

/* A record, or a message of a batch. */
static void count_ended(struct simulation *simulation, int64_t came_ns, bool is_completed)
{
	struct outcome *outcome = simulation->outcome;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	outcome->makespan_ns = now_ns;
	billing_record(simulation->setting, is_completed, &outcome->functions[0].usage);
	if (!is_completed) {
		outcome->records_failed++;
		return;
	}
	int64_t taken_ns = now_ns - came_ns;
	const struct record_sink *records = simulation->options->records;
	if (records)
		records->completed(records->context, came_ns, taken_ns);
	histogram_add(&outcome->record_times, taken_ns);
	outcome->records_completed++;
	outcome->record_ns += taken_ns;
}

void journey_record_ended(struct simulation *simulation, int64_t came_ns, bool is_completed)
{
	count_ended(simulation, came_ns, is_completed);
	simulation->are_messages_done = intake_done(&simulation->intake);
	if (simulation->are_messages_done && simulation->tokens == 0)
		engine_stop(&simulation->engine);
}

/* Messages of a source are counted with their batch; what nobody waits for may end after them. */
void journey_record_gone(struct simulation *simulation)
{
	bool is_done = simulation->source ? simulation->are_messages_done && simulation->tokens == 0
					  : intake_done(&simulation->intake);
	if (is_done)
		engine_stop(&simulation->engine);
}

/* A gateway in front has answered for the workflow that took too long, which goes on and is paid for all the same. */
static bool gateway_has_gone(const struct invocation *record)
{
	const struct setting *setting = record->simulation->setting;
	int64_t taken_ns = engine_now_ns(&record->simulation->engine) - record->begun_ns;
	return setting->graph && setting->source.timeout_ns > 0 && taken_ns > setting->source.timeout_ns;
}

void journey_walk_ended(struct invocation *record, bool is_completed)
{
	struct simulation *simulation = record->simulation;
	struct outcome *outcome = simulation->outcome;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	struct batch *batch = record->batch;
	int32_t place = record->place;
	if (is_completed && gateway_has_gone(record)) {
		outcome->functions[0].gateway_timeouts++;
		is_completed = false;
	}
	outcome->images_completed += is_completed ? invocation_work(record)->images : 0;
	outcome->dead_letters += !is_completed && simulation->setting->invocation == INVOCATION_ASYNC;
	billing_child(simulation->setting, now_ns - record->begun_ns, &outcome->functions[0].usage);
	if (!batch)
		count_ended(simulation, record->submitted_ns, is_completed);
	walk_free(record);
	if (batch)
		source_batch_ended(simulation, batch, is_completed);
	if (place != NO_PLACE)
		journey_place_left(simulation, place);
}
