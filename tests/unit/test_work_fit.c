/* Logs made from known work give that work back, and what they cannot tell is said. */
#include "base/check.h"
#include "base/num.h"
#include "calibrate/work_fit.h"
#include "random/stream.h"
#include "tests/tap.h"

static const struct platform_cpu *toy_cpu(void)
{
	static int64_t up_to_mb[] = {1769, 3538, 10240};
	static int64_t vcpus[] = {2, 2, 6};
	static const struct platform_cpu cpu = {
		.mb_per_vcpu = 1769,
		.visible_up_to_mb = {up_to_mb, 3},
		.visible_vcpus = {vcpus, 3},
		.period_seconds = 0.02,
		.tick_seconds = 0.004,
		.resume_seconds = 0.0003,
	};
	return &cpu;
}

/* What rows are taken to have run on: isolated requests, six threads. */
static const struct fit_conditions *alone(void)
{
	static struct fit_conditions conditions = {.slowness = 1, .threads_min = 6, .threads_max = 6, .in_row = 1};
	conditions.cpu = toy_cpu();
	return &conditions;
}

struct truth {
	double single;
	double wait;
	double parallel;
	double cold;
	double cold_wait;
	int64_t alternations; /* 0: 1 */
};

static void set_model(struct work_model *model, const struct truth *truth)
{
	work_model_init(model, alone(), 6, 0);
	model->seconds[FIT_SINGLE] = truth->single;
	model->seconds[FIT_WAIT] = truth->wait;
	model->seconds[FIT_PARALLEL] = truth->parallel;
	model->seconds[FIT_COLD] = truth->cold;
	model->seconds[FIT_COLD_WAIT] = truth->cold_wait;
	if (truth->alternations > 0)
		model->alternations = truth->alternations;
}

/* Invocations of the truth at a size, with a relative spread; the CPU law itself, without losses, for reference. */
static void add_rows(struct log_samples *samples, const struct truth *truth, int64_t memory_mb, bool is_cold, int count,
		     double spread)
{
	struct work_model model;
	struct stream luck;
	struct diag diag;
	diag_init(&diag);
	set_model(&model, truth);
	double seconds = work_model_seconds(&model, alone(), memory_mb, is_cold);
	stream_init(&luck, 1, 0, stream_id_from_name("rows"), (uint64_t)memory_mb * 2 + is_cold);
	for (int i = 0; i < count; i++) {
		struct report_row row;
		report_row_init(&row);
		row.memory_mb = memory_mb;
		row.duration_ms = 1000 * seconds * (1 + spread * (2 * stream_uniform(&luck) - 1));
		row.init_ms = is_cold ? 100 + i : (double)NAN;
		row.max_memory_mb = 300;
		log_samples_add(samples, "f", &row, &diag);
	}
	CHECK(!diag_has_errors(&diag));
	diag_release(&diag);
}

/*
 * At 128 MB a request of 1 ms is stopped for a period or is not, as the one before it left the quota: `lamina run` of
 * 100 replications of 2,000 requests on 400 sandboxes takes 11.152 ms in the mean, +- 0.054. As many requests on every
 * sandbox, whichever are stopped, would take 11.7.
 */
static void test_short_requests(void)
{
	struct platform_cpu cpu = *toy_cpu();
	struct fit_conditions in_row = *alone();
	struct work_model model;
	cpu.resume_seconds = 0.00005;
	cpu.overhead_share = 0.012;
	cpu.receive_seconds = 0.002;
	cpu.speed_spread = 0.02;
	in_row.cpu = &cpu;
	in_row.slowness = exp(in_row.cpu->speed_spread * in_row.cpu->speed_spread / 2);
	in_row.in_row = 5;
	in_row.gap_seconds = 0.025;
	work_model_init(&model, &in_row, 2, 0.05);
	model.seconds[FIT_SINGLE] = 0.001;
	model.seconds[FIT_WAIT] = 0.006129;
	model.is_fine = true;
	t_near(work_model_seconds(&model, &in_row, 128, false), 0.011152, 0.02, 0, "requests of few ms in a row");
}

/* CPU work takes as much longer as sandboxes are slower, warm or cold; waiting does not. */
static void test_slow_sandboxes(void)
{
	struct fit_conditions slow = *alone();
	struct work_model model;
	slow.slowness = 1.25;
	set_model(&model, &(struct truth){.single = 2, .wait = 1, .cold = 4});
	t_near(work_model_seconds(&model, &slow, 1769, false), 2 * 1.25 + 1, 0.001, 0, "a slower vCPU");
	t_near(work_model_seconds(&model, &slow, 1769, true), 6 * 1.25 + 1, 0.001, 0, "the same in a new sandbox");
}

