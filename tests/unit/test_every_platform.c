/* Random experiments on every platform that comes with the program: no request and no dollar is lost or made. */
#include "base/buf.h"
#include "base/file.h"
#include "doc/yaml.h"
#include "random/stream.h"
#include "scenario/resolve.h"
#include "serving/simulate.h"
#include "tests/tap.h"

enum { EXPERIMENTS = 6 };

static bool one_in(struct stream *luck, uint64_t n)
{
	return stream_below(luck, n) == 0;
}

static double below(struct stream *luck, double limit)
{
	return limit * stream_uniform(luck);
}

/* Where requests share instances: how many, and perhaps both functions on one's; with a device, batches and loading. */
static void write_sharing(const struct platform *platform, struct stream *luck, struct buf *out)
{
	bool shares = platform->sandbox.requests_max > 1;
	if (shares && one_in(luck, 2))
		buf_printf(out, "    requests_per_instance: %d\n", 1 + (int)stream_below(luck, 20));
	if (platform->device.name && one_in(luck, 2))
		buf_printf(out, "    device_batch_max: %d\n    device_window_seconds: %g\n",
			   2 + (int)stream_below(luck, 6), below(luck, 0.05));
	if (platform->sandbox.starts == STARTS_BY_TARGET && one_in(luck, 2))
		buf_printf(out, "    instances_min: %d\n", 1 + (int)stream_below(luck, 4));
}

/* What nobody has published and no request could do without is stated. */
static void write_functions(const struct platform *platform, struct stream *luck, struct buf *out)
{
	double cpu = 0.01 + below(luck, 0.3);
	buf_printf(
		out,
		"functions:\n  a:\n"
		"    work: {cpu_seconds: %g, wait_seconds: %g, variation: 0.5, memory_mb: 100, shared_memory_mb: 60, "
		"cpu_seconds_without_device: %g, device_seconds: %g, device_load_mb: 500, cold_disk_mb: 300, "
		"device_first_call_seconds: 0.5, cold_wait_seconds: %g, cold_cpu_seconds: 0.1, device_memory_mb: "
		"100}\n",
		cpu, below(luck, 0.5), cpu, below(luck, 0.1), below(luck, 1));
	write_sharing(platform, luck, out);
	buf_printf(out, "  b:\n    work: {single_cpu_seconds: %g, memory_mb: 90}\n", cpu / 3);
	if (platform->sandbox.requests_max > 1 && one_in(luck, 2))
		buf_add(out, "    instances_of: a\n");
	buf_printf(out,
		   "failures: {error_rate: %g, crashes_per_hour: %g, straggler_rate: 0.1, straggler_slowdown: 3}\n",
		   below(luck, 0.1), one_in(luck, 2) ? below(luck, 200) : 0);
	buf_printf(out, "pipeline: {retries: %d, warm_sandboxes: %d}\n", (int)stream_below(luck, 3),
		   (int)stream_below(luck, 3));
	if (one_in(luck, 3))
		buf_printf(out, "defaults: {timeout_seconds: %g}\n", 0.5 + below(luck, 5));
	buf_printf(out,
		   "platform_values: {limits: {burst: 100, burst_per_minute: 6000}, sandbox: {cold_start_seconds: "
		   "{probability: [0, 1], value: [0.2, 2]}, keep_alive_seconds: {probability: [0, 1], value: [5, 60]}, "
		   "disk_seconds_per_gb: {probability: [0, 1], value: [1, 5]}, interruptions_per_hour: %g, "
		   "interruption_notice_seconds: %g}, cpu: {mb_per_vcpu: 1700}}\n",
		   platform->sandbox.starts == STARTS_BY_TARGET && one_in(luck, 2) ? below(luck, 300) : 0,
		   below(luck, 2));
}

