/* Whatever the bytes, usual uncertainties are refused or read, each with its source; what is stated goes over them. */
#include <stdint.h>

#include "base/check.h"
#include "scenario/experiment_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct plan_uncertainty stated = {.share = {[UNCERTAIN_NETWORK] = 0.5},
						.source = {[UNCERTAIN_NETWORK] = "stated"}};
	struct arena arena;
	struct diag diag;
	struct plan_uncertainty usual;
	arena_init(&arena);
	diag_init(&diag);
	bool ok = plan_uncertainty_parse("fuzz", (const char *)data, size, &arena, &diag, &usual);
	CHECK(ok != diag_has_errors(&diag));
	for (int i = 0; i < UNCERTAIN_INPUTS && ok; i++) {
		struct plan_uncertainty both = plan_uncertainty_over(&usual, &stated);
		CHECK(usual.source[i] && usual.share[i] >= 0 && usual.share[i] < 1);
		CHECK(both.share[i] == (i == UNCERTAIN_NETWORK ? 0.5 : usual.share[i]));
	}
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
