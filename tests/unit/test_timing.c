/* Timing: what is made of samples, which sizes are measured, and a whole profile of a small network. */
#include <cblas.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/check.h"
#include "doc/yaml.h"
#include "kernels/timing/host_speed.h"
#include "kernels/timing/peak_memory.h"
#include "kernels/timing/profiler.h"
#include "kernels/timing/record_sizes.h"
#include "kernels/timing/samples.h"
#include "tests/onnx/onnx_text.h"
#include "tests/tap.h"

static const char tiny[] = "name: tiny\n"
			   "input: {channels: 1, height: 64, width: 64}\n"
			   "layers:\n"
			   "  - {name: conv1, kind: conv, filters: 16, kernel: [3, 3]}\n"
			   "  - {name: relu1, kind: relu}\n"
			   "  - {name: fc1, kind: fc, outputs: 3}\n"
			   "functions:\n"
			   "  front: {layers: [conv1, relu1]}\n"
			   "  back: {layers: [fc1]}\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct model model;
	struct timed_network network;
};

static void fixture_init(struct fixture *fixture)
{
	arena_init(&fixture->arena);
	diag_init(&fixture->diag);
	struct yaml_node *root = yaml_parse("tiny", tiny, sizeof tiny - 1, &fixture->arena, &fixture->diag);
	CHECK(root && model_from_yaml(root, "tiny", &fixture->arena, &fixture->diag, &fixture->model));
	timed_network_from_model(&fixture->network, &fixture->model, &fixture->arena);
}

static void fixture_release(struct fixture *fixture)
{
	diag_release(&fixture->diag);
	arena_release(&fixture->arena);
}

static void summaries(void)
{
	struct samples samples = {.count = 0};
	samples_add(&samples, 4);
	t_near(samples_median(&samples), 4, 0, 0, "the median of one");
	t_near(samples_half_width(&samples), 0, 0, 0, "which nobody knows the error of");
	samples_add(&samples, 1);
	t_near(samples_median(&samples), 2.5, 0, 0, "the middle of two");
	t_near(samples_half_width(&samples), 1.5, 0, 0, "which is somewhere between them");
	samples_add(&samples, 2);
	samples_add(&samples, 3);
	samples_add(&samples, 1000);
	t_near(samples_median(&samples), 3, 0, 0, "a disturbed repeat hardly moves the median");
	t_int((int64_t)samples_outliers(&samples), 1, "is counted");
	t_near(samples_least(&samples), 1, 0, 0, "nor the least");
	t_near(samples_spread(&samples), 2, 0, 0, "that the median lies above");
	t_near(samples_half_width(&samples), 499.5, 0, 0, "and kept: of five, all are its interval");
	samples.count = 0;
	for (int i = 1; i <= 20; i++)
		samples_add(&samples, i);
	/* Of 20, the 6th and the 15th: 95.9 % (tables of the sign test). */
	t_near(samples_half_width(&samples), 4.5, 0, 0, "of twenty, five are left out at either end");
	t_int((int64_t)samples_outliers(&samples), 0, "and none is far from the others");
	samples.count = 9;
	t_near(samples_half_width(&samples), 3, 0, 0, "of nine, one is");
	samples.count = 8;
	t_near(samples_half_width(&samples), 3.5, 0, 0, "of eight, none");
	for (int i = 0; i < 2 * SAMPLES_MAX; i++)
		samples_add(&samples, 5);
	t_int(samples.count, SAMPLES_MAX, "samples are bounded");
	/* OpenBLAS's threads spin for a while after they were made; on a busy machine that takes a few sleeps. */
	double least = INFINITY;
	for (int i = 0; i < 50 && least >= 0.01; i++) {
		t_near(samples_rounded(105.24544438393242), 105.245, 0, 0, "six digits");
		t_near(samples_rounded(3.1141234e-05), 3.11412e-05, 0, 0, "of small numbers too");
		double cpu_start = stopwatch_cpu_seconds();
		usleep(20000);
		least = fmin(least, stopwatch_cpu_seconds() - cpu_start);
	}
	t_ok(least < 0.01, "sleeping is not computing");
}

