#include "results/sql.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/check.h"

/* What SQLite's codes mean to somebody whose sweep has stopped. */
static const struct {
	int code;
	bool is_damage;
	const char *words;
} failures[] = {
	{SQLITE_FULL, false, "there is no space left for it"},
	{SQLITE_BUSY, false, "another program holds it and does not let go"},
	{SQLITE_LOCKED, false, "another program holds it and does not let go"},
	{SQLITE_READONLY, false, "it, or its folder, cannot be written"},
	{SQLITE_CANTOPEN, false, "it cannot be opened, or its folder cannot be written"},
	{SQLITE_PERM, false, "this user may not"},
	{SQLITE_AUTH, false, "this user may not"},
	{SQLITE_NOMEM, false, "no memory is left"},
	{SQLITE_IOERR, false, "the disk, or a limit on the size of files, refuses"},
	{SQLITE_CORRUPT, true, "it is damaged or cut off"},
	/* The statements are right; so it is the tables that are not. */
	{SQLITE_ERROR, true, "it is damaged: its tables are not those of a file of results"},
	{SQLITE_NOTADB, false, "it is no SQLite file, or its first page is damaged"},
};

bool sql_failed(struct sql *sql, struct err *err)
{
	int code = sql->db ? sqlite3_errcode(sql->db) & 0xff : SQLITE_NOMEM;
	const char *words = sql->db ? sqlite3_errmsg(sql->db) : "no memory is left";
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		if (failures[i].code != code)
			continue;
		words = failures[i].words;
		sql->is_damaged = sql->is_damaged || failures[i].is_damage;
	}
	err_set(err, "'%s': %s", sql->path, words);
	printable_make(err->text, "");
	return false;
}

bool sql_open(struct sql *sql, const char *path, enum sql_mode mode, struct err *err)
{
	static const int flags[] = {
		[SQL_READ] = SQLITE_OPEN_READWRITE, /* where a killed writer's transaction has to be undone first */
		[SQL_WRITE] = SQLITE_OPEN_READWRITE,
		[SQL_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	*sql = (struct sql){.path = path};
	if (sqlite3_open_v2(path, &sql->db, flags[mode] | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
		sql_failed(sql, err);
		sql_close(sql);
		return false;
	}
	sqlite3_busy_timeout(sql->db, SQL_PATIENCE_MS);
	/* The file may come from anywhere: nothing that its schema says is to be run. */
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	if (sql_run(sql, "PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768", err) &&
	    (mode != SQL_READ || sql_run(sql, "PRAGMA query_only = ON", err)))
		return true;
	sql_close(sql);
	return false;
}

void sql_close(struct sql *sql)
{
	sqlite3_close_v2(sql->db);
	sql->db = NULL;
}

bool sql_run(struct sql *sql, const char *text, struct err *err)
{
	return sqlite3_exec(sql->db, text, NULL, NULL, NULL) == SQLITE_OK || sql_failed(sql, err);
}

sqlite3_stmt *sql_prepare(struct sql *sql, const char *text, struct err *err)
{
	sqlite3_stmt *statement;
	if (sqlite3_prepare_v2(sql->db, text, -1, &statement, NULL) == SQLITE_OK)
		return statement;
	sql_failed(sql, err);
	return NULL;
}

void sql_done(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
	*statement = NULL;
}

bool sql_step(struct sql *sql, sqlite3_stmt *statement, struct err *err)
{
	bool ok = sqlite3_step(statement) == SQLITE_DONE;
	if (!ok)
		sql_failed(sql, err);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return ok;
}

bool sql_row(struct sql *sql, sqlite3_stmt *statement, bool *ok, struct err *err)
{
	int code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		*ok = sql_failed(sql, err);
	sqlite3_reset(statement);
	return false;
}

bool sql_number(struct sql *sql, const char *query, int64_t fallback, int64_t *out, struct err *err)
{
	sqlite3_stmt *statement = sql_prepare(sql, query, err);
	bool ok = statement != NULL;
	*out = fallback;
	if (ok && sql_row(sql, statement, &ok, err) && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(statement, 0);
	sql_done(&statement);
	return ok;
}

void sql_bind_double(sqlite3_stmt *statement, int index, double value)
{
	if (isnan(value))
		sqlite3_bind_null(statement, index);
	else
		sqlite3_bind_double(statement, index, value);
}

void sql_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

void sql_bind_digest(sqlite3_stmt *statement, int index, const struct digest *digest)
{
	sqlite3_bind_blob(statement, index, digest->bytes, DIGEST_BYTES, SQLITE_STATIC);
}

double sql_double(sqlite3_stmt *statement, int column)
{
	return sqlite3_column_type(statement, column) == SQLITE_NULL ? (double)NAN
								     : sqlite3_column_double(statement, column);
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text ? (const char *)text : "";
}

bool sql_digest(sqlite3_stmt *statement, int column, struct digest *out)
{
	const void *bytes = sqlite3_column_blob(statement, column);
	if (!bytes || sqlite3_column_bytes(statement, column) != DIGEST_BYTES)
		return false;
	memcpy(out->bytes, bytes, DIGEST_BYTES);
	return true;
}
