#include "serving/work.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

const char *const work_phase_names[WORK_PHASES] = {
	[WORK_IMPORT] = "import",
	[WORK_WEIGHTS_GET] = "weights get",
	[WORK_WEIGHTS_LOAD] = "weights load",
	[WORK_RECORD_GET] = "record get",
	[WORK_DECODE] = "decode",
	[WORK_COMPUTE] = "compute",
	[WORK_DEVICE] = "device",
	[WORK_WAIT] = "wait",
	[WORK_SERIALISE] = "serialise",
	[WORK_RECORD_PUT] = "record put",
};

const char *work_phase_label(bool is_stated, int phase)
{
	return is_stated && phase == WORK_DECODE ? "one thread" : work_phase_names[phase];
}

const char *const work_varying_names[VARYINGS + 1] = {
	[VARYING_ALL] = "all",
	[VARYING_CPU] = "cpu",
	[VARYING_WAIT] = "wait",
};

void work_alternate(struct work *work, int64_t alternations, int64_t images)
{
	struct phase *decode = &work->phases[WORK_DECODE];
	struct phase *compute = &work->phases[WORK_COMPUTE];
	struct phase *wait = &work->phases[WORK_WAIT];
	double pieces = fmin((double)alternations * (double)images, WORK_PIECES_MAX);
	double all_ns = (double)decode->cpu_ns + (double)compute->cpu_ns;
	work->phases[WORK_IMPORT].pieces = alternations;
	if (alternations == 1 || !(all_ns > 0))
		return;
	double of_decode = (double)decode->cpu_ns / all_ns;
	decode->wait_ns = llround((double)wait->wait_ns * of_decode);
	compute->wait_ns = wait->wait_ns - decode->wait_ns;
	decode->pieces = llround(ceil(pieces * of_decode));
	compute->pieces = llround(ceil(pieces * (1 - of_decode)));
	wait->wait_ns = 0;
}

int64_t phase_requests(const struct phase *phase, const struct platform_store *store)
{
	int64_t objects = phase_objects(phase);
	return objects > 0 ? objects * store_requests(store, phase_object_bytes(phase), phase->puts > 0) : 0;
}

double work_factor_draw(const struct work *work, struct stream *luck)
{
	if (work->factors.count > 0)
		return quantile_draw_only(&work->factors, luck);
	double square = work->variation * work->variation;
	return stream_gamma(luck, 1 / square, square);
}

double work_factor_at(const struct work *work, double share)
{
	if (work->variation < DBL_EPSILON)
		return 1;
	if (work->factors.count > 0)
		return quantile_at(&work->factors, share);
	double square = work->variation * work->variation;
	return gsl_cdf_gamma_Pinv(share, 1 / square, square);
}
