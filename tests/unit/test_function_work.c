/* From a profile's layers to the work of a function: whose times count where measured functions are joined. */
#include "scenario/function_work.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "profile/profile.h"
#include "tests/tap.h"

/* tests/data/profile.yaml: front is conv1 and relu1, back is fc2; the host is twice as fast as the vCPU. */
struct fixture {
	struct arena arena;
	struct diag diag;
	struct profile profile;
	struct platform platform;
	struct experiment experiment;
};

static const struct platform no_device;

static void setup(struct fixture *f)
{
	*f = (struct fixture){0};
	CHECK(profile_read("tests/data/profile.yaml", &f->arena, &f->diag, &f->profile));
	f->platform.cpu.sgemm_gflop_per_vcpu_second = 48.4;
	f->experiment.framework.compute_threads = 1;
	f->experiment.framework.layer_time_factor = 1;
	f->experiment.framework.memory_mb = 100;
}

static void release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

static struct work work_of(struct fixture *f, size_t first, size_t end)
{
	struct work work;
	function_work_from_layers(&f->experiment, &f->platform, &f->profile, (struct layer_range){first, end}, 10,
				  &work);
	return work;
}

static void test_joined(void)
{
	struct fixture f;
	setup(&f);
	struct work front = work_of(&f, 0, 2);
	struct work both = work_of(&f, 0, 3);
	t_int(front.phases[WORK_SERIALISE].cpu_ns, 8 * NS_PER_MS, "front serialises as it was measured");
	t_int(both.phases[WORK_DECODE].cpu_ns, 20 * NS_PER_MS, "both decode as the first of them");
	t_int(both.phases[WORK_SERIALISE].cpu_ns, 2 * NS_PER_MS, "and serialise as the last");
	t_int(both.phases[WORK_WEIGHTS_LOAD].cpu_ns, 300 * NS_PER_MS, "and load what has been timed");
	t_int(both.phases[WORK_WEIGHTS_GET].bytes, 160140000, "the weights of all layers");
	t_int(both.phases[WORK_COMPUTE].cpu_ns, 264 * NS_PER_MS, "the time of all layers");
	t_int(both.phases[WORK_RECORD_GET].bytes, 10 * 150000, "what the first one reads");
	t_int(both.phases[WORK_RECORD_PUT].bytes, 10 * 4000, "what the last one writes");
	release(&f);
}

/* In a network with branches a cut carries over all that crosses, and a layer runs beside what later ones wait for. */
static void test_branches(void)
{
	struct fixture f;
	setup(&f);
	f.experiment.framework.activations = ACTIVATIONS_LIVE;
	double alone_mb = work_of(&f, 0, 2).peak_memory_mb;
	f.profile.layers[0].live_bytes_per_image = 80 * 1048576;
	f.profile.layers[1].crossing_bytes_per_image = 123456;
	struct work front = work_of(&f, 0, 2);
	struct work back = work_of(&f, 2, 3);
	t_int(front.phases[WORK_RECORD_PUT].bytes, 10 * 123456, "what crosses is written");
	t_int(back.phases[WORK_RECORD_GET].bytes, 10 * 123456, "and read");
	t_near(front.peak_memory_mb - front.shared_memory_mb, 800, 1e-9, 0, "and what waits takes memory");
	t_ok(alone_mb < front.peak_memory_mb, "that it would not take in a chain");
	release(&f);
}

