#include "calibrate/varying.h"

#include <math.h>

#include "calibrate/fit_data.h"

/* Sizes of fewer rows do not tell a variance. */
enum { ROWS_MIN = 20 };

/* Rows differ by that much for reasons of their own, whatever they do (six functions of SLAPP, 2020: 0.4 to 1.2 %). */
static const double OTHERWISE = 0.01;

/* Normal rows exceed 10.8 in one of a thousand logs; variances of rows as they are scatter three times as much. */
static const double DEVIANCE_CLEAR = 3 * 10.8;

/* What a size tells of a part that has less of its time than this, over the part's largest share, is mostly luck. */
static const double SHARE_TELLING = 0.5;

/* A part that has less of the time at every size is none. */
static const double SHARE_LEAST = 0.1;

struct size_scatter {
	const struct sample_group *group;
	size_t index; /* of the group */
	double degrees;
	double steps_variance; /* of where periods of the quota begin */
	double shares[VARYINGS];
};

struct sizes_scatter {
	struct size_scatter sizes[SAMPLES_GROUPS_MAX];
	size_t count;
	double speed_variance;     /* of rows: what sandboxes' speeds make of it */
	double cpu_speed_variance; /* of what they compute, likewise */
};

/* A change of speeds' variance by less than this, of that of rows, is not worth another fit. */
static const double SPEEDS_CHANGE = 0.1;

/* The model's work with its parts longer or shorter. */
static double scaled_seconds(const struct work_model *model, const struct fit_conditions *conditions,
			     const struct sample_group *group, enum work_varying varying, double factor)
{
	struct work_model scaled = *model;
	for (int i = 0; i < FIT_PARAMETERS; i++) {
		bool is_meant = varying == VARYING_ALL || work_parameter_is_wait(i) == (varying == VARYING_WAIT);
		scaled.seconds[i] *= is_meant ? factor : 1;
	}
	return fit_predict(&scaled, conditions, group);
}

/* By how much more, relative to itself, the time grows with the part. */
static double share_of(const struct work_model *model, const struct fit_conditions *conditions,
		       const struct sample_group *group, enum work_varying varying)
{
	static const double by = 0.2;
	double more = scaled_seconds(model, conditions, group, varying, 1 + by);
	double less = scaled_seconds(model, conditions, group, varying, 1 - by);
	return fmax(0, (more - less) / (by * (more + less)));
}

/* Of warm rows' time, root mean square: speeds show in nothing else. */
static double computed_share(const struct function_samples *samples, const struct fit_conditions *conditions,
			     const struct work_model *model)
{
	double squares = 0;
	double rows = 0;
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct sample_group *group = &samples->groups[i];
		if (group->is_cold || group->times_ns.count < 2)
			continue;
		double share = fmin(1, share_of(model, conditions, group, VARYING_CPU));
		squares += (double)group->times_ns.count * share * share;
		rows += (double)group->times_ns.count;
	}
	return rows > 0 ? sqrt(squares / rows) : 1;
}

static double steps_variance(const struct platform_cpu *cpu, const struct sample_group *group)
{
	double step = cpu_share(cpu, group->memory_mb) < 1 ? cpu->period_seconds : 0;
	double relative = step / group->seconds.mean;
	return relative * relative / 12;
}

static void gather(const struct function_samples *samples, const struct fit_conditions *conditions,
		   const struct work_model *model, struct sizes_scatter *out)
{
	double computed = computed_share(samples, conditions, model);
	double speeds = scatter_speed_variance(samples, conditions->cpu, computed);
	*out = (struct sizes_scatter){
		.speed_variance = speeds,
		.cpu_speed_variance = computed > 0 ? speeds / (computed * computed) : 0,
	};
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct sample_group *group = &samples->groups[i];
		if (group->is_cold || group->times_ns.count < ROWS_MIN || !(group->body_variance > 0))
			continue;
		struct size_scatter *size = &out->sizes[out->count++];
		*size = (struct size_scatter){
			.group = group,
			.index = i,
			.degrees = (double)group->times_ns.count - 1,
			.steps_variance = steps_variance(conditions->cpu, group),
		};
		for (int v = 0; v < VARYINGS; v++)
			size->shares[v] = share_of(model, conditions, group, (enum work_varying)v);
	}
}

