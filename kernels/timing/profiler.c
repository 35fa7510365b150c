#include "kernels/timing/profiler.h"

#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/num.h"
#include "kernels/timing/host_speed.h"
#include "kernels/timing/measured_function.h"
#include "kernels/timing/peak_memory.h"
#include "kernels/timing/record_sizes.h"
#include "profile/profile.h"

enum {
	ESTIMATE_IMAGES = 10, /* enough for sgemm to reach its speed */
	WARM_UP_IMAGES = 50,
	ROUNDS_MORE_MAX = 3, /* of all cells, where the first ones leave doubts */
};

struct profiler {
	struct timed_network *network;
	const struct profiler_options *options;
	struct measured_function *functions; /* options->function_count of them */
	struct record_sizes sizes;
	struct team teams[PROFILER_THREADS_MAX];
	size_t team_count;
	struct kept_memory kept;
	struct host_speed speed;
	double start_seconds;
	double planned_seconds;
	double round_seconds;       /* of the last round of all cells */
	double single_wall_seconds; /* spent in cells of one thread, and what that thread computed meanwhile */
	double single_cpu_seconds;
	struct samples others; /* cores that other programs and hypervisor took, in each round of all cells */
	struct samples stolen;
	double cell_seconds[PROFILER_THREADS_MAX][PROFILER_SIZES_MAX];  /* of the last run; 0 before */
	struct samples cells[PROFILER_THREADS_MAX][PROFILER_SIZES_MAX]; /* of all layers together */
};

static const struct model_function *function_of(const struct profiler *profiler, size_t index)
{
	return &profiler->network->functions[profiler->options->functions[index]];
}

/* Reports progress; false where measuring is to stop. */
static bool tell_progress(struct profiler *profiler, const char *note, struct err *err)
{
	const struct profiler_options *options = profiler->options;
	if (options->stop && *options->stop)
		return err_set(err, "interrupted; no profile was written");
	double elapsed = stopwatch_seconds() - profiler->start_seconds;
	double done = elapsed / profiler->planned_seconds;
	if (options->progress)
		options->progress(options->progress_context, done < 1 ? done : 1, note);
	return true;
}

/* Seconds that an image takes in all functions with one thread, from a small record in child processes. */
static bool estimate_seconds_per_image(struct profiler *profiler, double *seconds_per_image, struct err *err)
{
	double seconds = 0;
	bool ok = tell_progress(profiler, "estimating", err);
	for (size_t i = 0; ok && i < profiler->options->function_count; i++) {
		const struct model_function *function = function_of(profiler, i);
		struct scratch_record record;
		struct peak_memory peak = {.bytes = 0};
		struct timed_function *timed =
			timed_network_function(profiler->network, function, ESTIMATE_IMAGES, err);
		if (!timed)
			return false;
		ok = scratch_record_init(&record, ESTIMATE_IMAGES, timed_function_input(timed), RECORD_FLOAT32, err) &&
		     peak_memory_measure(profiler->network, timed, &record, 1, &peak, err);
		scratch_record_release(&record);
		seconds += peak.seconds;
	}
	*seconds_per_image = seconds / ESTIMATE_IMAGES;
	return ok;
}

static void init_functions(struct profiler *profiler, struct arena *arena)
{
	const struct profiler_options *options = profiler->options;
	profiler->functions = ARENA_ARRAY(arena, struct measured_function, options->function_count);
	for (size_t i = 0; i < options->function_count; i++)
		measured_function_init(&profiler->functions[i], profiler->network, function_of(profiler, i),
				       profiler->sizes.images, profiler->sizes.count, options->threads,
				       options->thread_count, arena);
}

static bool make_records(struct profiler *profiler, struct err *err)
{
	for (size_t i = 0; i < profiler->options->function_count; i++)
		if (!tell_progress(profiler, "writing records", err) ||
		    !measured_function_make_records(&profiler->functions[i], err))
			return false;
	return true;
}

