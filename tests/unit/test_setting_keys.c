/*
 * From an experiment's keys to the setting that is simulated: every number arrives at its member, in its unit, and a
 * key of one function in no other. The numbers are different primes, so that none can stand for another.
 */
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "tests/tap.h"
#include "tests/unit/resolved.h"

#define HEAD "apiVersion: lamina/v1\nname: keys\n"
#define S(seconds) llround((seconds)*1e9)

static void test_batch(void)
{
	struct fixture f;
	bool ok = setup(&f, HEAD
			"platform: aws-lambda\n"
			"workload: {images: 1009, images_per_record: 10}\n"
			"pipeline: {schedule: pipelined, parallel: 41, dispatch_seconds: 0.043, warm_sandboxes: 47,"
			" client_seconds: 0.106, pause_seconds: 59, retries: 61}\n"
			"traffic: {runs_per_month: 67, free_tier: true}\n"
			"failures: {error_rate: 0.071, crashes_per_hour: 73, straggler_rate: 0.079,"
			" straggler_slowdown: 83}\n"
			"limits: {events: 89, horizon_seconds: 97, in_flight: 101}\n"
			"functions: {f: {work: {cpu_seconds: 1}}}\n");
	const struct setting *s = &f.setting;
	t_ok(ok, "a batch");
	t_int(s->images, 1009, "images");
	t_int(s->images_per_record, 10, "images_per_record");
	t_int(s->records, 101, "records: the last one is not full");
	t_int(s->schedule, SCHEDULE_PIPELINED, "schedule");
	t_int(s->parallel, 41, "parallel");
	t_int(s->dispatch_ns, S(0.043), "dispatch_seconds");
	t_int(s->warm_sandboxes, 47, "warm_sandboxes");
	t_int(s->client_ns, S(0.053), "client_seconds: half of the round trip each way");
	t_int(s->pause_ns, S(59), "pause_seconds");
	t_int(s->retries, 61, "retries");
	t_int(s->invocation, INVOCATION_SYNC, "calls are waited for");
	t_int(s->orchestrator, ORCHESTRATOR_DRIVER, "by a driver");
	t_near(s->runs_per_month, 67, 0, 0, "runs_per_month");
	t_ok(s->has_free_tier, "free_tier");
	t_near(s->failures.error_rate, 0.071, 0, 0, "error_rate");
	t_near(s->failures.crashes_per_hour, 73, 0, 0, "crashes_per_hour");
	t_near(s->failures.straggler_rate, 0.079, 0, 0, "straggler_rate");
	t_near(s->failures.straggler_slowdown, 83, 0, 0, "straggler_slowdown");
	t_int((int64_t)s->event_budget, 89, "events");
	t_int(s->horizon_ns, S(97), "horizon_seconds");
	t_int(s->in_flight_max, 101, "in_flight");
	t_int(s->functions[0].work.images, 10, "images of a record");
	t_int(s->functions[0].last_work.images, 9, "and of the last");
	t_int(s->functions[0].memory_mb, 10240, "without a size, the largest");
	t_int(s->functions[0].timeout_ns, S(900), "without a time-out, the longest");
	release(&f);
}

/* A phase of stated work: three images a record. */
static void check_phase(const struct phase *phase, int64_t cpu_ns, int64_t threads, int64_t bytes, const char *name)
{
	char text[80];
	snprintf(text, sizeof text, "%s: CPU", name);
	t_int(phase->cpu_ns, cpu_ns, text);
	snprintf(text, sizeof text, "%s: threads", name);
	t_int(phase->threads, threads, text);
	snprintf(text, sizeof text, "%s: bytes", name);
	t_int(phase->bytes, bytes, text);
}

