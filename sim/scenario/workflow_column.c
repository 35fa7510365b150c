#include "scenario/workflow_column.h"

#include <string.h>

#include "base/num.h"
#include "base/sort.h"

/* --- which columns --- */

static bool add_column(const struct yaml_node *name, struct diag *diag, struct trace_request *out)
{
	for (size_t i = 0; i < out->column_count; i++)
		if (strcmp(out->columns[i], name->text) == 0)
			return true;
	if (out->column_count == TRACE_COLUMNS_MAX) {
		diag_error(diag, name->place, "a workflow can go by at most %d columns of a trace", TRACE_COLUMNS_MAX);
		return false;
	}
	out->columns[out->column_count++] = name->text;
	return true;
}

bool workflow_columns_find(const struct yaml_node *steps, struct diag *diag, struct trace_request *out)
{
	if (!steps || steps->kind == YAML_SCALAR)
		return true;
	const struct yaml_node *name = steps->kind == YAML_MAP ? yaml_get(steps, "column") : NULL;
	bool ok = !name || name->kind != YAML_SCALAR || add_column(name, diag, out);
	for (const struct yaml_node *child = steps->first; child; child = child->next)
		ok = workflow_columns_find(child, diag, out) && ok;
	return ok;
}

static const struct trace_column *find_column(const struct column_reader *reader, const struct yaml_node *name)
{
	if (name->kind != YAML_SCALAR) {
		diag_error(reader->diag, name->place, "'column' must be the name of a column of the trace, not %s",
			   yaml_describe(name, reader->arena));
		return NULL;
	}
	if (!reader->trace || reader->is_polled) {
		diag_error(reader->diag, name->place,
			   reader->is_polled
				   ? "messages that are polled are alike: no 'column' tells them apart"
				   : "a 'column' is of requests by trace: 'workload: {arrivals: {kind: trace, "
				     "trace: FILE}}'");
		return NULL;
	}
	for (size_t i = 0; i < reader->trace->column_count; i++)
		if (strcmp(reader->trace->columns[i].name, name->text) == 0)
			return &reader->trace->columns[i];
	return NULL;
}

/* --- choices --- */

enum { NO_BRANCH = -1 };

/* One value of `is`. */
static void take_value(const struct column_reader *reader, const struct trace_column *column,
		       const struct yaml_node *value, int32_t branch, int32_t *branches_of)
{
	if (value->kind != YAML_SCALAR) {
		diag_error(reader->diag, value->place, "'is' must be a value of the column or a list of them, not %s",
			   yaml_describe(value, reader->arena));
		return;
	}
	for (size_t code = 0; code < column->text_count; code++) {
		if (strcmp(column->texts[code], value->text) != 0)
			continue;
		if (branches_of[code] != NO_BRANCH)
			diag_error(reader->diag, value->place, "another branch is for '%s', too",
				   diag_excerpt(value->text, reader->arena));
		branches_of[code] = branch;
		return;
	}
	diag_warning(reader->diag, value->place, "no request of the trace has '%s' in column '%s'",
		     diag_excerpt(value->text, reader->arena), column->name);
}

/* What no branch names takes the one that names nothing. */
static void take_rest(const struct column_reader *reader, const struct trace_column *column,
		      const struct yaml_node *list, int32_t rest, int32_t *branches_of)
{
	for (size_t code = 0; code < column->text_count; code++) {
		if (branches_of[code] == NO_BRANCH && rest == NO_BRANCH)
			diag_error(reader->diag, list->place,
				   "no branch is for '%s' in column '%s' (%s:%d); a branch without 'is' gets the rest",
				   diag_excerpt(column->texts[code], reader->arena), column->name,
				   column->places[code].file, column->places[code].line);
		if (branches_of[code] == NO_BRANCH)
			branches_of[code] = rest;
	}
}

void workflow_column_choose(const struct column_reader *reader, const struct yaml_node *name,
			    const struct yaml_node *list, struct step *step, struct step_branch *branches)
{
	const struct trace_column *column = find_column(reader, name);
	int32_t rest = NO_BRANCH;
	int32_t branch = 0;
	size_t errors_before = reader->diag->error_count;
	if (!column)
		return;
	int32_t *branches_of = ARENA_ARRAY(reader->arena, int32_t, column->text_count);
	for (size_t code = 0; code < column->text_count; code++)
		branches_of[code] = NO_BRANCH;
	for (const struct yaml_node *item = list->first; item; item = item->next, branch++) {
		const struct yaml_node *is = yaml_get(item, "is");
		if (yaml_get(item, "probability"))
			diag_error(reader->diag, bind_place(item, "probability"),
				   "beside 'column' a branch says which values it 'is' for, and no probability");
		if (is && is->kind == YAML_LIST)
			for (const struct yaml_node *value = is->first; value; value = value->next)
				take_value(reader, column, value, branch, branches_of);
		else if (is)
			take_value(reader, column, is, branch, branches_of);
		else if (rest != NO_BRANCH)
			diag_error(reader->diag, item->place, "only one branch can be without 'is' and get the rest");
		else
			rest = branch;
	}
	take_rest(reader, column, list, rest, branches_of);
	if (reader->diag->error_count != errors_before)
		return;
	for (size_t i = 0; i < reader->trace->count; i++)
		branches[branches_of[column->codes[i]]].probability += 1 / (double)reader->trace->count;
	step->codes = column->codes;
	step->branches_of = branches_of;
}

/* --- items --- */

/* As many points of the distribution as say what there is. */
enum { POINTS_MAX = 101 };

static int compare_counts(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static void distribute(const struct column_reader *reader, const struct trace_column *column, const int64_t *items_of,
		       struct item_count *out)
{
	size_t count = reader->trace->count;
	size_t points = count < POINTS_MAX ? count : POINTS_MAX;
	double *all = ARENA_ARRAY(reader->arena, double, count);
	double *probability = ARENA_ARRAY(reader->arena, double, points);
	double *value = ARENA_ARRAY(reader->arena, double, points);
	for (size_t i = 0; i < count; i++)
		all[i] = (double)items_of[column->codes[i]];
	sort_values(all, count, sizeof all[0], compare_counts, NULL);
	for (size_t i = 0; i < points; i++) {
		probability[i] = points > 1 ? (double)i / (double)(points - 1) : 0.5;
		value[i] = all[points > 1 ? i * (count - 1) / (points - 1) : 0];
	}
	out->drawn = (struct quantile_table){.probability = probability, .value = value, .count = points};
}

void workflow_column_count(const struct column_reader *reader, const struct yaml_node *name, double most,
			   struct step *step)
{
	const struct trace_column *column = find_column(reader, name);
	size_t errors_before = reader->diag->error_count;
	if (!column)
		return;
	int64_t *items_of = ARENA_ARRAY(reader->arena, int64_t, column->text_count);
	for (size_t code = 0; code < column->text_count; code++) {
		bool is_number = num_parse_int64(column->texts[code], &items_of[code]);
		if (!is_number || items_of[code] < 0 || (double)items_of[code] > most)
			diag_error(
				reader->diag, column->places[code],
				"'%s' is '%s', no whole number of items from 0 to %.0f, which a map asks for (%s:%d)",
				column->name, diag_excerpt(column->texts[code], reader->arena), most, name->place.file,
				name->place.line);
	}
	if (reader->diag->error_count != errors_before)
		return;
	distribute(reader, column, items_of, &step->items);
	if (item_count_max(&step->items) < 1)
		diag_error(reader->diag, name->place, "column '%s' is 0 everywhere: a map over nothing does nothing",
			   column->name);
	step->codes = column->codes;
	step->items_of = items_of;
}