/* Of many requests in a row only the first few are looked at one by one; all count. */
static void test_many_in_a_row(void)
{
	struct fit_conditions in_row = *alone();
	struct work_model model;
	in_row.in_row = 100;
	set_model(&model, &(struct truth){.wait = 2});
	t_near(work_model_seconds(&model, &in_row, 512, false), 2, 1e-9, 0, "a hundred requests that only wait");
}

static void test_variations(void)
{
	static const double probability[] = {0, 1};
	static const double value[] = {1, 3};
	const struct quantile_table factors = {.probability = probability, .value = value, .count = 2};
	const double steps = MODEL_SANDBOXES;
	struct work_model model;
	work_model_init(&model, alone(), 6, 0.3);
	work_model_set_factors(&model, &factors);
	t_near(model.variations[0], 0.5 + 0.5 / steps, 0, 1e-9, "the least of factors between 1 and 3, of mean 1");
	t_near(model.variations[MODEL_SANDBOXES - 1], 1.5 - 0.5 / steps, 0, 1e-9, "the largest");
	t_near(work_model_variation(0.05, 0.01), 0.2, 1e-9, 0, "what rows differ by beyond speeds");
	t_near(work_model_variation(0.01, 0.05), 0, 0, 0, "nothing where speeds differ by more");
}

/* Within 1 % and, where the rows vary, three standard errors. */
static void near_truth(const struct work_fit *fit, enum work_parameter parameter, double truth)
{
	const struct fitted_parameter *fitted = &fit->parameters[parameter];
	double error = isfinite(fitted->standard_error) ? fitted->standard_error : 0;
	t_ok(fitted->state == PARAMETER_FITTED &&
		     fabs(fit->model.seconds[parameter] - truth) <= 0.01 * truth + 3 * error,
	     "%s of %g s is %g s, standard error %.2g", work_parameter_names[parameter], truth,
	     fit->model.seconds[parameter], error);
}

static void test_all_told(struct arena *arena)
{
	static const int64_t sizes[] = {256, 512, 1024, 1769, 3008, 6000, 10240};
	const struct truth truth = {.single = 3, .wait = 0.8, .parallel = 20, .cold = 5};
	struct log_samples samples;
	struct work_fit fit;
	log_samples_init(&samples, arena);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		add_rows(&samples, &truth, sizes[i], false, 50, 0.01);
		add_rows(&samples, &truth, sizes[i], true, 5, 0.01);
	}
	log_samples_finish(&samples, alone()->cpu);
	t_ok(work_fit_solve(&samples.functions[0], alone(), &fit), "seven sizes are fitted");
	near_truth(&fit, FIT_SINGLE, truth.single);
	near_truth(&fit, FIT_WAIT, truth.wait);
	near_truth(&fit, FIT_PARALLEL, truth.parallel);
	near_truth(&fit, FIT_COLD, truth.cold);
	t_ok(fit.model.seconds[FIT_COLD_WAIT] < 0.02, "there is no cold wait: %g s", fit.model.seconds[FIT_COLD_WAIT]);
	for (int i = 0; i < FIT_COLD_WAIT; i++)
		t_ok(fit.parameters[i].standard_error > 0 && fit.parameters[i].standard_error < 0.1,
		     "%s has a standard error: %g", work_parameter_names[i], fit.parameters[i].standard_error);
	t_near(seconds_from_ns(histogram_quantile(&samples.functions[0].init_ns, 0.5)), 0.102, 0, 1e-9,
	       "the median of init");
	t_near(samples.functions[0].max_memory_mb, 300, 0, 0, "peak memory where it was not at the ceiling");
	t_near(samples.functions[0].ceiling_memory_mb, 256, 0, 0, "rows at 256 MB used all of it and more");
	t_int(samples.functions[0].at_ceiling, 55, "they are censored");
}

static double off_at(const struct truth *truth, const struct work_fit *fit, int64_t memory_mb, bool is_cold)
{
	struct work_model model;
	set_model(&model, truth);
	return work_model_seconds(&fit->model, alone(), memory_mb, is_cold) /
		       work_model_seconds(&model, alone(), memory_mb, is_cold) -
	       1;
}

