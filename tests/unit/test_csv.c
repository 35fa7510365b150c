/* CSV out and in. */
#include <limits.h>
#include <zlib.h>

#include "base/check.h"
#include "base/csv.h"
#include "base/file.h"
#include "tests/tap.h"

static char path[] = "/tmp/lamina-test-csv-XXXXXX";
static const struct csv_column columns[] = {
	{.name = "time", .required = true}, {.name = "name", .required = true}, {.name = "note"}};
enum { TIME, NAME, NOTE, COLUMNS };

static void test_write(void)
{
	struct buf out;
	struct csv csv;
	buf_init(&out);
	csv_init(&csv, &out);
	csv_text(&csv, "plain");
	csv_text(&csv, "a,b");
	csv_text(&csv, "say \"x\"");
	csv_text(&csv, "two\nlines");
	csv_text(&csv, " left");
	csv_text(&csv, "right\t");
	csv_text(&csv, "");
	csv_end_row(&csv);
	csv_int(&csv, INT64_MIN);
	csv_double(&csv, 0.1);
	csv_double(&csv, NAN);
	csv_double(&csv, 10240);
	csv_end_row(&csv);
	t_str(buf_text(&out),
	      "plain,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" left\",\"right\t\",\n"
	      "-9223372036854775808,0.1,,10240\n",
	      "rows");
	buf_release(&out);
}

/* Every record as "time|name|note;" and then what the diag says. */
static const char *read_all(const char *file, bool *io_failed)
{
	static char seen[65536];
	struct csv_reader reader;
	struct diag diag;
	memset(seen, 0, sizeof seen);
	diag_init(&diag);
	FILE *stream = fmemopen(seen, sizeof seen - 1, "w");
	if (csv_reader_open(&reader, file, columns, COLUMNS, &diag))
		while (csv_reader_next(&reader))
			fprintf(stream, "%s|%s|%s;", csv_reader_text(&reader, TIME), csv_reader_text(&reader, NAME),
				csv_reader_has(&reader, NOTE) ? csv_reader_text(&reader, NOTE) : "none");
	*io_failed = reader.io_failed;
	diag_print(&diag, stream);
	fclose(stream);
	csv_reader_release(&reader);
	diag_release(&diag);
	return seen;
}

