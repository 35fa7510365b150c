/*
 * The platforms that come with Lamina: each can be read and says where its numbers are from; regions, changed values
 * and quantities that nobody has published; sizes and shares of clouds whose sizes are a list.
 */
#include <string.h>

#include "base/file.h"
#include "scenario/resolve.h"
#include "scenario/unknown.h"
#include "tests/tap.h"

static struct arena arena;

static const struct platform *read_platform(const char *name, const struct platform_changes *changes, char message[512])
{
	struct library *library = ARENA_NEW(&arena, struct library);
	struct diag diag;
	diag_init(&diag);
	library_init(library, &arena);
	const struct platform *platform =
		library_platform(library, name, changes, (struct diag_place){"exp.yaml", 3, 11}, &diag);
	message[0] = '\0';
	if (diag.count > 0)
		snprintf(message, 512, "%s", diag.entries[0].text);
	diag_release(&diag);
	return platform;
}

/* Lines that give a number without a comment of their own or above them in the same paragraph. */
static int lines_without_source(const char *name)
{
	char *text;
	size_t length;
	struct err err;
	int bare = 0;
	bool is_explained = false;
	const char *path = data_file_find(arena_printf(&arena, "configs/platforms/%s.yaml", name), &arena);
	if (!path || !file_read(path, 1 << 20, &arena, &text, &length, &err))
		return -1;
	for (char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		size_t end = strcspn(line, "\n");
		bool has_comment = memchr(line, '#', end) != NULL;
		bool has_number = end > 0 && strspn(line, " ") < end && line[0] == ' ' &&
				  memchr(line, ':', end) != NULL && strcspn(line, "0123456789") < end;
		if (end == 0)
			is_explained = false;
		is_explained = is_explained || has_comment;
		bare += has_number && !is_explained;
	}
	return bare;
}

static void test_all_files(void)
{
	size_t count;
	char **names = data_file_list("configs/platforms", ".yaml", &arena, &count);
	t_ok(count >= 13, "%zu platforms", count);
	for (size_t i = 0; i < count; i++) {
		char message[512];
		const struct platform *platform = read_platform(names[i], NULL, message);
		t_str(message, "", names[i]);
		t_ok(platform && strcmp(platform->name, names[i]) == 0, "is called as its file");
		t_int(lines_without_source(names[i]), 0, "and explains its numbers");
	}
}

static void test_regions(void)
{
	char message[512];
	struct platform_changes changes = {.region = "us-east-1"};
	const struct platform *platform = read_platform("aws-lambda-2020", &changes, message);
	t_int(platform ? platform->limits.burst : 0, 3000, "a region with its own burst");
	t_int(read_platform("aws-lambda-2020", NULL, message)->limits.burst, 500, "what holds elsewhere");
	changes.region = "us-east-9";
	t_ok(!read_platform("aws-lambda-2020", &changes, message), "a misspelt region");
	t_has(message, "the platform knows no region 'us-east-9'; did you mean 'us-east-1'?", "is asked about");
	changes.region = "mars";
	t_ok(!read_platform("aws-lambda", &changes, message), "a region that is none");
	t_has(message, "no prices or limits of a region 'mars', but of us-east-1, af-south-1, ap-east-1",
	      "others are listed");
}

static void test_prices_of_regions(void)
{
	char message[512];
	struct platform_changes changes = {.region = "us-east-1"};
	const struct platform *home = read_platform("aws-lambda", &changes, message);
	t_str(message, "", "the region that the prices are of");
	changes.region = "ap-east-1";
	const struct platform *away = read_platform("aws-lambda", &changes, message);
	if (!t_ok(home && away, "both can be read"))
		return;
	t_near(away->price.usd_per_gb_second / home->price.usd_per_gb_second, 1.375, 1e-3, 0, "38 % dearer");
	for (size_t i = 0; i < home->unknown.count; i++)
		t_ok(strncmp(home->unknown.values[i], "price.", 6) != 0, "at home all prices are known");
	t_ok(platform_is_unknown(away, "price.usd_per_1000_puts"), "elsewhere a price that is not stated is unknown");
	t_ok(!platform_is_unknown(away, "price.usd_per_gb_second"), "one that is, is not");
	t_ok(!platform_is_unknown(away, "price.granularity_seconds"), "how it is billed is the same");
	struct diag diag;
	diag_init(&diag);
	struct setting_function function = {.work = {.phases = {[WORK_COMPUTE] = {.cpu_ns = 1, .threads = 1}}}};
	struct setting setting = {.platform = away, .functions = &function, .function_count = 1};
	t_ok(unknown_check(&setting, false, (struct diag_place){0}, &diag), "what is not used may be unknown");
	function.work.phases[WORK_RECORD_GET].gets = 1;
	t_ok(!unknown_check(&setting, false, (struct diag_place){0}, &diag), "what is used may not");
	t_has(diag.entries[0].text, "no source is known here for 'price.usd_per_1000_puts' of aws-lambda in ap-east-1",
	      "and is asked for");
	diag_release(&diag);
}

