#include "results/campaign.h"

#include <math.h>
#include <string.h>

#include "base/workers.h"
#include "results/active_point.h"
#include "serving/simulate.h"

enum {
	QUEUE_MAX = 64,          /* tasks that a worker has before it */
	NOTES_MAX = 4096,        /* finished replications that wait to be written; then nothing more is handed out */
	SCAN_MAX = 1024,         /* points that are complete already, until who works is listened to again */
	FRUITLESS_DEATHS_MAX = 8 /* of workers that had nothing to do: then something else is wrong */
};

/* How long what is finished waits to be written, and how much work a worker is to have before it. */
static const double WRITE_EVERY_SECONDS = 0.2;
static const double QUEUE_SECONDS = 0.1;

struct task {
	uint64_t point;
	uint32_t slot;
	uint32_t replication;
};

struct answer {
	double seconds;
	uint64_t function_count;
	struct sample sample;
};

/* A worker's tasks in their order: it does the first. */
struct queue {
	struct task tasks[QUEUE_MAX];
	size_t first;
	size_t count;
};

/* Something that is to be written of a point. */
struct note {
	enum { NOTE_SAMPLE, NOTE_FAILURE } kind;
	uint32_t slot;
	uint32_t replication;
	const char *reason;
};

struct campaign {
	const struct campaign_request *request;
	struct campaign_counts *counts;
	struct workers workers;
	struct queue *queues;
	struct active_point *slots;
	size_t slot_count;
	struct task *lost; /* by workers that died; asked for again */
	size_t lost_count;
	struct note *notes;
	size_t note_count;
	size_t note_capacity;
	struct arena reasons; /* of the notes */
	double written_seconds;
	size_t next_point;
	size_t asking; /* the slot whose replications are asked for */
	double mean_seconds;
	int fruitless_deaths;
	bool has_failed;
	struct err *err;
};

/* --- in a worker ---------------------------------------------------------------------------------------------- */

struct workplace {
	const struct campaign_request *request;
	struct arena arena; /* of the point */
	struct run_job job;
	uint64_t point;
	bool has_point;
	struct buf answer;
};

static void resolve(struct workplace *place, uint64_t point)
{
	struct diag said_before;
	if (place->has_point && place->point == point)
		return;
	arena_release(&place->arena);
	diag_init(&said_before);
	CHECK(study_point(place->request->study, (size_t)point, &place->arena, &said_before, &place->job));
	diag_release(&said_before);
	place->point = point;
	place->has_point = true;
}

static void serve(void *context, const void *bytes, struct worker *self)
{
	struct workplace *place = context;
	struct task task;
	struct arena arena;
	struct outcome outcome;
	memcpy(&task, bytes, sizeof task);
	double started = place->request->now_seconds();
	resolve(place, task.point);
	arena_init(&arena);
	struct simulate_options options = {.seed = place->job.seed, .replication = task.replication};
	simulate(place->job.setting, &options, &arena, &outcome);
	struct answer answer = {.function_count = place->job.setting->function_count};
	answer.sample.functions = ARENA_ARRAY(&arena, struct function_sample, answer.function_count);
	sample_take(place->job.setting, &outcome, &answer.sample);
	answer.seconds = place->request->now_seconds() - started;
	buf_clear(&place->answer);
	buf_add_bytes(&place->answer, &answer, sizeof answer);
	buf_add_bytes(&place->answer, answer.sample.functions,
		      answer.function_count * sizeof answer.sample.functions[0]);
	worker_answer(self, place->answer.text, place->answer.length);
	arena_release(&arena);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

static void note(struct campaign *campaign, struct note note)
{
	CHECK(campaign->note_count < campaign->note_capacity);
	campaign->notes[campaign->note_count++] = note;
}

static bool write_note(struct campaign *campaign, const struct note *note)
{
	struct results *results = campaign->request->results;
	struct active_point *active = &campaign->slots[note->slot];
	if (!active_point_put(active, results, campaign->err))
		return false;
	if (note->kind == NOTE_FAILURE)
		return results_put_failure(results, active->stored.id, note->replication, note->reason, campaign->err);
	return results_put_sample(results, &active->stored, note->replication, &active->samples[note->replication],
				  campaign->request->version, active->seconds[note->replication], campaign->err);
}

static void count_result(struct campaign_counts *counts, const struct run_result *result)
{
	counts->complete++;
	counts->with_failed_records += result->metrics[METRIC_FAILED_RECORDS].mean > 0;
	counts->cut_short += result->end != OUTCOME_COMPLETE;
}

/* A complete point's last row, where it is not there yet. */
static bool write_complete(struct campaign *campaign, struct active_point *active)
{
	struct results *results = campaign->request->results;
	struct run_result result;
	bool has_summary;
	if (active->is_failed)
		return true;
	active_point_result(active, &result);
	count_result(campaign->counts, &result);
	return active_point_put(active, results, campaign->err) &&
	       results_has_summary(results, active->stored.id, &result, &has_summary, campaign->err) &&
	       (has_summary || results_put_summary(results, active->stored.id, &result, campaign->err));
}

static bool is_worth_writing(const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->slot_count; i++)
		if (campaign->slots[i].state == ACTIVE_COMPLETE)
			return true;
	return campaign->note_count > 0;
}

