/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seen.h"

#include <stdlib.h>

#define ROOM_FIRST 1024

/* Where number is or would be. Knuth's multiplicative hash: addresses differ in their middle. */
static uint64_t *slot_find(uint64_t *numbers, size_t room, uint64_t number)
{
	size_t at = number * 0x9e3779b97f4a7c15 >> 32;

	while (numbers[at & (room - 1)] && numbers[at & (room - 1)] != number)
		at++;
	return &numbers[at & (room - 1)];
}

/* Makes room for one more number: at most half is in use, so that a search is short. */
static bool seen_grow(struct seen *seen)
{
	size_t room = seen->room ? seen->room * 2 : ROOM_FIRST;
	uint64_t *numbers;

	if (seen->count < seen->room / 2)
		return true;
	numbers = calloc(room, sizeof(*numbers));
	if (!numbers)
		return false;
	for (size_t i = 0; i < seen->room; i++)
		if (seen->numbers[i])
			*slot_find(numbers, room, seen->numbers[i]) = seen->numbers[i];
	free(seen->numbers);
	seen->numbers = numbers;
	seen->room = room;
	return true;
}

bool seen_add(struct seen *seen, uint64_t number)
{
	bool may_add = seen_grow(seen);
	uint64_t *at;

	if (!seen->room)
		return true;
	at = slot_find(seen->numbers, seen->room, number);
	if (*at)
		return false;
	if (may_add) {
		*at = number;
		seen->count++;
	}
	return true;
}

bool seen_has(const struct seen *seen, uint64_t number)
{
	return seen->room && *slot_find(seen->numbers, seen->room, number);
}

void seen_free(struct seen *seen)
{
	free(seen->numbers);
	*seen = (struct seen){0};
}
