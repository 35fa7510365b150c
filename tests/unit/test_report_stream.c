/* What stands around reports tells which requests failed and which hold a second init. */
#define _GNU_SOURCE
#include <math.h>
#include <sys/mman.h>

#include "base/check.h"
#include "calibrate/log_samples.h"
#include "calibrate/report_log.h"
#include "tests/tap.h"

enum { ROWS_MAX = 8 };

struct reading {
	struct report_row rows[ROWS_MAX];
	int count;
	struct log_samples samples;
	struct diag *diag;
};

static void take_row(void *context, const struct report_row *row)
{
	struct reading *reading = context;
	if (reading->count < ROWS_MAX)
		reading->rows[reading->count++] = *row;
	log_samples_add(&reading->samples, "f", row, reading->diag);
}

/* The samples live as long as the arena. */
static void read_text(const char *text, struct arena *arena, struct reading *reading)
{
	struct diag diag;
	struct report_sink sink = {take_row, reading};
	struct report_counts counts;
	bool io_failed;
	char path[64];
	int fd = memfd_create("log", 0);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	diag_init(&diag);
	*reading = (struct reading){.diag = &diag};
	log_samples_init(&reading->samples, arena);
	report_log_read(path, &sink, &diag, &counts, &io_failed);
	diag_release(&diag);
	close(fd);
}

#define REPORT_OF(id) "REPORT RequestId: " id "\tDuration: 500.00 ms\tBilled Duration: 500 ms\tMemory Size: 512 MB\t\n"
#define EVENT_OF(id, more) \
	"{\"type\":\"platform.report\",\"record\":{\"requestId\":\"" id "\"," more \
	"\"metrics\":{\"durationMs\":500,\"billedDurationMs\":500,\"memorySizeMB\":512}}}\n"
#define START_OF(id) "START RequestId: " id " Version: $LATEST\n"
#define STREAM_1 "2026/01/02/[$LATEST]01 2026-01-02T03:04:05 "
#define STREAM_2 "2026/01/02/[$LATEST]02 2026-01-02T03:04:05 "

