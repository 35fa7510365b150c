#include "kernels/timing/peak_memory.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "kernels/timing/samples.h"

/* -1 where the system does not tell. */
static int64_t high_water_bytes(void)
{
	FILE *in = fopen("/proc/self/status", "r");
	char line[256];
	int64_t bytes = -1;
	while (in && bytes < 0 && fgets(line, sizeof line, in))
		if (strncmp(line, "VmHWM:", 6) == 0)
			bytes = strtoll(line + 6, NULL, 10) * 1024;
	if (in)
		fclose(in);
	return bytes;
}

static bool run_in_child(const struct timed_network *network, struct timed_function *timed,
			 const struct scratch_record *record, int threads, struct peak_memory *peak)
{
	struct arena arena;
	struct err err;
	struct team team;
	struct network_weights weights;
	const struct execution *execution = &timed->execution;
	struct function_times times;
	arena_init(&arena);
	times.layers = ARENA_ARRAY(&arena, double, timed->function->count);
	team_init(&team, threads);
	network_weights_init(&weights, execution->graph, execution->first, execution->last);
	network_weights_make(&weights, execution->graph, 1, &team);
	struct kept_memory given_back = {.is_kept = false};
	double start = stopwatch_seconds();
	bool ok = function_run(network, timed, &weights, record, &given_back, &team, &times, &err);
	peak->seconds = stopwatch_seconds() - start;
	peak->bytes = high_water_bytes();
	network_weights_release(&weights);
	team_release(&team);
	arena_release(&arena);
	return ok && peak->bytes > 0;
}

NORETURN static void child_main(const struct timed_network *network, struct timed_function *timed,
				const struct scratch_record *record, int threads, int out)
{
	struct peak_memory peak;
	/* An interrupt is the parent's to handle; a child only stops. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	bool ok = run_in_child(network, timed, record, threads, &peak) &&
		  write(out, &peak, sizeof peak) == (ssize_t)sizeof peak;
	_exit(ok ? 0 : 1);
}

static bool read_answer(int in, struct peak_memory *peak)
{
	ssize_t got;
	do {
		got = read(in, peak, sizeof *peak);
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof *peak;
}

static int wait_for(pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

bool peak_memory_measure(const struct timed_network *network, struct timed_function *timed,
			 const struct scratch_record *record, int threads, struct peak_memory *peak, struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_set(err, "cannot make a pipe: %s", strerror(errno));
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		child_main(network, timed, record, threads, ends[1]);
	int fork_errno = errno;
	close(ends[1]);
	bool ok = child > 0 && read_answer(ends[0], peak);
	close(ends[0]);
	if (child < 0)
		return err_set(err, "cannot start a process: %s", strerror(fork_errno));
	int status = wait_for(child);
	if (ok)
		return true;
	if (WIFSIGNALED(status))
		return err_set(err, "the process that ran function '%s' on %lld images was killed by signal %d (%s)",
			       timed->function->name, (long long)record->images, WTERMSIG(status),
			       strsignal(WTERMSIG(status)));
	return err_set(err, "the process that ran function '%s' on %lld images failed", timed->function->name,
		       (long long)record->images);
}
