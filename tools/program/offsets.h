/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's offsets that a program needs, from its BTF, as macros of the source. */
#ifndef OFFSETS_H
#define OFFSETS_H

#include <stdbool.h>

struct btf_types;
struct diag;
struct text;

/* How a program comes to run when a function of the kernel returns. */
enum accept_by {
	ACCEPT_NONE,
	ACCEPT_FEXIT, /* Linux 5.5, with function tracing and a BPF JIT */
	ACCEPT_KRETPROBE,
};

/* What a program is called for, one by one. */
enum iterator_over {
	ITERATOR_NONE,
	ITERATOR_FILES, /* the open files of all tasks; Linux 5.8 */
	ITERATOR_TCP, /* the TCP sockets of a network namespace; Linux 5.9 */
	ITERATOR_CALLER, /* the tracer runs it for one socket after the other */
};

/* What a program reads. */
struct offset_needs {
	unsigned int optionals; /* of the record, a bit for each of enum event_optional */
	bool summary; /* the reason of each close, where the kernel has what it takes */
	bool netns; /* the socket's network namespace, for a filter */
	bool mptcp; /* whether it is a subflow of MPTCP, for a filter */
	bool sock; /* the addresses, out of struct sock */
	enum iterator_over iterator;
	enum accept_by accept; /* what accept(2) takes from the queue */
	bool resets; /* the reasons of resets */
	bool trees; /* which process forks which */
	bool cgroups; /* which come and go */
};

/* Every text with a filter by network namespace has this. */
#define OFFSETS_NETNS "#define NET_INUM "
/* Every text with a filter by MPTCP. */
#define OFFSETS_MPTCP "#define SK_IS_MPTCP "

/* Whether a program may read kernel memory, with offsets from BTF. 0, or -errno with diag filled.
 */
int offsets_available(struct diag *diag);

/* Whether one of them requires the kernel's BTF. */
bool offsets_need_types(const struct offset_needs *needs);

/*
 * Appends the macros. types may be NULL if none requires it; why is then the reason. Missing
 * optional fields are appended to missing, with the reason. -errno with diag filled.
 */
int offsets_render(const struct btf_types *types, const char *why, const struct offset_needs *needs,
		   struct text *text, struct text *missing, struct diag *diag);

/* Fills diag with why, and with the feature that requires the kernel's BTF. Returns err. */
int offsets_fail(const struct offset_needs *needs, int err, const struct diag *why,
		 struct diag *diag);

#endif
