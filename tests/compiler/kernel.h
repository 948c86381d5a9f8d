/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the sources use of a kernel's headers, with types of their own; bpf_text/prelude.h has the
 * rest. */
#include <linux/prelude.h>

#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 18, 0)
#define KERNEL_VERSION(a, b, c) ((a) << 16 | (b) << 8 | (c))
#define IS_ENABLED(option)	1
#define PT_REGS_PARM1(regs)	((regs)->di)
#define PT_REGS_PARM2(regs)	((regs)->si)
#define PT_REGS_RC(regs)	((regs)->ax)
#define ntohs(port)		__builtin_bswap16(port)

typedef u16 __be16;
typedef u32 __be32;

struct in6_addr {
	u8 bytes[16];
};

struct pt_regs {
	u64 di, si, ax;
};

struct proto {
	char name[32];
};

struct sock {
	struct {
		__be32 skc_daddr;
		__be16 skc_dport;
		u16 skc_family;
		u8 skc_state;
		struct proto *skc_prot;
		struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
	} __sk_common;
};

struct inet_sock {
	struct sock sk;
	__be32 inet_saddr;
	__be16 inet_sport;
};