static void test_functions(void)
{
	struct fixture f;
	bool ok = setup(&f, HEAD
			"platform: aws-lambda\n"
			"workload: {images: 300, images_per_record: 3}\n"
			"framework: {package_mb: 103, runtime: python3.12, import_at: init, import_cpu_seconds: 0.5}\n"
			"defaults: {memory_mb: 1013, timeout_seconds: 107}\n"
			"functions:\n"
			"  f:\n"
			"    memory_mb: 2011\n"
			"    timeout_seconds: 109\n"
			"    tmp_mb: 1031\n"
			"    reserved_concurrency: 113\n"
			"    work: {single_cpu_seconds: 2, cpu_seconds: 3, threads: 5, download_mb: 7, upload_mb: 11,"
			" memory_mb: 131, variation: 0.13, variation_of: wait,"
			" wait_seconds: 17, init_cpu_seconds: 0.7, tmp_mb: 127,"
			" cold_cpu_seconds: 19, cold_download_mb: 23}\n"
			"  g: {work: {cpu_seconds: 29}}\n"
			"  h: {provisioned_concurrency: 31, work: {cpu_seconds: 37}}\n");
	const struct setting_function *functions = f.setting.functions;
	const struct phase *phases = functions[0].work.phases;
	t_ok(ok, "three functions");
	t_int((long long)f.setting.function_count, 3, "all of them");
	t_str(functions[1].name, "g", "in order");
	t_int(functions[0].memory_mb, 2011, "memory_mb");
	t_int(functions[1].memory_mb, 1013, "memory_mb of the defaults");
	t_int(functions[0].timeout_ns, S(109), "timeout_seconds");
	t_int(functions[1].timeout_ns, S(107), "timeout_seconds of the defaults");
	t_int(functions[0].tmp_mb, 1031, "tmp_mb");
	t_int(functions[1].tmp_mb, 512, "tmp_mb that comes with a function");
	t_int(functions[0].reserved_concurrency, 113, "reserved_concurrency");
	t_int(functions[1].reserved_concurrency, 0, "of one function only");
	t_int(functions[2].sandbox.provisioned, 31, "provisioned_concurrency");
	t_int(functions[0].sandbox.provisioned, 0, "of one function only");
	t_near(functions[0].sandbox.package_mb, 103, 0, 0, "package_mb");
	t_str(functions[2].sandbox.runtime->name, "python3.12", "runtime");
	t_int(functions[0].sandbox.init_cpu_ns, S(1.2), "init: the function's own and the import");
	t_int(functions[1].sandbox.init_cpu_ns, S(0.5), "init: the import alone");
	check_phase(&phases[WORK_IMPORT], S(19), 1, 0, "cold_cpu_seconds");
	check_phase(&phases[WORK_WEIGHTS_GET], 0, 0, 23000000, "cold_download_mb");
	check_phase(&phases[WORK_RECORD_GET], 0, 0, 3 * 7000000, "download_mb");
	check_phase(&phases[WORK_DECODE], S(6), 1, 0, "single_cpu_seconds");
	check_phase(&phases[WORK_COMPUTE], S(9), 5, 0, "cpu_seconds");
	check_phase(&phases[WORK_RECORD_PUT], 0, 0, 3 * 11000000, "upload_mb");
	t_int(phases[WORK_RECORD_GET].gets, 1, "one GET");
	t_int(phases[WORK_RECORD_PUT].puts, 1, "one PUT");
	t_int(functions[1].work.phases[WORK_RECORD_GET].gets, 0, "none where nothing is read");
	t_int(functions[1].work.phases[WORK_RECORD_PUT].puts, 0, "nor where nothing is written");
	t_ok(phases[WORK_IMPORT].cold_only && phases[WORK_WEIGHTS_GET].cold_only, "once in a sandbox's life");
	t_ok(!phases[WORK_RECORD_GET].cold_only && !phases[WORK_COMPUTE].cold_only, "and for every record");
	t_int(phases[WORK_WAIT].wait_ns, S(51), "wait_seconds");
	t_near(functions[0].work.peak_memory_mb, 131, 0, 0, "memory_mb of the work");
	t_near(functions[0].work.variation, 0.13, 0, 0, "variation");
	t_int(functions[0].work.varying, VARYING_WAIT, "variation_of");
	t_int(functions[1].work.varying, VARYING_ALL, "variation_of, where none is stated");
	t_near(functions[0].work.tmp_mb, 127, 0, 0, "tmp_mb of the work");
	release(&f);
}

