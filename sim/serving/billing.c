#include "serving/billing.h"

#include <math.h>

#include "base/num.h"

void billing_usage(const struct platform *platform, const struct setting_function *function, int64_t memory_mb,
		   double used_mb, bool is_provisioned, int64_t billed_ns, struct usage *usage)
{
	int64_t billed_mb = price_billed_mb(&platform->price, memory_mb, used_mb);
	int64_t tmp_mb = function->tmp_mb - platform->limits.tmp_mb;
	price_mb_ns *const meters[2][2] = {{&usage->billed_mb_ns, &usage->billed_arm64_mb_ns},
					   {&usage->provisioned_busy_mb_ns, &usage->provisioned_busy_arm64_mb_ns}};
	*meters[is_provisioned][function->sandbox.is_arm64] += (price_mb_ns)billed_ns * (price_mb_ns)billed_mb;
	usage->billed_micro_vcpu_ns +=
		(price_mb_ns)billed_ns * (price_mb_ns)round_int64(1e6 * cpu_share(&platform->cpu, memory_mb));
	usage->device_ns += function->sandbox.has_device ? (price_mb_ns)billed_ns : 0;
	usage->instance_ns += (price_mb_ns)billed_ns;
	usage->tmp_mb_ns += tmp_mb > 0 ? (price_mb_ns)billed_ns * (price_mb_ns)tmp_mb : 0;
}

/* Requests that a call with this work is paid as. */
static int64_t requests_of(const struct setting *setting, const struct work *work, bool is_async)
{
	/* Only a caller's own asynchronous call has a payload: an event of the store has none. */
	bool is_queued = is_async && setting->orchestrator != ORCHESTRATOR_STORE_EVENTS;
	int64_t bytes = work->payload_bytes + setting->source.message_bytes;
	return is_queued ? price_async_requests(&setting->platform->price, bytes) : 1;
}

/* A gateway's request. */
static void add_gateway_request(const struct setting *setting, struct usage *usage)
{
	const struct setting_source *source = &setting->source;
	if (source->kind == SOURCE_HTTP_API)
		usage->micro_http_requests +=
			1000000 * price_http_requests(&setting->platform->price, source->message_bytes);
	if (source->kind == SOURCE_REST_API)
		usage->micro_rest_requests += 1000000;
}

void billing_attempt(const struct setting *setting, struct usage *usage)
{
	/* In front of a workflow it is the record's. */
	if (!setting->graph)
		add_gateway_request(setting, usage);
}

/* An answer that is streamed costs beyond what is free of each. */
static int64_t streamed_bytes(const struct setting *setting)
{
	const struct setting_source *source = &setting->source;
	if (!source->is_streamed)
		return 0;
	int64_t beyond = source->answer_bytes - round_int64(setting->platform->price.stream_free_mb * 1024 * 1024);
	return beyond > 0 ? beyond : 0;
}

/* Requests for so many messages, of which each carries as many as it can. */
static int64_t queue_requests(const struct setting *setting, int64_t messages, int64_t together, int64_t bytes)
{
	double part_kb = setting->platform->price.message_request_kb;
	int64_t rest = messages % together;
	return messages / together * price_parts(together * bytes, part_kb) +
	       (rest > 0 ? price_parts(rest * bytes, part_kb) : 0);
}

static wide_sum *requests_to_queue(const struct setting_source *source, struct usage *usage)
{
	return source->is_fifo ? &usage->fifo_requests : &usage->queue_requests;
}

void billing_receive(const struct setting *setting, int64_t messages, struct usage *usage)
{
	const struct setting_source *source = &setting->source;
	if (source->kind == SOURCE_QUEUE)
		*requests_to_queue(source, usage) +=
			queue_requests(setting, messages, source->receive_messages, source->message_bytes);
}

void billing_delete(const struct setting *setting, int64_t messages, struct usage *usage)
{
	const struct setting_source *source = &setting->source;
	if (source->kind == SOURCE_QUEUE)
		*requests_to_queue(source, usage) += queue_requests(setting, messages, source->receive_messages, 0);
}

