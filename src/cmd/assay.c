/* assay: argv to subcommand. */
#include <stdio.h>

int main(void)
{
	fputs("assay: no command is built yet\n", stderr);
	return 2;
}