static void write_experiment(const char *name, const struct platform *platform, struct stream *luck, struct buf *out)
{
	buf_printf(out, "apiVersion: lamina/v1\nname: any\nplatform: %s\n", name);
	buf_printf(out, "workload: {images: %d, arrivals: {kind: poisson, rate_per_second: %g}}\n",
		   100 + (int)stream_below(luck, 400), 0.5 + below(luck, 20));
	if (platform->kind == PLATFORM_FUNCTIONS)
		write_functions(platform, luck, out);
}

static void check_requests(const char *name, const struct setting *setting, const struct outcome *o)
{
	t_ok(o->end == OUTCOME_COMPLETE, "%s: it ends", name);
	t_int(o->records_completed + o->records_failed, setting->records, "every request ends once");
	for (size_t i = 0; i < o->function_count; i++) {
		const struct function_outcome *part = &o->functions[i];
		int64_t ended = part->completed;
		for (int failure = 0; failure < FAILURES; failure++)
			ended += failure == FAILURE_EXPIRED ? 0 : function_failure_count(part, (enum failure)failure);
		t_int(ended, part->invocations, "every call that is admitted ends once");
		t_ok(part->billed_ns >= part->billed_init_ns + part->billed_idle_ns, "what is billed holds its parts");
	}
}

/* The bill is that of its parts, and each function's is what it goes to. */
static void check_money(const struct setting *setting, const struct outcome *o)
{
	double lines = 0;
	double causes = 0;
	for (int item = 0; item < BILL_ITEMS; item++)
		lines += o->bill.lines[item].usd;
	t_near(o->bill.total_usd, lines, 1e-12, 1e-15, "the bill is the sum of its lines");
	for (size_t i = 0; i < o->function_count; i++) {
		double usd[CAUSES];
		cause_costs(&o->functions[i], &setting->platform->price, usd);
		causes += cause_sum(usd);
	}
	if (setting->platform->kind == PLATFORM_FUNCTIONS)
		t_near(causes, lines, 1e-9, 1e-15, "and of what its functions' money goes to");
	else
		t_near(lines, setting->platform->price.usd_per_hour * o->bill.lines[BILL_MACHINE].quantity, 1e-9, 0,
		       "and of a machine's hours");
}

static void try_platform(struct library *library, const char *name, struct arena *arena)
{
	struct diag unsaid;
	diag_init(&unsaid);
	const struct platform *platform = library_platform(library, name, NULL, (struct diag_place){0}, &unsaid);
	diag_release(&unsaid);
	for (uint64_t k = 0; k < EXPERIMENTS; k++) {
		struct stream luck;
		struct buf text;
		struct diag diag;
		struct experiment experiment;
		struct setting setting;
		struct outcome o;
		stream_init(&luck, 11, 0, stream_id_from_name(name), k);
		buf_init(&text);
		diag_init(&diag);
		write_experiment(name, platform, &luck, &text);
		const struct yaml_node *root = yaml_parse("any.yaml", buf_text(&text), text.length, arena, &diag);
		bool is_right = root && experiment_bind(root, "any.yaml", arena, &diag, &experiment) &&
				experiment_resolve(&experiment, library, arena, &diag, &setting);
		if (!t_ok(is_right, "%s runs", name))
			diag_print(&diag, stderr);
		if (is_right && setting.platform->price.usd_per_hour >= 0) {
			const struct simulate_options options = {.seed = 3};
			simulate(&setting, &options, arena, &o);
			check_requests(name, &setting, &o);
			check_money(&setting, &o);
		}
		diag_release(&diag);
		buf_release(&text);
	}
}

int main(void)
{
	struct arena arena;
	size_t count;
	arena_init(&arena);
	struct library *library = ARENA_NEW(&arena, struct library);
	library_init(library, &arena);
	library->admits_unknown = true;
	char **names = data_file_list("configs/platforms", ".yaml", &arena, &count);
	t_ok(count > 20, "there are %zu platforms", count);
	for (size_t i = 0; i < count; i++)
		try_platform(library, names[i], &arena);
	arena_release(&arena);
	return t_done();
}
