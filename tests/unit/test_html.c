/* What comes from outside is words on a page, whatever it holds; numbers are read by people. */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "tests/tap.h"

static void is_written(const char *text, const char *want, const char *what)
{
	struct buf out;
	buf_init(&out);
	html_text(&out, text);
	t_str(buf_text(&out), want, what);
	buf_release(&out);
}

static void words(void)
{
	is_written("a < b && c > \"d\" 'e'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;", "markup");
	is_written("&amp;", "&amp;amp;", "what is escaped already is not markup either");
	is_written("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\tx\ny", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\tx\ny", "UTF-8");
	is_written("a\x1b[31mb\x7f\x01", "a\xef\xbf\xbd[31mb\xef\xbf\xbd\xef\xbf\xbd", "controls of terminals");
	is_written("\xc2\x9bq", "\xef\xbf\xbdq", "in UTF-8, too");
	is_written("\xe2\x80\xaegnp.exe", "\xef\xbf\xbdgnp.exe", "marks that turn what follows");
	is_written("\xc3(", "\xef\xbf\xbd(", "a sequence that is cut off");
	is_written("\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd", "a longer form of '<'");
	is_written("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "half of a pair");
	is_written("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "what is beyond Unicode");
	is_written("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", "the end of the text within a character");
}

static void every_byte(void)
{
	char text[256];
	for (int i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	text[255] = '\0';
	struct buf out;
	buf_init(&out);
	html_text(&out, text);
	t_ok(!strpbrk(buf_text(&out), "<>\"'"), "no byte opens or ends anything");
	buf_release(&out);
}

static void names(void)
{
	struct buf out;
	buf_init(&out);
	html_name(&out, "functions.<b>.memory_mb");
	t_str(buf_text(&out), "<code><bdi>functions.<wbr>&lt;b&gt;.<wbr>memory_mb</bdi></code>",
	      "a name breaks at dots");
	buf_clear(&out);
	html_printf(&out, "%s & %d", "<", 3);
	t_str(buf_text(&out), "&lt; &amp; 3", "what is printed is escaped");
	buf_release(&out);
}

static void numbers(void)
{
	static const struct {
		double value;
		const char *want;
	} rows[] = {
		{12340, "12,340"},
		{1234567.8, "1,235,000"},
		{0.0000214123, "0.00002141"},
		{11.0012, "11.00"},
		{11, "11"},
		{0.25, "0.25"},
		{99999, "100,000"},
		{9.9996, "10.00"},
		{-1234.56, "-1,235"},
		{0, "0"},
		{1e-20, "0"},
		{3.14159e20, "3.142e+20"},
		{(double)NAN, "\xe2\x80\x93"},
	};
	char text[HTML_NUMBER_BYTES];
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		t_str(html_number(rows[i].value, text), rows[i].want, "a number as people read it");
}

int main(void)
{
	words();
	every_byte();
	names();
	numbers();
	return t_done();
}
