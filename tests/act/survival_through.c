/* survival_through: cases from standard input, "GROUP SECONDS 0|1" a line in the order of groups, to one
 * line a group: "GROUP n effects median low high p90 low high", with "-" for what was not reached. For
 * tests/e2e, which compare it with a few lines of Python. */
#include "act/survival.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 1 << 16, GROUP_MAX = 63 };

static void put(int64_t s)
{
	if (s == SURVIVAL_NEVER)
		printf(" -");
	else
		printf(" %" PRId64, s);
}

static int tell(const char *group, const struct survival_case *c, size_t n)
{
	static const int64_t shares[] = { 500000, 900000 };
	struct arena a = { 0 };
	struct survival s;
	int rc = survival_estimate(c, n, &a, &s, NULL);

	if (rc == 0)
		printf("%s %zu %zu", group, s.n, s.effects);
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct survival_quantile q = survival_quantile(&s, shares[i]);
		put(q.s);
		put(q.low_s);
		put(q.high_s);
	}
	printf("\n");
	arena_release(&a);
	return rc;
}

int main(void)
{
	static struct survival_case c[CASES_MAX];
	char group[GROUP_MAX + 1] = "", of[GROUP_MAX + 1];
	size_t n = 0;
	int64_t s;
	int effect, rc = 0;

	while (rc == 0 && scanf("%63s %" SCNd64 " %d", of, &s, &effect) == 3) {
		if (n && (strcmp(of, group) != 0 || n == CASES_MAX)) {
			rc = tell(group, c, n);
			n = 0;
		}
		memcpy(group, of, sizeof(group));
		c[n++] = (struct survival_case){ s, effect != 0 };
	}
	if (rc == 0 && n)
		rc = tell(group, c, n);
	return rc ? 2 : 0;
}
