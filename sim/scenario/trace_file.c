#include "scenario/trace_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/csv.h"
#include "base/num.h"

enum column {
	COLUMN_ARRIVAL,
	COLUMN_FUNCTION,
	COLUMN_IMAGES,
	COLUMN_DURATION,
	COLUMN_AZURE_END,
	COLUMN_AZURE_DURATION,
	COLUMN_AZURE_FUNCTION,
	COLUMN_AZURE_HASH,
	COLUMN_MINUTES,                                 /* and TRACE_MINUTES - 1 more */
	COLUMN_WANTED = COLUMN_MINUTES + TRACE_MINUTES, /* and TRACE_COLUMNS_MAX - 1 more */
	COLUMNS = COLUMN_WANTED + TRACE_COLUMNS_MAX,
};

static const double ARRIVAL_SECONDS_MAX = 4e9;
static const double DURATION_SECONDS_MAX = 1e6;

/* A further column as it is read. */
struct wanted {
	const char **texts;        /* in the order in which they come */
	struct diag_place *places; /* where each came first */
	size_t text_count;
	size_t *sorted; /* texts by name */
	int32_t *codes; /* as many as there is room for requests */
};

struct reading {
	struct csv_reader reader;
	struct csv_column columns[COLUMNS];
	const struct trace_request *request;
	const char *function;
	struct wanted wanted[TRACE_COLUMNS_MAX];
	struct arena *arena;
	struct diag *diag;
	struct arrival *requests; /* their sizes hold images until they are indexed */
	size_t count;
	size_t capacity;
	int64_t *minutes;
	bool is_full;
};

static void name_columns(struct reading *reading)
{
	static const char *const names[COLUMN_MINUTES] = {
		[COLUMN_ARRIVAL] = "arrival_seconds", [COLUMN_FUNCTION] = "function",
		[COLUMN_IMAGES] = "images",           [COLUMN_DURATION] = "duration_seconds",
		[COLUMN_AZURE_END] = "end_timestamp", [COLUMN_AZURE_DURATION] = "duration",
		[COLUMN_AZURE_FUNCTION] = "func",     [COLUMN_AZURE_HASH] = "HashFunction",
	};
	for (int i = 0; i < COLUMN_MINUTES; i++)
		reading->columns[i].name = names[i];
	for (int i = 0; i < TRACE_MINUTES; i++)
		reading->columns[COLUMN_MINUTES + i].name = arena_printf(reading->arena, "%d", i + 1);
	for (size_t i = 0; i < reading->request->column_count; i++)
		reading->columns[COLUMN_WANTED + i].name = reading->request->columns[i];
}

static bool is_chosen(struct reading *reading, enum column column)
{
	if (reading->function[0] == '\0' || !csv_reader_has(&reading->reader, column))
		return true;
	return strcmp(csv_reader_text(&reading->reader, column), reading->function) == 0;
}

/* Which of its texts a request has in a further column. */
static int32_t code_of(struct reading *reading, size_t column)
{
	struct wanted *wanted = &reading->wanted[column];
	const char *text = csv_reader_text(&reading->reader, COLUMN_WANTED + column);
	size_t low = 0;
	size_t high = wanted->text_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(wanted->texts[wanted->sorted[middle]], text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < wanted->text_count && strcmp(wanted->texts[wanted->sorted[low]], text) == 0)
		return (int32_t)wanted->sorted[low];
	if (wanted->text_count == TRACE_TEXTS_MAX) {
		if (!reading->is_full)
			diag_error(reading->diag, csv_reader_place(&reading->reader, COLUMN_WANTED + column),
				   "'%s' has more than %d different values", reading->request->columns[column],
				   TRACE_TEXTS_MAX);
		reading->is_full = true;
		return 0;
	}
	memmove(&wanted->sorted[low + 1], &wanted->sorted[low], (wanted->text_count - low) * sizeof wanted->sorted[0]);
	wanted->sorted[low] = wanted->text_count;
	wanted->texts[wanted->text_count] = arena_strdup(reading->arena, text);
	wanted->places[wanted->text_count] = csv_reader_place(&reading->reader, COLUMN_WANTED + column);
	return (int32_t)wanted->text_count++;
}

static void grow(struct reading *reading)
{
	reading->capacity = reading->capacity ? 2 * reading->capacity : 1024;
	struct arrival *more = ARENA_ARRAY(reading->arena, struct arrival, reading->capacity);
	if (reading->count > 0)
		memcpy(more, reading->requests, reading->count * sizeof more[0]);
	reading->requests = more;
	for (size_t i = 0; i < reading->request->column_count; i++) {
		int32_t *codes = ARENA_ARRAY(reading->arena, int32_t, reading->capacity);
		if (reading->count > 0)
			memcpy(codes, reading->wanted[i].codes, reading->count * sizeof codes[0]);
		reading->wanted[i].codes = codes;
	}
}

