/* SPDX-License-Identifier: Apache-2.0 */
/* What the path of a cgroup says about its maker: systemd, or a container engine. */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stddef.h>

/* A part of the path, any bytes; len is 0 if there is none. */
struct cgroup_part {
	const char *bytes;
	size_t len;
};

#define MACHINE_LEN_MAX 64 /* a host's name */
#define POD_UID_LEN	36
#define UNIT_LEN_MAX	255

/* Parts may point to its own bytes: it is not to be copied. */
struct cgroup_names {
	struct cgroup_part path; /* the whole */
	struct cgroup_part unit;
	struct cgroup_part unit_short; /* for a column; or as the unit */
	struct cgroup_part container;
	struct cgroup_part pod;
	char machine[MACHINE_LEN_MAX];
	char pod_uid[POD_UID_LEN];
	char glob[UNIT_LEN_MAX];
};

#define CGROUP_NAMES 4

/*
 * Reads a path from the hierarchy's root, which must stay, or NULL: then nothing is known.
 *
 * unit is systemd's, as sd_pid_get_unit(3) takes it: what follows the slices that the path begins
 * with, if that is the name of a unit, and not a template's. An underscore that systemd puts before
 * a name which the kernel could take for its own is not a part of it.
 *
 * unit_short has the first 12 digits of a container's id in the unit's name, and * for the others:
 * docker-0123456789ab*.scope. systemctl(1) takes that for the unit.
 *
 * container is the first 12 of the 64 hexadecimal digits that docker, containerd, CRI-O, podman and
 * nerdctl name it by, under either cgroup driver; or the name that LXC, Incus and systemd-nspawn
 * give it.
 *
 * pod is the UID of the pod of Kubernetes that the container is in.
 *
 * All are the outermost of several: a user with a delegated cgroup can name those below it freely.
 */
void cgroup_names_read(struct cgroup_names *names, const char *path);

#endif
