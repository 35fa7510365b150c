/* Every spelling of a log gives the same rows, and what cannot be read is told in words. */
#define _GNU_SOURCE
#include <math.h>
#include <sys/mman.h>
#include <zlib.h>

#include "base/check.h"
#include "calibrate/report_log.h"
#include "tests/tap.h"

enum { ROWS_MAX = 16, NAME_BYTES = 64 };

struct reading {
	struct report_row rows[ROWS_MAX];
	char names[ROWS_MAX][NAME_BYTES];
	int count;
	bool ok;
	bool io_failed;
	struct report_counts counts;
	char words[4096]; /* of the diag */
};

static void take_row(void *context, const struct report_row *row)
{
	struct reading *reading = context;
	if (reading->count == ROWS_MAX)
		return;
	snprintf(reading->names[reading->count], NAME_BYTES, "%s", row->function);
	reading->rows[reading->count++] = *row;
}

static void read_path(const char *path, struct reading *reading)
{
	struct diag diag;
	struct report_sink sink = {take_row, reading};
	diag_init(&diag);
	*reading = (struct reading){0};
	reading->ok = report_log_read(path, &sink, &diag, &reading->counts, &reading->io_failed);
	FILE *words = fmemopen(reading->words, sizeof reading->words - 1, "w");
	diag_print(&diag, words);
	fclose(words);
	diag_release(&diag);
}

static void read_bytes(const void *bytes, size_t count, struct reading *reading)
{
	char path[64];
	int fd = memfd_create("log", 0);
	CHECK(fd >= 0 && write(fd, bytes, count) == (ssize_t)count);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	read_path(path, reading);
	close(fd);
}

static void read_text(const char *text, struct reading *reading)
{
	read_bytes(text, strlen(text), reading);
}

#define REPORT \
	"REPORT RequestId: 40f6-a1\tDuration: 18.59 ms\tBilled Duration: 29 ms\tMemory Size: 2048 MB\t" \
	"Max Memory Used: 246 MB\tInit Duration: 10.20 ms\t\n"
#define EVENT \
	"{\"time\":\"2024-06-17T17:23:55.826Z\",\"type\":\"platform.report\",\"record\":{\"requestId\":" \
	"\"40f6-a1\",\"status\":\"success\",\"metrics\":{\"durationMs\":18.59,\"billedDurationMs\":29," \
	"\"memorySizeMB\":2048,\"maxMemoryUsedMB\":246,\"initDurationMs\":10.2}}}"
#define QUOTED_EVENT \
	"{\\\"type\\\":\\\"platform.report\\\",\\\"record\\\":{\\\"metrics\\\":{\\\"durationMs\\\":18.59," \
	"\\\"billedDurationMs\\\":29,\\\"memorySizeMB\\\":2048,\\\"maxMemoryUsedMB\\\":246," \
	"\\\"initDurationMs\\\":10.2}}}"
#define QUOTED_REPORT \
	"REPORT RequestId: 40f6-a1\\tDuration: 18.59 ms\\tBilled Duration: 29 ms\\tMemory Size: 2048 MB" \
	"\\tMax Memory Used: 246 MB\\tInit Duration: 10.20 ms\\t\\n"

