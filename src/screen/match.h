/* Words found in the skeleton of a name, and which of them stand: the inside of screen.c.
 *
 * What an automaton finds is a likeness. match_scan holds it against the characters as they were;
 * match_veto against the ordinary words that it may be a part of; match_settle against what stands
 * beside it. In that order, with all the words of a name found before the second. */
#ifndef SCREEN_MATCH_H
#define SCREEN_MATCH_H

#include "base/automaton.h"
#include "screen/screen.h"
#include "screen/skeleton.h"

enum { MATCHES = 64 /* of one name; a name of more is listed for what came first */ };

enum { CLASS_ORDINARY = SCREEN_CLASSES };

struct pattern {
	const struct skeleton_char *c; /* n characters, in .arena */
	const uint8_t *run;            /* lengths of the runs, .runs of them */
	uint16_t n, runs;
	uint8_t class; /* enum screen_class or CLASS_ORDINARY */
	bool label_only, is_faint;
	enum risk risk;
	struct slice word, substance;
};

struct match {
	const struct pattern *pattern;
	uint16_t from, to; /* characters */
	uint8_t folding;
	bool is_vetoed;
	bool is_loose; /* a drug name amid other letters */
};

struct matches {
	struct match m[MATCHES];
	size_t n;
	bool has_suspicious; /* any but ordinary, commerce and country */
};

/* Add what the automaton, whose values are numbers of patterns, finds in k. */
void match_scan(const struct automaton *a, const struct pattern *patterns, const struct skeleton *k,
                struct matches *out);

/* Drop the words that end behind byte `front` of the name. */
void match_drop_behind(struct matches *all, const struct skeleton *k, size_t front);

/* Veto what is part of an ordinary word. */
void match_veto(struct matches *all);

/* Veto the words that must stand between borders and do not; mark the drug names amid other letters
 * as loose. A border is an edge, a hyphen, a digit, or another word of the lexicon that is bordered
 * itself on its far side, or firm. */
void match_settle(struct matches *all, const struct skeleton *k);

/* Whether another word says it better: of words inside one another the longer counts ("pharm" in
 * "pharmacy"), of those in one place the graver. What sells, or names a country, may stand inside a
 * pharmacy's word ("onlineapotheke"), not inside a drug's. */
bool match_is_swallowed(const struct matches *all, const struct match *m);

#endif
