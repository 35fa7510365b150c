/* What the files of this layer share of an open file of results. */
#ifndef LAMINA_RESULTS_STRUCT_H
#define LAMINA_RESULTS_STRUCT_H /* private to results */

#include "base/buf.h"
#include "results/columns.h"
#include "results/results.h"
#include "results/schema.h"
#include "results/sql.h"

/* Statements that are prepared at their first use. */
enum results_statement {
	STATEMENT_FIND,
	STATEMENT_POINT,
	STATEMENT_SETTING,
	STATEMENT_FUNCTIONS,
	STATEMENT_COUNT,
	STATEMENT_LAST_RUN,
	STATEMENT_RUNS,
	STATEMENT_RUN_FUNCTIONS,
	STATEMENT_RUN_BILL,
	STATEMENT_FAILURES,
	STATEMENT_PUT_POINT,
	STATEMENT_PUT_SETTING,
	STATEMENT_DROP_FUNCTIONS,
	STATEMENT_PUT_FUNCTION,
	STATEMENT_PUT_RUN,
	STATEMENT_PUT_RUN_FUNCTION,
	STATEMENT_PUT_RUN_BILL,
	STATEMENT_PUT_SUMMARY,
	STATEMENT_SUMMARY,
	STATEMENT_PUT_FAILURE,
	STATEMENT_PUT_PROGRAM,
	STATEMENT_FIND_PROGRAM,
	STATEMENTS,
};

/* A column of a sample, and whether the file has it: those of an older version lack what was added since. */
struct results_column {
	char name[COLUMN_NAME_BYTES];
	bool is_there;
};

struct results {
	struct sql sql;
	struct arena arena;
	bool is_writable;
	struct results_experiment experiment;
	const char *version;
	const char **columns; /* of the keys, in `setting` */
	struct results_column run_columns[RUN_COLUMNS];
	struct results_column function_columns[FUNCTION_COLUMNS];
	struct results_column summary_columns[2 * METRICS];
	sqlite3_stmt *statements[STATEMENTS];
	const char *program; /* whose id was looked up last */
	int64_t program_id;
};

/* The statement, prepared from what `write` puts into the buf if it was not yet; NULL on failure. */
typedef void write_statement(const struct results *results, struct buf *sql);
sqlite3_stmt *results_statement(struct results *results, enum results_statement which, write_statement *write,
				struct err *err);

/* What refers to the schema is made anew. */
void results_forget_statements(struct results *results);

static inline int64_t run_id_of(int64_t point, int64_t replication)
{
	return point * (1 << SCHEMA_RUN_BITS) + replication;
}

/* ", name, name" of the columns, NULL for those that are not there. */
void results_add_columns(struct buf *sql, const struct results_column *columns, int count);

/* "?, ?, ?" */
void results_add_marks(struct buf *sql, int count);

#endif
