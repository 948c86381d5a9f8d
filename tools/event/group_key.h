/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields that --by takes, and the key that the program makes of them: struct group_key
 * (bpf_text/summary_groups.h), whose members are rendered here.
 */
#ifndef GROUP_KEY_H
#define GROUP_KEY_H

#include <stddef.h>
#include <stdint.h>

struct diag;
struct event;
struct event_layout;
struct text;

#define GROUP_FIELDS_MAX 14
#define GROUPS_MACRO	 "#define GROUPS\n" /* in each source with a key */

/* The fields of a key, in the order of --by. A plain value; all 0: there is no --by. */
struct group_by {
	uint8_t fields[GROUP_FIELDS_MAX];
	size_t count;
	unsigned int parts; /* a bit for each member of the key */
	uint64_t max_groups; /* in the map */
};

/* Adds comma-separated names of fields. -EINVAL with diag naming the option and the bad one. */
int group_by_add(struct group_by *by, const char *option, const char *names, struct diag *diag);

/* The name of a field that --by takes; NULL past the last. */
const char *group_field_name(size_t i);

/* The name of the key's field i, as -o has it. */
const char *group_by_name(const struct group_by *by, size_t i);

/*
 * The optional members of the event (enum event_optional) that are counted. Those of the key are
 * its fields' own (field_list_optionals()).
 */
unsigned int group_by_optionals(const struct group_by *by);

/* Appends the macros of the key. */
void group_by_render(const struct group_by *by, struct text *text);

/* Bytes of the key. */
size_t group_key_size(const struct group_by *by);

/* Sets the members of the event that the key was made from. */
void group_key_read(const struct group_by *by, const void *key, const struct event_layout *layout,
		    struct event *event);

#endif
