/*
 * The steps of a phase; the event that ends one, named for what is then done, begins the next:
 *
 *	transfer     begin_transfer, answered, and side by side streamed, moved and unpacked, whose last one ends it
 *	computing    wait_or_compute, waited, computed; once, or for each piece that wait and CPU work alternate in
 *	accelerator  device.c: in line, then a turn, which may be a batch
 *
 * Before a step begins, its split says what its time will be put down to (invocation_count_step counts it).
 */
#include "serving/seat.h"

#include <math.h>

#include "base/num.h"
#include "serving/device.h"
#include "serving/transfer.h"

/* In a step's split: this cause has all of its time that the other causes do not have. */
static const int64_t THE_REST_NS = INT64_MAX;

static struct engine *engine_of(const struct seat *seat)
{
	return &seat->instance->simulation->engine;
}

static void after(struct seat *seat, int64_t delay_ns, event_action *action)
{
	seat->timer = engine_schedule(engine_of(seat), delay_ns, 0, action, seat, 0);
}

static void end_phase(struct seat *seat)
{
	seat->then(engine_of(seat), seat->invocation, 0);
}

static void wait_or_compute(struct seat *seat);

/* A piece of the phase is over, on a shared instance all of it. */
static void computed(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	seat->timer = 0;
	if (seat->instance->is_shared || ++seat->piece == seat->demand.pieces) {
		end_phase(seat);
		return;
	}
	invocation_count_step(seat->invocation);
	wait_or_compute(seat);
}

static int64_t running_threads(const struct seat *seat, int64_t threads)
{
	return cpu_running_threads(seat->invocation->sandbox->quota.visible_vcpus, threads);
}

/* CPU work alone on the instance: without a quota, and with its share. */
static int64_t alone_ns(const struct seat *seat, int64_t cpu_ns, double rate)
{
	return fluid_alone_ns(&seat->instance->cpu_share, (double)cpu_ns, rate);
}

/* Thread time on the instance's vCPUs: shared, at a rate of no more than this, or by their quota. */
static void run_cpu(struct seat *seat, int64_t cpu_ns, int64_t threads, double rate, event_action *done)
{
	struct sandbox *sandbox = seat->invocation->sandbox;
	int64_t now_ns = engine_now_ns(engine_of(seat));
	if (seat->instance->is_shared)
		fluid_start(&seat->cpu, &seat->instance->cpu_share, (double)cpu_ns, rate, done, seat, 0);
	else
		after(seat, cpu_quota_run(&sandbox->quota, now_ns, cpu_ns, threads) - now_ns, done);
}

/*
 * On a shared instance quota is no matter of periods: waiting that costs nothing there while threads are throttled is
 * taken out of the wait, and makes the threads ask for less of the vCPUs instead.
 */
static int64_t shared_overlap_ns(const struct seat *seat)
{
	const struct simulation *simulation = seat->instance->simulation;
	const struct setting_function *function = function_of(seat->invocation);
	const struct platform_cpu cpu =
		cpu_in_burst(cpu_of_architecture(&simulation->setting->platform->cpu, function->sandbox.is_arm64),
			     function->sandbox.burst_times);
	double head_start = cpu_head_start_seconds(&cpu, function->memory_mb, seat->demand.threads);
	return demand_overlap_ns(&seat->demand, invocation_wait_ns(seat->invocation, &seat->demand), head_start);
}

/* A shared instance does all pieces at once. */
static int64_t piece_ns(const struct seat *seat, int64_t ns)
{
	return seat->instance->is_shared ? ns : demand_piece_ns(&seat->demand, ns, seat->piece);
}

static void compute(struct seat *seat)
{
	struct invocation *invocation = seat->invocation;
	int64_t threads = seat->demand.threads;
	int64_t cpu_ns = piece_ns(seat, invocation_cpu_ns(invocation, &seat->demand));
	int64_t overlap_ns = seat->instance->is_shared ? shared_overlap_ns(seat) : 0;
	int64_t unthrottled_ns = cpu_unthrottled_ns(&invocation->sandbox->quota, cpu_ns, threads);
	struct phase_split *split = &invocation->split;
	*split = (struct phase_split){0};
	split->ns[CAUSE_COMPUTE] = unthrottled_ns;
	double rate = (double)running_threads(seat, threads);
	if (overlap_ns > 0)
		rate *= (double)unthrottled_ns / (double)(unthrottled_ns + overlap_ns);
	if (seat->instance->is_shared) {
		int64_t longer_ns = alone_ns(seat, cpu_ns, rate) - unthrottled_ns;
		longer_ns = longer_ns > 0 ? longer_ns : 0;
		split->ns[CAUSE_WAIT] = overlap_ns < longer_ns ? overlap_ns : longer_ns;
		split->ns[CAUSE_THROTTLED] = longer_ns - split->ns[CAUSE_WAIT];
		split->ns[CAUSE_INSTANCE] = THE_REST_NS;
	} else {
		split->ns[CAUSE_THROTTLED] = THE_REST_NS;
	}
	run_cpu(seat, cpu_ns, threads, rate, computed);
}

