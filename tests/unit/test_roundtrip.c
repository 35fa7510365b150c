/*
 * Logs in, the same numbers out: functions made by luck are logged, `lamina calibrate` fits them over an experiment
 * that guessed otherwise, and `lamina run --with` gives every logged mean back within 3 % and the bill within 1 %.
 *
 * ROUNDTRIP_FUNCTIONS (by default 40, or 10, and those that were hardest; `make roundtrip` tries 1,000) says how many,
 * ROUNDTRIP_FIRST from which on. Rows at one size differ by luck that cancels in their mean: else the means of few rows
 * would be of no single function. What a new sandbox waits for comes before its first request's work, as in work.h.
 */
#include <fcntl.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/commands.h"
#include "random/stream.h"
#include "scenario/resolve.h"
#include "tests/tap.h"

enum {
	SIZES_MAX = 6,
	GROUPS = 2 * SIZES_MAX,
	PHASES = 400,
	TEXT_MAX = 1 << 24,
	RECORDS = 2000,
	WARM = 400,
	COLD = 800
};

static const double MEAN_WITHIN = 0.03;
static const double BILL_WITHIN = 0.01;

/* One function, as it is. */
struct truth {
	double single_cpu;
	double parallel_cpu;
	double wait;
	double cold_cpu;
	double cold_wait;
	double init;
	double transfer_wait; /* what moving its bytes waits for, and computes */
	double transfer_cpu;
	double variation;
	double peak_mb;
	int64_t threads;
};

/* What the log holds of it at a size. */
struct group {
	int64_t memory_mb;
	bool is_cold;
	int count;
	double seconds;   /* mean of what was logged */
	double billed_ms; /* likewise */
	double simulated; /* by run --with */
	double usd;       /* of an invocation: memory-time and the fee */
	double logged_usd;
	bool is_whole; /* all of its requests completed, as cold or warm as they were to be */
};

struct trial {
	struct stream luck;
	struct truth truth;
	struct group groups[GROUPS];
	size_t group_count;
	int64_t images_per_record;
	double store_usd; /* of a request's traffic, as the experiment says */
	struct buf log;
};

static const struct platform *platform;

static double between(struct stream *luck, double low, double high)
{
	return low + (high - low) * stream_uniform(luck);
}

/* Over orders of magnitude. */
static double about(struct stream *luck, double low, double high)
{
	return low * pow(high / low, stream_uniform(luck));
}

static bool happens(struct stream *luck, double probability)
{
	return stream_uniform(luck) < probability;
}

static void draw_truth(struct stream *luck, struct truth *out)
{
	*out = (struct truth){
		.single_cpu = about(luck, 0.005, 10),
		.init = about(luck, 0.08, 5),
		.variation = happens(luck, 0.3) ? 0 : between(luck, 0.01, 0.2),
		.peak_mb = between(luck, 30, 120),
		.threads = 2 + (int64_t)stream_below(luck, 5),
	};
	if (happens(luck, 0.5))
		out->parallel_cpu = about(luck, 0.01, 20);
	if (happens(luck, 0.6))
		out->wait = about(luck, 0.005, 5);
	if (happens(luck, 0.1) && out->wait + out->parallel_cpu > 0)
		out->single_cpu = 0.001;
	if (happens(luck, 0.5))
		out->cold_cpu = about(luck, 0.01, 3);
	if (happens(luck, 0.3))
		out->cold_wait = about(luck, 0.01, 1);
	if (happens(luck, 0.4)) {
		double mb = about(luck, 0.1, 50);
		out->transfer_wait = 0.05 + mb / 300;
		out->transfer_cpu = mb * platform->network.cpu_seconds_per_mb;
	}
}

/* Factors of mean 1. */
static void draw_factors(struct stream *luck, double variation, double *factors, int count)
{
	double sum = 0;
	for (int i = 0; i < count; i++)
		sum += factors[i] = stream_lognormal(luck, 0, sqrt(log(1 + variation * variation)));
	for (int i = 0; i < count; i++)
		factors[i] *= count / sum;
}

