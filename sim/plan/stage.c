#include "plan/stage.h"

#include <math.h>

#include "base/num.h"
#include "platform/cold_start.h"
#include "platform/network.h"
#include "random/elementary.h"
#include "serving/billing.h"
#include "serving/demand.h"

static double usd_of(const struct platform_price *price, const struct usage *usage)
{
	struct bill bill;
	price_bill(price, usage, &bill);
	return bill.total_usd;
}

static double mean_of(const struct quantiles *quantiles)
{
	return quantiles->table.count > 0 ? quantile_mean(&quantiles->table) : 0;
}

/*
 * A request that comes takes some of its period's quota, which is missed where CPU works before the period is over, as
 * nothing does that first waits for longer.
 */
static double received_seconds(const struct stage_visit *visit, const struct platform_cpu *cpu)
{
	bool is_within_period = visit->term_count == 0 && visit->fixed_seconds < cpu->period_seconds;
	return is_within_period ? cpu->receive_seconds : 0;
}

static void add_transfer(struct stage_visit *visit, const struct platform *platform, const struct demand *demand,
			 double slowness)
{
	visit->fixed_seconds += demand_latency_seconds(demand, NULL);
	visit->fixed_variance += demand_latency_variance(demand);
	double received = received_seconds(visit, &platform->cpu);
	visit->terms[visit->term_count++] = (struct stage_term){
		.cpu_seconds = demand->client_cpu_seconds * slowness,
		.received_seconds = received,
		.threads = demand->client_threads,
		.demand = *demand,
		.is_transfer = true,
		.is_overlapped = demand->is_overlapped,
		.bytes = demand->bytes,
		.alone_seconds = demand->client_alone_seconds * slowness,
		.stream_seconds = demand->stream_seconds,
	};
}

/* Mean CPU time of a sandbox over that of a nominal vCPU: the mean of a lognormal whose logarithm has mean 0. */
static double mean_slowness(const struct platform_cpu *cpu, bool is_arm64)
{
	double slowness = elementary_exp(cpu->speed_spread * cpu->speed_spread / 2);
	return is_arm64 ? slowness / cpu->arm64_speed : slowness;
}

/* Nobody waits here for a turn on an accelerator, nor for others to have it with. */
static void add_work(struct stage_visit *visit, const struct platform_cpu *cpu, const struct demand *demand,
		     double slowness)
{
	double wait_seconds = seconds_from_ns(demand->wait_ns);
	visit->fixed_seconds += wait_seconds + demand_load_seconds(demand, NULL) + seconds_from_ns(demand->device_ns);
	visit->fixed_variance += demand_load_variance(demand);
	visit->wait_seconds += demand->wait_varies ? wait_seconds : 0;
	if (demand->cpu_ns == 0)
		return;
	double received = received_seconds(visit, cpu);
	visit->terms[visit->term_count++] = (struct stage_term){
		.cpu_seconds = seconds_from_ns(demand->cpu_ns) * slowness,
		.received_seconds = received,
		.threads = demand->threads,
		.demand = *demand,
	};
}

static void add_phases(struct stage_visit *visit, const struct setting *setting, const struct work *work,
		       double slowness, const struct demand_visit *does)
{
	const struct platform *platform = setting->platform;
	struct usage usage = {0};
	billing_attempt(setting, &usage);
	billing_call(setting, work, !setting->graph && setting->invocation == INVOCATION_ASYNC, &usage);
	visit->variation = work->variation;
	struct demand_table table;
	demand_table_init(&table, platform, work);
	const struct demand *demand;
	for (int i = 0; (demand = demand_find(&table, does, &i)); i++) {
		demand_count_requests(demand, &usage);
		phase_count_bytes(&work->phases[i], &usage);
		if (demand->is_transfer)
			add_transfer(visit, platform, demand, slowness);
		else
			add_work(visit, &platform->cpu, demand, slowness);
	}
	billing_derived(setting, &usage);
	visit->fixed_usd = usd_of(&platform->price, &usage);
}