/* The same invocation in every spelling. */
static const struct spelling {
	const char *name;
	const char *text;
	const char *function;
} spellings[] = {
	{"a REPORT line", "START RequestId: 40f6-a1\n" REPORT "END RequestId: 40f6-a1\n", ""},
	{"blanks, a prefix and X-Ray's tail",
	 "2024-06-17T17:23:55 2024/06/17/[$LATEST]abc REPORT RequestId: 40f6-a1 Duration: 18.59 ms Billed Duration: 29 "
	 "ms Memory Size: 2048 MB Max Memory Used: 246 MB Init Duration: 10.20 ms XRAY TraceId: 1-5 SegmentId: 8 "
	 "Sampled: true\r\n",
	 ""},
	{"a log that begins with a bracket", "[INFO]\t2024-06-17 loaded\n" REPORT, ""},
	{"an event", EVENT, ""},
	{"an event in a line with a prefix", "2024-06-17T17:23:55 stream " EVENT "\n", ""},
	{"lines of events", "{\"type\":\"platform.start\",\"record\":{}}\n" EVENT "\n", ""},
	{"a list of events", "[\n{\"type\":\"platform.start\"},\n" EVENT "\n]\n", ""},
	{"a list in one line", "[" EVENT "]", ""},
	{"filter-log-events of text",
	 "{\n\"events\":[{\"logStreamName\":\"x\",\"message\":\"START\"},{\"message\":\"" QUOTED_REPORT "\"}]}", ""},
	{"filter-log-events of JSON", "{\"events\":[{\"message\":\"" QUOTED_EVENT "\"}]}", ""},
	{"a subscription",
	 "{\"logGroup\":\"/aws/lambda/conv1\",\"logEvents\":[{\"id\":\"1\",\"message\":\"" QUOTED_REPORT "\"}]}",
	 "/aws/lambda/conv1"},
	{"an export", "{\"timestamp\":1,\"message\":\"" QUOTED_REPORT "\"}\n", ""},
	{"an Insights table",
	 "@timestamp,@log,@duration,@billedDuration,@initDuration,@memorySize,@maxMemoryUsed\n"
	 "2024-06-17,1:/aws/lambda/conv1,18.59,29,10.2,2.048E9,246000000\n",
	 "1:/aws/lambda/conv1"},
	{"an Insights table in bytes of 2^20 to the MB",
	 "@duration,@billedDuration,@initDuration,@memorySize,@maxMemoryUsed\n18.59,29,10.2,2147483648,257949696\n",
	 ""},
	{"an Insights table of messages", "@type,@log,@message\nSTART,c,START\nREPORT,c,\"" REPORT "\"\n", "c"},
	{"an Insights table divided by 1000",
	 "@requestId,@duration,@billedDuration,@initDuration,memory_mb,max_memory_mb\na,18.59,29,10.2,2048,246\n", ""},
	{"an Insights table divided by 1024",
	 "@duration,@billedDuration,@initDuration,memory_mb,max_memory_mb\n18.59,29,10.2,1953.125,234.6038818\n", ""},
	{"an Insights answer of the API",
	 "{\"results\":[[{\"field\":\"@duration\",\"value\":\"18.59\"},{\"field\":\"@billedDuration\",\"value\":\"29\"}"
	 ","
	 "{\"field\":\"@initDuration\",\"value\":\"10.2\"},{\"field\":\"@memorySize\",\"value\":\"2048000000\"},"
	 "{\"field\":\"@maxMemoryUsed\",\"value\":\"246000000\"},{\"field\":\"@ptr\",\"value\":\"x\"}]],"
	 "\"status\":\"Complete\"}",
	 ""},
	{"an Insights table with aliases",
	 "functionName,durationInMS,billedDurationInMS,initDurationInMS,provisonedMemoryMB,maxMemoryUsedMB,"
	 "overProvisionedMB\n"
	 "conv1,18.59,29,10.2,2048,246,1802\n",
	 "conv1"},
	{"an Insights table of expressions",
	 "@duration,@billedDuration,@initDuration,@memorySize / 1000 / 1000,\"max(@maxMemoryUsed / 1024 / 1024)\"\n"
	 "18.59,29,10.2,2048,234.6038818\n",
	 ""},
	{"aliases in an answer of the API",
	 "{\"results\":[[{\"field\":\"Duration "
	 "(ms)\",\"value\":\"18.59\"},{\"field\":\"billed_duration\",\"value\":\"29\"},"
	 "{\"field\":\"initDurationMs\",\"value\":\"10.2\"},{\"field\":\"memory\",\"value\":\"2048\"},"
	 "{\"field\":\"memory_used_mb\",\"value\":\"246\"}]],\"status\":\"Complete\"}",
	 ""},
	{"aws logs tail of text",
	 "2024-06-17T17:23:55.826000+00:00 2024/06/17/[$LATEST]abc REPORT RequestId: 40f6-a1 Duration: 18.59 ms "
	 "Billed Duration: 29 ms Memory Size: 2048 MB Max Memory Used: 246 MB Init Duration: 10.20 ms\n",
	 ""},
	{"a page",
	 "<br>REPORT RequestId: 40f6-a1 Duration: 18.59 ms<br>Billed Duration: 29 ms\tMemory Size: 2048 MB\tMax Memory "
	 "Used: "
	 "246 MB\tInit Duration: 10.20 ms<br>\n",
	 ""},
	{"Insights objects of the console",
	 "[{\"@duration\":18.59,\"@billedDuration\":29,\"@initDuration\":10.2,\"@memorySize\":2048000000,"
	 "\"@maxMemoryUsed\":246000000,\"@log\":\"fc\"}]",
	 "fc"},
};

