#include "serving/demand.h"

#include <math.h>
#include <string.h>

/* A quantity that a platform does not have takes no time. */
static struct demand_latency latency_of(const struct quantiles *seconds, int64_t count)
{
	return (struct demand_latency){.seconds = seconds, .count = seconds->table.count > 0 ? count : 0};
}

/* What the slower of the store's and the client's stream takes for all bytes. */
static double stream_seconds(const struct platform_store *store, const struct phase *phase, bool is_put)
{
	double store_rate = store_mb_per_second(store, phase_object_bytes(phase), is_put);
	return (double)phase->bytes / 1e6 / fmin(store_rate, phase->stream_mb_per_second);
}

/* As the phase states it, else as the platform's clients take it. */
static double client_cpu_seconds(const struct platform_network *network, const struct phase *phase, bool is_put)
{
	double per_mb =
		phase->has_client_cpu ? phase->client_cpu_seconds_per_mb : network_cpu_seconds_per_mb(network, is_put);
	return (double)phase->bytes / 1e6 * per_mb;
}

/* Where some of the client's CPU work goes on beside the rest, two threads do it. */
static void add_transfer(struct demand *demand, const struct platform *platform, const struct phase *phase)
{
	const struct platform_store *store = &platform->store;
	bool is_kept = phase->keeps_connection;
	double beside_share = platform->network.cpu_beside_share;
	demand->latencies[0] = latency_of(store_latency(store, false, is_kept), phase->gets);
	demand->latencies[1] = latency_of(store_latency(store, true, is_kept), phase->puts);
	demand->setup_seconds =
		(double)phase_objects(phase) * store_setup_seconds(store, phase_object_bytes(phase), demand->is_put);
	demand->stream_seconds = stream_seconds(store, phase, demand->is_put);
	demand->bytes = phase->bytes;
	demand->client_cpu_seconds = client_cpu_seconds(&platform->network, phase, demand->is_put);
	demand->client_threads = beside_share > 0 ? 2 : 1;
	demand->client_alone_seconds = beside_share > 0 ? demand->client_cpu_seconds * (1 - beside_share) : 0;
	demand->is_overlapped = platform->network.is_overlapped;
}

static void demand_init(struct demand *demand, const struct platform *platform, const struct phase *phase,
			enum work_varying varying)
{
	bool is_transfer = phase_objects(phase) > 0;
	*demand = (struct demand){
		.is_transfer = is_transfer,
		.is_put = phase->puts > 0,
		.requests = is_transfer ? phase_requests(phase, &platform->store) : 0,
		.wait_varies = !phase->cold_only && varying != VARYING_CPU,
		.cpu_varies = !phase->cold_only && varying != VARYING_WAIT,
		.threads = 1,
		.client_threads = 1,
		.pieces = 1,
	};
	if (!demand->is_transfer) {
		demand->wait_ns = phase->wait_ns;
		memcpy(demand->loads, phase->loads, sizeof demand->loads);
		demand->cpu_ns = phase->cpu_ns;
		demand->cpu_error_share = phase->cpu_error_share;
		demand->threads = phase->threads > 0 ? phase->threads : 1;
		demand->pieces = phase->pieces > 0 ? phase->pieces : 1;
		demand->device_ns = phase->device_ns;
		demand->device_call_ns = phase->device_call_ns;
	} else if (!phase->is_timed_elsewhere) {
		add_transfer(demand, platform, phase);
	}
}

/* Whether anything of the phase takes time or costs a request. */
static bool asks(const struct phase *phase)
{
	bool loads = false;
	for (size_t i = 0; i < PHASE_LOADS; i++)
		loads = loads || phase->loads[i].seconds_per_gb;
	return loads || phase->cpu_ns > 0 || phase_objects(phase) > 0 || phase->device_ns > 0 || phase->wait_ns > 0;
}

void demand_table_init(struct demand_table *table, const struct platform *platform, const struct work *work)
{
	table->work = work;
	table->nexts[0][WORK_PHASES] = table->nexts[1][WORK_PHASES] = WORK_PHASES;
	for (int i = WORK_PHASES; i-- > 0;) {
		const struct phase *phase = &work->phases[i];
		bool is_asked = asks(phase);
		table->nexts[0][i] = is_asked && !phase->cold_only ? i : table->nexts[0][i + 1];
		table->nexts[1][i] = is_asked ? i : table->nexts[1][i + 1];
		/* What a visit does beside its function's work may belong to a phase that asks for nothing. */
		if (is_asked || i == WORK_IMPORT || i == WORK_WAIT)
			demand_init(&table->demands[i], platform, phase, work->varying);
	}
}

