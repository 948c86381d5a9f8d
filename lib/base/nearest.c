/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define LETTERS_MAX	  32
#define LETTERS_PER_ERROR 3

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* - and _ are the same to who writes them. */
static char letter_plain(char letter)
{
	return letter == '-' ? '_' : tolower(letter);
}

/* The optimal string alignment distance: as Levenshtein's, and two swapped letters are one error.
 */
static size_t distance_of(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[LETTERS_MAX + 1][LETTERS_MAX + 1];

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			char one = i ? letter_plain(a[i - 1]) : 0;
			char other = j ? letter_plain(b[j - 1]) : 0;

			if (!i || !j) {
				rows[i][j] = i + j;
				continue;
			}
			rows[i][j] = least(rows[i - 1][j - 1] + (one != other),
					   least(rows[i - 1][j], rows[i][j - 1]) + 1);
			if (i > 1 && j > 1 && one == letter_plain(b[j - 2]) &&
			    other == letter_plain(a[i - 2]))
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	}
	return rows[a_len][b_len];
}

struct nearest nearest_begin(const char *written, size_t len)
{
	return (struct nearest){written, len, NULL, SIZE_MAX};
}

void nearest_try(struct nearest *nearest, const char *word)
{
	size_t len = strlen(word), distance;

	if (nearest->len > LETTERS_MAX || len > LETTERS_MAX)
		return;
	distance = distance_of(nearest->written, nearest->len, word, len);
	if (distance > len / LETTERS_PER_ERROR || distance >= nearest->distance)
		return;
	nearest->word = word;
	nearest->distance = distance;
}
