#include "results/results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/results_struct.h"

bool results_is_damaged(const struct results *results)
{
	return results->sql.is_damaged;
}

bool results_exists(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && (!S_ISREG(status.st_mode) || status.st_size > 0);
}

void results_forget_statements(struct results *results)
{
	for (int i = 0; i < STATEMENTS; i++)
		sql_done(&results->statements[i]);
}

sqlite3_stmt *results_statement(struct results *results, enum results_statement which, write_statement *write,
				struct err *err)
{
	if (results->statements[which])
		return results->statements[which];
	struct buf text;
	buf_init(&text);
	write(results, &text);
	results->statements[which] = sql_prepare(&results->sql, buf_text(&text), err);
	buf_release(&text);
	return results->statements[which];
}

void results_add_marks(struct buf *sql, int count)
{
	for (int i = 0; i < count; i++)
		buf_add(sql, i == 0 ? "?" : ", ?");
}

void results_add_columns(struct buf *sql, const struct results_column *columns, int count)
{
	for (int i = 0; i < count; i++)
		buf_printf(sql, ", %s", columns[i].is_there ? columns[i].name : "NULL");
}

void results_close(struct results *results)
{
	if (!results)
		return;
	results_forget_statements(results);
	sql_close(&results->sql);
	arena_release(&results->arena);
	mem_free(results);
}

/* A file of something else stays what it is. */
static bool check_kind(struct results *results, struct err *err)
{
	int64_t application = 0;
	int64_t version = 0;
	if (!sql_number(&results->sql, "PRAGMA application_id", 0, &application, err) ||
	    !sql_number(&results->sql, "PRAGMA user_version", 0, &version, err))
		return false;
	if (application != SCHEMA_APPLICATION_ID)
		return err_set(err, "'%s': it is another program's SQLite file, not one of Lamina's results",
			       results->sql.path);
	if (version > SCHEMA_VERSION)
		return err_set(err, "'%s': a newer Lamina wrote it (schema %lld; this one knows %d): use that one",
			       results->sql.path, (long long)version, SCHEMA_VERSION);
	return true;
}

static void name_columns(struct results *results)
{
	for (int i = 0; i < RUN_COLUMNS; i++)
		run_column_name(i, results->run_columns[i].name);
	for (int i = 0; i < FUNCTION_COLUMNS; i++)
		function_column_name(i, results->function_columns[i].name);
	for (int i = 0; i < METRICS; i++) {
		snprintf(results->summary_columns[2 * i].name, COLUMN_NAME_BYTES, "%s", outcome_metrics[i].name);
		snprintf(results->summary_columns[2 * i + 1].name, COLUMN_NAME_BYTES, "%s_half_width_95",
			 outcome_metrics[i].name);
	}
}