static void records(void)
{
	struct scratch_record record;
	struct err err;
	struct shape shape = {3, 5, 4};
	t_ok(scratch_record_init(&record, 7, shape, RECORD_UINT8, &err), "a record is made");
	uint8_t *bytes = mem_alloc(record.bytes);
	struct record_reader reader;
	struct record_image image;
	bool found = true;
	int images = 0;
	t_ok(scratch_record_read(&record, bytes, &err), "and read");
	t_ok(record_reader_open_bytes(&reader, "scratch", bytes, record.bytes, &err), "it is a record");
	while (record_reader_next(&reader, &image, &found, &err) && found)
		images += shape_equal(image.shape, shape) && image.encoding == RECORD_UINT8;
	t_int(images, 7, "of seven such images");
	record_reader_release(&reader);
	scratch_record_release(&record);
	t_ok(!scratch_record_read(&record, bytes, &err), "a released record cannot be read");
	mem_free(bytes);

	setenv("TMPDIR", "/nowhere", 1);
	t_ok(!scratch_record_init(&record, 7, shape, RECORD_UINT8, &err), "no folder for temporary files");
	t_has(err.text, "cannot make a temporary file '/nowhere/lamina-record-", "is told");
	unsetenv("TMPDIR");
}

static const int64_t images_asked[] = {1, 10, 100, 1000};
static const int64_t threads_asked[] = {1, 2};
static const size_t functions_asked[] = {0, 1};

static struct profiler_options asked(void)
{
	return (struct profiler_options){
		.images = images_asked,
		.image_count = 4,
		.threads = threads_asked,
		.thread_count = 2,
		.functions = functions_asked,
		.function_count = 2,
		.budget_seconds = 60,
		.lamina_version = "test",
	};
}

/* However slow the machine: an experiment needs the sizes that it needs. */
static void sizes_of_a_slow_machine(void)
{
	static const double seconds_per_image[] = {0.001, 0.1, 100};
	struct fixture f;
	struct record_sizes sizes;
	struct err err;
	fixture_init(&f);
	struct profiler_options options = asked();
	for (size_t i = 0; i < ARRAY_LEN(seconds_per_image); i++) {
		t_ok(record_sizes_choose(&sizes, &f.network, &options, seconds_per_image[i], &f.diag, &err),
		     "%g s an image", seconds_per_image[i]);
		t_int(sizes.count, 4, "all sizes are measured");
		t_int(sizes.memory_count, 3, "and the memory of three");
		t_ok(sizes.predicted_seconds > 1111 * 1.5 * seconds_per_image[i], "in a time that is told");
	}
	t_int(f.diag.count, 0, "nothing is left out");
	fixture_release(&f);
}

static void sizes_that_cannot_be(void)
{
	static const int64_t images[] = {10, 20000};
	struct fixture f;
	struct record_sizes sizes;
	struct err err;
	fixture_init(&f);
	struct profiler_options options = asked();
	options.images = images;
	options.image_count = 2;
	t_ok(record_sizes_choose(&sizes, &f.network, &options, 1e-9, &f.diag, &err) && sizes.count == 1,
	     "a size that no record can have is left out");
	t_has(f.diag.entries[0].text, "records of 20000 and more images are not measured: a record of function 'front'",
	      "and told");
	options.images_are_wanted = true;
	t_ok(!record_sizes_choose(&sizes, &f.network, &options, 1e-9, &f.diag, &err), "asking for it fails");
	t_has(err.text, "records of 20000 images cannot be measured: a record of function 'front' would take 4.9 GB",
	      "with the reason");
	fixture_release(&f);
}

static void memory_of_a_child(void)
{
	struct fixture f;
	struct err err;
	struct scratch_record few;
	struct scratch_record many;
	struct peak_memory small = {.bytes = 0};
	struct peak_memory large = {.bytes = 0};
	fixture_init(&f);
	const struct model_function *front = &f.model.functions[0];
	struct timed_function *one = timed_network_function(&f.network, front, 1, &err);
	struct timed_function *most = timed_network_function(&f.network, front, 200, &err);
	CHECK(one && most);
	struct shape shape = timed_function_input(one);
	CHECK(scratch_record_init(&few, 1, shape, RECORD_UINT8, &err));
	CHECK(scratch_record_init(&many, 200, shape, RECORD_UINT8, &err));
	t_ok(peak_memory_measure(&f.network, one, &few, 1, &small, &err), "peak memory of a small record");
	t_ok(peak_memory_measure(&f.network, most, &many, 1, &large, &err), "and of a large one");
	/* At its end the function holds its output twice, as tensors and as a record: more than its layers ever did. */
	double output_bytes = 200.0 * (double)shape_bytes(timed_function_output(most));
	t_near((double)(large.bytes - small.bytes), 2 * output_bytes, 0.25, 4e6, "differ by what they hold");
	scratch_record_release(&few);
	t_ok(!peak_memory_measure(&f.network, one, &few, 1, &small, &err), "a child that fails");
	t_str(err.text, "the process that ran function 'front' on 1 images failed", "is told");
	scratch_record_release(&many);
	fixture_release(&f);
}

