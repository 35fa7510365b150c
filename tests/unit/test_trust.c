/* Bands hold nine tenths, of luck and of held-out rows, and rest on what a setting rests on. */
#include <math.h>

#include "random/stream.h"
#include "report/held_out.h"
#include "report/trust.h"
#include "stats/summary.h"
#include "tests/tap.h"

static const struct trust_mechanism mechanisms[] = {{"CPU share", 94, 2},
						    {"S3 transfer", 18, 10},
						    {"cold start", 19, 5},
						    {"CPU share, arm64", 12, 6},
						    {"CPU and waiting in turns", 20, 4},
						    {"DL inference, never measured", 6, 12},
						    {"CPU quota steps", 11, 5}};

static struct trust trust_of(double deviations)
{
	static struct trust_mechanism copy[ARRAY_LEN(mechanisms)];
	memcpy(copy, mechanisms, sizeof copy);
	return (struct trust){.deviations = deviations, .mechanisms = {copy, ARRAY_LEN(mechanisms)}};
}

static struct trust_spread spread_by_estimate(const double *samples, int count)
{
	struct summary summary;
	summary_init(&summary);
	for (int i = 0; i < count; i++)
		summary_add(&summary, samples[i]);
	const struct estimate estimate = estimate_of(&summary);
	return trust_spread_of_estimate(&estimate, count);
}

/* Another of eight normal values is in nine of ten bands. */
static void luck(void)
{
	enum { EXPERIMENTS = 4000, SAMPLES = 8 };
	int inside = 0;
	bool is_same = true;
	for (uint64_t i = 0; i < EXPERIMENTS; i++) {
		struct stream stream;
		double samples[SAMPLES];
		stream_init(&stream, 1, 0, stream_id_from_name("luck"), i);
		for (int k = 0; k < SAMPLES; k++)
			samples[k] = 10 + stream_normal(&stream);
		struct trust_spread spread = trust_spread_of(samples, SAMPLES);
		struct trust_spread again = spread_by_estimate(samples, SAMPLES);
		is_same = is_same && fabs(again.center - spread.center) < 1e-12 &&
			  fabs(again.low - spread.low) < 1e-9 && fabs(again.high - spread.high) < 1e-9;
		double another = 10 + stream_normal(&stream);
		inside += spread.low <= another && another <= spread.high;
	}
	t_ok(is_same, "and the mean with its interval tells as much as the samples");
	t_ok(inside > 0.88 * EXPERIMENTS && inside < 0.92 * EXPERIMENTS, "luck: %d of %d inside", inside, EXPERIMENTS);
	struct trust_spread one = trust_spread_of((double[]){3}, 1);
	t_ok(one.low == 3 && one.high == 3, "one replication tells no luck");
	one = spread_by_estimate((double[]){3}, 1);
	t_ok(one.low == 3 && one.high == 3, "nor does its mean");
}

static void function_set(struct function_result *function, double calls, double handler)
{
	*function = (struct function_result){.name = "f"};
	function->metrics[FUNCTION_METRIC_INVOCATIONS].mean = calls;
	function->metrics[FUNCTION_METRIC_DURATION_MEAN_SECONDS].mean = handler;
}

/* 6 s of CPU and 3 s of network in 10 s, of which 1 s is stated; who queues waits for the same. */
static void parts(void)
{
	const struct platform platform = {.cpu = {.period_seconds = 0.02}};
	struct trust_basis basis = {.platform = &platform};
	struct trust trust = trust_of(2);
	struct function_result function;
	struct run_result result = {.functions = &function, .function_count = 1};
	function_set(&function, 3, 10);
	function.cause_seconds[CAUSE_COMPUTE] = 4;
	function.cause_seconds[CAUSE_THROTTLED] = 2;
	function.cause_seconds[CAUSE_NETWORK] = 3;
	function.cause_seconds[CAUSE_WAIT] = 1;
	function.cause_seconds[CAUSE_QUEUE] = 5;
	function.cause_usd[CAUSE_COMPUTE] = 1;
	function.cause_usd[CAUSE_INVOKING] = 1;
	struct trust_band band = trust_band_of_time(&trust, &basis, &result, (struct trust_spread){100, 92, 106});
	double model = 2 * hypot(0.6 * 0.02, 0.3 * 0.1) * 100;
	t_near(band.low, 100 - hypot(8, model), 1e-12, 0, "low: luck and both mechanisms, squares added");
	t_near(band.high, 100 + hypot(6, model), 1e-12, 0, "high");
	struct buf text;
	buf_init(&text);
	trust_describe(&band, &text);
	t_str(buf_text(&text), "validate: S3 transfer 10 %, CPU share 2 %", "what it rests on, largest first");
	struct trust_band cost = trust_band_of_cost(&trust, &basis, &result, (struct trust_spread){2, 2, 2});
	t_near(cost.high - cost.low, 2 * 2 * 0.5 * 0.02 * 2, 1e-12, 0, "fees have no error");
	function.cause_seconds[CAUSE_COMPUTE] = function.cause_seconds[CAUSE_THROTTLED] = 0;
	function.cause_seconds[CAUSE_NETWORK] = 0;
	band = trust_band_of_time(&trust, &basis, &result, (struct trust_spread){100, 90, 110});
	buf_clear(&text);
	trust_describe(&band, &text);
	t_ok(band.low == 90 && band.high == 110, "what is stated has luck only");
	t_str(buf_text(&text), "no mechanism that was validated", "and says so");
	buf_release(&text);
}