/* Five sizes tell that CPU and waiting alternate, and what that means at others. */
static void test_alternating(struct arena *arena)
{
	static const int64_t sizes[] = {128, 320, 640, 1024, 3008};
	static const int64_t others[] = {192, 512, 896, 1536};
	const struct truth truth = {.single = 0.4, .wait = 0.4, .cold = 0.8, .cold_wait = 0.6, .alternations = 50};
	struct log_samples samples;
	struct work_fit fit;
	log_samples_init(&samples, arena);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		add_rows(&samples, &truth, sizes[i], false, 20, 0.01);
		add_rows(&samples, &truth, sizes[i], true, 20, 0.01);
	}
	log_samples_finish(&samples, toy_cpu());
	t_ok(work_fit_solve(&samples.functions[0], alone(), &fit), "work that alternates is fitted");
	t_ok(fit.model.alternations >= 20, "%d times", (int)fit.model.alternations);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		t_near(off_at(&truth, &fit, others[i], false), 0, 0, 0.02, "at other sizes it is met");
		t_near(off_at(&truth, &fit, others[i], true), 0, 0, 0.02, "by first requests, too");
	}
}

/* BATCH (Ali et al., SC'20): a call took 1174 + 555.3 * B ms for B images; logs of one and four tell it for eight. */
static void test_batches(struct arena *arena)
{
	static const int64_t batches[] = {1, 4};
	static const int64_t sizes[] = {512, 1024, 3008};
	struct fit_conditions conditions = *alone();
	struct log_samples samples;
	struct work_fit fit;
	struct diag diag;
	struct work_model exact;
	conditions.images = 1;
	work_model_init(&exact, &conditions, 6, 0);
	exact.seconds[FIT_SINGLE] = 0.5553;
	exact.seconds[FIT_CALL_SINGLE] = 0.874;
	exact.seconds[FIT_CALL_WAIT] = 0.3;
	diag_init(&diag);
	log_samples_init(&samples, arena);
	for (size_t i = 0; i < 6; i++) {
		struct report_row row;
		report_row_init(&row);
		row.memory_mb = sizes[i % 3];
		row.images = (double)batches[i / 3];
		row.duration_ms =
			1000 * work_model_batch_seconds(&exact, &conditions, row.memory_mb, row.images, false);
		log_samples_add(&samples, "f", &row, &diag);
	}
	log_samples_finish(&samples, toy_cpu());
	t_int((int)samples.functions[0].group_count, 6, "rows are told apart by size and images");
	t_ok(work_fit_solve(&samples.functions[0], &conditions, &fit), "they are fitted");
	near_truth(&fit, FIT_SINGLE, 0.5553);
	near_truth(&fit, FIT_CALL_SINGLE, 0.874);
	near_truth(&fit, FIT_CALL_WAIT, 0.3);
	t_near(work_model_batch_seconds(&fit.model, &conditions, 3008, 8, false), 1.174 + 8 * 0.5553, 0.01, 0,
	       "eight images");
	diag_release(&diag);
}

/*
 * Over many logs of luck, the intervals of 1.96 standard errors hold the truth as often as they say, and a size that
 * is in no log is predicted.
 */
static void test_coverage(struct arena *arena)
{
	enum { LOGS = 200, ROWS = 40, HELD_OUT_MB = 1536 };
	static const int64_t sizes[] = {256, 512, 1024, 2048, 4096, 10240};
	const struct truth truth = {.single = 3, .wait = 0.8, .parallel = 20};
	const double truths[] = {truth.single, truth.wait, truth.parallel};
	struct work_model exact;
	work_model_init(&exact, alone(), 6, 0);
	for (int p = 0; p < 3; p++)
		exact.seconds[p] = truths[p];
	int held[3] = {0};
	double worst_prediction = 0;
	double variance = 0;
	double held_out = work_model_seconds(&exact, alone(), HELD_OUT_MB, false);
	for (uint32_t log = 0; log < LOGS; log++) {
		struct log_samples samples;
		struct work_fit fit;
		struct diag diag;
		struct stream luck;
		diag_init(&diag);
		log_samples_init(&samples, arena);
		stream_init(&luck, 7, log, stream_id_from_name("coverage"), 0);
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			double seconds = work_model_seconds(&exact, alone(), sizes[i], false);
			for (int row = 0; row < ROWS; row++) {
				struct report_row report;
				report_row_init(&report);
				report.memory_mb = sizes[i];
				report.duration_ms = 1000 * seconds * stream_lognormal(&luck, -0.00125, 0.05);
				report.max_memory_mb = 300;
				log_samples_add(&samples, "f", &report, &diag);
			}
		}
		log_samples_finish(&samples, alone()->cpu);
		CHECK(!diag_has_errors(&diag) && work_fit_solve(&samples.functions[0], alone(), &fit));
		diag_release(&diag);
		for (int p = 0; p < 3; p++)
			held[p] += fabs(fit.model.seconds[p] - truths[p]) <= 1.96 * fit.parameters[p].standard_error;
		variance += fit.row_variance / LOGS;
		double predicted = work_model_seconds(&fit.model, alone(), HELD_OUT_MB, false);
		worst_prediction = fmax(worst_prediction, fabs(predicted / held_out - 1));
	}
	for (int p = 0; p < 3; p++)
		t_ok(held[p] >= LOGS * 0.92 && held[p] <= LOGS * 0.99,
		     "%s: 95 %% intervals hold the truth in %d of %d logs", work_parameter_names[p], held[p], LOGS);
	t_near(sqrt(variance), 0.05, 0.02, 0, "what rows at one size differ by");
	t_ok(worst_prediction < 0.02, "a size in no log is predicted within %.2f %% (5 %% of luck a row)",
	     100 * worst_prediction);
}