void billing_source(const struct setting *setting, int64_t messages, wide_sum idle_ns, int64_t elapsed_ns,
		    struct usage *usage)
{
	const struct setting_source *source = &setting->source;
	const struct platform_price *price = &setting->platform->price;
	if (source->kind == SOURCE_QUEUE)
		*requests_to_queue(source, usage) +=
			queue_requests(setting, messages, source->sends_together, source->message_bytes) +
			idle_ns / source->poll_ns;
	int64_t short_ns = ns_from_seconds(price->poller_minimum_seconds) - elapsed_ns;
	if (source->poller_calls > 0 && short_ns > 0)
		usage->poller_ns += (wide_sum)div_ceil_int64(source->calls, source->poller_calls) * short_ns;
	if (source->kind == SOURCE_STREAM)
		usage->stream_puts += messages * price_parts(source->message_bytes, price->stream_put_kb);
	usage->shard_ns = (wide_sum)(source->kind == SOURCE_STREAM ? source->shards : 0) * elapsed_ns;
}

void billing_call(const struct setting *setting, const struct work *work, bool is_async, struct usage *usage)
{
	const struct setting_beside *beside = &setting->beside;
	usage->requests += requests_of(setting, work, is_async);
	usage->streamed_bytes += setting->graph ? 0 : streamed_bytes(setting);
	usage->log_bytes += beside->log_bytes;
	usage->nat_bytes += beside->nat_bytes;
	usage->file_read_bytes += beside->file_read_bytes;
	usage->file_written_bytes += beside->file_written_bytes;
}

void billing_record(const struct setting *setting, bool is_completed, struct usage *usage)
{
	const struct setting_beside *beside = &setting->beside;
	if (beside->is_rest_api)
		usage->micro_rest_requests += llround(1e6 * beside->api_requests);
	else
		usage->micro_http_requests += llround(1e6 * beside->api_requests) *
					      price_http_requests(&setting->platform->price, beside->api_bytes);
	usage->egress_bytes += is_completed ? beside->egress_bytes : 0;
	if (setting->graph) {
		add_gateway_request(setting, usage);
		usage->streamed_bytes += streamed_bytes(setting);
	}
	if (setting->source.kind == SOURCE_TOPIC)
		usage->publishes +=
			price_parts(setting->source.message_bytes, setting->platform->price.message_request_kb);
	usage->schedules += setting->source.kind == SOURCE_SCHEDULE;
}

void billing_derived(const struct setting *setting, struct usage *usage)
{
	const struct setting_beside *beside = &setting->beside;
	if (beside->nat_carries_store)
		usage->nat_bytes += usage->put_bytes + usage->get_bytes;
	if (beside->kept_months > 0)
		usage->kept_byte_months = (wide_sum)((double)usage->put_bytes * beside->kept_months);
}

void billing_beside(const struct setting *setting, int64_t elapsed_ns, struct usage *usage)
{
	const struct setting_beside *beside = &setting->beside;
	usage->beside_ns = elapsed_ns;
	usage->nat_ns = (wide_sum)beside->nat_gateways * elapsed_ns;
	usage->file_byte_ns = (wide_sum)beside->file_bytes * elapsed_ns;
	usage->registry_byte_ns = (wide_sum)beside->registry_bytes * elapsed_ns;
}

int64_t billing_transitions(const struct setting *setting)
{
	if (setting->graph)
		return setting->graph->kind == WORKFLOW_STANDARD;
	return setting->orchestrator == ORCHESTRATOR_WORKFLOW && setting->map != MAP_OF_EXPRESS_CHILDREN;
}

int64_t billing_call_transitions(const struct invocation *invocation)
{
	const struct setting *setting = invocation->simulation->setting;
	/* A queue's further tries are its own. */
	bool is_again = invocation->is_detached && (invocation->failures > 0 || invocation->attempts > 0);
	if (setting->graph)
		return invocation->execution->kind == WORKFLOW_STANDARD && !is_again;
	return billing_transitions(setting);
}

void billing_child(const struct setting *setting, int64_t duration_ns, struct usage *usage)
{
	if (setting->map == MAP_INLINE)
		return;
	usage->transitions++;
	if (setting->map == MAP_OF_EXPRESS_CHILDREN)
		price_express(&setting->platform->price, duration_ns, 0, usage);
}

static bool suspends(const struct platform *platform)
{
	return platform->price.billed_by == BILLED_BY_ACTIVITY;
}

