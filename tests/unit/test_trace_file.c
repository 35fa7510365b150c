/* Traces: three formats by their columns, filters, gzip, and mistakes by line. */
#include <zlib.h>

#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "scenario/trace_file.h"
#include "tests/tap.h"

static struct arena arena;

/* Reads text as a trace; messages get the text of the first mistake. */
static bool read_text(const char *text, const char *function, struct trace *out, char message[512])
{
	char path[] = "/tmp/lamina_trace_XXXXXX";
	int fd = mkstemp(path);
	close(fd);
	struct err err;
	file_write(path, text, strlen(text), &err);
	struct diag diag;
	diag_init(&diag);
	bool ok = trace_read(&(struct trace_request){.path = arena_strdup(&arena, path),
						     .function = function,
						     .columns = {"kind", "pages"},
						     .column_count = strstr(text, "kind,pages") ? 2 : 0,
						     .place = {"exp.yaml", 3, 7}},
			     &arena, &diag, out);
	message[0] = '\0';
	if (diag.count > 0)
		snprintf(message, 512, "%d:%d: %s", diag.entries[0].place.line, diag.entries[0].place.column,
			 diag.entries[0].text);
	diag_release(&diag);
	unlink(path);
	return ok;
}

static void test_plain(void)
{
	struct trace trace;
	char message[512];
	t_ok(read_text("images,note,arrival_seconds\r\n5,a,0\n1,b,0.5\r5,c,2\n", "", &trace, message),
	     "columns in any order, line ends of any kind");
	t_int((long long)trace.count, 3, "three requests");
	t_int((long long)trace.size_count, 2, "of two sizes");
	t_int(trace.sizes[trace.requests[2].size], 5, "the last has five images");
	t_int(trace.requests[1].time_ns, NS_PER_SECOND / 2, "half a second");
	t_int(trace.requests[1].duration_ns, -1, "no duration");
	t_ok(read_text("arrival_seconds,function,duration_seconds\n1,f,0.25\n2,g,1\n3,f,2\n", "f", &trace, message),
	     "one function of several");
	t_int((long long)trace.count, 2, "has two requests");
	t_int(trace.requests[0].duration_ns, NS_PER_SECOND / 4, "with durations");
}

static void test_azure(void)
{
	struct trace trace;
	char message[512];
	t_ok(read_text("app,func,end_timestamp,duration\na,f,10,4\na,g,8,5\na,f,9,1\n", "", &trace, message),
	     "Azure Functions 2021");
	t_int(trace.requests[0].duration_ns, 5 * NS_PER_SECOND, "sorted by arrival");
	t_int(trace.requests[0].time_ns, 0, "the first at 0");
	t_int(trace.requests[2].time_ns, 5 * NS_PER_SECOND, "the last 5 s later");
	t_ok(read_text("HashOwner,HashApp,HashFunction,Trigger,1,2,3\no,a,x,http,1,0,2\no,a,y,timer,1,1,1\n", "",
		       &trace, message),
	     "Azure Functions 2019");
	t_int(trace.total, 6, "all functions together");
	t_int(trace.counts[2], 3, "minute by minute");
	t_ok(read_text("HashOwner,HashApp,HashFunction,Trigger,1,2,3\no,a,x,http,1,0,2\no,a,y,timer,1,1,1\n", "y",
		       &trace, message),
	     "one of them");
	t_int(trace.total, 3, "alone");
}

static void test_mistakes(void)
{
	static const struct {
		const char *text, *function, *message;
	} cases[] = {
		{"time,count\n1,2\n", "", "this header has none of these"},
		{"arrival_seconds\n1\n0.5\n", "", "3:1: 'arrival_seconds' goes back from 1 to 0.5; sort the trace"},
		{"arrival_seconds\n1\nsoon\n", "", "3:1: "},
		{"arrival_seconds,duration_seconds\n1,-2\n", "", "2:3: "},
		{"arrival_seconds,images\n1,0\n", "", "2:3: "},
		{"arrival_seconds\n1e99\n", "", "2:1: "},
		{"arrival_seconds\n", "", "has no request"},
		{"arrival_seconds,function\n1,f\n", "g", "3:7: trace "},
		{"HashFunction,1\nx,-3\n", "", "2:3: "},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct trace trace;
		char message[512];
		t_ok(!read_text(cases[i].text, cases[i].function, &trace, message), "refused: %s", cases[i].message);
		t_has(message, cases[i].message, "with these words");
	}
}

static void test_gzip(void)
{
	char path[] = "/tmp/lamina_trace_XXXXXX";
	int fd = mkstemp(path);
	gzFile gz = gzdopen(fd, "wb");
	gzputs(gz, "arrival_seconds\n1\n2\n");
	gzclose(gz);
	struct trace trace;
	struct diag diag;
	diag_init(&diag);
	t_ok(trace_read(&(struct trace_request){.path = path, .function = ""}, &arena, &diag, &trace),
	     "a compressed trace");
	t_int((long long)trace.count, 2, "has its requests");
	diag_release(&diag);
	unlink(path);
}

static void test_further_columns(void)
{
	struct trace trace;
	char message[512];
	static const char text[] = "arrival_seconds,function,kind,pages\n0,a,x,3\n1,b,z,9\n2,a,y,3\n3,a,x,12\n";
	t_ok(read_text(text, "a", &trace, message), "further columns");
	t_int(trace.column_count, 2, "those that are asked for");
	const struct trace_column *kind = &trace.columns[0];
	const struct trace_column *pages = &trace.columns[1];
	t_int(kind->text_count, 2, "values of the requests that are chosen");
	t_str(kind->texts[kind->codes[0]], "x", "by request");
	t_str(kind->texts[kind->codes[1]], "y", "by request");
	t_int(kind->codes[2], kind->codes[0], "the same value is the same code");
	t_str(pages->texts[pages->codes[2]], "12", "by request");
	t_ok(!read_text("end_timestamp,duration,kind,pages\n1,1,x,3\n", "", &trace, message), "not of Azure's");
	t_str(message, "1:1: the workflow asks for a column 'kind'; this header has none of requests", "says so");
}

int main(void)
{
	arena_init(&arena);
	test_plain();
	test_azure();
	test_mistakes();
	test_gzip();
	arena_release(&arena);
	test_further_columns();
	return t_done();
}