static int64_t run_ns(struct cpu_quota *quota, int64_t now_ns, double seconds, int64_t threads)
{
	return cpu_quota_run(quota, now_ns, ns_from_seconds(seconds), threads);
}

/* One request's CPU phases, after all that is cold. */
static int64_t computed_ns(const struct truth *truth, struct cpu_quota *quota, int64_t begin_ns, double slowness,
			   double variation, bool is_cold)
{
	double factor = slowness * variation;
	int64_t now_ns = begin_ns;
	if (is_cold)
		now_ns = run_ns(quota, now_ns + ns_from_seconds(truth->cold_wait), truth->cold_cpu * slowness, 1);
	now_ns = run_ns(quota, now_ns, truth->transfer_cpu * factor, 1);
	now_ns = run_ns(quota, now_ns, truth->single_cpu * factor, 1);
	return run_ns(quota, now_ns, truth->parallel_cpu * factor, truth->threads) - begin_ns;
}

struct true_sandbox {
	struct cpu_quota quota;
	int64_t free_ns;
	int requests;
};

static int first_free(const struct true_sandbox *sandboxes)
{
	int first = 0;
	for (int i = 1; i < PHASES; i++)
		if (sandboxes[i].free_ns < sandboxes[first].free_ns)
			first = i;
	return first;
}

/*
 * A request's mean time at a size, over sandboxes of all speeds and wherever their CPU periods begin. Warm ones come as
 * the experiment's do, the next one to the sandbox that is done first.
 */
static double true_seconds(struct stream *luck, const struct truth *truth, int64_t memory_mb, bool is_cold)
{
	const int64_t period_ns = ns_from_seconds(platform->cpu.period_seconds);
	const double wait = truth->wait + truth->transfer_wait;
	const double gap = platform->sandbox.warm_start_seconds.value.values[0];
	const int requests = is_cold ? PHASES : PHASES * (RECORDS / WARM);
	double seconds = 0;
	double factors[PHASES];
	double slowness[PHASES];
	struct true_sandbox sandboxes[PHASES] = {0};
	draw_factors(luck, truth->variation, factors, PHASES);
	draw_factors(luck, platform->cpu.speed_spread, slowness, PHASES);
	for (int i = 0; i < PHASES; i++)
		cpu_quota_init(&sandboxes[i].quota, &platform->cpu, memory_mb, period_ns * i / PHASES);
	for (int k = 0; k < requests; k++) {
		int i = first_free(sandboxes);
		struct true_sandbox *sandbox = &sandboxes[i];
		double factor = factors[(i + sandbox->requests++) % PHASES];
		cpu_quota_receive(&sandbox->quota, sandbox->free_ns);
		int64_t taken_ns = computed_ns(truth, &sandbox->quota, sandbox->free_ns, slowness[i], factor, is_cold);
		sandbox->free_ns += taken_ns + ns_from_seconds(wait * factor + gap);
		seconds += seconds_from_ns(taken_ns) / requests;
	}
	return seconds + wait;
}

struct spelling {
	const char *name;
	const char *begin;
	const char *between;
	const char *end;
	void (*row)(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		    double peak_mb);
	bool is_average;
};

static void text_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		     double peak_mb)
{
	buf_printf(out, "REPORT RequestId: 8f5-a1\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %lld MB\t",
		   ms, billed_ms, (long long)group->memory_mb);
	buf_printf(out, "Max Memory Used: %.0f MB\t", peak_mb);
	if (group->is_cold)
		buf_printf(out, "Init Duration: %.2f ms\t", init_ms);
	buf_add_char(out, '\n');
}

static void tail_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		     double peak_mb)
{
	buf_add(out, "2026-02-03T10:11:12.131000+00:00 2026/02/03/[$LATEST]00ff START RequestId: 8f5-a1\n");
	buf_add(out, "2026-02-03T10:11:12.131000+00:00 2026/02/03/[$LATEST]00ff ");
	text_row(out, group, ms, billed_ms, init_ms, peak_mb);
}

