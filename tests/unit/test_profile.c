/* Profiles: what is read back, what lies between measured points, and the exact words for what is wrong. */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "profile/profile.h"
#include "tests/tap.h"

#define HOST \
	"host: {cpu: Test, cores: 2, sgemm_gflop_per_second_per_core: 100, sgemm_parallel_speedup: 1.5, " \
	"memory_gb_per_second: 10}\n"

static const char good[] = "lamina_profile: 1\n"
			   "model: tiny\n"
			   "record_input_bytes_per_image: 150528\n" HOST "layers:\n"
			   "  - name: conv1\n"
			   "    kind: conv\n"
			   "    function: front\n"
			   "    mac_per_image: 1000\n"
			   "    parameter_bytes: 40\n"
			   "    input_bytes_per_image: 16\n"
			   "    output_bytes_per_image: 8\n"
			   "    times:\n"
			   "      - {images: 10, seconds: 0.5, spread_seconds: 0.01}\n"
			   "      - {images: 100, seconds: 2.3}\n"
			   "      - {images: 10, threads: 2, seconds: 0.25}\n"
			   "      - {images: 100, threads: 2, seconds: 1.3}\n"
			   "  - name: fc1\n"
			   "    kind: fc\n"
			   "    function: back\n"
			   "    input_bytes_per_image: 8\n"
			   "    output_bytes_per_image: 4\n"
			   "    times:\n"
			   "      - {images: 20, seconds: 0.125}\n"
			   "functions:\n"
			   "  - name: front\n"
			   "    decode:\n"
			   "      - {images: 10, seconds: 0}\n"
			   "      - {images: 100, seconds: 0.9}\n"
			   "    load_weights:\n"
			   "      - {images: 15, seconds: 0.75}\n"
			   "    memory:\n"
			   "      - {images: 10, peak_bytes: 1000000}\n"
			   "      - {images: 100, peak_bytes: 2000000}\n"
			   "  - name: back\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct profile profile;
	bool ok;
};

static void fixture_init(struct fixture *fixture, const char *text)
{
	arena_init(&fixture->arena);
	diag_init(&fixture->diag);
	fixture->ok = profile_parse("p.yaml", text, strlen(text), &fixture->arena, &fixture->diag, &fixture->profile);
}

static void fixture_release(struct fixture *fixture)
{
	diag_release(&fixture->diag);
	arena_release(&fixture->arena);
}

/* good with the first occurrence of from replaced by to. */
static const char *altered(const char *from, const char *to, struct buf *out)
{
	const char *at = strstr(good, from);
	CHECK(at);
	buf_clear(out);
	buf_add_bytes(out, good, (size_t)(at - good));
	buf_add(out, to);
	buf_add(out, at + strlen(from));
	return buf_text(out);
}

static void read_members(void)
{
	struct fixture f;
	fixture_init(&f, good);
	const struct profile *p = &f.profile;
	if (!t_ok(f.ok, "a good profile is read"))
		diag_print(&f.diag, stdout);
	t_str(p->model, "tiny", "model");
	t_int(p->record_input_bytes_per_image, 150528, "record bytes");
	t_near(p->host.sgemm_gflop_per_second_per_core, 100, 0, 0, "reference speed");
	t_str(p->host.blas, "unknown", "BLAS is optional");
	t_int(p->layer_count, 2, "layers");
	t_str(p->layers[0].function, "front", "a layer's function");
	t_near(p->layers[0].mac_per_image, 1000, 0, 0, "multiply-accumulates");
	t_int(p->layers[0].times.count, 4, "times");
	t_int(p->layers[0].times.points[0].threads, 1, "threads default to 1");
	t_near(p->layers[0].times.points[0].spread_seconds, 0.01, 0, 0, "spread");
	t_near(p->layers[0].times.points[1].spread_seconds, 0, 0, 0, "spread defaults to 0");
	t_int(p->functions[0].memory_count, 2, "memory points");
	t_int(p->functions[0].memory[1].peak_bytes, 2000000, "peak memory");
	t_int(profile_find_layer(p, "fc1"), 1, "layer by name");
	t_int(profile_find_layer(p, "fc9"), -1, "no such layer");
	t_int(profile_find_function(p, "back"), 1, "function by name");
	t_int(profile_find_function(p, "conv1"), -1, "no such function");
	fixture_release(&f);
}

