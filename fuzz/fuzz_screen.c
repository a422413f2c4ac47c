/* A name, screened with a small lexicon that has every class and several scripts. */
#include "screen/screen.h"
#include "wire/dname.h"

#include <stdlib.h>

#define ANY "\t-\t-\t-\t-\t-\t-\t-\t-\tINN\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct screen *open_screen(void)
{
	static const struct lexicon_files files = {
		.substances =
			SLICE("substance\tclass\trisk\tUS\tJP\tGB\tDE\tFR\tCA\tIN\tAU\tsource\n"
		              "sildenafil\tpde5\thigh" ANY),
		.drugs = SLICE(
			"term\tkind\tsubstance\tlang\tambiguous\nsildenafil\tinn\tsildenafil\tmul\n"
			"viagra\tbrand\tsildenafil\tmul\nsoma\tbrand\tsildenafil\tmul\tyes\n"
			"all1\tbrand\tsildenafil\tmul\n"
			"\xe3\x83\x90\xe3\x82\xa4\tbrand\tsildenafil\tja\n"),
		.words = SLICE(
			"word\tclass\tlang\tedge\npharmacy\tpharmacy\ten\tany\nrx\tweak\tmul\tlabel\n"
			"buy\tcommerce\ten\tlabel\n24h\tcommerce\tmul\tlabel\nca\tcountry\tmul\tlabel\n"
			"norx\tnorx\ten\tany\npharmacyst\tordinary\ten\tany\n"
			"g\xc3\xbcnstig\tcommerce\tde\tany\n\xe8\x96\xac\xe5\xb1\x80\tpharmacy\tja\tany\n"),
		.phrases = SLICE("class\tlang\tpattern\nnorx\ten\tno rx\n"),
	};
	/* Built once, never changed, and reachable to the end. */
	static struct lexicon *lexicon;
	static struct suffixes *suffixes;
	struct screen *screen = NULL;

	if (lexicon_load(&files, &lexicon, NULL) < 0 ||
	    suffixes_new(
		    SLICE("// ===BEGIN ICANN DOMAINS===\ncom\nco.uk\n// ===END ICANN DOMAINS===\n"
	                  "// ===BEGIN PRIVATE DOMAINS===\nb.com\n// ===END PRIVATE DOMAINS===\n"),
		    NULL, 0, &suffixes, NULL) < 0 ||
	    screen_new(lexicon, suffixes, &screen, NULL) < 0)
		abort();
	return screen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct screen *screen;
	struct dname name;
	struct suspect s;

	if (!screen)
		screen = open_screen();
	if (dname_parse(slice_from((const char *)data, size), &name, NULL) < 0)
		return 0;
	screen_name(screen, dname_slice(&name), &s);
	for (uint32_t i = 0; i < s.n; i++)
		if (s.reason[i].start >= s.reason[i].end || s.reason[i].end > name.n)
			abort();
	return 0;
}
