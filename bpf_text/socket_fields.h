/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Numbers of the socket, read as they are at the event. EVENT_SOCKET_FIELDS has their members in
 * the record, and SOCKET_FIELDS_READ their reads. The offsets are in bytes, from the kernel's BTF.
 */
#ifdef EVENT_SOCKET_FIELDS
/* A number or a pointer of the kernel's. A size of 0: this kernel does not have it. */
static inline u64 field_read(u64 base, u32 offset, u32 size)
{
	u64 u64_value = 0;
	u32 u32_value = 0;
	u16 u16_value = 0;
	u8 u8_value = 0;

	if (!size)
		return FIELD_UNKNOWN;
	switch (size) {
	case 1:
		bpf_probe_read_kernel(&u8_value, sizeof(u8_value), (void *)(base + offset));
		return u8_value;
	case 2:
		bpf_probe_read_kernel(&u16_value, sizeof(u16_value), (void *)(base + offset));
		return u16_value;
	case 4:
		bpf_probe_read_kernel(&u32_value, sizeof(u32_value), (void *)(base + offset));
		return u32_value;
	}
	bpf_probe_read_kernel(&u64_value, sizeof(u64_value), (void *)(base + offset));
	return u64_value;
}

/* What a pointer leads to: 0 where it is not set, or could not be read. */
static inline u64 field_follow(u64 pointer, u32 offset, u32 size)
{
	return pointer || !size ? field_read(pointer, offset, size) : 0;
}

/* Of two sequence numbers. */
static inline u64 field_difference(u64 later, u64 earlier)
{
	s32 difference = later - earlier;

	if (later == FIELD_UNKNOWN || earlier == FIELD_UNKNOWN)
		return FIELD_UNKNOWN;
	return difference > 0 ? difference : 0;
}

/*
 * Milliseconds since a time in jiffies, whose lower 32 bits the kernel keeps: those of HZ = 1000
 * come round after 49 days. 0 is before the socket was connected.
 */
static inline u64 field_since(u64 then, u32 jiffy_ns)
{
	u32 jiffies;

	if (!then || then == FIELD_UNKNOWN)
		return FIELD_UNKNOWN;
	jiffies = (u32)bpf_jiffies64() - (u32)then;
	return (u64)jiffies * jiffy_ns / 1000000;
}

static inline int is_listener(const struct event *event)
{
	u8 state = event->newstate == STATE_STILL ? event->oldstate : event->newstate;

	return state == TCP_LISTEN;
}

static inline void socket_fields_read(struct event *event)
{
	u64 sk = event->skaddr;

	SOCKET_FIELDS_READ
}
#endif