static bool write_all_notes(struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->note_count; i++)
		if (!write_note(campaign, &campaign->notes[i]))
			return false;
	for (size_t i = 0; i < campaign->slot_count; i++)
		if (campaign->slots[i].state == ACTIVE_COMPLETE && !write_complete(campaign, &campaign->slots[i]))
			return false;
	return true;
}

/* All in one transaction; then complete points are forgotten. */
static bool flush(struct campaign *campaign)
{
	struct results *results = campaign->request->results;
	campaign->written_seconds = campaign->request->now_seconds();
	if (!is_worth_writing(campaign))
		return true;
	struct campaign_counts before = *campaign->counts;
	if (!results_begin(results, campaign->err) || !write_all_notes(campaign) ||
	    !results_end(results, campaign->err)) {
		results_undo(results);
		*campaign->counts = before;
		for (size_t i = 0; i < campaign->note_count; i++)
			campaign->counts->unwritten += campaign->notes[i].kind == NOTE_SAMPLE;
		return false;
	}
	campaign->note_count = 0;
	arena_release(&campaign->reasons);
	for (size_t i = 0; i < campaign->slot_count; i++)
		if (campaign->slots[i].state == ACTIVE_COMPLETE && campaign->slots[i].under_way == 0)
			active_point_end(&campaign->slots[i]);
	return true;
}

/* --- handing out ---------------------------------------------------------------------------------------------- */

static bool find_unused(const struct campaign *campaign, size_t *slot)
{
	for (size_t i = 0; i < campaign->slot_count; i++) {
		if (campaign->slots[i].state == ACTIVE_UNUSED) {
			*slot = i;
			return true;
		}
	}
	return false;
}

static bool is_meant(const struct campaign_request *request, size_t point)
{
	return !request->is_meant || request->is_meant(request->meant_context, point);
}

/* A point of which nothing has to be written needs no transaction. */
static bool is_settled(struct campaign *campaign, struct active_point *active)
{
	struct run_result result;
	bool has_summary;
	if (active->is_failed)
		return true;
	if (active->is_new || active->has_damage || active->is_forced || active->had_failures)
		return false;
	active_point_result(active, &result);
	if (!results_has_summary(campaign->request->results, active->stored.id, &result, &has_summary, campaign->err) ||
	    !has_summary)
		return false;
	count_result(campaign->counts, &result);
	return true;
}

static bool is_interrupted(const struct campaign *campaign)
{
	const struct campaign_request *request = campaign->request;
	return request->interrupt && *request->interrupt;
}

enum activation { ACTIVATED, NO_POINT_FOUND, NO_SLOT_LEFT, UNREADABLE };

