/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/trees.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/loader.h"
#include "program/program.h"
#include "program/source.h"
#include "system/processes.h"
#include "trace/companion.h"
#include "trace/scan.h"

#define MEMBERS "tree_members"
#define OPTION	"-p/--pid PID+"

/* As bpf_text/marks.h has it. */
struct tree_member {
	uint64_t marks, is_gone;
};

struct process_marks {
	struct process of;
	uint64_t marks;
};

static int pid_compare(const void *left, const void *right)
{
	const struct process *a = left, *b = right;

	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

static uint64_t marks_own(const struct marks *marks, uint32_t pid)
{
	uint64_t own = 0;

	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].kind == MARK_TREE && marks->items[i].pid == pid)
			own |= 1ULL << i;
	return own;
}

/* Hands the marks of parents down, as often as some change. */
static void marks_inherit(struct process_marks *all, size_t count)
{
	bool any;

	do {
		any = false;
		for (size_t i = 0; i < count; i++) {
			const struct process parent = {.pid = all[i].of.parent};
			const struct process_marks *found =
				bsearch(&parent, all, count, sizeof(*all), pid_compare);

			if (!found || !(found->marks & ~all[i].marks))
				continue;
			all[i].marks |= found->marks;
			any = true;
		}
	} while (any);
}

/* Returns 1 if the process is a new member, or has new marks. */
static int member_put(const struct loader *loader, const struct process_marks *process)
{
	struct tree_member member = {0};
	int err = loader_map_get(loader, MEMBERS, &process->of.pid, &member);

	if (err && err != -ENOENT)
		return err;
	if (!(process->marks & ~member.marks))
		return 0;
	member = (struct tree_member){.marks = member.marks | process->marks};
	err = loader_map_put(loader, MEMBERS, &process->of.pid, &member);
	return err ? err : 1;
}

static int members_put(const struct loader *loader, const struct process_marks *all, size_t count,
		       struct diag *diag)
{
	int new = 0;

	for (size_t i = 0; i < count; i++) {
		int put = all[i].marks ? member_put(loader, &all[i]) : 0;

		if (put < 0)
			return diag_errno(diag, put, OPTION);
		new += put;
	}
	return new;
}

/* Returns how many members are new. */
static int processes_put(const struct marks *marks, const struct loader *loader, struct diag *diag)
{
	_cleanup_text_ struct text processes = {0}, all = {0};
	const struct process *process;
	int err = processes_read(&processes, diag);

	if (err)
		return err;
	process = (const struct process *)processes.data;
	for (size_t i = 0; i < processes.len / sizeof(*process); i++) {
		const struct process_marks marked = {
			.of = process[i],
			.marks = marks_own(marks, process[i].pid),
		};

		text_bytes(&all, (const char *)&marked, sizeof(marked));
	}
	if (all.err)
		return diag_errno(diag, all.err, OPTION);
	qsort(all.data, all.len / sizeof(struct process_marks), sizeof(struct process_marks),
	      pid_compare);
	marks_inherit((struct process_marks *)all.data, all.len / sizeof(struct process_marks));
	return members_put(loader, (struct process_marks *)all.data,
			   all.len / sizeof(struct process_marks), diag);
}

int trees_fill(const struct filter *filter, const struct loader *loader, struct diag *diag)
{
	int new = 0;

	if (!marks_have_trees(&filter->marks))
		return 0;
	if (!scan_sees_host(diag))
		return diag_set(diag, -ENOTSUP,
				OPTION ": processes of other PID namespaces are not known here");
	/* A member may have forked before it was one, and after the list had its place. */
	do
		new = processes_put(&filter->marks, loader, diag);
	while (new > 0);
	return new;
}

int trees_watch(struct loader **watching, const struct program_spec *spec,
		const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	struct program_spec plain = companion_spec(spec);
	struct diag why = {0};
	int err;

	*watching = NULL;
	if (!marks_have_trees(&spec->filter.marks))
		return 0;
	plain.summary = plain.sessions = plain.stuck = false;
	event_layout_init(&plain.layout, 0);
	err = companion_attach(watching, &plain, &source_trees, tracing, log, &why);
	if (err)
		return diag_set(diag, err, OPTION ": forks are not seen: %s", why.what);
	err = trees_fill(&spec->filter, tracing, diag);
	if (!err)
		return 0;
	loader_free(*watching);
	*watching = NULL;
	return err;
}
