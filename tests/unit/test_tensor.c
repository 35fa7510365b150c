/* Tensors: bounds, alignment, slices; teams: every item once, whatever the threads; what BLAS says of itself. */
#include "base/check.h"
#include "kernels/tensor/blas.h"
#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"
#include "tests/tap.h"

static void test_shapes(void)
{
	t_ok(shape_is_valid((struct shape){3, 224, 224}), "a picture is a shape");
	t_ok(!shape_is_valid((struct shape){0, 224, 224}), "a shape without channels is not");
	t_ok(!shape_is_valid((struct shape){3, -1, 224}), "nor one with a negative side");
	t_ok(!shape_is_valid((struct shape){SHAPE_SIDE_MAX, SHAPE_SIDE_MAX, SHAPE_SIDE_MAX}),
	     "nor one beyond the bound");
	t_ok(shape_is_valid((struct shape){1 << 10, 1 << 10, 1 << 10}), "the bound itself is one");
	t_int(shape_bytes((struct shape){3, 224, 224}), 602112, "bytes of a 224 x 224 picture in float32");
}

static void test_tensors(void)
{
	struct tensor tensor;
	tensor_init(&tensor, 5, (struct shape){2, 3, 7});
	t_int((uintptr_t)tensor.data % TENSOR_ALIGN_BYTES, 0, "data is aligned");
	t_int(tensor_values(&tensor), 210, "values");
	float sum = 0.0f;
	for (int64_t i = 0; i < tensor_values(&tensor); i++)
		sum += tensor.data[i];
	t_near((double)sum, 0, 0, 0, "a new tensor is zero");
	struct tensor slice = tensor_slice(&tensor, 3, 2);
	t_ok(slice.data == tensor.data + 3 * 42 && slice.images == 2, "a slice shares the memory");
	tensor_release(&slice);
	tensor.data[0] = 1.0f;
	tensor_release(&tensor);
	t_ok(!tensor.data, "released");
	tensor_release(&tensor);
}

static void slice_too_long(void)
{
	struct tensor tensor;
	tensor_init(&tensor, 5, (struct shape){1, 1, 1});
	tensor_slice(&tensor, 4, 2);
}

static void too_many_images(void)
{
	struct tensor tensor;
	tensor_init(&tensor, TENSOR_IMAGES_MAX + 1, (struct shape){1, 1, 1});
}

static void count_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	int *seen = context;
	float *scratch = team_scratch(team, worker, 1000);
	scratch[999] = (float)worker;
	for (int64_t i = first; i < last; i++)
		seen[i]++;
}

static void test_team(int threads, int64_t items, int64_t grain)
{
	enum { ITEMS_MAX = 1000, ROUNDS = 50 };
	int seen[ITEMS_MAX + 1] = {0};
	struct team team;
	team_init(&team, threads);
	for (int round = 0; round < ROUNDS; round++)
		team_run(&team, items, grain, count_items, seen);
	team_release(&team);
	bool once = seen[items] == 0;
	for (int64_t i = 0; i < items; i++)
		once = once && seen[i] == ROUNDS;
	t_ok(once, "%d threads do %d items by %d, each once", threads, (int)items, (int)grain);
}

static void sleep_then_count(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	atomic_int *done = context;
	usleep(worker == 0 ? 100 : 20000);
	atomic_fetch_add(done, (int)(last - first));
}

static void test_team_waits(void)
{
	atomic_int done = 0;
	struct team team;
	team_init(&team, 4);
	team_run(&team, 40, 1, sleep_then_count, &done);
	int seen = atomic_load(&done);
	team_release(&team);
	t_int(seen, 40, "a team returns when its slowest worker is done");
}

static const double BURNT = 0.02;

static void burn(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	double start = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
	for (double seconds = start; seconds < start + BURNT * (double)(last - first);) {
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
		seconds = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
	}
}

