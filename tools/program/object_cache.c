/* SPDX-License-Identifier: Apache-2.0 */
#include "program/object_cache.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/object.h"
#include "compile/compile.h"
#include "compile/file_identity.h"
#include "compile/headers.h"
#include "compile/kernel_id.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "system/privileges.h"

static int object_cache_begin(struct object_cache *objects, const char *dir,
			      struct startup_log *log,
			      int (*open)(struct cache *, const char *, struct diag *),
			      struct diag *diag)
{
	*objects = (struct object_cache){.cache.dir = -1, .log = log};
	if (!dir)
		return diag_set(diag, -ECANCELED, "cache: disabled by --no-cache");
	/* A user who runs it with raised privileges must not choose what it loads. */
	if (privileges_are_raised())
		return diag_set(diag, -ECANCELED,
				"cache: not used with raised privileges (setuid or file "
				"capabilities)");
	return open(&objects->cache, dir, diag);
}

void object_cache_open(struct object_cache *objects, const char *dir, struct startup_log *log)
{
	struct diag diag;
	int err = object_cache_begin(objects, dir, log, cache_open, &diag);

	if (err == -EPERM)
		message_print("%s", diag.what);
	else if (err && dir)
		startup_log_step(log, "%s", diag.what);
}

int object_cache_peek(struct object_cache *objects, const char *dir, struct startup_log *log,
		      struct diag *diag)
{
	return object_cache_begin(objects, dir, log, cache_peek, diag);
}

void object_cache_close(struct object_cache *objects)
{
	cache_close(&objects->cache);
}

static void text_key_add(struct text *key, const struct text *field)
{
	cache_key_add(key, field->data ? field->data : "", field->len);
}

/*
 * A tree is too large to compare. An update of its package or a new configuration changes one of
 * these headers; a manual change of another one is not noticed.
 */
static void headers_identity(const struct headers *headers, struct text *lines)
{
	char path[PATH_MAX + 64];

	if (headers->kind == HEADERS_ARCHIVE)
		file_identity_append(lines, headers->source);
	if (headers->kind != HEADERS_TREE)
		return;
	snprintf(path, sizeof(path), "%s/include/linux/kconfig.h", headers->source);
	file_identity_append(lines, path);
	snprintf(path, sizeof(path), "%s/include/generated/autoconf.h", headers->build);
	file_identity_append(lines, path);
}

void object_cache_key(struct text *key, const struct text *source, const struct headers *headers)
{
	_cleanup_text_ struct text kernel = {0}, compiler = {0}, tree = {0};
	char path[PATH_MAX];

	kernel_id_render(&kernel);
	compiler_path(path);
	file_identity_append(&compiler, path);
	headers_identity(headers, &tree);
	cache_key_add(key, VERSION, strlen(VERSION));
	text_key_add(key, &kernel);
	text_key_add(key, &compiler);
	cache_key_add(key, &headers->kind, sizeof(headers->kind));
	text_key_add(key, &tree);
	text_key_add(key, source);
	if (kernel.err || compiler.err || tree.err)
		key->err = -ENOMEM;
}

int object_cache_get(const struct object_cache *objects, const struct text *key,
		     struct text *object)
{
	_cleanup_text_ struct text kept = {0};
	const char *compiler;
	size_t len;

	if (objects->cache.dir < 0 || cache_get(&objects->cache, key, &kept))
		return -ENOENT;
	compiler = object_compiler(kept.data, kept.len, &len);
	if (!compiler || !file_identity_is_same(compiler, len))
		return -ENOENT;
	text_bytes(object, kept.data, kept.len);
	if (object->err)
		return -ENOENT;
	startup_log_step(objects->log, "object from the cache: %zu bytes", kept.len);
	return 0;
}

void object_cache_put(const struct object_cache *objects, const struct text *key,
		      const struct text *object)
{
	int err = objects->cache.dir < 0 ? 0 : cache_put(&objects->cache, key, object);

	if (err)
		startup_log_step(objects->log, "cache: object not stored: %s", strerror(-err));
}
