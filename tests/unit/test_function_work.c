/* From a profile's layers to the work of a function: whose times count where measured functions are joined. */
#include "scenario/function_work.h"

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

static void setup(struct fixture *f)
{
	*f = (struct fixture){0};
	CHECK(profile_read("tests/data/profile.yaml", &f->arena, &f->diag, &f->profile));
	f->platform.cpu.sgemm_gflop_per_vcpu_second = 48.4;
	f->experiment.framework.compute_threads = 1;
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

int main(void)
{
	test_joined();
	test_memory();
	return t_done();
}