/* A block of convolutions around a shortcut, large enough to be seen beside the program. */
static const char branches[] = "input x float Nx4x128x128\n"
			       "const w1 float 32x4x3x3 random 1\nConv x,w1 -> a pads=[1,1,1,1]\nRelu a -> r\n"
			       "const w2 float 32x32x1x1 random 2\nConv r,w2 -> b\nConv b,w2 -> c\nAdd c,r -> s\n"
			       "GlobalAveragePool s -> y\noutput y\n";

/* The liveness plan says what a process holds at its peak: measured, with records of two sizes, it is the same. */
static void memory_by_plan(void)
{
	static const int64_t images[] = {2, 16};
	struct arena arena;
	struct diag diag;
	struct err err;
	struct timed_network network;
	struct graph_options options = {.images = 1};
	struct timed_function *timed[2];
	struct peak_memory peaks[2];
	char path[] = "/tmp/lamina-test-XXXXXX.onnx";
	size_t length;
	arena_init(&arena);
	diag_init(&diag);
	const uint8_t *bytes = onnx_text_pack(branches, &arena, &length);
	int fd = mkstemps(path, 5);
	CHECK(fd >= 0 && write(fd, bytes, length) == (ssize_t)length && close(fd) == 0);
	t_ok(timed_network_from_onnx(&network, path, &options, &arena, &diag), "a network with branches");
	for (size_t i = 0; i < 2; i++) {
		struct scratch_record record;
		timed[i] = timed_network_function(&network, &network.functions[0], images[i], &err);
		CHECK(timed[i] &&
		      scratch_record_init(&record, images[i], timed_function_input(timed[i]), RECORD_UINT8, &err));
		t_ok(peak_memory_measure(&network, timed[i], &record, 1, &peaks[i], &err), "runs");
		scratch_record_release(&record);
	}
	double planned = (double)(timed[1]->execution.plan.bytes - timed[0]->execution.plan.bytes);
	/* Three tensors of 2 MiB an image live at once: the shortcut, and what goes into and comes out of a node. */
	t_near(planned, 14 * 3 * 2097152, 0.01, 0, "three tensors live at once");
	/* A sanitizer's shadow is an eighth. */
	t_near((double)(peaks[1].bytes - peaks[0].bytes), planned, 0.2, 0, "the measured peak is the planned one");
	timed_network_release(&network);
	unlink(path);
	diag_release(&diag);
	arena_release(&arena);
}

static void who_else_computes(void)
{
	struct host_load start = {.wall = 100, .own = 10};
	struct host_load end = {.wall = 110, .own = 15};
	t_ok(host_load_parse("cpu  1000 200 300 99999 50 10 20 30 0 0", 100, &start), "a line of /proc/stat");
	t_near(start.busy, 15.3, 1e-12, 0, "who computes: neither idle nor waiting");
	t_near(start.steal, 0.3, 1e-12, 0, "what was stolen");
	t_ok(!host_load_parse("intr 1 2 3 4 5 6 7 8", 100, &end), "another line");
	host_load_parse("cpu  1900 200 300 99999 50 10 20 130 0 0", 100, &end);
	t_near(host_load_others(&start, &end), 0.4, 1e-12, 0, "nine seconds in ten, five of them one's own");
	t_near(host_load_stolen(&start, &end), 0.1, 1e-12, 0, "one in ten stolen");
	end.own = 30;
	t_near(host_load_others(&start, &end), 0, 0, 0, "a clock of a few ticks more makes nobody less than idle");
	struct host_load now = host_load_now();
	t_ok(now.wall > 0 && now.own > 0 && now.busy >= 0, "this host can be read");
}

static long minor_faults(void)
{
	struct rusage used;
	getrusage(RUSAGE_SELF, &used);
	return used.ru_minflt;
}

