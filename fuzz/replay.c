/* Run a fuzz target over every file of a folder, without libFuzzer; TAP output. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return -1;
	size_t n = 0, cap = 1 << 16;
	uint8_t *data = malloc(cap);
	for (size_t got; data && (got = fread(data + n, 1, cap - n, f)) > 0;) {
		n += got;
		if (n == cap) {
			uint8_t *more = realloc(data, cap *= 2);
			if (!more)
				free(data);
			data = more;
		}
	}
	fclose(f);
	if (!data)
		return -1;
	/* An exact-size copy, so that ASan sees a read one byte too far. */
	uint8_t *exact = malloc(n ? n : 1);
	if (exact) {
		if (n)
			memcpy(exact, data, n);
		LLVMFuzzerTestOneInput(exact, n);
	}
	free(exact);
	free(data);
	return exact ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct dirent **list = NULL;
	int n = argc == 2 ? scandir(argv[1], &list, NULL, alphasort) : -1;
	int seen = 0;

	for (int i = 0; i < n; i++) {
		char path[4096];
		if (list[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", argv[1], list[i]->d_name);
			int failed = replay(path);
			printf("%s %d - %s\n", failed ? "not ok" : "ok", ++seen, list[i]->d_name);
			fflush(stdout);
		}
		free(list[i]);
	}
	free(list);
	if (seen == 0)
		printf("not ok %d - no seed files\n", ++seen);
	printf("1..%d\n", seen);
	return 0;
}
