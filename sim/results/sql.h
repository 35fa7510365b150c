/* SQLite as this layer uses it: every failure in the words that a user can act on, and told apart where it matters. */
#ifndef LAMINA_SQL_H
#define LAMINA_SQL_H /* private to results */

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

enum sql_mode {
	SQL_READ,
	SQL_WRITE, /* the file is there */
	SQL_CREATE,
};

struct sql {
	sqlite3 *db;
	const char *path;
	bool is_damaged; /* a failure told that the file is */
};

/* How long others may hold the file before this one gives up. */
enum { SQL_PATIENCE_MS = 20000 };

bool sql_open(struct sql *sql, const char *path, enum sql_mode mode, struct err *err);
void sql_close(struct sql *sql);

/* Fills err from what SQLite has said last; returns false. */
bool sql_failed(struct sql *sql, struct err *err);

/* Statements without values, one or several. */
bool sql_run(struct sql *sql, const char *text, struct err *err);

/* NULL on failure. sql_done forgets it. */
sqlite3_stmt *sql_prepare(struct sql *sql, const char *text, struct err *err);
void sql_done(sqlite3_stmt **statement);

/* Runs a prepared statement that gives no rows; its values are then free again. */
bool sql_step(struct sql *sql, sqlite3_stmt *statement, struct err *err);

/* The next row: true, or false at the end and on failure, when *ok becomes false. Reset after the last. */
bool sql_row(struct sql *sql, sqlite3_stmt *statement, bool *ok, struct err *err);

/* One number that a query gives; fallback where it gives no row or NULL. */
bool sql_number(struct sql *sql, const char *query, int64_t fallback, int64_t *out, struct err *err);

/* Not a number: NULL. */
void sql_bind_double(sqlite3_stmt *statement, int index, double value);
void sql_bind_text(sqlite3_stmt *statement, int index, const char *text);
void sql_bind_digest(sqlite3_stmt *statement, int index, const struct digest *digest);

/* NULL: not a number. */
double sql_double(sqlite3_stmt *statement, int column);

/* "" for NULL; valid until the next step. */
const char *sql_text(sqlite3_stmt *statement, int column);

/* False where the column holds no digest. */
bool sql_digest(sqlite3_stmt *statement, int column, struct digest *out);

#endif
