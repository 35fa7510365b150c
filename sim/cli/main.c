#include <stdio.h>

int main(void)
{
	puts("lamina");
	return 0;
}
