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