/* Returns what was broken off, which runs throttled, as part of the first request. */
static int64_t add_cold_start(struct stage_visit *visit, const struct platform *platform,
			      const struct sandbox_spec *spec, double slowness)
{
	struct cold_start start;
	struct cold_start_times mean;
	cold_start_init(&start, platform, spec);
	cold_start_add_up(&start, slowness, NULL, &mean);
	double init = seconds_from_ns(mean.init_ns);
	visit->start_seconds = seconds_from_ns(mean.placed_ns) + init;
	visit->billed_start_seconds = price_bills_init(&platform->price, spec->is_image) ? init : 0;
	return mean.repeat_init_ns;
}

/* What a visit of each kind is. */
struct visit_kind {
	bool is_last;
	bool is_new;   /* its sandbox */
	bool is_first; /* on it: everything is to be loaded */
	bool is_provisioned;
};

static void visit_init(struct stage_visit *visit, const struct setting *setting, const struct sandbox_spec *spec,
		       const struct work *work, const struct visit_kind *kind)
{
	const struct platform *platform = setting->platform;
	double slowness = mean_slowness(&platform->cpu, spec->is_arm64);
	*visit = (struct stage_visit){
		.client_seconds = seconds_from_ns(2 * setting->client_ns + setting->answer_ns),
		.work = work,
		.does = {.is_first = kind->is_first},
		.is_new = kind->is_new,
		.is_provisioned = kind->is_provisioned,
	};
	if (kind->is_new)
		visit->does.repeat_init_ns = add_cold_start(visit, platform, spec, slowness);
	else
		visit->start_seconds = mean_of(&platform->sandbox.warm_start_seconds);
	visit->start_seconds += visit->client_seconds;
	add_phases(visit, setting, work, slowness, &visit->does);
}

double stage_record_mb(const struct work *work)
{
	if (work->is_streamed)
		return 0;
	int64_t in = work->phases[WORK_RECORD_GET].bytes;
	int64_t out = work->phases[WORK_RECORD_PUT].bytes;
	return (double)(in > out ? in : out) / (1024.0 * 1024.0);
}

/*
 * A distributed map's child is begun once for a record, which is put down to the first function; an express one pays
 * for its time, rounded up by half a step in the mean, which every function has its part in.
 */
static void add_child(struct stage *stage, const struct setting *setting, size_t function)
{
	const struct platform_price *price = &setting->platform->price;
	struct usage none = {0};
	struct usage second = {0};
	billing_child(setting, 0, &none);
	billing_child(setting, NS_PER_SECOND, &second);
	stage->child_second_usd = usd_of(price, &second) - usd_of(price, &none);
	if (function == 0)
		stage->visit_usd +=
			usd_of(price, &none) + stage->child_second_usd * price->express_granularity_seconds / 2;
}

/* A gateway in front may wait less long than the function may take. */
static double timeout_seconds(const struct setting *setting, const struct setting_function *function)
{
	int64_t gateway_ns = setting->source.timeout_ns;
	bool is_shorter = gateway_ns > 0 && gateway_ns < function->timeout_ns;
	return seconds_from_ns(is_shorter ? gateway_ns : function->timeout_ns);
}

void stage_init(struct stage *stage, const struct setting *setting, size_t function)
{
	static const struct visit_kind kinds[STAGE_VISITS] = {
		[STAGE_COLD] = {false, true, true, false},     [STAGE_WARM] = {false, false, false, false},
		[STAGE_LAST_COLD] = {true, true, true, false}, [STAGE_LAST_WARM] = {true, false, false, false},
		[STAGE_KEPT] = {false, false, true, true},     [STAGE_KEPT_WARM] = {false, false, false, true},
	};
	const struct setting_function *of = &setting->functions[function];
	const struct work *full = setting->records == 1 ? &of->last_work : &of->work;
	*stage = (struct stage){
		.platform = setting->platform,
		.cpu = cpu_in_burst(cpu_of_architecture(&setting->platform->cpu, of->sandbox.is_arm64),
				    of->sandbox.burst_times),
		.function = of,
		.peak_memory_mb = full->peak_memory_mb,
		.memory_floor_mb = fmax(full->peak_memory_mb, stage_record_mb(full)),
		.timeout_seconds = timeout_seconds(setting, of),
		.is_warm = setting->warm_sandboxes > 0,
	};
	for (int i = 0; i < STAGE_VISITS; i++) {
		struct stage_visit *visit = &stage->visits[i];
		visit_init(visit, setting, &of->sandbox, kinds[i].is_last ? &of->last_work : full, &kinds[i]);
	}
	const struct quantiles *hop = setting_hop(setting, function);
	stage->hop_seconds = hop ? quantile_mean(&hop->table) : 0;
	struct usage visit = {.transitions = billing_transitions(setting)};
	if (function == 0)
		billing_record(setting, true, &visit);
	stage->visit_usd = usd_of(&setting->platform->price, &visit);
	add_child(stage, setting, function);
}

