#include "cmd/matcher_load.h"

#include "assess/matcher_image.h"
#include "sys/location.h"

enum { PATH_ROOM = 8192 };

/* Whether the image at path serves; why it does not is no matter, since there is another way. */
static bool map(const char *path, const struct lexicon *lexicon, struct mmap_file *image,
                struct matcher **out)
{
	if (mmap_file_open(path, image, NULL))
		return false;
	if (matcher_image_open(image->bytes, lexicon, out, NULL) == 0)
		return true;
	mmap_file_release(image);
	return false;
}

int matcher_load_from(const char *path, const struct lexicon *lexicon, struct mmap_file *image,
                      struct matcher **out, struct err *err)
{
	*image = (struct mmap_file){ { 0 } };
	return map(path, lexicon, image, out) ? 0 : matcher_new(lexicon, out, err);
}

int matcher_load(const struct lexicon *lexicon, struct mmap_file *image, struct matcher **out,
                 struct err *err)
{
	static const char *const places[] = { MATCHER_BUILT, MATCHER_INSTALLED };
	char path[PATH_ROOM];

	*image = (struct mmap_file){ { 0 } };
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (location_beside_program(places[i], path, sizeof(path), NULL) == 0 &&
		    map(path, lexicon, image, out))
			return 0;
	return matcher_new(lexicon, out, err);
}
