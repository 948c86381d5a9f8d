#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A session over loopback whose two ends say, a line of JSON each, what they see of themselves.

usage: members.py PORT SIZE MARK [lossy]

SIZE bytes go to the server and three times as many come back; then the client says what it sees and
closes, then the server. Nothing is under way at those moments, so that the kernel's figures are the
same when the state changes. lossy: the server's socket throws away what comes, until the client has
sent something twice again.
"""
import ctypes
import json
import os
import socket
import struct
import sys
import time

SO_ATTACH_FILTER, SO_DETACH_FILTER, SO_MARK, SO_COOKIE = 26, 27, 36, 57
BPF_RET_0 = struct.pack("=HBBI", 6, 0, 0, 0)


def figures(end):
    """Of struct tcp_info, include/uapi/linux/tcp.h."""
    info = end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    acked, received = struct.unpack_from("=QQ", info, 120)
    return {"rtt_us": struct.unpack_from("=I", info, 68)[0],
            "retrans": struct.unpack_from("=I", info, 100)[0],
            "cwnd": struct.unpack_from("=I", info, 80)[0],
            "tx_bytes": acked, "rx_bytes": received}


def cookie(end):
    return struct.unpack("=Q", end.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]


def receive(end, count):
    while count:
        count -= len(end.recv(count))


def send(client, server, data, lossy):
    if lossy:
        room = ctypes.create_string_buffer(BPF_RET_0)
        server.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                          struct.pack("@HP", 1, ctypes.addressof(room)))
    client.sendall(data)
    if lossy:
        while figures(client)["retrans"] < 2:
            time.sleep(0.01)  # nothing tells of a segment that is sent again
        server.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
    receive(server, len(data))


def client_open(port, mark):
    client = socket.socket()
    client.settimeout(30)
    if mark:  # which takes a privilege
        client.setsockopt(socket.SOL_SOCKET, SO_MARK, struct.pack("=I", mark))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    known = {"mark": mark, "iface": socket.if_nametoindex("lo"), "cookie": cookie(client)}
    client.connect(("127.0.0.1", port))
    return client, known


def main():
    port, size, mark = map(int, sys.argv[1:4])
    whose = {"netns": os.stat("/proc/self/ns/net").st_ino, "uid": os.getuid()}
    with socket.create_server(("127.0.0.1", port)) as listener:
        client, known = client_open(port, mark)
        server = listener.accept()[0]
        server.settimeout(30)
        send(client, server, b"c" * size, "lossy" in sys.argv)
        server.sendall(b"s" * 3 * size)
        receive(client, 3 * size)
        print(json.dumps({**whose, **known, **figures(client)}))
        client.close()
        assert server.recv(1) == b""
        # It had no cookie until it is asked for here.
        print(json.dumps({**whose, "mark": 0, "iface": 0, "cookie": cookie(server),
                          **figures(server)}))
        server.close()


if __name__ == "__main__":
    main()