static void test_arrivals(void)
{
	struct fixture f;
	bool ok = setup(&f, HEAD "platform: aws-lambda\n"
				 "workload: {arrivals: {kind: bursts, rate_per_second: 0.2, burst_rate_per_second: 3,"
				 " calm_seconds: 5, burst_seconds: 7, duration_seconds: 11}}\n"
				 "pipeline: {invocation: async}\n"
				 "functions: {f: {work: {cpu_seconds: 1}}}\n");
	const struct arrival_process *arrivals = &f.setting.arrivals;
	t_ok(ok, "bursts");
	t_int(arrivals->kind, ARRIVALS_BURSTS, "kind");
	t_near(arrivals->rate_per_second, 0.2, 0, 0, "rate_per_second");
	t_near(arrivals->burst_rate_per_second, 3, 0, 0, "burst_rate_per_second");
	t_near(arrivals->calm_seconds, 5, 0, 0, "calm_seconds");
	t_near(arrivals->burst_seconds, 7, 0, 0, "burst_seconds");
	t_int(arrivals->duration_ns, S(11), "duration_seconds");
	t_int(f.setting.invocation, INVOCATION_ASYNC, "invocation");
	t_ok(f.setting.parallel == INT64_MAX, "any number at once");
	release(&f);

	ok = setup(&f, HEAD "platform: aws-lambda\n"
			    "workload: {images: 13, arrivals: {kind: daily, daily_rates_per_second: [2, 3, 5]}}\n"
			    "pipeline: {orchestrator: store_events}\n"
			    "functions: {f: {work: {cpu_seconds: 1}}}\n");
	t_ok(ok, "a day");
	t_int((long long)f.setting.arrivals.daily_rate_count, 3, "daily rates");
	t_near(f.setting.arrivals.daily_rates_per_second[2], 5, 0, 0, "the last of them");
	t_int(f.setting.records, 13, "as many as there are images");
	t_int(f.setting.orchestrator, ORCHESTRATOR_STORE_EVENTS, "orchestrator");
	t_int(f.setting.invocation, INVOCATION_ASYNC, "events call asynchronously");
	release(&f);

	ok = setup(&f, HEAD "platform: aws-lambda\n"
			    "workload: {images: 1000}\n"
			    "pipeline: {parallel: 70, orchestrator: workflow}\n"
			    "functions: {f: {work: {cpu_seconds: 1}}}\n");
	t_ok(ok && f.setting.orchestrator == ORCHESTRATOR_WORKFLOW, "a workflow");
	t_int(f.setting.parallel, 40, "an inline map has 40 at once");
	release(&f);
	ok = setup(&f, HEAD "platform: aws-lambda\n"
			    "workload: {images: 1000}\n"
			    "pipeline: {parallel: 70, orchestrator: workflow, distributed_map: true}\n"
			    "functions: {f: {work: {cpu_seconds: 1}}}\n");
	t_ok(ok && f.setting.parallel == 70, "a distributed map has not");
	release(&f);
	ok = setup(&f, HEAD "platform: aws-lambda\n"
			    "workload: {images: 100000}\n"
			    "pipeline: {parallel: 20000, orchestrator: workflow, distributed_map: true}\n"
			    "functions: {f: {work: {cpu_seconds: 1}}}\n");
	t_ok(ok && f.setting.parallel == 10000, "it has as many children at once as the platform lets it");
	release(&f);
}

#define AT_SIZES(part, lists) "\nplatform_values: {" part ": {" lists "}}"
#define IN_A_WORKFLOW "\npipeline: {orchestrator: workflow}"

/* What a platform takes no more of: the setting is refused, in these words, or made. */
static void test_bounds(void)
{
	static const struct {
		const char *workload;
		const char *function;
		const char *refusal; /* NULL: none */
	} cases[] = {
		{"{images: 6, images_per_record: 2}", "{work: {cpu_seconds: 1, payload_mb: 3}}", NULL},
		{"{images: 6, images_per_record: 3}", "{work: {cpu_seconds: 1, payload_mb: 3}}", "carries 9 MB"},
		{"{images: 6}", "{reserved_concurrency: 900, work: {cpu_seconds: 1}}", NULL},
		{"{images: 6}", "{reserved_concurrency: 901, work: {cpu_seconds: 1}}", "100 must stay unreserved"},
		{"{images: 6, images_per_record: 2}" IN_A_WORKFLOW, "{work: {cpu_seconds: 1, payload_mb: 0.13}}", NULL},
		{"{images: 6, images_per_record: 3}" IN_A_WORKFLOW, "{work: {cpu_seconds: 1, payload_mb: 0.13}}",
		 "0.39 MB"},
		{"{images: 6}" AT_SIZES("network",
					"enhanced_memory_mb: [2000, 1000], enhanced_mb_per_second: [75, 80]"),
		 "{work: {cpu_seconds: 1}}", "must ascend"},
		{"{images: 6}" AT_SIZES("cpu", "arm64_share_at_mb: [2000, 1000], arm64_shares: [1, 2]"),
		 "{work: {cpu_seconds: 1}}", "must ascend"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;
		char text[400];
		snprintf(text, sizeof text, HEAD "platform: aws-lambda\nworkload: %s\nfunctions: {f: %s}\n",
			 cases[i].workload, cases[i].function);
		bool ok = setup(&f, text);
		t_ok(ok == !cases[i].refusal, "%s %s", cases[i].workload, cases[i].function);
		if (cases[i].refusal)
			t_has(f.diag.count > 0 ? f.diag.entries[0].text : "", cases[i].refusal, "refused in words");
		release(&f);
	}
}

int main(void)
{
	test_batch();
	test_functions();
	test_arrivals();
	test_bounds();
	return t_done();
}
