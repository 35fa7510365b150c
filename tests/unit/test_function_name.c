/* Names of deployments, templates and logs find the experiment's functions. */
#include "base/check.h"
#include "scenario/function_name.h"
#include "tests/tap.h"

int main(void)
{
	static const char *const names[] = {"conv1", "conv2", "fc", "load-image"};
	static const struct {
		const char *given;
		int index;
	} cases[] = {
		{"conv1", 0},
		{"Conv1Function", 0},
		{"conv-1", 0},
		{"Conv_2", 1},
		{"CONV2", 1},
		{"/aws/lambda/conv2", 1},
		{"123456789012:/aws/lambda/shop-prod-conv1", 0},
		{"arn:aws:lambda:eu-west-1:123456789012:function:conv2:live", 1},
		{"${Conv1FunctionArn}", 0},
		{"stack-Conv1Function-1A2B3C4D5E6F", 0},
		{"FcLambda", 2},
		{"MyFc", 2},
		{"LoadImage", 3},
		{"load_image_handler", 3},
		{"conv", -1},
		{"conv11", -1},
		{"xconv1", -1},
		{"xfc", -1},
		{"Function", -1},
		{"", -1},
		{"--", -1},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		t_int(function_name_match(cases[i].given, names, 4), cases[i].index, cases[i].given);
	static const char *const alike[] = {"fc-1", "fc1"};
	t_int(function_name_match("FC1", alike, 2), -1, "a name that means two functions means none");
	struct arena arena;
	arena_init(&arena);
	t_str(function_name_of_log_group("123:/aws/lambda/conv1", &arena), "conv1", "the name of a log group");
	t_str(function_name_of_log_group("a\x1b[31m", &arena), "a?[31m", "what a terminal would obey is not shown");
	t_str(function_name_of_log_group("", &arena), "function", "a log group without a name");
	t_str(function_name_of_file("logs/conv1.log.gz", &arena), "conv1", "the name of a file");
	t_str(function_name_of_file("logs/.gz", &arena), "function", "a file without a name");
	t_str(function_name_of_file("-", &arena), "function", "standard input");
	arena_release(&arena);
	return t_done();
}