/* What this version knows and the file's does not is added where it may be written. */
static bool find_columns(struct results *results, const char *table, struct results_column *columns, int count,
			 struct err *err)
{
	bool ok = true;
	sqlite3_stmt *find = sql_prepare(&results->sql, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", err);
	if (!find)
		return false;
	for (int i = 0; ok && i < count; i++) {
		sql_bind_text(find, 1, table);
		sql_bind_text(find, 2, columns[i].name);
		columns[i].is_there = sql_row(&results->sql, find, &ok, err);
		sqlite3_reset(find);
		if (!ok || columns[i].is_there || !results->is_writable)
			continue;
		char sql[COLUMN_NAME_BYTES + 80];
		snprintf(sql, sizeof sql, "ALTER TABLE %s ADD COLUMN %s REAL", table, columns[i].name);
		columns[i].is_there = ok = sql_run(&results->sql, sql, err);
	}
	sql_done(&find);
	return ok;
}

static bool find_all_columns(struct results *results, struct err *err)
{
	name_columns(results);
	return find_columns(results, "run", results->run_columns, RUN_COLUMNS, err) &&
	       find_columns(results, "run_function", results->function_columns, FUNCTION_COLUMNS, err) &&
	       find_columns(results, "summary", results->summary_columns, 2 * METRICS, err);
}

static bool read_keys(struct results *results, struct err *err)
{
	int64_t count;
	bool ok = true;
	if (!sql_number(&results->sql, "SELECT COUNT(*) FROM swept_key", 0, &count, err))
		return false;
	const char **keys = ARENA_ARRAY(&results->arena, const char *, (size_t)count);
	results->columns = ARENA_ARRAY(&results->arena, const char *, (size_t)count);
	results->experiment.keys = keys;
	results->experiment.key_count = 0;
	sqlite3_stmt *rows =
		sql_prepare(&results->sql, "SELECT key, column_name FROM swept_key ORDER BY position", err);
	while (rows && results->experiment.key_count < (size_t)count && sql_row(&results->sql, rows, &ok, err)) {
		keys[results->experiment.key_count] = arena_strdup(&results->arena, sql_text(rows, 0));
		results->columns[results->experiment.key_count++] = arena_strdup(&results->arena, sql_text(rows, 1));
	}
	ok = ok && rows;
	sql_done(&rows);
	return ok;
}

static bool read_sources(struct results *results, struct err *err)
{
	int64_t count;
	bool ok = true;
	if (!sql_number(&results->sql, "SELECT COUNT(*) FROM source", 0, &count, err))
		return false;
	struct identity_source *sources = ARENA_ARRAY(&results->arena, struct identity_source, (size_t)count);
	size_t found = 0;
	sqlite3_stmt *rows = sql_prepare(&results->sql, "SELECT kind, name, hash FROM source", err);
	while (rows && found < (size_t)count && sql_row(&results->sql, rows, &ok, err)) {
		sources[found].kind = arena_strdup(&results->arena, sql_text(rows, 0));
		sources[found].name = arena_strdup(&results->arena, sql_text(rows, 1));
		found += sql_digest(rows, 2, &sources[found].digest);
	}
	ok = ok && rows;
	sql_done(&rows);
	results->experiment.sources = sources;
	results->experiment.source_count = found;
	return ok;
}

static bool read_experiment(struct results *results, struct err *err)
{
	bool ok = true;
	struct results_experiment *experiment = &results->experiment;
	sqlite3_stmt *row =
		sql_prepare(&results->sql, "SELECT name, yaml, hash, points, lamina_version FROM experiment", err);
	if (!row)
		return false;
	*experiment = (struct results_experiment){0};
	results->version = "";
	if (sql_row(&results->sql, row, &ok, err)) {
		experiment->name = arena_strdup(&results->arena, sql_text(row, 0));
		experiment->yaml = arena_strdup(&results->arena, sql_text(row, 1));
		experiment->points = sqlite3_column_int64(row, 3);
		results->version = arena_strdup(&results->arena, sql_text(row, 4));
		if (!sql_digest(row, 2, &experiment->digest)) {
			results->sql.is_damaged = true;
			ok = err_set(err, "'%s': it is damaged", results->sql.path);
		}
	}
	sql_done(&row);
	return ok && read_keys(results, err) && read_sources(results, err);
}

static struct results *open_as(const char *path, enum sql_mode mode, struct err *err, bool *is_damaged)
{
	struct results *results = mem_alloc(sizeof *results);
	*results = (struct results){.is_writable = mode != SQL_READ, .version = ""};
	if (sql_open(&results->sql, path, mode, err))
		return results;
	*is_damaged = results->sql.is_damaged;
	mem_free(results);
	return NULL;
}

static struct results *refuse(struct results *results, bool *is_damaged)
{
	*is_damaged = results->sql.is_damaged;
	results_close(results);
	return NULL;
}

static struct results *open_to_read(const char *path, bool *is_damaged, struct err *err)
{
	struct stat status;
	*is_damaged = false;
	if (stat(path, &status) != 0) {
		err_set(err, "'%s': there is no such file", path);
		return NULL;
	}
	if (!S_ISREG(status.st_mode) || status.st_size == 0) {
		err_set(err, "'%s': it is %s, not a file of results", path,
			S_ISREG(status.st_mode) ? "empty" : "no regular file");
		return NULL;
	}
	struct results *results = open_as(path, SQL_READ, err, is_damaged);
	if (!results)
		return NULL;
	if (check_kind(results, err) && find_all_columns(results, err) && read_experiment(results, err))
		return results;
	return refuse(results, is_damaged);
}

struct results *results_open(const char *path, struct err *err)
{
	bool is_damaged;
	return open_to_read(path, &is_damaged, err);
}

static bool make_tables(struct results *results, struct err *err)
{
	struct buf sql;
	buf_init(&sql);
	buf_add(&sql, "BEGIN IMMEDIATE;");
	schema_write_tables(&sql);
	buf_add(&sql, "COMMIT;");
	bool ok = sql_run(&results->sql, buf_text(&sql), err);
	buf_release(&sql);
	return ok;
}

/*
 * Synchronous FULL: what is committed is on the disk, whatever happens to the machine. Of two programs that make the
 * same file, the second finds it made.
 */
static bool prepare_to_write(struct results *results, struct err *err)
{
	int64_t tables;
	if (!sql_run(&results->sql, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;", err) ||
	    !sql_number(&results->sql, "SELECT COUNT(*) FROM sqlite_master", 0, &tables, err))
		return false;
	if (tables == 0 && !make_tables(results, err)) {
		results_undo(results);
		if (!sql_number(&results->sql, "SELECT COUNT(*) FROM sqlite_master", 0, &tables, err) || tables == 0)
			return false;
	}
	return check_kind(results, err) && find_all_columns(results, err) && read_experiment(results, err);
}

/* Every page is looked at; what checksums cannot tell, since it is between the rows, is told here. */
static bool check_pages(struct results *results, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *row = sql_prepare(&results->sql, "PRAGMA integrity_check(1)", err);
	if (!row)
		return false;
	if (sql_row(&results->sql, row, &ok, err) && strcmp(sql_text(row, 0), "ok") != 0) {
		results->sql.is_damaged = true;
		ok = err_set(err, "'%s': it is damaged or cut off", results->sql.path);
	}
	sql_done(&row);
	return ok;
}

struct results *results_create(const char *path, bool *is_damaged, struct err *err)
{
	bool is_new = !results_exists(path);
	*is_damaged = false;
	if (!is_new) {
		/* Before anything could be written into what is another's. */
		struct results *as_it_is = open_to_read(path, is_damaged, err);
		if (!as_it_is)
			return NULL;
		results_close(as_it_is);
	}
	struct results *results = open_as(path, SQL_CREATE, err, is_damaged);
	if (!results)
		return NULL;
	if (prepare_to_write(results, err) && (is_new || check_pages(results, err)))
		return results;
	refuse(results, is_damaged);
	if (is_new && !results_exists(path))
		unlink(path);
	return NULL;
}

const struct results_experiment *results_experiment_of(const struct results *results)
{
	return &results->experiment;
}

bool results_refresh(struct results *results, struct err *err)
{
	return read_experiment(results, err);
}

const char *results_version(const struct results *results)
{
	return results->version;
}

bool results_begin(struct results *results, struct err *err)
{
	return sql_run(&results->sql, "BEGIN IMMEDIATE", err);
}

bool results_begin_reading(struct results *results, struct err *err)
{
	return sql_run(&results->sql, "BEGIN", err);
}

void results_end_reading(struct results *results)
{
	results_undo(results);
}

void results_undo(struct results *results)
{
	if (!sqlite3_get_autocommit(results->sql.db))
		sqlite3_exec(results->sql.db, "ROLLBACK", NULL, NULL, NULL);
	results->program = NULL;
}

bool results_end(struct results *results, struct err *err)
{
	if (sql_run(&results->sql, "COMMIT", err))
		return true;
	results_undo(results);
	return false;
}

/* Names of columns do not tell capitals from small letters. */
static bool is_taken(const char *const *columns, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (sqlite3_stricmp(columns[i], name) == 0)
			return true;
	return sqlite3_stricmp(name, "point_id") == 0;
}

/* A key's column in `setting`, which is made where it is missing. */
static bool put_key(struct results *results, const char *key, size_t position, const char *const *old_keys,
		    const char *const *old_columns, size_t old_count, const char **column, struct err *err)
{
	for (size_t i = 0; i < old_count; i++) {
		if (strcmp(old_keys[i], key) == 0) {
			*column = old_columns[i];
			return true;
		}
	}
	struct buf sql;
	buf_init(&sql);
	const char *name = key;
	for (int i = 2; is_taken(old_columns, old_count, name) || is_taken(results->columns, position, name); i++)
		name = arena_printf(&results->arena, "%s (%d)", key, i);
	*column = arena_strdup(&results->arena, name);
	buf_add(&sql, "ALTER TABLE setting ADD COLUMN ");
	schema_add_name(&sql, name);
	buf_add(&sql, " ANY");
	bool ok = sql_run(&results->sql, buf_text(&sql), err);
	buf_release(&sql);
	return ok;
}

/* Columns of keys that are not swept any more stay: points that have no place may still have their values. */
static bool put_keys(struct results *results, const struct results_experiment *experiment, struct err *err)
{
	const char *const *old_keys = results->experiment.keys;
	const char **old_columns = results->columns;
	size_t old_count = results->experiment.key_count;
	const char **keys = ARENA_ARRAY(&results->arena, const char *, experiment->key_count);
	results->columns = ARENA_ARRAY(&results->arena, const char *, experiment->key_count);
	bool ok = sql_run(&results->sql, "DELETE FROM swept_key", err);
	sqlite3_stmt *put = ok ? sql_prepare(&results->sql, "INSERT INTO swept_key VALUES(?, ?, ?)", err) : NULL;
	for (size_t i = 0; put && ok && i < experiment->key_count; i++) {
		keys[i] = arena_strdup(&results->arena, experiment->keys[i]);
		ok = put_key(results, keys[i], i, old_keys, old_columns, old_count, &results->columns[i], err);
		sqlite3_bind_int64(put, 1, (int64_t)i);
		sql_bind_text(put, 2, keys[i]);
		sql_bind_text(put, 3, results->columns[i]);
		ok = ok && sql_step(&results->sql, put, err);
	}
	ok = ok && put;
	sql_done(&put);
	results->experiment.keys = keys;
	results->experiment.key_count = experiment->key_count;
	return ok;
}

static bool put_views(struct results *results, struct err *err)
{
	struct buf sql;
	buf_init(&sql);
	schema_write_views(results->columns, results->experiment.key_count, &sql);
	bool ok = sql_run(&results->sql, buf_text(&sql), err);
	buf_release(&sql);
	return ok;
}

static bool put_sources(struct results *results, const struct results_experiment *experiment, struct err *err)
{
	bool ok = sql_run(&results->sql, "DELETE FROM source", err);
	sqlite3_stmt *put = ok ? sql_prepare(&results->sql, "INSERT INTO source VALUES(?, ?, ?)", err) : NULL;
	for (size_t i = 0; put && ok && i < experiment->source_count; i++) {
		sql_bind_text(put, 1, experiment->sources[i].kind);
		sql_bind_text(put, 2, experiment->sources[i].name);
		sql_bind_digest(put, 3, &experiment->sources[i].digest);
		ok = sql_step(&results->sql, put, err);
	}
	ok = ok && put;
	sql_done(&put);
	return ok;
}

bool results_put_experiment(struct results *results, const struct results_experiment *experiment, const char *version,
			    struct err *err)
{
	bool ok = true;
	results_forget_statements(results);
	/* Another sweep may have written keys since the file was opened. */
	if (!read_experiment(results, err) || !put_keys(results, experiment, err) ||
	    !put_sources(results, experiment, err) || !put_views(results, err) ||
	    !sql_run(&results->sql, "UPDATE point SET ordinal = NULL WHERE ordinal IS NOT NULL", err))
		return false;
	sqlite3_stmt *put =
		sql_prepare(&results->sql, "INSERT OR REPLACE INTO experiment VALUES(1, ?, ?, ?, ?, ?)", err);
	if (!put)
		return false;
	sql_bind_text(put, 1, experiment->name);
	sql_bind_text(put, 2, experiment->yaml);
	sql_bind_digest(put, 3, &experiment->digest);
	sqlite3_bind_int64(put, 4, experiment->points);
	sql_bind_text(put, 5, version);
	ok = sql_step(&results->sql, put, err);
	sql_done(&put);
	return ok && read_experiment(results, err);
}

bool results_list(struct results *results, bool with_others, struct arena *arena, int64_t **ids, size_t *count,
		  struct err *err)
{
	int64_t most;
	bool ok = true;
	if (!sql_number(&results->sql, "SELECT COUNT(*) FROM point", 0, &most, err))
		return false;
	*ids = ARENA_ARRAY(arena, int64_t, (size_t)most);
	*count = 0;
	sqlite3_stmt *rows = sql_prepare(&results->sql,
					 with_others ? "SELECT point_id FROM point ORDER BY ordinal IS NULL, ordinal,"
						       " identity"
						     : "SELECT point_id FROM point WHERE ordinal IS NOT NULL ORDER BY"
						       " ordinal",
					 err);
	while (rows && *count < (size_t)most && sql_row(&results->sql, rows, &ok, err))
		(*ids)[(*count)++] = sqlite3_column_int64(rows, 0);
	ok = ok && rows;
	sql_done(&rows);
	return ok;
}

bool results_functions(struct results *results, struct arena *arena, const char ***names, size_t *count,
		       struct err *err)
{
	int64_t most;
	bool ok = true;
	if (!sql_number(&results->sql, "SELECT COUNT(DISTINCT name) FROM point_function", 0, &most, err))
		return false;
	*names = ARENA_ARRAY(arena, const char *, (size_t)most);
	*count = 0;
	sqlite3_stmt *rows = sql_prepare(
		&results->sql,
		"SELECT f.name FROM point_function f JOIN point p USING (point_id) WHERE p.ordinal IS NOT NULL"
		" GROUP BY f.name ORDER BY MIN(f.position), f.name",
		err);
	while (rows && *count < (size_t)most && sql_row(&results->sql, rows, &ok, err))
		(*names)[(*count)++] = arena_strdup(arena, sql_text(rows, 0));
	ok = ok && rows;
	sql_done(&rows);
	return ok;
}

static void write_count(const struct results *results, struct buf *sql)
{
	buf_add(sql, "SELECT (SELECT COUNT(*) FROM run WHERE run_id BETWEEN ?1 AND ?2),"
		     " EXISTS(SELECT 1 FROM failure WHERE point_id = ?3)");
}

bool results_count(struct results *results, int64_t point, int64_t *replications, bool *is_failed, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *count = results_statement(results, STATEMENT_COUNT, write_count, err);
	if (!count)
		return false;
	sqlite3_bind_int64(count, 1, run_id_of(point, 0));
	sqlite3_bind_int64(count, 2, run_id_of(point, (1 << SCHEMA_RUN_BITS) - 1));
	sqlite3_bind_int64(count, 3, point);
	if (sql_row(&results->sql, count, &ok, err)) {
		*replications = sqlite3_column_int64(count, 0);
		*is_failed = sqlite3_column_int64(count, 1) != 0;
	}
	sqlite3_reset(count);
	return ok;
}

bool results_progress(struct results *results, struct results_progress *out, struct err *err)
{
	bool ok = true;
	sqlite3_stmt *row = sql_prepare(
		&results->sql,
		"SELECT COUNT(*), AVG(computed_seconds), (SELECT COUNT(DISTINCT point_id) FROM failure) FROM run", err);
	*out = (struct results_progress){.seconds_per_replication = (double)NAN};
	if (row && sql_row(&results->sql, row, &ok, err)) {
		out->replications = sqlite3_column_int64(row, 0);
		out->seconds_per_replication = sql_double(row, 1);
		out->failed_points = sqlite3_column_int64(row, 2);
	}
	ok = ok && row;
	sql_done(&row);
	return ok;
}
