/* SPDX-License-Identifier: Apache-2.0 */
/* One state change, as the BPF program sent it (bpf_text/wire.h). */
#ifndef EVENT_H
#define EVENT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/socket_fields.h"
#include "reset_reasons.h"
#include "summary_wire.h"
#include "wire.h"

struct text;

/* What follows struct event's last member in a record, in this order, where a field needs it. */
enum event_optional {
	OPTIONAL_AGE, /* __u64: nanoseconds since the socket was first seen */
#define OPTIONAL_OF(name, ...) OPTIONAL_##name,
	/* clang-format off */
	/* Numbers of the socket, a __u64 each, or FIELD_UNKNOWN. */
	SOCKET_FIELDS(OPTIONAL_OF)
	/* cgroup: an id (lib/system/cgroup.h), also 0 where it is not known. */
	SOCKET_VALUES(OPTIONAL_OF)
	/* clang-format on */
	OPTIONAL_OWNER, /* struct owner */
	/* Members of that which are read on request alone. */
	OPTIONAL_PID_NS,
	OPTIONAL_EXE,
	OPTIONAL_CLOSE, /* __u32: enum why */
	OPTIONAL_SESSION, /* struct session */
	/* The reader adds these. */
	OPTIONAL_RESET, /* __u64: enum reset_reason */
	OPTIONAL_CPU, /* int */
	OPTIONALS,
};

#define CPU_UNKNOWN (-1)
#define STATE_STUCK 30 /* as STATE_STILL, and of the reader's own: it should have passed */

struct event_layout {
	unsigned int wanted; /* a bit for each optional member */
	uint16_t offsets[OPTIONALS]; /* of those wanted, from the event's beginning */
	size_t sent; /* bytes that the program sends */
	size_t size; /* with what the reader adds; a multiple of 8 */
};

void event_layout_init(struct event_layout *layout, unsigned int wanted);

/* Bytes of struct sock_entry's last event (bpf_text/sockets.h): what is sent, in whole 64-bit
 * words. */
size_t event_last_size(const struct event_layout *layout);

/* Bytes of struct sock_entry, which keeps the last event with --stuck. */
size_t event_entry_size(const struct event_layout *layout, bool stuck);

/* Where struct sock_entry has the owner, which must be wanted. */
size_t event_entry_owner(const struct event_layout *layout);

/* Appends the macros of the wanted optional members. */
void event_layout_render(const struct event_layout *layout, struct text *text);

/*
 * Copies a record into event, which has layout->size bytes; false if the record is too short. cpu
 * is the CPU of its buffer, or CPU_UNKNOWN.
 */
bool event_decode(const struct event_layout *layout, int cpu, const void *data, size_t size,
		  struct event *event);

/*
 * Turns the change into a report that the socket is stuck, at now_ns, in the state that it led to.
 */
void event_stuck(const struct event_layout *layout, struct event *event, uint64_t now_ns);

/* Read an optional member, which must be wanted. */
uint64_t event_age_ns(const struct event_layout *layout, const struct event *event);
uint64_t event_socket_field(const struct event_layout *layout, enum event_optional member,
			    const struct event *event);
/* Takes over the socket's fields from another event. */
void event_set_socket_fields(const struct event_layout *layout, struct event *event,
			     const struct event *from);
const struct owner *event_owner(const struct event_layout *layout, const struct event *event);
void event_set_owner(const struct event_layout *layout, struct event *event,
		     const struct owner *owner);
enum why event_why(const struct event_layout *layout, const struct event *event);
enum reset_reason event_reset(const struct event_layout *layout, const struct event *event);
void event_set_reset(const struct event_layout *layout, struct event *event,
		     enum reset_reason reason);
const struct session *event_session(const struct event_layout *layout, const struct event *event);
int event_cpu(const struct event_layout *layout, const struct event *event);

/* Time in the old state; 0 if unknown, as BCC's tool prints it. */
uint64_t event_span_us(const struct event *event);

/* Length of the task's name, which may fill all bytes without a NUL. */
size_t event_comm_len(const char comm[EVENT_COMM_LEN]);

/* A state's name with its length, to be copied whole. */
struct state_name {
	char text[15];
	uint8_t len;
};

/* The kernel's name of a state without TCP_ (include/net/tcp_states.h), or NULL. */
const struct state_name *state_name(unsigned int state);

#endif
