/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Everything the program takes from outside: no kernel header is needed. It stands in for libbcc's
 * own helpers.h (whose include guard is set on the compiler's command line) and declares, under the
 * names that libbcc's rewriter generates calls to, just the helpers that the program uses.
 * Numbers and signatures: include/uapi/linux/bpf.h and bpf-helpers(7).
 */
typedef unsigned char u8, __u8;
typedef unsigned short u16, __u16;
typedef unsigned int u32, __u32;
typedef unsigned long long u64, __u64;
typedef int s32, __s32;
typedef long long s64, __s64;

#define AF_INET		  2
#define AF_INET6	  10
#define IPPROTO_TCP	  6
#define TCP_ESTABLISHED	  1
#define TCP_SYN_SENT	  2
#define TCP_SYN_RECV	  3
#define TCP_FIN_WAIT1	  4
#define TCP_FIN_WAIT2	  5
#define TCP_TIME_WAIT	  6
#define TCP_CLOSE	  7
#define TCP_CLOSE_WAIT	  8
#define TCP_LAST_ACK	  9
#define TCP_LISTEN	  10
#define TCP_CLOSING	  11
#define TCP_NEW_SYN_RECV  12
#define BPF_ANY		  0
#define BPF_NOEXIST	  1
#define BPF_F_NO_PREALLOC 1
#define BPF_F_CURRENT_CPU 0xffffffffULL
#ifndef CUR_CPU_IDENTIFIER
#define CUR_CPU_IDENTIFIER BPF_F_CURRENT_CPU
#endif

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value,
				   u64 flags) = (void *)2;
static long (*bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static u64 (*bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*bpf_get_smp_processor_id)(void) = (void *)8;
static u64 (*bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*bpf_get_current_comm)(void *buf, u32 size) = (void *)16;
static u64 (*bpf_get_current_task)(void) = (void *)35;
static long (*bpf_perf_event_output)(void *ctx, void *map, u64 flags, void *data,
				     u64 size) = (void *)25;
/* Before Linux 5.5, libbcc makes its name a macro for the one that reads both. */
#ifdef bpf_probe_read_kernel
static long (*bpf_probe_read)(void *to, u32 size, const void *from) = (void *)4;
#else
static long (*bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
#endif
static u64 (*bpf_jiffies64)(void) = (void *)118;
static long (*bpf_seq_write)(u64 seq, const void *data, u32 len) = (void *)127;

/* The name that the rewriter gives it; the map is the first argument. */
static inline void bpf_tail_call_(void *map, void *ctx, int index)
{
	((long (*)(void *, void *, u32))12)(ctx, map, index);
}

/* The rewriter turns a map's name into this, and LLVM this into an instruction's map reference. */
u64 bpf_pseudo_fd(u64 type, u64 fd) asm("llvm.bpf.pseudo");

/* The rewriter finds a map by its section, and its shape by the members' names. */
#define BCC_SEC(name) __attribute__((section(name), used))
#define BCC_MAP(type) __attribute__((section("maps/" type)))
#define BPF_F_TABLE(map_type, key_type, leaf_type, name, entries, map_flags)                       \
	struct name##_table {                                                                      \
		key_type key;                                                                      \
		leaf_type leaf;                                                                    \
		leaf_type *(*lookup)(key_type *);                                                  \
		long (*update)(key_type *, leaf_type *);                                           \
		long (*insert)(key_type *, leaf_type *);                                           \
		long (*delete)(key_type *);                                                        \
		u32 max_entries;                                                                   \
		int flags;                                                                         \
	};                                                                                         \
	struct name##_table name BCC_MAP(map_type) = {                                             \
		.max_entries = (entries),                                                          \
		.flags = (map_flags),                                                              \
	}
#define BPF_TABLE(map_type, key_type, leaf_type, name, entries)                                    \
	BPF_F_TABLE(map_type, key_type, leaf_type, name, entries, 0)
#define BPF_PROG_ARRAY(name, entries)                                                              \
	struct name##_table {                                                                      \
		int key;                                                                           \
		u32 leaf;                                                                          \
		void (*call)(void *, int);                                                         \
		u32 max_entries;                                                                   \
	};                                                                                         \
	struct name##_table name BCC_MAP("prog") = {.max_entries = (entries)}
#define BPF_PERF_OUTPUT(name)                                                                      \
	struct name##_table {                                                                      \
		int key;                                                                           \
		u32 leaf;                                                                          \
		long (*perf_submit)(void *, void *, u32);                                          \
		u32 max_entries;                                                                   \
	};                                                                                         \
	struct name##_table name BCC_MAP("perf_output") = {.max_entries = 0}
