"""For gdb, attached to a tracer: each system call that is to be refused, with arguments that would make it succeed.

Prints "CALL RESULT ERRNO NAME ARGUMENT..." for each. OTHER is a process that is not the tracer's; ONLY, a regular
expression, chooses calls.
"""
import gdb, os, re, subprocess

macros = subprocess.run(["gcc", "-E", "-dM", "-include", "asm/unistd.h", "-x", "c", "/dev/null"], check=True,
    capture_output=True, text=True).stdout

def number(name):
    return int(re.search("^#define __NR_" + name + " ([0-9]+)$", macros, re.M)[1])

calls = """
tgkill @other @other 6
tgkill @pid @pid 6
kill @other 9
rt_sigqueueinfo @other 9 @buffer
pidfd_open @other 0
pidfd_getfd 0 0 0
socket 1 2 0
socket 2 1 0
socketpair 1 2 0 @buffer
connect 0 @buffer 16
bind 0 @buffer 16
sendto 0 @buffer 1 0 0 0
sendmsg 0 @buffer 0
sendmmsg 0 @buffer 1 0
getsockopt 0 1 1 @buffer @buffer
setsockopt 0 1 1 @buffer 4
memfd_create @path 0
newfstatat -100 @path @buffer 0
statx -100 @path 0 2047 @buffer
access @path 0
faccessat -100 @path 0
openat -100 @path 0
open_by_handle_at 0 @buffer 0
unlink @path
execve @path 0 0
fork
clone 17 0 0 0 0
unshare 0x10000000
setns 0 0
ptrace 16 @other 0 0
process_vm_readv @other @buffer 1 @buffer 1 0
mmap 0 4096 5 0x22 -1 0
mprotect @page 4096 5
bpf 0 @buffer 64
bpf 2 @buffer 64
bpf 5 @buffer 64
bpf 13 @buffer 64
bpf 14 @buffer 64
perf_event_open @buffer 0 -1 -1 0
mount 0 @path 0 0 0
chdir @path
setuid 0
capset @buffer 0
io_uring_setup 1 @buffer
prctl 4 1 0 0 0
ioctl 0 0x5401 @buffer
keyctl 0 0 0
""".split("\n")[1:-1]
gdb.execute("set pagination off")
pid = gdb.selected_inferior().pid
# On its own stack, which is put back afterwards, well below what is used.
stack = int(gdb.parse_and_eval("(unsigned long)$sp")) - 65536
gdb.selected_inferior().write_memory(stack, b"/etc/shadow\0")
words = {"@pid": pid, "@other": os.environ["OTHER"],
    "@buffer": hex(stack + 4096), "@path": hex(stack), "@page": hex(stack & ~4095)}
function = "((long (*)(long, ...))syscall)"
for call in calls:
    if not re.match(os.environ.get("ONLY", ""), call):
        continue
    name, *arguments = call.split()
    gdb.selected_inferior().write_memory(stack + 4096, bytes(4096))
    values = [str(number(name))] + ["(long)" + str(words.get(word, word)) for word in arguments]
    result = int(gdb.parse_and_eval(function + "(" + ", ".join(values) + ")"))
    error = int(gdb.parse_and_eval("*((int *(*)(void))__errno_location)()"))
    print("CALL", result, error if result == -1 else 0, call)
