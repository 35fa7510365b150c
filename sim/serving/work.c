#include "serving/work.h"

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

void phase_count_requests(const struct phase *phase, const struct platform_store *store, struct usage *usage)
{
	if (phase->gets > 0)
		usage->gets += phase->gets * store_requests(store, phase->bytes / phase->gets, false);
	if (phase->puts > 0)
		usage->puts += phase->puts * store_requests(store, phase->bytes / phase->puts, true);
}

void phase_count_bytes(const struct phase *phase, struct usage *usage)
{
	*(phase->puts > 0 ? &usage->put_bytes : &usage->get_bytes) += phase->bytes;
}
