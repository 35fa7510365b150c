/* Points in a file of results: who they are, the values that make them, their functions. */
#include <string.h>

#include "doc/bind_bytes.h"
#include "results/results_point.h"
#include "results/results_struct.h"

static void add_value(struct buf *bytes, const char *key, const struct swept_value *value)
{
	if (value->kind == VALUE_NONE)
		return;
	bytes_add_text(bytes, key);
	bytes_add_int(bytes, value->kind);
	if (value->kind == VALUE_INT)
		bytes_add_int(bytes, value->integer);
	else if (value->kind == VALUE_DOUBLE)
		bytes_add_double(bytes, value->number);
	else
		bytes_add_text(bytes, value->text);
}

/* Over all that the tables hold of the point itself. */
static int64_t checksum_of(const struct results *results, const struct results_point *point)
{
	struct buf bytes;
	buf_init(&bytes);
	buf_add_bytes(&bytes, point->identity.bytes, DIGEST_BYTES);
	bytes_add_int(&bytes, point->ordinal);
	bytes_add_int(&bytes, point->seed);
	bytes_add_int(&bytes, point->replications);
	for (size_t i = 0; i < results->experiment.key_count; i++)
		add_value(&bytes, results->experiment.keys[i], &point->values[i]);
	for (size_t i = 0; i < point->function_count; i++) {
		bytes_add_text(&bytes, point->functions[i].name);
		bytes_add_int(&bytes, point->functions[i].memory_mb);
		bytes_add_double(&bytes, point->functions[i].peak_memory_mb);
	}
	int64_t checksum = (int64_t)digest_short(buf_text(&bytes), bytes.length);
	buf_release(&bytes);
	return checksum;
}

static void write_find(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT point_id FROM point WHERE identity = ?");
}

bool results_find(struct results *results, const struct digest *identity, int64_t *id, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *find = results_statement(results, STATEMENT_FIND, write_find, err);
	*id = 0;
	if (!find)
		return false;
	sql_bind_digest(find, 1, identity);
	if (sql_row(&results->sql, find, &ok, err))
		*id = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	return ok;
}

static void write_put_point(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT INTO point(identity, ordinal, random_seed, least_replications, checksum)"
		     " VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(identity) DO UPDATE SET ordinal = ?2, random_seed = ?3,"
		     " least_replications = ?4, checksum = ?5");
}

static void write_put_setting(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT OR REPLACE INTO setting(point_id");
	for (size_t i = 0; i < results->experiment.key_count; i++) {
		buf_add(sql, ", ");
		schema_add_name(sql, results->columns[i]);
	}
	buf_add(sql, ") VALUES(");
	results_add_marks(sql, 1 + (int)results->experiment.key_count);
	buf_add(sql, ")");
}

static void write_drop_functions(const struct results *results, struct buf *sql)
{
	buf_add(sql, "DELETE FROM point_function WHERE point_id = ?");
}

static void write_put_function(const struct results *results, struct buf *sql)
{
	buf_add(sql, "INSERT INTO point_function VALUES(?, ?, ?, ?, ?)");
}

static void bind_value(sqlite3_stmt *statement, int index, const struct swept_value *value)
{
	if (value->kind == VALUE_INT)
		sqlite3_bind_int64(statement, index, value->integer);
	else if (value->kind == VALUE_DOUBLE)
		sqlite3_bind_double(statement, index, value->number);
	else if (value->kind == VALUE_TEXT)
		sql_bind_text(statement, index, value->text);
	else
		sqlite3_bind_null(statement, index);
}

static bool put_setting(struct results *results, const struct results_point *point, struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_SETTING, write_put_setting, err);
	if (!put)
		return false;
	sqlite3_bind_int64(put, 1, point->id);
	for (size_t i = 0; i < results->experiment.key_count; i++)
		bind_value(put, 2 + (int)i, &point->values[i]);
	return sql_step(&results->sql, put, err);
}

static bool put_functions(struct results *results, const struct results_point *point, struct err *err)
{
	sqlite3_stmt *drop = results_statement(results, STATEMENT_DROP_FUNCTIONS, write_drop_functions, err);
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_FUNCTION, write_put_function, err);
	if (!drop || !put)
		return false;
	sqlite3_bind_int64(drop, 1, point->id);
	if (!sql_step(&results->sql, drop, err))
		return false;
	for (size_t i = 0; i < point->function_count; i++) {
		sqlite3_bind_int64(put, 1, point->id);
		sqlite3_bind_int64(put, 2, (int64_t)i);
		sql_bind_text(put, 3, point->functions[i].name);
		sqlite3_bind_int64(put, 4, point->functions[i].memory_mb);
		sql_bind_double(put, 5, point->functions[i].peak_memory_mb);
		if (!sql_step(&results->sql, put, err))
			return false;
	}
	return true;
}