static void test_not_told(struct arena *arena)
{
	const struct truth truth = {.single = 2, .wait = 0.5, .parallel = 4};
	struct log_samples samples;
	struct work_fit fit;
	log_samples_init(&samples, arena);
	add_rows(&samples, &truth, 1024, false, 3, 0);
	CHECK(work_fit_solve(&samples.functions[0], alone(), &fit));
	t_int(fit.parameters[FIT_SINGLE].state, PARAMETER_FITTED, "one size: all is taken for CPU");
	t_int(fit.parameters[FIT_WAIT].state, PARAMETER_UNIDENTIFIED, "one size does not tell waiting");
	t_int(fit.parameters[FIT_PARALLEL].state, PARAMETER_UNIDENTIFIED, "nor parallel work");
	t_int(fit.parameters[FIT_COLD].state, PARAMETER_UNIDENTIFIED, "warm rows do not tell cold work");

	log_samples_init(&samples, arena);
	for (int64_t memory_mb = 256; memory_mb <= 1024; memory_mb *= 2)
		add_rows(&samples, &truth, memory_mb, false, 3, 0);
	CHECK(work_fit_solve(&samples.functions[0], alone(), &fit));
	t_near(fit.model.seconds[FIT_WAIT], truth.wait, 0, 0.25, "the wait, but for what threads lose by stopping");
	t_near(fit.model.seconds[FIT_SINGLE], truth.single + truth.parallel, 0.01, 0,
	       "below one vCPU all CPU is one thread's");
	t_int(fit.parameters[FIT_PARALLEL].state, PARAMETER_UNIDENTIFIED, "and parallel work does not show");

	log_samples_init(&samples, arena);
	add_rows(&samples, &truth, 2048, false, 3, 0);
	add_rows(&samples, &truth, 3538, false, 3, 0);
	CHECK(work_fit_solve(&samples.functions[0], alone(), &fit));
	t_int(fit.parameters[FIT_WAIT].state, PARAMETER_UNIDENTIFIED,
	      "above one vCPU waiting is like one thread's CPU");
	near_truth(&fit, FIT_PARALLEL, truth.parallel);
}

/* Of sizes no larger than one vCPU, single rows that differ by 1 % tell no parallel part: there was none. */
static void test_single_rows(struct arena *arena)
{
	enum { LOGS = T_TIMES(60, 20), SIZES = 3 };
	static const int64_t sizes[][SIZES] = {{640, 900, 1400}, {512, 1024, 1769}};
	static const struct truth truths[] = {{.single = 0.05, .wait = 0.02}, {.single = 0.3, .wait = 0.1}};
	int parallel = 0;
	struct stream luck;
	struct diag diag;
	diag_init(&diag);
	stream_init(&luck, 8, 0, stream_id_from_name("single rows"), 0);
	for (int log = 0; log < LOGS; log++) {
		struct log_samples samples;
		struct work_model exact;
		struct work_fit fit;
		set_model(&exact, &truths[log % 2]);
		log_samples_init(&samples, arena);
		for (int i = 0; i < SIZES; i++) {
			struct report_row row;
			report_row_init(&row);
			row.memory_mb = sizes[log / 2 % 2][i];
			row.duration_ms = 1000 * work_model_seconds(&exact, alone(), row.memory_mb, false) *
					  (1 + 0.01 * stream_normal(&luck));
			log_samples_add(&samples, "f", &row, &diag);
		}
		CHECK(work_fit_solve(&samples.functions[0], alone(), &fit));
		parallel += fit.model.seconds[FIT_PARALLEL] > 0;
	}
	t_int(parallel, 0, "single rows of one thread's work are not taken for parallel work");
	diag_release(&diag);
}