/* CPU of a memory size, for one number of threads. */
struct cpu_pace {
	double running; /* threads that run at once */
	double rate;    /* thread-seconds per second in the long run */
	double head_start_seconds;
	double whole_quota_seconds; /* of that, where no request has taken any */
};

/*
 * A sandbox begins with a full quota less what the request has taken, which nobody misses where the period is over
 * before, and work ends in the running part of a period.
 */
static struct cpu_pace pace_of(const struct platform_cpu *cpu, int64_t memory_mb, const struct stage_term *term)
{
	double running = (double)cpu_running_threads(cpu_visible_vcpus(cpu, memory_mb), term->threads);
	double share = cpu_handler_share(cpu, memory_mb);
	if (share >= running)
		return (struct cpu_pace){.running = running, .rate = running};
	double run_seconds = fmax(cpu->period_seconds * share, running * cpu->tick_seconds);
	double rate = share * (1 - running * cpu->resume_seconds / run_seconds);
	double whole = cpu_head_start_seconds(cpu, memory_mb, term->threads);
	return (struct cpu_pace){
		.running = running,
		.rate = rate,
		.head_start_seconds = whole - term->received_seconds / rate * (1 - share / running),
		.whole_quota_seconds = whole,
	};
}

/* Of the term's wait, what throttling hides, where it does not run all the time. */
static double overlap_seconds(const struct stage_term *term, const struct cpu_pace *pace)
{
	return seconds_from_ns(demand_overlap_ns(&term->demand, term->demand.wait_ns, pace->whole_quota_seconds));
}

static double cpu_term_seconds(const struct stage_term *term, const struct platform_cpu *cpu, int64_t memory_mb)
{
	struct cpu_pace pace = pace_of(cpu, memory_mb, term);
	double throttled = term->cpu_seconds / pace.rate - pace.head_start_seconds - overlap_seconds(term, &pace);
	return fmax(term->cpu_seconds / pace.running, throttled);
}

/*
 * What varies of a term's seconds, over the wait that is counted elsewhere: where one of CPU and waiting varies alone,
 * what is hidden of a longer wait, and what throttling adds to longer CPU work, is not made up for by the other.
 */
static double varying_part(const struct stage_term *term, const struct stage *stage, int64_t memory_mb, double seconds)
{
	const struct demand *demand = &term->demand;
	if (demand->cpu_varies == demand->wait_varies || term->is_transfer)
		return demand->cpu_varies && !term->is_transfer ? seconds : 0;
	struct cpu_pace pace = pace_of(&stage->cpu, memory_mb, term);
	double running = term->cpu_seconds / pace.running;
	double hidden = fmin(overlap_seconds(term, &pace),
			     fmax(0, term->cpu_seconds / pace.rate - pace.head_start_seconds - running));
	return demand->cpu_varies ? seconds + hidden : -hidden;
}

/* From a full bucket. */
static double network_seconds(const struct stage_term *term, const struct platform_network *network, int64_t memory_mb)
{
	struct token_bucket bucket;
	token_bucket_init(&bucket, network, memory_mb);
	return seconds_from_ns(token_bucket_transfer_ns(&bucket, 0, term->bytes));
}

/* The client's threads depend on the vCPUs. */
static double transfer_seconds(const struct stage_term *term, const struct stage *stage, int64_t memory_mb)
{
	double vcpus = cpu_handler_share(&stage->cpu, memory_mb);
	struct stage_term client = *term;
	client.threads = demand_client_threads(term->threads, vcpus);
	double moved = network_seconds(term, &stage->platform->network, memory_mb);
	double seconds = fmax(term->alone_seconds, cpu_term_seconds(&client, &stage->cpu, memory_mb));
	double local = term->is_overlapped ? fmax(moved, seconds) : moved + seconds;
	return fmax(term->stream_seconds, local);
}

