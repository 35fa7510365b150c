#include "cli/request_rows.h"

#include <stdio.h>

#include "base/file.h"
#include "base/num.h"
#include "cli/interrupt.h"
#include "cli/rows.h"
#include "serving/simulate.h"

static const char *const columns[] = {
	"replication",    "record",      "function",     "memory_mb",           "sandbox",
	"attempt",        "cold",        "end",          "record_came_seconds", "asked_seconds",
	"start_seconds",  "end_seconds", "wait_seconds", "init_seconds",        "duration_seconds",
	"billed_seconds",
};

struct request_rows {
	struct rows_writer rows;
	const struct setting *setting;
	uint32_t replication;
};

static void put_ns(struct rows_writer *rows, int64_t ns)
{
	rows_double(rows, seconds_from_ns(ns));
}

static void put_visit(void *context, const struct visit_entry *visit)
{
	struct request_rows *requests = context;
	struct rows_writer *rows = &requests->rows;
	const struct setting_function *function = &requests->setting->functions[visit->function];
	rows_int(rows, requests->replication);
	rows_int(rows, visit->record);
	rows_text(rows, function->name);
	rows_int(rows, function->memory_mb);
	rows_int(rows, (int64_t)visit->sandbox);
	rows_int(rows, visit->attempt);
	rows_int(rows, visit->is_cold);
	rows_text(rows, visit->end);
	put_ns(rows, visit->submitted_ns);
	put_ns(rows, visit->asked_ns);
	put_ns(rows, visit->start_ns);
	put_ns(rows, visit->end_ns);
	put_ns(rows, visit->start_ns - visit->init_ns - visit->asked_ns);
	put_ns(rows, visit->init_ns);
	put_ns(rows, visit->end_ns - visit->start_ns);
	put_ns(rows, visit->billed_ns);
}

/* False where it was interrupted, or nobody takes the rows any more. */
static bool put_replications(struct request_rows *requests, const struct run_job *job)
{
	const struct visit_sink sink = {.ended = put_visit, .context = requests};
	bool ok = true;
	for (int64_t i = 0; ok && i < job->result.replications; i++) {
		struct arena arena;
		struct outcome outcome;
		requests->replication = (uint32_t)i;
		struct simulate_options options = {
			.seed = job->seed,
			.replication = requests->replication,
			.visits = &sink,
			.interrupt = interrupt_flag(),
		};
		arena_init(&arena);
		simulate(job->setting, &options, &arena, &outcome);
		arena_release(&arena);
		ok = outcome.end != OUTCOME_INTERRUPTED && !ferror(requests->rows.stream);
	}
	return ok;
}

int request_rows_write(struct cli *cli, const struct run_job *job, const char *path)
{
	struct request_rows requests = {.setting = job->setting};
	struct file_out out;
	struct err err;
	if (!file_out_open(&out, path, &err))
		return cli_failed(cli, &err);
	rows_begin(&requests.rows, rows_format_of(path), out.stream, columns, ARRAY_LEN(columns));
	bool is_whole = put_replications(&requests, job);
	rows_end(&requests.rows);
	if (!is_whole && !ferror(out.stream)) {
		file_out_discard(&out);
		fprintf(stderr, "%s: interrupted; '%s' stays as it was\n", cli->name, path);
		return CLI_FAILED;
	}
	return file_out_commit(&out, &err) ? CLI_OK : cli_failed(cli, &err);
}
