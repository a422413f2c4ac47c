#include "assess/label.h"

#define BIT(c) (1u << (c))

const struct label labels[LABELS + 1] = {
	{ "rogue_pharmacy", false, false, BIT(CLASS_ROGUE) | BIT(CLASS_UNAPPROVED), true, CLASS_ROGUE,
	  1 },
	{ "licensed_pharmacy", true, false, BIT(CLASS_LEGITIMATE), true, CLASS_LEGITIMATE, -1 },
	{ "foreign_licensed", true, false, BIT(CLASS_LEGITIMATE) | BIT(CLASS_UNAPPROVED), true,
	  CLASS_UNAPPROVED, 0 },
	{ "drug_information", true, false, BIT(CLASS_NOT_A_PHARMACY), false, CLASS_NOT_A_PHARMACY, -1 },
	{ "news_or_research", true, false, BIT(CLASS_NOT_A_PHARMACY), false, CLASS_NOT_A_PHARMACY, -1 },
	{ "other_commerce", true, false, BIT(CLASS_NOT_A_PHARMACY), false, CLASS_NOT_A_PHARMACY, -1 },
	/* It says what is sold and not whether that is unlawful where it goes: vitamins are lawful. */
	{ "designer_drug_or_supplement", false, false,
	  BIT(CLASS_ROGUE) | BIT(CLASS_UNAPPROVED) | BIT(CLASS_NOT_A_PHARMACY), true, CLASS_UNAPPROVED,
	  1 },
	/* Of the host, which is its victim: what lies under the path is a subject of its own. */
	{ "spam_on_unrelated_site", true, true, BIT(CLASS_NOT_A_PHARMACY), false,
	  CLASS_NOT_A_PHARMACY, 0 },
	{ NULL, false, false, 0, false, CLASS_UNVERIFIED, 0 },
};

const struct label *label_find(struct slice name)
{
	for (const struct label *l = labels; l->name; l++)
		if (slice_eq_str(name, l->name))
			return l;
	return NULL;
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[OUTCOMES] = { "right", "abstained", "wrong", "condemned" };

	return names[o];
}

enum outcome label_outcome(const struct label *l, enum verdict_class class, struct slice ground)
{
	if (class == CLASS_UNVERIFIED || class == CLASS_OUT_OF_SCOPE)
		return OUTCOME_ABSTAINED;
	if (l->accepted & BIT(class))
		return OUTCOME_RIGHT;
	if (class == CLASS_UNAPPROVED && l->accepts_foreign_legal && slice_eq_str(ground, "foreign_legal"))
		return OUTCOME_RIGHT;
	return class == CLASS_ROGUE && l->is_innocent ? OUTCOME_CONDEMNED : OUTCOME_WRONG;
}

int verdict_class_harshness(enum verdict_class c)
{
	static const int harshness[VERDICT_CLASSES] = {
		[CLASS_ROGUE] = 5,        [CLASS_UNAPPROVED] = 4,     [CLASS_UNVERIFIED] = 3,
		[CLASS_OUT_OF_SCOPE] = 2, [CLASS_NOT_A_PHARMACY] = 1, [CLASS_LEGITIMATE] = 0,
	};

	return harshness[c];
}