/* Minus twice the logarithm of how likely the variances are, but for what is the same for all. */
static double deviance(const struct sizes_scatter *scatter, enum work_varying varying, double variation)
{
	double sum = 0;
	for (size_t i = 0; i < scatter->count; i++) {
		const struct size_scatter *size = &scatter->sizes[i];
		double part = variation * size->shares[varying];
		double cpu = size->shares[VARYING_CPU];
		double expected = part * part + scatter->cpu_speed_variance * cpu * cpu + size->steps_variance +
				  OTHERWISE * OTHERWISE;
		sum += size->degrees * (log(expected) + size->group->body_variance / expected);
	}
	return sum;
}

/* The likeliest variation, in steps of three per cent; returns its deviance. */
static double likeliest(const struct sizes_scatter *scatter, enum work_varying varying, double *variation)
{
	static const double most = 5;
	static const double step = 1.03;
	double least = INFINITY;
	for (double tried = 0.001; tried < most; tried *= step) {
		double now = deviance(scatter, varying, tried);
		if (now < least) {
			least = now;
			*variation = tried;
		}
	}
	return least;
}

/* The part's share of each group's time, 0 where that is too little to tell it. */
static void telling_shares(const struct sizes_scatter *scatter, enum work_varying varying, double *shares)
{
	double most = 0;
	for (size_t i = 0; i < scatter->count; i++)
		most = fmax(most, scatter->sizes[i].shares[varying]);
	for (size_t i = 0; i < scatter->count; i++) {
		const struct size_scatter *size = &scatter->sizes[i];
		double share = size->shares[varying];
		shares[size->index] = share >= SHARE_LEAST && share >= SHARE_TELLING * most ? share : 0;
	}
}

/* Which of the parts the variances tell to vary alone, and by how much; all where none does clearly. */
static enum work_varying find_part(const struct sizes_scatter *scatter, double *variation)
{
	double unused;
	double least = likeliest(scatter, VARYING_ALL, &unused) - DEVIANCE_CLEAR;
	enum work_varying varying = VARYING_ALL;
	for (int v = VARYING_CPU; v < VARYINGS && scatter->count > 1; v++) {
		double likely;
		double now = likeliest(scatter, (enum work_varying)v, &likely);
		if (now >= least)
			continue;
		least = now;
		varying = (enum work_varying)v;
		*variation = likely;
	}
	return varying;
}

/* What all varies by beside what speeds make of the rows' variance, where that is clearly not what was thought. */
static bool tell_all(const struct function_samples *samples, const struct sizes_scatter *scatter, struct arena *arena,
		     struct varying_part *out)
{
	double rows = scatter_row_variance(samples);
	if (!(fabs(samples->scatter.speed_variance - scatter->speed_variance) > SPEEDS_CHANGE * rows))
		return false;
	out->variation = work_model_variation(rows, scatter->speed_variance);
	scatter_measure_part(samples, NULL, out->variation * out->variation, scatter->speed_variance, &out->scatter,
			     arena);
	return true;
}

bool varying_find(const struct function_samples *samples, const struct fit_conditions *conditions,
		  const struct work_fit *fit, struct arena *arena, struct varying_part *out)
{
	struct sizes_scatter *scatter = ARENA_NEW(arena, struct sizes_scatter);
	gather(samples, conditions, &fit->model, scatter);
	*out = (struct varying_part){0};
	out->varying = find_part(scatter, &out->variation);
	if (out->varying == VARYING_ALL)
		return tell_all(samples, scatter, arena, out);
	double *shares = ARENA_ARRAY(arena, double, samples->group_count);
	telling_shares(scatter, out->varying, shares);
	double speeds = out->varying == VARYING_CPU ? scatter->cpu_speed_variance : 0;
	scatter_measure_part(samples, shares, out->variation * out->variation, speeds, &out->scatter, arena);
	return out->scatter.count > 0;
}