static double term_seconds(const struct stage_term *term, const struct stage *stage, int64_t memory_mb)
{
	return term->is_transfer ? transfer_seconds(term, stage, memory_mb)
				 : cpu_term_seconds(term, &stage->cpu, memory_mb);
}

/* Of a transfer, what no CPU makes shorter. */
static double unhastened_seconds(const struct stage_term *term, const struct platform *platform, int64_t memory_mb)
{
	if (!term->is_transfer)
		return 0;
	return fmax(term->stream_seconds, network_seconds(term, &platform->network, memory_mb));
}

/* The integral of ceil(x) from 0 to x >= 0. */
static double ceil_integral(double x)
{
	double whole = floor(x);
	return whole * (whole + 1) / 2 + (x - whole) * (whole + 1);
}

/* The mean of ceil(x / granularity) * granularity for x even over mean +- half_width. */
static double rounded_up_mean(double mean, double half_width, double granularity)
{
	double low = fmax(0, mean - half_width) / granularity;
	double high = (mean + half_width) / granularity;
	if (high - low < 1e-9)
		return ceil(mean / granularity) * granularity;
	/* Counted from a step nearby: of large numbers little would be left. */
	double begin = floor(low);
	double above = (ceil_integral(high - begin) - ceil_integral(low - begin)) / (high - low);
	return (begin + above) * granularity;
}

/* What a function of one memory size pays for a second, by whether its sandbox is provisioned, and for a restore. */
struct stage_rates {
	double second_usd[2];
	double restore_usd;
};

static double visit_at(const struct stage *stage, const struct stage_visit *visit, int64_t memory_mb,
		       const struct stage_rates *rates, double *handler_seconds, double *varying)
{
	const struct platform *platform = stage->platform;
	double cpu_seconds = 0;
	double varying_seconds = visit->wait_seconds;
	double seconds = visit->fixed_seconds;
	for (int i = 0; i < visit->term_count; i++) {
		double part = term_seconds(&visit->terms[i], stage, memory_mb);
		seconds += part;
		cpu_seconds += visit->terms[i].is_transfer ? 0 : part;
		varying_seconds += varying_part(&visit->terms[i], stage, memory_mb, part);
	}
	double cpu_deviation = platform->cpu.speed_spread * cpu_seconds;
	double own_deviation = visit->variation * varying_seconds;
	*handler_seconds = seconds;
	*varying = varying_seconds;
	double deviation = sqrt(visit->fixed_variance + cpu_deviation * cpu_deviation + own_deviation * own_deviation);
	double billed = rounded_up_mean(seconds + visit->billed_start_seconds, sqrt(3) * deviation,
					platform->price.granularity_seconds);
	billed = fmax(billed, platform->price.minimum_seconds);
	return visit->fixed_usd + stage->visit_usd + (visit->is_new ? rates->restore_usd : 0) +
	       billed * rates->second_usd[visit->is_provisioned];
}

static double second_usd(const struct stage *stage, int64_t memory_mb, bool is_provisioned)
{
	struct usage usage = {0};
	billing_usage(stage->platform, stage->function, memory_mb, stage->peak_memory_mb, is_provisioned, NS_PER_SECOND,
		      &usage);
	return usd_of(&stage->platform->price, &usage);
}

static double standing_usd(const struct stage *stage, const struct sandbox_spec *spec, int64_t memory_mb, int64_t ns)
{
	struct usage usage = {0};
	billing_standing(&stage->platform->price, spec, memory_mb, ns, &usage);
	return usd_of(&stage->platform->price, &usage);
}

