/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The sockets that are there already: an iterator over the files of all tasks (bpf_iter_task_file,
 * Linux 5.8). What it finds goes into the table of sockets of the program that traces, if there is
 * one, and is written as an event whose old state is the one that it is in: once for each
 * descriptor that leads to it.
 *
 * That program may be at work meanwhile. What it has put into the table stays, as it is newer.
 *
 * FILE_INODE, FILE_DATA, INODE_MODE, SOCKET_SK, SKC_STATE, TASK_TGID and TASK_COMM are offsets of
 * members, in bytes. SCAN_ITER is iter__task_file__ID, where ID is the iterator's in the kernel's
 * BTF.
 */
struct task_file {
	u64 meta;
	u64 task;
	u32 fd;
	u64 file;
};

/* So that read(2) returns, however few of the files are sockets that are asked for. */
#define FILES_PER_TICK 256

#define MODE_TYPE   0170000 /* S_IFMT and S_IFSOCK, which the kernel's headers may have */
#define MODE_SOCKET 0140000

BPF_TABLE("array", u32, struct start, found, 1); /* the stack has no room for one more */

static inline u8 sock_state(u64 sk)
{
	u8 state = TCP_CLOSE;

	bpf_probe_read_kernel(&state, sizeof(state), (void *)(sk + SKC_STATE));
	return state;
}

/*
 * Its own, or 0. bpf_sock_from_file() would do, but comes with Linux 5.11. A socket cannot be
 * opened by a path but with O_PATH, and then the file has no data.
 */
static inline u64 file_sock(u64 file)
{
	u64 inode = 0, socket = 0, sk = 0;
	u16 mode = 0;

	if (!file)
		return 0;
	bpf_probe_read_kernel(&inode, sizeof(inode), (void *)(file + FILE_INODE));
	bpf_probe_read_kernel(&mode, sizeof(mode), (void *)(inode + INODE_MODE));
	if ((mode & MODE_TYPE) != MODE_SOCKET)
		return 0;
	bpf_probe_read_kernel(&socket, sizeof(socket), (void *)(file + FILE_DATA));
	if (socket)
		bpf_probe_read_kernel(&sk, sizeof(sk), (void *)(socket + SOCKET_SK));
	return sk;
}

static inline void start_fill(struct start *start, const struct event *event, int is_to_show)
{
#ifdef EVENT_AGE
	start->first_ns = event->ts_ns;
#endif
#ifdef EVENT_OWNER
	start->owner = event->owner;
#endif
#ifdef STUCK
	__builtin_memcpy(&start->seen, event, EVENT_SIZE);
	start->seen.newstate = event->oldstate;
	if (!is_to_show)
		start->seen.ts_ns = 0;
#endif
#ifdef SUMMARY
	start->entered = is_to_show ? event->oldstate : 0;
#endif
}

/* What the program that traces will find of it. */
static inline void start_new(struct event *event, int is_to_show)
{
	u64 sk = event->skaddr;
	u32 share = share_of(sk, TABLE_STARTS), zero = 0;
	struct start *new = found.lookup(&zero), *start;
	long error;

	if (!new)
		return;
	start_fill(new, event, is_to_show);
	new->share = share;
	error = start_add(sk, new, share);
	if (error) {
		if (!starts.lookup(&sk)) /* nor has it just come to be known */
			start_refused(error);
		return;
	}
#ifdef SUMMARY
	if (is_to_show)
		summary_enter(event->oldstate);
#endif
#ifdef EVENT_OWNER
	if (event->oldstate == TCP_LISTEN)
		listener_add(event);
#endif
	if (sock_state(sk) != TCP_CLOSE)
		return;
	/* It has ended meanwhile, and nobody will say so. */
	start = starts.lookup(&sk);
	if (!start)
		return;
	start_leave(start);
	start_remove(sk, start);
#ifdef EVENT_OWNER
	if (event->oldstate == TCP_LISTEN)
		listener_remove(event);
#endif
}

/* Since when it is in its state is known only of one that has been seen to change. */
static inline const struct start *start_meet(struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = starts.lookup(&sk);

	start_times(start, event);
#ifdef EVENT_OWNER
	if (start && start->owner.from != OWNER_UNKNOWN)
		event->owner = start->owner;
	else if (start)
		start->owner = event->owner;
#endif
	return start;
}

static inline void task_read(struct event *event, u64 task)
{
	bpf_probe_read_kernel(&event->pid, sizeof(event->pid), (void *)(task + TASK_TGID));
	bpf_probe_read_kernel(event->comm, sizeof(event->comm), (void *)(task + TASK_COMM));
#ifdef EVENT_OWNER
	event->owner.from = OWNER_SCAN;
	event->owner.pid = event->pid;
	__builtin_memcpy(event->owner.comm, event->comm, sizeof(event->owner.comm));
#endif
}

/* The socket is known if a start is. */
static inline void sock_show(u64 seq, struct event *event)
{
	const struct start *start = start_meet(event);
	int shown = 1;

#ifdef EVENT_SOCKET_FIELDS
	socket_fields_read(event);
#endif
#ifdef FILTERS
	enum verdict verdict = socket_judge(event);

	if (verdict == VERDICT_NEVER)
		return;
	shown = verdict == VERDICT_NOW;
#endif
	if (!start)
		start_new(event, shown);
#ifdef FILTERS
	shown = shown && listed_matches(event);
#endif
	if (shown) /* where there is no room, the kernel makes some and comes again */
		bpf_seq_write(seq, event, EVENT_SIZE);
}

int SCAN_ITER(struct task_file *args)
{
	u64 task = args->task, sk = file_sock(args->file), *meta = (u64 *)args->meta;
	struct event event = {.newstate = STATE_TICK};

	if (!(meta[2] % FILES_PER_TICK)) /* struct bpf_iter_meta: seq, session_id, seq_num */
		bpf_seq_write(meta[0], &event, EVENT_SIZE);
	if (!task || !sk || !sock_is_tcp(sk))
		return 0;
	sock_read(&event, sk);
	event.newstate = STATE_STILL;
	event.oldstate = sock_state(sk);
	if ((event.family != AF_INET && event.family != AF_INET6) || event.oldstate == TCP_CLOSE)
		return 0;
	event.ts_ns = bpf_ktime_get_ns();
	task_read(&event, task);
	sock_show(meta[0], &event);
	return 0;
}
