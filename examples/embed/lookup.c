/* Is a name listed? Ask the file that `assay publish index` wrote.
 *
 *   cc lookup.c $(pkg-config --cflags --libs assay) -o lookup
 *   ./lookup INDEX KEY NAME [DESTINATION]      KEY: the text of the publisher's key.pub
 *
 * Exit 0 listed, 1 not listed, 2 failed. */
#include <assay/assay.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct assay_index *index = NULL;
	struct assay_answer *answer = NULL;
	struct assay_error error = { 0, "usage: lookup INDEX KEY NAME [DESTINATION]" };
	int rc = argc < 4 ? ASSAY_USAGE : assay_index_open(argv[1], argv[2], &index, &error);

	if (rc == 0)
		rc = assay_index_lookup(index, argv[3], strlen(argv[3]), argv[4], &answer, &error);
	if (rc)
		fprintf(stderr, "lookup: %s\n", error.text);
	for (size_t i = 0; i < assay_answer_rows(answer); i++)
		printf("%s %s %s %s\n", assay_row_subject(answer, i),
		       assay_row_destination(answer, i), assay_row_class(answer, i),
		       assay_row_decision(answer, i));
	rc = rc ? 2 : assay_answer_rows(answer) == 0;
	assay_answer_free(answer);
	assay_index_close(index);
	return rc;
}
