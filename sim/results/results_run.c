/* Replications in a file of results, over the three tables that hold them, and what is kept beside them of a point. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "doc/bind_bytes.h"
#include "results/results_point.h"
#include "results/results_struct.h"

/* A figure's part of a checksum: what is its own, whatever stands beside it and in which order. */
static uint64_t figure_hash(int64_t scope, const char *name, double value)
{
	char bytes[COLUMN_NAME_BYTES + 2 * sizeof(int64_t)];
	double unsigned_zero = value + 0.0; /* -0 and 0 are equal */
	size_t length = strlen(name);
	CHECK(length < COLUMN_NAME_BYTES);
	if (isnan(value))
		return 0;
	memcpy(bytes, &scope, sizeof scope);
	memcpy(bytes + sizeof scope, &unsigned_zero, sizeof unsigned_zero);
	memcpy(bytes + 2 * sizeof scope, name, length);
	return digest_short(bytes, 2 * sizeof scope + length);
}

static uint64_t figures_hash(const struct results *results, struct sample *sample, size_t function_count)
{
	enum { OF_RUN = -1, OF_QUANTITY = -2, OF_USD = -3 };
	uint64_t hash = 0;
	for (int i = 0; i < RUN_COLUMNS; i++)
		hash += figure_hash(OF_RUN, results->run_columns[i].name, *run_column(sample, i));
	for (size_t f = 0; f < function_count; f++)
		for (int i = 0; i < FUNCTION_COLUMNS; i++)
			hash += figure_hash((int64_t)f, results->function_columns[i].name,
					    *function_column(&sample->functions[f], i));
	for (int i = 0; i < BILL_ITEMS; i++) {
		const struct bill_line *line = &sample->bill.lines[i];
		if (line->quantity == 0 && line->usd == 0)
			continue;
		hash += figure_hash(OF_QUANTITY, bill_rows[i].name, line->quantity) +
			figure_hash(OF_USD, bill_rows[i].name, line->usd);
	}
	return hash;
}

/* Over all that the tables hold of a replication. A column that is added later, and is empty, changes nothing. */
static int64_t checksum_of(const struct results *results, const struct digest *identity, int64_t replication,
			   const char *version, struct sample *sample, size_t function_count)
{
	struct buf bytes;
	buf_init(&bytes);
	buf_add_bytes(&bytes, identity->bytes, DIGEST_BYTES);
	bytes_add_int(&bytes, replication);
	bytes_add_text(&bytes, version);
	bytes_add_text(&bytes, outcome_end_names[sample->end]);
	bytes_add_int(&bytes, (int64_t)figures_hash(results, sample, function_count));
	int64_t checksum = (int64_t)digest_short(buf_text(&bytes), bytes.length);
	buf_release(&bytes);
	return checksum;
}

static void write_put_program(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR IGNORE INTO program(lamina_version) VALUES(?)");
}

static void write_find_program(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT program_id FROM program WHERE lamina_version = ?");
}

static bool find_program(struct results *results, const char *version, struct err *err)
{
	bool ok = true;
	if (results->program && strcmp(results->program, version) == 0)
		return true;
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_PROGRAM, write_put_program, err);
	sqlite3_stmt *find = results_statement(results, STATEMENT_FIND_PROGRAM, write_find_program, err);
	if (!put || !find)
		return false;
	sql_bind_text(put, 1, version);
	if (!sql_step(&results->sql, put, err))
		return false;
	sql_bind_text(find, 1, version);
	if (sql_row(&results->sql, find, &ok, err))
		results->program_id = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	results->program = arena_strdup(&results->arena, version);
	return ok;
}

enum { RUN_FIXED = 7, RUN_FUNCTION_FIXED = 2 };

static void write_put_run(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR IGNORE INTO run(run_id, point_id, replication, program_id, ended, computed_seconds,"
		     " checksum");
	results_add_columns(sql, results->run_columns, RUN_COLUMNS);
	buf_add(sql, ") VALUES(");
	results_add_marks(sql, RUN_FIXED + RUN_COLUMNS);
	buf_add(sql, ")");
}