/* The next point of which something is missing. */
static enum activation activate(struct campaign *campaign, size_t *slot)
{
	const struct campaign_request *request = campaign->request;
	struct active_rules rules = {.force = request->force, .retry_failed = request->retry_failed};
	int scanned = 0;
	for (; campaign->next_point < request->study->sweep.point_count; campaign->next_point++) {
		if (scanned == SCAN_MAX || is_interrupted(campaign))
			return NO_POINT_FOUND;
		if (!is_meant(request, campaign->next_point))
			continue;
		if (!find_unused(campaign, slot))
			return NO_SLOT_LEFT;
		struct active_point *active = &campaign->slots[*slot];
		if (!active_point_begin(active, request->study, campaign->next_point, request->results, &rules,
					campaign->err)) {
			active_point_end(active);
			return UNREADABLE;
		}
		campaign->counts->points++;
		campaign->counts->failed += active->is_failed;
		campaign->counts->reused += active->finished;
		campaign->counts->damaged += active->content ? active->content->damaged : 0;
		if (active->state == ACTIVE_COMPLETE && is_settled(campaign, active))
			active_point_end(active);
		if (active->state == ACTIVE_OPEN) {
			campaign->next_point++;
			return ACTIVATED;
		}
		scanned++;
	}
	return NO_POINT_FOUND;
}

/* Many points in a row may be complete. */
static enum activation activate_next(struct campaign *campaign, size_t *slot)
{
	struct results *results = campaign->request->results;
	if (!results_begin_reading(results, campaign->err))
		return UNREADABLE;
	enum activation activation = activate(campaign, slot);
	results_end_reading(results);
	return activation;
}

static bool ask_slots(struct campaign *campaign, struct task *task)
{
	int64_t replication;
	for (size_t i = 0; i < campaign->slot_count; i++) {
		size_t slot = (campaign->asking + i) % campaign->slot_count;
		struct active_point *active = &campaign->slots[slot];
		if (!active_point_ask(active, &replication))
			continue;
		campaign->asking = slot;
		*task = (struct task){active->point, (uint32_t)slot, (uint32_t)replication};
		return true;
	}
	return false;
}

/* A failed point is left when nobody is at it any more. */
static void leave_failed(struct active_point *active)
{
	if (active->is_failed && active->under_way == 0)
		active->state = ACTIVE_COMPLETE;
}

enum next_task { TASK_FOUND, TASK_NONE, TASK_UNREADABLE };

static enum next_task next_task(struct campaign *campaign, struct task *task)
{
	size_t slot;
	while (campaign->lost_count > 0) {
		*task = campaign->lost[--campaign->lost_count];
		if (!campaign->slots[task->slot].is_failed)
			return TASK_FOUND;
		campaign->slots[task->slot].under_way--;
		leave_failed(&campaign->slots[task->slot]);
	}
	if (ask_slots(campaign, task)) {
		campaign->slots[task->slot].under_way++;
		return TASK_FOUND;
	}
	enum activation activation = activate_next(campaign, &slot);
	if (activation == UNREADABLE)
		return TASK_UNREADABLE;
	if (activation != ACTIVATED)
		return TASK_NONE;
	campaign->asking = slot;
	CHECK(ask_slots(campaign, task));
	campaign->slots[task->slot].under_way++;
	return TASK_FOUND;
}

/* Short work is queued, so that no worker waits while this process writes; of long work nobody has more than one. */
static size_t queue_length(const struct campaign *campaign)
{
	if (!(campaign->mean_seconds > 0))
		return 2;
	double length = ceil(QUEUE_SECONDS / campaign->mean_seconds);
	double least = campaign->mean_seconds < 1 ? 2 : 1;
	return (size_t)fmax(least, fmin(length, QUEUE_MAX));
}

static bool hand_out(struct campaign *campaign)
{
	size_t length = queue_length(campaign);
	for (size_t depth = 1; depth <= length; depth++) {
		for (int i = 0; i < campaign->workers.count; i++) {
			struct queue *queue = &campaign->queues[i];
			struct task task;
			if (queue->count >= depth || campaign->note_count >= NOTES_MAX)
				continue;
			enum next_task found = next_task(campaign, &task);
			if (found == TASK_NONE)
				return true;
			if (found == TASK_UNREADABLE)
				return false;
			queue->tasks[(queue->first + queue->count++) % QUEUE_MAX] = task;
			workers_send(&campaign->workers, i, &task);
		}
	}
	return true;
}