static void test_spellings(void)
{
	for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
		struct reading reading;
		const struct spelling *spelling = &spellings[i];
		read_text(spelling->text, &reading);
		const struct report_row *row = &reading.rows[0];
		t_ok(reading.ok && reading.count == 1, "%s: one row", spelling->name);
		t_str(reading.names[0], spelling->function, "its function");
		t_int(row->memory_mb, 2048, "its memory size");
		t_near(row->duration_ms, 18.59, 0, 1e-9, "its duration");
		t_near(row->billed_ms, 29, 0, 0, "its billed duration");
		t_near(row->init_ms, 10.2, 0, 1e-9, "its init duration");
		t_near(row->max_memory_mb, 246, 0, 0, "its peak memory");
		t_int(report_row_era(row), BILLING_INIT_BILLED, "its era");
	}
}

static void test_tails(void)
{
	struct reading reading;
	read_text("REPORT RequestId: a\tDuration: 127.10 ms\tBilled Duration: 154 ms\tMemory Size: 512 MB\t"
		  "Max Memory Used: 99 MB\tRestore Duration: 325.93 ms\tBilled Restore Duration: 26 ms\t\n",
		  &reading);
	t_near(reading.rows[0].duration_ms, 127.10, 0, 1e-9, "restoring leaves the duration alone");
	t_near(reading.rows[0].restore_ms, 325.93, 0, 1e-9, "the time of restoring");
	t_near(reading.rows[0].billed_restore_ms, 26, 0, 0, "and what of it is billed");

	read_text("REPORT RequestId: a\tDuration: 3000.00 ms\tMemory Size: 128 MB\tStatus: timeout\n"
		  "REPORT RequestId: b\tDuration: 9 ms\tMemory Size: 128 MB\tStatus: error\tError Type: "
		  "Runtime.OutOfMemory\n"
		  "REPORT RequestId: 8f5-c1\tDuration: 3000.00 ms\tMemory Size: 128 MB\n"
		  "2019-06-17T17:23:55Z 8f5-c1 Task timed out after 3.00 seconds\n"
		  "REPORT RequestId: 8f5-d1\tDuration: 8 ms\tMemory Size: 128 MB\n"
		  "2019-06-17T17:23:55Z 8f5-e1 Task timed out after 3.00 seconds\n",
		  &reading);
	t_int(reading.count, 4, "four rows");
	t_int(reading.rows[0].status, REPORT_TIMEOUT, "a status of timeout");
	t_int(reading.rows[1].status, REPORT_OUT_OF_MEMORY, "an error of a type");
	t_int(reading.rows[2].status, REPORT_TIMEOUT, "the line behind a report says that it timed out");
	t_int(reading.rows[3].status, REPORT_OK, "unless it is about another request");

	read_text("2024-06-17T17:23:55Z 8f5-a1 Task timed out after 3.00 seconds\n"
		  "REPORT RequestId: 8f5-b1\tDuration: 8 ms\tMemory Size: 128 MB\n"
		  "END RequestId: 8f5-a1\n"
		  "REPORT RequestId: 8f5-a1\tDuration: 3000.00 ms\tMemory Size: 128 MB\n",
		  &reading);
	t_int(reading.rows[0].status, REPORT_OK, "a report between a line of another request and its report");
	t_int(reading.rows[1].status, REPORT_TIMEOUT, "a line before its report says that it timed out");

	read_text("REPORT RequestId: 8f5-a1\tDuration: 3000.00 ms\tMemory Size: 128 MB\n"
		  "REPORT RequestId: 8f5-b1\tDuration: 8 ms\tMemory Size: 128 MB\n"
		  "2024-06-17T17:23:55Z 8f5-a1 Task timed out after 3.00 seconds\n"
		  "REPORT RequestId: 8f5-c1\tDuration: 9 ms\tMemory Size: 128 MB\n",
		  &reading);
	t_int(reading.count, 3, "three rows");
	t_int(reading.rows[0].status, REPORT_TIMEOUT, "a line behind the report of another request");
	t_int(reading.rows[1].status, REPORT_OK, "which is left alone");

	read_text("{\"results\":{\"power\":\"512\",\"cost\":1e-6,\"duration\":20.5,\"stats\":["
		  "{\"averagePrice\":1e-7,\"averageDuration\":80.25,\"value\":128},"
		  "{\"averagePrice\":1e-7,\"averageDuration\":20.5,\"value\":512}]}}",
		  &reading);
	t_int(reading.count, 2, "a power tuning result has a row for each size");
	t_int(reading.rows[0].memory_mb, 128, "its size");
	t_near(reading.rows[0].duration_ms, 80.25, 0, 0, "its average duration");
	t_ok(reading.rows[0].is_average, "it is an average");
	read_text("{\"power\":\"512\",\"cost\":1e-6,\"duration\":20.5}", &reading);
	t_ok(reading.count == 1 && reading.rows[0].memory_mb == 512, "without its details it tells one size");
}