static void event_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		      double peak_mb)
{
	buf_printf(out,
		   "{\"type\":\"platform.report\",\"record\":{\"requestId\":\"a\",\"status\":\"success\",\"metrics\":{"
		   "\"durationMs\":%.3f,\"billedDurationMs\":%.0f,\"memorySizeMB\":%lld,\"maxMemoryUsedMB\":%.0f",
		   ms, billed_ms, (long long)group->memory_mb, peak_mb);
	if (group->is_cold)
		buf_printf(out, ",\"initDurationMs\":%.3f", init_ms);
	buf_add(out, "}}}");
}

static void message_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
			double peak_mb)
{
	buf_printf(out,
		   "{\"message\":\"REPORT RequestId: 8f5\\tDuration: %.2f ms\\tBilled Duration: %.0f ms\\tMemory Size: "
		   "%lld MB\\tMax Memory Used: %.0f MB\\t",
		   ms, billed_ms, (long long)group->memory_mb, peak_mb);
	if (group->is_cold)
		buf_printf(out, "Init Duration: %.2f ms\\t", init_ms);
	buf_add(out, "\\n\"}");
}

static void csv_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		    double peak_mb)
{
	buf_printf(out, "2026-02-03,%.2f,%.0f,", ms, billed_ms);
	if (group->is_cold)
		buf_printf(out, "%.2f", init_ms);
	buf_printf(out, ",%lld,%.0f\n", (long long)group->memory_mb * 1000000, peak_mb * 1e6);
}

static void answer_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
		       double peak_mb)
{
	buf_printf(out,
		   "[{\"field\":\"@duration\",\"value\":\"%.2f\"},{\"field\":\"@billedDuration\",\"value\":\"%.0f\"},"
		   "{\"field\":\"@memorySize\",\"value\":\"%lld\"},{\"field\":\"@maxMemoryUsed\",\"value\":\"%.0f\"}",
		   ms, billed_ms, (long long)group->memory_mb * 1000000, peak_mb * 1e6);
	if (group->is_cold)
		buf_printf(out, ",{\"field\":\"@initDuration\",\"value\":\"%.2f\"}", init_ms);
	buf_add_char(out, ']');
}

static void average_row(struct buf *out, const struct group *group, double ms, double billed_ms, double init_ms,
			double peak_mb)
{
	buf_printf(out, "{\"averageDuration\":%.4f,\"value\":%lld}", ms, (long long)group->memory_mb);
}

static const struct spelling spellings[] = {
	{"REPORT lines", "", "", "", text_row, false},
	{"logs tail", "", "", "", tail_row, false},
	{"lines of events", "", "\n", "\n", event_row, false},
	{"a list of events", "[", ",\n", "]", event_row, false},
	{"filter-log-events", "{\"events\":[", ",\n", "]}", message_row, false},
	{"an Insights table", "@timestamp,@duration,@billedDuration,@initDuration,@memorySize,@maxMemoryUsed\n", "", "",
	 csv_row, false},
	{"an Insights answer", "{\"results\":[", ",\n", "],\"status\":\"Complete\"}", answer_row, false},
	{"power tuning", "{\"results\":{\"power\":\"512\",\"duration\":20,\"stats\":[", ",\n", "]}}", average_row,
	 true},
};