/* Most functions have neither snapshots nor provisioned sandboxes. */
static void rates_at(const struct stage *stage, int64_t memory_mb, struct stage_rates *rates, struct stage_figures *out)
{
	const struct sandbox_spec *spec = &stage->function->sandbox;
	*rates = (struct stage_rates){.second_usd = {second_usd(stage, memory_mb, false)}};
	double step_seconds = stage->platform->price.provisioned_step_seconds;
	out->step_usd = out->clock_usd = 0;
	if (spec->provisioned > 0) {
		struct sandbox_spec kept = *spec;
		kept.has_snapshot = false;
		rates->second_usd[1] = second_usd(stage, memory_mb, true);
		out->step_usd =
			standing_usd(stage, &kept, memory_mb, ns_from_seconds(step_seconds > 0 ? step_seconds : 1));
	}
	if (spec->has_snapshot) {
		struct sandbox_spec stored = *spec;
		struct usage restore = {0};
		stored.provisioned = 0;
		billing_restore(stage->platform, spec, memory_mb, &restore);
		rates->restore_usd = usd_of(&stage->platform->price, &restore);
		int64_t least_ns = price_cached_ns(&stage->platform->price, NS_PER_SECOND);
		out->clock_usd = standing_usd(stage, &stored, memory_mb, least_ns) / seconds_from_ns(least_ns);
	}
}

double stage_standing_usd(const struct stage_standing *standing, double seconds)
{
	double steps = standing->step_seconds > 0 ? ceil(seconds / standing->step_seconds) : seconds;
	return standing->step_usd * steps + standing->clock_usd * fmax(seconds, standing->clock_least_seconds) +
	       standing->beside_usd * seconds;
}

double stage_beside_usd(const struct setting *setting)
{
	struct usage second = {0};
	billing_beside(setting, NS_PER_SECOND, &second);
	return usd_of(&setting->platform->price, &second);
}

void stage_at(const struct stage *stage, int64_t memory_mb, struct stage_figures *out)
{
	double kept_warm_seconds;
	double *const seconds[STAGE_VISITS] = {
		[STAGE_COLD] = &out->cold_seconds,           [STAGE_WARM] = &out->warm_seconds,
		[STAGE_LAST_COLD] = &out->last_cold_seconds, [STAGE_LAST_WARM] = &out->last_warm_seconds,
		[STAGE_KEPT] = &out->kept_seconds,           [STAGE_KEPT_WARM] = &kept_warm_seconds,
	};
	double *const usd[STAGE_VISITS] = {
		[STAGE_COLD] = &out->cold_usd,           [STAGE_WARM] = &out->warm_usd,
		[STAGE_LAST_COLD] = &out->last_cold_usd, [STAGE_LAST_WARM] = &out->last_warm_usd,
		[STAGE_KEPT] = &out->kept_usd,           [STAGE_KEPT_WARM] = &out->kept_warm_usd,
	};
	struct stage_rates rates;
	rates_at(stage, memory_mb, &rates, out);
	int kinds = stage->function->sandbox.provisioned > 0 ? STAGE_VISITS : STAGE_KEPT;
	out->kept_seconds = out->kept_usd = out->kept_warm_usd = 0;
	for (int i = 0; i < kinds; i++) {
		double handler;
		double varying;
		*usd[i] = visit_at(stage, &stage->visits[i], memory_mb, &rates, &handler, &varying);
		if (i == STAGE_WARM)
			out->varying_seconds = varying;
		*seconds[i] = handler + stage->visits[i].start_seconds;
		*usd[i] += (*seconds[i] + stage->hop_seconds) * stage->child_second_usd;
		if (i == (stage->is_warm ? STAGE_WARM : STAGE_COLD))
			out->handler_seconds = handler;
	}
}

int64_t stage_threads(const struct stage *stage)
{
	int64_t threads = 1;
	for (int k = 0; k < STAGE_VISITS; k++) {
		const struct stage_visit *visit = &stage->visits[k];
		for (int i = 0; i < visit->term_count; i++)
			if (!visit->terms[i].is_transfer && visit->terms[i].threads > threads)
				threads = visit->terms[i].threads;
	}
	return threads;
}

/* The vCPUs from which on the term gains nothing: of a transfer's client, one thread may be all that is waited for. */
static double term_vcpus(const struct stage_term *term, int64_t visible_vcpus)
{
	double running = (double)cpu_running_threads(visible_vcpus, term->threads);
	return term->alone_seconds > 0 ? fmin(running, term->cpu_seconds / term->alone_seconds) : running;
}