const struct demand *demand_find_changed(struct demand_table *table, const struct demand_visit *visit, int *phase)
{
	int next = table->nexts[visit->is_first][*phase];
	bool repeats_init = visit->repeat_init_ns != 0 && *phase <= WORK_IMPORT && WORK_IMPORT <= next &&
			    (visit->is_first || !table->work->phases[WORK_IMPORT].cold_only);
	bool waits = visit->traced_wait_ns != 0 && *phase <= WORK_WAIT && WORK_WAIT <= next &&
		     (visit->is_first || !table->work->phases[WORK_WAIT].cold_only);
	*phase = repeats_init ? WORK_IMPORT : waits ? WORK_WAIT : next;
	if (*phase == WORK_PHASES)
		return NULL;
	table->changed = table->demands[*phase];
	table->changed.cpu_ns += repeats_init ? visit->repeat_init_ns : 0;
	table->changed.traced_wait_ns = waits && !repeats_init ? visit->traced_wait_ns : 0;
	return &table->changed;
}

int64_t demand_client_threads(int64_t threads, double vcpus)
{
	return vcpus > 1 ? threads : 1;
}

int64_t demand_piece_ns(const struct demand *demand, int64_t ns, int64_t piece)
{
	return ns / demand->pieces + (piece < ns % demand->pieces);
}

int64_t demand_end_ns(const struct demand *demand, struct cpu_quota *quota, int64_t now_ns, int64_t wait_ns,
		      int64_t cpu_ns)
{
	if (demand->pieces == 1)
		return cpu_quota_run(quota, now_ns + wait_ns, cpu_ns, demand->threads);
	for (int64_t i = 0; i < demand->pieces; i++) {
		now_ns += demand_piece_ns(demand, wait_ns, i);
		now_ns = cpu_quota_run(quota, now_ns, demand_piece_ns(demand, cpu_ns, i), demand->threads);
	}
	return now_ns;
}

int64_t demand_overlap_ns(const struct demand *demand, int64_t wait_ns, double head_start_seconds)
{
	int64_t piece_ns = wait_ns / demand->pieces;
	int64_t head_start_ns = ns_from_seconds(head_start_seconds);
	return demand->cpu_ns == 0 ? 0 : (demand->pieces - 1) * (piece_ns < head_start_ns ? piece_ns : head_start_ns);
}

/* Latencies of a phase that are drawn one by one. Of more, whose sum hardly varies, the mean is taken. */
enum { LATENCIES_DRAWN = 1000 };

/* How many of the latencies are drawn. */
static int64_t drawn_of(const struct demand_latency *latency)
{
	return latency->count < LATENCIES_DRAWN ? latency->count : LATENCIES_DRAWN;
}

double demand_latency_seconds(const struct demand *demand, struct stream *luck)
{
	double seconds = 0;
	for (size_t i = 0; i < DEMAND_LATENCIES; i++) {
		const struct demand_latency *latency = &demand->latencies[i];
		int64_t drawn = luck ? drawn_of(latency) : 0;
		for (int64_t k = 0; k < drawn; k++)
			seconds += quantile_draw(&latency->seconds->table, luck);
		if (latency->count > drawn)
			seconds += (double)(latency->count - drawn) * quantile_mean(&latency->seconds->table);
	}
	return seconds + demand->setup_seconds;
}

double demand_load_seconds(const struct demand *demand, struct stream *luck)
{
	double seconds = 0;
	for (size_t i = 0; i < PHASE_LOADS; i++) {
		const struct load_part *load = &demand->loads[i];
		if (!load->seconds_per_gb)
			continue;
		const struct quantile_table *table = &load->seconds_per_gb->table;
		seconds += load->gb * (luck ? quantile_draw(table, luck) : quantile_mean(table));
	}
	return seconds;
}

double demand_load_variance(const struct demand *demand)
{
	double variance = 0;
	for (size_t i = 0; i < PHASE_LOADS; i++) {
		const struct load_part *load = &demand->loads[i];
		if (load->seconds_per_gb)
			variance += load->gb * load->gb * quantile_variance(&load->seconds_per_gb->table);
	}
	return variance;
}

double demand_latency_variance(const struct demand *demand)
{
	double variance = 0;
	for (size_t i = 0; i < DEMAND_LATENCIES; i++) {
		const struct demand_latency *latency = &demand->latencies[i];
		if (latency->count > 0)
			variance += (double)drawn_of(latency) * quantile_variance(&latency->seconds->table);
	}
	return variance;
}