static void test_statistics(void)
{
	struct reading reading;
	read_text("@memorySize,avg(@duration),\"pct(@duration, 95)\",max(@duration)\n512000000,20.5,90,99\n", &reading);
	t_ok(reading.count == 1 && reading.rows[0].is_average, "an average is one");
	t_near(reading.rows[0].duration_ms, 20.5, 0, 0, "which other statistics leave alone");
	t_int(reading.rows[0].memory_mb, 512, "at its size");
	read_text("avgDuration,@duration,memorySize\n9,20.5,512\n", &reading);
	t_ok(!reading.rows[0].is_average && reading.rows[0].duration_ms == 20.5, "a row's own duration comes first");
	read_text("@memorySize,max(@duration)\n512000000,99\n", &reading);
	t_has(reading.words, "it has no duration", "the largest duration tells none");
	read_text("{\"level\":\"INFO\",\"duration\":12,\"message\":\"resized\"}\n" REPORT, &reading);
	t_ok(reading.count == 1 && reading.counts.skipped == 0, "a program's own line is no report");
}

static void test_lambda_insights(void)
{
	struct reading reading;
	read_text("{\"event_type\":\"performance\",\"duration\":8,\"total_memory\":512,\"timeout\":true}\n", &reading);
	t_int(reading.rows[0].status, REPORT_TIMEOUT, "a performance event of a time-out");
	read_text("{\"event_type\":\"performance\",\"function_name\":\"resize\",\"request_id\":\"q\",\"cpu_total_"
		  "time\":400,"
		  "\"rx_bytes\":2000000,\"tx_bytes\":200000,\"init_duration\":506,\"cold_start\":true,\"duration\":812,"
		  "\"billed_duration\":1320,\"total_memory\":512,\"used_memory_max\":141}\n"
		  "{\"event_type\":\"performance\",\"duration\":8,\"total_memory\":512,\"cpu_total_time\":-1}\n"
		  "{\"event_type\":\"performance\",\"duration\":8,\"total_memory\":512,\"tx_bytes\":-1}\n",
		  &reading);
	t_int(reading.count, 1, "a performance event of Lambda Insights");
	t_near(reading.rows[0].cpu_ms, 400, 0, 0, "its CPU time");
	t_near(reading.rows[0].received_bytes, 2e6, 0, 0, "what it received");
	t_near(reading.rows[0].sent_bytes, 2e5, 0, 0, "and sent");
	t_near(reading.rows[0].init_ms, 506, 0, 0, "its init");
	t_has(reading.words, ":2:1: warning: a report was left out: one of its times is negative",
	      "no CPU time is negative");
	t_has(reading.words, ":3:1: warning: a report was left out: the bytes that it received or sent are negative",
	      "and no bytes are");
	read_text(REPORT, &reading);
	t_ok(isnan(reading.rows[0].cpu_ms) && isnan(reading.rows[0].sent_bytes), "other logs do not tell them");
}

/* 768, 1024, 1280, 2048 and 3008 MB: 41200, 30100, 24900, 17000 and 12500 ms. */
#define CHART \
	"https://lambda-power-tuning.show/#AAMABAAFAAjACw==;APAgRwAo60YAiMJGANCERgBQQ0Y=;nFAIOoWxBTqcUAg6DWwVOmjoHzo="
#define COMPARED \
	"https://example.com/ui/#gAAAAQ==;AACAPwAAAEA=;AAAAAAAAAAA=;AAI=;AABAQA==;AAAAAA==;resize%20x86;resize_arm"