static void test_bounds(struct arena *arena)
{
	struct log_samples samples;
	struct work_fit fit;
	struct diag diag;
	struct report_row row;
	diag_init(&diag);
	log_samples_init(&samples, arena);
	report_row_init(&row);
	/* Twice the memory, a third of the time: no share of CPU does that, and a negative wait would. */
	for (int i = 0; i < 3; i++) {
		row.memory_mb = 256LL << i;
		row.duration_ms = 9000 / pow(3, i);
		log_samples_add(&samples, "f", &row, &diag);
	}
	CHECK(work_fit_solve(&samples.functions[0], alone(), &fit));
	t_int(fit.parameters[FIT_WAIT].state, PARAMETER_AT_ZERO, "waiting is not negative");
	t_ok(fit.model.seconds[FIT_SINGLE] > 0, "what is left is fitted");

	log_samples_init(&samples, arena);
	row.status = REPORT_ERROR;
	log_samples_add(&samples, "f", &row, &diag);
	t_ok(!work_fit_solve(&samples.functions[0], alone(), &fit), "errors tell no work");
	row.status = REPORT_OK;
	char name[16];
	for (int i = 0; i < SAMPLES_FUNCTIONS_MAX + 2; i++) {
		snprintf(name, sizeof name, "g%d", i);
		log_samples_add(&samples, name, &row, &diag);
	}
	t_int(diag.error_count, 1, "too many functions are one error");
	diag_release(&diag);
}

static double any_duration_ms(struct stream *luck)
{
	static const double edges_ms[] = {0.001, 1, 100, 1e9};
	if (stream_uniform(luck) < 0.3)
		return edges_ms[(int)(4 * stream_uniform(luck))];
	return pow(10, -3 + 12 * stream_uniform(luck));
}

static bool is_sound(const struct work_fit *fit)
{
	bool sound = isfinite(fit->relative_rms);
	for (int p = 0; p < FIT_PARAMETERS; p++)
		sound = sound && isfinite(fit->model.seconds[p]) && fit->model.seconds[p] >= 0;
	return sound;
}

/* Whatever rows a log may hold, alone or twelve powers of ten apart: a fit, or none, but no end of the program. */
static void test_extremes(struct arena *arena)
{
	enum { LOGS = T_TIMES(40, 12), ROWS_MAX = 12 };
	static const int64_t sizes_mb[] = {1, 128, 129, 1769, 1770, 10240, 1048576};
	struct stream luck;
	struct diag diag;
	diag_init(&diag);
	stream_init(&luck, 1, 0, stream_id_from_name("extremes"), 0);
	int sound = 0;
	for (int log = 0; log < LOGS; log++) {
		struct log_samples samples;
		struct work_fit fit;
		log_samples_init(&samples, arena);
		int rows = 1 + (int)(ROWS_MAX * stream_uniform(&luck) * stream_uniform(&luck));
		bool is_equal = stream_uniform(&luck) < 0.2;
		double first_ms = any_duration_ms(&luck);
		for (int i = 0; i < rows; i++) {
			struct report_row row;
			report_row_init(&row);
			row.memory_mb = sizes_mb[(int)(7 * stream_uniform(&luck))];
			row.duration_ms = is_equal ? first_ms : any_duration_ms(&luck);
			row.billed_ms = 0;
			row.init_ms = stream_uniform(&luck) < 0.3 ? any_duration_ms(&luck) : (double)NAN;
			CHECK(!report_row_check(&row));
			log_samples_add(&samples, "f", &row, &diag);
		}
		sound += !work_fit_solve(&samples.functions[0], alone(), &fit) || is_sound(&fit);
	}
	t_int(sound, LOGS, "extreme rows have a sound fit or none");
	diag_release(&diag);
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	test_short_requests();
	test_slow_sandboxes();
	test_many_in_a_row();
	test_variations();
	test_all_told(&arena);
	test_alternating(&arena);
	test_batches(&arena);
	test_coverage(&arena);
	test_not_told(&arena);
	test_single_rows(&arena);
	test_bounds(&arena);
	test_extremes(&arena);
	arena_release(&arena);
	return t_done();
}
