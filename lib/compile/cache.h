/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cache of bytes by key, a file each, in a directory that no other user can write to. It is only
 * a shortcut: a file that is missing, torn, altered, writable by others or of another key is a
 * miss, and so is any error. A value comes first in its file, so that any tool can read an object
 * there. It prints nothing and never waits.
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
	bool read_only; /* not even the time of use is changed in it */
};

/*
 * Opens the directory, and creates it if it is missing. -errno with diag filled; -EPERM: others
 * could write to it. cache_close() in any case.
 */
int cache_open(struct cache *cache, const char *path, struct diag *diag);
void cache_close(struct cache *cache);

/*
 * Like cache_open(), without changing anything on disk, then or later. -ENOENT: it is missing, and
 * could be created.
 */
int cache_peek(struct cache *cache, const char *path, struct diag *diag);

/* Whether a file could be added: 0 or -errno. */
int cache_may_put(const struct cache *cache);

/* Appends one field to a key. Its length goes first: "ab" and "c" make another key than "a", "bc".
 */
void cache_key_add(struct text *key, const void *bytes, size_t len);

/* Appends the cached value to value. -ENOENT: a miss; value is unchanged. */
int cache_get(const struct cache *cache, const struct text *key, struct text *value);

/*
 * Caches the value, replacing an earlier one. The file appears whole. If there are more than
 * CACHE_ENTRIES_MAX, the least recently used are removed. 0 or -errno.
 */
int cache_put(const struct cache *cache, const struct text *key, const struct text *value);

#endif
