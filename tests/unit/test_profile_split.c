/* Cutting a network: where, what crosses, and what of the measured phases falls to the pieces. */
#include "base/check.h"
#include "profile/profile_split.h"
#include "tests/tap.h"

struct fixture {
	struct arena arena;
	struct diag diag;
	struct profile profile;
	struct profile cut;
	struct err err;
};

static void setup(struct fixture *f)
{
	*f = (struct fixture){0};
	diag_init(&f->diag);
	CHECK(profile_read("tests/onnx/branches.yaml", &f->arena, &f->diag, &f->profile));
}

static void release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

/* "a1 a2 | join ..." */
static const char *words(struct fixture *f)
{
	const char *text = "";
	for (size_t i = 0; i < f->cut.layer_count; i++) {
		bool begins = i > 0 && strcmp(f->cut.layers[i].function, f->cut.layers[i - 1].function) != 0;
		text = arena_printf(&f->arena, "%s%s%s", text, begins ? " | " : i ? " " : "", f->cut.layers[i].name);
	}
	return text;
}

static void by_count(void)
{
	static const char *const wanted[] = {
		"a1 a2 join pool turned b1 fc",
		"a1 a2 join pool | turned b1 fc",
		"a1 a2 join pool | turned b1 | fc",
		"a1 | a2 join pool | turned b1 | fc",
	};
	struct fixture f;
	setup(&f);
	for (int64_t count = 1; count <= 4; count++) {
		struct profile_split split = {.count = count};
		t_ok(profile_split_apply(&f.profile, &split, &f.arena, &f.cut, &f.err), "into %lld", (long long)count);
		t_int((long long)f.cut.function_count, count, "so many functions");
		t_str(words(&f), wanted[count - 1], "where the fewest bytes cross");
	}
	struct profile_split split = {.count = 6};
	t_ok(!profile_split_apply(&f.profile, &split, &f.arena, &f.cut, &f.err), "into six it cannot be cut");
	t_str(f.err.text, "model 'branches' cannot be cut into 6 functions with half an even share of the work each",
	      "told");
	split = (struct profile_split){.is_auto = true};
	t_ok(profile_split_apply(&f.profile, &split, &f.arena, &f.cut, &f.err), "as the plan may want it");
	t_str(words(&f), "a1 | a2 join pool | turned b1 | fc", "into as many as have work to do");
	release(&f);
}

static void by_layers(void)
{
	static const struct {
		const char *layers[2];
		size_t count;
		const char *error;
	} cases[] = {
		{{"b1", "b1"}, 2, "layer 'b1' does not come after layer 'b1'"},
		{{"fc"}, 1, "layer 'fc' is the last one: nothing comes after a cut there"},
		{{"b2"}, 1, "model 'branches' has no layer 'b2'; did you mean 'a2'?"},
		{{"turned"},
		 1,
		 "the network cannot be cut after layer 'turned': what crosses there is not one piece for each image"},
	};
	struct fixture f;
	setup(&f);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct profile_split split = {.layers = cases[i].layers, .layer_count = cases[i].count};
		t_ok(!profile_split_apply(&f.profile, &split, &f.arena, &f.cut, &f.err), "a cut that cannot be");
		t_str(f.err.text, cases[i].error, "is told");
	}
	release(&f);
}

static void phases(void)
{
	const char *const layers[] = {"a2"};
	struct profile_split split = {.layers = layers, .layer_count = 1};
	struct fixture f;
	setup(&f);
	t_ok(profile_split_apply(&f.profile, &split, &f.arena, &f.cut, &f.err), "a cut inside of the branches");
	t_near(profile_phase_seconds(&f.cut, 0, PROFILE_DECODE, 10), 0.01, 1e-9, 0, "images are decoded as measured");
	/* 10 images, 800,000 bytes each, read and written at 20 GB/s. */
	t_near(profile_phase_seconds(&f.cut, 0, PROFILE_SERIALISE, 10), 10 * 2 * 800000 / 20e9, 1e-9, 0, "copied out");
	t_near(profile_phase_seconds(&f.cut, 1, PROFILE_DECODE, 10), 10 * 2 * 800000 / 20e9, 1e-9, 0, "and in");
	t_near(profile_phase_seconds(&f.cut, 1, PROFILE_SERIALISE, 10), 0.0001, 1e-9, 0, "answers as measured");
	t_near(profile_phase_seconds(&f.cut, 0, PROFILE_LOAD_WEIGHTS, 10), 0.05 * 3 / 100, 1e-9, 0, "3 of 100 MB");
	t_near(profile_phase_seconds(&f.cut, 1, PROFILE_LOAD_WEIGHTS, 10), 0.05 * 97 / 100, 1e-9, 0, "and the rest");
	release(&f);
}

int main(void)
{
	by_count();
	by_layers();
	phases();
	return t_done();
}
