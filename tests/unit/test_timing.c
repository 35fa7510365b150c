/* Timing: what is made of samples, which sizes are measured, and a whole profile of a small network. */
#include <string.h>

#include "base/buf.h"
#include "doc/yaml.h"
#include "kernels/timing/peak_memory.h"
#include "kernels/timing/profiler.h"
#include "kernels/timing/record_sizes.h"
#include "kernels/timing/samples.h"
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
};

static void fixture_init(struct fixture *fixture)
{
	arena_init(&fixture->arena);
	diag_init(&fixture->diag);
	struct yaml_node *root = yaml_parse("tiny", tiny, sizeof tiny - 1, &fixture->arena, &fixture->diag);
	CHECK(root && model_from_yaml(root, "tiny", &fixture->arena, &fixture->diag, &fixture->model));
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
	t_near(samples_median(&samples), 4, 0, 0, "median of one");
	t_near(samples_half_iqr(&samples), 0, 0, 0, "spread of one");
	samples_add(&samples, 1);
	t_near(samples_median(&samples), 2.5, 0, 0, "median of two");
	samples_add(&samples, 2);
	samples_add(&samples, 3);
	samples_add(&samples, 1000);
	t_near(samples_median(&samples), 3, 0, 0, "an outlier does not move the median");
	t_near(samples_half_iqr(&samples), 1, 0, 0, "nor the spread");
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

static void sizes_within_budget(void)
{
	static const struct {
		double seconds_per_image;
		size_t sizes, memory;
		const char *name;
	} cases[] = {
		{0.001, 4, 3, "a fast machine measures all"},
		{0.1, 3, 3, "a slower one leaves the largest out"},
		{100, 1, 1, "one size is always left"},
	};
	struct fixture f;
	struct record_sizes sizes;
	struct err err;
	fixture_init(&f);
	struct profiler_options options = asked();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t told = f.diag.count;
		t_ok(record_sizes_choose(&sizes, &f.model, &options, cases[i].seconds_per_image, &f.diag, &err), "%s",
		     cases[i].name);
		t_int(sizes.count, cases[i].sizes, "sizes");
		t_int(sizes.memory_count, cases[i].memory, "sizes for memory");
		t_ok((f.diag.count > told) == (sizes.count < 4), "what is left out is told");
	}
	static const int64_t many[] = {1, 10, 50, 100, 250, 500, 1000};
	options.images = many;
	options.image_count = sizeof many / sizeof *many;
	t_ok(record_sizes_choose(&sizes, &f.model, &options, 0.02, &f.diag, &err), "sizes between others go first");
	t_int(sizes.count, 5, "sizes that are left");
	t_int(sizes.images[3], 100, "the last but one");
	t_int(sizes.images[4], 1000, "the largest is kept");
	t_has(f.diag.entries[f.diag.count - 1].text,
	      "records of 500, 250 images are not measured: all sizes would take", "what is left out is named");
	options.images = images_asked;
	options.image_count = 4;
	options.images_are_wanted = true;
	t_ok(record_sizes_choose(&sizes, &f.model, &options, 100, &f.diag, &err) && sizes.count == 4,
	     "sizes that were asked for are kept");
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
	t_ok(record_sizes_choose(&sizes, &f.model, &options, 1e-9, &f.diag, &err) && sizes.count == 1,
	     "a size that no record can have is left out");
	t_has(f.diag.entries[0].text, "records of 20000 and more images are not measured: a record of function 'front'",
	      "and told");
	options.images_are_wanted = true;
	t_ok(!record_sizes_choose(&sizes, &f.model, &options, 1e-9, &f.diag, &err), "asking for it fails");
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
	struct shape shape = model_function_input(&f.model, front);
	CHECK(scratch_record_init(&few, 1, shape, RECORD_UINT8, &err));
	CHECK(scratch_record_init(&many, 200, shape, RECORD_UINT8, &err));
	t_ok(peak_memory_measure(&f.model, front, &few, 1, &small, &err), "peak memory of a small record");
	t_ok(peak_memory_measure(&f.model, front, &many, 1, &large, &err), "and of a large one");
	/* At its end the function holds its output twice, as tensors and as a record: more than its layers ever did. */
	double output_bytes = 200.0 * (double)shape_bytes(model_function_output(&f.model, front));
	t_near((double)(large.bytes - small.bytes), 2 * output_bytes, 0.25, 4e6, "differ by what they hold");
	scratch_record_release(&few);
	t_ok(!peak_memory_measure(&f.model, front, &few, 1, &small, &err), "a child that fails");
	t_str(err.text, "the process that ran function 'front' on 1 images failed", "is told");
	scratch_record_release(&many);
	fixture_release(&f);
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
	t_ok(profiler_run(&f.model, &options, &f.arena, &f.diag, &profile, &err), "a profile is made");
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
	t_near(profile.layers[0].mac_per_image, 62 * 62 * 16 * 9, 0, 0, "multiply-accumulates");
	t_ok(!profile.layers[0].in_place && profile.layers[1].in_place, "ReLU works in place");
	t_ok(profile.record_input_bytes_per_image >= 4096 && profile.record_input_bytes_per_image < 4200,
	     "the first record holds bytes, not floats");
	profile_write(&profile, &text);
	t_ok(profile_parse("again", text.text, text.length, &f.arena, &f.diag, &again), "it is valid");
	t_int(diag_has_errors(&f.diag), 0, "without complaints");
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
	t_ok(!profiler_run(&f.model, &options, &f.arena, &f.diag, &profile, &err), "an interrupt ends measuring");
	t_str(err.text, "interrupted; no profile was written", "and says so");
	fixture_release(&f);
}

int main(void)
{
	summaries();
	records();
	sizes_within_budget();
	sizes_that_cannot_be();
	memory_of_a_child();
	whole_profile();
	interrupted();
	return t_done();
}