/* Arithmetic by products (host twice as fast), all else by bandwidth (10 GB/s against 20: half as fast). */
static void test_carried_over(void)
{
	struct fixture f;
	setup(&f);
	struct work products = work_of(&f, 0, 2);
	f.platform.cpu.memory_gb_per_vcpu_second = 2 * f.profile.host.memory_gb_per_second;
	struct work blind = work_of(&f, 0, 2);
	t_int(blind.phases[WORK_DECODE].cpu_ns, products.phases[WORK_DECODE].cpu_ns,
	      "times with page faults in them say nothing of bandwidth");
	f.profile.host.first_touch_seconds_per_gb = 0.25;
	struct work both = work_of(&f, 0, 2);
	t_int(both.phases[WORK_DECODE].cpu_ns, products.phases[WORK_DECODE].cpu_ns / 4, "decoding by bandwidth");
	t_int(both.phases[WORK_SERIALISE].cpu_ns, products.phases[WORK_SERIALISE].cpu_ns / 4, "and serialising");
	t_int(both.phases[WORK_WEIGHTS_LOAD].cpu_ns, products.phases[WORK_WEIGHTS_LOAD].cpu_ns / 4, "and loading");
	double conv = profile_layer_seconds(&f.profile, 0, 10, 1);
	double relu = profile_layer_seconds(&f.profile, 1, 10, 1);
	t_near((double)both.phases[WORK_COMPUTE].cpu_ns * 1e-9, 2 * conv + relu / 2, 1e-8, 0,
	       "a convolution by products, ReLU by bandwidth");
	t_ok(products.phases[WORK_COMPUTE].cpu_error_share == 0, "one ratio for all is no question");
	/* 20.7 ms of products against 1.8 ms of copies; the other ratio is 0.5 instead of 2; ReLU has no arithmetic. */
	double near = work_of(&f, 0, 1).phases[WORK_COMPUTE].cpu_error_share;
	t_near(near, (18.14e6 / 10e9) / (2e9 / 96.8e9) * 1.5 / 2 / 2, 1e-6, 0,
	       "two are one, near the ridge of the roof");
	t_ok(work_of(&f, 1, 2).phases[WORK_COMPUTE].cpu_error_share == 0, "and none far from it");
	f.profile.host.first_touch_seconds_per_gb = 2500;
	struct work dear = work_of(&f, 0, 2);
	t_int(dear.phases[WORK_COMPUTE].cpu_ns, both.phases[WORK_COMPUTE].cpu_ns, "dear page faults change nothing");
	release(&f);
}

static void test_memory(void)
{
	struct fixture f;
	setup(&f);
	double mb = 1024 * 1024;
	f.experiment.framework.activations = ACTIVATIONS_LIVE;
	/* relu1 works in place: conv1's input and output are the most that live at once. */
	t_near(work_of(&f, 0, 2).peak_memory_mb, 100 + (140000 + 10 * 1800000) / mb, 1e-12, 0, "a layer and its input");
	f.experiment.framework.activations = ACTIVATIONS_HELD;
	t_near(work_of(&f, 0, 3).peak_memory_mb, 100 + (160140000 + 10 * 1804000) / mb, 1e-12, 0, "all that is held");
	t_near(work_of(&f, 0, 3).shared_memory_mb, 100 + 160140000 / mb, 1e-12, 0, "framework and weights are shared");
	release(&f);
}

static void test_measured_memory(void)
{
	struct fixture f;
	struct profile_memory_point points[] = {{10, 20 << 20, 0}, {100, 110 << 20, 0}};
	double mb = 1024 * 1024;
	setup(&f);
	f.profile.functions[0].memory = points;
	f.profile.functions[0].memory_count = ARRAY_LEN(points);
	f.experiment.framework.activations = ACTIVATIONS_MEASURED;
	t_near(work_of(&f, 0, 2).peak_memory_mb, 100 + 20, 1e-12, 0, "what the function was measured to take");
	t_near(work_of(&f, 0, 3).peak_memory_mb, 100 + (160140000 + 10 * 1804000) / mb, 1e-12, 0,
	       "layers that were not measured together: all that is held");
	f.profile.layers[0].live_bytes_per_image = 80 * 1048576;
	t_near(work_of(&f, 0, 1).peak_memory_mb, 100 + 140000 / mb + 800, 1e-12, 0,
	       "in a network with branches: what lives at once");
	points[0].peak_bytes = 100000;
	t_ok(work_of(&f, 0, 2).peak_memory_mb > 800, "less than the weights was not measured with them");
	release(&f);
}

/* Measured on two threads: conv1 with 4 % of it serial; what alone is known of ReLU is one thread's time. */
static void test_more_threads_than_measured(void)
{
	struct fixture f;
	setup(&f);
	f.experiment.framework.compute_threads = 2;
	t_ok(work_of(&f, 0, 1).phases[WORK_COMPUTE].cpu_error_share == 0, "what was measured is certain");
	f.experiment.framework.compute_threads = 5;
	struct phase compute = work_of(&f, 0, 1).phases[WORK_COMPUTE];
	double seconds = 0.05 * (0.04 + 0.96 / 5);
	t_near((double)compute.cpu_ns * 1e-9, 2 * 5 * seconds, 1e-8, 0, "Amdahl's law, in thread time");
	t_near(compute.cpu_error_share, (seconds - 0.026 * 2 / 5) / sqrt(3) / seconds, 1e-6, 0, "and its uncertainty");
	release(&f);
}

