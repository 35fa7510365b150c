/*
 * simulate() puts the parts together: records travel (journey.c), functions are called (call.c), handlers run
 * (visit.c). It ends when the last record is done.
 */
#include "serving/simulate.h"

#include <math.h>

#include "base/num.h"
#include "serving/billing.h"
#include "serving/instance.h"
#include "serving/simulation.h"

enum { PLACES_HINT_MAX = 4096 };

static void warm_up(struct simulation *simulation)
{
	const struct simulate_options *options = simulation->options;
	for (size_t i = 0; i < simulation->setting->function_count; i++) {
		if (setting_home(simulation->setting, i) != i)
			continue;
		int64_t least = simulation->pools[i].spec.instances_min;
		int64_t stated = simulation->setting->warm_sandboxes;
		for (int64_t k = 0; k < (stated > least ? stated : least); k++) {
			/* The engine sees the interrupt as well, and ends the simulation. */
			if (options->interrupt && *options->interrupt)
				return;
			int64_t cold_start_ns;
			struct sandbox *sandbox = sandbox_pool_create(&simulation->pools[i], &cold_start_ns);
			sandbox->loaded = UINT64_MAX;
			if (simulation->instances)
				instance_attach(simulation, i, sandbox);
			sandbox_pool_return(sandbox);
		}
	}
}

static void init_function(struct simulation *simulation, size_t index)
{
	const struct setting *setting = simulation->setting;
	const struct setting_function *function = &setting->functions[index];
	struct sandbox_spec spec = function->sandbox;
	spec.memory_mb = function->memory_mb;
	sandbox_pool_init(&simulation->pools[index], &simulation->engine, simulation->arena, setting->platform, &spec,
			  index, simulation->options->seed, simulation->options->replication);
	simulation->pools[index].gone = instance_gone;
	simulation->pools[index].watch = simulation->options->sandboxes;
	concurrency_init(&simulation->functions[index], &setting->platform->limits);
	if (function->reserved_concurrency > 0)
		simulation->functions[index].limit = function->reserved_concurrency;
}

static void init_graph(struct simulation *simulation)
{
	const struct setting *setting = simulation->setting;
	simulation->graph = setting->graph;
	if (!setting->graph) {
		struct graph *chain = ARENA_NEW(simulation->arena, struct graph);
		graph_make_chain(setting->function_count, setting->retries, simulation->arena, chain);
		simulation->graph = chain;
	}
	simulation->outcome->steps = ARENA_ARRAY(simulation->arena, struct step_outcome, simulation->graph->step_count);
	simulation->outcome->branches =
		ARENA_ARRAY(simulation->arena, struct branch_outcome, simulation->graph->branch_count);
}

/* A pipeline's records wait for a place of their first function; where they begin with another step, for one of it. */
static void init_places(struct simulation *simulation)
{
	const struct setting *setting = simulation->setting;
	const struct step *first = &simulation->graph->steps[0];
	bool is_pipelined = setting->schedule == SCHEDULE_PIPELINED;
	size_t of_functions = is_pipelined ? setting->function_count : 0;
	simulation->places = ARENA_ARRAY(simulation->arena, struct resource, of_functions + 1);
	for (size_t i = 0; i <= of_functions; i++)
		resource_init(&simulation->places[i], &simulation->engine, setting->parallel);
	simulation->entry = (int32_t)(is_pipelined && first->kind == STEP_TASK ? first->function : of_functions);
}

