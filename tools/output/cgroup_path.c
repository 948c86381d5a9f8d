/* SPDX-License-Identifier: Apache-2.0 */
#include "output/cgroup_path.h"

#include <stdbool.h>
#include <string.h>

#define COUNT(array)	 (sizeof(array) / sizeof(*(array)))
#define UNIT_NAME_LEN	 255
#define SCOPE		 ".scope"
#define CONTAINER_DIGITS 64
#define CONTAINER_SHOWN	 12 /* as by docker ps and podman ps */

static bool part_ends(const struct cgroup_part *part, const char *end)
{
	size_t len = strlen(end);

	return part->len >= len && !memcmp(part->bytes + part->len - len, end, len);
}

/* The component at at, without slashes before it; at moves behind it. */
static struct cgroup_part component_next(const char **at)
{
	struct cgroup_part part;

	*at += strspn(*at, "/");
	part = (struct cgroup_part){*at, strcspn(*at, "/")};
	*at += part.len;
	return part;
}

static bool prefix_drop(struct cgroup_part *part, const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len < len || memcmp(part->bytes, prefix, len))
		return false;
	part->bytes += len;
	part->len -= len;
	return true;
}

static bool type_is_known(const struct cgroup_part *part)
{
	static const char *const types[] = {".service", SCOPE,	 ".slice",  ".socket",
					    ".mount",	".swap", ".target", ".automount",
					    ".timer",	".path", ".device"};

	for (size_t i = 0; i < COUNT(types); i++)
		if (part_ends(part, types[i]))
			return true;
	return false;
}

/* systemd.unit(5): a name, or a template's with an instance; or none of these, where plain. */
static bool unit_is_valid(const struct cgroup_part *part, bool plain)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789:-_.\\@";
	const char *dot = memrchr(part->bytes, '.', part->len), *sign;
	size_t len = dot ? dot - part->bytes : 0;

	if (!len || part->len > UNIT_NAME_LEN || !type_is_known(part))
		return false;
	if (strspn(part->bytes, chars) < len)
		return false;
	sign = memchr(part->bytes, '@', len);
	return !sign || (!plain && sign > part->bytes && sign + 1 < dot);
}

/*
 * Whether the component is a container's id, or the name of its scope: then the part becomes the
 * id, without the words of the runtime around it.
 */
static bool container_id_read(struct cgroup_part *part)
{
	static const char *const runtimes[] = {"docker-", "cri-containerd-", "crio-", "libpod-"};

	if (part_ends(part, SCOPE)) {
		size_t i = 0;

		while (i < COUNT(runtimes) && !prefix_drop(part, runtimes[i]))
			i++;
		if (i == COUNT(runtimes))
			return false;
		part->len -= strlen(SCOPE);
	}
	return part->len == CONTAINER_DIGITS &&
	       strspn(part->bytes, "0123456789abcdef") == CONTAINER_DIGITS;
}

void cgroup_names_read(struct cgroup_names *names, const char *path)
{
	const char *at = path;
	struct cgroup_part part;
	bool slice;

	*names = (struct cgroup_names){0};
	if (!path)
		return;
	names->path = (struct cgroup_part){path, strlen(path)};
	do {
		part = component_next(&at);
		prefix_drop(&part, "_");
		slice = part_ends(&part, ".slice");
	} while (slice && unit_is_valid(&part, true));
	if (!slice && unit_is_valid(&part, false))
		names->unit = part;
	for (at = path; *at && !names->container.len;) {
		part = component_next(&at);
		if (container_id_read(&part))
			names->container = (struct cgroup_part){part.bytes, CONTAINER_SHOWN};
	}
}
