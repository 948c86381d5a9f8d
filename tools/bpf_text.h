/* SPDX-License-Identifier: Apache-2.0 */
/* The files of bpf_text/ as strings (bpf_text/embed.S). */
#ifndef BPF_TEXT_H
#define BPF_TEXT_H

extern const char bpf_text_wire[];
extern const char bpf_text_prelude[];
extern const char bpf_text_filter[];
extern const char bpf_text_summary_wire[];
extern const char bpf_text_why[];
extern const char bpf_text_summary[];
extern const char bpf_text_socket_fields[];
extern const char bpf_text_share[];
extern const char bpf_text_owner[];
extern const char bpf_text_ending[];
extern const char bpf_text_body[];
extern const char bpf_text_starts[];
extern const char bpf_text_sock[];
extern const char bpf_text_scan[];
extern const char bpf_text_raw_tracepoint[];
extern const char bpf_text_tracepoint[];
extern const char bpf_text_kprobe[];

#endif