static void between_points(void)
{
	static const struct {
		int64_t images, threads;
		double seconds;
		const char *name;
	} cases[] = {
		{10, 1, 0.5, "first point"},
		{100, 1, 2.3, "last point"},
		{55, 1, 1.4, "halfway"},
		{11, 1, 0.52, "just above the first"},
		{40, 1, 1.1, "largest that both layers cover"},
		{10, 2, 0.25, "two threads"},
		{55, 2, 0.775, "halfway with two threads"},
	};
	struct fixture f;
	fixture_init(&f, good);
	f.profile.layer_count = 1; /* conv1 alone: its own range */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		t_near(profile_layer_seconds(&f.profile, 0, cases[i].images, cases[i].threads), cases[i].seconds, 1e-12,
		       0, cases[i].name);
	t_near(profile_layer_seconds(&f.profile, 0, 5, 1), 0.4, 1e-12, 0, "below the first: the line goes on");
	t_near(profile_layer_seconds(&f.profile, 0, 200, 1), 4.3, 1e-12, 0, "above the last: the line goes on");
	t_near(profile_layer_seconds(&f.profile, 0, 5, 2), 0.25 - 5 * 1.05 / 90, 1e-12, 0, "below, two threads");

	f.profile.layers[0].times.points[1].seconds = 20;
	t_near(profile_layer_seconds(&f.profile, 0, 5, 1), 0.25, 1e-12, 0, "never less than proportional");
	f.profile.layers[0].times.points[1].seconds = 0.4;
	t_near(profile_layer_seconds(&f.profile, 0, 5, 1), 0.5, 1e-12, 0, "never more than the first point");
	t_near(profile_layer_seconds(&f.profile, 0, 200, 1), 0.4, 1e-12, 0, "never shrinks past the last");
	fixture_release(&f);
}

/* The network's time with one measured size left out, over that measured. */
static double without(struct profile *profile, int64_t images, int64_t threads, struct arena *arena)
{
	double told = 0, measured = 0;
	for (size_t i = 0; i < profile->layer_count; i++) {
		struct profile_points whole = profile->layers[i].times;
		struct profile_points rest = {ARENA_ARRAY(arena, struct profile_point, whole.count), 0};
		for (size_t k = 0; k < whole.count; k++)
			if (whole.points[k].images != images)
				rest.points[rest.count++] = whole.points[k];
		measured += profile_layer_seconds(profile, i, images, threads);
		profile->layers[i].times = rest;
		told += profile_layer_seconds(profile, i, images, threads);
		profile->layers[i].times = whole;
	}
	return told / measured;
}

/* Of real networks: at nine of ten left-out sizes within 3 %. One image or two is where products of matrices begin. */
static void left_out_sizes(void)
{
	static const char *const names[] = {"alexnet", "vgg16", "resnet50", "squeezenet", "mobilenetv2"};
	int sizes = 0, within = 0;
	double worst = 0;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct arena arena;
		struct diag diag;
		struct profile profile;
		arena_init(&arena);
		diag_init(&diag);
		CHECK(profile_read(arena_printf(&arena, "profiles/%s-amd-epyc.yaml", names[i]), &arena, &diag,
				   &profile));
		const struct profile_points *times = &profile.layers[0].times;
		for (size_t k = 0; k < times->count; k++) {
			int64_t images = times->points[k].images;
			if (images <= 2 || images == times->points[times->count - 1].images)
				continue;
			double error = without(&profile, images, times->points[k].threads, &arena) - 1;
			sizes++;
			within += fabs(error) <= 0.03;
			worst = fmax(worst, fabs(error));
		}
		diag_release(&diag);
		arena_release(&arena);
	}
	t_ok(sizes >= 20 && within * 10 >= sizes * 9 && worst < 0.1,
	     "%d of %d left-out sizes within 3 %%, worst %.1f %%", within, sizes, 100 * worst);
}

static void use_times(struct profile *profile, struct profile_point *points, size_t count)
{
	profile->layer_count = 1;
	profile->layers[0].times = (struct profile_points){.points = points, .count = count};
}

