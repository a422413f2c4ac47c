#include "assess/media.h"

#include "assess/price_list.h"

enum { MEDIA_NEAR = 120, DOSE_NEAR = 48 }; /* bytes */

/* A dose close behind a drug. */
static bool has_dose(const struct reading *r, const struct place *p)
{
	return text_has_dose(slice_sub(r->folded->text, p->hit.end, p->hit.end + DOSE_NEAR));
}

/* Types of schema.org. */
static bool says_in_data(const struct page_text *page)
{
	static const char *const types[] = { "Book",           "Audiobook",       "Movie",
		                             "MusicAlbum",     "MusicRecording",  "TVSeries",
		                             "PodcastEpisode", "PublicationIssue" };

	for (size_t i = 0; i < page->item_n; i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			if (page->item[i].is_thing && slice_eq_str(page->item[i].type, types[k]))
				return true;
	return false;
}

bool page_names_media(const struct reading *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (place_says(&r->place[i], PHRASE_MEDIA))
			return true;
	return false;
}

bool page_is_of_media(const struct reading *r)
{
	uint32_t first = UINT32_MAX;
	bool media = says_in_data(r->page);

	for (size_t i = 0; i < r->n && !media; i++) {
		if (!place_says(&r->place[i], PHRASE_MEDIA))
			continue;
		media = first != UINT32_MAX && first != r->place[i].hit.index;
		first = r->place[i].hit.index;
	}
	for (size_t i = 0; i < r->n && media; i++)
		media = r->place[i].hit.is_phrase || !has_dose(r, &r->place[i]);
	return media;
}

bool place_is_of_media(const struct reading *r, const struct place *p)
{
	uint32_t from = p->start > MEDIA_NEAR ? p->start - MEDIA_NEAR : 0;

	for (size_t i = reading_first(r, from);
	     i < r->n && r->place[i].start <= p->end + MEDIA_NEAR; i++)
		if (place_says(&r->place[i], PHRASE_MEDIA))
			return !has_dose(r, p);
	return false;
}
