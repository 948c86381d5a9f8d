/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes kept under a key from one process to the next, a file each, in a folder that nobody else
 * can write to. Only a shortcut: a file that is missing, torn, altered, not ours alone or of
 * another key is a miss, and so is whatever else goes wrong. A value comes first in its file, so
 * that an object in there can be looked into with any tool. Nothing is printed and nothing waits.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct text;

#define CACHE_ENTRIES_MAX 64
#define CACHE_FILE_MAX	  (1 << 20) /* bytes, with the key */

struct cache {
	int dir; /* the folder, or -1: none */
	bool looks; /* leaves no trace in it, so nothing can be put */
};

/*
 * Opens the folder, and makes it if it is missing. -errno with diag filled; -EPERM: it is there,
 * but who else could write to it must be looked at. cache_close() in any case.
 */
int cache_open(struct cache *cache, const char *path, struct diag *diag);
void cache_close(struct cache *cache);

/*
 * The same, changing nothing on the disk, then or later. -ENOENT: it is missing, and could be made.
 */
int cache_peek(struct cache *cache, const char *path, struct diag *diag);

/* Whether something could be kept in it: 0 or -errno. */
int cache_may_put(const struct cache *cache);

/* Appends one field to a key. Its length goes first: "ab" and "c" make another key than "a", "bc".
 */
void cache_key_add(struct text *key, const void *bytes, size_t len);

/* Appends to value what was kept under the key. -ENOENT: a miss; value is as it was. */
int cache_get(const struct cache *cache, const struct text *key, struct text *value);

/*
 * Keeps the value under the key, in place of what was there. The file appears whole. Then there are
 * at most CACHE_ENTRIES_MAX: the ones that were not used for longest go. 0 or -errno.
 */
int cache_put(const struct cache *cache, const struct text *key, const struct text *value);

#endif
