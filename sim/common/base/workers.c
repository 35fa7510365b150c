#define _GNU_SOURCE /* memfd_create, pipe2 */
#include "base/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

enum {
	PIPE_BYTES = 1024 * 1024, /* that workers can say while nobody listens */
	LAST_WORDS_BYTES = 300,
	MESSAGE_BYTES_MAX = 64 * 1024 * 1024,
};

struct worker {
	pid_t pid;      /* 0: gone */
	int tasks;      /* pipe to it */
	int answers;    /* pipe from it */
	int last_words; /* a file in memory: its standard error */
};

static bool write_all(int fd, const void *bytes, size_t count)
{
	const char *at = bytes;
	while (count > 0) {
		ssize_t written = write(fd, at, count);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		count -= (size_t)written;
	}
	return true;
}

static bool read_all(int fd, void *bytes, size_t count)
{
	char *at = bytes;
	while (count > 0) {
		ssize_t got = read(fd, at, count);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		count -= (size_t)got;
	}
	return true;
}

void worker_answer(struct worker *self, const void *bytes, size_t count)
{
	uint32_t length = (uint32_t)count;
	if (!write_all(self->answers, &length, sizeof length) || !write_all(self->answers, bytes, count))
		_exit(0); /* nobody listens any more */
}

/* Where memory runs out, what one point took too much of is not to end the whole. */
static void be_the_first_to_go(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	ssize_t ignored = write(fd, "1000", 4);
	(void)ignored;
	close(fd);
}

NORETURN static void work(const struct workers *workers, struct worker *self, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	be_the_first_to_go();
	dup2(self->last_words, STDERR_FILENO);
	void *task = mem_alloc(workers->task_bytes);
	while (read_all(self->tasks, task, workers->task_bytes))
		workers->serve(workers->context, task, self);
	_exit(0);
}

static void close_all(const int *fds, int count)
{
	for (int i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void close_worker(struct worker *worker)
{
	int fds[] = {worker->tasks, worker->answers, worker->last_words};
	close_all(fds, 3);
	*worker = (struct worker){.tasks = -1, .answers = -1, .last_words = -1};
}

static bool start(struct workers *workers, struct worker *worker, struct err *err)
{
	int tasks[2] = {-1, -1};
	int answers[2] = {-1, -1};
	int last_words = memfd_create("last words", MFD_CLOEXEC);
	pid_t parent = getpid();
	bool is_ready = last_words >= 0 && pipe2(tasks, O_CLOEXEC) == 0 && pipe2(answers, O_CLOEXEC) == 0;
	fflush(NULL);
	pid_t pid = is_ready ? fork() : -1;
	if (pid < 0) {
		err_set(err, "cannot start a process: %s", strerror(errno));
		int fds[] = {tasks[0], tasks[1], answers[0], answers[1], last_words};
		close_all(fds, 5);
		return false;
	}
	if (pid == 0) {
		close(tasks[1]);
		close(answers[0]);
		for (int i = 0; i < workers->count; i++)
			close_worker(&workers->list[i]);
		struct worker self = {.tasks = tasks[0], .answers = answers[1], .last_words = last_words};
		work(workers, &self, parent);
	}
	close(tasks[0]);
	close(answers[1]);
	fcntl(answers[0], F_SETPIPE_SZ, PIPE_BYTES);
	*worker = (struct worker){.pid = pid, .tasks = tasks[1], .answers = answers[0], .last_words = last_words};
	return true;
}

bool workers_start(struct workers *workers, int count, size_t task_bytes, worker_serve *serve, void *context,
		   struct err *err)
{
	*workers = (struct workers){
		.list = mem_alloc((size_t)count * sizeof(struct worker)),
		.count = count,
		.task_bytes = task_bytes,
		.serve = serve,
		.context = context,
	};
	for (int i = 0; i < count; i++)
		workers->list[i] = (struct worker){.tasks = -1, .answers = -1, .last_words = -1};
	for (int i = 0; i < count; i++) {
		if (!start(workers, &workers->list[i], err)) {
			workers_stop(workers);
			return false;
		}
	}
	return true;
}

static void reap(struct worker *worker, int *status)
{
	while (waitpid(worker->pid, status, 0) < 0 && errno == EINTR)
		;
}

void workers_stop(struct workers *workers)
{
	for (int i = 0; i < workers->count; i++) {
		struct worker *worker = &workers->list[i];
		int status;
		if (worker->pid > 0) {
			kill(worker->pid, SIGKILL);
			reap(worker, &status);
		}
		close_worker(worker);
	}
	mem_free(workers->list);
	*workers = (struct workers){0};
}

bool workers_replace(struct workers *workers, int which, struct err *err)
{
	CHECK(workers->list[which].pid == 0);
	return start(workers, &workers->list[which], err);
}

void workers_send(struct workers *workers, int which, const void *task)
{
	if (workers->list[which].pid > 0)
		write_all(workers->list[which].tasks, task, workers->task_bytes);
}

/* The first line that it has written, else how it ended. */
static void why_it_died(struct worker *worker, int status, struct buf *out)
{
	char words[LAST_WORDS_BYTES + 1] = "";
	ssize_t got = pread(worker->last_words, words, LAST_WORDS_BYTES, 0);
	words[got > 0 ? got : 0] = '\0';
	char *line = words + strspn(words, "\n= ");
	line[strcspn(line, "\n")] = '\0';
	printable_make(line, "");
	if (line[0])
		buf_add(out, line);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		buf_add(out, "killed, as the system does where memory runs out");
	else if (WIFSIGNALED(status))
		buf_printf(out, "ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		buf_printf(out, "ended with status %d", WEXITSTATUS(status));
}

static enum workers_news bury(struct worker *worker, struct buf *message)
{
	int status = 0;
	buf_clear(message);
	kill(worker->pid, SIGKILL);
	reap(worker, &status);
	why_it_died(worker, status, message);
	close_worker(worker);
	return WORKERS_DEATH;
}

static bool read_message(struct worker *worker, struct buf *message)
{
	char chunk[16 * 1024];
	uint32_t left;
	buf_clear(message);
	if (!read_all(worker->answers, &left, sizeof left))
		return false;
	CHECK(left <= MESSAGE_BYTES_MAX);
	while (left > 0) {
		size_t part = left < sizeof chunk ? left : sizeof chunk;
		if (!read_all(worker->answers, chunk, part))
			return false;
		buf_add_bytes(message, chunk, part);
		left -= (uint32_t)part;
	}
	return true;
}

enum { POLLED_MAX = 256 };

enum workers_news workers_wait(struct workers *workers, int timeout_ms, int *which, struct buf *message)
{
	struct pollfd polled[POLLED_MAX];
	CHECK(workers->count <= POLLED_MAX);
	for (int i = 0; i < workers->count; i++)
		polled[i] = (struct pollfd){.fd = workers->list[i].answers, .events = POLLIN};
	if (poll(polled, (nfds_t)workers->count, timeout_ms) <= 0)
		return WORKERS_NOTHING;
	/* Whoever follows the one that was heard last comes first: nobody waits for ever. */
	for (int i = 1; i <= workers->count; i++) {
		int at = (*which + i) % workers->count;
		if (polled[at].revents == 0)
			continue;
		*which = at;
		struct worker *worker = &workers->list[at];
		return read_message(worker, message) ? WORKERS_MESSAGE : bury(worker, message);
	}
	return WORKERS_NOTHING;
}
