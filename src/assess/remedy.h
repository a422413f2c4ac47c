/* What would clear somebody whom a rule speaks against: the rule's conditions and exceptions,
 * turned round and said in words.
 *
 * A rule holds when all of its `when` do and none of its `unless`: so each sentence here is enough
 * by itself. Conditions that this file has no words for are passed over; the rule's own standard of
 * proof (`evidence`) is shown beside in any case. */
#ifndef ASSESS_REMEDY_H
#define ASSESS_REMEDY_H

#include "assess/policy.h"
#include "wire/json.h"

/* A list of sentences without a full stop, the exceptions first; a new reference, or NULL where there
 * is no memory. place: the destination as people call it. */
json_t *remedy_of(const struct rule *rule, struct slice destination, struct slice place);

#endif