/* Whoever only computes needs no price that a region does not state. */
static void test_every_region_computes(void)
{
	size_t count;
	int regions = 0;
	char **names = data_file_list("configs/platforms", ".yaml", &arena, &count);
	struct setting_function function = {.work = {.phases = {[WORK_COMPUTE] = {.cpu_ns = 1, .threads = 1}}}};
	for (size_t i = 0; i < count; i++) {
		char message[512];
		const struct platform *home = read_platform(names[i], NULL, message);
		const struct yaml_node *region = home && home->regions ? home->regions->first : NULL;
		for (; region; region = region->next) {
			struct diag diag;
			struct platform_changes changes = {.region = region->key};
			const struct platform *away = read_platform(names[i], &changes, message);
			struct setting setting = {.platform = away, .functions = &function, .function_count = 1};
			diag_init(&diag);
			if (!away || !unknown_check(&setting, false, (struct diag_place){0}, &diag))
				t_ok(false, "%s in %s: %s", names[i], region->key,
				     away ? diag.entries[0].text : message);
			diag_release(&diag);
			regions++;
		}
	}
	t_ok(regions > 100, "%d regions", regions);
}

static void test_unknown(void)
{
	char message[512];
	struct diag diag;
	diag_init(&diag);
	const struct platform *platform = read_platform("google-functions-gen1", NULL, message);
	t_ok(platform && platform->unknown.count >= 9, "quantities that nobody has published are listed");
	struct setting_function function = {.work = {.phases = {[WORK_COMPUTE] = {.cpu_ns = 1, .threads = 1}}}};
	struct setting setting = {.platform = platform, .functions = &function, .function_count = 1};
	t_ok(!unknown_check(&setting, false, (struct diag_place){0}, &diag), "needed ones are refused");
	t_int((long long)diag.count, 2, "all at once, without those of a store that is not used");
	t_has(diag.entries[0].text,
	      "nobody has published 'limits.burst' of google-functions-gen1, which this experiment needs; supply it "
	      "with "
	      "--set platform_values.limits.burst=VALUE",
	      "with the way to supply them");
	function.work.phases[WORK_RECORD_GET].gets = 1;
	unknown_check(&setting, false, (struct diag_place){0}, &diag);
	t_ok(diag.count > 4, "those of the store where it is used");
	diag_release(&diag);
}

static void test_listed_sizes(void)
{
	char message[512];
	int64_t nearest_mb;
	const struct platform *platform = read_platform("google-functions-gen1", NULL, message);
	t_ok(platform_sells_memory(platform, 512, &nearest_mb), "a size of the list");
	t_ok(!platform_sells_memory(platform, 513, &nearest_mb), "one that is not on it");
	t_int(nearest_mb, 1024, "the next larger one");
	t_ok(!platform_sells_memory(platform, 9000, &nearest_mb) && nearest_mb == 8192, "beyond the last");
	t_near(cpu_share(&platform->cpu, 256), 0.1667, 1e-9, 0, "shares as listed");
	t_near(cpu_share(&platform->cpu, 8192), 2, 1e-9, 0, "the largest");
	struct usage usage = {.billed_mb_ns = (price_mb_ns)128 * 100000000,
			      .billed_micro_vcpu_ns = (price_mb_ns)83333 * 100000000};
	struct bill bill;
	price_bill(&platform->price, &usage, &bill);
	t_near(bill.total_usd, 0.000000231, 2e-3, 0, "100 ms at 128 MB as in Google's table");
}

int main(void)
{
	arena_init(&arena);
	test_all_files();
	test_regions();
	test_prices_of_regions();
	test_every_region_computes();
	test_unknown();
	test_listed_sizes();
	arena_release(&arena);
	return t_done();
}