static void simulation_init(struct simulation *simulation, const struct setting *setting,
			    const struct simulate_options *options, struct arena *arena, struct outcome *out)
{
	*simulation = (struct simulation){
		.setting = setting,
		.options = options,
		.arena = arena,
		.outcome = out,
		.batch_formed = journey_batch_formed,
		.record_ended = journey_record_ended,
		.visit_ended = call_visit_ended,
		.call_ended = walk_call_ended,
		.walk_ended = journey_walk_ended,
		.record_gone = journey_record_gone,
		.place_left = journey_place_left,
	};
	init_graph(simulation);
	invocation_name_luck(simulation);
	size_t functions = setting->function_count;
	int64_t places = setting->parallel < PLACES_HINT_MAX ? setting->parallel : PLACES_HINT_MAX;
	engine_init(&simulation->engine, arena, 4 * (size_t)places * functions + 64);
	simulation->engine.interrupted = options->interrupt;
	store_gate_init(&simulation->gets, setting->platform->store.gets_per_second);
	store_gate_init(&simulation->puts, setting->platform->store.puts_per_second);
	concurrency_init(&simulation->account, &setting->platform->limits);
	simulation->account.limit = setting_unreserved(setting);
	simulation->functions = ARENA_ARRAY(arena, struct concurrency, functions);
	simulation->pools = ARENA_ARRAY(arena, struct sandbox_pool, functions);
	simulation->demands = ARENA_ARRAY(arena, struct demand_table *, 2 * functions);
	for (size_t i = 0; i < functions; i++)
		init_function(simulation, i);
	if (setting_has_instances(setting)) {
		simulation->instances = ARENA_ARRAY(arena, struct function_instances, functions);
		for (size_t i = 0; i < functions; i++)
			autoscaler_begin(simulation, i);
	}
	host_pool_init(&simulation->hosts, &simulation->engine, arena, &setting->platform->hosts);
	init_places(simulation);
}

static void count_instances(struct simulation *simulation)
{
	struct outcome *outcome = simulation->outcome;
	outcome->elapsed_ns = engine_now_ns(&simulation->engine);
	for (size_t i = 0; i < simulation->setting->function_count; i++) {
		sandbox_pool_count(&simulation->pools[i]);
		outcome->running_instance_ns += simulation->pools[i].busy_instance_ns;
		outcome->idle_instance_ns += simulation->pools[i].idle_instance_ns;
		outcome->observed_instance_ns +=
			sandbox_pool_observed_ns(&simulation->pools[i], OBSERVED_IDLE_SECONDS * NS_PER_SECOND);
	}
}

static void bill_standing(struct simulation *simulation)
{
	int64_t elapsed_ns = engine_now_ns(&simulation->engine);
	for (size_t i = 0; i < simulation->setting->function_count; i++) {
		const struct sandbox_spec *spec = &simulation->pools[i].spec;
		billing_standing(&simulation->setting->platform->price, spec, spec->memory_mb, elapsed_ns,
				 &simulation->outcome->functions[i].usage);
		sandbox_pool_suspend_idle(&simulation->pools[i]);
		billing_suspended(&simulation->pools[i], &simulation->outcome->functions[i].usage);
		billing_derived(simulation->setting, &simulation->outcome->functions[i].usage);
	}
	billing_beside(simulation->setting, elapsed_ns, &simulation->outcome->functions[0].usage);
}

static void simulate_functions(const struct setting *setting, const struct simulate_options *options,
			       struct arena *arena, struct outcome *out)
{
	struct simulation simulation;
	simulation_init(&simulation, setting, options, arena, out);
	warm_up(&simulation);
	intake_init(&simulation.intake, &simulation.engine, &setting->arrivals, setting->records, options->seed,
		    options->replication);
	journey_begin(&simulation);
	enum engine_end end = engine_run(&simulation.engine, setting->horizon_ns, setting->event_budget);
	out->end = outcome_end_of(end, simulation.intake.is_overfull);
	out->events = engine_events_run(&simulation.engine);
	out->store_refusals = simulation.gets.refusals + simulation.puts.refusals;
	count_instances(&simulation);
	source_end(&simulation);
	bill_standing(&simulation);
	instance_bill_living(&simulation);
}

void simulate(const struct setting *setting, const struct simulate_options *options, struct arena *arena,
	      struct outcome *out)
{
	CHECK(setting->records >= 1);
	*out = (struct outcome){
		.functions = ARENA_ARRAY(arena, struct function_outcome, setting->function_count),
		.function_count = setting->function_count,
	};
	histogram_init(&out->record_times, arena);
	if (setting->platform->kind == PLATFORM_MACHINE)
		simulate_machine(setting, options, arena, out);
	else
		simulate_functions(setting, options, arena, out);
	histogram_sort(&out->record_times);
	outcome_add_up(out);
	price_bill(&setting->platform->price, &out->usage, &out->bill);
	/* Where no month is asked for, there is no figure, rather than one that looks free. */
	out->month.total_usd = (double)NAN;
	if (setting->runs_per_month > 0)
		price_bill_month(&setting->platform->price, &out->usage, setting->runs_per_month,
				 setting->has_free_tier, &out->month);
}