static double half_width_of(const struct trust *trust, const struct setting *setting, const struct run_result *result)
{
	const struct trust_basis basis = trust_basis_of(setting);
	struct trust_band band = trust_band_of_time(trust, &basis, result, (struct trust_spread){100, 100, 100});
	return band.high - 100;
}

/* CPU alone in two functions, 6 s and 4 s a call, whose kinds are told by the setting. */
static void kinds(void)
{
	const struct platform platform = {.cpu = {.period_seconds = 0.02}};
	struct setting_function functions[2] = {{.name = "a"}, {.name = "b"}};
	struct setting setting = {.platform = &platform, .functions = functions, .function_count = 2};
	struct function_result results[2];
	struct run_result result = {.functions = results, .function_count = 2};
	struct trust trust = trust_of(1);
	for (int i = 0; i < 2; i++) {
		function_set(&results[i], 1, 10);
		results[i].cause_seconds[CAUSE_COMPUTE] = i == 0 ? 6 : 4;
	}
	t_near(half_width_of(&trust, &setting, &result), 2, 1e-9, 0, "a share of a vCPU for both");
	functions[1].sandbox.is_arm64 = true;
	t_near(half_width_of(&trust, &setting, &result), hypot(0.6 * 2, 0.4 * 6), 1e-9, 0, "one on arm64");
	functions[1].sandbox.is_arm64 = false;
	functions[0].work.phases[WORK_COMPUTE].pieces = 20;
	t_near(half_width_of(&trust, &setting, &result), hypot(0.6 * 4, 0.4 * 2), 1e-9, 0, "CPU and waiting in turns");
	functions[0].work.is_carried_over = true;
	t_near(half_width_of(&trust, &setting, &result), hypot(hypot(0.6 * 4, 0.6 * 12), 0.4 * 2), 1e-9, 0,
	       "from a profile, too: both");
	functions[0].work = (struct work){0};
	function_set(&results[1], 1, 0.1);
	results[1].cause_seconds[CAUSE_COMPUTE] = 3.5;
	results[1].cause_seconds[CAUSE_THROTTLED] = 0.5;
	t_near(half_width_of(&trust, &setting, &result), hypot(0.6 * 2, 0.4 * 5), 1e-9, 0, "in the quota's steps");
}

static void toss_ups(void)
{
	const struct trust_band wide = {.low = 80, .high = 120};
	const struct trust_band near = {.low = 100, .high = 130};
	const struct trust_band narrow = {.low = 110, .high = 114};
	t_ok(trust_is_toss_up(&wide, 100, &near, 115), "each in the other's band");
	t_ok(!trust_is_toss_up(&wide, 100, &narrow, 112), "one in the other's is none");
	t_ok(!trust_is_toss_up(&narrow, 112, &wide, 100), "either way");
}

static struct claim claim_of(const char *mechanism, const char *function, double measured)
{
	return (struct claim){.mechanism = mechanism,
			      .function = function,
			      .metric = "duration_mean_seconds",
			      .predicted = 1,
			      .measured = measured};
}

/* Two experiments of one mechanism, of which each tells the other's error; another that stands alone; one of counts. */
static void held_out(struct arena *arena)
{
	enum { EACH = 10 };
	static struct claim claims[2 * EACH + 3];
	struct validation_part part = {.claims = {claims, 2 * EACH + 3}};
	struct validation validation = {.parts = &part, .part_count = 1, .row_count = 2 * EACH + 3};
	struct held_out out;
	for (int i = 0; i < EACH; i++) {
		claims[i] = claim_of("CPU share", "a", i % 2 ? 1.01 : 0.99);
		claims[EACH + i] = claim_of("CPU share", "b", i == 0 ? 1.05 : 1.01);
	}
	claims[2 * EACH] = claim_of("fan-out", "c", 1.2);
	claims[2 * EACH + 1] = claim_of("CPU share", "b", 2);
	claims[2 * EACH + 1].kind = CLAIM_FITTED;
	claims[2 * EACH + 2] = claim_of("CPU share", "b", 3);
	claims[2 * EACH + 2].metric = "instances";
	held_out_evaluate(&validation, arena, &out);
	t_int((long long)out.mechanism_count, 2, "two mechanisms");
	t_int((long long)out.mechanisms[0].rows, 2 * EACH, "neither fitted rows nor counts");
	t_near(out.mechanisms[0].error_percent, sqrt((19 * 1.0 + 25) / 20), 1e-6, 0, "root mean square");
	t_int((long long)out.mechanisms[1].held, 0, "what stands alone is not held out");
	t_int((long long)out.held, 2 * EACH, "all others are");
	/* b's rows are 1 and once 5 of a's errors; a's are 0.54 of b's: bands of 5 for a and of 0.54 for b. */
	t_int((long long)out.inside, EACH, "a is inside b's band, b not inside a's");
	struct buf text;
	buf_init(&text);
	held_out_write(&out, &text);
	t_has(buf_text(&text), "{name: \"CPU share\", rows: 20, error_percent: 1.48}", "written for bands");
	buf_release(&text);
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	luck();
	parts();
	kinds();
	toss_ups();
	held_out(&arena);
	struct trust trust;
	struct diag diag;
	diag_init(&diag);
	t_ok(trust_load(&trust, &arena, &diag) && trust.mechanisms.count >= 5, "the file that comes along is read");
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