static const struct address {
	const char *name;
	const char *text;
	int count;
	const char *function; /* of the last */
} addresses[] = {
	{"a line", CHART "\n", 5, ""},
	{"a line with words around it", "see [the chart](" CHART "), it tells\n", 5, ""},
	{"a line whose padding is percent-encoded or cut",
	 "https://x-power-tuning.y/#AAMABA%3D%3D;APAgRwAo60Y;nFAIOoWxBTo\n", 2, ""},
	{"a described execution",
	 "{\"name\":\"n\",\"input\":\"{\\\"lambdaARN\\\":\\\"arn:aws:lambda:r:0:function:fc\\\",\\\"num\\\":50}\","
	 "\"output\":\"{\\\"power\\\":1024,\\\"duration\\\":30100,\\\"stateMachine\\\":{\\\"visualization\\\":"
	 "\\\"" CHART "\\\"}}\"}",
	 5, "arn:aws:lambda:r:0:function:fc"},
	{"a field of any object", "{\"a\":1,\"visualization\":\"" CHART "\"}", 5, ""},
	{"a result without its chart", "{\"power\":\"512\",\"duration\":20.5,\"stateMachine\":{\"executionCost\":1}}",
	 1, ""},
	{"two functions that are compared", COMPARED, 3, "resize_arm"},
	{"an address that is cut off", "https://lambda-power-tuning.show/#AAMABAAFAAjACw==;APAgRwAo60YA", 2, ""},
	{"another page's words", "https://example.com/#AAMA;APAgRwAo60YA\n" REPORT, 1, ""},
};

static void test_addresses(void)
{
	struct reading reading;
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		read_text(addresses[i].text, &reading);
		t_int(reading.count, addresses[i].count, addresses[i].name);
		t_str(reading.names[reading.count - 1], addresses[i].function, "its function");
	}
	read_text(CHART, &reading);
	t_int(reading.rows[4].memory_mb, 3008, "the last size");
	t_near(reading.rows[4].duration_ms, 12500, 0, 0, "its time");
	t_ok(reading.rows[4].is_average, "which is an average");
	read_text(COMPARED, &reading);
	t_str(reading.names[0], "resize x86", "the first function that is compared");
	t_ok(reading.rows[2].memory_mb == 512 && reading.rows[2].duration_ms == 3, "a size of the second");
}

static const struct mistake {
	const char *name;
	const char *text;
	bool ok;
	const char *words;
} mistakes[] = {
	{"an empty file", "", false,
	 ": there is no report in it: no REPORT line, platform.report event, Logs Insights result, nor "
	 "result or chart address of power tuning"},
	{"a log without reports", "hello\nworld\n", false, "there is no report in it"},
	{"a table of something else", "a,b\n1,2\n", false, "there is no report in it"},
	{"a time in seconds", "REPORT RequestId: a\tDuration: 3.00 s\tMemory Size: 128 MB\n", false,
	 ":1:1: warning: a report was left out: one of its times is not in 'ms'"},
	{"memory in GB", REPORT "REPORT RequestId: a\tDuration: 3.00 ms\tMemory Size: 1 GB\n", true,
	 ":2:1: warning: a report was left out: one of its memory sizes is not in 'MB'"},
	{"a decimal comma", "REPORT RequestId: a\tDuration: 3,00 ms\tMemory Size: 128 MB\n", false,
	 "a report was left out: one of its fields is not a number"},
	{"a line cut off", REPORT "REPORT RequestId: a\tDuration: 3.00 ms\tBilled Dura", true,
	 ":2:1: warning: a report was left out: it has no memory size"},
	{"a value cut off", REPORT "REPORT RequestId: a\tDuration: 3.00 ms\tMemory Size: 12", true,
	 ":2:1: warning: a report was left out: it is cut off"},
	{"an event cut off", EVENT "\n{\"type\":\"platform.report\",\"record\":{\"met", true,
	 ":2:1: warning: a report was left out: it is cut off or no JSON"},
	{"a document cut off", "[\n" EVENT ",\n", false, "is the file cut off?"},
	{"an event without numbers", "{\"type\":\"platform.report\",\"record\":{}}", false,
	 "a report was left out: it has no memory size"},
	{"no usable row", "@duration,@memorySize\n,128000000\n", false, "none of its reports can be used"},
	{"an Insights field that is text", "@duration,@memorySize\nfast,128000000\n", false,
	 ":2:1: warning: a report was left out: one of its fields is not a number"},
	{"an address that is cut off early", "https://lambda-power-tuning.show/#AAMABAAFAAjACw==", false,
	 ":1:1: warning: the address of a chart was left out: it holds no sizes and times; is it cut off?"},
	{"an address that is cut off late", "https://lambda-power-tuning.show/#AAMABA==;APAgRwAo60Y=;nFAI", true,
	 ":1:1: warning: the address of a chart does not hold as many sizes as times and costs; those sizes that have "
	 "a "
	 "time are used"},
	{"an address of no base64", "https://lambda-power-tuning.show/#A!;B;C", false,
	 "the address of a chart was left out: what is behind its '#' is no base64, or of too many numbers"},
	{"a size divided by 1024", "@duration,@memorySize\n3,122.0703125\n", true,
	 "memory of 122.07 is 10^6 bytes divided by 1024 twice; taken as 128 MB, and others likewise"},
};

