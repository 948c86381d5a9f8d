/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an iterator writes, read in pieces of any size: a record comes out for each that is whole.
 *
 * Input: a record's size (a byte), then pieces: a length (a byte) and so many bytes.
 */
#include "bpf/iterator.c"

#include <sys/socket.h>

#include "base/text.h"
#include "fuzz.h"

#define PIECES_MAX 32

struct taken {
	struct text bytes;
	size_t size;
};

static int record_take(void *arg, const void *record)
{
	struct taken *taken = arg;

	if (record)
		text_bytes(&taken->bytes, record, taken->size);
	return 0;
}

/* A packet is what one read(2) gives. */
static void pieces_send(int fd, struct input *input, struct text *sent)
{
	for (int i = 0; i < PIECES_MAX && input->left > 1; i++) {
		size_t got, len = input_number(input, 1);
		void *piece = input_copy(input, len, &got);

		/* An empty one would be the end. */
		PROMISE(!got || send(fd, piece, got, 0) == (ssize_t)got);
		text_bytes(sent, piece, got);
		free(piece);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	struct taken taken = {.size = input_number(&input, 1) + 1};
	_cleanup_text_ struct text sent = {0};
	struct diag diag;
	int fds[2], err;

	PROMISE(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds));
	pieces_send(fds[1], &input, &sent);
	close(fds[1]);
	err = iterator_read(fds[0], taken.size, record_take, &taken, &diag);
	close(fds[0]);
	PROMISE(err == (sent.len % taken.size ? -EPROTO : 0));
	PROMISE(taken.bytes.len == sent.len - sent.len % taken.size);
	PROMISE(!taken.bytes.len || !memcmp(taken.bytes.data, sent.data, taken.bytes.len));
	text_free(&taken.bytes);
	return 0;
}
