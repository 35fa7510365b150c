/*
 * Processes that work for this one: each is a fork, so that whatever kills one (a bug's abort, no memory left) costs
 * what it was working on and nothing else. Tasks have one size; a task may be answered by any number of messages. Who
 * starts workers stays single-threaded.
 *
 * A worker ends with this process, however that ends, and is the first that Linux takes where memory runs out.
 */
#ifndef LAMINA_WORKERS_H
#define LAMINA_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct worker;

/* In a worker: does a task and answers with worker_answer. */
typedef void worker_serve(void *context, const void *task, struct worker *self);

struct workers {
	struct worker *list;
	int count;
	size_t task_bytes;
	worker_serve *serve;
	void *context;
};

enum workers_news {
	WORKERS_MESSAGE, /* *which has answered; the message is in the buf */
	WORKERS_DEATH,   /* *which is gone and answers no more; why is in the buf, one line */
	WORKERS_NOTHING, /* until the time was over, or a signal came */
};

/* context is seen as it is now: a worker does not notice later changes, but for those made before it is replaced. */
bool workers_start(struct workers *workers, int count, size_t task_bytes, worker_serve *serve, void *context,
		   struct err *err);

/* Kills those that are left; forgets everything that they have not said. */
void workers_stop(struct workers *workers);

/* A new one in the place of one that is gone. */
bool workers_replace(struct workers *workers, int which, struct err *err);

/* Hands a task on; what becomes of it where the worker is gone, workers_wait tells. */
void workers_send(struct workers *workers, int which, const void *task);

/* timeout_ms 0: only what is there already. */
enum workers_news workers_wait(struct workers *workers, int timeout_ms, int *which, struct buf *message);

/* In a worker. */
void worker_answer(struct worker *self, const void *bytes, size_t count);

#endif