/* A matrix-vector product that becomes a matrix product: 1, 2 and 4 images take hardly longer than 1. */
static void between_points_of_no_line(void)
{
	struct profile_point bent[] = {{1, 1, 1, 0}, {4, 1, 1.2, 0}, {16, 1, 2, 0}, {64, 1, 8, 0}};
	struct profile_point straight[] = {{1, 1, 1.1, 0}, {4, 1, 1.41, 0}, {16, 1, 2.6, 0}, {64, 1, 7.4, 0}};
	struct fixture f;
	fixture_init(&f, good);
	use_times(&f.profile, bent, ARRAY_LEN(bent));
	double before = 1;
	bool rises = true;
	for (int64_t images = 2; images <= 64; images++) {
		double seconds = profile_layer_seconds(&f.profile, 0, images, 1);
		rises = rises && seconds >= before;
		before = seconds;
	}
	t_ok(rises, "a curve rises where its points do");
	t_near(profile_layer_seconds(&f.profile, 0, 16, 1), 2, 0, 0, "and goes through them");
	/* Halfway between logarithms; the straight line between 16 and 64 has 4 there. */
	double on_curve = profile_layer_seconds(&f.profile, 0, 32, 1);
	t_ok(on_curve > 3 && on_curve < 4.2, "between them, below their chord");
	use_times(&f.profile, straight, ARRAY_LEN(straight));
	t_near(profile_layer_seconds(&f.profile, 0, 40, 1), 5, 1e-12, 0, "within 2 % of a line: straight lines");
	straight[1].seconds = 1.5;
	t_ok(fabs(profile_layer_seconds(&f.profile, 0, 10, 1) - (1.5 + 1.1 / 12 * 6)) > 0.01,
	     "one off the line: a curve");
	for (size_t i = 0; i < ARRAY_LEN(straight); i++)
		straight[i].spread_seconds = straight[i].seconds / 10;
	t_near(profile_layer_seconds(&f.profile, 0, 10, 1), 1.5 + 1.1 / 12 * 6, 1e-12, 0,
	       "unless their spreads can be why");
	fixture_release(&f);
}

/* 10 % serial: 1, 0.55 and 0.325 s; 0.28 s with 5 threads and 0.19 with 10. */
static void beyond_threads(void)
{
	struct profile_point points[] = {{10, 1, 1, 0}, {10, 2, 0.55, 0}, {10, 4, 0.325, 0}};
	struct fixture f;
	fixture_init(&f, good);
	use_times(&f.profile, points, ARRAY_LEN(points));
	struct profile_time time = profile_layer_time(&f.profile, 0, 10, 5);
	t_near(time.seconds, 0.28, 1e-12, 0, "Amdahl's law goes on past what was measured");
	t_near(time.error_share, (0.28 - 0.26) / sqrt(3) / 0.28, 1e-9, 0, "as uncertain as it is far from ideal");
	t_near(profile_layer_seconds(&f.profile, 0, 10, 10), 0.19, 1e-12, 0, "and further");
	t_near(profile_layer_seconds(&f.profile, 0, 10, 3), 0.4, 1e-12, 0, "and holds between counts that were");
	time = profile_layer_time(&f.profile, 0, 10, 4);
	t_near(time.error_share, 0, 0, 0, "what was measured is as it was measured");
	points[1].spread_seconds = 0.055;
	t_ok(profile_layer_time(&f.profile, 0, 10, 5).error_share > 0.05,
	     "repeats that disagree make the law uncertain");
	/* 3 GB that one thread moves in 0.3 s, and two in a sixth less. */
	f.profile.layers[0].parameter_bytes = 3000000000;
	f.profile.host.memory_parallel_speedup = 1.2;
	f.profile.host.memory_parallel_threads = 2;
	t_near(profile_layer_seconds(&f.profile, 0, 10, 20), 0.3 * (2 / 1.2 - 1 + (2 - 2 / 1.2) / 20), 1e-6, 0,
	       "no faster than memory brings what it must have");
	use_times(&f.profile, points, 1);
	time = profile_layer_time(&f.profile, 0, 10, 2);
	t_near(time.seconds, 1, 0, 0, "of one thread alone, more are not faster");
	t_near(time.error_share, 0.5 / sqrt(3), 1e-12, 0, "but nobody knows");
	fixture_release(&f);
}

static void roofs(void)
{
	struct fixture f;
	fixture_init(&f, good);
	struct profile_layer *layer = &f.profile.layers[1];
	layer->mac_per_image = 50e6;
	layer->parameter_bytes = 200000000;
	struct profile_roofs one = profile_layer_roofs(&f.profile, 1, 1);
	struct profile_roofs many = profile_layer_roofs(&f.profile, 1, 100);
	t_near(one.arithmetic_seconds, 0.001, 1e-12, 0, "0.1 GFLOP at 100 GFLOP/s");
	t_near(one.memory_seconds, 0.02, 1e-6, 0, "200 MB at 10 GB/s");
	t_ok(many.arithmetic_seconds > many.memory_seconds, "weights are read once for all images");
	layer->mac_per_image = 0;
	t_ok(profile_layer_roofs(&f.profile, 1, 1).arithmetic_seconds > 1e9, "fc without a count is arithmetic");
	fixture_release(&f);
}

