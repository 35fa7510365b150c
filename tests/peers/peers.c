/*
 * `make peers`: every series of times over memory that validation holds, by Lamina and by the laws of others (laws.h),
 * each from the same stated sizes: the smallest, the largest and the one in their middle (by ratio), or the outer two
 * where there are three. All other sizes are asked for. Lamina fits what the function does to the stated rows (lamina
 * calibrate) and predicts with the platform of their date; of the experiment only its client's rhythm is taken over.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "calibrate/calibration.h"
#include "calibrate/log_samples.h"
#include "platform/cpu.h"
#include "report/validation.h"
#include "tests/peers/laws.h"

enum { SERIES_MAX = 64, POINTS_MAX = 64, LAWS = 5 };

static const char *const law_names[LAWS] = {"Lamina", "proportional", "exponential", "a/m + b", "interpolation"};
static law_at *const laws[LAWS] = {NULL, law_proportional, law_exponential, law_inverse, law_interpolation};

/* A function's times over memory, by one source. */
struct series {
	const char *name; /* what claims say before the last comma */
	const char *source;
	const struct setting *setting; /* of its first claim */
	const char *function;
	struct law_point points[POINTS_MAX];
	size_t count;
};

struct all {
	struct series items[SERIES_MAX];
	size_t count;
};

/* Seconds per unit of a time; 0: it is none. */
static double seconds_per(const char *unit)
{
	return strcmp(unit, "s") == 0 ? 1 : strcmp(unit, "ms") == 0 ? 1e-3 : 0;
}

static const struct setting_function *function_of(const struct setting *setting, const char *name)
{
	for (size_t i = 0; i < setting->function_count; i++)
		if (strcmp(setting->functions[i].name, name) == 0)
			return &setting->functions[i];
	return NULL;
}

static struct series *series_of(struct all *all, const struct claim *claim, const struct setting *setting,
				struct arena *arena)
{
	const char *comma = strrchr(claim->quantity, ',');
	size_t length = comma ? (size_t)(comma - claim->quantity) : strlen(claim->quantity);
	for (size_t i = 0; i < all->count; i++) {
		struct series *series = &all->items[i];
		if (strcmp(series->source, claim->source) == 0 && strcmp(series->function, claim->function) == 0 &&
		    strlen(series->name) == length && strncmp(series->name, claim->quantity, length) == 0)
			return series;
	}
	CHECK(all->count < SERIES_MAX);
	struct series *series = &all->items[all->count++];
	*series = (struct series){.name = arena_strndup(arena, claim->quantity, length),
				  .source = claim->source,
				  .setting = setting,
				  .function = claim->function};
	return series;
}

/* In order of memory; a size that is there already is left out. */
static void insert(struct series *series, struct law_point point)
{
	size_t at = series->count;
	while (at > 0 && series->points[at - 1].memory_mb >= point.memory_mb)
		at--;
	if (series->count == POINTS_MAX || (at < series->count && series->points[at].memory_mb == point.memory_mb))
		return;
	memmove(&series->points[at + 1], &series->points[at], (series->count - at) * sizeof series->points[0]);
	series->points[at] = point;
	series->count++;
}

static void collect(const struct validation *validation, struct arena *arena, struct all *all)
{
	for (size_t i = 0; i < validation->part_count; i++) {
		const struct claims *claims = &validation->parts[i].claims;
		for (size_t k = 0; k < claims->count; k++) {
			const struct claim *claim = &claims->items[k];
			const struct setting *setting = validation->parts[i].study.jobs[claim->point].setting;
			double seconds = claim->measured * seconds_per(claim->unit);
			const struct setting_function *function = function_of(setting, claim->function);
			/* What a profile predicts takes no stated size. */
			bool is_time = strcmp(claim->metric, "duration_mean_seconds") == 0 && seconds > 0 &&
				       validation->parts[i].study.library.profile_count == 0;
			if (claim->basis != CLAIM_MEASUREMENT || !is_time || !function)
				continue;
			insert(series_of(all, claim, setting, arena),
			       (struct law_point){(double)function->memory_mb, seconds});
		}
	}
}

static size_t choose_stated(const struct series *series, size_t *stated)
{
	size_t last = series->count - 1;
	double middle = sqrt(series->points[0].memory_mb * series->points[last].memory_mb);
	size_t nearest = 1;
	for (size_t i = 1; i < last; i++)
		if (fabs(log(series->points[i].memory_mb / middle)) <
		    fabs(log(series->points[nearest].memory_mb / middle)))
			nearest = i;
	stated[0] = 0;
	stated[1] = series->count > 3 ? nearest : last;
	stated[2] = last;
	return series->count > 3 ? 3 : 2;
}

