#include "results/schema.h"

#include "results/columns.h"

static const char fixed_tables[] =
	"CREATE TABLE experiment(experiment_id INTEGER PRIMARY KEY CHECK(experiment_id = 1), name TEXT NOT NULL,"
	" yaml TEXT NOT NULL, hash BLOB NOT NULL, points INTEGER NOT NULL, lamina_version TEXT NOT NULL) STRICT;"
	"CREATE TABLE source(kind TEXT NOT NULL, name TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
	"CREATE TABLE program(program_id INTEGER PRIMARY KEY, lamina_version TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE swept_key(position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
	" column_name TEXT NOT NULL) STRICT;"
	"CREATE TABLE point(point_id INTEGER PRIMARY KEY AUTOINCREMENT, identity BLOB NOT NULL UNIQUE, ordinal INTEGER,"
	" random_seed INTEGER NOT NULL, least_replications INTEGER NOT NULL, checksum INTEGER NOT NULL) STRICT;"
	"CREATE INDEX point_ordinal ON point(ordinal);"
	"CREATE TABLE setting(point_id INTEGER PRIMARY KEY) STRICT;"
	"CREATE TABLE point_function(point_id INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
	" memory_mb INTEGER NOT NULL, peak_memory_mb REAL, PRIMARY KEY(point_id, position)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE bill_item(item TEXT PRIMARY KEY, unit TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE run_bill(run_id INTEGER NOT NULL, item TEXT NOT NULL, quantity REAL NOT NULL, usd REAL NOT NULL,"
	" PRIMARY KEY(run_id, item)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE failure(point_id INTEGER NOT NULL, replication INTEGER NOT NULL, reason TEXT NOT NULL,"
	" PRIMARY KEY(point_id, replication)) STRICT, WITHOUT ROWID;";

void schema_add_name(struct buf *sql, const char *name)
{
	buf_add_char(sql, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_add_char(sql, '"');
		buf_add_char(sql, *name);
	}
	buf_add_char(sql, '"');
}

static void add_bill_items(struct buf *sql)
{
	for (int i = 0; i < BILL_ITEMS; i++)
		buf_printf(sql, "INSERT INTO bill_item VALUES('%s', '%s');", bill_rows[i].name, bill_rows[i].unit);
}

