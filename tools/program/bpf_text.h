/* SPDX-License-Identifier: Apache-2.0 */
/* The programs' source as strings (bpf_text/embed.S): each program with all that it includes. */
#ifndef BPF_TEXT_H
#define BPF_TEXT_H

extern const char bpf_text_raw_tracepoint[];
extern const char bpf_text_tracepoint[];
extern const char bpf_text_kprobe[];
extern const char bpf_text_scan[];
extern const char bpf_text_tcp[];
extern const char bpf_text_look[];
extern const char bpf_text_accept[];
extern const char bpf_text_reset[];
extern const char bpf_text_trees[];
extern const char bpf_text_cgroups[];
extern const char bpf_text_wire[]; /* the part of each that declares the record */

/* For tests (bpf_text/embed_parts.S). */
extern const char bpf_text_expression[];
extern const char bpf_text_filter[];

#endif
