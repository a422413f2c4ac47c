/* usage: make_matcher LEXICON IMAGE
 *
 * Builds the matcher of a folder of lexicon files and writes its image (doc/format/matcher.md). Run
 * by the build. */
#include "assess/matcher_image.h"
#include "store/reference.h"
#include "sys/file.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct lexicon *lexicon = NULL;
	struct matcher *matcher = NULL;
	struct buf image = { 0 };
	struct err err = { 0 };

	if (argc != 3) {
		fprintf(stderr, "usage: make_matcher LEXICON IMAGE\n");
		return 2;
	}
	int rc = reference_load_lexicon(argv[1], &lexicon, &err);
	if (rc == 0)
		rc = matcher_new(lexicon, &matcher, &err);
	if (rc == 0)
		rc = matcher_image_format(matcher, lexicon, &image, &err);
	/* No sync: after a power cut the build is made again, and a torn image is not used. */
	if (rc == 0)
		rc = file_write_unsynced(argv[2], buf_slice(&image), &err);
	if (rc)
		fprintf(stderr, "make_matcher: %s\n", err.what);
	buf_release(&image);
	matcher_free(matcher);
	lexicon_free(lexicon);
	return rc ? 2 : 0;
}