static void peaks(void)
{
	struct fixture f;
	fixture_init(&f, good);
	t_near(profile_peak_bytes(&f.profile, 0, 10), 1e6, 0, 0, "measured");
	t_near(profile_peak_bytes(&f.profile, 0, 55), 1.5e6, 1e-12, 0, "between");
	t_near(profile_peak_bytes(&f.profile, 0, 200), 1e6 + 1e6 * 190 / 90, 1e-12, 0, "beyond");
	t_near(profile_peak_bytes(&f.profile, 1, 20), 0, 0, 0, "not measured");
	f.profile.functions[0].memory_count = 1;
	t_near(profile_peak_bytes(&f.profile, 0, 20), 2e6, 0, 0, "one size: in proportion, which is too much");
	t_near(profile_peak_bytes(&f.profile, 0, 5), 1e6, 0, 0, "but never less for fewer");
	fixture_release(&f);
}

static void phases_and_range(void)
{
	struct fixture f;
	fixture_init(&f, good);
	const struct profile *p = &f.profile;
	t_near(profile_phase_seconds(p, 0, PROFILE_DECODE, 10), 0, 0, 0, "a phase may take no time");
	t_near(profile_phase_seconds(p, 0, PROFILE_DECODE, 40), 0.3, 1e-12, 0, "a phase between points");
	t_near(profile_phase_seconds(p, 0, PROFILE_LOAD_WEIGHTS, 40), 0.75, 0, 0, "weights load in the same time");
	t_near(profile_phase_seconds(p, 0, PROFILE_LOAD_WEIGHTS, 10), 0.75, 0, 0, "for fewer images too");
	t_near(profile_phase_seconds(p, 1, PROFILE_READ, 10), 0, 0, 0, "a phase that was not measured costs nothing");
	int64_t min;
	int64_t max;
	t_ok(profile_covers(p, 20, &min, &max), "20 images are covered");
	t_int(min, 10, "half the smallest of the narrowest layer");
	t_int(max, 40, "twice the largest of the narrowest layer");
	t_ok(profile_covers(p, 10, &min, &max) && profile_covers(p, 40, &min, &max), "both ends are covered");
	t_ok(!profile_covers(p, 9, &min, &max) && !profile_covers(p, 41, &min, &max), "no further");
	fixture_release(&f);
}

static void ask_outside(void)
{
	struct fixture f;
	fixture_init(&f, good);
	profile_layer_seconds(&f.profile, 1, 41, 1);
}

static void round_trip(void)
{
	struct fixture f;
	struct fixture g;
	struct buf first;
	struct buf second;
	buf_init(&first);
	buf_init(&second);
	fixture_init(&f, good);
	f.profile.host.cpu = "odd: \"CPU\" # 1";
	f.profile.layers[0].name = "true";
	profile_write(&f.profile, &first);
	fixture_init(&g, buf_text(&first));
	if (!t_ok(g.ok, "a written profile is read"))
		diag_print(&g.diag, stdout);
	profile_write(&g.profile, &second);
	t_str(buf_text(&second), buf_text(&first), "and written again the same");
	t_str(g.profile.host.cpu, f.profile.host.cpu, "text that needs quotes survives");
	t_str(g.profile.layers[0].name, "true", "and so does a name that looks like a boolean");
	fixture_release(&f);
	fixture_release(&g);
	buf_release(&first);
	buf_release(&second);
}