static void test_read(void)
{
	static const struct {
		const char *text;
		const char *seen;
	} cases[] = {
		{"time,name,note\n1,a,x\n2,b,y\n", "1|a|x;2|b|y;"},
		{"name,odd,time\r\na,?,1\rb,?,2\n\r\n\n c , ? ,\t3", "1|a|none;2|b|none;3|c|none;"},
		{"\xef\xbb\xbftime,name\n1,a\n", "1|a|none;"},
		{"\"time\",\"name\"\n1,\"a,\"\"b\"\"\"\n2, \" c\r\nd \" \n", "1|a,\"b\"|none;2| c\nd |none;"},
		{"time,name\n,\n1,\"\"\n", "||none;1||none;"},
		{"time,name\n1,a\"b\n", "1|a\"b|none;"},
		{"time,name\n", ""},
		{"", "F: no header line\n"},
		{"\n\r\n", "F: no header line\n"},
		{"tiem,name\n1,a\n", "F:1:1: no column 'time'; is it 'tiem'?\n"},
		{"\na,b\n1,a\n", "F:2:1: no column 'name' among the 2 of the header\nF:2:1: no column 'time' among the "
				 "2 of the header\n"},
		{"time,name,time\n1,a,2\n", "F:1:11: column 'time' comes twice\n"},
		{"time,name\n1\n2,b\n3,c,d\n4,e\n",
		 "2|b|none;4|e|none;"
		 "F:2:1: 1 fields, but the header has 2\nF:4:1: 3 fields, but the header has 2\n"},
		{"time,name\n1,\"a\"b\n2,c\n",
		 "2|c|none;F:2:6: text after a closing quote; a quote inside quotes is written twice\n"},
		{"time,name\n1,a\n2,\"b\n3,c\n", "1|a|none;F:3:3: a quote that is never closed\n"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err;
		bool io_failed;
		char want[1024];
		size_t used = 0;
		/* F stands for the file's name. */
		for (const char *p = cases[i].seen; *p; p++)
			used += (size_t)snprintf(want + used, sizeof want - used, *p == 'F' ? "%s" : "%.1s",
						 *p == 'F' ? path : p);
		want[used] = '\0';
		t_ok(file_write(path, cases[i].text, strlen(cases[i].text), &err), "'%s'", cases[i].text);
		t_str(read_all(path, &io_failed), want, "is read as");
		t_ok(!io_failed, "without an I/O failure");
	}
}

static void test_zero_byte(void)
{
	struct err err;
	bool io_failed;
	t_ok(file_write(path, "time,name\n1,a\n2,\0\n3,c\n", 23, &err), "a zero byte");
	t_has(read_all(path, &io_failed), ":3:4: a zero byte: this is not text\n", "ends reading");
}

static void test_numbers(void)
{
	static const char text[] = "time,name,note\n5,2.5,x\n,1e-5xyz,x\n11,nan,x\n-1,3,x\n";
	struct csv_reader reader;
	struct diag diag;
	struct err err;
	diag_init(&diag);
	file_write(path, text, sizeof text - 1, &err);
	t_ok(csv_reader_open(&reader, path, columns, COLUMNS, &diag), "numbers");
	int64_t time = 42;
	double value = 42;
	csv_reader_next(&reader);
	t_ok(csv_reader_int(&reader, TIME, 0, 10, &time) && time == 5, "an integer");
	t_ok(csv_reader_double(&reader, NAME, 0, 2.5, &value) && value == 2.5, "a number at its bound");
	t_int(csv_reader_place(&reader, NAME).column, 3, "its column");
	while (csv_reader_next(&reader)) {
		csv_reader_int(&reader, TIME, 0, 10, &time);
		csv_reader_double(&reader, NAME, 0, 2.5, &value);
	}
	t_ok(time == 5 && value == 2.5, "what is refused leaves the value alone");
	static const char *const said[] = {
		"'time' must be a whole number, not ''", "'name' must be a number, not '1e-5xyz'",
		"'time' is 11, outside 0 to 10",         "'name' must be a number, not 'nan'",
		"'time' is -1, outside 0 to 10",         "'name' is 3, outside 0 to 2.5",
	};
	for (size_t i = 0; i < diag.count && i < 6; i++)
		t_str(diag.entries[i].text, said[i], said[i]);
	t_int(diag.count, 6, "six mistakes");
	t_ok(diag.entries[5].place.line == 5 && diag.entries[5].place.column == 4, "at their places");
	csv_reader_release(&reader);
	diag_release(&diag);
}

static void write_gz(const char *text, size_t length, size_t cut)
{
	static char compressed[4096];
	size_t size = 0;
	struct err err;
	gzFile gz = gzopen(path, "wb");
	gzwrite(gz, text, (unsigned)length);
	gzclose(gz);
	FILE *in = fopen(path, "rb");
	size = fread(compressed, 1, sizeof compressed, in);
	fclose(in);
	file_write(path, compressed, size - cut, &err);
}

static void test_gz(void)
{
	static const char text[] = "time,name\n1,a\n2,b\n";
	bool io_failed;
	write_gz(text, sizeof text - 1, 0);
	t_str(read_all(path, &io_failed), "1|a|none;2|b|none;", "a compressed file");
	t_ok(!io_failed, "is read to its end");
	write_gz(text, sizeof text - 1, 9);
	const char *seen = read_all(path, &io_failed);
	t_has(seen, "cannot read '", "a compressed file that was cut");
	t_has(seen, "': unexpected end of file\n", "says so");
	t_ok(io_failed, "and is a failure to read");
}

static void test_failures(void)
{
	bool io_failed;
	t_str(read_all("/no/such", &io_failed), "cannot open '/no/such': No such file or directory\n",
	      "a missing file");
	t_ok(io_failed, "is a failure to read");
	t_str(read_all("/tmp", &io_failed), "cannot read '/tmp': Is a directory\n", "a folder");
	t_ok(io_failed, "is one too");
}

static void test_bounds(void)
{
	struct buf buf;
	struct err err;
	bool io_failed;
	buf_init(&buf);
	buf_add(&buf, "time,name\n1,a\n2,\"");
	for (int i = 0; i < CSV_RECORD_BYTES_MAX / 16; i++)
		buf_add(&buf, "16 bytes, a line\n");
	file_write(path, buf.text, buf.length, &err);
	t_has(read_all(path, &io_failed),
	      ":3:1: a record of more than 1048576 bytes, the most that are read; is a quote missing?\n",
	      "a record without end");
	buf_clear(&buf);
	buf_add(&buf, "time,name");
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		buf_printf(&buf, ",c%d", i);
	file_write(path, buf.text, buf.length, &err);
	t_has(read_all(path, &io_failed), ": more than 4096 fields, the most that are read\n", "a header without end");
	buf_clear(&buf);
	buf_add(&buf, "time,name\n");
	for (int i = 0; i < 10000; i++)
		buf_add(&buf, "1\n");
	file_write(path, buf.text, buf.length, &err);
	t_ok(strstr(read_all(path, &io_failed), "and ") == NULL, "reading stops when no more mistakes are kept");
	buf_release(&buf);
}

int main(void)
{
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	test_write();
	test_read();
	test_zero_byte();
	test_numbers();
	test_gz();
	test_failures();
	test_bounds();
	unlink(path);
	return t_done();
}
