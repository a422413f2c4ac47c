/* A catalogue of sentences; every key that it took is found again, with a sentence in each
 * language. */
#include "model/catalogue.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_from((const char *)data, size);
	struct catalogue *c = NULL;
	bool known;

	catalogue_language_accept(text);
	if (catalogue_parse_languages(text, "fuzz.tsv", &c, NULL) == 0) {
		for (size_t i = 0; i < catalogue_keys(c); i++)
			for (size_t k = 0; k < catalogue_columns(c); k++)
				if (catalogue_sentence(c, k, catalogue_key(c, i), &known).n == 0 || !known)
					abort();
		catalogue_free(c);
		c = NULL;
	}
	if (catalogue_parse(text, "fuzz.tsv", &c, NULL))
		return 0;
	for (size_t i = 0; i < catalogue_keys(c); i++)
		for (int k = 0; k < CATALOGUE_LANGUAGES; k++) {
			struct slice key = catalogue_key(c, i);
			struct slice s = catalogue_get(c, (enum catalogue_language)k, key, &known);
			if (!known || s.n == 0)
				abort();
		}
	catalogue_free(c);
	return 0;
}