static bool measure_memory_of(struct profiler *profiler, struct measured_function *measured, struct err *err)
{
	int threads = (int)profiler->options->threads[profiler->options->thread_count - 1];
	for (size_t i = 0; i < profiler->sizes.memory_count; i++) {
		size_t size = profiler->sizes.memory[i];
		struct peak_memory peak;
		if (!tell_progress(profiler, "peak memory", err))
			return false;
		if (!peak_memory_measure(profiler->network, measured->timed[size], &measured->records[size], threads,
					 &peak, err)) {
			/* An interrupt ends the child as well: then that is the message. */
			tell_progress(profiler, "peak memory", err);
			return false;
		}
		measured->memory[measured->memory_count++] = (struct profile_memory_point){
			.images = measured->images[size],
			.peak_bytes = peak.bytes,
			.planned_bytes = timed_network_planned_bytes(profiler->network, measured->timed[size],
								     (int64_t)measured->records[size].bytes),
		};
	}
	return true;
}

static bool measure_memory(struct profiler *profiler, struct err *err)
{
	for (size_t i = 0; i < profiler->options->function_count; i++)
		if (!measure_memory_of(profiler, &profiler->functions[i], err))
			return false;
	return true;
}

static void start_teams(struct profiler *profiler)
{
	for (size_t i = 0; i < profiler->options->thread_count; i++)
		team_init(&profiler->teams[profiler->team_count++], (int)profiler->options->threads[i]);
}

static bool load_weights(struct profiler *profiler, struct err *err)
{
	struct team *widest = &profiler->teams[profiler->team_count - 1];
	for (size_t i = 0; i < profiler->options->function_count; i++)
		if (!tell_progress(profiler, "loading weights", err) ||
		    !measured_function_load(&profiler->functions[i], widest, err))
			return false;
	return true;
}

/* Of all layers, in the run that was just made. */
static double network_seconds(const struct profiler *profiler)
{
	double seconds = 0;
	for (size_t i = 0; i < profiler->options->function_count; i++)
		for (size_t layer = 0; layer < profiler->functions[i].function->count; layer++)
			seconds += profiler->functions[i].times.layers[layer];
	return seconds;
}

static bool run_cell(struct profiler *profiler, size_t size, size_t thread, bool is_warm_up, struct err *err)
{
	char note[64];
	snprintf(note, sizeof note, "%lld images, threads %lld", (long long)profiler->sizes.images[size],
		 (long long)profiler->options->threads[thread]);
	double start = stopwatch_seconds();
	double cpu_start = stopwatch_cpu_seconds();
	for (size_t i = 0; i < profiler->options->function_count; i++)
		if (!tell_progress(profiler, note, err) ||
		    !measured_function_run(&profiler->functions[i], size, thread, &profiler->kept,
					   &profiler->teams[thread], is_warm_up, err))
			return false;
	profiler->cell_seconds[thread][size] = stopwatch_seconds() - start;
	if (!is_warm_up)
		samples_add(&profiler->cells[thread][size], network_seconds(profiler));
	if (profiler->options->threads[thread] == 1) {
		profiler->single_wall_seconds += profiler->cell_seconds[thread][size];
		profiler->single_cpu_seconds += stopwatch_cpu_seconds() - cpu_start;
	}
	return true;
}

static bool warm_up(struct profiler *profiler, struct err *err)
{
	size_t size = 0;
	while (size + 1 < profiler->sizes.count && profiler->sizes.images[size + 1] <= WARM_UP_IMAGES)
		size++;
	for (size_t thread = 0; thread < profiler->options->thread_count; thread++)
		if (!run_cell(profiler, size, thread, true, err))
			return false;
	return true;
}

/* The small records first: if the host cannot do what is asked, that is known soon. */
static bool run_cells(struct profiler *profiler, struct err *err)
{
	for (size_t size = 0; size < profiler->sizes.count; size++)
		for (size_t thread = 0; thread < profiler->options->thread_count; thread++)
			if (!run_cell(profiler, size, thread, false, err))
				return false;
	return true;
}

/* Cores that others took, as far as a thread that had a core for itself, or the system, can tell. */
static void add_load(struct profiler *profiler, const struct host_load *start)
{
	struct host_load end = host_load_now();
	double waiting = 1 - profiler->single_cpu_seconds / profiler->single_wall_seconds;
	double others = host_load_others(start, &end);
	samples_add(&profiler->others, others > waiting ? others : waiting);
	samples_add(&profiler->stolen, host_load_stolen(start, &end));
}

/* All cells and the reference speeds, once each. */
static bool run_whole_round(struct profiler *profiler, struct err *err)
{
	struct host_load start = host_load_now();
	profiler->single_wall_seconds = 0;
	profiler->single_cpu_seconds = 0;
	if (!tell_progress(profiler, "reference speeds", err))
		return false;
	host_speed_measure(&profiler->speed);
	if (!run_cells(profiler, err))
		return false;
	add_load(profiler, &start);
	profiler->round_seconds = stopwatch_seconds() - start.wall;
	return true;
}