/* 64 MiB are 16,384 pages, or 32 large ones. */
static void memory_is_kept(void)
{
	enum { BYTES = 64 * 1024 * 1024 };
	struct kept_memory kept = {.is_kept = true};
	uint8_t *first = kept_memory_take(&kept, BYTES);
	long faults = minor_faults();
	memset(first, 1, BYTES);
	t_ok(minor_faults() - faults < 16, "all pages were touched before");
	uint8_t *second = kept_memory_take(&kept, 1000);
	t_ok(second != first, "two at once are two");
	t_int((int64_t)((uintptr_t)second % TENSOR_ALIGN_BYTES), 0, "aligned as tensors are");
	kept_memory_give(&kept, first);
	t_ok(kept_memory_take(&kept, BYTES / 2) == first, "what was given back is used again");
	kept_memory_give(&kept, first);
	kept_memory_give(&kept, second);
	t_ok(kept_memory_take(&kept, 500) == second, "the smallest that is enough");
	kept_memory_release(&kept);
	struct kept_memory given = {.is_kept = false};
	kept_memory_give(&given, kept_memory_take(&given, BYTES));
	t_ok(!given.blocks[0].memory && !given.blocks[1].memory, "or freed where a peak is measured");
}

static double thread_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Arithmetic and memory counted here: 2 n^3 operations of a product, and each byte of a copy read and written. */
static void count_speeds(float *values, size_t bytes, double *gflop_per_second, double *gb_per_second)
{
	enum { SIDE = 1024 };
	double begin = thread_seconds();
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, values, SIDE, values + SIDE * SIDE,
		    SIDE, 0, values + 2 * SIDE * SIDE, SIDE);
	*gflop_per_second = fmax(*gflop_per_second, 2e-9 * SIDE * SIDE * SIDE / (thread_seconds() - begin));
	begin = thread_seconds();
	memcpy((char *)values + bytes, values, bytes);
	*gb_per_second = fmax(*gb_per_second, 2e-9 * (double)bytes / (thread_seconds() - begin));
}

static bool is_near(double a, double b)
{
	return a < 1.5 * b && b < 1.5 * a;
}

/* What a host can do, by its own count and by this one; beside busy neighbours several looks may be needed. */
static void counted_speeds(void)
{
	enum { BYTES = 256 * 1024 * 1024, LOOKS = 6 };
	struct arena arena;
	struct profile_host host = {.cores = 0};
	struct host_speed speed;
	float *values = mem_alloc(2 * (size_t)BYTES);
	double gflop_per_second = 0;
	double gb_per_second = 0;
	arena_init(&arena);
	memset(values, 0, 2 * (size_t)BYTES);
	host_speed_init(&speed, 1);
	bool is_near_both = false;
	for (int i = 0; i < LOOKS && !is_near_both; i++) {
		count_speeds(values, BYTES, &gflop_per_second, &gb_per_second);
		host_speed_measure(&speed);
		host_speed_fill(&speed, &arena, &host);
		is_near_both = is_near(host.sgemm_gflop_per_second_per_core, gflop_per_second) &&
			       is_near(host.memory_gb_per_second, gb_per_second);
	}
	t_ok(is_near_both, "%.3g GFLOP/s for %.3g counted, %.3g GB/s for %.3g", host.sgemm_gflop_per_second_per_core,
	     gflop_per_second, host.memory_gb_per_second, gb_per_second);
	host_speed_release(&speed);
	mem_free(values);
	arena_release(&arena);
}

static void speeds(void)
{
	struct arena arena;
	struct profile_host host = {.cores = 0};
	struct host_speed speed;
	arena_init(&arena);
	host_speed_init(&speed, 2);
	long faults = minor_faults();
	host_speed_measure(&speed);
	/* The fresh block that is touched for its price, and what threads need. */
	t_ok(minor_faults() - faults < 40000, "the blocks that are copied were touched");
	host_speed_measure(&speed);
	host_speed_fill(&speed, &arena, &host);
	t_ok(host.first_touch_seconds_per_gb > 0 && host.first_touch_seconds_per_gb < 100, "a first touch: %g s per GB",
	     host.first_touch_seconds_per_gb);
	t_ok(host.sgemm_spread_share >= 0 && host.memory_spread_share >= 0, "spreads are told");
	t_ok(host.memory_gb_per_second > 0.1, "bandwidth");
	host_speed_release(&speed);
	arena_release(&arena);
}

