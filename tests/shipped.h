/* The names of the policy packs that ship, from the folder itself: one that is added is tested. */
#ifndef TESTS_SHIPPED_H
#define TESTS_SHIPPED_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHIPPED_PACKS_MAX = 64, SHIPPED_NAME = 96 };

static inline int shipped_name_cmp(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* "policy/packs/au.yaml" and so on, sorted. Returns how many there are; 0 where there is no folder. */
static inline size_t shipped_pack_names(char name[SHIPPED_PACKS_MAX][SHIPPED_NAME])
{
	const char *root = getenv("ASSAY_SOURCE");
	char folder[4096];
	const struct dirent *e;
	size_t n = 0;

	snprintf(folder, sizeof(folder), "%s/policy/packs", root ? root : ".");
	DIR *d = opendir(folder);
	while (d && n < SHIPPED_PACKS_MAX && (e = readdir(d))) {
		size_t len = strlen(e->d_name);
		if (len > 5 && len < 64 && strcmp(e->d_name + len - 5, ".yaml") == 0)
			snprintf(name[n++], SHIPPED_NAME, "policy/packs/%.64s", e->d_name);
	}
	if (d)
		closedir(d);
	qsort(name, n, SHIPPED_NAME, shipped_name_cmp);
	return n;
}

#endif
