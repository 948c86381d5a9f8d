# SPDX-License-Identifier: Apache-2.0
"""What filters and fields cost an event, and that those not asked for cost nothing."""
import json
import subprocess

import bench

COLUMNS = {"instructions": "{:,.0f}", "ns": "{:,.0f}"}
HEAD = ["instructions", "one thread, ns"]
# What lets the generator's events pass, at their listeners' ports and the kernel's own: a filter
# that turns them away has less to do.
PASSED = "0,9000-10400,32768-60999"
SCATTERED = ",".join(str(port) for port in range(1, 9000, 9))
ASKED = {
    "nothing": (),
    "-4": ("-4",),
    "-D, 3 ranges": ("-D", PASSED),
    "-D, 1,000 scattered ports": ("-D", "%s,%s" % (PASSED, SCATTERED)),
    "--raddr, a prefix": ("--raddr", "0.0.0.0/0"),
    "--raddr, 100 prefixes": ("--raddr", ",".join(
        ["127.0.0.0/8", "0.0.0.0"] + ["10.%d.0.0/17" % i for i in range(98)])),
    "--state": ("--state", "!CLOSING"),
    "--min-ms 0": ("--min-ms", "0"),
    "--filter": ("--filter", "rport != 22 && span_us < 60000000"),
    "--port, one": ("--port", "1-65535,0"),
    "--filter, an address": ("--filter", "raddr == 0.0.0.0/0"),
    "--uid": ("--uid", "0"),
    "--comm": ("--comm", "*"),
    "--why": ("--why", "!timeout"),
    "-o +cpu,ts_ns,isotime": ("-o", "+cpu,ts_ns,isotime"),
    "-o +age_ms": ("-o", "+age_ms"),
    "-o +uid": ("-o", "+uid"),
    "-o, all members": ("-o", "+netns,uid,mark,iface,cookie,tx_bytes,rx_bytes,rtt_us,retrans"),
    "-x": ("-x",),
    "-x -o, all members": ("-xo+netns,uid,mark,iface,cookie,tx_bytes,rx_bytes,rtt_us,retrans",),
    "-o +cgroup": ("-o", "+cgroup"),
    "--stuck 60": ("--stuck", "60"),
    "--summary": ("--summary",),
    "--summary --by": ("--summary", "--by", "ocomm,rport"),
    "--sessions": ("--sessions",),
}


def instructions(tracer):
    """Of its programs that see events, as the kernel has them; not of the iterator over sockets."""
    shown = [json.loads(subprocess.run(
        ["bpftool", "-j", "prog", "show", "id", str(number)], check=True, capture_output=True,
        timeout=bench.PATIENCE).stdout) for number in tracer.programs()]
    return sum(program["bytes_xlated"] // 8 for program in shown if program["type"] != "tracing")


def measure(host, options, seconds):
    with bench.Tracer(host, host.tools[0], options) as tracer:
        size = instructions(tracer)
        before = tracer.program()
        host.load("-t", 1, "--rst", "-s", seconds)
        after = tracer.program()
    return {"instructions": size, "ns": bench.ns_per_run(before, after)}


def run(host, rounds, quick):
    runs = bench.Runs()
    with bench.program_stats():
        for _ in range(rounds):
            for label, options in ASKED.items():
                runs.add(label, **measure(host, options, 0.5 if quick else 1))
    return [bench.Table("What is asked for", HEAD, runs.rows(COLUMNS),
                        "instructions of what runs for an event, as the kernel has them, and"
                        " nanoseconds of BPF program per event, one thread closing by RST at full"
                        " rate, with each option alone; the filters let the events pass, --min-ms all but those of"
                        " unknown duration; %s" % bench.of_runs(rounds))]