static bool term_is_flat_from(const struct stage_term *term, const struct stage *stage, int64_t memory_mb,
			      int64_t most_mb)
{
	const struct platform_cpu *cpu = &stage->cpu;
	const struct platform_network *network = &stage->platform->network;
	double vcpus = term_vcpus(term, cpu_visible_vcpus(cpu, most_mb));
	double most_share = fmin(vcpus, cpu_handler_share(cpu, most_mb));
	bool has_cpu =
		(double)cpu_visible_vcpus(cpu, memory_mb) >= vcpus && cpu_handler_share(cpu, memory_mb) >= most_share;
	bool has_network = !term->is_transfer || network_refill_mb_per_second(network, memory_mb) >=
							 network_refill_mb_per_second(network, most_mb);
	return has_cpu && has_network;
}

bool stage_is_flat_from(const struct stage *stage, int64_t memory_mb, int64_t most_mb)
{
	static const struct stage_term one_thread = {.threads = 1};
	if (!term_is_flat_from(&one_thread, stage, memory_mb, most_mb))
		return false;
	for (int k = 0; k < STAGE_VISITS; k++) {
		const struct stage_visit *visit = &stage->visits[k];
		for (int i = 0; i < visit->term_count; i++)
			if (!term_is_flat_from(&visit->terms[i], stage, memory_mb, most_mb))
				return false;
	}
	return true;
}

double stage_fixed_share(const struct stage *stage, int64_t memory_mb)
{
	const struct stage_visit *visit = &stage->visits[STAGE_WARM];
	double fixed = visit->fixed_seconds;
	double total = visit->fixed_seconds;
	for (int i = 0; i < visit->term_count; i++) {
		const struct stage_term *term = &visit->terms[i];
		fixed += unhastened_seconds(term, stage->platform, memory_mb);
		total += term_seconds(term, stage, memory_mb);
	}
	return total > 0 ? fixed / total : 0;
}

static double draw_start(const struct stage *stage, const struct stage_visit *visit, double slowness,
			 struct stream *luck)
{
	const struct quantiles *warm = &stage->platform->sandbox.warm_start_seconds;
	struct cold_start start;
	struct cold_start_times times;
	if (!visit->is_new)
		return warm->table.count > 0 ? quantile_draw(&warm->table, luck) : 0;
	cold_start_init(&start, stage->platform, &stage->function->sandbox);
	cold_start_add_up(&start, slowness, luck, &times);
	return seconds_from_ns(times.placed_ns + times.init_ns);
}

double stage_draw_fixed(const struct stage *stage, enum stage_visit_kind kind, double slowness, double variation,
			struct stream *luck)
{
	const struct stage_visit *visit = &stage->visits[kind];
	double seconds = visit->client_seconds + stage->hop_seconds + draw_start(stage, visit, slowness, luck);
	struct demand_table table;
	demand_table_init(&table, stage->platform, visit->work);
	const struct demand *demand;
	for (int i = 0; (demand = demand_find(&table, &visit->does, &i)); i++) {
		if (demand->is_transfer)
			seconds += demand_latency_seconds(demand, luck);
		else
			seconds += seconds_from_ns(demand->wait_ns) * (demand->wait_varies ? variation : 1) +
				   seconds_from_ns(demand->device_ns);
	}
	return seconds;
}

double stage_cpu_seconds(const struct stage *stage, enum stage_visit_kind kind, int64_t memory_mb)
{
	const struct stage_visit *visit = &stage->visits[kind];
	double seconds = 0;
	for (int i = 0; i < visit->term_count; i++) {
		const struct stage_term *term = &visit->terms[i];
		seconds += term_seconds(term, stage, memory_mb) - unhastened_seconds(term, stage->platform, memory_mb);
	}
	return seconds;
}

double stage_draw_slowness(const struct stage *stage, struct stream *luck, double *over_mean)
{
	const struct platform_cpu *cpu = &stage->platform->cpu;
	double mean = mean_slowness(cpu, stage->function->sandbox.is_arm64);
	double nominal = stream_lognormal(luck, 0, cpu->speed_spread);
	*over_mean = nominal / mean_slowness(cpu, false);
	return *over_mean * mean;
}

double stage_sandboxes_ready_seconds(const struct platform *platform, int64_t sandboxes)
{
	const struct platform_limits *limits = &platform->limits;
	double beyond = (double)(sandboxes - limits->burst);
	return beyond > 0 && limits->burst_per_minute > 0 ? beyond / (limits->burst_per_minute / 60) : 0;
}