static struct task take_first(struct queue *queue)
{
	CHECK(queue->count > 0);
	struct task task = queue->tasks[queue->first];
	queue->first = (queue->first + 1) % QUEUE_MAX;
	queue->count--;
	return task;
}

static void take_answer(struct campaign *campaign, int which, const struct buf *message)
{
	struct task task = take_first(&campaign->queues[which]);
	struct active_point *active = &campaign->slots[task.slot];
	struct answer answer;
	CHECK(message->length >= sizeof answer);
	memcpy(&answer, message->text, sizeof answer);
	CHECK(message->length == sizeof answer + answer.function_count * sizeof answer.sample.functions[0]);
	answer.sample.functions = (struct function_sample *)(void *)(message->text + sizeof answer);
	active->under_way--;
	active_point_add(active, task.replication, &answer.sample, answer.seconds);
	note(campaign, (struct note){NOTE_SAMPLE, task.slot, task.replication, NULL});
	leave_failed(active);
	campaign->counts->replications++;
	double weight = campaign->mean_seconds > 0 ? 0.1 : 1;
	campaign->mean_seconds += weight * (answer.seconds - campaign->mean_seconds);
}

/* What it was at has failed; what it had not begun is asked for again. */
static bool take_death(struct campaign *campaign, int which, const struct buf *message)
{
	struct queue *queue = &campaign->queues[which];
	if (queue->count == 0 && ++campaign->fruitless_deaths > FRUITLESS_DEATHS_MAX)
		return err_set(campaign->err, "processes end before they have begun: %s", buf_text(message));
	if (queue->count > 0) {
		struct task task = take_first(queue);
		struct active_point *active = &campaign->slots[task.slot];
		active->under_way--;
		campaign->counts->failed += !active->is_failed;
		active->is_failed = true;
		campaign->has_failed = true;
		note(campaign, (struct note){NOTE_FAILURE, task.slot, task.replication,
					     arena_strdup(&campaign->reasons, buf_text(message))});
		leave_failed(active);
	}
	while (queue->count > 0)
		campaign->lost[campaign->lost_count++] = take_first(queue);
	return workers_replace(&campaign->workers, which, campaign->err);
}

static bool has_work(const struct campaign *campaign)
{
	for (int i = 0; i < campaign->workers.count; i++)
		if (campaign->queues[i].count > 0)
			return true;
	return false;
}

/* Takes what there is; waits for something where there is nothing, but never beyond the next time to write. */
static bool listen(struct campaign *campaign, int *which, struct buf *message, bool may_wait)
{
	int timeout_ms = may_wait ? (int)(1000 * WRITE_EVERY_SECONDS) : 0;
	for (;;) {
		enum workers_news news = workers_wait(&campaign->workers, timeout_ms, which, message);
		if (news == WORKERS_NOTHING)
			return true;
		if (news == WORKERS_MESSAGE)
			take_answer(campaign, *which, message);
		else if (!take_death(campaign, *which, message))
			return false;
		timeout_ms = 0;
		if (campaign->queues[*which].count <= queue_length(campaign) / 2 || campaign->note_count >= NOTES_MAX)
			return true;
	}
}

static bool is_time_to_write(const struct campaign *campaign)
{
	size_t unused;
	return campaign->note_count >= NOTES_MAX || !find_unused(campaign, &unused) ||
	       fabs(campaign->request->now_seconds() - campaign->written_seconds) >= WRITE_EVERY_SECONDS;
}

static enum campaign_end work(struct campaign *campaign)
{
	const struct campaign_request *request = campaign->request;
	struct buf message;
	int which = 0;
	bool ok = true;
	buf_init(&message);
	while (ok && !is_interrupted(campaign) && !(request->fail_fast && campaign->has_failed)) {
		ok = hand_out(campaign);
		if (ok && has_work(campaign))
			ok = listen(campaign, &which, &message, true);
		else if (ok && !is_worth_writing(campaign) && campaign->next_point == request->study->sweep.point_count)
			break;
		if (ok && (!has_work(campaign) || is_time_to_write(campaign)))
			ok = flush(campaign);
		if (request->progress)
			request->progress(request->progress_context, campaign->counts);
	}
	for (size_t before = SIZE_MAX; ok && campaign->note_count != before;) {
		before = campaign->note_count;
		ok = !has_work(campaign) || listen(campaign, &which, &message, false);
	}
	ok = ok && flush(campaign);
	buf_release(&message);
	return !ok                                          ? CAMPAIGN_STUCK
	       : is_interrupted(campaign)                   ? CAMPAIGN_INTERRUPTED
	       : request->fail_fast && campaign->has_failed ? CAMPAIGN_FAILED_FAST
							    : CAMPAIGN_FINISHED;
}