void schema_write_tables(struct buf *sql)
{
	char name[COLUMN_NAME_BYTES];
	buf_printf(sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;", SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	buf_add(sql, fixed_tables);
	buf_add(sql, "CREATE TABLE run(run_id INTEGER PRIMARY KEY, point_id INTEGER NOT NULL, replication INTEGER NOT"
		     " NULL, program_id INTEGER NOT NULL, ended TEXT NOT NULL, computed_seconds REAL,"
		     " checksum INTEGER NOT NULL");
	for (int i = 0; i < RUN_COLUMNS; i++)
		buf_printf(sql, ", %s REAL", run_column_name(i, name));
	buf_add(sql, ") STRICT; CREATE TABLE run_function(run_id INTEGER NOT NULL, position INTEGER NOT NULL");
	for (int i = 0; i < FUNCTION_COLUMNS; i++)
		buf_printf(sql, ", %s REAL", function_column_name(i, name));
	buf_add(sql, ", PRIMARY KEY(run_id, position)) STRICT, WITHOUT ROWID;");
	buf_add(sql, "CREATE TABLE summary(point_id INTEGER PRIMARY KEY, replications INTEGER NOT NULL");
	for (int i = 0; i < METRICS; i++)
		buf_printf(sql, ", %s REAL, %s_half_width_95 REAL", outcome_metrics[i].name, outcome_metrics[i].name);
	buf_add(sql, ") STRICT;");
	add_bill_items(sql);
}

/* The swept values, then whatever follows. */
static void begin_view(const char *name, const char *const *columns, size_t count, struct buf *sql)
{
	buf_printf(sql, "DROP VIEW IF EXISTS %s; CREATE VIEW %s AS SELECT p.ordinal + 1 AS point", name, name);
	for (size_t i = 0; i < count; i++) {
		buf_add(sql, ", s.");
		schema_add_name(sql, columns[i]);
	}
}

static void write_point_summary(const char *const *columns, size_t count, struct buf *sql)
{
	begin_view("point_summary", columns, count, sql);
	buf_add(sql, ", p.random_seed, m.replications");
	for (int i = 0; i < METRICS; i++)
		buf_printf(sql, ", m.%s, m.%s_half_width_95", outcome_metrics[i].name, outcome_metrics[i].name);
	buf_add(sql, " FROM point p JOIN setting s USING (point_id) JOIN summary m USING (point_id)"
		     " WHERE p.ordinal IS NOT NULL;");
}

static void write_replications(const char *const *columns, size_t count, struct buf *sql)
{
	char name[COLUMN_NAME_BYTES];
	begin_view("replications", columns, count, sql);
	buf_add(sql, ", p.random_seed, r.replication, r.ended");
	for (int i = 0; i < RUN_COLUMNS; i++)
		buf_printf(sql, ", r.%s", run_column_name(i, name));
	buf_add(sql, " FROM point p JOIN setting s USING (point_id) JOIN run r USING (point_id)"
		     " WHERE p.ordinal IS NOT NULL;");
}

static void write_bill(const char *const *columns, size_t count, struct buf *sql)
{
	begin_view("bill", columns, count, sql);
	buf_printf(sql,
		   ", b.item, i.unit, SUM(b.quantity) / m.replications AS quantity, SUM(b.usd) / m.replications AS usd"
		   " FROM point p JOIN setting s USING (point_id) JOIN summary m USING (point_id)"
		   " JOIN run_bill b ON b.run_id BETWEEN p.point_id << %d AND (p.point_id << %d) + %d JOIN bill_item i "
		   "USING (item)"
		   " WHERE p.ordinal IS NOT NULL"
		   " GROUP BY p.point_id, b.item;",
		   SCHEMA_RUN_BITS, SCHEMA_RUN_BITS, (1 << SCHEMA_RUN_BITS) - 1);
}

/* Seconds of a call, USD of a run. */
static void write_stages(const char *const *columns, size_t count, struct buf *sql)
{
	char name[COLUMN_NAME_BYTES];
	begin_view("stages", columns, count, sql);
	buf_add(sql, ", n.name AS function, n.memory_mb, n.peak_memory_mb, SUM(f.invocations) / m.replications"
		     " AS invocations");
	for (int i = FUNCTION_METRICS + FAILURES; i < FUNCTION_COLUMNS - CAUSES; i++) {
		function_column_name(i, name);
		buf_printf(sql, ", SUM(f.%s) / SUM(f.invocations) AS %s", name, name);
	}
	for (int i = FUNCTION_COLUMNS - CAUSES; i < FUNCTION_COLUMNS; i++) {
		function_column_name(i, name);
		buf_printf(sql, ", SUM(f.%s) / m.replications AS %s", name, name);
	}
	buf_printf(sql,
		   " FROM point p JOIN setting s USING (point_id) JOIN summary m USING (point_id)"
		   " JOIN run_function f ON f.run_id BETWEEN p.point_id << %d AND (p.point_id << %d) + %d"
		   " JOIN point_function n ON n.point_id = p.point_id AND n.position = f.position"
		   " WHERE p.ordinal IS NOT NULL GROUP BY p.point_id, f.position;",
		   SCHEMA_RUN_BITS, SCHEMA_RUN_BITS, (1 << SCHEMA_RUN_BITS) - 1);
}

void schema_write_views(const char *const *columns, size_t count, struct buf *sql)
{
	write_point_summary(columns, count, sql);
	write_replications(columns, count, sql);
	write_bill(columns, count, sql);
	write_stages(columns, count, sql);
}