/* So many rounds are still to come. */
static void plan_rounds(struct profiler *profiler, int rounds)
{
	double elapsed = stopwatch_seconds() - profiler->start_seconds;
	double planned = elapsed + rounds * profiler->round_seconds;
	profiler->planned_seconds =
		planned > profiler->options->budget_seconds ? planned : profiler->options->budget_seconds;
}

/* What is needed is measured however long it takes. */
static bool run_needed_rounds(struct profiler *profiler, struct err *err)
{
	for (int left = PROFILE_REPEATS_LEAST - 1; left >= 0; left--) {
		if (!run_whole_round(profiler, err))
			return false;
		plan_rounds(profiler, left);
	}
	return true;
}

static double half_width_share(const struct samples *cell)
{
	return samples_half_width(cell) / samples_median(cell);
}

static bool is_narrow(const struct samples *cell)
{
	return cell->count >= PROFILER_REPEATS_MAX || half_width_share(cell) <= PROFILE_NARROW_SHARE;
}

/* Cells in turns, the large first, which would else never be repeated. */
static bool run_spare_round(struct profiler *profiler, bool *ran, struct err *err)
{
	double deadline = profiler->start_seconds + profiler->options->budget_seconds;
	*ran = false;
	for (size_t size = profiler->sizes.count; size-- > 0;)
		for (size_t thread = 0; thread < profiler->options->thread_count; thread++) {
			if (is_narrow(&profiler->cells[thread][size]) ||
			    stopwatch_seconds() + profiler->cell_seconds[thread][size] > deadline)
				continue;
			if (!run_cell(profiler, size, thread, false, err))
				return false;
			*ran = true;
		}
	return true;
}

static bool run_spare_rounds(struct profiler *profiler, struct err *err)
{
	for (bool ran = true; ran;)
		if (!run_spare_round(profiler, &ran, err))
			return false;
	return true;
}