static const struct {
	const char *name, *from, *to, *words;
} mistakes[] = {
	{"misspelt layers", "layers:\n", "layer:\n", "p.yaml:5:1: unknown key 'layer'; did you mean 'layers'?"},
	{"another version", "lamina_profile: 1", "lamina_profile: 2",
	 "p.yaml:1:17: 'lamina_profile' is 2, outside 1 to 1"},
	{"no images", "images: 20,", "images: 0,", "p.yaml:24:18: 'images' is 0, outside 1 to 1000000"},
	{"images past the bound", "images: 20,", "images: 1000001,",
	 "p.yaml:24:18: 'images' is 1000001, outside 1 to 1000000"},
	{"threads past the bound", "images: 20,", "images: 20, threads: 65,",
	 "p.yaml:24:31: 'threads' is 65, outside 1 to 64"},
	{"negative seconds", "seconds: 0.125", "seconds: -1", "p.yaml:24:31: 'seconds' is -1, outside 0 to 1000000"},
	{"zero seconds", "seconds: 0.125", "seconds: 0", "p.yaml:24:31: 'seconds' of layer 'fc1' must be positive"},
	{"text for a number", "seconds: 0.125", "seconds: 0.1s",
	 "p.yaml:24:31: 'seconds' must be a number, not '0.1s'"},
	{"missing seconds", ", seconds: 0.125", "", "p.yaml:24:9: missing key 'seconds' in a measured time"},
	{"no times", "    times:\n      - {images: 20, seconds: 0.125}\n", "    times: []\n",
	 "p.yaml:23:12: layer 'fc1' has no times; give at least one"},
	{"images not sorted", "images: 100, seconds: 2.3", "images: 9, seconds: 2.3",
	 "p.yaml:15:9: 'times' is not sorted: 9 images with 1 thread come after 10 images with 1; sort by threads, "
	 "then "
	 "images"},
	{"threads not sorted", "images: 100, threads: 2", "images: 100, threads: 1",
	 "'times' is not sorted: 100 images with 1 thread come after 10 images with 2; sort by threads, then images"},
	{"two times for one point", "images: 100, threads: 2", "images: 10, threads: 2",
	 "p.yaml:17:9: 'times' has two times for 10 images with 2 threads; keep one"},
	{"no time for one thread", "images: 20,", "images: 20, threads: 2,",
	 "p.yaml:24:7: 'times' lacks times for 1 thread; they are needed at every thread count"},
	{"phase not sorted", "images: 100, seconds: 0.9", "images: 5, seconds: 0.9",
	 "p.yaml:29:9: 'decode' is not sorted: 5 images with 1 thread come after 10 images with 1"},
	{"memory not sorted", "images: 100, peak", "images: 10, peak",
	 "p.yaml:34:9: 'memory' is not sorted: 10 images come after 10; each number of images once, the smallest "
	 "first"},
	{"layer of an unknown function", "function: back", "function: bak",
	 "p.yaml:20:15: layer 'fc1' names function 'bak', which is not in 'functions'; did you mean 'back'?"},
	{"function without layers", "function: back", "function: front",
	 "p.yaml:35:5: function 'back' has no layers; no layer names it"},
	{"a function whose layers are elsewhere", "function: front", "function: back",
	 "p.yaml:26:5: function 'front' has no layers; no layer names it"},
	{"layers against the order of functions", "functions:\n", "functions:\n  - name: back\n",
	 "p.yaml:20:15: layer 'fc1' belongs to function 'back' but comes after a layer of 'front'; layers are in "
	 "network "
	 "order, functions in pipeline order"},
	{"twice the same layer", "name: fc1", "name: conv1",
	 "p.yaml:18:11: layer 'conv1' was already on line 6; names are unique"},
	{"twice the same function", "name: back", "name: front",
	 "p.yaml:35:11: function 'front' was already on line 26; names are unique"},
	{"no host speed", "sgemm_gflop_per_second_per_core: 100, ", "",
	 "p.yaml:4:7: missing key 'sgemm_gflop_per_second_per_core' in the host"},
	{"host speed of zero", "per_core: 100", "per_core: 0",
	 "p.yaml:4:62: 'sgemm_gflop_per_second_per_core' is 0, outside 0.001 to 1000000"},
	{"truncated file", "{images: 20, seconds: 0.125}", "{images: 20, seconds: 0.1",
	 "p.yaml:25:10: did not find expected ',' or '}' (while parsing a flow mapping that began on line 24)"},
};

static void wrong_files(void)
{
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct fixture f;
		fixture_init(&f, altered(mistakes[i].from, mistakes[i].to, &text));
		char *printed = NULL;
		size_t length;
		FILE *out = open_memstream(&printed, &length);
		diag_print(&f.diag, out);
		fclose(out);
		t_ok(!f.ok, "%s is refused", mistakes[i].name);
		t_has(printed, mistakes[i].words, mistakes[i].name);
		free(printed);
		fixture_release(&f);
	}
	buf_release(&text);
}

static void several_mistakes(void)
{
	struct buf text;
	buf_init(&text);
	buf_add(&text, good);
	char *names = strstr(text.text, "functions:\n");
	memcpy(strstr(names, "front"), "\"bac\"", 5);
	memcpy(strstr(names, "name: back") + 6, "fron", 4);
	struct fixture f;
	fixture_init(&f, buf_text(&text));
	t_ok(!f.ok, "names that match nothing are refused");
	t_int(f.diag.error_count, 4, "and every one of them is reported at once");
	fixture_release(&f);
	buf_release(&text);
}

int main(void)
{
	read_members();
	between_points();
	between_points_of_no_line();
	left_out_sizes();
	beyond_threads();
	roofs();
	peaks();
	phases_and_range();
	round_trip();
	wrong_files();
	several_mistakes();
	t_aborts(ask_outside, "asking outside the measured range is a bug");
	return t_done();
}