static void check_points(const struct profile_points *points, size_t count, const char *name)
{
	bool is_positive = true;
	t_int(points->count, count, name);
	for (size_t i = 0; i < points->count; i++)
		is_positive &= points->points[i].seconds > 0 && points->points[i].spread_seconds >= 0;
	t_ok(is_positive, "times of %s are positive", name);
}

static void whole_profile(void)
{
	struct fixture f;
	struct err err;
	struct profile profile;
	struct profile again;
	struct buf text;
	fixture_init(&f);
	buf_init(&text);
	struct profiler_options options = asked();
	options.image_count = 2;
	options.images_are_wanted = true;
	options.budget_seconds = 0;
	t_ok(profiler_run(&f.network, &options, &f.arena, &f.diag, &profile, &err), "a profile is made");
	t_str(profile.model, "tiny", "of the model");
	t_ok(profile.host.sgemm_gflop_per_second_per_core > 1 && profile.host.memory_gb_per_second > 0.1,
	     "the host's speeds are possible ones");
	t_int(profile.layer_count, 3, "layers");
	for (size_t i = 0; i < profile.layer_count; i++)
		check_points(&profile.layers[i].times, 4, profile.layers[i].name);
	for (size_t i = 0; i < profile.function_count; i++)
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			check_points(&profile.functions[i].phases[phase], phase == PROFILE_LOAD_WEIGHTS ? 1 : 2,
				     profile_phase_names[phase]);
	t_ok(profile.measurement.repeats >= 3, "each time was measured three times without any budget");
	t_int(profile.measurement.runs >= 12, 1, "in each of four cells");
	t_ok(profile.measurement.interval_share > 0, "and the widest interval is told");
	t_ok(profile.host.memory_parallel_speedup > 0 && profile.host.memory_parallel_threads == 2,
	     "copies of two threads");
	bool is_as_planned = true;
	for (size_t i = 0; i < profile.function_count; i++)
		for (size_t k = 0; k < profile.functions[i].memory_count; k++) {
			const struct profile_memory_point *point = &profile.functions[i].memory[k];
			is_as_planned &= point->planned_bytes > 0 && point->peak_bytes > point->planned_bytes &&
					 point->peak_bytes < point->planned_bytes + 32 * 1024 * 1024;
		}
	t_ok(is_as_planned, "a process takes what the plan says, and a few megabytes for itself");
	t_ok(profile.host.first_touch_seconds_per_gb > 0, "what a first touch takes is a number of its own");
	t_near(profile.layers[0].mac_per_image, 62 * 62 * 16 * 9, 0, 0, "multiply-accumulates");
	t_ok(!profile.layers[0].in_place && profile.layers[1].in_place, "ReLU works in place");
	t_ok(profile.record_input_bytes_per_image >= 4096 && profile.record_input_bytes_per_image < 4200,
	     "the first record holds bytes, not floats");
	profile_write(&profile, &text);
	t_ok(profile_parse("again", text.text, text.length, &f.arena, &f.diag, &again), "it is valid");
	t_int(diag_has_errors(&f.diag), 0, "without complaints");
	t_near(again.host.first_touch_seconds_per_gb, profile.host.first_touch_seconds_per_gb, 0, 0, "first touch");
	t_int(again.measurement.repeats, profile.measurement.repeats, "and repeats are read as they were written");
	buf_release(&text);
	fixture_release(&f);
}

static void interrupted(void)
{
	static const volatile sig_atomic_t stop = 1;
	struct fixture f;
	struct err err;
	struct profile profile;
	fixture_init(&f);
	struct profiler_options options = asked();
	options.stop = &stop;
	t_ok(!profiler_run(&f.network, &options, &f.arena, &f.diag, &profile, &err), "an interrupt ends measuring");
	t_str(err.text, "interrupted; no profile was written", "and says so");
	fixture_release(&f);
}

int main(void)
{
	summaries();
	records();
	sizes_of_a_slow_machine();
	who_else_computes();
	memory_is_kept();
	speeds();
	counted_speeds();
	sizes_that_cannot_be();
	memory_of_a_child();
	memory_by_plan();
	whole_profile();
	interrupted();
	return t_done();
}
