# SPDX-License-Identifier: Apache-2.0
"""The events of the golden files, and paths of cgroups, with all that is hard to show."""
UNKNOWN = None  # a span, or a member of the socket
SECOND = 10**9
SKADDR = 0xffff9fd7e8192000
LONG6 = ("2001:1db8:1111:2222:3333:4444:5555:6666", "fd12:3456:789a:bcde:f012:3456:789a:bcde")
V4 = ("192.0.2.10", "198.51.100.255")

# What it shows; kernel time and span in ns; sock; local and remote address and port; states; pid;
# name. The first is where TIME(s) begins.
EVENTS = [
    ("IPv4", 86390 * SECOND + 123456789, 0, SKADDR, V4[0], 0, V4[1], 80, 7, 2, 1384, b"curl"),
    ("full-length addresses", 86390 * SECOND + 124456788, 1234567, SKADDR + 64,
     LONG6[0], 65535, LONG6[1], 443, 2, 1, 1385, b"wget"),
    ("widest IPv4", 86391 * SECOND, 999, SKADDR, "255.255.255.254", 65535, "255.255.255.255", 65535,
     1, 4, 99999, b"nc"),
    ("IPv4 mapped into IPv6", 86399 * SECOND + 999999999, 1000, SKADDR, "::ffff:192.0.2.1", 8080,
     "::ffff:198.51.100.255", 50000, 4, 5, 22, b"java"),
    ("midnight; LISTEN on all of IPv4", 86400 * SECOND, UNKNOWN, SKADDR, "0.0.0.0", 22,
     "0.0.0.0", 0, 7, 10, 1, b"sshd"),
    ("LISTEN on all of IPv6", 86400 * SECOND + 1000, UNKNOWN, SKADDR, "::", 22, "::", 0,
     7, 10, 1, b"sshd"),
    ("loopback", 86401 * SECOND, 86400 * SECOND, SKADDR, "::1", 22, "::1", 40000, 10, 7, 1, b"sshd"),
    ("state 13", 86402 * SECOND, 0, SKADDR, V4[0], 1, V4[1], 2, 12, 13, 5, b"future"),
    ("states 0 and 255", 86403 * SECOND, 0, SKADDR, "fe80::1", 1, "fe80::2", 2, 0, 255, 5, b"odd"),
    ("unknown span", 86404 * SECOND, UNKNOWN, SKADDR, V4[0], 1, V4[1], 2, 1, 8, 5, b"late start"),
    ("IPv6 that ends in zeros", 86405 * SECOND, 5 * 10**8, SKADDR, "2001:db8::", 1, "64:ff9b::", 2,
     9, 7, 5, b"x"),
    ("2-byte characters", 86406 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 3, 1, 5,
     "žluťouč".encode()),
    ("3-byte characters", 86407 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 5, 6, 5,
     "日本語日本".encode()),
    ("a character cut by the kernel", 86408 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 6, 7, 5,
     b"naive-cafe-" + "日本".encode()[:4]),
    ("a 4-byte character past column 10", 86409 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 8, 9, 5,
     b"012345678" + "😀z".encode()),
    ("invalid UTF-8", 86410 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 11, 6, 5,
     b"\xff\xfea\xc0\x80\xed\xa0\x80b\xf4\x90"),
    ("control bytes", 86411 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"a\x1b[31m\nb\x7f"),
    ("a line of its own", 86412 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"\r\nroot\t"),
    ("C1, bidirectional, separator", 86413 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     "a\u0085\u202eb\u2028".encode()),
    ("an escape past column 16", 86414 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     b"0123456789abc\x1b[m"),
    ("a comma", 86415 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"a,b"),
    ("quotes", 86416 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b'say "hi"'),
    ("a comma and a quote", 86417 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b'",'),
    ("a comma and an escape", 86418 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b",\n"),
    ("16 bytes without NUL", 86419 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     b"ThreadPoolForeg1"),
    ("bytes behind the NUL", 86420 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     b"curl\0left over"),
    ("no name", 86421 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b""),
    ("blanks and a backslash", 86422 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     b" a \\x41 %s "),
    ("an escape by hand", 86422 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     b"a\\x0ab\n\\"),
    ("combining and invisible", 86422 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     "e\u0301\u200b\u3164a\u00a0b".encode()),
    ("a formula", 86422 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"=1+1"),
    ("a formula with a comma", 86422 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"@a(1,2)"),
    ("a full-width formula", 86390 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5,
     "＝1".encode()),
    ("the idle task", 86423 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 0, b"swapper/0"),
    ("the largest pid", 86424 * SECOND, 10**6, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 2**32 - 1, b"p"),
    ("sock 0", 86425 * SECOND, 10**6, 0, V4[0], 1, V4[1], 2, 1, 4, 5, b"s"),
    ("the last sock", 86426 * SECOND, 10**6, 2**64 - 1, V4[0], 1, V4[1], 2, 1, 4, 5, b"s"),
    ("four years", 86427 * SECOND, 126230400123456789, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"old"),
    ("the largest span", 86428 * SECOND, 2**64 - 2, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"old"),
    ("TIME(s) of six digits", 1000000 * SECOND + 1001, 0, SKADDR, V4[0], 1, V4[1], 2, 1, 4, 5, b"t"),
]

# Paths of cgroups, and the unit and the container that each shows.
ID = b"0123456789abcdef" * 4
CGROUPS = [
    (b"/system.slice/nginx.service", b"nginx.service", None, None),
    (None, None, None, None),
    (b"/", None, None, None),
    (b"/system.slice/docker-%s.scope" % ID, b"docker-%s.scope" % ID, b"0123456789ab", None),
    (b"/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/" + ID, None, b"0123456789ab",
     b"01234567-89ab-cdef-0123-456789abcdef"),
    (b'/a "b", \\ c\n\xff\xe2\x80\xae', None, None, None),
    (b"/system.slice/_.odd.service/x", b".odd.service", None, None),
    (b"/-.mount", b"-.mount", None, None),
    (b"/system.slice/a-b\\x2dc.service/\\x2d", b"a-b\\x2dc.service", None, None),
    (b"/\x01" + b'"' * 300 + "/\u0085ž".encode() * 500, None, None, None),
]