static void test_framework(void)
{
	struct fixture f;
	setup(&f);
	struct work plain = work_of(&f, 0, 2);
	struct work back = work_of(&f, 2, 3);
	f.experiment.framework.layer_time_factor = 1.5;
	f.experiment.framework.layer_time_spread = 0.2;
	f.experiment.framework.image_cpu_seconds = 0.003;
	struct work slow = work_of(&f, 0, 2);
	t_int(slow.phases[WORK_COMPUTE].cpu_ns * 2, plain.phases[WORK_COMPUTE].cpu_ns * 3, "its own kernels");
	t_near(slow.phases[WORK_COMPUTE].cpu_error_share, 0.2, 1e-12, 0, "as well as they are known");
	t_int(slow.phases[WORK_DECODE].cpu_ns - plain.phases[WORK_DECODE].cpu_ns, 60 * NS_PER_MS,
	      "3 ms more for each of ten images, on a vCPU half as fast");
	t_int(work_of(&f, 2, 3).phases[WORK_DECODE].cpu_ns, back.phases[WORK_DECODE].cpu_ns,
	      "which only the first function gets");
	release(&f);
}

/* On a device, and where there is none. */
static void test_device(void)
{
	double probability[] = {0, 1};
	double per_gb[] = {0.1, 0.15};
	const struct quantiles law = {.table = {.probability = probability, .value = per_gb, .count = 2}};
	const struct platform card = {.device = {.name = "card", .load_seconds_per_gb = law},
				      .sandbox = {.disk_seconds_per_gb = law}};
	const struct stated_work stated = {
		.cpu_seconds = 0.1,
		.threads = 1,
		.device_seconds = 0.02,
		.cpu_seconds_without_device = 3,
		.cold_download_mb = 16000,
		.device_load_mb = 16000,
		.cold_disk_mb = 4000,
		.device_first_call_seconds = 1.5,
		.alternations = 1,
	};
	struct work work;
	function_work_from_stated(&stated, &card, 1, &work);
	t_int(work.phases[WORK_DEVICE].device_ns, NS_PER_SECOND / 50, "a request's time on the device");
	t_int(work.phases[WORK_COMPUTE].cpu_ns, NS_PER_SECOND / 10, "beside its CPU");
	const struct phase *load = &work.phases[WORK_WEIGHTS_LOAD];
	t_int(load->wait_ns, NS_PER_SECOND * 3 / 2, "the first call");
	t_near(load->loads[0].gb, 4, 1e-12, 0, "4 GB from its disk");
	t_near(load->loads[1].gb, 16, 1e-12, 0, "16 GB to the device, at the platform's law");
	t_ok(load->loads[1].seconds_per_gb == &card.device.load_seconds_per_gb, "which is drawn when it is loaded");
	t_ok(work.phases[WORK_WEIGHTS_LOAD].cold_only, "once in an instance's life");
	t_int(work.phases[WORK_WEIGHTS_GET].bytes, 16000000000, "after they were fetched");
	function_work_from_stated(&stated, &no_device, 1, &work);
	t_int(work.phases[WORK_DEVICE].device_ns, 0, "where there is no device");
	t_int(work.phases[WORK_COMPUTE].cpu_ns, 3 * NS_PER_SECOND, "all is done by CPU");
	t_int(work.phases[WORK_WEIGHTS_LOAD].wait_ns, 0, "and nothing moved");
	t_ok(!work.phases[WORK_WEIGHTS_LOAD].loads[0].seconds_per_gb, "nor read from a disk that it knows nothing of");
}