static void test_mistakes(void)
{
	struct reading reading;
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		read_text(mistakes[i].text, &reading);
		t_ok(reading.ok == mistakes[i].ok && !reading.io_failed, "%s", mistakes[i].name);
		t_has(reading.words, mistakes[i].words, "and its words");
	}
	read_path("no/such.log", &reading);
	t_ok(!reading.ok && reading.io_failed, "a file that is not there");
	t_has(reading.words, "cannot read 'no/such.log': No such file or directory", "and its words");
	read_path("/", &reading);
	t_ok(!reading.ok && reading.io_failed, "a directory");
}

/* Ten million bytes without a line end, a report behind them, and a report in a line that is too long. */
static void test_long_lines(void)
{
	struct reading reading;
	size_t long_bytes = 10000000;
	size_t bytes = long_bytes + 1 + strlen(REPORT) + long_bytes;
	char *text = mem_alloc(bytes);
	memset(text, 'x', bytes);
	text[long_bytes] = '\n';
	memcpy(text + long_bytes + 1, REPORT, strlen(REPORT));
	memcpy(text + long_bytes + 1 + strlen(REPORT), "REPORT RequestId: ", 18);
	read_bytes(text, bytes, &reading);
	t_ok(reading.ok && reading.count == 1, "a report between lines of ten million bytes");
	t_has(reading.words, ":3:1: warning: a report was left out: its line has more than 1048576 bytes", "its words");
	mem_free(text);
}

static void test_compressed(void)
{
	struct reading reading;
	unsigned char packed[1024];
	z_stream stream = {0};
	CHECK(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	char text[] = REPORT;
	stream.next_in = (unsigned char *)text;
	stream.avail_in = (unsigned int)strlen(text);
	stream.next_out = packed;
	stream.avail_out = sizeof packed;
	CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	size_t count = sizeof packed - stream.avail_out;
	deflateEnd(&stream);
	read_bytes(packed, count, &reading);
	t_ok(reading.ok && reading.count == 1, "a compressed log");
	read_bytes(packed, count - 12, &reading);
	t_ok(!reading.ok && reading.io_failed, "a compressed log that is cut off");
}

/* More reports than can wait for a word of their time-out. */
static void test_many(void)
{
	enum { REPORTS = 200, LINE_BYTES = 160 };
	char text[REPORTS * LINE_BYTES];
	size_t at = 0;
	for (int i = 0; i < REPORTS; i++)
		at += (size_t)snprintf(text + at, LINE_BYTES,
				       "REPORT RequestId: %d\tDuration: %d.00 ms\tBilled Duration: %d ms\t"
				       "Memory Size: 128 MB\tMax Memory Used: 40 MB\n",
				       i, i + 1, i + 1);
	struct reading reading;
	read_bytes(text, at, &reading);
	t_ok(reading.ok && reading.counts.rows == REPORTS, "200 reports are 200 rows");
	int wrong = 0;
	for (int i = 0; i < ROWS_MAX; i++)
		wrong += reading.rows[i].duration_ms != i + 1;
	t_int(wrong, 0, "in the order of the log");
}

int main(void)
{
	test_spellings();
	test_tails();
	test_addresses();
	test_statistics();
	test_lambda_insights();
	test_mistakes();
	test_long_lines();
	test_compressed();
	test_many();
	return t_done();
}