bool results_put_point(struct results *results, struct results_point *point, struct err *err)
{
	sqlite3_stmt *put = results_statement(results, STATEMENT_PUT_POINT, write_put_point, err);
	if (!put)
		return false;
	sql_bind_digest(put, 1, &point->identity);
	if (point->ordinal >= 0)
		sqlite3_bind_int64(put, 2, point->ordinal);
	sqlite3_bind_int64(put, 3, point->seed);
	sqlite3_bind_int64(put, 4, point->replications);
	sqlite3_bind_int64(put, 5, checksum_of(results, point));
	return sql_step(&results->sql, put, err) && results_find(results, &point->identity, &point->id, err) &&
	       put_setting(results, point, err) && put_functions(results, point, err);
}

static void write_point(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT identity, ordinal, random_seed, least_replications, checksum FROM point"
		     " WHERE point_id = ?");
}

static void write_setting(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT point_id");
	for (size_t i = 0; i < results->experiment.key_count; i++) {
		buf_add(sql, ", ");
		schema_add_name(sql, results->columns[i]);
	}
	buf_add(sql, " FROM setting WHERE point_id = ?");
}

static void write_functions(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT name, memory_mb, peak_memory_mb FROM point_function WHERE point_id = ? ORDER BY position");
}

static struct swept_value read_value(sqlite3_stmt *row, int column, struct arena *arena)
{
	switch (sqlite3_column_type(row, column)) {
	case SQLITE_INTEGER:
		return (struct swept_value){.kind = VALUE_INT, .integer = sqlite3_column_int64(row, column)};
	case SQLITE_FLOAT:
		return (struct swept_value){.kind = VALUE_DOUBLE, .number = sqlite3_column_double(row, column)};
	case SQLITE_TEXT:
		return (struct swept_value){.kind = VALUE_TEXT, .text = arena_strdup(arena, sql_text(row, column))};
	default:
		return (struct swept_value){.kind = VALUE_NONE};
	}
}

static bool read_setting(struct results *results, struct arena *arena, struct results_point *out, struct err *err)
{
	bool ok = true;
	size_t count = results->experiment.key_count;
	struct swept_value *values = ARENA_ARRAY(arena, struct swept_value, count);
	sqlite3_stmt *row = results_statement(results, STATEMENT_SETTING, write_setting, err);
	out->values = values;
	if (!row)
		return false;
	sqlite3_bind_int64(row, 1, out->id);
	if (sql_row(&results->sql, row, &ok, err))
		for (size_t i = 0; i < count; i++)
			values[i] = read_value(row, 1 + (int)i, arena);
	sqlite3_reset(row);
	return ok;
}

static bool read_functions(struct results *results, struct arena *arena, struct results_point *out, struct err *err)
{
	bool ok = true;
	struct sample_function *functions = ARENA_ARRAY(arena, struct sample_function, SETTING_FUNCTIONS_MAX);
	sqlite3_stmt *rows = results_statement(results, STATEMENT_FUNCTIONS, write_functions, err);
	out->functions = functions;
	if (!rows)
		return false;
	sqlite3_bind_int64(rows, 1, out->id);
	while (out->function_count < SETTING_FUNCTIONS_MAX && sql_row(&results->sql, rows, &ok, err))
		functions[out->function_count++] = (struct sample_function){
			.name = arena_strdup(arena, sql_text(rows, 0)),
			.memory_mb = sqlite3_column_int64(rows, 1),
			.peak_memory_mb = sql_double(rows, 2),
		};
	sqlite3_reset(rows);
	return ok;
}

bool results_read_point(struct results *results, int64_t id, struct arena *arena, struct results_point *out,
			bool *is_whole, struct err *err)
{
	bool ok = true;
	int64_t checksum = 0;
	*out = (struct results_point){.id = id, .ordinal = -1};
	*is_whole = false;
	sqlite3_stmt *row = results_statement(results, STATEMENT_POINT, write_point, err);
	if (!row)
		return false;
	sqlite3_bind_int64(row, 1, id);
	if (sql_row(&results->sql, row, &ok, err)) {
		*is_whole = sql_digest(row, 0, &out->identity);
		if (sqlite3_column_type(row, 1) != SQLITE_NULL)
			out->ordinal = sqlite3_column_int64(row, 1);
		out->seed = sqlite3_column_int64(row, 2);
		out->replications = sqlite3_column_int64(row, 3);
		checksum = sqlite3_column_int64(row, 4);
	}
	sqlite3_reset(row);
	if (!ok || !read_setting(results, arena, out, err) || !read_functions(results, arena, out, err))
		return false;
	/* That it has no place any more is told by another table's change, not by its own. */
	*is_whole = *is_whole && (checksum == checksum_of(results, out) || out->ordinal < 0);
	return true;
}

int64_t results_finished_prefix(const struct results_content *content)
{
	int64_t count = 0;
	while (count < content->count && content->samples[count].is_finished)
		count++;
	return count;
}