static void write_put_run_function(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR REPLACE INTO run_function(run_id, position");
	results_add_columns(sql, results->function_columns, FUNCTION_COLUMNS);
	buf_add(sql, ") VALUES(");
	results_add_marks(sql, RUN_FUNCTION_FIXED + FUNCTION_COLUMNS);
	buf_add(sql, ")");
}

static void write_put_run_bill(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR REPLACE INTO run_bill VALUES(?, ?, ?, ?)");
}

static bool put_functions(struct results *results, int64_t run_id, struct sample *sample, size_t count, struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_RUN_FUNCTION, write_put_run_function, err);
	if (!put)
		return false;
	for (size_t f = 0; f < count; f++) {
		sqlite3_bind_int64(put, 1, run_id);
		sqlite3_bind_int64(put, 2, (int64_t)f);
		for (int i = 0; i < FUNCTION_COLUMNS; i++)
			sql_bind_double(put, RUN_FUNCTION_FIXED + 1 + i, *function_column(&sample->functions[f], i));
		if (!sql_step(&results->sql, put, err))
			return false;
	}
	return true;
}

static bool put_bill(struct results *results, int64_t run_id, const struct bill *bill, struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_RUN_BILL, write_put_run_bill, err);
	if (!put)
		return false;
	for (int i = 0; i < BILL_ITEMS; i++) {
		if (bill->lines[i].quantity == 0 && bill->lines[i].usd == 0)
			continue;
		sqlite3_bind_int64(put, 1, run_id);
		sql_bind_text(put, 2, bill_rows[i].name);
		sql_bind_double(put, 3, bill->lines[i].quantity);
		sql_bind_double(put, 4, bill->lines[i].usd);
		if (!sql_step(&results->sql, put, err))
			return false;
	}
	return true;
}

bool results_put_sample(struct results *results, const struct results_point *point, int64_t replication,
			const struct sample *sample, const char *version, double seconds, struct err *err)
{
	struct sample copy = *sample;
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_RUN, write_put_run, err);
	if (!put || !find_program(results, version, err))
		return false;
	int64_t run_id = run_id_of(point->id, replication);
	sqlite3_bind_int64(put, 1, run_id);
	sqlite3_bind_int64(put, 2, point->id);
	sqlite3_bind_int64(put, 3, replication);
	sqlite3_bind_int64(put, 4, results->program_id);
	sql_bind_text(put, 5, outcome_end_names[sample->end]);
	sql_bind_double(put, 6, seconds);
	sqlite3_bind_int64(put, 7,
			   checksum_of(results, &point->identity, replication, version, &copy, point->function_count));
	for (int i = 0; i < RUN_COLUMNS; i++)
		sql_bind_double(put, RUN_FIXED + 1 + i, *run_column(&copy, i));
	if (!sql_step(&results->sql, put, err))
		return false;
	if (sqlite3_changes(results->sql.db) == 0)
		return true;
	return put_functions(results, run_id, &copy, point->function_count, err) &&
	       put_bill(results, run_id, &sample->bill, err);
}

static void write_put_summary(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR REPLACE INTO summary(point_id, replications");
	results_add_columns(sql, results->summary_columns, 2 * METRICS);
	buf_add(sql, ") VALUES(");
	results_add_marks(sql, 2 + 2 * METRICS);
	buf_add(sql, ")");
}

bool results_put_summary(struct results *results, int64_t point, const struct run_result *result, struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_SUMMARY, write_put_summary, err);
	if (!put)
		return false;
	sqlite3_bind_int64(put, 1, point);
	sqlite3_bind_int64(put, 2, result->replications);
	for (int i = 0; i < METRICS; i++) {
		double half_width = result->metrics[i].half_width;
		sql_bind_double(put, 3 + 2 * i, result->metrics[i].mean);
		sql_bind_double(put, 4 + 2 * i, isfinite(half_width) ? half_width : (double)NAN);
	}
	return sql_step(&results->sql, put, err);
}

static void write_summary(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT replications");
	results_add_columns(sql, results->summary_columns, 2 * METRICS);
	buf_add(sql, " FROM summary WHERE point_id = ?");
}

static bool is_figure(sqlite3_stmt *row, int column, double value)
{
	double kept = sql_double(row, column);
	return kept == value || (isnan(kept) && !isfinite(value));
}

bool results_has_summary(struct results *results, int64_t point, const struct run_result *result, bool *has,
			 struct err *err)
{
	bool ok = true;
	*has = false;
	sqlite3_stmt *row = results_statement(results, STATEMENT_SUMMARY, write_summary, err);
	if (!row)
		return false;
	sqlite3_bind_int64(row, 1, point);
	if (sql_row(&results->sql, row, &ok, err)) {
		*has = sqlite3_column_int64(row, 0) == result->replications;
		for (int i = 0; i < METRICS; i++)
			*has = *has && is_figure(row, 1 + 2 * i, result->metrics[i].mean) &&
			       is_figure(row, 2 + 2 * i, result->metrics[i].half_width);
	}
	sqlite3_reset(row);
	return ok;
}

