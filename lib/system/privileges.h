/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drops privileges for good, for this process and its children: capabilities (capabilities(7)),
 * no_new_privs (prctl(2)) and a seccomp(2) filter.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

struct diag;

/*
 * Whether it has more privileges than its user: setuid, setgid, file capabilities (getauxval(3)).
 */
bool privileges_are_raised(void);

/* Whether the process has the capability CAP_..., to use now: 1, 0 or -errno. */
int privileges_have(int capability);

/* What privileges_drop() leaves, beside reading and writing open files and looking into maps. */
enum kept {
	KEPT_NOTHING,
	KEPT_CGROUPS, /* open_by_handle_at(2), with CAP_DAC_READ_SEARCH if it is there */
	KEPT_MAPS, /* the same, and changing the elements of maps */
	KEPT_TERMINAL = 4, /* with one of the others: the size and the settings of terminals */
};

/*
 * Drops everything else, and verifies the result. may_read returns whether the maps can be read:
 * kernels before 5.19 may require CAP_BPF for that (kernel.unprivileged_bpf_disabled), which then
 * stays. 0, or -errno with diag filled: the state is then uncertain, and the process should end.
 */
int privileges_drop(enum kept keep, bool (*may_read)(void *arg), void *arg, struct diag *diag);

/* Whether the kernel supports privileges_drop(): 0, or -errno with diag filled. Changes nothing. */
int privileges_may_drop(struct diag *diag);

/*
 * For the compiler, between fork(2) and exec: another user where the caller may change its own, no
 * capability but to execute a file that the new user cannot reach, which exec takes away; no file
 * written, no network, no other process; and limits of memory, of processor seconds and of what it
 * writes. 0 or -errno.
 */
int privileges_compile(unsigned int seconds);

/*
 * For tar: the same user, no capability, the same limits, and no file written but below dir
 * (O_PATH). 0 or -errno.
 */
int privileges_unpack(unsigned int seconds, int dir);

/*
 * Who that is: the system user COMPILE_USER (lib/CMakeLists.txt), else "nobody"; or the caller
 * itself where it may not change its user and end processes of the other (CAP_SETUID, CAP_SETGID,
 * CAP_KILL).
 */
struct unprivileged {
	uid_t uid;
	gid_t gid;
};

struct unprivileged unprivileged_find(void);

#endif