void billing_restore(const struct platform *platform, const struct sandbox_spec *spec, int64_t memory_mb,
		     struct usage *usage)
{
	if (suspends(platform))
		usage->restored_mb += spec->package_mb > 0 ? llround(spec->package_mb) : memory_mb;
	else
		usage->restored_mb += spec->has_snapshot && !spec->is_snapshot_free ? memory_mb : 0;
}

void billing_standing(const struct platform_price *price, const struct sandbox_spec *spec, int64_t memory_mb,
		      int64_t elapsed_ns, struct usage *usage)
{
	int64_t reserved_ns = price_provisioned_ns(price, elapsed_ns);
	*(spec->is_arm64 ? &usage->provisioned_arm64_mb_ns : &usage->provisioned_mb_ns) =
		(price_mb_ns)memory_mb * (price_mb_ns)spec->provisioned * (price_mb_ns)reserved_ns;
	if (spec->has_snapshot && !spec->is_snapshot_free)
		usage->cached_mb_ns = (price_mb_ns)memory_mb * (price_mb_ns)price_cached_ns(price, elapsed_ns);
}

void billing_time(struct simulation *simulation, size_t index, const struct billed_time *time)
{
	const struct setting_function *function = &simulation->setting->functions[index];
	const struct platform *platform = simulation->setting->platform;
	struct function_outcome *counts = &simulation->outcome->functions[index];
	int64_t used_ns = time->busy_ns + time->idle_ns;
	int64_t billed_ns = price_billed_ns(&platform->price, used_ns, time->init_ns);
	counts->billed_ns += billed_ns;
	counts->billed_init_ns += time->init_ns;
	counts->billed_idle_ns += time->idle_ns;
	counts->billed_rounding_ns += billed_ns - used_ns - time->init_ns;
	billing_usage(platform, function, function->memory_mb, time->used_mb, time->is_provisioned, billed_ns,
		      &counts->usage);
	counts->usage.billed_micro_vcpu_ns += (price_mb_ns)time->burst_vcpu_ns * 1000000;
	counts->usage.billed_mb_ns += (price_mb_ns)time->burst_mb_ns;
	counts->paid_mb_ns += (price_mb_ns)used_ns * (price_mb_ns)function->memory_mb;
	counts->used_mb_ns += (price_mb_ns)((double)time->busy_ns * time->used_mb);
	const struct span_sink *sink = simulation->options->sink;
	if (sink && sink->billed)
		sink->billed(sink->context, index, engine_now_ns(&simulation->engine), &counts->usage);
}

int64_t billing_init_ns(const struct platform_price *price, const struct sandbox *sandbox)
{
	return price_bills_init(price, sandbox->pool->spec.is_image) ? sandbox->init_ns : 0;
}

void billing_visit(const struct invocation *invocation, int64_t duration_ns)
{
	const struct setting_function *function = function_of(invocation);
	const struct work *work = invocation_work(invocation);
	struct function_outcome *counts = counts_of(invocation);
	counts->duration_ns += duration_ns;
	billing_call(invocation->simulation->setting, work, invocation_is_async(invocation), &counts->usage);
	const struct platform_price *price = &invocation->simulation->setting->platform->price;
	bool is_own = !invocation->seat || price->billed_by == BILLED_BY_REQUEST;
	if (!is_own) {
		/* Its sandbox is paid for; what is shared there counts with it. */
		counts->used_mb_ns +=
			(price_mb_ns)((double)duration_ns * fmax(0, work->peak_memory_mb - work->shared_memory_mb));
		return;
	}
	const struct billed_time time = {
		.busy_ns = duration_ns,
		.init_ns = invocation->is_cold ? billing_init_ns(price, invocation->sandbox) : 0,
		.used_mb = min_double(work->peak_memory_mb, (double)function->memory_mb),
		.is_provisioned = invocation->sandbox->is_provisioned,
	};
	billing_time(invocation->simulation, invocation->function, &time);
}

void billing_suspended(const struct sandbox_pool *pool, struct usage *usage)
{
	if (!suspends(pool->platform))
		return;
	usage->cached_mb_ns += (price_mb_ns)pool->spec.memory_mb * pool->suspended_ns;
	usage->suspended_mb += (wide_sum)pool->spec.memory_mb * pool->suspensions;
}

void billing_resumed(const struct sandbox_pool *pool, struct usage *usage)
{
	usage->restored_mb += suspends(pool->platform) ? pool->spec.memory_mb : 0;
}
