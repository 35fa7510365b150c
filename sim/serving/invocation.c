/* What an invocation, a record on its way, knows of itself; every part of the folder may ask it (simulation.h). */
#include "base/num.h"
#include "random/elementary.h"
#include "serving/demand.h"
#include "serving/simulation.h"

const struct work *invocation_work(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	const struct setting_function *function = function_of(invocation);
	const struct step *step = &invocation->simulation->graph->steps[invocation->step];
	if (invocation->has_own_work)
		return invocation->own_work;
	if (step->works)
		return &step->works[invocation->items - 1];
	if (invocation->size >= 0 && function->sized_works)
		return &function->sized_works[invocation->size];
	return invocation->record == setting->records - 1 ? &function->last_work : &function->work;
}

bool invocation_is_async(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	bool is_first = invocation->step == 0 && !invocation->join;
	return invocation->is_detached || (setting->invocation == INVOCATION_ASYNC && (!setting->graph || is_first));
}

/* Names of streams; those of phases are the phases' own. */
static const char *const luck_names[LUCK_PHASE] = {
	[LUCK_HOP] = "hop",       [LUCK_RETRY] = "retry",       [LUCK_WARM_START] = "warm start",
	[LUCK_RESUME] = "resume", [LUCK_FAILURES] = "failures", [LUCK_ERROR] = "handler error",
	[LUCK_WORK] = "work",     [LUCK_CHOICE] = "choice",     [LUCK_ITEMS] = "items",
};

void invocation_name_luck(struct simulation *simulation)
{
	for (int luck = 0; luck < LUCKS; luck++)
		simulation->luck[luck] =
			stream_id_from_name(luck < LUCK_PHASE ? luck_names[luck] : work_phase_names[luck - LUCK_PHASE]);
	struct stream world;
	stream_init(&world, simulation->options->seed, simulation->options->replication, stream_id_from_name("world"),
		    0);
	simulation->cpu_error = stream_normal(&world);
}

void invocation_stream(struct stream *stream, const struct invocation *invocation, int luck)
{
	const struct simulate_options *options = invocation->simulation->options;
	uint64_t visit = (uint64_t)invocation->record * SETTING_FUNCTIONS_MAX + invocation->function;
	uint64_t again = (uint64_t)invocation->failures << 56;
	uint64_t entity = visit + again;
	if (invocation->simulation->setting->graph)
		entity = invocation_mix(invocation_mix(entity, invocation->way), (uint64_t)invocation->step);
	stream_init(stream, options->seed, options->replication, invocation->simulation->luck[luck], entity);
}

void invocation_step_stream(struct stream *stream, const struct invocation *invocation, int luck, int32_t step,
			    uint64_t ordinal)
{
	const struct simulate_options *options = invocation->simulation->options;
	uint64_t of_step = invocation_mix(invocation->way, (uint64_t)step << 32 | ordinal);
	stream_init(stream, options->seed, options->replication, invocation->simulation->luck[luck],
		    invocation_mix((uint64_t)invocation->record, of_step));
}

