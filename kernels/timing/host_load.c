#include "kernels/timing/host_load.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kernels/timing/samples.h"

bool host_load_parse(const char *line, double ticks_per_second, struct host_load *load)
{
	unsigned long long user, nice, system, idle, wait, irq, soft, steal;
	if (sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq,
		   &soft, &steal) != 8)
		return false;
	load->busy = (double)(user + nice + system + irq + soft) / ticks_per_second;
	load->steal = (double)steal / ticks_per_second;
	return true;
}

static double used_seconds(int who)
{
	struct rusage used;
	if (getrusage(who, &used) != 0)
		return 0;
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct host_load host_load_now(void)
{
	char line[256] = "";
	struct host_load load = {
		.wall = stopwatch_seconds(),
		.own = used_seconds(RUSAGE_SELF) + used_seconds(RUSAGE_CHILDREN),
	};
	FILE *in = fopen("/proc/stat", "r");
	if (in && fgets(line, sizeof line, in))
		host_load_parse(line, (double)sysconf(_SC_CLK_TCK), &load);
	if (in)
		fclose(in);
	return load;
}

static double per_second(double seconds, const struct host_load *start, const struct host_load *end)
{
	return seconds > 0 && end->wall > start->wall ? seconds / (end->wall - start->wall) : 0;
}

double host_load_others(const struct host_load *start, const struct host_load *end)
{
	return per_second((end->busy - start->busy) - (end->own - start->own), start, end);
}

double host_load_stolen(const struct host_load *start, const struct host_load *end)
{
	return per_second(end->steal - start->steal, start, end);
}
