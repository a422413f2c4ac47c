#include "cmd/serve.h"
void serve_evidence(struct serve_call *c)
{
	serve_problem(c, 404, "x");
}
