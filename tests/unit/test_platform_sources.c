/* Values with their sources: on the line, above it, of the key they stand under. */
#include "scenario/platform_file.h"

#include "tests/tap.h"

static const char text[] = "# Title of the file.\n"
			   "name: x\n"
			   "\n"
			   "cpu:\n"
			   "  mb_per_vcpu: 1792  # D, guide\n"
			   "  # I: worked out\n"
			   "  # from two numbers\n"
			   "  speed: 48.4\n"
			   "  spread: 0.02\n"
			   "sandbox:\n"
			   "  start:   # M, somebody\n"
			   "    probability: [0.5, 0.9]\n"
			   "    value: [1, 2]  # rounded\n";

int main(void)
{
	static const struct platform_source want[] = {
		{"name", "x", ""},
		{"cpu.mb_per_vcpu", "1792", "D, guide"},
		{"cpu.speed", "48.4", "I: worked out from two numbers"},
		{"cpu.spread", "0.02", ""},
		{"sandbox.start.probability", "[0.5, 0.9]", "M, somebody"},
		{"sandbox.start.value", "[1, 2]", "rounded"},
	};
	struct arena arena;
	size_t count;
	arena_init(&arena);
	struct platform_source *got = platform_sources(text, &arena, &count);
	t_int((long long)count, 6, "six values");
	for (size_t i = 0; i < count && i < 6; i++) {
		t_str(got[i].key, want[i].key, "key");
		t_str(got[i].value, want[i].value, "value");
		t_str(got[i].source, want[i].source, "source");
	}
	platform_sources("", &arena, &count);
	t_int((long long)count, 0, "nothing");
	platform_sources("a:\n  b:\n    c: 1", &arena, &count);
	t_int((long long)count, 1, "no line end at the end");
	arena_release(&arena);
	return t_done();
}