static const char *now_text(struct arena *arena)
{
	char text[32];
	time_t now = time(NULL);
	struct tm utc;
	gmtime_r(&now, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	return arena_strdup(arena, text);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* What happened in the quietest rounds: of as many as there must be repeats, the most disturbed one. */
static double in_quiet_rounds(const struct samples *cores)
{
	struct samples sorted = *cores;
	qsort(sorted.values, sorted.count, sizeof sorted.values[0], by_value);
	size_t at = min_size(sorted.count, PROFILE_REPEATS_LEAST);
	return samples_rounded(at && sorted.values[at - 1] > 0 ? sorted.values[at - 1] : 0);
}

static struct profile_measurement measurement_of(const struct profiler *profiler)
{
	size_t repeats = SAMPLES_MAX;
	for (size_t i = 0; i < profiler->options->function_count; i++) {
		size_t of_function = measured_function_repeats(&profiler->functions[i]);
		repeats = min_size(of_function, repeats);
	}
	struct profile_measurement out = {
		.repeats = (int64_t)repeats,
		.other_programs_cores = in_quiet_rounds(&profiler->others),
		.steal_cores = in_quiet_rounds(&profiler->stolen),
	};
	for (size_t thread = 0; thread < profiler->options->thread_count; thread++)
		for (size_t size = 0; size < profiler->sizes.count; size++) {
			const struct samples *cell = &profiler->cells[thread][size];
			out.runs += (int64_t)cell->count;
			out.outliers += (int64_t)samples_outliers(cell);
			out.interval_share = fmax(out.interval_share, samples_rounded(half_width_share(cell)));
		}
	return out;
}

static const char *convolutions_text(const struct kernel_choice *kernels, struct arena *arena)
{
	return kernels->are_lamina ? arena_printf(arena, "lamina %s", isa_names[kernels->isa]) : "openblas";
}

static void fill_profile(const struct profiler *profiler, struct arena *arena, struct profile *profile)
{
	*profile = (struct profile){.path = NULL};
	host_speed_fill(&profiler->speed, arena, &profile->host);
	profile->host.convolutions = convolutions_text(&profiler->network->kernels, arena);
	profile->measurement = measurement_of(profiler);
	const struct profiler_options *options = profiler->options;
	const struct scratch_record *first = &profiler->functions[0].records[profiler->sizes.count - 1];
	profile->path = profiler->network->path;
	profile->model = profiler->network->name;
	profile->lamina_version = options->lamina_version;
	profile->date = now_text(arena);
	profile->record_input_bytes_per_image = ((int64_t)first->bytes + first->images - 1) / first->images;
	profile->function_count = options->function_count;
	profile->functions = ARENA_ARRAY(arena, struct profile_function, options->function_count);
	profile->layers = ARENA_ARRAY(arena, struct profile_layer, profiler->network->layer_count);
	for (size_t i = 0; i < options->function_count; i++) {
		const struct measured_function *measured = &profiler->functions[i];
		measured_function_fill(measured, arena, &profile->functions[i]);
		for (size_t layer = 0; layer < measured->function->count; layer++)
			measured_function_fill_layer(measured, layer, arena, &profile->layers[profile->layer_count++]);
	}
}

/* Fills the profile, and measures more where it leaves doubts; those that stay are told. */
static bool finish(struct profiler *profiler, struct arena *arena, struct diag *diag, struct profile *profile,
		   struct err *err)
{
	struct profile_doubts doubts;
	for (int more = 0;; more++) {
		fill_profile(profiler, arena, profile);
		profile_find_doubts(profile, arena, &doubts);
		if (doubts.count == 0 || more == ROUNDS_MORE_MAX)
			break;
		plan_rounds(profiler, ROUNDS_MORE_MAX - more);
		if (!run_whole_round(profiler, err))
			return false;
	}
	for (size_t i = 0; i < doubts.count; i++)
		diag_warning(diag, (struct diag_place){.file = profiler->network->path},
			     "this profile is not to be trusted: %s; measure again when nothing else runs",
			     doubts.texts[i]);
	return true;
}

/* Whatever the environment says: what is freed stays with the process, touched, and is used again. */
static void keep_freed_memory(void)
{
	enum { MMAP_THRESHOLD_BYTES = 32 * 1024 * 1024 /* the most that is allowed */ };
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

static bool measure(struct profiler *profiler, struct arena *arena, struct diag *diag, struct profile *profile,
		    struct err *err)
{
	const struct profiler_options *options = profiler->options;
	double seconds_per_image;
	if (!estimate_seconds_per_image(profiler, &seconds_per_image, err) ||
	    !record_sizes_choose(&profiler->sizes, profiler->network, options, seconds_per_image, diag, err))
		return false;
	double predicted = PROFILE_REPEATS_LEAST * profiler->sizes.predicted_seconds;
	if (predicted > profiler->planned_seconds)
		profiler->planned_seconds = predicted;
	init_functions(profiler, arena);
	/* Peak memory comes while this process is small: its children start with a copy of its memory. */
	if (!make_records(profiler, err) || !measure_memory(profiler, err))
		return false;
	keep_freed_memory();
	profiler->kept.is_kept = true;
	host_speed_init(&profiler->speed, (int)options->threads[options->thread_count - 1]);
	start_teams(profiler);
	return load_weights(profiler, err) && warm_up(profiler, err) && run_needed_rounds(profiler, err) &&
	       run_spare_rounds(profiler, err) && finish(profiler, arena, diag, profile, err);
}

bool profiler_run(struct timed_network *network, const struct profiler_options *options, struct arena *arena,
		  struct diag *diag, struct profile *profile, struct err *err)
{
	CHECK(options->image_count >= 1 && options->image_count <= PROFILER_SIZES_MAX);
	CHECK(options->thread_count >= 1 && options->thread_count <= PROFILER_THREADS_MAX);
	CHECK(options->threads[0] == 1 && options->function_count >= 1);
	*profile = (struct profile){.path = NULL};
	struct profiler *profiler = ARENA_NEW(arena, struct profiler);
	profiler->network = network;
	profiler->options = options;
	profiler->start_seconds = stopwatch_seconds();
	profiler->planned_seconds = options->budget_seconds;
	bool ok = measure(profiler, arena, diag, profile, err);
	kept_memory_release(&profiler->kept);
	host_speed_release(&profiler->speed);
	for (size_t i = 0; i < profiler->team_count; i++)
		team_release(&profiler->teams[i]);
	for (size_t i = 0; profiler->functions && i < options->function_count; i++)
		measured_function_release(&profiler->functions[i]);
	return ok;
}