/* The group's rows, and what their means are as logged. */
static void log_group(struct trial *trial, const struct spelling *spelling, struct group *group)
{
	double factors[RECORDS];
	double inits[RECORDS];
	double seconds = true_seconds(&trial->luck, &trial->truth, group->memory_mb, group->is_cold);
	int count = spelling->is_average ? 1 : group->count;
	draw_factors(&trial->luck, hypot(trial->truth.variation, platform->cpu.speed_spread), factors, count);
	draw_factors(&trial->luck, group->is_cold ? 0.2 : 0, inits, count);
	for (int i = 0; i < count; i++) {
		double ms = fmax(0.01, num_rounded(1000 * seconds * factors[i], 8));
		double init_ms = group->is_cold ? 1000 * trial->truth.init * inits[i] : 0;
		double billed_ms = ceil(ms + init_ms);
		if (trial->log.length > strlen(spelling->begin))
			buf_add(&trial->log, spelling->between);
		spelling->row(&trial->log, group, ms, billed_ms, init_ms, ceil(trial->truth.peak_mb));
		group->seconds += ms / 1000 / count;
		group->billed_ms += billed_ms / count;
	}
	group->logged_usd =
		group->billed_ms / 1000 * (double)group->memory_mb / 1024 * platform->price.usd_per_gb_second +
		platform->price.usd_per_million_requests / 1e6;
}

static bool has_size(const struct trial *trial, int64_t memory_mb)
{
	for (size_t i = 0; i < trial->group_count; i++)
		if (trial->groups[i].memory_mb == memory_mb)
			return true;
	return false;
}

static void write_log(struct trial *trial, const struct spelling *spelling)
{
	static const int64_t usual_mb[] = {128, 256, 512, 1024, 1536, 1769, 2048, 3008, 4096, 6144, 10240};
	struct stream *luck = &trial->luck;
	size_t sizes = 2 + (size_t)stream_below(luck, SIZES_MAX - 1);
	int rows = (int)about(luck, 20, RECORDS) / (int)sizes;
	int cold = !spelling->is_average && happens(luck, 0.6) ? 1 + (int)stream_below(luck, (uint64_t)rows / 3) : 0;
	buf_add(&trial->log, spelling->begin);
	while (sizes > 0) {
		int64_t memory_mb = happens(luck, 0.7) ? usual_mb[stream_below(luck, ARRAY_LEN(usual_mb))]
						       : 128 + (int64_t)stream_below(luck, 10113);
		if (has_size(trial, memory_mb))
			continue;
		trial->groups[trial->group_count++] = (struct group){.memory_mb = memory_mb, .count = rows - cold};
		if (cold > 0)
			trial->groups[trial->group_count++] =
				(struct group){.memory_mb = memory_mb, .is_cold = true, .count = cold};
		sizes--;
	}
	for (size_t i = 0; i < trial->group_count; i++)
		log_group(trial, spelling, &trial->groups[i]);
	buf_add(&trial->log, spelling->end);
}

/* Anything that one may have thought that the function does. */
static void write_experiment(struct trial *trial, struct buf *out)
{
	static const char *const guesses[] = {"single_cpu_seconds", "cpu_seconds",       "wait_seconds",
					      "cold_cpu_seconds",   "cold_wait_seconds", "init_cpu_seconds",
					      "cold_download_mb"};
	struct stream *luck = &trial->luck;
	trial->images_per_record = happens(luck, 0.3) ? 1 + (int64_t)stream_below(luck, 20) : 1;
	buf_printf(out,
		   "apiVersion: lamina/v1\nname: guess\nplatform: aws-lambda\n"
		   "platform_values: {sandbox: {lifetime_seconds: {probability: [1], value: [1000000]}},\n"
		   "  store: {gets_per_second: 1000000, puts_per_second: 1000000}}\n"
		   "workload: {images: %lld, images_per_record: %lld}\npipeline: {parallel: %d}\n"
		   "functions: {f: {memory_mb: 512, work: {memory_mb: %.0f",
		   (long long)(RECORDS * trial->images_per_record), (long long)trial->images_per_record, WARM,
		   between(luck, 50, 400));
	for (size_t i = 0; i < ARRAY_LEN(guesses); i++)
		if (happens(luck, 0.4))
			buf_printf(out, ", %s: %.4g", guesses[i], about(luck, 0.01, 5));
	if (happens(luck, 0.3))
		buf_printf(out, ", threads: %d, variation: %.2g", 2 + (int)stream_below(luck, 5), between(luck, 0, 1));
	if (happens(luck, 0.3))
		buf_add(out, ", init_seconds: {probability: [0.5], value: [0.7]}");
	if (happens(luck, 0.5))
		buf_printf(out, ", download_mb: %.3g", about(luck, 0.1, 50) / (double)trial->images_per_record);
	if (happens(luck, 0.3))
		buf_printf(out, ", upload_mb: %.3g", about(luck, 0.1, 20) / (double)trial->images_per_record);
	buf_add(out, "}}}\n");
}