static void add_request(struct reading *reading, double arrival_seconds, double duration_seconds, int64_t images)
{
	if (reading->count == TRACE_REQUESTS_MAX) {
		if (!reading->is_full)
			diag_error(reading->diag, csv_reader_place(&reading->reader, 0),
				   "more than %d requests; cut the trace or choose one of its functions",
				   TRACE_REQUESTS_MAX);
		reading->is_full = true;
		return;
	}
	if (reading->count == reading->capacity)
		grow(reading);
	for (size_t i = 0; i < reading->request->column_count; i++)
		reading->wanted[i].codes[reading->count] = code_of(reading, i);
	reading->requests[reading->count++] = (struct arrival){
		.time_ns = ns_from_seconds(arrival_seconds),
		.duration_ns = duration_seconds >= 0 ? ns_from_seconds(duration_seconds) : -1,
		.size = (int)images,
	};
}

/* A record that has an unreadable number is left out: the diag has it, and the trace is refused in the end. */
static void read_plain(struct reading *reading)
{
	struct csv_reader *reader = &reading->reader;
	double arrival;
	double duration = -1;
	int64_t images = -1;
	if (!is_chosen(reading, COLUMN_FUNCTION))
		return;
	if (!csv_reader_double(reader, COLUMN_ARRIVAL, 0, ARRIVAL_SECONDS_MAX, &arrival))
		return;
	if (csv_reader_has(reader, COLUMN_DURATION) &&
	    !csv_reader_double(reader, COLUMN_DURATION, 0, DURATION_SECONDS_MAX, &duration))
		return;
	if (csv_reader_has(reader, COLUMN_IMAGES) && !csv_reader_int(reader, COLUMN_IMAGES, 1, 1000000, &images))
		return;
	if (reading->count > 0 && ns_from_seconds(arrival) < reading->requests[reading->count - 1].time_ns)
		diag_error(reading->diag, csv_reader_place(reader, COLUMN_ARRIVAL),
			   "'arrival_seconds' goes back from %g to %g; sort the trace",
			   seconds_from_ns(reading->requests[reading->count - 1].time_ns), arrival);
	add_request(reading, arrival, duration, images);
}

static void read_azure_2021(struct reading *reading)
{
	struct csv_reader *reader = &reading->reader;
	double end;
	double duration;
	if (!is_chosen(reading, COLUMN_AZURE_FUNCTION))
		return;
	bool has_end = csv_reader_double(reader, COLUMN_AZURE_END, 0, ARRIVAL_SECONDS_MAX, &end);
	bool has_duration = csv_reader_double(reader, COLUMN_AZURE_DURATION, 0, DURATION_SECONDS_MAX, &duration);
	if (has_end && has_duration)
		add_request(reading, end - duration, duration, -1);
}

static void read_azure_2019(struct reading *reading)
{
	if (!is_chosen(reading, COLUMN_AZURE_HASH))
		return;
	for (int i = 0; i < TRACE_MINUTES; i++) {
		int64_t count;
		size_t column = (size_t)(COLUMN_MINUTES + i);
		if (csv_reader_has(&reading->reader, column) &&
		    csv_reader_int(&reading->reader, column, 0, 1000000000, &count))
			reading->minutes[i] += count;
	}
}

static const struct trace_format {
	enum column needs[2];
	void (*read)(struct reading *reading);
} formats[] = {
	{{COLUMN_ARRIVAL, COLUMN_ARRIVAL}, read_plain},
	{{COLUMN_AZURE_END, COLUMN_AZURE_DURATION}, read_azure_2021},
	{{COLUMN_AZURE_HASH, COLUMN_MINUTES}, read_azure_2019},
};

static const struct trace_format *find_format(struct reading *reading)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (csv_reader_has(&reading->reader, formats[i].needs[0]) &&
		    csv_reader_has(&reading->reader, formats[i].needs[1]))
			return &formats[i];
	}
	diag_error(reading->diag, (struct diag_place){reading->reader.path, 1, 1},
		   "a trace has the columns 'arrival_seconds', or 'end_timestamp' and 'duration', or 'HashFunction' "
		   "and '1' to '1440'; this header has none of these");
	return NULL;
}

static int compare_requests(const void *a, const void *b)
{
	const struct arrival *x = a;
	const struct arrival *y = b;
	if (x->time_ns != y->time_ns)
		return x->time_ns > y->time_ns ? 1 : -1;
	return (x->duration_ns > y->duration_ns) - (x->duration_ns < y->duration_ns);
}

/* Azure's 2021 trace is in order of neither arrival nor end. */
static void sort_from_zero(struct reading *reading)
{
	qsort(reading->requests, reading->count, sizeof reading->requests[0], compare_requests);
	int64_t first_ns = reading->requests[0].time_ns;
	for (size_t i = 0; i < reading->count; i++)
		reading->requests[i].time_ns -= first_ns;
}

