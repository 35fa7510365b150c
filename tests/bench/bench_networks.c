/*
 * Whole networks, with their weights: images per second on Lamina's own kernels beside onnxruntime, which a process of
 * node runs (tests/onnxruntime/seconds.cjs), on one and two threads. The two take turns. A line is
 * network_<network>_b<batch>_t<threads>_<instruction set>: the least that this processor and clouds' have, and the
 * largest, which onnxruntime always takes. One thread is measured by the processor's time, two by the clock.
 * usage: bench_networks [ONNX FILE...]; those of build/networks/weights, and nothing where there are none.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/graph/execute.h"
#include "kernels/graph/optimise.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/tensor/blas.h"
#include "tests/bench/bench.h"

/* What runs onnxruntime: a line to it is a run, a line from it the seconds that it took. */
struct peer {
	pid_t process;
	FILE *to;
	FILE *from;
};

static bool peer_init(struct peer *peer, const char *path, int64_t images, int threads)
{
	int to[2], from[2];
	char arguments[2][24];
	snprintf(arguments[0], sizeof arguments[0], "%lld", (long long)images);
	snprintf(arguments[1], sizeof arguments[1], "%d", threads);
	CHECK(pipe(to) == 0 && pipe(from) == 0);
	fflush(NULL);
	peer->process = fork();
	CHECK(peer->process >= 0);
	if (peer->process == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		close(to[1]);
		close(from[0]);
		execlp("node", "node", "tests/onnxruntime/seconds.cjs", path, arguments[0], arguments[1], (char *)NULL);
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	peer->to = fdopen(to[1], "w");
	peer->from = fdopen(from[0], "r");
	char ready[32];
	return fgets(ready, sizeof ready, peer->from) != NULL;
}

static double peer_run(struct peer *peer)
{
	double seconds = 0;
	fputs("run\n", peer->to);
	fflush(peer->to);
	CHECK(fscanf(peer->from, "%lf", &seconds) == 1);
	return seconds;
}

static void peer_release(struct peer *peer)
{
	fclose(peer->to);
	fclose(peer->from);
	waitpid(peer->process, NULL, 0);
}

struct subject {
	struct arena arena;
	struct onnx_model onnx;
	struct graph graph;
	struct execution execution;
	struct team team;
};

static bool subject_init(struct subject *subject, const char *path, int64_t images, enum isa isa, int threads)
{
	const struct graph_options options = {.images = images, .needs_values = true};
	const struct kernel_choice kernels = {.are_lamina = true, .isa = isa};
	struct diag diag;
	arena_init(&subject->arena);
	diag_init(&diag);
	bool ok = onnx_read(path, &options, &subject->arena, &diag, &subject->onnx, &subject->graph);
	diag_release(&diag);
	if (!ok) {
		arena_release(&subject->arena);
		return false;
	}
	struct execution *execution = &subject->execution;
	graph_optimise(&subject->graph, &subject->arena);
	execution_init(execution, &subject->graph, 0, subject->graph.node_count, false, &kernels, &subject->arena);
	execution_set_block(execution, arena_alloc(&subject->arena, (size_t)execution->plan.bytes + 1));
	for (size_t i = 0; i < subject->graph.input_count; i++) {
		const struct graph_tensor *tensor = &subject->graph.tensors[subject->graph.inputs[i]];
		struct value value = tensor->value;
		value_make_up(&value, tensor->name, &subject->arena);
		execution_set_data(execution, subject->graph.inputs[i], value.data);
	}
	execution_prepare(execution, &subject->arena);
	team_init(&subject->team, threads);
	return true;
}

static double subject_run(struct subject *subject)
{
	struct timespec start, end;
	clockid_t clock = subject->team.threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC;
	clock_gettime(clock, &start);
	for (size_t i = 0; i < subject->graph.node_count; i++)
		execution_run_node(&subject->execution, i, &subject->team);
	clock_gettime(clock, &end);
	return (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
}

static void subject_release(struct subject *subject)
{
	team_release(&subject->team);
	onnx_release(&subject->onnx);
	arena_release(&subject->arena);
}

/* Rates of both, by turns. */
static void measure(struct subject *subject, struct peer *peer, int64_t images, double *ours, double *theirs)
{
	enum { SETTLE_US = 300000 }; /* for threads of onnxruntime that still look for work */
	subject_run(subject);
	peer_run(peer);
	for (int i = 0; i < BENCH_REPEATS; i++) {
		usleep(SETTLE_US);
		ours[i] = (double)images / subject_run(subject);
		theirs[i] = (double)images / peer_run(peer);
	}
}

static void bench_network(const char *path, int64_t images, enum isa isa, int threads)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	double ours[BENCH_REPEATS], theirs[BENCH_REPEATS];
	char name[120];
	struct subject *subject = mem_alloc(sizeof *subject);
	struct peer peer;
	if (subject_init(subject, path, images, isa, threads)) {
		if (peer_init(&peer, path, images, threads)) {
			measure(subject, &peer, images, ours, theirs);
			snprintf(name, sizeof name, "network_%.*s_b%lld_t%d_%s", (int)strcspn(base, "."), base,
				 (long long)images, threads, isa_names[isa]);
			bench_report(name, bench_rate_of(ours), "images/s", "onnxruntime",
				     bench_rate_of(theirs).median);
		} else {
			printf("# %s: onnxruntime does not run\n", base);
		}
		peer_release(&peer);
		subject_release(subject);
	}
	mem_free(subject);
}

int main(int argc, char *argv[])
{
	static const char *const usual[] = {
		"build/networks/weights/alexnet.onnx",
		"build/networks/weights/vgg16.onnx",
		"build/networks/weights/resnet50.onnx",
		"build/networks/weights/mobilenetv2.onnx",
	};
	static const int64_t batches[] = {1, 16};
	const char *const *paths = argc > 1 ? (const char *const *)argv + 1 : usual;
	size_t count = argc > 1 ? (size_t)argc - 1 : ARRAY_LEN(usual);
	blas_prepare(argv);
	for (size_t i = 0; i < count; i++)
		for (size_t b = 0; b < ARRAY_LEN(batches); b++)
			for (int threads = 1; threads <= 2; threads++)
				for (int isa = ISA_AVX2; isa < ISAS && access(paths[i], R_OK) == 0; isa++)
					if (isa_is_supported((enum isa)isa))
						bench_network(paths[i], batches[b], (enum isa)isa, threads);
	return 0;
}