/* 3 s on one thread and 1 s on four, which alternate with 2 s of waiting eight times for each image. */
static void test_alternating(void)
{
	struct stated_work stated = {
		.single_cpu_seconds = 3, .cpu_seconds = 1, .threads = 4, .wait_seconds = 2, .alternations = 1};
	struct work work;
	function_work_from_stated(&stated, &no_device, 2, &work);
	t_int(work.phases[WORK_WAIT].wait_ns, 4 * NS_PER_SECOND, "once: all waiting is behind the work");
	t_int(work.phases[WORK_COMPUTE].wait_ns, 0, "none in it");
	stated.alternations = 8;
	stated.cold_cpu_seconds = 1;
	stated.cold_wait_seconds = 1;
	function_work_from_stated(&stated, &no_device, 2, &work);
	t_int(work.phases[WORK_DECODE].wait_ns, 3 * NS_PER_SECOND, "work of one thread waits for its share");
	t_int(work.phases[WORK_DECODE].pieces, 12, "in its share of all pieces");
	t_int(work.phases[WORK_COMPUTE].wait_ns, NS_PER_SECOND, "so does that of all threads");
	t_int(work.phases[WORK_COMPUTE].pieces, 4, "in the others");
	t_int(work.phases[WORK_WAIT].wait_ns, 0, "nothing is left to wait for");
	t_int(work.phases[WORK_IMPORT].pieces, 8, "what comes once alternates as often as one image");
	stated.single_cpu_seconds = 0;
	stated.cpu_seconds = 0;
	function_work_from_stated(&stated, &no_device, 2, &work);
	t_int(work.phases[WORK_WAIT].wait_ns, 4 * NS_PER_SECOND, "without work it is all one wait");
}

/* BATCH (Ali et al., SC'20): a call took 1174 + 555.3 * B ms for B images. */
static void test_per_call(void)
{
	struct stated_work stated = {
		.cpu_seconds = 0.5553,
		.threads = 1,
		.wait_seconds = 1,
		.upload_mb = 1,
		.alternations = 1,
		.per_call = {.single_cpu_seconds = 0.1,
			     .cpu_seconds = 1.174,
			     .wait_seconds = 2,
			     .device_seconds = 3,
			     .download_mb = 4,
			     .upload_mb = 5,
			     .payload_mb = 6},
	};
	struct work work;
	function_work_from_stated(&stated, &no_device, 8, &work);
	stated.upload_objects = 2;
	stated.download_objects = 1;
	struct work together;
	function_work_from_stated(&stated, &no_device, 8, &together);
	function_work_part(&stated, 4, &together);
	t_int(together.phases[WORK_RECORD_PUT].puts, 8, "four records that are called together are two objects each");
	t_int(together.phases[WORK_RECORD_GET].gets, 1, "what a call reads is one");
	function_work_part(NULL, 3, &together);
	t_int(together.phases[WORK_RECORD_PUT].puts, 24, "a network's records are objects of their own");
	t_int(work.phases[WORK_COMPUTE].cpu_ns, 5616400000, "eight images take little more than four times one");
	t_int(work.phases[WORK_DECODE].cpu_ns, NS_PER_SECOND / 10, "one thread's work comes once");
	t_int(work.phases[WORK_WAIT].wait_ns, 10 * NS_PER_SECOND, "waiting comes once, and for each");
	t_int(work.phases[WORK_DEVICE].device_ns, 3 * NS_PER_SECOND, "so may the device");
	t_int(work.phases[WORK_RECORD_GET].bytes, 4000000, "and what is read");
	t_int(work.phases[WORK_RECORD_PUT].bytes, 13000000, "and written");
	t_int(work.payload_bytes, 6000000, "and sent");
}

/* What a share of requests do not exceed is what so many draws do not: the planner and the simulation agree. */
static void test_factors(void)
{
	enum { DRAWS = 20000 };
	static const double probability[] = {0, 0.5, 0.99, 1};
	static const double value[] = {0.5, 0.9, 1.5, 10};
	const struct work works[] = {
		{.variation = 0.5},
		{.variation = 1, .factors = {.probability = probability, .value = value, .count = 4}},
	};
	static const double shares[] = {0.5, 0.95, 0.99};
	for (size_t i = 0; i < ARRAY_LEN(works); i++)
		for (size_t k = 0; k < ARRAY_LEN(shares); k++) {
			double limit = work_factor_at(&works[i], shares[k]);
			struct stream luck;
			int below = 0;
			stream_init(&luck, 1, 0, stream_id_from_name("factors"), i);
			for (int n = 0; n < DRAWS; n++)
				below += work_factor_draw(&works[i], &luck) <= limit;
			t_near((double)below / DRAWS, shares[k], 0, 0.01, i == 0 ? "gamma" : "as measured");
		}
	t_ok(work_factor_at(&(struct work){0}, 0.99) == 1, "what does not vary is its mean");
}

int main(void)
{
	test_joined();
	test_branches();
	test_carried_over();
	test_memory();
	test_measured_memory();
	test_more_threads_than_measured();
	test_framework();
	test_device();
	test_alternating();
	test_per_call();
	test_factors();
	return t_done();
}
