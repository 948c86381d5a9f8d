/* SPDX-License-Identifier: Apache-2.0 */
/* The programs' source as NUL-terminated strings (tools/program/bpf_text.h), as bpf_text/expand.cmake makes it. */
#include "embed.inc"

embed bpf_text_raw_tracepoint, "raw_tracepoint.bpf.c"
embed bpf_text_tracepoint, "tracepoint.bpf.c"
embed bpf_text_kprobe, "kprobe.bpf.c"
embed bpf_text_scan, "scan.bpf.c"
embed bpf_text_tcp, "tcp.bpf.c"
embed bpf_text_look, "look.bpf.c"
embed bpf_text_accept, "accept.bpf.c"
embed bpf_text_reset, "reset.bpf.c"
embed bpf_text_trees, "trees.bpf.c"
embed bpf_text_cgroups, "cgroups.bpf.c"
embed bpf_text_wire, "wire.h"