/* Runs a command of the program with its output in a file. */
static int command(const char *const *words, const char *output)
{
	char *argv[24];
	int argc = 0;
	for (; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	argv[argc] = NULL;
	fflush(NULL);
	int kept_out = dup(STDOUT_FILENO);
	int kept_err = dup(STDERR_FILENO);
	int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int words_file = open("words", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (kept_out < 0 || kept_err < 0 || file < 0 || words_file < 0)
		abort();
	dup2(file, STDOUT_FILENO);
	dup2(words_file, STDERR_FILENO);
	close(file);
	close(words_file);
	int status = command_main(&lamina_program, argc, argv);
	fflush(NULL);
	dup2(kept_out, STDOUT_FILENO);
	dup2(kept_err, STDERR_FILENO);
	close(kept_out);
	close(kept_err);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

static char *read_text(const char *path, struct arena *arena)
{
	char *text;
	size_t length;
	struct err err;
	CHECK(file_read(path, TEXT_MAX, arena, &text, &length, &err));
	return text;
}

/* The mean of a metric in the CSV of `lamina run`; NaN where it is not there. */
static double metric(const char *csv, const char *name)
{
	char key[64];
	snprintf(key, sizeof key, "\n%s,", name);
	const char *line = strstr(csv, key);
	return line ? strtod(line + strlen(key), NULL) : (double)NAN;
}

/* One request of the experiment's own. */
static double assumed_store_usd(const struct trial *trial, struct arena *arena)
{
	char images[64];
	snprintf(images, sizeof images, "workload.images=%lld", (long long)trial->images_per_record);
	const char *const words[] = {
		"lamina",         "run", "guess.yaml", "--set", images, "--set", "pipeline.warm_sandboxes=1",
		"--replications", "1",   "--format",   "csv",   NULL};
	return command(words, "run.csv") == CLI_OK ? metric(read_text("run.csv", arena), "run,cost_store_usd")
						   : (double)NAN;
}

/* The group's size with nothing but warm requests, or nothing but cold ones; false where not all of them completed. */
static bool simulate_group(const struct trial *trial, struct group *group, const char *replications,
			   struct arena *arena, double *store_usd)
{
	char memory[64];
	char images[64];
	char parallel[64];
	int records = group->is_cold ? COLD : RECORDS;
	snprintf(memory, sizeof memory, "functions.f.memory_mb=%lld", (long long)group->memory_mb);
	snprintf(images, sizeof images, "workload.images=%lld", (long long)(records * trial->images_per_record));
	snprintf(parallel, sizeof parallel, "pipeline.%s=%d", group->is_cold ? "parallel" : "warm_sandboxes",
		 group->is_cold ? COLD : WARM);
	const char *const words[] = {"lamina",     "run",      "guess.yaml", "--with", "mine.yaml", "--set",
				     memory,       "--set",    images,       "--set",  parallel,    "--replications",
				     replications, "--format", "csv",        NULL};
	if (command(words, "run.csv") != CLI_OK)
		return false;
	const char *csv = read_text("run.csv", arena);
	double usd = metric(csv, "run,cost_compute_usd") + metric(csv, "run,cost_requests_usd");
	group->simulated = metric(csv, "f,duration_mean_seconds");
	group->usd = usd / records;
	*store_usd = metric(csv, "run,cost_store_usd") / records;
	return metric(csv, "run,completed_records") == records &&
	       metric(csv, "f,cold_starts") == (group->is_cold ? records : 0);
}

static double mean_error(const struct group *group)
{
	return group->simulated / group->seconds - 1;
}

/* Averages do not tell what was billed. */
static double bill_error(const struct group *group, const struct spelling *spelling)
{
	return spelling->is_average ? 0 : group->usd / group->logged_usd - 1;
}

/* Few replications may be off by luck where requests of few milliseconds are stopped or are not: many tell. */
static void compare_group(const struct trial *trial, const struct spelling *spelling, struct group *group,
			  struct arena *arena, double *store_usd)
{
	static const char *const replications[] = {"3", "30"};
	for (size_t i = 0; i < ARRAY_LEN(replications); i++) {
		group->is_whole = simulate_group(trial, group, replications[i], arena, store_usd);
		if (fabs(mean_error(group)) <= MEAN_WITHIN && fabs(bill_error(group, spelling)) <= BILL_WITHIN)
			return;
	}
}

/* Two standard errors of what rounding up to whole milliseconds adds to the bill of so many rows. */
static double rounding(const struct group *group)
{
	return 2 * sqrt(1.0 / 12 / group->count) / group->billed_ms;
}

/* Over all functions. */
struct tally {
	double *means; /* errors, relative */
	double *bills;
	size_t count;
	int failed;
};

static void note(struct tally *tally, double mean, double bill)
{
	tally->means[tally->count] = fabs(mean);
	tally->bills[tally->count++] = fabs(bill);
}

/* What failed, and what calibrate made of it. */
static void explain(const struct trial *trial, const char *fit)
{
	const struct truth *truth = &trial->truth;
	printf("# single %g parallel %g of %lld wait %g cold %g + %g transfer %g + %g s, variation %g\n",
	       truth->single_cpu, truth->parallel_cpu, (long long)truth->threads, truth->wait, truth->cold_cpu,
	       truth->cold_wait, truth->transfer_cpu, truth->transfer_wait, truth->variation);
	for (size_t i = 0; i < trial->group_count; i++)
		printf("# %lld MB %s, %d rows: %g s logged, %g s simulated; %g USD, %g USD%s\n",
		       (long long)trial->groups[i].memory_mb, trial->groups[i].is_cold ? "cold" : "warm",
		       trial->groups[i].count, trial->groups[i].seconds, trial->groups[i].simulated,
		       trial->groups[i].logged_usd, trial->groups[i].usd,
		       trial->groups[i].is_whole ? "" : ", not whole");
	for (const char *line = fit; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
		printf("# %.*s\n", (int)strcspn(line, "\n"), line);
}

static void try_function(uint32_t number, struct tally *tally)
{
	struct trial trial = {0};
	struct buf experiment;
	struct arena arena;
	struct err err;
	arena_init(&arena);
	buf_init(&trial.log);
	buf_init(&experiment);
	stream_init(&trial.luck, 20, number, stream_id_from_name("roundtrip"), 0);
	const struct spelling *spelling = &spellings[number % ARRAY_LEN(spellings)];
	draw_truth(&trial.luck, &trial.truth);
	write_log(&trial, spelling);
	write_experiment(&trial, &experiment);
	CHECK(file_write("f.log", buf_text(&trial.log), trial.log.length, &err));
	CHECK(file_write("guess.yaml", buf_text(&experiment), experiment.length, &err));
	const char *const words[] = {"lamina", "calibrate", "f.log", "-e", "guess.yaml", "-o", "mine.yaml", NULL};
	bool ok = command(words, "fit.txt") == CLI_OK;
	trial.store_usd = assumed_store_usd(&trial, &arena);
	double worst_mean = 0;
	double worst_bill = 0;
	bool all_whole = true;
	for (size_t i = 0; ok && i < trial.group_count; i++) {
		struct group *group = &trial.groups[i];
		double store_usd = NAN;
		compare_group(&trial, spelling, group, &arena, &store_usd);
		double mean = mean_error(group);
		double bill = bill_error(group, spelling);
		note(tally, mean, bill);
		worst_mean = fmax(worst_mean, fabs(mean));
		worst_bill = fmax(worst_bill, fabs(bill) - rounding(group));
		all_whole = all_whole && group->is_whole &&
			    (group->is_cold || fabs(store_usd - trial.store_usd) <= 1e-9 * trial.store_usd);
	}
	ok = ok && all_whole && worst_mean <= MEAN_WITHIN && worst_bill <= BILL_WITHIN;
	if (!t_ok(ok, "function %u, %s, %zu groups: means within %.2f %%, bill within %.2f %%", number, spelling->name,
		  trial.group_count, 100 * worst_mean, 100 * worst_bill)) {
		tally->failed++;
		explain(&trial, read_text("fit.txt", &arena));
	}
	buf_release(&trial.log);
	buf_release(&experiment);
	arena_release(&arena);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void tell(const char *what, double *errors, size_t count)
{
	qsort(errors, count, sizeof *errors, compare);
	printf("# %s: median %.3f %%, 99 %% within %.3f %%, worst %.3f %%\n", what, 100 * errors[count / 2],
	       100 * errors[count * 99 / 100], 100 * errors[count - 1]);
}

/* The commands leave their files in a folder of their own. */
static void try_functions(const uint32_t *numbers, size_t count)
{
	char folder[] = "/tmp/lamina-roundtrip.XXXXXX";
	static const char *const files[] = {"f.log", "guess.yaml", "mine.yaml", "fit.txt", "run.csv", "words"};
	struct tally tally = {
		.means = mem_alloc(count * GROUPS * sizeof(double)),
		.bills = mem_alloc(count * GROUPS * sizeof(double)),
	};
	if (!mkdtemp(folder) || chdir(folder) != 0)
		abort();
	for (size_t i = 0; i < count; i++)
		try_function(numbers[i], &tally);
	printf("# %zu functions, %zu sizes, %d failed\n", count, tally.count, tally.failed);
	tell("means", tally.means, tally.count);
	tell("bills", tally.bills, tally.count);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(files[i]);
	if (chdir("/") != 0 || rmdir(folder) != 0)
		abort();
	mem_free(tally.means);
	mem_free(tally.bills);
}

/*
 * Work of few milliseconds at small sizes, where a request is stopped for a period or is not; a little parallel work
 * just above one vCPU, and at no more than that; few rows of which one is far out; parallel work and waiting that two
 * sizes tell by steps alone.
 */
static const uint32_t hardest[] = {204, 923, 1297, 2227, 3243, 7000, 5377, 11693, 20018};

/* False where the variable is there and holds no such number. */
static bool read_count(const char *variable, int64_t least, int64_t *out)
{
	const char *text = getenv(variable);
	return !text || (num_parse_int64(text, out) && *out >= least && *out <= 1000000);
}

int main(void)
{
	struct arena arena;
	struct library library;
	struct diag diag;
	int64_t first = 0;
	int64_t count = T_TIMES(40, 10);
	if (!read_count("ROUNDTRIP_FIRST", 0, &first) || !read_count("ROUNDTRIP_FUNCTIONS", 1, &count))
		return 2;
	arena_init(&arena);
	diag_init(&diag);
	library_init(&library, &arena);
	platform = library_platform(&library, "aws-lambda", NULL, (struct diag_place){.file = ""}, &diag);
	CHECK(platform);
	uint32_t *numbers = mem_alloc(((size_t)count + ARRAY_LEN(hardest)) * sizeof *numbers);
	size_t tried = 0;
	while (tried < (size_t)count)
		numbers[tried++] = (uint32_t)first++;
	for (size_t i = 0; i < ARRAY_LEN(hardest) && !getenv("ROUNDTRIP_FUNCTIONS"); i++)
		numbers[tried++] = hardest[i];
	try_functions(numbers, tried);
	mem_free(numbers);
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
