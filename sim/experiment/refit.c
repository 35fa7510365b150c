#include "experiment/refit.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <string.h>

#include "base/num.h"

/* Of the search: few replications, since only means matter and their luck is the same every time. */
enum { SEARCH_REPLICATIONS = 3, SEARCH_STEPS_MAX = 120, DIGITS_KEPT = 9 };

static const double FIRST_STEP = 0.3; /* of a logarithm */
static const double SIMPLEX_SMALL = 0.003;

static const struct bind_field refit_fields[] = {
	BIND_FIELD(struct refit, mechanisms, BIND_TEXT_LIST, .required = true, .help = "whose claims are meant"),
	BIND_FIELD(struct refit, parameters, BIND_STRUCT_MAP, .required = true, .schema = &fit_parameter_schema,
		   .count_max = FIT_PARAMETERS_MAX, .help = "dotted keys of what is shared"),
	BIND_END,
};

static const struct bind_schema refit_schema = {
	.title = "a refit",
	.bytes = sizeof(struct refit),
	.fields = refit_fields,
	.name_offset_plus_one = offsetof(struct refit, name) + 1,
};

struct refit_file {
	struct bind_structs refits;
};

static const struct bind_field file_fields[] = {
	BIND_FIELD(struct refit_file, refits, BIND_STRUCT_MAP, .required = true, .schema = &refit_schema,
		   .help = "by name"),
	BIND_END,
};

static const struct bind_schema file_schema = {
	.title = "refits", .bytes = sizeof(struct refit_file), .fields = file_fields};

bool refits_read(const char *path, struct arena *arena, struct diag *diag, struct refits *out, bool *io_failed)
{
	size_t errors_before = diag->error_count;
	struct refit_file file = {0};
	struct yaml_node *root = yaml_read(path, arena, diag, io_failed);
	if (!root || !bind_map(&file_schema, root, &file, arena, diag))
		return false;
	*out = (struct refits){file.refits.items, file.refits.count};
	return diag->error_count == errors_before;
}

/* Which rows are looked at: of a source, or of all others. */
struct choice {
	const struct refit *refit;
	const char *source;
	bool is_others;
};

static bool is_of(const struct refit *refit, const struct claim *claim)
{
	bool is_meant = false;
	for (size_t i = 0; i < refit->mechanisms.count; i++)
		is_meant = is_meant || strcmp(refit->mechanisms.values[i], claim->mechanism) == 0;
	return is_meant && claim->basis == CLAIM_MEASUREMENT && claim->kind != CLAIM_STATED;
}

static bool is_chosen(const struct choice *choice, const struct claim *claim)
{
	return is_of(choice->refit, claim) && (strcmp(choice->source, claim->source) == 0) != choice->is_others;
}

/* One experiment with its claims. */
struct part {
	struct study study;
	struct claims claims;
};

static bool load_part(const char *path, const char *const *sets, size_t set_count, const int64_t *replications,
		      struct arena *arena, struct diag *diag, struct part *out)
{
	struct study_request request = {
		.load = {.path = path, .sets = sets, .set_count = set_count},
		.with_sweep = true,
		.replications = replications,
	};
	return study_load(&request, arena, diag, &out->study, NULL) &&
	       claims_read(&out->study, arena, diag, &out->claims);
}

/* Simulates the points that chosen rows are of, and no others. */
static bool run_part(struct part *part, const struct choice *choice, const struct run_control *control,
		     struct arena *arena)
{
	size_t points = part->study.sweep.point_count;
	struct run_job *jobs = ARENA_ARRAY(arena, struct run_job, points);
	size_t *where = ARENA_ARRAY(arena, size_t, points);
	bool *is_needed = ARENA_ARRAY(arena, bool, points);
	size_t count = 0;
	for (size_t i = 0; i < part->claims.count; i++)
		is_needed[part->claims.items[i].point] |= is_chosen(choice, &part->claims.items[i]);
	for (size_t point = 0; point < points; point++) {
		if (!is_needed[point])
			continue;
		where[count] = point;
		jobs[count++] = part->study.jobs[point];
	}
	bool ok = count == 0 || replicate(jobs, count, control, arena);
	for (size_t i = 0; ok && i < count; i++)
		part->study.jobs[where[i]].result = jobs[i].result;
	return ok;
}

