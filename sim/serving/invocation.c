/* What an invocation, a record on its way, knows of itself; every part of the folder may ask it (simulation.h). */
#include "serving/simulation.h"

const struct work *invocation_work(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	const struct setting_function *function = function_of(invocation);
	if (invocation->size >= 0 && function->sized_works)
		return &function->sized_works[invocation->size];
	return invocation->record == setting->records - 1 ? &function->last_work : &function->work;
}

void invocation_stream(struct stream *stream, const struct invocation *invocation, const char *name)
{
	const struct simulate_options *options = invocation->simulation->options;
	uint64_t visit = (uint64_t)invocation->record * SETTING_FUNCTIONS_MAX + invocation->function;
	uint64_t again = (uint64_t)invocation->failures << 56;
	stream_init(stream, options->seed, options->replication, stream_id_from_name(name), visit + again);
}

void invocation_span(const struct invocation *invocation, const char *name, int64_t start_ns, int64_t end_ns)
{
	const struct span_sink *sink = invocation->simulation->options->sink;
	if (!sink)
		return;
	struct span span = {
		.name = name,
		.function = (uint32_t)invocation->function,
		.sandbox = invocation->sandbox->ordinal,
		.record = invocation->record,
		.start_ns = start_ns,
		.end_ns = end_ns,
		.is_cold = invocation->is_cold,
	};
	sink->span(sink->context, &span);
}