/* Whoever did the items: as beside a busy neighbour, it may be one thread alone. */
static void test_team_seconds(void)
{
	struct team team;
	team_init(&team, 2);
	double start = team_seconds(&team);
	team_run(&team, 4, 1, burn, NULL);
	double shared = team_seconds(&team) - start;
	t_ok(shared > 1.95 * BURNT && shared < 2.3 * BURNT, "four items of two threads take as long as two: %g s",
	     shared);
	start = team_seconds(&team);
	team_run(&team, 1, 1, burn, NULL);
	burn(NULL, &team, 0, 0, 1);
	double alone = team_seconds(&team) - start;
	t_ok(alone > 1.95 * BURNT && alone < 2.3 * BURNT, "what is not shared out counts as it is: %g s", alone);
	team_release(&team);
}

static void test_blas(void)
{
	char version[BLAS_VERSION_BYTES];
	t_has(blas_version(version), "OpenBLAS ", "the library names itself");
	t_ok(strlen(blas_core_type()) > 0, "and its core type, %s", blas_core_type());
	t_has(blas_config(), version, "the version is the start of its description");
	struct team team;
	blas_set_threads(2);
	team_init(&team, 2);
	t_int(blas_threads(), 1, "a team takes OpenBLAS's threads away");
	team_release(&team);
}

/* What this program prints as its core type when it is started again with this in front. */
static void core_type_of_child(const char *environment, char *out, size_t size)
{
	char program[4096];
	char command[8192];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	program[length > 0 ? length : 0] = '\0';
	snprintf(command, sizeof command, "env -u OPENBLAS_CORETYPE %s '%s' core-type", environment, program);
	out[0] = '\0';
	FILE *child = popen(command, "r");
	if (child && !fgets(out, (int)size, child))
		out[0] = '\0';
	t_int(child ? pclose(child) : -1, 0, *environment ? environment : "no core type forced");
}

/*
 * Prescott's kernels run on any x86-64. OpenBLAS takes them by itself only where it does not know the CPU; a prepared
 * program takes newer ones there too, wherever the CPU has the instructions.
 */
static void test_forced_core_type(void)
{
	char free_choice[64], kept[64], prepared[64];
	core_type_of_child("", free_choice, sizeof free_choice);
	core_type_of_child("LAMINA_KEEP_CORETYPE=1 OPENBLAS_CORETYPE=Prescott", kept, sizeof kept);
	core_type_of_child("OPENBLAS_CORETYPE=Prescott", prepared, sizeof prepared);
	t_ok(strlen(free_choice) > 0, "a prepared program runs with %s", free_choice);
	t_str(prepared, free_choice, "whatever core type was forced");
#ifdef __x86_64__
	t_str(kept, "Prescott\n", "unless the forced core type is to be kept");
	if (__builtin_cpu_supports("avx"))
		t_ok(strcmp(kept, free_choice) != 0, "the fallback for unknown CPUs is not taken: %s", free_choice);
	static const char *const wider[] = {"SkylakeX\n", "Cooperlake\n", "Sapphirerapids\n"};
	for (size_t i = 0; i < ARRAY_LEN(wider); i++)
		t_ok(strcasecmp(free_choice, wider[i]) != 0, "nor are the kernels of %.*s",
		     (int)strcspn(wider[i], "\n"), wider[i]);
#endif
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "core-type") == 0) {
		blas_prepare(argv);
		return puts(blas_core_type()) < 0;
	}
	test_shapes();
	test_tensors();
	t_aborts(slice_too_long, "a slice beyond the end aborts");
	t_aborts(too_many_images, "a batch beyond the bound aborts");
	for (int threads = 1; threads <= 7; threads += 3) {
		test_team(threads, 0, 1);
		test_team(threads, 1, 1);
		test_team(threads, 1000, 1);
		test_team(threads, 999, 10);
		test_team(threads, 10, 1000);
	}
	test_team_waits();
	test_team_seconds();
	test_blas();
	test_forced_core_type();
	return t_done();
}
