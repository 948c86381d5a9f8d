/* SPDX-License-Identifier: Apache-2.0 */
/* The network namespaces of this host. */
#ifndef NET_NAMESPACES_H
#define NET_NAMESPACES_H

struct diag;

/*
 * Calls visit in each network namespace that a process is in or that ip-netns(8) has named, once,
 * until it returns other than 0; this thread's own is the first. To enter the others requires
 * CAP_SYS_ADMIN. What visit returned; -errno with diag filled if others could not be entered, or
 * if this thread could not come back.
 */
int net_namespaces_visit(int (*visit)(void *arg), void *arg, struct diag *diag);

#endif
