#include "cmd/intake_source.h"

int intake_warc(struct intake_source *s, struct err *err)
{
	(void)err;
	source_bad_file(s, "WARC");
	return 0;
}