static void waited(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	seat->timer = 0;
	invocation_count_step(seat->invocation);
	compute(seat);
}

static void wait_or_compute(struct seat *seat)
{
	int64_t wait_ns = piece_ns(seat, invocation_wait_ns(seat->invocation, &seat->demand));
	if (seat->instance->is_shared)
		wait_ns -= shared_overlap_ns(seat);
	if (wait_ns == 0) {
		compute(seat);
		return;
	}
	seat->invocation->split = (struct phase_split){.ns[CAUSE_WAIT] = THE_REST_NS};
	after(seat, wait_ns, waited);
}

/* One of the three that move a transfer's bytes is done. */
static void part_done(struct seat *seat)
{
	if (--seat->parts == 0)
		end_phase(seat);
}

/* The store's or the client's stream has carried all bytes. */
static void streamed(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	seat->stream = 0;
	part_done(seat);
}

/* The transfer's CPU work is over. */
static void unpacked(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	seat->timer = 0;
	part_done(seat);
}

/* The client's CPU work on a transfer's bytes. */
static void run_client(struct seat *seat)
{
	const struct transfer *transfer = &seat->transfer;
	run_cpu(seat, transfer->cpu_ns, transfer->threads, (double)running_threads(seat, transfer->threads), unpacked);
}

/* All bytes have passed the network. */
static void moved(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	if (!seat->transfer.is_overlapped)
		run_client(seat);
	part_done(seat);
}

/* What a transfer's bytes would take if nobody else were there; the rest is the others'. */
static void split_transfer(struct seat *seat, const struct transfer *transfer, const struct fluid_group *network)
{
	struct invocation *invocation = seat->invocation;
	int64_t now_ns = engine_now_ns(engine_of(seat));
	int64_t network_ns = now_ns + fluid_alone_ns(network, (double)transfer->bytes, HUGE_VAL);
	int64_t begin_ns = transfer->is_overlapped ? now_ns : network_ns;
	struct cpu_quota quota = invocation->sandbox->quota;
	int64_t unthrottled_ns = begin_ns + transfer_unthrottled_ns(transfer, &quota);
	int64_t cpu_ns =
		seat->instance->is_shared
			? begin_ns + alone_ns(seat, transfer->cpu_ns, (double)running_threads(seat, transfer->threads))
			: cpu_quota_run(&quota, begin_ns, transfer->cpu_ns, transfer->threads);
	if (cpu_ns < begin_ns + transfer->alone_ns)
		cpu_ns = begin_ns + transfer->alone_ns;
	const struct transfer_ends ends = {
		.stream_ns = now_ns + transfer->stream_ns,
		.network_ns = network_ns,
		.unthrottled_ns = unthrottled_ns < cpu_ns ? unthrottled_ns : cpu_ns,
		.cpu_ns = cpu_ns,
	};
	invocation->split = (struct phase_split){0};
	transfer_divide(&ends, now_ns, &invocation->split);
	invocation->split.ns[seat->instance->host ? CAUSE_CARD : CAUSE_INSTANCE] = THE_REST_NS;
}

/* The first byte is there: stream, network and CPU begin. */
static void answered(struct engine *engine, void *subject, int64_t argument)
{
	struct seat *seat = subject;
	struct instance *instance = seat->instance;
	const struct transfer *transfer = &seat->transfer;
	struct fluid_group *network = transfer->is_put ? &instance->outbound : &instance->inbound;
	seat->timer = 0;
	invocation_count_step(seat->invocation);
	split_transfer(seat, transfer, network);
	seat->parts = 3;
	/* What the busiest of the client's threads takes is as fixed as the stream, beside which it works. */
	int64_t fixed_ns = transfer->stream_ns > transfer->alone_ns ? transfer->stream_ns : transfer->alone_ns;
	seat->stream = engine_schedule(engine, fixed_ns, 0, streamed, seat, 0);
	fluid_start(&seat->network, network, (double)transfer->bytes, HUGE_VAL, moved, seat, 0);
	if (transfer->is_overlapped)
		run_client(seat);
}

static void begin_transfer(struct seat *seat)
{
	struct invocation *invocation = seat->invocation;
	transfer_prepare(invocation, &seat->demand, &seat->transfer);
	invocation->split = (struct phase_split){.ns[CAUSE_LATENCY] = THE_REST_NS};
	after(seat, seat->transfer.wait_ns, answered);
}

void seat_begin_phase(struct seat *seat, const struct demand *demand, event_action *done)
{
	seat->then = done;
	seat->demand = *demand;
	seat->piece = 0;
	if (demand->is_transfer)
		begin_transfer(seat);
	else if (demand->device_ns > 0)
		device_join(seat);
	else
		wait_or_compute(seat);
}

void seat_stop(struct seat *seat)
{
	struct engine *engine = engine_of(seat);
	engine_cancel(engine, seat->timer);
	engine_cancel(engine, seat->timeout);
	engine_cancel(engine, seat->stream);
	fluid_stop(engine, &seat->network);
	fluid_stop(engine, &seat->cpu);
	device_leave(seat);
}