static size_t find_size(const int64_t *sizes, size_t count, int64_t size)
{
	size_t low = 0;
	while (low < count) {
		size_t middle = low + (count - low) / 2;
		if (sizes[middle] < size)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* Images become indices into the sizes that occur. */
static bool index_sizes(struct reading *reading, struct trace *out)
{
	int64_t *sizes = ARENA_ARRAY(reading->arena, int64_t, TRACE_SIZES_MAX);
	size_t count = 0;
	for (size_t i = 0; i < reading->count; i++) {
		int64_t images = reading->requests[i].size;
		size_t at = find_size(sizes, count, images);
		if (images < 0 || (at < count && sizes[at] == images))
			continue;
		if (count == TRACE_SIZES_MAX) {
			diag_error(reading->diag, (struct diag_place){reading->reader.path, 1, 1},
				   "'images' has more than %d different values", TRACE_SIZES_MAX);
			return false;
		}
		memmove(&sizes[at + 1], &sizes[at], (count - at) * sizeof sizes[0]);
		sizes[at] = images;
		count++;
	}
	for (size_t i = 0; i < reading->count; i++) {
		struct arrival *request = &reading->requests[i];
		request->size = request->size < 0 ? -1 : (int)find_size(sizes, count, request->size);
	}
	out->sizes = sizes;
	out->size_count = count;
	return true;
}

static bool finish(struct reading *reading, const struct trace_format *format, struct trace *out)
{
	*out = (struct trace){0};
	if (format->read == read_azure_2019) {
		out->counts = reading->minutes;
		out->count = TRACE_MINUTES;
		out->stretch_ns = 60 * NS_PER_SECOND;
		for (int i = 0; i < TRACE_MINUTES; i++)
			out->total += reading->minutes[i];
	} else {
		if (format->read == read_azure_2021 && reading->count > 0)
			sort_from_zero(reading);
		out->requests = reading->requests;
		out->count = reading->count;
		out->total = (int64_t)reading->count;
	}
	struct trace_column *columns = ARENA_ARRAY(reading->arena, struct trace_column, TRACE_COLUMNS_MAX);
	out->columns = columns;
	out->column_count = reading->request->column_count;
	for (size_t i = 0; i < out->column_count; i++)
		columns[i] = (struct trace_column){
			.name = reading->request->columns[i],
			.texts = reading->wanted[i].texts,
			.places = reading->wanted[i].places,
			.text_count = reading->wanted[i].text_count,
			.codes = reading->wanted[i].codes,
		};
	return index_sizes(reading, out);
}

/* Further columns are of plain traces, which must have them. */
static bool check_wanted(const struct reading *reading, const struct trace_format *format)
{
	bool ok = true;
	for (size_t i = 0; i < reading->request->column_count; i++) {
		if (format->read == read_plain && csv_reader_has(&reading->reader, COLUMN_WANTED + i))
			continue;
		ok = false;
		diag_error(reading->diag, (struct diag_place){reading->reader.path, 1, 1},
			   "the workflow asks for a column '%s'; this header has none of requests",
			   reading->request->columns[i]);
	}
	return ok;
}

static bool read_records(struct reading *reading, struct trace *out)
{
	struct diag_place place = reading->request->place;
	size_t errors_before = reading->diag->error_count;
	const struct trace_format *format = find_format(reading);
	if (!format || !check_wanted(reading, format))
		return false;
	while (!reading->is_full && csv_reader_next(&reading->reader))
		format->read(reading);
	if (reading->diag->error_count != errors_before || !finish(reading, format, out))
		return false;
	if (out->total > 0)
		return true;
	if (reading->function[0] != '\0')
		diag_error(reading->diag, place, "trace '%s' has no request of function '%s'", reading->reader.path,
			   reading->function);
	else
		diag_error(reading->diag, place, "trace '%s' has no request", reading->reader.path);
	return false;
}

bool trace_read(const struct trace_request *request, struct arena *arena, struct diag *diag, struct trace *out)
{
	struct reading *reading = ARENA_NEW(arena, struct reading);
	reading->request = request;
	reading->function = request->function;
	reading->arena = arena;
	reading->diag = diag;
	reading->minutes = ARENA_ARRAY(arena, int64_t, TRACE_MINUTES);
	for (size_t i = 0; i < request->column_count; i++) {
		reading->wanted[i].texts = ARENA_ARRAY(arena, const char *, TRACE_TEXTS_MAX);
		reading->wanted[i].places = ARENA_ARRAY(arena, struct diag_place, TRACE_TEXTS_MAX);
		reading->wanted[i].sorted = ARENA_ARRAY(arena, size_t, TRACE_TEXTS_MAX);
	}
	name_columns(reading);
	bool ok = csv_reader_open(&reading->reader, request->path, reading->columns,
				  COLUMN_WANTED + request->column_count, diag) &&
		  read_records(reading, out);
	csv_reader_release(&reading->reader);
	return ok;
}
