/* SPDX-License-Identifier: Apache-2.0 */
/* The program's source text as NUL-terminated strings, for tools/program.c. */
.macro embed name, file
	.globl \name
\name:
	.incbin "\file"
	.byte 0
.endm

.section .rodata
embed bpf_text_wire, "wire.h"
embed bpf_text_prelude, "prelude.h"
embed bpf_text_filter, "filter.bpf.c"
embed bpf_text_summary_wire, "summary_wire.h"
embed bpf_text_why, "why.h"
embed bpf_text_summary, "summary.bpf.c"
embed bpf_text_socket_fields, "socket_fields.bpf.c"
embed bpf_text_share, "share.bpf.c"
embed bpf_text_owner, "owner.bpf.c"
embed bpf_text_ending, "ending.bpf.c"
embed bpf_text_body, "tcpstates.bpf.c"
embed bpf_text_starts, "starts.bpf.c"
embed bpf_text_sock, "sock.bpf.c"
embed bpf_text_scan, "scan.bpf.c"
embed bpf_text_raw_tracepoint, "raw_tracepoint.bpf.c"
embed bpf_text_tracepoint, "tracepoint.bpf.c"
embed bpf_text_kprobe, "kprobe.bpf.c"

.section .note.GNU-stack, "", %progbits