enum campaign_end campaign_run(const struct campaign_request *request, struct campaign_counts *counts, struct err *err)
{
	struct campaign *campaign = mem_alloc(sizeof *campaign);
	struct workplace place = {.request = request};
	enum campaign_end end = CAMPAIGN_STUCK;
	size_t jobs = (size_t)request->jobs;
	*counts = (struct campaign_counts){0};
	campaign->request = request;
	campaign->counts = counts;
	campaign->err = err;
	campaign->slot_count = (jobs + 1) * QUEUE_MAX;
	campaign->slots = mem_alloc(campaign->slot_count * sizeof campaign->slots[0]);
	campaign->queues = mem_alloc(jobs * sizeof campaign->queues[0]);
	campaign->lost = mem_alloc(jobs * QUEUE_MAX * sizeof campaign->lost[0]);
	campaign->note_capacity = NOTES_MAX + (jobs + 1) * QUEUE_MAX;
	campaign->notes = mem_alloc(campaign->note_capacity * sizeof campaign->notes[0]);
	campaign->written_seconds = request->now_seconds();
	if (workers_start(&campaign->workers, request->jobs, sizeof(struct task), serve, &place, err)) {
		end = work(campaign);
		workers_stop(&campaign->workers);
	}
	for (size_t i = 0; i < campaign->slot_count; i++)
		if (campaign->slots[i].state != ACTIVE_UNUSED)
			active_point_end(&campaign->slots[i]);
	arena_release(&campaign->reasons);
	mem_free(campaign->notes);
	mem_free(campaign->lost);
	mem_free(campaign->queues);
	mem_free(campaign->slots);
	mem_free(campaign);
	return end;
}

/* Every point that the file has gets its place in this sweep, and the values that lead there. */
static bool put_places(const struct campaign_request *request, struct err *err)
{
	struct arena arena;
	struct diag said_before;
	bool ok = true;
	arena_init(&arena);
	diag_init(&said_before);
	/* From the last on: of points that are the same, the first has the place. */
	for (size_t i = request->study->sweep.point_count; ok && i-- > 0;) {
		struct run_job job;
		struct results_point point;
		int64_t id;
		CHECK(study_point(request->study, i, &arena, &said_before, &job));
		ok = results_find(request->results, &job.identity, &id, err);
		if (ok && id > 0) {
			active_point_describe(request->study, i, &job, &arena, &point);
			ok = results_put_point(request->results, &point, err);
		}
		arena_release(&arena);
	}
	diag_release(&said_before);
	return ok;
}

/* Whether the file says already what it is about. */
static bool is_prepared(const struct campaign_request *request, const struct results_experiment *experiment)
{
	const struct results_experiment *old = results_experiment_of(request->results);
	return old->name && strcmp(old->name, experiment->name) == 0 &&
	       digest_equal(&old->digest, &experiment->digest) &&
	       strcmp(results_version(request->results), request->version) == 0;
}

bool campaign_prepare(const struct campaign_request *request, const struct results_experiment *experiment,
		      struct err *err)
{
	struct results *results = request->results;
	if (is_prepared(request, experiment))
		return true;
	/* Asked again with the file to itself: another sweep may have begun at the same moment. */
	bool ok = results_begin(results, err) && results_refresh(results, err);
	bool is_new = ok && !results_experiment_of(results)->name;
	if (ok && !is_prepared(request, experiment))
		ok = results_put_experiment(results, experiment, request->version, err) &&
		     (is_new || put_places(request, err));
	if (ok && results_end(results, err))
		return true;
	results_undo(results);
	return false;
}