/* Two requests and how they ended. */
static const struct story {
	const char *name;
	const char *text;
	enum report_status ended[2];
} stories[] = {
	{"a runtime that exited",
	 START_OF("a") "RequestId: a Error: Runtime exited with error: signal: killed\n"
		       "Runtime.ExitError\nEND RequestId: a\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_EXITED, REPORT_OK}},
	{"the same behind its report",
	 REPORT_OF("a") REPORT_OF("b") "RequestId: a Error: Runtime exited without providing "
				       "a reason\n",
	 {REPORT_EXITED, REPORT_OK}},
	{"a process that exited",
	 "RequestId: b Process exited before completing request\n\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_OK, REPORT_EXITED}},
	{"time-outs, old and new",
	 "2026-01-02T03:04:05Z a Task timed out after 0.50 seconds\n" REPORT_OF("a")
		 REPORT_OF("b") "RequestId: b Error: Task timed out after 0.50 seconds\n",
	 {REPORT_TIMEOUT, REPORT_TIMEOUT}},
	{"an error type in the report",
	 "REPORT RequestId: a\tDuration: 5 ms\tMemory Size: 512 MB\tStatus: error\tError Type: "
	 "Runtime.OutOfMemory\n" REPORT_OF("b"),
	 {REPORT_OUT_OF_MEMORY, REPORT_OK}},
	{"Python's error",
	 START_OF("a") "[ERROR] RuntimeError: shapes\nTraceback (most recent call last):\nEND RequestId: a\n" REPORT_OF(
		 "a") START_OF("b") REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"Python's error of a class of any name",
	 START_OF("a") "[ERROR] NoSuchKey: no such key\nTraceback (most recent call "
		       "last):\n" REPORT_OF("a") START_OF("b") "[ERROR] Done: all well\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"an error without a START",
	 "[ERROR] KeyError: 'x'\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"Python's logger",
	 START_OF("a") "[ERROR]\t2026-01-02T03:04:05.678Z\ta\tRuntimeError: handled\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_OK, REPORT_OK}},
	{"Node.js",
	 "2026-01-02T03:04:05.678Z\ta\tERROR\tInvoke Error \t{\"errorType\":\"Error\"}\n" REPORT_OF(
		 "a") "2026-01-02T03:04:05.678Z\tb\tERROR\tUnhandled Promise Rejection \t{}\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_UNHANDLED}},
	{"Node.js before any request",
	 START_OF("a") "2026-01-02T03:04:05.678Z\tundefined\tERROR\tUncaught Exception \t{}\n" REPORT_OF(
		 "a") "2026-01-02T03:04:05.678Z\tb\tERROR\tretrying\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{".NET",
	 "2026-01-02T03:04:05.678Z\ta\tfail\tSystem.ArgumentException: bad\n" REPORT_OF(
		 "a") "2026-01-02T03:04:05.678Z\tb\tfail\tagain\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"Java",
	 START_OF("a") "no image: java.lang.RuntimeException\njava.lang.RuntimeException: no image\n\tat "
		       "X.handle(X.java:9)\n" REPORT_OF("a")
			       START_OF("b") "java.io.IOException: told and handled\n\tat X.y(X.java:9)\nCaused by: "
					     "java.io.EOFException\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"Ruby",
	 START_OF("a") "Error raised from handler method\n" REPORT_OF("a") START_OF("b") REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"Go",
	 START_OF("a") "2026/01/02 03:04:05 {\"errorMessage\":\"no\",\"errorType\":\"errorString\"}\n" REPORT_OF("a")
		 START_OF("b") REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"errors as JSON",
	 "{\"level\":\"ERROR\",\"requestId\":\"a\",\"message\":{\"errorType\":\"Error\",\"errorMessage\":\"x\"}}"
	 "\n" REPORT_OF("a") "{\"log_level\":\"ERROR\",\"AWSRequestId\":\"b\",\"errorType\":\"KeyError\","
			     "\"errorMessage\":\"x\"}\n" REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_UNHANDLED}},
	{"a logger's JSON",
	 "{\"level\":\"ERROR\",\"logger\":\"root\",\"message\":\"handled\",\"requestId\":\"a\",\"errorType\":"
	 "\"KeyError\",\"errorMessage\":\"x\"}\n" REPORT_OF("a") "{\"message\":\"on\",\"errorType\":\"X\"}\n" REPORT_OF(
		 "b"),
	 {REPORT_OK, REPORT_OK}},
	{"a report's own success before the words",
	 EVENT_OF("a", "\"status\":\"success\",")
		 EVENT_OF("b", "") "{\"requestId\":\"a\",\"errorType\":\"KeyError\",\"errorMessage\":\"x\"}\n"
				   "{\"requestId\":\"b\",\"errorType\":\"KeyError\",\"errorMessage\":\"x\"}\n",
	 {REPORT_OK, REPORT_UNHANDLED}},
	{"a report's own success",
	 "{\"requestId\":\"a\",\"errorType\":\"KeyError\",\"errorMessage\":\"x\"}\n" EVENT_OF(
		 "a", "\"status\":\"success\",") EVENT_OF("b", ""),
	 {REPORT_OK, REPORT_OK}},
	{"events",
	 "{\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"a\",\"status\":\"error\",\"errorType\":"
	 "\"Runtime.ExitError\"}}\n" EVENT_OF("a",
					      "") "{\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"b\","
						  "\"status\":\"timeout\"}}\n" EVENT_OF("b", ""),
	 {REPORT_EXITED, REPORT_TIMEOUT}},
	{"events of failures",
	 EVENT_OF("a", "\"status\":\"failure\",")
		 EVENT_OF("b", "\"status\":\"error\",\"errorType\":\"Function.KeyError\","),
	 {REPORT_ERROR, REPORT_UNHANDLED}},
	{"streams that interleave",
	 STREAM_1 START_OF("a") STREAM_2 START_OF("b") STREAM_1 "[ERROR] KeyError: 'x'\n" STREAM_1 REPORT_OF("a")
		 STREAM_2 REPORT_OF("b"),
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"streams of events",
	 "{\"events\":[{\"logStreamName\":\"1\",\"message\":\"START RequestId: a\"},{\"logStreamName\":\"2\","
	 "\"message\":\"START RequestId: b\"},{\"logStreamName\":\"1\",\"message\":\"[ERROR] KeyError: "
	 "'x'\"},{\"logStreamName\":"
	 "\"1\",\"message\":\"REPORT RequestId: a Duration: 5 ms Memory Size: 512 "
	 "MB\"},{\"logStreamName\":\"2\",\"message\":"
	 "\"REPORT RequestId: b Duration: 5 ms Memory Size: 512 MB\"}]}",
	 {REPORT_UNHANDLED, REPORT_OK}},
	{"an Insights table of all lines",
	 "@type,@requestId,@duration,@memorySize,@message\n,a,,,RequestId: a Error: Runtime "
	 "exited with error: exit status 1\nREPORT,a,5,512000000,REPORT\nREPORT,b,5,512000000,REPORT\n",
	 {REPORT_EXITED, REPORT_OK}},
	{"an init that failed again",
	 "INIT_REPORT Init Duration: 80 ms\tPhase: init\tStatus: error\tError Type: "
	 "Runtime.ImportModuleError\nINIT_REPORT Init Duration: 90 ms\tPhase: invoke\tStatus: error\n" REPORT_OF("a")
		 REPORT_OF("b"),
	 {REPORT_INIT_FAILED, REPORT_OK}},
	{"a second init of unknown length",
	 "INIT_REPORT Init Duration: 9999.77 ms\tPhase: init\tStatus: timeout\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_HOLDS_INIT, REPORT_OK}},
	{"the same as events",
	 "{\"type\":\"platform.initReport\",\"record\":{\"phase\":\"init\",\"status\":\"timeout\",\"metrics\":"
	 "{\"durationMs\":9999}}}\n" EVENT_OF("a", "\"status\":\"success\",") EVENT_OF("b", ""),
	 {REPORT_HOLDS_INIT, REPORT_OK}},
	{"a second init that is longer than its call",
	 "INIT_REPORT Init Duration: 600 ms\tPhase: invoke\tStatus: success\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_HOLDS_INIT, REPORT_OK}},
	{"an init that went well",
	 "INIT_REPORT Init Duration: 80 ms\tPhase: init\tStatus: success\n" REPORT_OF("a") REPORT_OF("b"),
	 {REPORT_OK, REPORT_OK}},
};

static void test_stories(void)
{
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		struct arena arena;
		struct reading reading;
		arena_init(&arena);
		read_text(stories[i].text, &arena, &reading);
		t_int(reading.count, 2, stories[i].name);
		t_int(reading.rows[0].status, stories[i].ended[0], "how the first ended");
		t_int(reading.rows[1].status, stories[i].ended[1], "and the second");
		arena_release(&arena);
	}
}

/* The second init, of a known length, is no part of the handler's time, but of what is billed. */
static void test_init_in_call(void)
{
	static const char *const texts[] = {
		"INIT_REPORT Init Duration: 9999.77 ms\tPhase: init\tStatus: timeout\n"
		"INIT_REPORT Init Duration: 13201.10 ms\tPhase: invoke\tStatus: success\n" START_OF(
			"a") "REPORT RequestId: a\tDuration: 14012.33 ms\tBilled Duration: 14013 ms\tMemory Size: 1024 "
			     "MB\n"
			     "REPORT RequestId: b\tDuration: 802.10 ms\tBilled Duration: 803 ms\tMemory Size: 1024 "
			     "MB\n",
		"{\"type\":\"platform.initReport\",\"record\":{\"phase\":\"init\",\"status\":\"timeout\",\"metrics\":"
		"{\"durationMs\":9999.77}}}\n"
		"{\"type\":\"platform.initReport\",\"record\":{\"phase\":\"invoke\",\"status\":\"success\",\"metrics\":"
		"{\"durationMs\":13201.1}}}\n"
		"{\"type\":\"platform.report\",\"record\":{\"requestId\":\"a\",\"status\":\"success\",\"metrics\":"
		"{\"durationMs\":14012.33,\"billedDurationMs\":14013,\"memorySizeMB\":1024}}}\n"
		"{\"type\":\"platform.report\",\"record\":{\"requestId\":\"b\",\"status\":\"success\",\"metrics\":"
		"{\"durationMs\":802.1,\"billedDurationMs\":803,\"memorySizeMB\":1024}}}\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct arena arena;
		struct reading reading;
		arena_init(&arena);
		read_text(texts[i], &arena, &reading);
		const struct report_row *row = &reading.rows[0];
		const struct function_samples *samples = &reading.samples.functions[0];
		t_ok(report_row_is_cold(row) && row->status == REPORT_OK, "a call that holds its init is a cold row");
		t_near(row->init_ms, 13201.1, 0, 1e-6, "its init");
		t_near(row->duration_ms, 811.23, 0, 1e-6, "its handler");
		t_int(report_row_era(row), BILLING_1_MS, "which tells not whether an init of its own is billed");
		t_near(row->broken_init_ms, 9999.77, 0, 1e-6, "the first init, which was broken off");
		t_ok(!report_row_is_cold(&reading.rows[1]), "the next call is warm");
		t_str(log_samples_endings(samples, &arena), "1 first init broken off, after 10 s at most", "in words");
		arena_release(&arena);
	}
}

static void test_words(void)
{
	struct arena arena;
	struct reading reading;
	arena_init(&arena);
	read_text("RequestId: a Error: Runtime exited with error: exit status 1\n" REPORT_OF(
			  "a") "[ERROR] KeyError: 'x'\n" REPORT_OF("b") "[ERROR] KeyError: 'x'\n" REPORT_OF("c")
			  REPORT_OF("d") "INIT_REPORT Init Duration: 9999.77 ms\tPhase: init\tStatus: "
					 "timeout\n" REPORT_OF("e"),
		  &arena, &reading);
	const struct function_samples *samples = &reading.samples.functions[0];
	t_int(samples->completed, 1, "one of five tells the work");
	t_str(log_samples_endings(samples, &arena),
	      "3 of 5 failed: 2 unhandled errors, 1 runtime exited; 1 left out for a second init of unknown length; "
	      "1 first init broken off, after 10 s at most",
	      "how the others ended");
	arena_release(&arena);
}

/* More streams and requests than are kept: what is forgotten costs no more than what it said. */
static void test_many_streams(void)
{
	enum { STREAMS = 200, LINE_BYTES = 200 };
	struct arena arena;
	struct reading reading;
	char *text = mem_alloc(2 * STREAMS * LINE_BYTES);
	size_t at = 0;
	for (int i = 0; i < STREAMS; i++)
		at += (size_t)snprintf(
			text + at, 2 * LINE_BYTES,
			"2026/01/02/[$LATEST]%d START RequestId: r%d\n2026/01/02/[$LATEST]%d [ERROR] "
			"KeyError: 1\n2026/01/02/[$LATEST]%d REPORT RequestId: r%d Duration: 5 ms Memory "
			"Size: 512 MB\n",
			i, i, i, i, i);
	arena_init(&arena);
	read_text(text, &arena, &reading);
	t_int(reading.samples.functions[0].ended[REPORT_UNHANDLED], STREAMS, "an error in each of 200 streams");
	arena_release(&arena);
	mem_free(text);
}

int main(void)
{
	test_stories();
	test_init_in_call();
	test_words();
	test_many_streams();
	return t_done();
}