/* Evaluates only chosen rows: other points have no results. */
static void keep_chosen(struct part *part, const struct choice *choice)
{
	size_t kept = 0;
	for (size_t i = 0; i < part->claims.count; i++)
		if (is_chosen(choice, &part->claims.items[i]))
			part->claims.items[kept++] = part->claims.items[i];
	part->claims.count = kept;
	claims_evaluate(&part->study, &part->claims);
}

/* Of one source, or where several are chosen, of each. */
struct tally {
	const char *source;
	struct refit_errors errors;
	double squares;
};

struct tallies {
	struct tally items[REFIT_SOURCES_MAX];
	size_t count;
};

static struct tally *tally_of(struct tallies *tallies, const char *source)
{
	for (size_t i = 0; i < tallies->count; i++)
		if (strcmp(tallies->items[i].source, source) == 0)
			return &tallies->items[i];
	CHECK(tallies->count < REFIT_SOURCES_MAX);
	tallies->items[tallies->count].source = source;
	return &tallies->items[tallies->count++];
}

static void count_row(struct tallies *tallies, const struct claim *claim, struct arena *arena)
{
	double error = claim_error_percent(claim);
	struct tally *tally = tally_of(tallies, arena_strndup(arena, claim->source, strlen(claim->source)));
	double off = log(fmax(1e-9, claim->predicted / claim->measured));
	tally->squares += off * off;
	tally->errors.rows++;
	tally->errors.bias_percent += error;
	tally->errors.mean_abs_percent += fabs(error);
	if (fabs(error) > fabs(tally->errors.worst_percent))
		tally->errors.worst_percent = error;
}

/* The names of sources live in names; what else is loaded does not outlast the call. */
static bool evaluate(const struct choice *choice, const struct refit_request *request, const char *const *sets,
		     size_t set_count, const int64_t *replications, struct arena *names, struct diag *diag,
		     struct tallies *out)
{
	bool ok = true;
	*out = (struct tallies){0};
	for (size_t i = 0; ok && i < request->path_count; i++) {
		struct arena arena;
		struct part part;
		arena_init(&arena);
		ok = load_part(request->paths[i], sets, set_count, replications, &arena, diag, &part) &&
		     run_part(&part, choice, request->control, &arena);
		if (ok)
			keep_chosen(&part, choice);
		for (size_t k = 0; ok && k < part.claims.count; k++)
			count_row(out, &part.claims.items[k], names);
		arena_release(&arena);
	}
	return ok;
}

static void finish(struct refit_errors *errors)
{
	errors->bias_percent /= (double)errors->rows;
	errors->mean_abs_percent /= (double)errors->rows;
}

bool refit_sources(const struct refit *refit, const struct refit_request *request, struct arena *arena,
		   struct diag *diag, struct refit_request *own, struct refit_result **results, size_t *count)
{
	*results = ARENA_ARRAY(arena, struct refit_result, REFIT_SOURCES_MAX);
	*count = 0;
	const char **paths = ARENA_ARRAY(arena, const char *, request->path_count);
	*own = (struct refit_request){.paths = paths, .control = request->control};
	for (size_t i = 0; i < request->path_count; i++) {
		struct part part;
		bool is_own = false;
		if (!load_part(request->paths[i], NULL, 0, NULL, arena, diag, &part))
			return false;
		for (size_t k = 0; k < part.claims.count; k++) {
			const struct claim *claim = &part.claims.items[k];
			bool is_new = is_of(refit, claim);
			is_own = is_own || is_new;
			for (size_t j = 0; j < *count; j++)
				is_new = is_new && strcmp((*results)[j].source, claim->source) != 0;
			if (is_new && *count < REFIT_SOURCES_MAX)
				(*results)[(*count)++] = (struct refit_result){
					.source = claim->source,
					.values = ARENA_ARRAY(arena, double, refit->parameters.count + 1),
				};
		}
		if (is_own)
			paths[own->path_count++] = request->paths[i];
	}
	return true;
}

/* What an evaluation of the search needs. */
struct search {
	const struct choice *choice;
	const struct refit_request *request;
	struct diag *diag;
	bool failed;
};

