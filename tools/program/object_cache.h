/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiled objects, kept from one start to the next (lib/compile/cache.h). What shaped an object is
 * its key; what compiled it is written in it, and is looked at again before it is used. Whatever
 * goes wrong here only means that the compiler has to run: -v tells, but nothing fails.
 */
#ifndef STORE_H
#define STORE_H

#include "compile/cache.h"

struct diag;
struct headers;
struct steps;
struct text;

struct store {
	struct cache cache;
	struct steps *steps;
};

#define STORE_NONE ((struct store){.cache.dir = -1})

/* dir is the cache's folder, or NULL: there is none. Both: store_close() in any case. A folder that
 * others can write to is told of on stderr. */
void store_open(struct store *store, const char *dir, struct steps *steps);

/* Only to look what is there: nothing is made, changed or told. -errno with diag saying why not. */
int store_look(struct store *store, const char *dir, struct steps *steps, struct diag *diag);
void store_close(struct store *store);

/* Appends all that shapes what source becomes here with these headers. */
void store_key(struct text *key, const struct text *source, const struct headers *headers);

/* Appends the object of that key. -ENOENT: it must be compiled. */
int store_get(const struct store *store, const struct text *key, struct text *object);
void store_put(const struct store *store, const struct text *key, const struct text *object);

#endif