static void write_put_failure(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR REPLACE INTO failure VALUES(?, ?, ?)");
}

bool results_put_failure(struct results *results, int64_t point, int64_t replication, const char *reason,
			 struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_FAILURE, write_put_failure, err);
	if (!put)
		return false;
	sqlite3_bind_int64(put, 1, point);
	sqlite3_bind_int64(put, 2, replication);
	sql_bind_text(put, 3, reason);
	return sql_step(&results->sql, put, err);
}

bool results_drop_failures(struct results *results, int64_t point, struct err *err)
{
	char sql[128];
	snprintf(sql, sizeof sql, "DELETE FROM failure WHERE point_id = %lld", (long long)point);
	return sql_run(&results->sql, sql, err);
}

static bool drop_runs(struct results *results, int64_t point, int64_t first, int64_t last, struct err *err)
{
	static const char *const tables[] = {"run", "run_function", "run_bill"};
	char sql[160];
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof sql, "DELETE FROM %s WHERE run_id BETWEEN %lld AND %lld", tables[i],
			 (long long)run_id_of(point, first), (long long)run_id_of(point, last));
		if (!sql_run(&results->sql, sql, err))
			return false;
	}
	snprintf(sql, sizeof sql, "DELETE FROM summary WHERE point_id = %lld", (long long)point);
	return sql_run(&results->sql, sql, err);
}

bool results_drop_sample(struct results *results, int64_t point, int64_t replication, struct err *err)
{
	return drop_runs(results, point, replication, replication, err);
}

bool results_drop_samples(struct results *results, int64_t point, struct err *err)
{
	return drop_runs(results, point, 0, (1 << SCHEMA_RUN_BITS) - 1, err);
}

static void write_runs(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT replication, lamina_version, ended, computed_seconds, checksum");
	results_add_columns(sql, results->run_columns, RUN_COLUMNS);
	buf_add(sql, " FROM run JOIN program USING (program_id) WHERE run_id BETWEEN ? AND ? ORDER BY run_id");
}

static void write_run_functions(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT run_id, position");
	results_add_columns(sql, results->function_columns, FUNCTION_COLUMNS);
	buf_add(sql, " FROM run_function WHERE run_id BETWEEN ? AND ?");
}

static void write_run_bill(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT run_id, item, quantity, usd FROM run_bill WHERE run_id BETWEEN ? AND ?");
}

static void write_failures(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT replication, reason FROM failure WHERE point_id = ? ORDER BY replication");
}

static void bind_range(sqlite3_stmt *statement, int64_t point)
{
	sqlite3_bind_int64(statement, 1, run_id_of(point, 0));
	sqlite3_bind_int64(statement, 2, run_id_of(point, (1 << SCHEMA_RUN_BITS) - 1));
}

static void write_last_run(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT MAX(run_id) FROM run WHERE run_id BETWEEN ?1 AND ?2");
}

/* Up to the last one that is there. */
static bool count_runs(struct results *results, int64_t point, int64_t *count, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *last = results_statement(results, STATEMENT_LAST_RUN, write_last_run, err);
	*count = 0;
	if (!last)
		return false;
	bind_range(last, point);
	if (sql_row(&results->sql, last, &ok, err) && sqlite3_column_type(last, 0) != SQLITE_NULL)
		*count = sqlite3_column_int64(last, 0) - run_id_of(point, 0) + 1;
	sqlite3_reset(last);
	return ok;
}

/* Room for as many replications as the last has. */
static bool make_room(struct results *results, struct arena *arena, struct results_content *out, struct err *err)
{
	if (!count_runs(results, out->point.id, &out->count, err))
		return false;
	size_t count = (size_t)out->count;
	out->samples = ARENA_ARRAY(arena, struct sample, count);
	out->versions = ARENA_ARRAY(arena, const char *, count);
	out->seconds = ARENA_ARRAY(arena, double, count);
	return true;
}

static const char *kept_text(const char *text, const char *last, struct arena *arena)
{
	return last && strcmp(last, text) == 0 ? last : arena_strdup(arena, text);
}