static double value_at(const struct fit_parameter *parameter, double log_value)
{
	return fmin(parameter->max, fmax(parameter->min, num_rounded(exp(log_value), DIGITS_KEPT)));
}

/* "key=value" of every parameter. */
static const char *const *sets_of(const struct refit *refit, const double *values, struct arena *arena)
{
	const char **sets = ARENA_ARRAY(arena, const char *, refit->parameters.count);
	const struct fit_parameter *parameters = refit->parameters.items;
	for (size_t i = 0; i < refit->parameters.count; i++) {
		char text[NUM_TEXT_BYTES];
		num_format_double(values[i], text);
		sets[i] = arena_printf(arena, "%s=%s", parameters[i].key, text);
	}
	return sets;
}

static double squares_at(const gsl_vector *x, void *context)
{
	static const int64_t replications = SEARCH_REPLICATIONS;
	struct search *search = context;
	const struct refit *refit = search->choice->refit;
	const struct fit_parameter *parameters = refit->parameters.items;
	double values[FIT_PARAMETERS_MAX];
	double beyond = 0;
	struct arena arena;
	struct tallies tallies;
	if (search->failed)
		return HUGE_VAL;
	arena_init(&arena);
	for (size_t i = 0; i < refit->parameters.count; i++) {
		values[i] = value_at(&parameters[i], gsl_vector_get(x, i));
		double off = gsl_vector_get(x, i) - log(values[i]);
		beyond += off * off;
	}
	const char *const *sets = sets_of(refit, values, &arena);
	search->failed = !evaluate(search->choice, search->request, sets, refit->parameters.count, &replications,
				   &arena, search->diag, &tallies);
	double sum = 0;
	for (size_t i = 0; i < tallies.count; i++)
		sum += tallies.items[i].squares / (double)tallies.items[i].errors.rows;
	/* Beyond their ranges nothing changes; the simplex is led back. */
	double squares = sum / (double)tallies.count + 0.01 * beyond;
	arena_release(&arena);
	return search->failed ? HUGE_VAL : squares;
}

static bool search_values(struct search *search, double *values)
{
	const struct refit *refit = search->choice->refit;
	const struct fit_parameter *parameters = refit->parameters.items;
	size_t count = refit->parameters.count;
	gsl_multimin_function function = {.f = squares_at, .n = count, .params = search};
	gsl_vector *start = gsl_vector_alloc(count);
	gsl_vector *step = gsl_vector_alloc(count);
	gsl_multimin_fminimizer *simplex = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, count);
	gsl_error_handler_t *old_handler = gsl_set_error_handler_off();
	for (size_t i = 0; i < count; i++)
		gsl_vector_set(start, i, log(parameters[i].start));
	gsl_vector_set_all(step, FIRST_STEP);
	bool ok = gsl_multimin_fminimizer_set(simplex, &function, start, step) == GSL_SUCCESS;
	for (int i = 0; ok && !search->failed && i < SEARCH_STEPS_MAX; i++) {
		ok = gsl_multimin_fminimizer_iterate(simplex) == GSL_SUCCESS;
		if (gsl_multimin_fminimizer_size(simplex) < SIMPLEX_SMALL)
			break;
	}
	for (size_t i = 0; i < count; i++)
		values[i] = value_at(&parameters[i], gsl_vector_get(gsl_multimin_fminimizer_x(simplex), i));
	gsl_set_error_handler(old_handler);
	gsl_multimin_fminimizer_free(simplex);
	gsl_vector_free(step);
	gsl_vector_free(start);
	return !search->failed;
}

bool refit_without(const struct refit *refit, const struct refit_request *request, struct arena *arena,
		   struct diag *diag, struct refit_result *result)
{
	struct choice others = {refit, result->source, true};
	struct choice left_out = {refit, result->source, false};
	struct search search = {&others, request, diag, false};
	struct tallies tallies;
	if (!search_values(&search, result->values) ||
	    !evaluate(&left_out, request, NULL, 0, NULL, arena, diag, &tallies))
		return false;
	result->before = tallies.items[0].errors;
	const char *const *sets = sets_of(refit, result->values, arena);
	if (!evaluate(&left_out, request, sets, refit->parameters.count, NULL, arena, diag, &tallies))
		return false;
	result->after = tallies.items[0].errors;
	finish(&result->before);
	finish(&result->after);
	return true;
}