/* The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA'14). */
uint64_t invocation_mix(uint64_t a, uint64_t b)
{
	uint64_t z = a * 0x9e3779b97f4a7c15ULL + b + 0x9e3779b97f4a7c15ULL;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

struct invocation *invocation_new(struct simulation *simulation)
{
	struct invocation *invocation = simulation->free_list;
	if (!invocation)
		return ARENA_NEW(simulation->arena, struct invocation);
	simulation->free_list = invocation->next_free;
	return invocation;
}

bool join_is_lost(const struct join *join)
{
	while (join && !join->is_over)
		join = join->outer;
	return join;
}

static struct span span_until_now(const struct invocation *invocation, enum span_kind kind, const char *name,
				  int64_t start_ns)
{
	return (struct span){
		.kind = kind,
		.name = name,
		.function = (uint32_t)invocation->function,
		.sandbox = invocation->sandbox->ordinal,
		.record = invocation->record,
		.start_ns = start_ns,
		.end_ns = engine_now_ns(&invocation->simulation->engine),
		.is_cold = invocation->is_cold,
	};
}

void invocation_tell_span(const struct invocation *invocation, enum span_kind kind, const char *name, int64_t start_ns)
{
	const struct span_sink *sink = invocation->simulation->options->sink;
	struct span span = span_until_now(invocation, kind, name, start_ns);
	sink->span(sink->context, &span);
}

/* The causes of a step that is over, in the order in which they pass. */
static void tell_causes(const struct invocation *invocation, const struct phase_split *split)
{
	const struct span_sink *sink = invocation->simulation->options->sink;
	struct span span = span_until_now(invocation, SPAN_CAUSE, NULL, invocation->step_start_ns);
	int64_t step_end_ns = span.end_ns;
	for (int cause = CAUSE_HANDLER_FIRST; span.start_ns < step_end_ns && cause <= CAUSE_HANDLER_LAST; cause++) {
		if (split->ns[cause] <= 0)
			continue;
		int64_t left_ns = step_end_ns - span.start_ns;
		span.name = cause_names[cause];
		span.end_ns = span.start_ns + (split->ns[cause] < left_ns ? split->ns[cause] : left_ns);
		sink->span(sink->context, &span);
		span.start_ns = span.end_ns;
	}
}

/* The same however often it is asked for: the luck is that of the phase. */
static int64_t load_ns(const struct invocation *invocation, const struct demand *demand)
{
	if (!demand->loads[0].seconds_per_gb && !demand->loads[1].seconds_per_gb)
		return 0;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_PHASE + invocation->phase);
	return ns_from_seconds(demand_load_seconds(demand, &luck));
}

int64_t invocation_wait_ns(const struct invocation *invocation, const struct demand *demand)
{
	double factor = demand->wait_varies ? invocation->variation : 1;
	return load_ns(invocation, demand) + round_int64((double)demand->wait_ns * factor) + demand->traced_wait_ns;
}

/* What a CPU time that is not known exactly is over what it is taken for, in this world: of mean 1 over worlds. */
static double error_factor(const struct simulation *simulation, double share)
{
	return share > 0 ? elementary_exp(share * simulation->cpu_error - share * share / 2) : 1;
}

int64_t invocation_cpu_ns(const struct invocation *invocation, const struct demand *demand)
{
	double work_ns = (double)demand->cpu_ns * (demand->cpu_varies ? invocation->variation : 1) *
			 error_factor(invocation->simulation, demand->cpu_error_share);
	return round_int64(min_double(work_ns * invocation->sandbox->slowness * invocation->straggling, 1e18));
}

void invocation_count_step(struct invocation *invocation)
{
	struct function_outcome *counts = counts_of(invocation);
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	int64_t elapsed_ns = now_ns - invocation->step_start_ns;
	if (invocation->simulation->options->sink)
		tell_causes(invocation, &invocation->split);
	invocation->step_start_ns = now_ns;
	if (invocation->work->phases[invocation->phase].cold_only)
		counts->cause_ns[CAUSE_LOAD] += elapsed_ns;
	else
		cause_count(counts, &invocation->split, elapsed_ns);
}

int64_t invocation_map_items(const struct invocation *token)
{
	const struct step *steps = token->simulation->graph->steps;
	const struct step *step = &steps[token->step];
	struct stream luck;
	if (step->counts_messages)
		return token->size + 1;
	if (step->codes)
		return step->items_of[step->codes[token->record]];
	if (step->writer < 0) {
		invocation_step_stream(&luck, token, LUCK_ITEMS, token->step, 0);
		return item_count_draw(&step->items, &luck);
	}
	const struct step *writer = &steps[step->writer];
	while (steps[token->step].scope != writer->scope)
		token = token->join->parent;
	invocation_step_stream(&luck, token, LUCK_ITEMS, step->writer, 0);
	return item_count_draw(&writer->writes, &luck);
}