static bool read_runs(struct results *results, struct arena *arena, int64_t *checksums, struct results_content *out,
		      struct err *err)
{
	bool ok = true;
	const char *version = NULL;
	sqlite3_stmt *rows = results_statement(results, STATEMENT_RUNS, write_runs, err);
	if (!rows)
		return false;
	bind_range(rows, out->point.id);
	while (sql_row(&results->sql, rows, &ok, err)) {
		int64_t replication = sqlite3_column_int64(rows, 0);
		int end = outcome_end_find(sql_text(rows, 2));
		if (replication < 0 || replication >= out->count || end < 0) {
			out->damaged++;
			continue;
		}
		struct sample *sample = &out->samples[replication];
		version = kept_text(sql_text(rows, 1), version, arena);
		out->versions[replication] = version;
		out->seconds[replication] = sql_double(rows, 3);
		checksums[replication] = sqlite3_column_int64(rows, 4);
		sample->end = (enum outcome_end)end;
		sample->functions = ARENA_ARRAY(arena, struct function_sample, out->point.function_count);
		for (int i = 0; i < RUN_COLUMNS; i++)
			*run_column(sample, i) = sql_double(rows, 5 + i);
		sample->bill.total_usd = sample->metrics[METRIC_COST_USD];
		sample->is_finished = true;
	}
	return ok;
}

static struct sample *sample_at(const struct results_content *content, int64_t run_id)
{
	int64_t replication = run_id - run_id_of(content->point.id, 0);
	bool is_there = replication >= 0 && replication < content->count && content->samples[replication].is_finished;
	return is_there ? &content->samples[replication] : NULL;
}

static bool read_functions(struct results *results, struct results_content *out, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *rows = results_statement(results, STATEMENT_RUN_FUNCTIONS, write_run_functions, err);
	if (!rows)
		return false;
	bind_range(rows, out->point.id);
	while (sql_row(&results->sql, rows, &ok, err)) {
		struct sample *sample = sample_at(out, sqlite3_column_int64(rows, 0));
		int64_t position = sqlite3_column_int64(rows, 1);
		if (!sample || position < 0 || position >= (int64_t)out->point.function_count)
			continue;
		for (int i = 0; i < FUNCTION_COLUMNS; i++)
			*function_column(&sample->functions[position], i) = sql_double(rows, RUN_FUNCTION_FIXED + i);
	}
	return ok;
}

static int find_item(const char *name)
{
	for (int i = 0; i < BILL_ITEMS; i++)
		if (strcmp(bill_rows[i].name, name) == 0)
			return i;
	return -1;
}

static bool read_bill(struct results *results, struct results_content *out, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *rows = results_statement(results, STATEMENT_RUN_BILL, write_run_bill, err);
	if (!rows)
		return false;
	bind_range(rows, out->point.id);
	while (sql_row(&results->sql, rows, &ok, err)) {
		struct sample *sample = sample_at(out, sqlite3_column_int64(rows, 0));
		int item = find_item(sql_text(rows, 1));
		if (sample && item >= 0)
			sample->bill.lines[item] = (struct bill_line){sql_double(rows, 2), sql_double(rows, 3)};
	}
	return ok;
}

static bool read_failures(struct results *results, struct arena *arena, struct results_content *out, struct err *err)
{
	enum { FAILURES_SHOWN = 16 };
	bool ok = true;
	struct results_failure *list = ARENA_ARRAY(arena, struct results_failure, FAILURES_SHOWN);
	sqlite3_stmt *rows = results_statement(results, STATEMENT_FAILURES, write_failures, err);
	out->failures = list;
	if (!rows)
		return false;
	sqlite3_bind_int64(rows, 1, out->point.id);
	while (out->failure_count < FAILURES_SHOWN && sql_row(&results->sql, rows, &ok, err))
		list[out->failure_count++] = (struct results_failure){
			.replication = sqlite3_column_int64(rows, 0),
			.reason = arena_strdup(arena, sql_text(rows, 1)),
		};
	sqlite3_reset(rows);
	return ok;
}

bool results_read(struct results *results, int64_t id, struct arena *arena, struct results_content *out,
		  struct err *err)
{
	bool is_whole;
	*out = (struct results_content){0};
	if (!results_read_point(results, id, arena, &out->point, &is_whole, err) ||
	    !make_room(results, arena, out, err))
		return false;
	out->is_point_damaged = !is_whole;
	int64_t *checksums = ARENA_ARRAY(arena, int64_t, (size_t)out->count);
	if (!read_runs(results, arena, checksums, out, err) || !read_functions(results, out, err) ||
	    !read_bill(results, out, err) || !read_failures(results, arena, out, err))
		return false;
	for (int64_t i = 0; i < out->count; i++) {
		struct sample *sample = &out->samples[i];
		if (!sample->is_finished)
			continue;
		sample->is_finished = checksums[i] == checksum_of(results, &out->point.identity, i, out->versions[i],
								  sample, out->point.function_count);
		out->damaged += !sample->is_finished;
		out->finished += sample->is_finished;
	}
	return true;
}