/* Fits what the function does to the stated points. */
static bool fit_lamina(const struct series *series, const struct law_point *stated, size_t count,
		       struct calibration_context *context, struct arena *arena, struct calibration *out)
{
	struct log_samples *samples = ARENA_NEW(arena, struct log_samples);
	struct diag diag;
	*context = (struct calibration_context){
		.platform = series->setting->platform, .setting = series->setting, .images = 1};
	diag_init(&diag);
	log_samples_init(samples, arena);
	for (size_t i = 0; i < count; i++) {
		struct report_row row;
		report_row_init(&row);
		row.memory_mb = (int64_t)stated[i].memory_mb;
		row.duration_ms = 1000 * stated[i].seconds;
		row.is_average = true;
		log_samples_add(samples, series->function, &row, &diag);
	}
	log_samples_finish(samples, &context->platform->cpu);
	bool ok = calibration_solve(samples, context, &diag, out);
	diag_release(&diag);
	return ok;
}

struct tally {
	double sum[LAWS]; /* of absolute errors, in percent */
	size_t rows;
};

static double percent(double predicted, double measured)
{
	return 100 * fabs(predicted / measured - 1);
}

static void judge(const struct series *series, struct arena *arena, struct tally *tally)
{
	size_t chosen[3];
	struct law_point stated[3];
	size_t count = choose_stated(series, chosen);
	for (size_t i = 0; i < count; i++)
		stated[i] = series->points[chosen[i]];
	struct calibration_context context;
	struct calibration *calibration = ARENA_NEW(arena, struct calibration);
	bool has_fit = fit_lamina(series, stated, count, &context, arena, calibration);
	double vcpu_mb = context.platform->cpu.mb_per_vcpu;
	*tally = (struct tally){0};
	for (size_t i = 0; i < series->count; i++) {
		const struct law_point *point = &series->points[i];
		bool is_stated = i == chosen[0] || i == chosen[1] || i == chosen[count - 1];
		if (is_stated)
			continue;
		struct sample_group group = {.memory_mb = (int64_t)point->memory_mb};
		double own = has_fit ? calibration_predict(&calibration->functions[0], &group) : (double)NAN;
		tally->sum[0] += percent(own, point->seconds);
		for (int law = 1; law < LAWS; law++)
			tally->sum[law] += percent(laws[law](stated, count, vcpu_mb, point->memory_mb), point->seconds);
		tally->rows++;
	}
}

/* With the least error in front, and by how many points it beats Lamina where it is another one. */
static void print_row(const char *name, const char *source, const struct tally *tally)
{
	int best = 0;
	printf("%-28s  %-22s  %4zu", name, source, tally->rows);
	for (int law = 0; law < LAWS; law++) {
		double error = tally->sum[law] / (double)tally->rows;
		if (isnan(error))
			printf("  %13s", "-");
		else
			printf("  %13.1f", error);
		if (error < tally->sum[best] / (double)tally->rows)
			best = law;
	}
	printf("  %s\n", law_names[best]);
}

static void print_all(const struct all *all)
{
	struct tally whole = {0};
	struct tally whole_of_three = {0};
	printf("Mean |error| in %% at sizes that were not stated, by who predicts them\n\n%-28s  %-22s  %4s",
	       "times over memory", "source", "rows");
	for (int law = 0; law < LAWS; law++)
		printf("  %13s", law_names[law]);
	printf("  best\n");
	for (size_t i = 0; i < all->count; i++) {
		struct tally tally;
		struct arena arena;
		if (all->items[i].count < 3)
			continue;
		arena_init(&arena);
		judge(&all->items[i], &arena, &tally);
		arena_release(&arena);
		print_row(all->items[i].name, all->items[i].source, &tally);
		struct tally *sums[] = {&whole, &whole_of_three};
		for (int k = 0; k < (all->items[i].count > 3 ? 2 : 1); k++) {
			for (int law = 0; law < LAWS; law++)
				sums[k]->sum[law] += tally.sum[law];
			sums[k]->rows += tally.rows;
		}
	}
	print_row("all rows", "", &whole);
	print_row("... of three sizes stated", "", &whole_of_three);
}

int main(void)
{
	static const char folder[] = "configs/validation";
	struct arena arena;
	struct diag diag;
	struct validation validation;
	size_t count = 0;
	bool io_failed = false;
	arena_init(&arena);
	diag_init(&diag);
	char **names = data_file_list(folder, ".yaml", &arena, &count);
	for (size_t i = 0; i < count; i++)
		names[i] = data_file_find(arena_printf(&arena, "%s/%s.yaml", folder, names[i]), &arena);
	bool ok = validation_load((const char *const *)names, count, &(struct load_request){0}, &arena, &diag,
				  &validation, &io_failed);
	diag_print(&diag, stderr);
	if (ok) {
		struct all *all = ARENA_NEW(&arena, struct all);
		collect(&validation, &arena, all);
		print_all(all);
	}
	diag_release(&diag);
	arena_release(&arena);
	return ok ? 0 : 1;
}
